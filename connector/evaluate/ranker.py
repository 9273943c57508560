"""Ranker: what every method is that can be measured; and which Items stand first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from connector.domain import Signal
from connector.evaluate.log import Catalogue, Log
from connector.recommend.base import Floats, Integers

SHOWN = 10
"""How many Items are looked at: all figures are "at 10"."""
SILENT = -np.inf
"""The score of an Item of which a method says nothing; it is never shown."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a method says of one Learner at one moment.

    Attributes
    ----------
    scores : ndarray of float64, shape (n_items,)
        Higher is better; `SILENT` where nothing is said.
    floored : ndarray of float64, shape (n_items,), or None
        The same with the floors on, as a page shows it; None for a method that has no floors.
    reasons : bool
        Whether the Learner gets a "because" Row, with the floors on.
    signals : frozenset of Signal
        What the Anchors of this answer are, where the method has Anchors.
    """

    scores: Floats
    floored: Floats | None = None
    reasons: bool = False
    signals: frozenset[Signal] = frozenset()


class Ranker(Protocol):
    """A method that can be measured."""

    name: str

    def fit(self, log: Log, catalogue: Catalogue, now: int) -> None:
        """Learn from all that happened before ``now`` (microseconds), and forget what was learned before."""
        ...

    def answer(self, learner: int, history: Log, at: int) -> Answer:
        """Score every Item for a Learner with this history, seen Items too, at a moment at or after ``now``."""
        ...


class LeftOut(Exception):
    """A method cannot be measured here; the sentence says why."""


def best(scores: Floats, seen: Integers, n: int = SHOWN) -> Integers:
    """Return the columns of the ``n`` best unseen Items, best first; equal scores by column, silent ones never."""
    open_scores = scores.copy()
    open_scores[seen] = SILENT
    count = min(n, open_scores.size)
    least = np.partition(open_scores, open_scores.size - count)[open_scores.size - count] if count else SILENT
    found = np.flatnonzero((open_scores >= least) & (open_scores > SILENT))
    return found[np.lexsort((found, -open_scores[found]))][:n]


def spoken(scores: Floats) -> Floats:
    """Return scores with `SILENT` where they are not above 0: no evidence is no opinion."""
    return np.where(scores > 0, scores, SILENT)


def names_of(rankers: Sequence[Ranker]) -> list[str]:
    """Return what the methods are called."""
    return [one.name for one in rankers]
