"""*What people who succeeded at X took*: X is the Course that the page stands in, else what the learner completed last.

Only what the numbers may be told of stands in it: each Card says how many of those who succeeded took it.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from connector.domain import Card, ItemId, Neighbour, NeighbourKind, NeighbourList, Reason, RowKind, TracePart
from connector.recipes.base import RowDraft
from connector.recipes.blend import ranked, scale_constant
from connector.recipes.desk import Desk
from connector.recipes.reasons import may_be_told
from connector.recipes.success import asked

SOURCE = NeighbourKind.SUCCEEDED.value


def drafts(desk: Desk) -> Iterator[RowDraft]:
    """Draft a Row for the Course and each of the latest Anchors, as many as there are "because" Rows at most."""
    for anchor in asked(desk.page.course, (one.item for one in desk.anchors), desk.page.limits.anchors_shown):
        near = desk.lists.get((NeighbourKind.SUCCEEDED, anchor))
        if near is not None and anchor in desk.page.shelf.items:
            yield _draft(desk, near)


def _draft(desk: Desk, near: NeighbourList) -> RowDraft:
    own = {one.item: one for one in near.neighbours if _may_stand(desk, near, one)}
    scores = {item: _score(desk, neighbour) for item, neighbour in own.items()}
    limits = desk.page.limits
    return RowDraft(
        kind=RowKind.SUCCEEDED,
        anchor=near.anchor,
        ranked=tuple(ranked(scores)),
        card=partial(_card, desk, near, own),
        at_least=limits.row_min,
        at_most=limits.cards_max,
        score=scores.__getitem__,
    )


def _may_stand(desk: Desk, near: NeighbourList, one: Neighbour) -> bool:
    told = one.score > 0 and may_be_told(one.support, near.base, desk.page.limits.k)
    return told and one.item in desk.showable and desk.is_news(one.item)


def _score(desk: Desk, neighbour: Neighbour) -> float:
    return neighbour.score / scale_constant(desk.scale, NeighbourKind.SUCCEEDED)


def _card(desk: Desk, near: NeighbourList, own: Mapping[ItemId, Neighbour], item: ItemId) -> Card:
    value, support = _score(desk, own[item]), own[item].support
    reason = Reason(SOURCE, near.anchor, support, near.base, deed=desk.deed)
    return Card(item, value, reason, (TracePart(SOURCE, near.anchor, value),), desk.progress.get(item))
