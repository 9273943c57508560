"""What is known of Candidates that no list proves, and of the Anchor in waiting: for answers to "why not"."""

from connector.domain import ItemId, NeighbourKind, NeighbourList
from connector.recipes import blend
from connector.recipes.anchors import in_use, nameable
from connector.recipes.desk import Desk, may_be_the_reason


def untried_lists(desk: Desk, item: ItemId) -> list[NeighbourList]:
    """Return the lists of Anchors that a Candidate is only described like."""
    lists = (desk.lists.get((NeighbourKind.UNTRIED, anchor.item)) for anchor in desk.anchors)
    return [near for near in lists if near is not None and near.score_of(item) > 0]


def rank_untried(desk: Desk, item: ItemId, anchor: ItemId) -> int:
    """Return the rank of an Item among what is only described like an Anchor, from 1 on."""
    near = desk.lists[NeighbourKind.UNTRIED, anchor]
    rivals = [one for one, score in near.pairs() if score > 0 and one in desk.scores and one not in desk.proven]
    true = {one: desk.scores[one] for one in rivals if may_be_the_reason(desk, one, anchor)}
    return blend.ranked(true).index(item) + 1


def in_waiting(desk: Desk) -> ItemId | None:
    """Return the Anchor that would step in for another, None where there is none."""
    latest = nameable(desk.past.positives, desk.page.shelf.items)
    model = desk.page.shelf.model
    blending = model.blending if model else None
    waiting = in_use(latest, desk.page.shelf.items, desk.page.limits, desk.page.pinned, blending)[1]
    return waiting[0].item if waiting else None
