"""*Popular with people here*: the same for everyone in a place, but for what one has done already."""

from collections.abc import Iterator, Mapping
from functools import partial

from connector.domain import SITE, Card, ItemId, Neighbour, NeighbourKind, NeighbourList, RowKind, TracePart
from connector.recipes import reasons
from connector.recipes.base import RowDraft
from connector.recipes.blend import ranked, scale_constant
from connector.recipes.desk import Desk


def drafts(desk: Desk) -> Iterator[RowDraft]:
    """Draft the cohort's Row, then the site's, which stands in when the cohort's is missing or too short."""
    course = desk.page.course
    for place in (SITE,) if course is None else (course.id, SITE):
        near = desk.lists.get((NeighbourKind.POPULAR, place))
        if near is not None:
            yield _draft(desk, near)


def _draft(desk: Desk, near: NeighbourList) -> RowDraft:
    shown = (one for one in near.neighbours if one.item in desk.showable and desk.is_news(one.item))
    own = {neighbour.item: neighbour for neighbour in shown}
    order = ranked({item: neighbour.score for item, neighbour in own.items()})
    limits = desk.page.limits
    return RowDraft(
        kind=RowKind.POPULAR,
        anchor=reasons.place_of(near),
        ranked=tuple(order),
        card=partial(_card, desk, near, own),
        at_least=limits.row_min,
        at_most=limits.cards_max,
    )


def _card(desk: Desk, near: NeighbourList, own: Mapping[ItemId, Neighbour], item: ItemId) -> Card:
    neighbour = own[item]
    value = neighbour.score / scale_constant(desk.scale, NeighbourKind.POPULAR)
    parts = (TracePart(NeighbourKind.POPULAR.value, reasons.place_of(near), value),)
    reason = reasons.popular(near, neighbour, desk.page.limits.k, desk.deed)
    return Card(item, value, reason, parts, desk.progress.get(item))
