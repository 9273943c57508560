"""Lay out a page: Recipes draft Rows; what one Row shows no later one shows again.

Which Rows there are, and in which order they are made, the book of recipes says (`connector.recipes.recipe`); where
they stand, it or their strength (`connector.recipes.strength`). A Row that is too short once the earlier ones have had
their Items is left out, and so claims none of them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from connector.domain import Card, Item, ItemId, Row, RowKind, Slate
from connector.recipes import (
    because,
    continue_,
    different,
    newly,
    pins,
    popular,
    renew,
    short,
    succeeded,
    top_picks,
    topics,
    trending,
    up_next,
)
from connector.recipes.applied import applied, chosen, desk_of, rows_now
from connector.recipes.base import Limits, PageInput, RowDraft
from connector.recipes.desk import Desk
from connector.recipes.recipe import Order, RowRecipe
from connector.recipes.state import state_of
from connector.recipes.strength import BY_STRENGTH, arranged, staying
from connector.recipes.weights import weighed_desk

Drafts = Callable[[Desk], Iterator[RowDraft]]

RECIPES: dict[RowKind, Drafts] = {
    RowKind.BECAUSE: because.drafts,
    RowKind.CONTINUE: continue_.drafts,
    RowKind.TOP_PICKS: top_picks.drafts,
    RowKind.POPULAR: popular.drafts,
    RowKind.CURATED: pins.drafts,
    RowKind.UP_NEXT: up_next.drafts,
    RowKind.RENEW: renew.drafts,
    RowKind.NEW: newly.drafts,
    RowKind.SHORT: short.drafts,
    RowKind.TOPICS: topics.drafts,
    RowKind.DIFFERENT: different.drafts,
    RowKind.TRENDING: trending.drafts,
    RowKind.SUCCEEDED: succeeded.drafts,
}
"""What drafts the Rows of each kind."""


def compose(page: PageInput) -> Slate:
    """Make the Slate of one page.

    Parameters
    ----------
    page : PageInput
        Everything that decides; neither its order nor the hour of day changes what equal input gives.

    Returns
    -------
    Slate
        With at most ``limits.rows_max`` Rows beside *Up next*, no Item and no Family twice; ``late`` is the caller's to
        set. Without a Model a learner still gets *Continue*.
    """
    desk = desk_of(page)
    rows = _rows(desk)
    model = page.shelf.model
    return Slate(
        state=state_of(desk, rows),
        rows=rows,
        model_version=model.version if model else None,
        as_of=model.data_as_of if model else None,
    )


def compose_topic(page: PageInput, topic: str) -> Row | None:
    """Make the list behind a tile, in full length; None for a topic of which there is nothing (any more)."""
    desk = desk_of(page)
    on = [recipe for recipe in rows_now(desk.page) if recipe.kind is RowKind.TOPICS]
    found = (applied(desk, recipe, draft) for recipe in on for draft in topics.listed(desk, topic))
    return next(_standing(desk, found, page.limits.see_all_max), None)


def compose_row(page: PageInput, kind: RowKind, anchor: ItemId | None) -> Row | None:
    """Make one Row in full length, for "See all": the same ranks and reasons, nothing given to other Rows.

    Parameters
    ----------
    page : PageInput
        The same as for `compose`.
    kind : RowKind
        Which Recipe.
    anchor : ItemId or None
        The Row's ``anchor`` as `compose` gave it.

    Returns
    -------
    Row or None
        At most ``limits.see_all_max`` Cards; None if this learner has no such Row (any more).
    """
    desk = desk_of(page)
    found = (draft for draft in _of_kind(desk, kind) if draft.anchor == anchor)
    return next(_standing(desk, found, page.limits.see_all_max), None)


def compose_alone(page: PageInput, kind: RowKind, anchor: ItemId | None = None) -> Row | None:
    """Make one Row as a page shows it, for a Placement that shows nothing else: nothing is given to other Rows.

    Parameters
    ----------
    page : PageInput
        The same as for `compose`; ``pinned`` is ``anchor`` where there is one.
    kind : RowKind
        Which Recipe.
    anchor : ItemId, optional
        Only the Row that hangs on an Item of this one's Family; without it the first that is long enough.

    Returns
    -------
    Row or None
        None if this learner has no such Row.
    """
    desk, items = desk_of(page), page.shelf.items
    fits = (one for one in _of_kind(desk, kind) if anchor is None or _is_of_the_family(one.anchor, anchor, items))
    return next(_standing(desk, fits), None)


def drafted(desk: Desk, recipe: RowRecipe) -> Iterator[RowDraft]:
    """Draft the Rows of one recipe of the book, in the order in which they may stand on a page."""
    return (applied(desk, recipe, draft) for draft in drafts_of(desk, recipe))


def drafts_of(desk: Desk, recipe: RowRecipe) -> Iterator[RowDraft]:
    """Draft the Rows of one recipe as its weights score them, before its rules have spoken."""
    weights = recipe.options.weights
    return RECIPES[recipe.kind](weighed_desk(desk, weights) if weights else desk)


def _of_kind(desk: Desk, kind: RowKind) -> Iterator[RowDraft]:
    """Draft the Rows of a kind; none where the book makes no such Row for this page now."""
    return (draft for recipe in rows_now(desk.page) if recipe.kind is kind for draft in drafted(desk, recipe))


def _standing(desk: Desk, drafts: Iterable[RowDraft], most: int | None = None) -> Iterator[Row]:
    """Make each Row that is long enough by itself, with at most ``most`` Cards."""
    for draft in drafts:
        cards = chosen(desk, draft, set(), draft.at_most if most is None else most)
        if cards or draft.tiles:
            yield _row(draft, cards)


def _is_of_the_family(one: ItemId | None, other: ItemId, items: Mapping[ItemId, Item]) -> bool:
    return one is not None and one in items and other in items and items[one].family == items[other].family


def _rows(desk: Desk) -> tuple[Row, ...]:
    return _as_the_book_says(desk) if desk.page.book.order is Order.FIXED else _strongest_first(desk)


def _as_the_book_says(desk: Desk) -> tuple[Row, ...]:
    made: list[_Made] = []
    shown: set[int] = set()
    for recipe in rows_now(desk.page):
        room = _room(recipe.kind, (one.row for one in made), desk.page.limits)
        made += _fill(desk, drafted(desk, recipe), room, shown)
    return tuple(one.row for one in made)


def _strongest_first(desk: Desk) -> tuple[Row, ...]:
    """Make every Row in the order of the book, keep the strongest, and give them what the others would have shown.

    Who shows what is settled before places are given: so no Row loses its Cards to one that is only larger, and no Item
    stands twice, whatever the order. A Row to which Items come back gets stronger, never shorter.
    """
    made = _all_made(desk)
    kept = staying(desk, [one.row for one in made])
    return arranged(desk, [one.row for one in _without_the_others(desk, made, kept)])


def too_weak(desk: Desk) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Return the Rows for which a page by strength had no room, and those that were kept instead, as they were held."""
    rows = [one.row for one in _all_made(desk)] if desk.page.book.order is Order.STRONGEST else []
    kept = staying(desk, rows)
    return (
        tuple(row for place, row in enumerate(rows) if place not in kept),
        tuple(rows[place] for place in kept if rows[place].kind in BY_STRENGTH),
    )


def _all_made(desk: Desk) -> list["_Made"]:
    """Make every Row that can be made, in the order of the book."""
    made: list[_Made] = []
    shown: set[int] = set()
    for recipe in rows_now(desk.page):
        made += _fill(desk, drafted(desk, recipe), _most_rows(recipe.kind, desk.page.limits), shown)
    return made


def _without_the_others(desk: Desk, made: Sequence["_Made"], kept: Sequence[int]) -> list["_Made"]:
    """Fill those Rows anew that come after one that is left out."""
    whole = next((place for place, one in enumerate((*kept, -1)) if one != place), 0)
    rows, items = [made[place] for place in kept[:whole]], desk.page.shelf.items
    shown = {items[card.item].family for one in rows for card in one.row.cards}
    for place in kept[whole:]:
        rows += _fill(desk, [made[place].draft], 1, shown)
    return rows


class _Made(NamedTuple):
    """A Row, and the draft that it was made from."""

    draft: RowDraft
    row: Row


def _room(kind: RowKind, rows: Iterable[Row], limits: Limits) -> int:
    """Return how many Rows of a kind a page still takes."""
    return 1 if kind is RowKind.UP_NEXT else min(_most_rows(kind, limits), limits.rows_max - counted(rows))


def counted(rows: Iterable[Row]) -> int:
    """Return how many Rows a page has beside *Up next*, whose one Card takes no Row's place."""
    return sum(1 for row in rows if row.kind is not RowKind.UP_NEXT)


def _most_rows(kind: RowKind, limits: Limits) -> int:
    return limits.anchors_shown if kind is RowKind.BECAUSE else 1


def _fill(desk: Desk, drafts: Iterable[RowDraft], room: int, shown: set[int]) -> list[_Made]:
    """Take the first ``room`` Rows that are long enough, and note the Families that they show in ``shown``."""
    rows: list[_Made] = []
    for draft in drafts if room > 0 else ():
        cards = chosen(desk, draft, shown, draft.at_most)
        if cards or draft.tiles:
            shown.update(desk.page.shelf.items[card.item].family for card in cards)
            rows.append(_Made(draft, _row(draft, cards)))
        if len(rows) == room:
            break
    return rows


def _row(draft: RowDraft, cards: tuple[Card, ...]) -> Row:
    qualified = {*draft.ranked, *(card.item for card in cards)}
    return Row(
        kind=draft.kind,
        anchor=draft.anchor,
        cards=cards,
        total=len(qualified),
        deed=draft.deed,
        title="" if draft.topic else draft.title,
        tiles=draft.tiles,
        topic=draft.topic,
        minutes=draft.minutes,
    )
