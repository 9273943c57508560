"""One anchor after the other against all columns, compiled: counts, tests and best lists in one pass (Gustavson 1978).

What all columns need is done tile by tile, while a tile is near: scores, the best of them, the moments of the whole
row, and what may be proven at all. The tests see the few columns that are left.
"""

from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from connector.recommend.base import Floats, Integers
from connector.recommend.best import offer, put_in_order
from connector.recommend.chance import MARGIN, STEPS, binomial_tail, discoveries, hopeless
from connector.recommend.compiled import compiled
from connector.recommend.structure import may_have_structure, moments
from connector.recommend.sums import LEARNERS_AT, UNIT, add_up, score

EVERY, PROVEN, OPENED = 0, 1, 2
"""Kinds of list, the latter two also bits of a mark: more than chance pair by pair, or if the row has structure."""
TILE = 1_024
"""So many columns at a time are looked at from all sides, while they are near."""


class Rule(NamedTuple):
    """How scores are formed and pairs are tested.

    By column: learners with it, the same as floats, 1 where it is tested at all (else 0), factor of balance, and tilt:
    a cosine is multiplied with the tilt of the column and divided by the anchor's.
    """

    base: Integers
    sizes: Floats
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


class Desk(NamedTuple):
    """What one anchor after the other is worked out on; all but the last two by column."""

    until: NDArray[np.uint64]
    after: NDArray[np.uint64]
    support: Floats
    scores: Floats
    columns: Integers
    marks: NDArray[np.uint8]
    top: Floats
    best: Integers

    @classmethod
    def of(cls, items: int, n: int) -> Self:
        """Make room for so many columns, and the best ``n`` of them."""
        until, after = np.zeros((2, items), np.uint64)
        support, scores = np.zeros((2, items))
        columns, marks = np.zeros(items, np.int64), np.zeros(items, np.uint8)
        return cls(until, after, support, scores, columns, marks, np.zeros(n), np.zeros(n, np.int64))


@compiled
def find(start: Any, row: Any, histories: Any, expected: Any, variance: Any, rule: Any, desk: Any, found: Any) -> Any:
    """Fill ``found`` from ``row`` on for the anchors from ``start`` on, as many as ``expected`` and ``variance`` are.

    ``desk`` is left as it was made, but for its contents.
    """
    for one in range(expected.shape[0]):
        anchor = start + one
        desk.until[:], desk.after[:] = 0, 0
        add_up(anchor, histories, desk.until, desk.after)
        desk.until[anchor] = desk.after[anchor] = 0
        expected[one, anchor] = variance[one, anchor] = 0.0
        proven = _survey(anchor, row + one, expected[one], variance[one], rule, desk, found)
        _test(anchor, row + one, proven, expected[one], rule, desk, found)


@compiled
def _survey(anchor: Any, row: Any, expected: Any, variance: Any, rule: Any, desk: Any, found: Any) -> Any:
    """Score all columns, write the best and the moments, and return which may be proven."""
    size = seen = 0
    surplus = second = third = roots = 0.0
    unit, items = UNIT / rule.tilts[anchor], desk.support.size
    limits = rule.sizes[anchor], rule.squares[min(np.int64(rule.strict * STEPS), STEPS - 1)], rule.min_support
    for first in range(0, items, TILE):
        last = min(first + TILE, items)
        support, scores, mean = desk.support[first:last], desk.scores[first:last], expected[first:last]
        score(
            desk.until[first:last],
            desk.after[first:last],
            rule.tilts[first:last],
            unit,
            rule.shrinkage,
            support,
            scores,
        )
        size = _sift(first, scores, desk.top, desk.best, size)
        some = moments(support, mean, variance[first:last], rule.factors[anchor], rule.tested[first:last])
        surplus, second, third, roots = surplus + some[0], second + some[1], third + some[2], roots + some[3]
        seen = _hope(first, support, mean, rule.sizes[first:last], limits, desk.columns, seen)
    put_in_order(desk.top, desk.best, size)
    _write(row, EVERY, desk.best[:size], desk, found)
    found.moments[row] = surplus, second, third, roots
    return desk.columns[:seen]


@compiled
def _hope(first: Any, support: Any, expected: Any, bases: Any, limits: Any, columns: Any, size: Any) -> Any:
    """Write to ``columns``, from ``size`` on, what may be proven, and return how many there are now.

    Of the columns from ``first`` on these have one learner more than chance gives with its margin, and are not
    ``hopeless`` even at the level of the last step of all.
    """
    base, square, least = limits
    for place in range(support.size):
        both, mean, trials = support[place], MARGIN * expected[place], min(base, bases[place])
        off = both - mean
        columns[size] = first + place
        size += both >= least and off >= 1.0 and off * off * trials >= square * mean * (trials - both)
    return size


@compiled
def _sift(first: Any, scores: Any, top: Any, best: Any, size: Any) -> Any:
    """Offer the scores above 0 of the columns from ``first`` on to the best so far; return how many these are now."""
    worst = top[0] if size == top.size else 0.0
    for place in range(scores.size):
        if scores[place] > worst:
            size = offer(top, best, size, scores[place], first + place)
            worst = top[0] if size == top.size else 0.0
    return size


@compiled
def _best_of(some: Any, desk: Any) -> Any:
    """Return the best of ``some`` columns, which rise; a score of 0 is a score, too."""
    size = 0
    for column in some:
        size = offer(desk.top, desk.best, size, desk.scores[column], column)
    put_in_order(desk.top, desk.best, size)
    return desk.best[:size]


@compiled
def _write(row: Any, kind: Any, columns: Any, desk: Any, found: Any) -> Any:
    found.sizes[kind, row] = columns.size
    for place, column in enumerate(columns):
        found.columns[kind, row, place] = column
        found.scores[kind, row, place] = desk.scores[column]
        found.support[kind, row, place] = desk.support[column]
        found.followed[kind, row, place] = desk.after[column] >> LEARNERS_AT


@compiled
def _test(anchor: Any, row: Any, proven: Any, expected: Any, rule: Any, desk: Any, found: Any) -> Any:
    """Write the best of what is proven, and of what is opened if the anchor is selected; mark the best of all."""
    surplus, second, third, roots = found.moments[row]
    factor, support, marks = rule.factors[anchor], desk.support, desk.marks
    some = _passing(anchor, proven, support, expected, MARGIN, 0.0, rule.strict, rule)
    marks[some] = PROVEN | OPENED
    _write(row, PROVEN, _best_of(some, desk), desk, found)
    if may_have_structure(surplus, second, third):
        mean_root = roots / max(rule.tests - 1, 1)
        above = _above(support, expected, factor, rule.min_support, desk.columns)
        opened = _passing(anchor, above, support, expected, factor, mean_root, rule.open, rule)
        others = opened[marks[opened] == 0]
        marks[others] = OPENED
        some = np.sort(np.concatenate((some, others)))
    _write(row, OPENED, _best_of(some, desk), desk, found)
    for kind in range(3):
        for place in range(found.sizes[kind, row]):
            found.marks[kind, row, place] = marks[found.columns[kind, row, place]]
    marks[some] = 0


@compiled
def _above(support: Any, expected: Any, factor: Any, least: Any, columns: Any) -> Any:
    """Return the columns with one learner, and one standard deviation, more than ``factor * expected``."""
    size = 0
    for column in range(support.size):
        mean = factor * expected[column]
        off, enough = support[column] - mean, support[column] >= least
        columns[size] = column
        size += enough and off >= 1.0 and mean > 0.0 and off * off >= mean
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
