"""One anchor after the other against all columns, compiled: counts, tests and best lists in one pass (Gustavson 1978).

For each learner of the anchor all places of the learner's history are added up by column, those before the anchor (or
at the same time) apart from those after it. A sum of 64 bits holds both things at once: in its lower 40 bits the
cosine in units of 2**-39, above them the learners. So one addition a pair is all that is paid, and rounding is decided
by whole numbers: results depend neither on threads nor on order.
"""

from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from connector.recommend.base import Floats, Integers
from connector.recommend.best import offer, put_in_order
from connector.recommend.chance import MARGIN, binomial_tail, discoveries, hopeless
from connector.recommend.compiled import compiled, prefetch
from connector.recommend.layout import HIGH, LOW
from connector.recommend.structure import may_have_structure, moments

LEARNERS_AT = np.uint64(40)
COSINE = np.uint64((1 << 40) - 1)
UNIT = 2.0**-39
SHIFT = np.uint64(23)
"""A product of two places has 62 bits; this leaves 39."""
ONE_LEARNER = np.uint64((1 << 63) + (1 << 22))
"""What, shifted, adds one learner, and rounds the product to the nearest."""
EVERY, PROVEN, OPENED = 0, 1, 2
"""Kinds of list, the latter two also bits of a mark: more than chance pair by pair, or if the row has structure."""
AHEAD = 6
"""So many histories before it is needed, one is asked for."""


class Histories(NamedTuple):
    """The arrays of a ``Layout`` that are read here."""

    starts: Integers
    places: NDArray[np.uint64]
    gaps: NDArray[np.uint16]
    bounds: Integers
    learners: NDArray[np.uint32]
    spots: NDArray[np.uint16]


class Rule(NamedTuple):
    """How scores are formed and pairs are tested.

    By column: learners with it, 1 where it is tested at all (else 0), factor of balance, and tilt: a cosine is
    multiplied with the tilt of the column and divided by the anchor's.
    """

    base: Integers
    tested: Floats
    factors: Floats
    tilts: Floats
    shrinkage: float
    min_support: int
    tests: int
    strict: float
    open: float
    logs: Floats
    squares: Floats


class Found(NamedTuple):
    """For each anchor of a block the best columns, and each anchor's moments.

    ``columns``, ``scores``, ``support``, ``followed`` and ``marks`` have the shape (3, n_anchors, n): of all columns,
    of those that are proven, and of those that are proven or opened. ``sizes``, shape (3, n_anchors), says how many
    there are; ``moments``, shape (n_anchors, 4), are those of ``connector.recommend.structure``.
    """

    columns: NDArray[np.int32]
    scores: Floats
    support: NDArray[np.int32]
    followed: NDArray[np.int32]
    marks: NDArray[np.uint8]
    sizes: Integers
    moments: Floats

    @classmethod
    def empty(cls, anchors: int, n: int) -> Self:
        """Make room for ``n`` columns of each of so many anchors."""
        columns, support, followed = (np.zeros((3, anchors, n), np.int32) for _ in range(3))
        marks, scores = np.zeros((3, anchors, n), np.uint8), np.zeros((3, anchors, n))
        return cls(columns, scores, support, followed, marks, np.zeros((3, anchors), np.int64), np.zeros((anchors, 4)))


@compiled
def find(start: Any, histories: Any, expected: Any, variance: Any, rule: Any, found: Any) -> Any:
    """Fill ``found`` for the anchors from ``start`` on, as many as ``expected`` and ``variance`` have rows."""
    items = rule.base.size
    until, after = np.empty(items, np.uint64), np.empty(items, np.uint64)
    support, scores = np.empty(items), np.empty(items)
    for row in range(expected.shape[0]):
        anchor = start + row
        until[:], after[:] = 0, 0
        add_up(anchor, histories, until, after)
        until[anchor] = after[anchor] = 0
        expected[row, anchor] = variance[row, anchor] = 0.0
        _score(until, after, rule.tilts, UNIT / rule.tilts[anchor], rule.shrinkage, support, scores)
        _write(row, EVERY, _best(scores, found.columns.shape[2]), scores, support, after, found)
        found.moments[row] = moments(support, expected[row], variance[row], rule.factors[anchor], rule.tested)
        _test(anchor, row, support, expected[row], scores, after, rule, found)


@compiled
def add_up(anchor: Any, histories: Any, until: Any, after: Any) -> Any:
    """Add the histories of ``anchor``'s learners to ``until`` and ``after``."""
    starts, places, gaps, bounds, learners, spots = histories
    last = bounds[anchor + 1] - 1
    for entry in range(bounds[anchor], last + 1):
        _expect(places, gaps, starts[learners[min(entry + AHEAD, last)]])
        start, end = starts[learners[entry]], starts[learners[entry] + 1]
        own = start + spots[entry]
        weight, later = places[own] >> HIGH, own + gaps[own]
        _add(places, start, later, weight, until)
        _add(places, later, end, weight, after)


@compiled
def _expect(places: Any, gaps: Any, start: Any) -> Any:
    """Have the first 24 places of a history brought near, before they are needed."""
    prefetch(gaps, start)
    for line in range(3):
        prefetch(places, start + 8 * line)


@compiled
def _add(places: Any, start: Any, end: Any, weight: Any, sums: Any) -> Any:
    for place in range(np.uint64(start), np.uint64(end)):
        one = places[place]
        sums[one & LOW] += (weight * (one >> HIGH) + ONE_LEARNER) >> SHIFT


@compiled
def _score(until: Any, after: Any, tilts: Any, unit: Any, shrinkage: Any, support: Any, scores: Any) -> Any:
    """Write each column's learners with both to ``support``, and its score."""
    for column in range(support.size):
        both = until[column] + after[column]
        learners = float(np.int32(both >> LEARNERS_AT))
        support[column] = learners
        raw = min(np.int64(both & COSINE) * unit * tilts[column], 1.0)
        scores[column] = raw * learners / max(learners + shrinkage, 1.0)


@compiled
def _best(scores: Any, n: Any) -> Any:
    """Return the ``n`` columns at most with the highest scores above 0, best first."""
    top, columns, size, worst = np.empty(n), np.empty(n, np.int64), 0, 0.0
    for column in range(scores.size):
        if scores[column] > worst:
            size = offer(top, columns, size, scores[column], column)
            worst = top[0] if size == n else 0.0
    put_in_order(top, columns, size)
    return columns[:size]


@compiled
def _best_of(some: Any, scores: Any, n: Any) -> Any:
    """Return the ``n`` best of ``some`` columns at most, which rise; a score of 0 is a score, too."""
    top, columns, size = np.empty(n), np.empty(n, np.int64), 0
    for column in some:
        size = offer(top, columns, size, scores[column], column)
    put_in_order(top, columns, size)
    return columns[:size]


@compiled
def _write(row: Any, kind: Any, columns: Any, scores: Any, support: Any, after: Any, found: Any) -> Any:
    found.sizes[kind, row] = columns.size
    for place, column in enumerate(columns):
        found.columns[kind, row, place] = column
        found.scores[kind, row, place] = scores[column]
        found.support[kind, row, place] = support[column]
        found.followed[kind, row, place] = after[column] >> LEARNERS_AT


@compiled
def _test(anchor: Any, row: Any, support: Any, expected: Any, scores: Any, after: Any, rule: Any, found: Any) -> Any:
    """Write the best of what is proven, and of what is opened if the anchor is selected; mark the best of all."""
    surplus, second, third, roots = found.moments[row]
    n, factor = found.columns.shape[2], rule.factors[anchor]
    marks = np.zeros(support.size, np.uint8)
    proven = _above(support, expected, MARGIN, 0.0, rule.min_support)
    for column in _passing(anchor, proven, support, expected, MARGIN, 0.0, rule.strict, rule):
        marks[column] = PROVEN | OPENED
    if may_have_structure(surplus, second, third):
        opened, mean_root = _above(support, expected, factor, 1.0, rule.min_support), roots / max(rule.tests - 1, 1)
        for column in _passing(anchor, opened, support, expected, factor, mean_root, rule.open, rule):
            marks[column] |= OPENED
    some = np.flatnonzero(marks)
    _write(row, PROVEN, _best_of(some[(marks[some] & PROVEN) > 0], scores, n), scores, support, after, found)
    _write(row, OPENED, _best_of(some, scores, n), scores, support, after, found)
    for kind in range(3):
        for place in range(found.sizes[kind, row]):
            found.marks[kind, row, place] = marks[found.columns[kind, row, place]]


@compiled
def _above(support: Any, expected: Any, factor: Any, deviations: Any, least: Any) -> Any:
    """Return the columns with one learner, and so many standard deviations, more than ``factor * expected``."""
    columns, size = np.empty(support.size, np.int64), 0
    for column in range(support.size):
        mean = factor * expected[column]
        off, enough = support[column] - mean, support[column] >= least
        columns[size] = column
        size += enough and off >= 1.0 and (deviations == 0.0 or (mean > 0.0 and off * off >= mean))
    return columns[:size]


@compiled
def _passing(
    anchor: Any, columns: Any, support: Any, expected: Any, factor: Any, mean_root: Any, q: Any, rule: Any
) -> Any:
    """Return those of ``columns`` whose chances, divided by the tests' weights, are discoveries."""
    tests, before = max(rule.tests - 1, 1), -1
    while columns.size != before:  # what is surely above the last step of so many can go, and makes that step lower
        before, limit = columns.size, q * columns.size / tests
        columns = _hopeful(anchor, columns, support, expected, factor, mean_root, limit, rule)
    chances = np.empty(columns.size)
    for place, column in enumerate(columns):
        mean, trials = factor * expected[column], min(rule.base[anchor], rule.base[column])
        chances[place] = binomial_tail(support[column], trials, mean, rule.logs) / _weight(mean, mean_root)
    return columns[discoveries(chances, tests, q)]


@compiled
def _hopeful(
    anchor: Any, columns: Any, support: Any, expected: Any, factor: Any, mean_root: Any, limit: Any, rule: Any
) -> Any:
    kept = 0
    for column in columns:
        mean, trials = factor * expected[column], min(rule.base[anchor], rule.base[column])
        chance = limit * _weight(mean, mean_root)
        if not hopeless(support[column], trials, mean, chance, rule.squares):
            columns[kept] = column
            kept += 1
    return columns[:kept]


@compiled
def _weight(mean: Any, mean_root: Any) -> Any:
    """Return the weight of a test: like sqrt(mean), 1 on average; 1 for all where there is no ``mean_root``."""
    return np.sqrt(mean) / mean_root if mean_root > 0.0 else 1.0
