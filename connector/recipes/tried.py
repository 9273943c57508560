"""The Rows that were tried for a page: what their Recipes drafted, what the book left of it, and what was made."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from connector.domain import ItemId, Row, RowKind, Slate
from connector.recipes.applied import applied
from connector.recipes.base import RowDraft
from connector.recipes.compose import RECIPES, compose, drafts_of, too_weak
from connector.recipes.desk import Desk
from connector.recipes.pins import SELECTED
from connector.recipes.recipe import Order, RowRecipe
from connector.recipes.strength import BY_STRENGTH, strength
from connector.recipes.variety import varied


@dataclass(frozen=True, slots=True)
class Tried:
    """One Row that was tried.

    Parameters
    ----------
    recipe : RowRecipe or None
        What the book says of it; None where it makes no such Row for this page now.
    draft, left : RowDraft
        Before and after the book's own rules; the same where there is no recipe.
    row : Row or None
        What stands on the page.
    drafted : mapping of int to tuple of ItemId
        What was drafted, by Family.
    ranks : mapping of int to int
        The rank of each Family from 1 on, without those that other Rows show or that are pinned here; empty where
        there is no recipe.
    own_cards : int
        How many Cards stand in the Row by their rank.
    fitting : int
        How many may stand together, as alike as the recipe lets them be.
    last : int
        The rank of the last Card that stands by its rank.
    """

    recipe: RowRecipe | None
    draft: RowDraft
    left: RowDraft
    row: Row | None
    drafted: Mapping[int, tuple[ItemId, ...]]
    ranks: Mapping[int, int]
    own_cards: int = 0
    fitting: int = 0
    last: int = 0

    def is_varied_out(self) -> bool:
        """Tell whether the Row is shorter than it may be because what is left is too much alike."""
        return self.left.variety < 1 and self.fitting < min(self.left.at_most, len(self.ranks))


def tried_rows(desk: Desk, slate: Slate, recipes: Iterable[RowRecipe]) -> Iterator[Tried]:
    """Give the Rows that ``recipes`` drafted for a page, in their order, and then those that were off."""
    made = {(row.kind, row.anchor): row for row in slate.rows}
    tried = set()
    for recipe in recipes:
        tried.add(recipe.kind)
        before = Counter[tuple[RowKind, ItemId | None]]()
        for draft in drafts_of(desk, recipe):
            key = draft.kind, draft.anchor
            found = _tried(desk, slate, recipe, draft, made.get(key), before[key])
            before[key] += len(found.ranks)
            yield found
    for kind in RECIPES:
        if kind not in tried:
            for draft in RECIPES[kind](desk):
                yield Tried(None, draft, draft, None, _by_family(desk, draft), {})


def weak_rows(desk: Desk) -> dict[tuple[RowKind, ItemId | None], tuple[float, float]]:
    """Return how strong each Row was that a page by strength had no room for, and how strong the weakest one kept."""
    left, kept = too_weak(desk)
    least = min((strength(desk, row) for row in kept), default=0.0)
    return {(row.kind, row.anchor): (strength(desk, row), least) for row in left if row.kind in BY_STRENGTH and kept}


def places_by_book(desk: Desk) -> dict[tuple[RowKind, ItemId | None], int]:
    """Return where each Row would stand in the order of the book, from 1 on; nothing where it does stand so."""
    book = desk.page.book
    if book.order is Order.FIXED:
        return {}
    slate = compose(replace(desk.page, book=replace(book, order=Order.FIXED)))
    return {(row.kind, row.anchor): place for place, row in enumerate(slate.rows, 1)}


def _tried(desk: Desk, slate: Slate, recipe: RowRecipe, draft: RowDraft, row: Row | None, before: int) -> Tried:
    """Compare a draft with the Row that stands; ``before`` counts what earlier drafts of the same Row ranked."""
    left, items = applied(desk, recipe, draft), desk.page.shelf.items
    taken = {items[card.item].family for other in slate.rows if other is not row for card in other.cards}
    cards = row.cards if row else ()
    pinned = {items[card.item].family for card in cards if card.reason.code == SELECTED and not _is_by_hand(draft)}
    own = [one for one in left.ranked if items[one].family not in taken | pinned]
    ranks = {items[one].family: rank for rank, one in enumerate(own, before + 1)}
    standing = [ranks[family] for card in cards if (family := items[card.item].family) in ranks]
    return Tried(
        recipe=recipe,
        draft=draft,
        left=left,
        row=row,
        drafted=_by_family(desk, draft),
        ranks=ranks,
        own_cards=len(standing) or len(cards),
        fitting=len(varied(own, items, left.at_most, left.variety)) if left.variety < 1 else len(own),
        last=max(standing, default=0),
    )


def _is_by_hand(draft: RowDraft) -> bool:
    return draft.kind is RowKind.CURATED


def _by_family(desk: Desk, draft: RowDraft) -> dict[int, tuple[ItemId, ...]]:
    found: defaultdict[int, list[ItemId]] = defaultdict(list)
    for one in draft.ranked:
        found[desk.page.shelf.items[one].family].append(one)
    return {family: tuple(ones) for family, ones in found.items()}
