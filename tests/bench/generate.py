"""Seeded interactions for tests and benchmarks: Zipf items, log-normal activity, tastes where asked for."""

from dataclasses import dataclass

import numpy as np

from connector.recommend.base import MICROSECONDS_PER_DAY, Floats, Integers
from connector.recommend.matrix import InteractionMatrix

START = 1_700_000_000_000_000
"""Microseconds; the interactions fall into the two years after it."""


@dataclass(frozen=True)
class Shape:
    """How much of what: ``mean`` items a learner, popularity 1 / rank**zipf, activity log-normal with ``sigma``.

    With ``tastes`` above 1, item c is of taste c % tastes, and a learner's choices are of the own taste with weight
    ``loyalty`` and of all others together with 1 - loyalty. With 1, choices are independent: noise.
    """

    learners: int
    items: int
    mean: float
    zipf: float = 1.0
    sigma: float = 1.0
    tastes: int = 1
    loyalty: float = 1.0


@dataclass(frozen=True)
class Columns:
    """Interactions as three equally long columns; learner numbers begin at 1,000, item numbers at 1."""

    learners: Integers
    items: Integers
    times: Integers

    def matrix(self) -> InteractionMatrix:
        return InteractionMatrix.from_columns(self.learners, self.items, self.times)


def generated(shape: Shape, seed: int) -> Columns:
    """Return interactions: each learner draws without replacement, by popularity and taste."""
    random = np.random.default_rng(seed)
    chosen = _chosen(shape, _activity(shape, random), random)
    rows, columns = np.nonzero(chosen)
    times = START + random.integers(0, 730 * MICROSECONDS_PER_DAY, rows.size)
    return Columns(rows + 1_000, columns + 1, times)


def _activity(shape: Shape, random: np.random.Generator) -> Integers:
    drawn = np.exp(random.normal(0.0, shape.sigma, shape.learners))
    return np.clip(np.round(drawn * shape.mean / drawn.mean()), 1, shape.items).astype(np.int64)


def _chosen(shape: Shape, activity: Integers, random: np.random.Generator) -> np.ndarray:
    """Return who has what, by the Gumbel trick: the largest of log(weight) + noise are a draw without replacement."""
    chosen = np.zeros((shape.learners, shape.items), dtype=bool)
    for learner, count in enumerate(activity):
        keys = np.log(_weights(shape, random)) + random.gumbel(size=shape.items)
        chosen[learner, np.argpartition(-keys, count - 1)[:count]] = True
    return chosen


def _weights(shape: Shape, random: np.random.Generator) -> Floats:
    popularity = 1.0 / np.arange(1, shape.items + 1) ** shape.zipf
    if shape.tastes == 1:
        return popularity
    own = np.arange(shape.items) % shape.tastes == random.integers(shape.tastes)
    return popularity * np.where(own, shape.loyalty, (1.0 - shape.loyalty) / (shape.tastes - 1))
