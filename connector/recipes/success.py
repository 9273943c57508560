"""Whose success a page asks about."""

from collections.abc import Iterable
from itertools import islice

from connector.domain import Item, ItemId, ItemStatus


def asked(course: Item | None, anchors: Iterable[ItemId], most: int) -> tuple[ItemId, ...]:
    """Return the Items whose lists of *succeeded* are asked for: the Course, then ``most`` Anchors; each once."""
    own = islice(anchors, most)
    return tuple(dict.fromkeys([*([course.id] if course and may_be_named(course) else []), *own]))


def may_be_named(course: Item) -> bool:
    """Tell whether a Course is shown and not sensitive."""
    return course.status is ItemStatus.SHOWN and not course.sensitive
