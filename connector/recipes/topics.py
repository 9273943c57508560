"""*Explore topics*: how much there is of each topic that this learner may still do; and the list behind a tile."""

from collections.abc import Iterator
from functools import partial

from connector.domain import Card, ItemId, Reason, RowKind, Tile
from connector.recipes.base import RowDraft
from connector.recipes.desk import Desk
from connector.recipes.fitting import Fitting, fitting

MOST_TILES = 8
LONGEST_TOPIC = 200
"""Characters of a topic that a link may name."""


def drafts(desk: Desk) -> Iterator[RowDraft]:
    """Draft the one Row of tiles: the topics of most Items first, those of as many by name."""
    counted = [Tile(topic, len(_open(desk, topic))) for topic in desk.page.topics]
    large = [tile for tile in counted if tile.count >= desk.page.limits.row_min]
    tiles = sorted(large, key=lambda tile: (-tile.count, tile.topic.casefold(), tile.topic))[:MOST_TILES]
    yield RowDraft(
        kind=RowKind.TOPICS, anchor=None, ranked=(), card=_no_card, at_least=1, at_most=1, tiles=tuple(tiles)
    )


def listed(desk: Desk, topic: str) -> Iterator[RowDraft]:
    """Draft the Row behind a tile: what fits first, then what is popular, then the rest; nothing for other topics."""
    wanted = _open(desk, topic) if topic in desk.page.topics else frozenset()
    there = {item for item, one in desk.page.shelf.items.items() if one.family in wanted and _is_on(desk, topic, item)}
    if there:
        found = fitting(desk, there.__contains__)
        yield RowDraft(
            kind=RowKind.TOPICS,
            anchor=None,
            ranked=found.ranked(there),
            card=partial(_card, found, topic),
            at_least=1,
            at_most=desk.page.limits.see_all_max,
            score=found.score,
            topic=topic,
        )


def _open(desk: Desk, topic: str) -> frozenset[int]:
    """Return the Families of a topic without what this learner did or took, and without the Course they are in."""
    here = frozenset() if desk.showable.course is None else frozenset({desk.showable.course})
    return desk.page.topics[topic] - desk.showable.closed - desk.known - here


def _is_on(desk: Desk, topic: str, item: ItemId) -> bool:
    one = desk.page.shelf.items[item]
    return topic.casefold() in {name.casefold() for name in one.topics} and not one.sensitive and item in desk.showable


def _no_card(item: ItemId) -> Card:
    raise LookupError(item)  # a Row of tiles has no Cards


def _card(found: Fitting, topic: str, item: ItemId) -> Card:
    """Say why it fits or that it is popular, where that is so: that it is on the topic, the heading says already."""
    told = item in found.fits or item in found.liked
    return found.card(item, None if told else Reason("on_topic", label=topic))
