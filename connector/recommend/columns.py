"""What was read of everybody, as columns: numbers of Facts looked up in those of Learners, Items and Signals.

Where they come from nobody here knows: `connector.store.training_rows` has a `Reading`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from connector.domain import Signal
from connector.recommend.base import Floats, Integers

NOTHING = -1
"""Of a key that means nothing, an Identity of nobody who trains, an Activity that is no Item."""
ROOM = 1_000_000
"""Numbers up to so much, or eight times as many as there are of them, are looked up at their place in a table."""
MOST_SCORE = 1.0
"""A larger score is none: it did not come."""
_CODES = {signal: code for code, signal in enumerate(Signal)}

Stretch = tuple[bytes, str, int, int, int]
"""One column of some Facts: bytes, the kind of a number as numpy says it, the first one's place, bytes from one to the
next, how many."""
Field = tuple[int, int, int]
"""In which packed column a number stands, from which bit on, of how many bits."""
Facts = tuple[tuple[Stretch, ...], Stretch, Stretch | None]
"""Some Facts: packed columns, microseconds since the epoch, scores or None."""


class Reading(Protocol):
    """What was asked for; `connector.store.training_rows.Reading` says what each is."""

    @property
    def fields(self) -> tuple[Field, Field, Field]:
        """Where key, Activity and Identity stand."""
        ...

    @property
    def progress_bits(self) -> int:
        """The lowest so many bits of a key are progress: 0 is none, else one more than the per cent."""
        ...

    @property
    def epoch(self) -> int:
        """The microsecond since 1970 from which times are counted."""
        ...

    @property
    def learners(self) -> Mapping[int, int]:
        """Learners who train, by Identity."""
        ...

    @property
    def items(self) -> Mapping[int, int]:
        """Items by Activity."""
        ...

    @property
    def parts(self) -> frozenset[int]:
        """Activities that are only a part of their Item."""
        ...

    @property
    def scored(self) -> frozenset[Signal]:
        """Signals that have a score."""
        ...

    @property
    def facts(self) -> Iterable[Facts]:
        """The Facts, to be read once."""
        ...

    def signal(self, key: int, *, part: bool) -> int | None:
        """Return what a key means as a place in ``tuple(Signal)``; None where it means nothing."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """What Learners did, in columns of equal length, in the order in which it was read.

    Attributes
    ----------
    learners, items : ndarray of int64, shape (n,)
        Numbers.
    signals : ndarray of int8, shape (n,)
        Places in ``tuple(Signal)``.
    times : ndarray of int64, shape (n,)
        Microseconds since 1970, UTC.
    values : ndarray of float64, shape (n,)
        Progress of a whole Item, or the score, in 0..1; NaN where neither came.
    """

    learners: Integers
    items: Integers
    signals: NDArray[np.int8]
    times: Integers
    values: Floats

    @classmethod
    def of(cls, reading: Reading) -> Self:
        """Look up all that is read; each Fact of a Learner who trains with an Item that means anything is a row."""
        desk = _Desk.of(reading)
        found = list(zip(*(desk.looked_up(one) for one in reading.facts), strict=True)) or [()] * len(_KINDS)
        return cls(*(np.concatenate([np.zeros(0, kind), *some]) for kind, some in zip(_KINDS, found, strict=True)))


_KINDS = (np.int64, np.int64, np.int8, np.int64, np.float64)
_Row = tuple[Integers, Integers, NDArray[np.int8], Integers, Floats]


@dataclass(frozen=True, slots=True)
class _Desk:
    """What numbers stand for, laid out to be looked up."""

    reading: Reading
    learners: "_Table"
    items: "_Table"
    parts: "_Table"
    meant: "_Meant"
    scored: list[int]

    @classmethod
    def of(cls, reading: Reading) -> Self:
        parts = dict.fromkeys(reading.parts, 1)
        scored = [_CODES[one] for one in reading.scored]
        learners, items = _Table.of(reading.learners), _Table.of(reading.items)
        return cls(reading, learners, items, _Table.of(parts), _Meant(reading), scored)

    def looked_up(self, facts: Facts) -> _Row:
        packed, when, scores = facts
        numbers = [_numbers(one) for one in packed]
        keys, activities, identities = (_unpacked(numbers, one) for one in self.reading.fields)
        who, what = self.learners.of_numbers(identities), self.items.of_numbers(activities)
        part = self.parts.of_numbers(activities) > 0
        codes = self.meant.of_keys(keys, part)
        kept = np.flatnonzero((who >= 0) & (what >= 0) & (codes >= 0))
        values = self._progress(keys, codes, part)
        if scores is not None:
            values = self._with_scores(values, codes, _numbers(scores))
        times = _numbers(when)[kept] + np.int64(self.reading.epoch)
        return who[kept], what[kept], codes[kept], times, values[kept]

    def _progress(self, keys: Integers, codes: NDArray[np.int8], part: NDArray[np.bool_]) -> Floats:
        progress = keys & ((1 << self.reading.progress_bits) - 1)
        told = (codes == _CODES[Signal.PROGRESSED]) & (progress > 0) & ~part
        return np.where(told, (progress - 1) / 100, np.nan)

    def _with_scores(self, values: Floats, codes: NDArray[np.int8], scores: Floats) -> Floats:
        told = np.isnan(values) & (scores <= MOST_SCORE) & np.isin(codes, self.scored)
        return np.where(told, scores, values)


def _numbers(stretch: Stretch) -> NDArray[Any]:
    content, kind, first, step, count = stretch
    there: NDArray[Any] = np.ndarray((count,), kind, content, first, (step,))
    return there.astype(there.dtype.newbyteorder("="))


def _unpacked(columns: list[NDArray[Any]], field: Field) -> Integers:
    column, shift, bits = field
    found: Integers = (columns[column] >> shift) & ((1 << bits) - 1)
    return found


@dataclass(frozen=True, slots=True)
class _Table:
    """What numbers stand for; ``dense`` has them by number, else they are searched for among the ``known``."""

    known: Integers
    meant: Integers
    dense: Integers | None

    @classmethod
    def of(cls, names: Mapping[int, int]) -> Self:
        known = np.fromiter(names.keys(), np.int64, len(names))
        order = np.argsort(known)
        known, meant = known[order], np.fromiter(names.values(), np.int64, len(names))[order]
        last = int(known[-1]) if known.size else 0
        if last > max(ROOM, 8 * known.size):
            return cls(known, meant, None)
        dense = np.full(last + 2, NOTHING, dtype=np.int64)
        dense[known] = meant
        return cls(known, meant, dense)

    def of_numbers(self, numbers: Integers) -> Integers:
        """Return what each number stands for, `NOTHING` where it is not known."""
        if self.dense is not None:
            return self.dense[np.minimum(numbers, self.dense.size - 1)]
        places = np.minimum(np.searchsorted(self.known, numbers), self.known.size - 1)
        return np.where(self.known[places] == numbers, self.meant[places], NOTHING)


@dataclass(slots=True)
class _Meant:
    """What keys mean, and whether of a part; each is asked once."""

    reading: Reading
    known: Integers
    codes: NDArray[np.int8]

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.known, self.codes = np.zeros(0, np.int64), np.zeros(0, np.int8)

    def of_keys(self, keys: Integers, part: NDArray[np.bool_]) -> NDArray[np.int8]:
        asked = 2 * keys + part
        if np.any(new := self._unknown(asked)):
            self._learn(np.unique(asked[new]).tolist())
        return self.codes[np.searchsorted(self.known, asked)]

    def _unknown(self, asked: Integers) -> NDArray[np.bool_]:
        if not self.known.size:
            return np.ones(asked.size, dtype=np.bool_)
        places = np.minimum(np.searchsorted(self.known, asked), self.known.size - 1)
        return np.asarray(self.known[places] != asked, dtype=np.bool_)

    def _learn(self, new: list[int]) -> None:
        known = np.concatenate((self.known, np.array(new, dtype=np.int64)))
        codes = np.concatenate((self.codes, np.fromiter(self._asked(new), np.int8, len(new))))
        order = np.argsort(known)
        self.known, self.codes = known[order], codes[order]

    def _asked(self, new: list[int]) -> Iterator[int]:
        for key in new:
            meant = self.reading.signal(key >> 1, part=bool(key & 1))
            yield NOTHING if meant is None else meant
