"""Why an Item is on a page, or the one thing that keeps it away: every Item of the catalogue has an answer.

What keeps an Item away is looked for in the order in which a page is made: what forbids it everywhere, its Family on
the page, its rank in the Rows that it qualifies for, what those Rows' own rules say, and last why no Row names it. The
first that holds is the answer, and it is true in this sense: undo it, and the answer is another one, or the Item is on
the page.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from connector.domain import Card, Item, ItemId, Row, RowKind, Slate
from connector.recipes import blend
from connector.recipes.applied import desk_of, floor_of, nearness, rows_now, why_not_in
from connector.recipes.base import PageInput, WhyNot
from connector.recipes.because import MOST_UNTRIED
from connector.recipes.compose import counted
from connector.recipes.desk import Desk, may_be_the_reason
from connector.recipes.filters import Showable, first_of_each_family
from connector.recipes.strength import BY_STRENGTH, strength
from connector.recipes.tried import Tried, places_by_book, tried_rows, weak_rows
from connector.recipes.unproven import in_waiting, rank_untried, untried_lists


class RowName(NamedTuple):
    """Which Row of a page is meant."""

    kind: RowKind
    anchor: ItemId | None


@dataclass(frozen=True, slots=True)
class Shown:
    """Where an Item stands: which Row from the top and which Card of it, both from 1 on.

    ``strength`` is what the Row is worth, where that gives it its place; ``book_place`` is where it would stand in the
    order of the book, None where it would not be on the page.
    """

    row: Row
    row_place: int
    card: Card
    place: int
    strength: float | None = None
    book_place: int | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """What keeps an Item away.

    Parameters
    ----------
    ground : WhyNot
        The one thing.
    rule : str
        What the rule of the recipes is called that says so, or ``curated_only``; "" where no rule does.
    row : RowName or None
        In which Row it was decided; None where it holds for the whole page.
    value, limit : float or None
        What was measured, and what it was held against: the Item's rank and how many of the Row's own are shown; how
        many Cards were left and how many a Row needs; how many Rows there are and may be; how strong its Row is and the
        weakest that stands instead; how near a Neighbour is and
        has to be; what the Anchor and the one in waiting give.
    other : ItemId or None
        Another Item that decides: the one of its Family that is done or shown, or an Anchor.
    pinned : bool
        Whether people pinned it: into a Row that is not there, or that has enough pins.
    """

    ground: WhyNot
    rule: str = ""
    row: RowName | None = None
    value: float | None = None
    limit: float | None = None
    other: ItemId | None = None
    pinned: bool = False


Answer = Shown | Missing


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A page that can be asked about any Item; ``items`` are those of the catalogue and of the page's shelf.

    ``placed`` are the Items on the page, ``families`` their Families, ``rows`` all that were tried, ``weak`` how strong
    those were for which there was no room, and the weakest that was kept; ``near`` is how near the nearest proven
    Neighbour of an Anchor is, floor or not, ``pinned`` what people pinned.
    """

    desk: Desk
    slate: Slate
    showable: Showable
    items: Mapping[ItemId, Item]
    placed: Mapping[ItemId, Shown]
    families: Mapping[int, ItemId]
    rows: tuple[Tried, ...]
    weak: Mapping[RowName, tuple[float, float]]
    near: Mapping[ItemId, float]
    pinned: frozenset[ItemId]

    def answer(self, item: ItemId) -> Answer:
        """Say where an Item stands, or what keeps it away; one that is not in the catalogue is unknown."""
        if item in self.placed:
            return self.placed[item]
        found = self._refused(item) or self._a_sibling_is_shown(item) or self._behind(item)
        found = found or self._barred(item) or self._off(item) or self._unnamed(item)
        return replace(found, pinned=item in self.pinned)

    def _refused(self, item: ItemId) -> Missing | None:
        """Name what forbids an Item in every Row."""
        ground = self.showable.refusal(item)
        if ground is WhyNot.DONE:
            return Missing(ground, other=self._done_for(item))
        known = self.items.get(item)
        bar = self.showable.bar(known) if known and ground in {WhyNot.EXCLUDED, WhyNot.NOT_INCLUDED} else None
        return Missing(ground, bar.rule if bar else "") if ground else None

    def _done_for(self, item: ItemId) -> ItemId:
        """Return the Item of a Family that is done: itself before another."""
        if item in self.showable.done:
            return item
        family = self._family(item)
        return min(one for one in self.showable.done if one in self.items and self._family(one) == family)

    def _a_sibling_is_shown(self, item: ItemId) -> Missing | None:
        other = self.families.get(self._family(item))
        return Missing(WhyNot.DUPLICATE, other=other) if other is not None else None

    def _behind(self, item: ItemId) -> Missing | None:
        """Say how far an Item is from the page, in the Row where it is nearest: one that is made comes first."""
        family = self._family(item)
        found = [self._place_in(tried, family) for tried in self.rows if family in tried.ranks]
        return min(found, key=_distance, default=None)

    def _place_in(self, tried: Tried, family: int) -> Missing:
        row, rank = RowName(tried.draft.kind, tried.draft.anchor), tried.ranks[family]
        many = row.kind is not RowKind.UP_NEXT
        if tried.row is not None and many and (rank < tried.last or tried.is_varied_out()):
            return Missing(WhyNot.TOO_ALIKE, row=row, value=rank, limit=tried.own_cards)
        if tried.row is not None:
            return Missing(WhyNot.RANKED_BELOW, row=row, value=rank, limit=tried.own_cards)
        if row not in self.weak and min(tried.fitting, tried.left.at_most) < tried.left.at_least:
            return Missing(WhyNot.ROW_TOO_SHORT, row=row, value=tried.fitting, limit=tried.left.at_least)
        return self._weaker(row) or self._no_room(row)

    def _weaker(self, row: RowName) -> Missing | None:
        """Say how strong a Row is that the page had no room for, and the weakest for which it had."""
        value, limit = self.weak.get(row, (None, None))
        return None if value is None else Missing(WhyNot.WEAKER, row=row, value=value, limit=limit)

    def _no_room(self, row: RowName) -> Missing:
        limits = self.desk.page.limits
        alike = sum(1 for made in self.slate.rows if made.kind is row.kind)
        most = limits.anchors_shown if row.kind is RowKind.BECAUSE else 1
        full = (alike, most) if alike >= most else (counted(self.slate.rows), limits.rows_max)
        return Missing(WhyNot.NO_ROOM, row=row, value=full[0], limit=full[1])

    def _barred(self, item: ItemId) -> Missing | None:
        """Name what the recipe of a Row has against an Item that qualifies for it otherwise."""
        for tried in self.rows:
            one = self._one_of(tried, item)
            bar = why_not_in(self.desk, tried.recipe, tried.draft, one) if tried.recipe and one is not None else None
            if bar is not None and tried.recipe is not None and one is not None:
                held = bar.why is WhyNot.BELOW_FLOOR
                near = nearness(self.desk, tried.draft, one) if held else None
                floor = floor_of(self.desk, tried.recipe) if held else None
                return Missing(bar.why, bar.rule, RowName(tried.draft.kind, tried.draft.anchor), near, floor)
        return None

    def _off(self, item: ItemId) -> Missing | None:
        """Name a Row that an Item would stand in if the recipes made it for this page now."""
        off = (tried.draft for tried in self.rows if self._one_of(tried, item) is not None)
        rule = "curated_only" if self.desk.page.book.curated_only else ""
        return next((Missing(WhyNot.ROW_OFF, rule, RowName(draft.kind, draft.anchor)) for draft in off), None)

    def _one_of(self, tried: Tried, item: ItemId) -> ItemId | None:
        """Return what a Row drafted of an Item's Family: itself before another."""
        family = tried.drafted.get(self._family(item), ())
        return item if item in family else next(iter(family), None)

    def _unnamed(self, item: ItemId) -> Missing:
        """Say why no Row names an Item that nothing forbids."""
        if self._family(item) in self.desk.known:
            return Missing(WhyNot.ALREADY_BEGUN)
        if item in self.desk.scores:
            return self._unreasoned(item)
        near, floor = self.near.get(item), self.desk.page.limits.floor
        if near is None:
            return Missing(WhyNot.NOT_A_NEIGHBOUR)
        if near < floor:
            return Missing(WhyNot.BELOW_FLOOR, value=near, limit=floor)
        return Missing(WhyNot.NO_SCORE, value=near)

    def _unreasoned(self, item: ItemId) -> Missing:
        """Say why a Candidate that has a score has no reason that may be given."""
        desk = self.desk
        lists = desk.proven.get(item) or untried_lists(desk, item)
        true = [near.anchor for near in lists if may_be_the_reason(desk, item, near.anchor)]
        if not true:
            lift = max((desk.lift(item, near.anchor) for near in lists), default=0.0)
            return Missing(WhyNot.NO_TRUE_REASON, value=lift, limit=desk.waiting.get(item, 0.0), other=in_waiting(desk))
        heads = first_of_each_family((anchor.item for anchor in desk.anchors), self.items)
        hung = [anchor for anchor in true if anchor in heads]
        if not hung:
            return Missing(WhyNot.ANCHOR_REPEATED, other=true[0])
        if item in desk.proven:
            return Missing(WhyNot.WEIGHED_OUT)
        rank, anchor = min((rank_untried(desk, item, anchor), anchor) for anchor in hung)
        if rank <= MOST_UNTRIED:
            return Missing(WhyNot.WEIGHED_OUT)
        return Missing(WhyNot.UNTRIED, row=RowName(RowKind.BECAUSE, anchor), value=rank, limit=MOST_UNTRIED)

    def _family(self, item: ItemId) -> int:
        return self.items[item].family


def inquire(page: PageInput, slate: Slate, catalogue: Mapping[ItemId, Item] | None = None) -> Inquiry:
    """Look into a page.

    Parameters
    ----------
    page : PageInput
        What the page was made from.
    slate : Slate
        What `connector.recipes.compose.compose` made of it.
    catalogue : mapping of ItemId to Item, optional
        Items to ask about that the page never looked at.
    """
    desk = desk_of(page)
    items = {**(catalogue or {}), **page.shelf.items}
    placed = dict(placed_on(desk, slate))
    return Inquiry(
        desk=desk,
        slate=slate,
        showable=_widened(desk.showable, items),
        items=items,
        placed=placed,
        families={items[item].family: item for item in placed},
        rows=tuple(tried_rows(desk, slate, rows_now(desk.page))),
        weak={RowName(*name): held for name, held in weak_rows(desk).items()},
        near=_nearest(desk),
        pinned=_pinned(page),
    )


def placed_on(desk: Desk, slate: Slate) -> Iterable[tuple[ItemId, Shown]]:
    """Give the Items of a page and where they stand."""
    by_book = places_by_book(desk)
    for row_place, row in enumerate(slate.rows, 1):
        held = strength(desk, row) if by_book and row.kind in BY_STRENGTH else None
        for place, card in enumerate(row.cards, 1):
            yield card.item, Shown(row, row_place, card, place, held, by_book.get((row.kind, row.anchor)))


def _widened(showable: Showable, items: Mapping[ItemId, Item]) -> Showable:
    """Let the filters speak of every Item there is, and not only of those on the shelf."""
    fulfilled = frozenset(item.iri for item in items.values() if item.family in showable.closed)
    return replace(showable, items=items, fulfilled=fulfilled)


def _pinned(page: PageInput) -> frozenset[ItemId]:
    live = (pin.iri for pin in page.book.pins if pin.season.covers(page.now))
    return frozenset(page.pin_items[iri] for iri in live if iri in page.pin_items)


def _nearest(desk: Desk) -> dict[ItemId, float]:
    found: dict[ItemId, float] = {}
    for kind in blend.SCORING_KINDS:
        constant = blend.scale_constant(desk.scale, kind)
        for near in filter(None, (desk.lists.get((kind, anchor.item)) for anchor in desk.anchors)):
            for item, score in near.pairs():
                if score > 0:
                    found[item] = max(found.get(item, 0.0), score / constant)
    return found


def _distance(found: Missing) -> tuple[bool, int, float]:
    """Order answers by how little is missing: ranks, then Rows that were too weak, too short, without room.

    A Row that shows one Card, whatever the recipes say, comes last: what is told of it helps nobody.
    """
    single = found.row is not None and found.row.kind is RowKind.UP_NEXT
    order = (WhyNot.RANKED_BELOW, WhyNot.TOO_ALIKE, WhyNot.WEAKER, WhyNot.ROW_TOO_SHORT, WhyNot.NO_ROOM)
    return single, order.index(found.ground), abs((found.value or 0.0) - (found.limit or 0.0))
