"""How far a walk has come: its rate, and where the order allows it a share and an end; pure, nothing is guessed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from lrs_adapters.base import StatementPage


class WalkKind(StrEnum):
    """Why a Source is being read."""

    FIRST = "first"
    TAIL = "tail"
    SWEEP = "sweep"
    AGAIN = "again"
    RECONCILE = "reconcile"


LONG = frozenset({WalkKind.FIRST, WalkKind.AGAIN})
"""Walks from the beginning: only these are long enough to be measured by the span of time that they have covered."""

SHORTEST_LOOK = timedelta(seconds=5)
SMALLEST_STEP = 0.01
"""An end is estimated only once a hundredth of the span was covered in this run, over some seconds."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one walk has come.

    Attributes
    ----------
    walk : WalkKind
        Why it walks.
    read, added : int
        Statements read and Facts new in this run.
    per_second : float
        Statements read a second in this run.
    oldest, reached : datetime or None
        Where the walk began and how far it is, in the LRS's time; ``oldest`` only of a walk from the beginning.
    share : float or None
        How much of the way is done, 0..1: of the time from the oldest Statement to the LRS's present, or of the days to
        be compared; None where it cannot be known (no order, no clock of the LRS, a short walk).
    ends_at : datetime or None
        About when the walk ends if the rest is as the part so far; None while that cannot be told.
    """

    walk: WalkKind
    read: int
    added: int
    per_second: float
    oldest: datetime | None = None
    reached: datetime | None = None
    share: float | None = None
    ends_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what is kept with the job, without what is not known."""
        rounded = {"per_second": round(self.per_second, 1)}
        if self.share is not None:
            rounded["share"] = round(self.share, 4)
        return {
            "walk": self.walk.value,
            "read": self.read,
            "added": self.added,
            **rounded,
            **{name: moment.isoformat() for name in _MOMENTS if (moment := getattr(self, name)) is not None},
        }


_MOMENTS = ("oldest", "reached", "ends_at")


@dataclass(slots=True)
class Meter:
    """Measures one walk, page by page.

    Parameters
    ----------
    walk : WalkKind
        Why it walks.
    began : float
        Monotonic seconds at which the run began.
    oldest : datetime or None
        Where the walk began if an earlier run began it.
    """

    walk: WalkKind
    began: float
    oldest: datetime | None = None
    _first: tuple[float, float] | None = None

    def after(self, page: StatementPage, read: int, added: int, *, seconds: float, now: datetime) -> Progress:
        """Return how far the walk is after ``page``; ``read`` and ``added`` are of the whole run, with this page.

        ``seconds`` is the monotonic clock, ``now`` the moment by which the end is told.
        """
        if self.walk in LONG and page.in_order:
            self.oldest = self.oldest or page.oldest
        share = self._share(page)
        return Progress(
            self.walk,
            read,
            added,
            read / max(seconds - self.began, 1e-3),
            self.oldest,
            page.newest,
            share,
            self._end(share, seconds, now),
        )

    def _share(self, page: StatementPage) -> float | None:
        if self.walk not in LONG or not page.in_order or self.oldest is None:
            return None
        if page.newest is None or page.read_at is None or page.read_at <= self.oldest:
            return None
        done = (page.newest - self.oldest) / (page.read_at - self.oldest)
        return min(max(done, 0.0), 1.0)

    def _end(self, share: float | None, seconds: float, now: datetime) -> datetime | None:
        if share is None:
            return None
        self._first = self._first or (share, seconds)
        step, took = share - self._first[0], seconds - self._first[1]
        if step < SMALLEST_STEP or took < SHORTEST_LOOK.total_seconds():
            return None
        return now + timedelta(seconds=took * (1 - share) / step)


def began_at(left: Mapping[str, Any], walk: WalkKind) -> datetime | None:
    """Return where ``walk`` began, from the progress that an earlier run left; None when that was another walk."""
    if left.get("walk") != walk.value or not isinstance(left.get("oldest"), str):
        return None
    return datetime.fromisoformat(left["oldest"])
