"""All histories of an anchor's learners added up, column by column: the innermost loop of a fit.

For each learner of the anchor all places of the learner's history are added up by column, those before the anchor (or
at the same time) apart from those after it. A sum of 64 bits holds both things at once: in its lower 40 bits the
cosine in units of 2**-39, above them the learners. So one addition a pair is all that is paid, and rounding is decided
by whole numbers: results depend neither on threads nor on order.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from connector.recommend.base import Integers
from connector.recommend.compiled import compiled, prefetch

LEARNERS_AT = np.uint64(40)
COSINE = np.uint64((1 << 40) - 1)
UNIT = 2.0**-39
SHIFT = np.uint64(23)
"""A product of two places has 62 bits; this leaves 39."""
ONE_LEARNER = np.uint64((1 << 63) + (1 << 22))
"""What, shifted, adds one learner, and rounds the product to the nearest."""
AHEAD = 8
"""So many histories before it is needed, one is asked for."""
LINE = 64
"""Bytes that come near at a time."""


class Histories(NamedTuple):
    """The arrays of a ``Layout`` that are read here."""

    starts: Integers
    columns: NDArray[Any]
    heights: NDArray[np.uint32]
    bounds: Integers
    learners: NDArray[np.uint32]
    weights: NDArray[np.uint32]
    laters: NDArray[np.uint16]


@compiled
def add_up(anchor: Any, histories: Any, until: Any, after: Any) -> Any:
    """Add the histories of ``anchor``'s learners to ``until`` and ``after``."""
    starts, columns, heights, bounds, learners, weights, laters = histories
    last = bounds[anchor + 1] - 1
    for entry in range(bounds[anchor], last + 1):
        _expect(columns, heights, starts, learners[min(entry + AHEAD, last)])
        start, end = np.uint64(starts[learners[entry]]), np.uint64(starts[learners[entry] + 1])
        weight, later = np.uint64(weights[entry]), start + np.uint64(laters[entry])
        _add(columns, heights, start, later, weight, until)
        _add(columns, heights, later, end, weight, after)


@compiled
def _expect(columns: Any, heights: Any, starts: Any, learner: Any) -> Any:
    """Have a history brought near before it is needed."""
    start, end = starts[learner], starts[learner + 1]
    for place in range(start, end, LINE // columns.itemsize):
        prefetch(columns, place)
    for place in range(start, end, LINE // heights.itemsize):
        prefetch(heights, place)


@compiled
def _add(columns: Any, heights: Any, start: Any, end: Any, weight: Any, sums: Any) -> Any:
    for place in range(start, end):
        sums[columns[place]] += (weight * np.uint64(heights[place]) + ONE_LEARNER) >> SHIFT


@compiled
def score(until: Any, after: Any, tilts: Any, unit: Any, shrinkage: Any, support: Any, scores: Any) -> Any:
    """Write each column's learners with both to ``support``, and its score."""
    for column in range(support.size):
        both = until[column] + after[column]
        learners = float(np.int32(both >> LEARNERS_AT))
        support[column] = learners
        raw = min(np.int64(both & COSINE) * unit * tilts[column], 1.0)
        scores[column] = raw * learners / max(learners + shrinkage, 1.0)
