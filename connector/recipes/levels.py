"""Levels: what a learner has mastered in a topic, and what lies below it.

Levels are the catalogue's words. Those that are known lie on scales of their own (three steps in English and German,
the six of the Common European Framework of Reference for Languages, plain numbers), and only levels of one scale are
compared: a word that is not known is on no scale, and bars nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from connector.domain import Item, ItemId

_STEPS: Mapping[str, int] = {
    **dict.fromkeys(("beginner", "beginners", "basic", "introductory", "foundation", "einsteiger", "grundlagen"), 1),
    **dict.fromkeys(("intermediate", "fortgeschritten", "fortgeschrittene", "aufbau"), 2),
    **dict.fromkeys(("advanced", "expert", "experte", "experten", "profi"), 3),
}
_FRAMEWORK: Mapping[str, int] = {name: place for place, name in enumerate(("a1", "a2", "b1", "b2", "c1", "c2"), 1)}
_NUMBER = re.compile(r"(?:level|stufe)?[ -]?(\d{1,2})", re.ASCII)


class Level(NamedTuple):
    """A place on a scale; higher is harder."""

    scale: str
    place: int


@lru_cache(maxsize=1_000)
def level_of(word: str) -> Level | None:
    """Return the place of a catalogue's word; None where it is on no known scale."""
    folded = word.strip().casefold()
    if folded in _STEPS:
        return Level("steps", _STEPS[folded])
    if folded in _FRAMEWORK:
        return Level("framework", _FRAMEWORK[folded])
    number = _NUMBER.fullmatch(folded)
    return Level("number", int(number[1])) if number else None


class Mastered:
    """The highest level that was done in each topic, worked out when it is first asked for."""

    __slots__ = ("_done", "_highest", "_items")

    def __init__(self, done: Iterable[ItemId], items: Mapping[ItemId, Item]) -> None:
        self._done, self._items = done, items
        self._highest: dict[tuple[str, str], int] | None = None

    def __bool__(self) -> bool:
        return bool(self._known())

    def is_above(self, item: Item) -> bool:
        """Tell whether a higher level than the Item's was done in one of its topics."""
        level = level_of(item.level) if item.level else None
        if level is None:
            return False
        highest = self._known()
        return any(highest.get((topic.casefold(), level.scale), 0) > level.place for topic in item.topics)

    def _known(self) -> dict[tuple[str, str], int]:
        if self._highest is None:
            self._highest = {}
            for topic, level in self._levels():
                key = topic.casefold(), level.scale
                self._highest[key] = max(level.place, self._highest.get(key, 0))
        return self._highest

    def _levels(self) -> Iterator[tuple[str, Level]]:
        known = (self._items[one] for one in self._done if one in self._items)
        for item in known:
            level = level_of(item.level) if item.level else None
            if level is not None:
                yield from ((topic, level) for topic in item.topics)


NOTHING_MASTERED = Mastered((), {})
