"""Compare days with the LRS: read one again through the same pipeline; what is new was lacking, and is there now.

xAPI has ``since`` and ``until`` but no count, so that to compare is to read; and what was read is repaired.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any

import structlog
from sqlalchemy.orm import Session

from connector.errors import BadInput, NotReady
from connector.store import days, retention, sources
from connector.store.days import DayRecord
from connector.store.facts import Added
from connector.sync.hold import Hold, held
from connector.sync.interrupts import undisturbed
from connector.sync.page import keep, understood
from connector.sync.progress import Progress, WalkKind
from connector.sync.reading import Reading, SyncReport, Tell, quiet
from connector.sync.walks import SWEEP
from lrs_adapters.base import StatementPage

log = structlog.get_logger()

JOB = "reconcile"
"""The job that shows how comparing goes, and the walk that notes an unfinished round."""

DAY = timedelta(days=1)
LONGEST_BACK = 60
BEFORE_RETENTION = 2
"""Days of whose ignored Facts only counts are left would count them twice; a border of two days is kept."""
ROUND = timedelta(days=1)
"""A round that was stopped is taken up within a day; after that every day is compared anew."""


@dataclass(frozen=True, slots=True)
class ComparedDay:
    """One day (UTC) in the field by which the LRS filters: Statements there, Facts that were lacking here."""

    day: datetime
    statements: int
    repaired: int


@dataclass(slots=True)
class ReconcileReport:
    """The days that one run compared, oldest last; ``left`` is how many of its round are still to be compared."""

    days: list[ComparedDay] = field(default_factory=list)
    left: int = 0

    @property
    def repaired(self) -> int:
        """Facts that were lacking, all days together."""
        return sum(one.repaired for one in self.days)


def can_compare(reading: Reading) -> bool:
    """Tell whether this Source can be asked by time, and has been read to its end at least once."""
    with reading.readers.begin() as session:
        read_once = SWEEP in sources.cursors(session, reading.tenant, reading.record.id)
    now = reading.clock()
    return read_once and reading.source.between(now, now) is not None


def comparing_is_due(reading: Reading, every: timedelta) -> bool:
    """Tell whether a round is under way, or the last comparison of any day is ``every`` ago or longer."""
    if not can_compare(reading):
        return False
    with reading.readers.begin() as session:
        under_way = sources.cursor(session, reading.tenant, reading.record.id, JOB) is not None
        known = days.all_of(session, reading.tenant, reading.record.id)
    newest = max((record.checked_at for record in known), default=None)
    return under_way or newest is None or not timedelta() <= reading.clock() - newest < every


def furthest(reading: Reading) -> int:
    """Return how many days back a day may lie: sixty, and less where the site keeps ignored Facts for less."""
    with reading.readers.begin() as session:
        kept = retention.days(session, reading.tenant)["ignored"]
    return min(LONGEST_BACK, kept - BEFORE_RETENTION)


def reconcile(
    reading: Reading, back: Iterable[int], tell: Tell = quiet, *, at_most: int | None = None
) -> ReconcileReport:
    """Compare the days that lie ``back`` days before today (1 is yesterday, UTC); hold the Source's lease meanwhile.

    A round that was stopped goes on with the days that it had not compared yet. ``at_most`` days are compared in this
    run, all of them if None.

    Raises
    ------
    NotReady
        If the Source cannot be asked by time, or was never read to its end.
    BadInput
        If a day lies further back than ``furthest`` says, or our own rules forbid the LRS's address.
    Busy, LRSError
        As ``sync``.
    """
    wanted = _days(reading, back)
    if not can_compare(reading):
        raise NotReady(
            f"Source {reading.record.name} cannot be compared by day: either it was not read to its end yet, or it "
            "cannot be asked by time. Run `onward sync`; `onward sync --from-start` reads everything again."
        )
    with held(reading, JOB) as hold:
        return _Round(hold, tell, wanted).run(at_most)


def _days(reading: Reading, back: Iterable[int]) -> list[datetime]:
    counts, most = sorted(set(back)), furthest(reading)
    if not counts or counts[0] < 1 or counts[-1] > most:
        raise BadInput(
            f"Days can be compared from yesterday (1) to {most} days back; for what is older, read everything "
            "again with `onward sync --from-start`."
        )
    today = reading.clock().replace(hour=0, minute=0, second=0, microsecond=0)
    return [today - count * DAY for count in counts]


_Told = Callable[[StatementPage, Added], Progress]


@dataclass(frozen=True, slots=True)
class _Mark:
    """What is noted of an unfinished round: when it began, and what was repaired of the day that was being compared."""

    begun: datetime
    day: datetime | None = None
    repaired: int = 0

    def as_json(self) -> dict[str, Any]:
        day = self.day.isoformat() if self.day else None
        return {"begun": self.begun.isoformat(), "day": day, "repaired": self.repaired}


def _read_mark(position: Mapping[str, Any]) -> _Mark:
    day = datetime.fromisoformat(position["day"]) if position["day"] else None
    return _Mark(datetime.fromisoformat(position["begun"]), day, position["repaired"])


class _Round:
    """One round over some days of one Source, with its lease held."""

    def __init__(self, hold: Hold, tell: Tell, wanted: Sequence[datetime]) -> None:
        self._hold = hold
        self._reading = hold.reading
        self._tell = tell
        self._wanted = wanted
        self._began = monotonic()
        self._read = SyncReport()

    def run(self, at_most: int | None) -> ReconcileReport:
        """Compare the days that this round has not compared yet, newest first."""
        mark = self._begun()
        left = self._left(mark.begun)
        chosen = left[:at_most]
        report = ReconcileReport(left=len(left) - len(chosen))
        for number, day in enumerate(chosen):
            told = partial(self._progress, len(self._wanted) - len(left), number, len(chosen))
            report.days.append(self._compare(day, mark, told))
        if not report.left:
            self._forget()
        return report

    def _compare(self, day: datetime, mark: _Mark, told: _Told) -> ComparedDay:
        """Read one day; what was repaired of it before a stop counts on."""
        one, read = self._reading, self._read
        before, first, added = (mark.repaired if mark.day == day else 0), read.read, read.added
        for page in one.source.between(day, day + DAY) or ():
            so_far = _Mark(mark.begun, day, before + read.added - added)
            with undisturbed():
                keep(one, [understood(one.interpret, page)], read, partial(self._note_page, page, so_far, told))
            self._tell(read)
        done = ComparedDay(day, read.read - first, before + read.added - added)
        self._keep_day(done, mark)
        log.info(
            "reconcile_done",
            source=one.record.name,
            day=f"{day:%Y-%m-%d}",
            statements=done.statements,
            repaired=done.repaired,
        )
        return done

    def _note_page(self, page: StatementPage, so_far: _Mark, told: _Told, session: Session, added: Added) -> None:
        """Put what was repaired so far, progress and heartbeat into the page's transaction."""
        self._note(session, replace(so_far, repaired=so_far.repaired + added.facts))
        self._read.progress = told(page, added)
        self._hold.beat(session, self._read.progress.as_json())

    def _progress(self, earlier: int, number: int, of: int, page: StatementPage, added: Added) -> Progress:
        """Return how far the round is: its days are taken for equally long."""
        took, now = monotonic() - self._began, self._reading.clock()
        read = self._read.read + len(page.statements)
        return Progress(
            WalkKind.RECONCILE,
            read,
            self._read.added + added.facts,
            read / max(took, 1e-3),
            reached=page.newest,
            share=(earlier + number) / len(self._wanted),
            ends_at=now + timedelta(seconds=took / number * (of - number)) if number else None,
        )

    # --- what is noted -------------------------------------------------------------------------------------------

    def _begun(self) -> _Mark:
        """Return the round that is under way, or begin one."""
        one = self._reading
        now = one.clock()
        with one.sessions.begin() as session:
            known = sources.cursor(session, one.tenant, one.record.id, JOB)
            mark = _read_mark(known.position) if known is not None else None
            if mark is not None and timedelta() <= now - mark.begun < ROUND:
                return mark
            self._note(session, _Mark(now))
        return _Mark(now)

    def _left(self, begun: datetime) -> list[datetime]:
        one = self._reading
        with one.readers.begin() as session:
            known = days.all_of(session, one.tenant, one.record.id)
        done = {record.day for record in known if record.checked_at >= begun}
        return [day for day in self._wanted if day not in done]

    def _note(self, session: Session, mark: _Mark) -> None:
        one = self._reading
        sources.move(session, one.tenant, one.record.id, JOB, mark.as_json(), high_water=None, now=one.clock())

    def _keep_day(self, done: ComparedDay, mark: _Mark) -> None:
        one = self._reading
        record = DayRecord(done.day, done.statements, done.repaired, one.clock())
        with one.sessions.begin() as session:
            days.keep(session, one.tenant, one.record.id, record)
            self._note(session, _Mark(mark.begun))
            self._hold.beat(session)

    def _forget(self) -> None:
        one = self._reading
        with one.sessions.begin() as session:
            sources.forget_walk(session, one.tenant, one.record.id, JOB)
            self._hold.beat(session)
