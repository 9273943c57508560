"""How much what somebody did says: one weight for each Learner and Item, out of everything that happened.

*Strength.* A completion says most, a single view least (`STRENGTHS`); views on several days say more, up to three times
as much. Of all that a learner did with an item the strongest counts; a failure, or a low rating, takes something off.

*The lead.* Where a site has hardly a completion, its views are what there is: the weights are divided by the strongest
level that a tenth of all pairs reaches, so that the strongest signal a site truly has counts 1.

*The guard.* Repeats of one person count once (views: once a day). Who clicks through many items within seconds says
little of each: a burst counts as `BURST_SAY` interactions together, however long it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from connector.domain import Signal
from connector.recommend.base import MICROSECONDS_PER_DAY, Floats, Integers

STRENGTHS: Mapping[Signal, float] = {
    Signal.COMPLETED: 1.0,
    Signal.PASSED: 1.0,
    Signal.RATED: 0.8,
    Signal.SUBMITTED: 0.6,
    Signal.PROGRESSED: 0.5,
    Signal.ENROLLED: 0.4,
    Signal.STARTED: 0.4,
    Signal.VIEWED: 0.1,
}
"""What one of each says; a Signal that is not here says nothing."""
AGAINST = 0.3
"""What a failure, leaving a course or a rating under the middle takes off."""
DOUBTS = (Signal.FAILED, Signal.UNENROLLED)
VIEW_DAYS = 7
"""Views on so many days count as much as on more: log2(1 + 7) = 3 times one view."""
LEADING_SHARE = 0.1
BURST_GAP = 10_000_000
"""Microseconds: who needs less from one interaction to the next does not read."""
BURST_SAY = 5
_CODES = {signal: code for code, signal in enumerate(Signal)}
_SAY = np.array([STRENGTHS.get(signal, 0.0) for signal in Signal])
_COMPLETIONS = [_CODES[Signal.COMPLETED], _CODES[Signal.PASSED]]


@dataclass(frozen=True, slots=True)
class Weighed:
    """One row for each Learner and Item of whom something positive is left, by learner and item.

    ``times`` are the first microsecond of the strongest signal, ``weights`` lie in (0, 1]; ``lead`` is the Signal that
    counts 1, None where there is nothing.
    """

    learners: Integers
    items: Integers
    times: Integers
    weights: Floats
    lead: Signal | None


def weighed(learners: ArrayLike, items: ArrayLike, signals: ArrayLike, times: ArrayLike, values: ArrayLike) -> Weighed:
    """Weigh equally long columns in any order; the order never changes a byte of the result.

    Parameters
    ----------
    learners, items : array-like of int, shape (n,)
        Numbers.
    signals : array-like of int, shape (n,)
        Places in ``tuple(Signal)``.
    times : array-like of int, shape (n,)
        Microseconds.
    values : array-like of float, shape (n,)
        Progress or rating in 0..1, NaN where nothing came.
    """
    deeds = _Deeds.of(learners, items, signals, times, values)
    if deeds.pairs.size == 0:
        return Weighed(deeds.learners, deeds.items, deeds.times, deeds.values, None)
    says = _says(deeds)
    strongest = np.lexsort((deeds.times, -says, deeds.pairs))
    firsts = strongest[np.unique(deeds.pairs[strongest], return_index=True)[1]]
    strength = says[firsts] - AGAINST * np.maximum.reduceat(_doubted(deeds)[strongest], _starts(deeds.pairs[strongest]))
    lead = _lead(says[firsts])
    kept = strength > 0
    rows = firsts[kept]
    weights = np.minimum(strength[kept] / max(lead, np.finfo(np.float64).tiny), 1.0)
    return Weighed(deeds.learners[rows], deeds.items[rows], deeds.times[rows], weights, _name(lead))


@dataclass(frozen=True, slots=True)
class _Deeds:
    """All columns by learner, time, item and signal; ``pairs`` number the pairs of learner and item."""

    learners: Integers
    items: Integers
    signals: Integers
    times: Integers
    values: Floats
    pairs: Integers

    @classmethod
    def of(
        cls, learners: ArrayLike, items: ArrayLike, signals: ArrayLike, times: ArrayLike, values: ArrayLike
    ) -> "_Deeds":
        who, what, meant, when = (np.asarray(one, dtype=np.int64) for one in (learners, items, signals, times))
        came = np.asarray(values, dtype=np.float64)
        if not who.shape == what.shape == meant.shape == when.shape == came.shape:
            raise ValueError("learners, items, signals, times and values must be equally long.")
        order = np.lexsort((came, meant, what, when, who))
        who, what = who[order], what[order]
        pairs = np.unique(np.column_stack((who, what)), axis=0, return_inverse=True)[1].reshape(-1)
        return cls(who, what, meant[order], when[order], came[order], pairs.astype(np.int64))


def _says(deeds: _Deeds) -> Floats:
    """Return how strong each interaction is, after values, repeats, retractions and bursts."""
    says = _SAY[deeds.signals].copy()
    valued = np.isin(deeds.signals, (_CODES[Signal.PROGRESSED], _CODES[Signal.RATED])) & ~np.isnan(deeds.values)
    says[valued] *= np.clip(deeds.values[valued], 0.0, 1.0)
    viewed = deeds.signals == _CODES[Signal.VIEWED]
    says[viewed] *= np.log2(1.0 + np.minimum(_days(deeds, viewed)[deeds.pairs[viewed]], VIEW_DAYS))
    says[_taken_back(deeds)] = 0.0
    weighed_down: Floats = says * _burst_share(deeds)
    return weighed_down


def _days(deeds: _Deeds, chosen: NDArray[np.bool_]) -> Integers:
    """Return, by pair, on how many days it was among the ``chosen``."""
    days = np.column_stack((deeds.pairs[chosen], deeds.times[chosen] // MICROSECONDS_PER_DAY))
    return np.bincount(np.unique(days, axis=0)[:, 0], minlength=int(deeds.pairs.max()) + 1)


def _taken_back(deeds: _Deeds) -> NDArray[np.bool_]:
    """Return which completions are before the last retraction of their pair; of one moment the completion holds."""
    retracted = np.full(int(deeds.pairs.max()) + 1, np.iinfo(np.int64).min)
    back = deeds.signals == _CODES[Signal.RETRACTED]
    np.maximum.at(retracted, deeds.pairs[back], deeds.times[back])
    completed: NDArray[np.bool_] = np.isin(deeds.signals, _COMPLETIONS)
    return completed & (deeds.times < retracted[deeds.pairs])


def _burst_share(deeds: _Deeds) -> Floats:
    """Return 1, and for each interaction of a burst over `BURST_SAY` items its share of that."""
    breaks = (np.diff(deeds.learners) != 0) | (np.diff(deeds.times) > BURST_GAP)
    run = np.concatenate(([0], np.cumsum(breaks)))
    lengths = np.bincount(np.unique(np.column_stack((run, deeds.items)), axis=0)[:, 0])
    return np.asarray(np.minimum(BURST_SAY / lengths, 1.0)[run], dtype=np.float64)


def _doubted(deeds: _Deeds) -> Floats:
    low = (deeds.signals == _CODES[Signal.RATED]) & (deeds.values < 1 / 2)
    doubted: NDArray[np.bool_] = np.isin(deeds.signals, [_CODES[signal] for signal in DOUBTS]) | low
    return doubted.astype(np.float64)


def _starts(pairs: Integers) -> Integers:
    return np.flatnonzero(np.concatenate(([True], np.diff(pairs) != 0)))


def _lead(strengths: Floats) -> float:
    """Return the strongest level of `STRENGTHS` that enough pairs reach; of too few, the weakest that any has."""
    levels = sorted(set(STRENGTHS.values()), reverse=True)
    reached = (level for level in levels if (strengths >= level).mean() >= LEADING_SHARE)
    return next(reached, levels[-1])


def _name(lead: float) -> Signal:
    return next(signal for signal, strength in STRENGTHS.items() if strength == lead)
