"""Protocols: who is asked when, what was known at that time, and what they truly did next.

Under all of them only the first Interaction of a Learner with an Item is there to be found, the Learner's history is
what lies before the question, and every Item that is not in it is a candidate.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from connector.errors import BadInput
from connector.evaluate.log import Log, Rows
from connector.recommend.base import MICROSECONDS_PER_DAY, Integers

CUT = 0.8
"""The quantile of the times of first Interactions after which there are questions."""
FEWEST_ITEMS = 3
"""A Learner with fewer Items is not asked for the last one."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What a Learner with a history at a moment will do next.

    Attributes
    ----------
    learner, at : int
        Who, and when in microseconds.
    history : ndarray of int64
        Rows of the Log: all that the Learner did before, repeats too.
    wanted : ndarray of int64
        Columns of the Items that they turned to; none of them is in the history.
    """

    learner: int
    at: int
    history: Integers
    wanted: Integers

    @property
    def cold(self) -> bool:
        """Tell whether nothing is known of the Learner."""
        return self.history.size == 0


@dataclass(frozen=True, slots=True, eq=False)
class Sitting:
    """A Model's time: the rows of the Log that it learns from, the moment that it is made, and its questions."""

    known: Rows
    now: int
    questions: tuple[Question, ...]


Plan = tuple[Sitting, ...]
Protocol = Callable[[Log], Plan]


def last_out(log: Log) -> Plan:
    """Ask each Learner with `FEWEST_ITEMS` Items or more for the last one; the Model knows all the rest.

    Of who is asked the Model knows nothing from the question on, of all others everything, what came later too.
    """
    last = _last_firsts(log)
    started = np.full(int(log.learners.max(initial=-1)) + 1, len(log), dtype=np.int64)
    started[log.learners[last]] = last
    known = np.flatnonzero(np.arange(len(log)) < started[log.learners])
    return (Sitting(known, int(log.times.max(initial=0)), tuple(_questions(log, last))),)


def time_split(log: Log) -> Plan:
    """Cut once; each Learner who turned to something new afterwards is asked for all of it, at the cut."""
    cut = _cut(log)
    before = int(np.searchsorted(log.times, cut, side="right"))
    rows = before + np.flatnonzero(log.first[before:])
    return (Sitting(slice(0, before), cut, tuple(_frozen(log, rows, before, cut))),)


def prequential(log: Log) -> Plan:
    """Ask for each first Interaction after the cut.

    History is live, to the last Interaction before; the Model is made at the start of the day (UTC), so it is at most a
    day old.
    """
    rows = np.flatnonzero(log.first & (log.times > _cut(log)))
    questions = list(_questions(log, rows))
    days = log.times[rows] // MICROSECONDS_PER_DAY
    return tuple(
        _day(log, int(day), tuple(questions[place] for place in np.flatnonzero(days == day))) for day in np.unique(days)
    )


PROTOCOLS: Mapping[str, Protocol] = {"last-out": last_out, "time-split": time_split, "prequential": prequential}


def planned(log: Log, protocol: str) -> Plan:
    """Return the questions of a protocol.

    Raises
    ------
    BadInput
        Where the data are too few for a single question.
    """
    plan = PROTOCOLS[protocol](log)
    if not any(sitting.questions for sitting in plan):
        raise BadInput(f"There is nobody to ask under {protocol}: the data are too few, or all of one moment.")
    return plan


def _last_firsts(log: Log) -> Integers:
    """Return the row of the last new Item of each Learner who has enough, in order of time."""
    firsts = np.flatnonzero(log.first)
    learners = log.learners[firsts]
    enough = np.bincount(learners) >= FEWEST_ITEMS
    _, from_behind = np.unique(learners[::-1], return_index=True)
    last = np.sort(firsts[firsts.size - 1 - from_behind])
    return last[enough[log.learners[last]]]


def _cut(log: Log) -> int:
    times = log.times[log.first]
    return int(np.floor(np.quantile(times, CUT))) if times.size else 0


def _day(log: Log, day: int, questions: tuple[Question, ...]) -> Sitting:
    start = day * MICROSECONDS_PER_DAY
    return Sitting(slice(0, int(np.searchsorted(log.times, start))), start, questions)


def _questions(log: Log, rows: Integers) -> Iterator[Question]:
    """Yield a question for each row: everything of the Learner before it is history."""
    histories = _Histories(log)
    for row in rows.tolist():
        learner = int(log.learners[row])
        yield Question(learner, int(log.times[row]), histories.before(learner, row), log.items[row : row + 1])


def _frozen(log: Log, rows: Integers, before: int, cut: int) -> Iterator[Question]:
    """Yield a question for each Learner among ``rows``: all their new Items, from what lies before the cut."""
    histories, learners = _Histories(log), log.learners[rows]
    order = np.argsort(learners, kind="stable")
    known, starts = np.unique(learners[order], return_index=True)
    for learner, own in zip(known.tolist(), np.split(rows[order], starts[1:]), strict=False):
        yield Question(learner, cut, histories.before(learner, before), log.items[own])


class _Histories:
    """The rows of each Learner."""

    def __init__(self, log: Log) -> None:
        self._rows = np.argsort(log.learners, kind="stable")
        counts = np.bincount(log.learners)
        self._starts = np.concatenate(([0], np.cumsum(counts)))

    def before(self, learner: int, row: int) -> Integers:
        """Return the Learner's rows before ``row``, rising."""
        own = self._rows[self._starts[learner] : self._starts[learner + 1]]
        return own[: int(np.searchsorted(own, row))]
