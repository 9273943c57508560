"""*Continue*: what the learner began and has not done, latest first."""

from collections.abc import Iterator
from functools import partial

from connector.domain import Card, ItemId, Reason, RowKind, TracePart
from connector.recipes.base import RowDraft
from connector.recipes.blend import recency
from connector.recipes.desk import Desk


def drafts(desk: Desk) -> Iterator[RowDraft]:
    """Draft the one Row; a page that is not personal has nothing in it."""
    limits = desk.page.limits
    begun = (unfinished.item for unfinished in desk.unfinished if unfinished.item in desk.showable)
    yield RowDraft(
        kind=RowKind.CONTINUE,
        anchor=None,
        ranked=tuple(begun),
        card=partial(begun_card, desk),
        at_least=limits.continue_min,
        at_most=limits.continue_max,
    )


def begun_card(desk: Desk, item: ItemId) -> Card:
    """Score by recency: the Row's order needs no Model."""
    begun = next(unfinished for unfinished in desk.unfinished if unfinished.item == item)
    value = recency(begun.at, desk.page.now, desk.page.limits.half_life)
    parts = (TracePart("recency", None, value),)
    return Card(item, value, Reason("started", at=begun.at), parts, begun.progress)
