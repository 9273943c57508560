"""*Try something different*: what is popular here, of topics or from providers that the learner never took.

What is near an Anchor is never in it: that is what all other Rows are for.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import NamedTuple

from connector.domain import Card, Item, ItemId, Reason, RowKind
from connector.recipes.base import RowDraft
from connector.recipes.desk import Desk
from connector.recipes.fitting import Fitting, fitting

OTHER_TOPIC, OTHER_PROVIDER = "other_topic", "other_provider"


def drafts(desk: Desk) -> Iterator[RowDraft]:
    """Draft the one Row; nothing is different for who has no Anchor."""
    found, taken = fitting(desk, lambda item: _is_far(desk, item)), _taken(desk)
    codes = {item: _unlike(desk.page.shelf.items[item], taken) for item in found.liked if _is_liked(found, item)}
    unlike = {item: code for item, code in codes.items() if code and desk.anchors}
    yield RowDraft(
        kind=RowKind.DIFFERENT,
        anchor=None,
        ranked=found.ranked(unlike),
        card=partial(_card, found, unlike),
        at_least=desk.page.limits.row_min,
        at_most=desk.page.limits.cards_max,
        score=found.score,
    )


def _is_far(desk: Desk, item: ItemId) -> bool:
    """Tell what no Anchor is near to, and the learner never touched."""
    return not (item in desk.scores or item in desk.proven or item in desk.waiting or item in desk.progress)


def _is_liked(found: Fitting, item: ItemId) -> bool:
    """Tell what so many people did that it may be called popular."""
    return found.liked[item][1].support >= found.desk.page.limits.k


class _Taken(NamedTuple):
    """The topics and providers of all that a learner ever did something with."""

    topics: frozenset[str]
    providers: frozenset[str]


def _taken(desk: Desk) -> _Taken:
    known = desk.page.shelf.items
    done = [known[number] for number in {word.item for word in desk.page.history} if number in known]
    providers = frozenset(one.provider.casefold() for one in done if one.provider)
    return _Taken(frozenset[str]().union(*map(_topics, done)), providers)


def _unlike(item: Item, taken: _Taken) -> str:
    """Name what the learner never took of an Item: its topics, else its provider; "" where nothing can be said."""
    if item.topics:
        return OTHER_TOPIC if taken.topics and taken.topics.isdisjoint(_topics(item)) else ""
    provider = item.provider.casefold()
    return OTHER_PROVIDER if provider and taken.providers and provider not in taken.providers else ""


def _topics(item: Item) -> frozenset[str]:
    return frozenset(map(str.casefold, item.topics))


def _card(found: Fitting, unlike: Mapping[ItemId, str], item: ItemId) -> Card:
    return found.card(item, Reason(unlike[item]))
