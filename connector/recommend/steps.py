"""What learners did for the first time, and what they had done by then: the questions of a test on the past."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from connector.recommend.base import Floats, Integers
from connector.recommend.kinds import Site
from connector.recommend.metrics import is_better

MOST_EVENTS = 3_000
MOST_ANCHORS = 20
"""The latest so many of a history count, as on a page."""
DEEP = 100
"""So many count where the test says that it pays."""


class Trail(NamedTuple):
    """Columns in order of time, their ages in seconds, and how many of them were there at the cut."""

    columns: Integers
    ages: Floats
    known: int = 0

    def at_cut(self, since: float) -> "Trail":
        """Return the same as it looked at the cut, so many seconds before."""
        return Trail(self.columns[: self.known], self.ages[: self.known] - since)

    def latest(self, most: int) -> "Trail":
        """Return at most so many."""
        return Trail(self.columns[-most:], self.ages[-most:])


NO_TRAIL = Trail(np.zeros(0, dtype=np.int64), np.zeros(0))


class Step(NamedTuple):
    """One thing done for the first time: its column, those done before in order of time, and their ages in seconds.

    ``known`` of them were done at the cut, ``since`` seconds before. ``beside`` is what was done by weaker signals.
    """

    learner: int
    target: int
    columns: Integers
    ages: Floats
    known: int = 0
    since: float = 0.0
    beside: Trail = NO_TRAIL

    def at_cut(self) -> "Step":
        """Return the same as it looked at the cut."""
        columns, ages = self.columns[: self.known], self.ages[: self.known] - self.since
        return Step(self.learner, self.target, columns, ages, beside=self.beside.at_cut(self.since))


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """What learners did for the first time, and what they had done by then.

    Attributes
    ----------
    targets : ndarray of int64, shape (n_events,)
        Columns.
    starts : ndarray of int64, shape (n_events + 1,)
        Event e's history is ``starts[e]:starts[e + 1]`` in the next two, at most `DEEP`, latest last.
    columns : ndarray of int64
        What was done before.
    ages : ndarray of float64
        Seconds before the event.
    seen : tuple of ndarray
        All columns done before each event.
    learners : ndarray of int64, shape (n_events,)
        Rows: whose event it is.
    beside : tuple of Trail
        What was done before each event by weaker signals, at most `MOST_ANCHORS`.
    """

    targets: Integers
    starts: Integers
    columns: Integers
    ages: Floats
    seen: tuple[Integers, ...]
    learners: Integers
    beside: tuple[Trail, ...] = ()

    @classmethod
    def of(cls, steps: Sequence[Step]) -> "Events":
        """Lay steps end to end."""
        kept = [(step.columns[-DEEP:], step.ages[-DEEP:]) for step in steps]
        return cls(
            np.array([step.target for step in steps], dtype=np.int64),
            np.cumsum([0, *(columns.size for columns, _ in kept)]),
            np.concatenate([np.zeros(0, np.int64), *(columns for columns, _ in kept)]),
            np.concatenate([np.zeros(0), *(ages for _, ages in kept)]),
            tuple(step.columns for step in steps),
            np.array([step.learner for step in steps], dtype=np.int64),
            tuple(step.beside.latest(MOST_ANCHORS) for step in steps),
        )

    @classmethod
    def after(cls, moment: int, site: Site) -> "Events":
        """Collect the events after ``moment`` of learners with a history."""
        return cls.of([step for step in later(site.matrix.when, moment, MOST_EVENTS) if step.columns.size])

    def is_better(self, challenger: Floats, at_hand: Floats, errors: float = 1.0) -> bool:
        """Tell whether the mean difference is above so many of its standard errors.

        Learners are what is drawn, not events: all that one learner did comes and goes together.
        """
        return is_better(self.learners, challenger, at_hand, errors)

    def done(self, rows: slice) -> tuple[Integers, Integers]:
        """Return row and column of all that was done before some of the events, the first of them being row 0."""
        seen = self.seen[rows]
        return np.repeat(np.arange(len(seen)), [one.size for one in seen]), np.concatenate(seen)

    def faded(self, half_life: timedelta, items: int, anchors: int = MOST_ANCHORS) -> csr_array:
        """Return what each of the latest ``anchors`` weighs, events x items (see `connector.recipes.blend.faded`)."""
        lengths = np.diff(self.starts)
        kept = np.arange(self.columns.size) >= np.repeat(self.starts[1:] - np.minimum(lengths, anchors), lengths)
        weights = 1.0 / (1.0 + self.ages[kept] / half_life.total_seconds())
        starts = np.cumsum([0, *np.minimum(lengths, anchors)])
        return csr_array((weights, self.columns[kept], starts), shape=(self.targets.size, items))

    def faded_beside(self, half_life: timedelta, items: int) -> csr_array:
        """Return the same of what was done by weaker signals, before it is held against the others."""
        starts = np.cumsum([0, *(one.columns.size for one in self.beside)])
        columns = np.concatenate([np.zeros(0, np.int64), *(one.columns for one in self.beside)])
        ages = np.concatenate([np.zeros(0), *(one.ages for one in self.beside)])
        shape = (self.targets.size, items)
        return csr_array((1.0 / (1.0 + ages / half_life.total_seconds()), columns, starts), shape=shape)

    @property
    def deep(self) -> float:
        """The share of events with more Anchors than a page usually scores."""
        return float((np.diff(self.starts) > MOST_ANCHORS).mean()) if self.targets.size else 0.0


def later(when: csr_array, moment: int, most: int, aside: csr_array | None = None) -> Iterator[Step]:
    """Yield what was done after a moment, by learner and time; of many, of some learners only.

    About four times ``most`` steps are given, of learners evenly taken from all. ``aside`` is when they did other
    things by weaker signals.
    """
    for learner in _active(when, moment, most):
        own, others = _in_order(when, learner), None if aside is None else _in_order(aside, learner)
        for at, target in _after(*own, moment):
            yield _step(learner, target, at, own, others, moment)


def weaker(when: csr_array, moment: int, most: int, aside: csr_array) -> Iterator[Step]:
    """Yield what was done ``aside``, by weaker signals, after a moment; the arguments are those of `later`."""
    for learner in _active(aside, moment, most):
        own, others = _in_order(when, learner), _in_order(aside, learner)
        for at, target in _after(*others, moment):
            yield _step(learner, target, at, own, others, moment)


def _active(when: csr_array, moment: int, most: int) -> list[int]:
    """Return learners who did something after a moment; evenly taken where there are many."""
    counts = np.diff(np.concatenate(([0], np.cumsum(when.data > moment)))[when.indptr])
    active: list[int] = np.flatnonzero(counts)[:: max(int(counts.sum()) // (4 * most), 1)].tolist()
    return active


def _after(times: Integers, columns: Integers, moment: int) -> Iterator[tuple[int, int]]:
    later = slice(int(np.searchsorted(times, moment, "right")), None)
    return zip(times[later].tolist(), columns[later].tolist(), strict=True)


def _step(
    learner: int,
    target: int,
    at: int,
    own: tuple[Integers, Integers],
    others: tuple[Integers, Integers] | None,
    moment: int,
) -> Step:
    beside = NO_TRAIL if others is None else _before(*others, at, moment)
    return Step(learner, target, *_before(*own, at, moment), (at - moment) / 1e6, beside)


def _in_order(when: csr_array, learner: int) -> tuple[Integers, Integers]:
    """Return the times and columns of a learner, in order of time."""
    own = slice(when.indptr[learner], when.indptr[learner + 1])
    order = np.lexsort((when.indices[own], when.data[own]))
    return when.data[own][order], when.indices[own][order].astype(np.int64)


def _before(times: Integers, columns: Integers, at: int, moment: int) -> Trail:
    before = int(np.searchsorted(times, at))
    known = min(int(np.searchsorted(times, moment, "right")), before)
    return Trail(columns[:before], (at - times[:before]) / 1e6, known)


def lasts(when: csr_array, most: int, aside: csr_array | None = None) -> Iterator[tuple[int, Step]]:
    """Yield the place of the last item of learners with two or more, and it as a step; equal times are dealt out."""
    random = np.random.default_rng(0)
    learners = np.flatnonzero(np.diff(when.indptr) > 1)
    for learner in learners[:: max(-(-learners.size // most), 1)].tolist():
        places = random.permutation(np.arange(when.indptr[learner], when.indptr[learner + 1]))
        places = places[np.argsort(when.data[places], kind="stable")]
        times, columns = when.data[places], when.indices[places].astype(np.int64)
        last, ages = int(times[-1]), (times[-1] - times[:-1]) / 1e6
        beside = NO_TRAIL if aside is None else _before(*_in_order(aside, learner), last, last)
        yield int(places[-1]), Step(learner, int(columns[-1]), columns[:-1], ages, beside=beside)


def thinned(steps: Sequence[Step], most: int) -> Sequence[Step]:
    """Return at most so many, evenly."""
    return steps[:: max(-(-len(steps) // most), 1)]
