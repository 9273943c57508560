"""How much what somebody did says: one weight for each Learner and Item, out of everything that happened.

*Strength.* A completion says most, a single view least (`STRENGTHS`); views on several days say more, up to three times
as much. Of all that a learner did with an item the strongest counts; a failure, or a low rating, takes something off.

*The Deed.* Anchors, reasons and popularity go by the strongest Deed that enough learners did with two items or more: a
third of those who did any Deed with two. So where a site has hardly a completion, its views are what there is. The
weights are divided by what that Deed says, so that it counts 1.

*The guard.* Repeats of one person count once (views: once a day). Who clicks through many items within seconds says
little of each: a burst counts as `BURST_SAY` interactions together, however long it is. Days without hours are no
clock, and make no burst.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from connector.domain import SIGNALS_OF, Deed, Signal
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
ENOUGH_LEARNERS = 1 / 3
"""Of those who did any Deed with two items so many have to have done this one: one says nothing of what goes together,
and rows for a few are none for the others."""
SAYS: Mapping[Deed, float] = {
    Deed.COMPLETED: STRENGTHS[Signal.COMPLETED],
    Deed.STARTED: STRENGTHS[Signal.STARTED],
    Deed.ENROLLED: STRENGTHS[Signal.ENROLLED],
    Deed.OPENED: STRENGTHS[Signal.VIEWED],
}
"""What a Deed says at the least."""
BURST_GAP = 10_000_000
"""Microseconds: who needs less from one interaction to the next does not read."""
BURST_SAY = 5
HOUR = 3_600_000_000
_CODES = {signal: code for code, signal in enumerate(Signal)}
_SAY = np.array([STRENGTHS.get(signal, 0.0) for signal in Signal])
_COMPLETIONS = [_CODES[Signal.COMPLETED], _CODES[Signal.PASSED]]


@dataclass(frozen=True, slots=True)
class Weighed:
    """One row for each Learner and Item of whom something positive is left, by learner and item.

    Attributes
    ----------
    learners, items : ndarray of int64, shape (n,)
        Numbers.
    times : ndarray of int64, shape (n,)
        The first microsecond of the strongest signal.
    weights : ndarray of float64, shape (n,)
        In (0, 1].
    did : ndarray of bool, shape (n,)
        Whether the site's Deed was done.
    since : ndarray of int64, shape (n,)
        The first microsecond of a signal of that Deed; of others the largest number that there is.
    deed : Deed
        What the site goes by.
    people : mapping of Deed to int
        How many learners did each with two items or more.
    everybody : int
        How many learners did anything.
    """

    learners: Integers
    items: Integers
    times: Integers
    weights: Floats
    did: NDArray[np.bool_]
    since: Integers
    deed: Deed
    people: Mapping[Deed, int]
    everybody: int


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
        nobody = dict.fromkeys(Deed, 0)
        return Weighed(
            deeds.learners, deeds.items, deeds.times, deeds.values, _none(), deeds.times, Deed.COMPLETED, nobody, 0
        )
    says = _says(deeds)
    firsts, strength = _strongest(deeds, says)
    kept = strength > 0
    rows = firsts[kept]
    who, what, when = (column[rows] for column in (deeds.learners, deeds.items, deeds.times))
    since = {deed: _since(deeds, says, deed)[kept] for deed in Deed}
    people = {deed: _with_two(who, since[deed] < NEVER) for deed in Deed}
    deed = _leading(people, since)
    weights = np.minimum(strength[kept] / SAYS[deed], 1.0)
    return Weighed(who, what, when, weights, since[deed] < NEVER, since[deed], deed, people, np.unique(who).size)


def _strongest(deeds: "_Deeds", says: Floats) -> tuple[Integers, Floats]:
    """Return, by pair, the row of its strongest signal (the first of equal ones), and how strong it is after doubts."""
    order = np.lexsort((deeds.times, -says, deeds.pairs))
    starts = _starts(deeds.pairs[order])
    rows = order[starts]
    strength: Floats = says[rows] - AGAINST * np.maximum.reduceat(_doubted(deeds)[order], starts)
    return rows, strength


def evidence(found: Weighed) -> str:
    """Say in a sentence what rows go by, and from how many learners that is known."""
    first = f"Rows go by what people {WORDS[found.deed]}"
    if found.deed is Deed.COMPLETED:
        return f"{first}: {found.people[found.deed]} of {found.everybody} learners completed two items or more."
    return (
        f"{first}: {found.people[found.deed]} of {found.everybody} learners did so with two items or more, "
        f"{found.people[Deed.COMPLETED]} completed two or more."
    )


WORDS: Mapping[Deed, str] = {
    Deed.COMPLETED: "completed",
    Deed.STARTED: "started",
    Deed.ENROLLED: "enrolled in",
    Deed.OPENED: "opened",
}
NEVER = np.iinfo(np.int64).max


def _none() -> NDArray[np.bool_]:
    return np.zeros(0, dtype=np.bool_)


def _since(deeds: "_Deeds", says: Floats, deed: Deed) -> Integers:
    """Return, by pair, the first moment of a signal of the Deed that was not taken back, else `NEVER`."""
    first = np.full(int(deeds.pairs.max()) + 1, NEVER)
    shown = np.isin(deeds.signals, [_CODES[signal] for signal in SIGNALS_OF[deed]]) & (says > 0)
    np.minimum.at(first, deeds.pairs[shown], deeds.times[shown])
    return first


def _with_two(learners: Integers, did: NDArray[np.bool_]) -> int:
    """Count the learners with two pairs or more."""
    return int((np.unique(learners[did], return_counts=True)[1] > 1).sum())


def _leading(people: Mapping[Deed, int], since: Mapping[Deed, Integers]) -> Deed:
    """Return the strongest Deed of enough learners; of too few, the one of most; where nobody did two, any that is."""
    least = max(ENOUGH_LEARNERS * max(people.values()), 1)
    enough = (deed for deed in Deed if people[deed] >= least)
    most = max(Deed, key=lambda deed: (people[deed], bool((since[deed] < NEVER).any())))
    return next(enough, most)


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
        return cls(who, what, meant[order], when[order], came[order], _numbered(who, what))


def _numbered(first: Integers, second: Integers) -> Integers:
    """Number the pairs of two columns that are not negative, from 0, by first and second."""
    width = np.int64(second.max(initial=0) + 1)
    if first.size and int(first.max()) * int(width) > NEVER - int(width):
        first = np.unique(first, return_inverse=True)[1].astype(np.int64)
    numbered: Integers = np.unique(first * width + second, return_inverse=True)[1].astype(np.int64)
    return numbered


def _distinct(first: Integers, second: Integers) -> Integers:
    """Return the first of each distinct pair of two columns."""
    order = np.lexsort((second, first))
    first, second = first[order], second[order]
    new = np.concatenate(([True], (np.diff(first) != 0) | (np.diff(second) != 0)))[: first.size]
    distinct: Integers = first[new]
    return distinct


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
    known = _distinct(deeds.pairs[chosen], deeds.times[chosen] // MICROSECONDS_PER_DAY)
    return np.bincount(known, minlength=int(deeds.pairs.max()) + 1)


def _taken_back(deeds: _Deeds) -> NDArray[np.bool_]:
    """Return which completions are before the last retraction of their pair; of one moment the completion holds."""
    retracted = np.full(int(deeds.pairs.max()) + 1, np.iinfo(np.int64).min)
    back = deeds.signals == _CODES[Signal.RETRACTED]
    np.maximum.at(retracted, deeds.pairs[back], deeds.times[back])
    completed: NDArray[np.bool_] = np.isin(deeds.signals, _COMPLETIONS)
    return completed & (deeds.times < retracted[deeds.pairs])


def _burst_share(deeds: _Deeds) -> Floats:
    """Return 1, and for each interaction of a burst over `BURST_SAY` items its share of that.

    Where most times are full hours nobody looked at a clock (days, or no times at all): then nothing is a burst.
    """
    if np.mean(deeds.times % HOUR == 0) > 1 / 2:
        return np.ones(deeds.times.size)
    breaks = (np.diff(deeds.learners) != 0) | (np.diff(deeds.times) > BURST_GAP)
    run = np.concatenate(([0], np.cumsum(breaks)))
    lengths = np.bincount(_distinct(run, deeds.items))
    return np.asarray(np.minimum(BURST_SAY / lengths, 1.0)[run], dtype=np.float64)


def _doubted(deeds: _Deeds) -> Floats:
    low = (deeds.signals == _CODES[Signal.RATED]) & (deeds.values < 1 / 2)
    doubted: NDArray[np.bool_] = np.isin(deeds.signals, [_CODES[signal] for signal in DOUBTS]) | low
    return doubted.astype(np.float64)


def _starts(pairs: Integers) -> Integers:
    return np.flatnonzero(np.concatenate(([True], np.diff(pairs) != 0)))
