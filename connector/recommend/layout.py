"""Histories laid out for the kernel: each learner's items in order of time, and each item's places among them.

One place is 64 bits: the item column below, and above it what the place adds to a cosine, as a whole number of
2**-31. Whole numbers have the same sum in any order, so no result depends on threads.
"""

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from connector.recommend.base import MICROSECONDS_PER_DAY, OLDEST_HALVINGS, Floats, Integers
from connector.recommend.compiled import compiled

ONE = 2.0**31
"""What a place of 1.0 is stored as."""
LONGEST = 65_535
"""No cap is above: distances inside a history are kept in 16 bits."""
CHUNK = 4_096
HIGH = np.uint64(32)
LOW = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Layout:
    """Histories of at most ``cap`` items, by learner and by item.

    Attributes
    ----------
    starts : ndarray of int64, shape (n_learners + 1,)
        Learner u's places are ``starts[u]:starts[u + 1]``, oldest first.
    places : ndarray of uint64, shape (n_places,)
        Column in the lower half; in the upper half the entry of a column of length 1, times ``ONE``.
    gaps : ndarray of uint16, shape (n_places,)
        How many places further the learner's strictly later ones begin.
    bounds : ndarray of int64, shape (n_items + 1,)
        Column c's learners are ``learners[bounds[c]:bounds[c + 1]]``, rising.
    learners, spots : ndarray of uint32 and of uint16, shape (n_places,)
        The learner, and how far from the learner's start the column stands.
    lengths : ndarray of float64, shape (n_items,)
        Length of each column before it was divided by it.
    pairs : ndarray of int64, shape (n_items,)
        Pairs that each column makes with others: the sum of its supports.
    """

    starts: Integers
    places: NDArray[np.uint64]
    gaps: NDArray[np.uint16]
    bounds: Integers
    learners: NDArray[np.uint32]
    spots: NDArray[np.uint16]
    lengths: Floats
    pairs: Integers

    @classmethod
    def of(
        cls, weights: csr_array, times: csr_array | None, half_life: float | None, cap: int, threads: Executor
    ) -> Self:
        """Lay out ``weights``, learners x items, with ``times`` of the same sparsity in microseconds, or none.

        Of a learner with more than ``cap`` items the latest are kept, of equal times the higher columns.
        """
        starts = np.concatenate(([0], np.cumsum(np.minimum(np.diff(weights.indptr), cap), dtype=np.int64)))
        values, columns = np.empty(starts[-1]), np.empty(starts[-1], np.uint32)
        gaps = np.empty(values.size, np.uint16)
        when = np.empty(0, np.int64) if times is None else times.data
        per_halving = 0.0 if half_life is None else half_life * MICROSECONDS_PER_DAY
        source = (weights.indptr, weights.indices, weights.data, when, when.max(initial=0), per_halving)
        target = (starts, values, columns, gaps)
        _each(threads, starts.size - 1, lambda first, last: _lay(first, last, source, target))
        lengths, base = _lengths(columns, values, weights.shape[1])
        bounds = np.concatenate(([0], np.cumsum(base)))
        learners, spots = np.empty(values.size, np.uint32), np.empty(values.size, np.uint16)
        pairs = np.zeros(base.size, np.int64)
        _place(starts, columns, values, lengths, bounds[:-1].copy(), learners, spots, pairs)
        return cls(starts, values.view(np.uint64), gaps, bounds, learners, spots, lengths, pairs)

    @property
    def base(self) -> Integers:
        """Learners with each column, shape (n_items,)."""
        return np.diff(self.bounds)

    @property
    def activity(self) -> Integers:
        """Items of each learner, shape (n_learners,)."""
        return np.diff(self.starts)


def _each(threads: Executor, count: int, work: Any) -> None:
    for done in [threads.submit(work, first, min(first + CHUNK, count)) for first in range(0, count, CHUNK)]:
        done.result()


@compiled
def _lay(first: Any, last: Any, source: Any, target: Any) -> Any:
    """Write learners first..last-1: columns and weights, decayed and damped by activity, oldest first."""
    indptr, indices, data, when, newest, per_halving = source
    starts, values, columns, gaps = target
    for learner in range(first, last):
        begin, start, kept = indptr[learner], starts[learner], starts[learner + 1] - starts[learner]
        order = _oldest_first(when, begin, indptr[learner + 1])[-kept:] if kept else np.empty(0, np.int64)
        say = np.sqrt(1.0 / np.log2(1.0 + kept))
        for rank in range(kept):
            at = begin + order[rank]
            values[start + rank] = data[at] * _faint(when, at, newest, per_halving) * say
            columns[start + rank] = indices[at]
        gap = 0
        for rank in range(kept - 1, -1, -1):
            gap = gap + 1 if rank + 1 < kept and _alike(when, begin + order[rank], begin + order[rank + 1]) else 1
            gaps[start + rank] = gap


@compiled
def _oldest_first(when: Any, begin: Any, end: Any) -> Any:
    return np.argsort(when[begin:end], kind="mergesort") if when.size else np.arange(end - begin)


@compiled
def _faint(when: Any, at: Any, newest: Any, per_halving: Any) -> Any:
    if when.size == 0 or per_halving == 0.0:
        return 1.0
    return np.exp2(-min((newest - when[at]) / per_halving, OLDEST_HALVINGS))


@compiled
def _alike(when: Any, one: Any, other: Any) -> Any:
    return when.size == 0 or when[one] == when[other]


@compiled
def _lengths(columns: Any, values: Any, items: Any) -> Any:
    """Return the length of each column, and how many learners have it."""
    squares, base = np.zeros(items), np.zeros(items, np.int64)
    for place in range(columns.size):
        squares[columns[place]] += values[place] * values[place]
        base[columns[place]] += 1
    return np.sqrt(squares), base


@compiled
def _place(
    starts: Any, columns: Any, values: Any, lengths: Any, free: Any, learners: Any, spots: Any, pairs: Any
) -> Any:
    """Turn ``values`` into places, bit for bit in the same memory, and enter each place under its column."""
    packed = values.view(np.uint64)
    for learner in range(starts.size - 1):
        for place in range(starts[learner], starts[learner + 1]):
            column = columns[place]
            packed[place] = np.uint64(np.rint(values[place] / lengths[column] * ONE)) << HIGH | np.uint64(column)
            learners[free[column]], spots[free[column]] = learner, place - starts[learner]
            free[column] += 1
            pairs[column] += starts[learner + 1] - starts[learner] - 1
