"""Histories laid out for the kernel: each learner's items in order of time, and each item's learners.

What a place adds to a cosine is kept as a whole number of 2**-31. Whole numbers have the same sum in any order, so no
result depends on threads.
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
PARTS = 4
"""In so many parts the places are entered under their columns, side by side."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Histories of at most ``cap`` items, by learner and by item.

    Attributes
    ----------
    starts : ndarray of int64, shape (n_learners + 1,)
        Learner u's places are ``starts[u]:starts[u + 1]``, oldest first.
    columns : ndarray of uint16, or uint32 where there are more columns than that holds, shape (n_places,)
        The column of each place.
    heights : ndarray of uint32, shape (n_places,)
        The entry of a column of length 1, times ``ONE``.
    bounds : ndarray of int64, shape (n_items + 1,)
        Column c's learners are ``learners[bounds[c]:bounds[c + 1]]``, rising.
    learners, weights, laters : ndarray of uint32, of uint32 and of uint16, shape (n_places,)
        The learner, the height of the learner's place with this column, and how far from the learner's start the
        strictly later ones begin.
    lengths : ndarray of float64, shape (n_items,)
        Length of each column before it was divided by it.
    pairs : ndarray of int64, shape (n_items,)
        Pairs that each column makes with others: the sum of its supports.
    """

    starts: Integers
    columns: NDArray[Any]
    heights: NDArray[np.uint32]
    bounds: Integers
    learners: NDArray[np.uint32]
    weights: NDArray[np.uint32]
    laters: NDArray[np.uint16]
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
        columns, heights, gaps, lengths = _laid(weights, times, half_life, starts, threads)
        bounds, pairs, by_column = _by_column((starts, columns, heights, gaps), lengths.size, threads)
        learners, own, laters = by_column
        return cls(starts, columns, heights, bounds, learners, own, laters, lengths, pairs)

    @property
    def base(self) -> Integers:
        """Learners with each column, shape (n_items,)."""
        return np.diff(self.bounds)

    @property
    def activity(self) -> Integers:
        """Items of each learner, shape (n_learners,)."""
        return np.diff(self.starts)


def _each(threads: Executor, count: int, size: int, work: Any) -> None:
    for done in [threads.submit(work, first, min(first + size, count)) for first in range(0, count, size)]:
        done.result()


def _laid(
    weights: csr_array, times: csr_array | None, half_life: float | None, starts: Integers, threads: Executor
) -> tuple[NDArray[Any], NDArray[np.uint32], NDArray[np.uint16], Floats]:
    """Return of each place the column, the height, and how much further the strictly later begin; and the lengths."""
    narrow = weights.shape[1] <= np.iinfo(np.uint16).max + 1
    columns = np.empty(starts[-1], np.uint16 if narrow else np.uint32)
    gaps, values = np.empty(starts[-1], np.uint16), np.empty(starts[-1])
    when = np.empty(0, np.int64) if times is None else times.data
    per_halving = 0.0 if half_life is None else half_life * MICROSECONDS_PER_DAY
    source = (weights.indptr, weights.indices, weights.data, when, when.max(initial=0), per_halving)
    target = (starts, values, columns, gaps)
    _each(threads, starts.size - 1, CHUNK, lambda first, last: _lay(first, last, source, target))
    lengths, heights = _lengths(columns, values, weights.shape[1]), np.empty(values.size, np.uint32)
    _each(
        threads, values.size, CHUNK * PARTS, lambda first, last: _raise(first, last, columns, values, lengths, heights)
    )
    return columns, heights, gaps, lengths


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
    """Return the length of each column."""
    squares = np.zeros(items)
    for place in range(columns.size):
        squares[columns[place]] += values[place] * values[place]
    return np.sqrt(squares)


@compiled
def _raise(first: Any, last: Any, columns: Any, values: Any, lengths: Any, heights: Any) -> Any:
    for place in range(first, last):
        heights[place] = np.uint32(np.rint(values[place] / lengths[columns[place]] * ONE))


def _by_column(
    rows: tuple[NDArray[Any], ...], items: int, threads: Executor
) -> tuple[Integers, Integers, tuple[NDArray[Any], ...]]:
    """Return bounds, pairs, and by column its learners, their weights and their laters: each part of learners alone."""
    starts, columns = rows[:2]
    counts, pairs = np.zeros((2, PARTS, items), np.int64)
    size = max(-(-(starts.size - 1) // PARTS), 1)
    _each(threads, starts.size - 1, size, lambda first, last: _count(first, last, size, starts, columns, counts, pairs))
    bounds = np.concatenate(([0], np.cumsum(counts.sum(axis=0))))
    free = bounds[:-1] + np.cumsum(counts, axis=0) - counts
    kinds = (np.uint32, np.uint32, np.uint16)
    by_column = tuple(np.empty(columns.size, kind) for kind in kinds)
    _each(threads, starts.size - 1, size, lambda first, last: _enter(first, last, size, rows, free, by_column))
    return bounds, pairs.sum(axis=0), by_column


@compiled
def _count(first: Any, last: Any, size: Any, starts: Any, columns: Any, counts: Any, pairs: Any) -> Any:
    count, pair = counts[first // size], pairs[first // size]
    for learner in range(first, last):
        others = starts[learner + 1] - starts[learner] - 1
        for place in range(starts[learner], starts[learner + 1]):
            count[columns[place]] += 1
            pair[columns[place]] += others


@compiled
def _enter(first: Any, last: Any, size: Any, rows: Any, free: Any, by_column: Any) -> Any:
    """Enter each place of the learners first..last-1 under its column."""
    starts, columns, heights, gaps = rows
    learners, weights, laters = by_column
    for learner in range(first, last):
        for place in range(starts[learner], starts[learner + 1]):
            at = free[first // size, columns[place]]
            free[first // size, columns[place]] += 1
            learners[at], weights[at] = learner, heights[place]
            laters[at] = place + gaps[place] - starts[learner]
