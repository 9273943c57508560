"""*New since your last visit*: what was first offered after this learner was here last, what fits them first."""

from collections.abc import Collection, Iterator

from connector.domain import Card, Item, ItemId, Reason, RowKind, TracePart
from connector.recipes.base import RowDraft, is_personal
from connector.recipes.desk import Desk

LEAST = 1
"""A single new Item is news."""
TOPIC_SAY = 0.5
"""What only shares a topic with all Anchors scores this much."""


def drafts(desk: Desk) -> Iterator[RowDraft]:
    """Draft the one Row; who has no history, or was not here before, has nothing in it."""
    page = desk.page
    known = is_personal(page) and bool(page.history)
    touched = {word.item for word in page.history}
    fresh = [one for one in page.arrivals if one not in touched and one in desk.showable and desk.is_news(one)]
    anchored = [frozenset(_topics(page.shelf.items[one.item])) for one in desk.anchors]
    cards = {item: _card(desk, anchored, item) for item in fresh} if known else {}
    yield RowDraft(
        kind=RowKind.NEW,
        anchor=None,
        ranked=tuple(sorted(cards, key=lambda item: (-cards[item].score, -page.arrivals[item].timestamp(), item))),
        card=cards.__getitem__,
        at_least=LEAST,
        at_most=page.limits.cards_max,
    )


def _card(desk: Desk, anchored: Collection[frozenset[str]], item: ItemId) -> Card:
    """Score by the desk, and by the share of Anchors that have a topic of this Item."""
    parts = desk.parts(item)
    topics = frozenset(_topics(desk.page.shelf.items[item]))
    shared = sum(1 for one in anchored if one & topics)
    if shared:
        parts = (*parts, TracePart("topic", None, TOPIC_SAY * shared / len(anchored)))
    score = desk.scores.get(item, 0.0) + sum(part.value for part in parts if part.source == "topic")
    return Card(item, score, Reason("added", at=desk.page.arrivals[item]), parts)


def _topics(item: Item) -> Iterator[str]:
    return map(str.casefold, item.topics)
