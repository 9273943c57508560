"""One column after the other, what learners did around it: the compiled part of ``connector.recommend.next_``."""

from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from connector.recommend.base import MICROSECONDS_PER_DAY, Floats, Integers, decay
from connector.recommend.best import offer, put_in_order
from connector.recommend.compiled import compiled, prefetch
from connector.recommend.sums import AHEAD, LINE

HALF, LOWER = np.uint64(32), np.uint64(0xFFFFFFFF)
ONE, ONE_LATER = np.uint64(1), np.uint64((1 << 32) + 1)
"""A count of 64 bits holds two: learners below, above them those who did the column strictly later."""


class Histories(NamedTuple):
    """All histories end to end, in order of time.

    ``begins`` are where each learner's begins (and, one on, ends), ``logs`` what the learner's weights are divided by;
    ``rows`` and ``columns`` whose each place is, ``moments`` number the distinct times, rising, ``values`` are weights
    in 0..1. Column c stands at ``spots[starts[c]:starts[c + 1]]``.
    """

    begins: Integers
    logs: Floats
    rows: NDArray[np.int32]
    columns: NDArray[np.uint32]
    moments: NDArray[np.int32]
    days: Floats
    values: Floats
    spots: NDArray[np.int32]
    starts: Integers


class Rule(NamedTuple):
    """What a pair counts by moments and days between; ``flat`` where that is 1 inside of the window, whatever it is."""

    far: Floats
    per_day: float
    backward: float
    flat: bool
    popular: Floats
    prior: float
    power: float


class Found(NamedTuple):
    """What is around some columns: a row each, of which the first ``sizes`` places are filled."""

    sizes: Integers
    columns: NDArray[np.int32]
    scores: Floats
    support: NDArray[np.int32]
    followed: NDArray[np.int32]

    @classmethod
    def empty(cls, anchors: int, n: int) -> Self:
        """Make room for ``n`` columns around each of so many."""
        columns, support, followed = np.zeros((3, anchors, n), np.int32)
        return cls(np.zeros(anchors, np.int64), columns, np.zeros((anchors, n)), support, followed)

    def laid_out(self, one: NDArray[Any]) -> NDArray[Any]:
        """Return the filled places, row after row."""
        return one[np.arange(one.shape[1]) < self.sizes[:, np.newaxis]]


def histories_of(weights: csr_array, times: csr_array, half_life: float | None) -> Histories:
    """Lay out ``weights``, learners x items, with ``times`` of the same sparsity in microseconds."""
    begins, items = weights.indptr.astype(np.int64), weights.shape[1]
    order = _oldest_first(begins, times.data)
    when, columns = times.data[order], weights.indices[order].astype(np.uint32)
    rows = np.repeat(np.arange(weights.shape[0], dtype=np.int32), np.diff(begins))
    values = (weights.data * decay(times.data, half_life))[order]
    values /= max(values.max(initial=0.0), np.finfo(np.float64).tiny)
    days = (when - when.min(initial=0)) / MICROSECONDS_PER_DAY
    starts = np.concatenate(([0], np.cumsum(np.bincount(columns, minlength=items))))
    logs, moments = np.log2(1.0 + np.diff(begins)), _moments(rows, when)
    return Histories(begins, logs, rows, columns, moments, days, values, _spots(columns, starts[:-1].copy()), starts)


@compiled
def _oldest_first(begins: Any, when: Any) -> Any:
    """Return the places of each learner in order of time, equal times as they stand."""
    order = np.empty(when.size, np.int64)
    for learner in range(begins.size - 1):
        begin, end = begins[learner], begins[learner + 1]
        order[begin:end] = begin + np.argsort(when[begin:end], kind="mergesort")
    return order


@compiled
def _spots(columns: Any, free: Any) -> Any:
    """Return where each column stands, column after column, rising."""
    spots = np.empty(columns.size, np.int32)
    for place in range(columns.size):
        spots[free[columns[place]]] = place
        free[columns[place]] += 1
    return spots


@compiled
def find_around(first: Any, histories: Any, rule: Any, counts: Any, both: Any, found: Any) -> None:
    """Fill ``found`` for the columns from ``first`` on."""
    top, best = np.empty(found.columns.shape[1]), np.empty(found.columns.shape[1], np.int64)
    for row in range(found.sizes.size):
        anchor = first + row
        counts[:], both[:] = 0.0, 0
        last = histories.starts[anchor + 1] - 1
        for entry in range(histories.starts[anchor], last + 1):
            _expect(histories.spots[min(entry + AHEAD, last)], histories, rule.flat)
            _count(histories.spots[entry], histories, both)
            _add(histories.spots[entry], histories, rule, counts)
        counts[anchor] = 0.0
        around = (counts.sum() + rule.prior) ** rule.power
        size = 0
        for column in range(counts.size):
            if counts[column] > 0.0:
                size = offer(top, best, size, min(counts[column] / around / rule.popular[column], 1.0), column)
        put_in_order(top, best, size)
        _write(row, top, best, size, both, found)


@compiled
def _expect(spot: Any, histories: Any, values: Any) -> None:
    """Have a history brought near before it is needed: its columns, and its values, too, if all will be read."""
    begin, end = histories.begins[histories.rows[spot]], histories.begins[histories.rows[spot] + 1]
    for place in range(begin, end, LINE // 4):
        prefetch(histories.columns, place)
    if values:
        for place in range(begin, end, LINE // 8):
            prefetch(histories.values, place)


@compiled
def _count(spot: Any, histories: Any, both: Any) -> None:
    """Count the learner of ``spot`` for every column of the history, above for those that are strictly later."""
    begin, end = histories.begins[histories.rows[spot]], histories.begins[histories.rows[spot] + 1]
    later = spot + 1
    while later < end and histories.moments[later] == histories.moments[spot]:
        later += 1
    columns = histories.columns
    for other in range(np.uint64(begin), np.uint64(later)):
        both[columns[other]] += ONE
    for other in range(np.uint64(later), np.uint64(end)):
        both[columns[other]] += ONE_LATER


@compiled
def _add(spot: Any, histories: Any, rule: Any, counts: Any) -> None:
    """Add what the learner of ``spot`` says of what is around it."""
    row, moments = histories.rows[spot], histories.moments
    begin, end = histories.begins[row], histories.begins[row + 1]
    say = histories.values[spot] / histories.logs[row]
    if rule.flat and moments[end - 1] - moments[begin] < rule.far.size:
        columns, values = histories.columns, histories.values
        for other in range(np.uint64(begin), np.uint64(end)):
            counts[columns[other]] += say * values[other]
    else:
        _add_near(spot, say, range(spot + 1, end), 1.0, histories, rule, counts)
        _add_near(spot, say, range(spot - 1, begin - 1, -1), rule.backward, histories, rule, counts)


@compiled
def _add_near(spot: Any, say: Any, others: Any, ahead: Any, histories: Any, rule: Any, counts: Any) -> None:
    """Add what is in the window on one side of ``spot``."""
    moments, days = histories.moments, histories.days
    for other in others:
        apart = abs(moments[other] - moments[spot])
        if apart >= rule.far.size:
            break
        order = ahead if apart else (1.0 + rule.backward) / 2.0
        near = rule.far[apart] / (1.0 + abs(days[other] - days[spot]) * rule.per_day)
        counts[histories.columns[other]] += say * histories.values[other] * order * near


@compiled
def _write(row: Any, top: Any, best: Any, size: Any, both: Any, found: Any) -> None:
    found.sizes[row] = size
    for place in range(size):
        found.columns[row, place], found.scores[row, place] = best[place], top[place]
        found.support[row, place] = both[best[place]] & LOWER
        found.followed[row, place] = both[best[place]] >> HALF


def _moments(rows: NDArray[np.int32], when: Integers) -> NDArray[np.int32]:
    """Number the distinct times, rising along each learner."""
    if rows.size == 0:
        return np.zeros(0, dtype=np.int32)
    changes = (np.diff(when) != 0) | (np.diff(rows) != 0)
    return np.concatenate(([0], np.cumsum(changes)), dtype=np.int32)
