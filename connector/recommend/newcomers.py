"""What somebody of whom nothing is known is shown: what people do of late, and most of all what they do first.

Who is new will do a first thing next, so what others began with says more than what they went on to: the k-th moment of
a learner counts :math:`k^{-earliness}`. How fast that is forgotten, and how much the beginning counts, is chosen by the
site's own past: as if it had been counted anew `SPANS` times in the later half of its time, each first step is foretold
from what had happened by then.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from connector.recommend.base import MICROSECONDS_PER_DAY, OLDEST_HALVINGS, Floats, Integers
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.metrics import is_better

SPANS = 50
"""The later half of a site's time is cut into so many spans: a page is as fresh as the last training."""
SHOWN = 10
FEWEST_STEPS = 100
"""With fewer first steps the usual Pace is taken."""
MOST_STEPS = 3_000


class Pace(NamedTuple):
    """How popularity forgets: ``half_life`` in days (None: never), and how much more early steps count (0: no more)."""

    half_life: float | None = 45.0
    earliness: float = 1.0


USUAL = Pace()
PACES = tuple(Pace(days, power) for power in (1.0, 0.0, 2.0) for days in (45.0, 14.0, 90.0, 365.0, None))
"""What is tried: first how fast the usual forgets."""


def earliness(matrix: InteractionMatrix, power: float) -> Floats:
    """Return what each interaction counts for how early in its learner's life it was, in (0, 1].

    Parameters
    ----------
    matrix : InteractionMatrix
        Who did what, when.
    power : float
        The k-th moment of a learner counts k to minus this; what was of one moment counts alike.
    """
    return np.asarray(_moments(matrix) ** -power, dtype=np.float64)


def pace_of(matrix: InteractionMatrix, k: int) -> Pace:
    """Return the Pace that would have served newcomers best; the usual unless another is surely better.

    Better is by more than one standard error of learners; of those that are as good as the best by the same measure the
    one nearest to the usual is taken.

    Parameters
    ----------
    matrix : InteractionMatrix
        Who did what, when.
    k : int
        What fewer people did by then is not shown.
    """
    past = _Past.of(matrix, k)
    if past.targets.size < FEWEST_STEPS:
        return USUAL
    every = {pace: past.gains(pace) for pace in PACES}
    best = max(PACES, key=lambda pace: float(every[pace].mean()))
    if not is_better(past.learners, every[best], every[USUAL]):
        return USUAL
    as_good = (pace for pace in PACES if not is_better(past.learners, every[best], every[pace]))
    return next(pace for pace in as_good if is_better(past.learners, every[pace], every[USUAL]))


@dataclass(frozen=True, slots=True, eq=False)
class _Past:
    """Interactions, each with its span (0: before all) and its days to that span's end; first steps to foretell."""

    items: Integers
    spans: Integers
    days: Floats
    moments: Floats
    width: float
    shape: tuple[int, int]
    k: int
    learners: Integers
    targets: Integers
    asked: Integers

    @classmethod
    def of(cls, matrix: InteractionMatrix, k: int) -> Self:
        """Lay the later half of a site's time out in spans."""
        times, items = matrix.when.data, matrix.when.indices.astype(np.int64)
        start, end = (int(np.quantile(times, 1 / 2, method="lower")), int(times.max())) if times.size else (0, 0)
        width = max(-(-(end - start) // SPANS), 1)
        spans = np.maximum(-(-(times - start) // width), 0)
        moments, learners = _moments(matrix), np.repeat(np.arange(matrix.learners.size), np.diff(matrix.when.indptr))
        steps = np.flatnonzero((moments == 1) & (spans > 0))
        steps = steps[:: max(-(-steps.size // MOST_STEPS), 1)]
        return cls(
            items=items,
            spans=spans,
            days=(start + spans * width - times) / MICROSECONDS_PER_DAY,
            moments=moments,
            width=width / MICROSECONDS_PER_DAY,
            shape=(SPANS + 1, matrix.items.size),
            k=k,
            learners=learners[steps],
            targets=items[steps],
            asked=spans[steps],
        )

    def gains(self, pace: Pace) -> Floats:
        """Return each first step's NDCG at ten, had everybody been shown the same."""
        found = np.zeros(self.targets.size)
        for span, scores in enumerate(self._scores(pace)):
            rows = np.flatnonzero(self.asked == span)
            if rows.size:
                top = _best(scores)
                places = (self.targets[rows, np.newaxis] == top).argmax(axis=1)
                found[rows] = np.where(top[places] == self.targets[rows], 1.0 / np.log2(places + 2.0), 0.0)
        return found

    def _scores(self, pace: Pace) -> Iterator[Floats]:
        """Yield what everybody would have been shown in each span, by column: what had happened before it."""
        weights = self.moments**-pace.earliness * _halved(self.days, pace.half_life)
        new, people = self._by_span(weights), self._by_span(np.ones(weights.size))
        fades = float(_halved(np.array([self.width]), pace.half_life)[0])
        scores, known = np.zeros(self.shape[1]), np.zeros(self.shape[1])
        for span in range(self.shape[0]):
            yield np.where(known >= self.k, scores, 0.0)
            scores, known = scores * (fades if span else 1.0) + new[span], known + people[span]

    def _by_span(self, weights: Floats) -> Floats:
        cells = self.spans * self.shape[1] + self.items
        found = np.bincount(cells, weights, minlength=self.shape[0] * self.shape[1]).reshape(self.shape)
        return np.asarray(found, dtype=np.float64)


def _halved(days: Floats, half_life: float | None) -> Floats:
    if half_life is None:
        return np.ones(days.size)
    return np.asarray(np.exp2(-np.minimum(days / half_life, OLDEST_HALVINGS)), dtype=np.float64)


def _best(scores: Floats) -> Integers:
    """Return the columns of the best, best first, equal ones as they stand; -1 (none) where the list is too short."""
    top = np.argsort(-scores, kind="stable")[:SHOWN]
    return np.asarray(np.where(scores[top] > 0, top, -1), dtype=np.int64)


def _moments(matrix: InteractionMatrix) -> Floats:
    """Return of each interaction which moment of its learner's it was, from 1 on."""
    times, rows = matrix.when.data, np.repeat(np.arange(matrix.when.shape[0]), np.diff(matrix.when.indptr))
    order = np.lexsort((times, rows))
    first = np.diff(rows[order], prepend=-1) != 0
    new = np.cumsum(first | (np.diff(times[order], prepend=0) != 0))
    found = np.empty(times.size)
    found[order] = new - np.maximum.accumulate(np.where(first, new, 0)) + 1
    return found
