"""*Because you completed X*: the Neighbours of one Anchor, ranked by what the whole history says about them."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from connector.domain import Card, ItemId, NeighbourKind, NeighbourList, Reason, RowKind
from connector.recipes import reasons
from connector.recipes.base import RowDraft
from connector.recipes.blend import ranked
from connector.recipes.desk import Desk, blended_card, may_be_the_reason
from connector.recipes.filters import first_of_each_family

MOST_UNTRIED = 2
"""So many Cards of a Row may be there for how they are described, until people have done them."""


def drafts(desk: Desk) -> Iterator[RowDraft]:
    """Draft a Row for each Anchor, latest first, one for each Family."""
    for anchor in first_of_each_family((anchor.item for anchor in desk.anchors), desk.page.shelf.items):
        yield _draft(desk, anchor)


def _draft(desk: Desk, anchor: ItemId) -> RowDraft:
    own = proven_by(desk, anchor) | _untried(desk, anchor)
    limits = desk.page.limits
    order = ranked({item: desk.scores[item] for item in own})
    return RowDraft(
        kind=RowKind.BECAUSE,
        anchor=anchor,
        ranked=tuple(_few_untried(desk, order)),
        card=partial(because_card, desk, own),
        at_least=limits.row_min,
        at_most=limits.cards_max,
        score=desk.scores.__getitem__,
        deed=desk.deed,
    )


def proven_by(desk: Desk, anchor: ItemId) -> dict[ItemId, NeighbourList]:
    """Give the Candidates that this Anchor lifts, and the list that proves that they belong to it."""
    near = desk.lists.get((NeighbourKind.TOGETHER, anchor))
    if near is None:
        return {}
    waiting = desk.waiting
    return {item: near for item, lift in desk.lifted.get(anchor, {}).items() if lift > waiting.get(item, 0.0)}


def _untried(desk: Desk, anchor: ItemId) -> dict[ItemId, NeighbourList]:
    """Give the Candidates that nobody could prove yet, and that are described much like this Anchor."""
    near = desk.lists.get((NeighbourKind.UNTRIED, anchor))
    if near is None:
        return {}
    scores, proven = desk.scores, desk.proven
    fresh = [item for item in near.positive()[0] if item in scores and item not in proven]
    return {item: near for item in fresh if may_be_the_reason(desk, item, anchor)}


def _few_untried(desk: Desk, order: Iterable[ItemId]) -> Iterator[ItemId]:
    """Keep the first `MOST_UNTRIED` of what is not proven: a Row is made of what people did."""
    left = MOST_UNTRIED
    for item in order:
        left -= item not in desk.proven
        if item in desk.proven or left >= 0:
            yield item


def because_card(desk: Desk, own: Mapping[ItemId, NeighbourList], item: ItemId) -> Card:
    """Make the Card of a Candidate that belongs to the Anchor of its list in ``own``."""
    near = own[item]
    neighbour = near.find(item)
    if neighbour is None or near.kind is NeighbourKind.UNTRIED:
        return blended_card(desk, item, Reason("described", anchor=near.anchor, deed=desk.deed))
    return blended_card(desk, item, reasons.because(near, neighbour, desk.page.limits.k, desk.deed))
