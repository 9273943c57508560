"""*Because you completed X*: the Neighbours of one Anchor, ranked by what the whole history says about them."""

from collections.abc import Iterator, Mapping
from functools import partial

from connector.domain import Card, ItemId, NeighbourKind, RowKind
from connector.recipes import reasons
from connector.recipes.base import RowDraft
from connector.recipes.blend import Pull, ranked
from connector.recipes.desk import Desk, blended_card, may_be_the_reason
from connector.recipes.filters import first_of_each_family


def drafts(desk: Desk) -> Iterator[RowDraft]:
    """Draft a Row for each Anchor, latest first, one for each Family."""
    for anchor in first_of_each_family((anchor.item for anchor in desk.anchors), desk.page.shelf.items):
        yield _draft(desk, anchor)


def _draft(desk: Desk, anchor: ItemId) -> RowDraft:
    own = _own(desk, anchor)
    limits = desk.page.limits
    return RowDraft(
        kind=RowKind.BECAUSE,
        anchor=anchor,
        ranked=first_of_each_family(ranked({item: desk.scores[item] for item in own}), desk.page.shelf.items),
        card=partial(_card, desk, own),
        at_least=limits.row_min,
        at_most=limits.cards_max,
    )


def _own(desk: Desk, anchor: ItemId) -> dict[ItemId, Pull]:
    """Give the Candidates that this Anchor lifts, and what proves that they belong to it."""
    near = desk.lists.get((NeighbourKind.TOGETHER, anchor))
    return {
        neighbour.item: pull
        for neighbour in (near.neighbours if near else ())
        for pull in desk.proven.get(neighbour.item, ())
        if pull.near is near and may_be_the_reason(desk, neighbour.item, anchor)
    }


def _card(desk: Desk, own: Mapping[ItemId, Pull], item: ItemId) -> Card:
    pull = own[item]
    return blended_card(desk, item, reasons.because(pull.near, pull.neighbour, desk.page.limits.k))
