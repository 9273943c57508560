"""*Trending*: what is on the rise in a place, by a Model that is fresh; the course's people first, else the site's."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial

from connector.domain import SITE, Card, ItemId, Neighbour, NeighbourKind, NeighbourList, RowKind, TracePart
from connector.recipes import reasons
from connector.recipes.base import RowDraft
from connector.recipes.blend import ranked, scale_constant
from connector.recipes.desk import Desk

FRESH = timedelta(days=7)
"""What was on the rise longer ago than this is no news: an older Model makes no such Row."""


def drafts(desk: Desk) -> Iterator[RowDraft]:
    """Draft the course's Row, then the site's, which stands in when the course's is missing or too short."""
    if not _is_fresh(desk):
        return
    course = desk.page.course
    for place in (SITE,) if course is None else (course.id, SITE):
        near = desk.lists.get((NeighbourKind.RISING, place))
        if near is not None:
            yield _draft(desk, near)


def _is_fresh(desk: Desk) -> bool:
    model = desk.page.shelf.model
    return model is not None and desk.page.now - (model.data_as_of or model.trained_at) <= FRESH


def _draft(desk: Desk, near: NeighbourList) -> RowDraft:
    shown = (one for one in near.neighbours if one.item in desk.showable and desk.is_news(one.item))
    own = {neighbour.item: neighbour for neighbour in shown}
    scores = {item: _score(desk, neighbour) for item, neighbour in own.items()}
    limits = desk.page.limits
    return RowDraft(
        kind=RowKind.TRENDING,
        anchor=reasons.place_of(near),
        ranked=tuple(ranked(scores)),
        card=partial(_card, desk, near, own),
        at_least=limits.row_min,
        at_most=limits.cards_max,
        score=scores.__getitem__,
    )


def _score(desk: Desk, neighbour: Neighbour) -> float:
    return neighbour.score / scale_constant(desk.scale, NeighbourKind.RISING)


def _card(desk: Desk, near: NeighbourList, own: Mapping[ItemId, Neighbour], item: ItemId) -> Card:
    value = _score(desk, own[item])
    parts = (TracePart(NeighbourKind.RISING.value, reasons.place_of(near), value),)
    reason = reasons.trending(near, own[item], desk.page.limits.k, desk.deed)
    return Card(item, value, reason, parts, desk.progress.get(item))
