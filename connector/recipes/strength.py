"""How strong a Row is, and which place that gives it: for pages whose strongest Rows come first.

A Row promises what its Cards promise, and who looks sees the first ones first: so its strength is the sum of what its
Cards are worth, each divided by log2(1 + place), as gains are discounted in the DCG of Järvelin and Kekäläinen (2002,
"Cumulated gain-based evaluation of IR techniques"). Cards of different Rows are worth what the Model's blend would say
of them: scores of the blend count as they are, popularity counts as the blend counts the list of the whole site, and
*succeeded* as much as its Anchor could say at most. So all are on one scale, by constants of the Model.

What is fixed or somebody's word stands where the book puts it: what was selected, the one next step, what has to be
renewed, what is new, what was begun. Tiles of topics, which have no score, close the page.
"""

from collections.abc import Sequence
from math import fsum, log2

from connector.domain import SITE, Blending, Card, ItemId, NeighbourKind, Row, RowKind
from connector.recipes.blend import SITE_KINDS, faded, scale_constant
from connector.recipes.desk import Desk

IN_PLACE = frozenset({RowKind.UP_NEXT, RowKind.CURATED, RowKind.RENEW, RowKind.NEW, RowKind.CONTINUE})
"""Rows that stand where the book puts them, however strong."""
AT_THE_END = RowKind.TOPICS
"""Tiles: below all Cards, wherever the book names them."""
BY_STRENGTH = frozenset(RowKind) - IN_PLACE - {AT_THE_END}
"""Rows whose place is their strength's."""
_POPULAR, _RISING, _SUCCEEDED = (
    kind.value for kind in (NeighbourKind.POPULAR, NeighbourKind.RISING, NeighbourKind.SUCCEEDED)
)


def strength(desk: Desk, row: Row) -> float:
    """Return what the Cards of a Row are worth together, 0 or more, the first ones most."""
    return fsum(worth(desk, card) / log2(1 + place) for place, card in enumerate(row.cards, 1))


def worth(desk: Desk, card: Card) -> float:
    """Return what the blend would say of a Card: its score, on the scale of the desk's scores."""
    popular = next((part for part in card.parts if part.source == _POPULAR), None)
    if popular is not None and popular.value > 0:
        told = _popularity(desk, card.item, popular.anchor)
        return card.score / popular.value * told * _say_of_the_site(desk)
    sources = {part.source for part in card.parts}
    if _RISING in sources:
        return card.score * _say_of_the_site(desk)
    if _SUCCEEDED in sources:
        return card.score * _say_of_an_anchor(desk, card.reason.anchor)
    return card.score


def staying(desk: Desk, rows: Sequence[Row]) -> tuple[int, ...]:
    """Return which Rows a page has room for, as places in ``rows``, rising.

    Parameters
    ----------
    desk : Desk
        What the Rows were made from.
    rows : sequence of Row
        All that could be made, in the order of the book.

    Returns
    -------
    tuple of int
        Those in place that a page in the order of the book would have, then the tiles, and the strongest of the others;
        of equally strong ones the first. Together ``limits.rows_max`` at most beside *Up next*.
    """
    counted = [place for place, row in enumerate(rows) if row.kind is not RowKind.UP_NEXT]
    most = desk.page.limits.rows_max
    fixed = [place for place in counted[:most] if rows[place].kind in IN_PLACE]
    fixed += [place for place in counted if rows[place].kind is AT_THE_END][: most - len(fixed)]
    others = [place for place in counted if rows[place].kind in BY_STRENGTH]
    strongest = sorted(others, key=lambda place: -strength(desk, rows[place]))[: most - len(fixed)]
    return tuple(sorted({*range(len(rows))} - {*counted} | {*fixed, *strongest}))


def arranged(desk: Desk, rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return the Rows of a page, given in the order of the book, as they stand: the strongest first, others in place.

    Of equally strong Rows the first of the book comes first; no Row by strength is above a stronger one.
    """
    upper = [row for row in rows if row.kind is not AT_THE_END]
    others = iter(sorted((row for row in upper if row.kind in BY_STRENGTH), key=lambda row: -strength(desk, row)))
    placed = [next(others) if row.kind in BY_STRENGTH else row for row in upper]
    return (*placed, *(row for row in rows if row.kind is AT_THE_END))


def _popularity(desk: Desk, item: ItemId, place: ItemId | None) -> float:
    """Return how popular an Item is in a place, in the Model's scale; 0 where no list says so."""
    near = desk.lists.get((NeighbourKind.POPULAR, SITE if place is None else place))
    return near.score_of(item) / scale_constant(desk.scale, NeighbourKind.POPULAR) if near else 0.0


def _blending(desk: Desk) -> Blending | None:
    return desk.page.shelf.model.blending if desk.page.shelf.model else None


def _say_of_the_site(desk: Desk) -> float:
    """Return how much the blend counts what the whole site does: as the freshest Anchor; all there is without Anchors.

    A Model that does not say how it blends lets it say nothing beside Anchors.
    """
    if not desk.anchors:
        return 1.0
    blending = _blending(desk)
    share = blending.shares.get(NeighbourKind.TREND) if blending else None
    return share.weight * faded(desk.anchors[0].at, desk.page.now, share.half_life) if share else 0.0


def _say_of_an_anchor(desk: Desk, anchor: ItemId | None) -> float:
    """Return how much the blend counts all that hangs on one Anchor; of a Course that is none, on the freshest."""
    if not desk.anchors:
        return 1.0
    blending, latest = _blending(desk), desk.anchors[0]
    known = next((one for one in desk.anchors if one.item == anchor), latest)
    own = [share for kind, share in blending.shares.items() if kind not in SITE_KINDS] if blending else []
    return fsum(share.weight * faded(known.at, desk.page.now, share.half_life) for share in own)
