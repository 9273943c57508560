"""The walks through a Source: a tail, a sweep where one is due, and everything again from the beginning."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import Any

from sqlalchemy.orm import Session

from connector.store import ignored, sources
from connector.store.facts import Added
from connector.store.sources import CursorRecord
from connector.sync.ahead import read_ahead
from connector.sync.hold import Hold, held
from connector.sync.interrupts import undisturbed
from connector.sync.page import ReadPage, keep, understood
from connector.sync.progress import LONG, Meter, WalkKind, began_at
from connector.sync.reading import Reading, SyncReport, Tell, quiet
from lrs_adapters.base import StatementPage
from lrs_adapters.walk import from_the_beginning

WALK = "all"
SWEEP = "sweep"
AGAIN = "again"
"""What is noted beside the position: the last sweep that ended, and that everything is being read again."""

BETWEEN_TAILS = timedelta(minutes=5)
"""A sweep of hours lets a tail in so often: what is new does not wait for what is old."""


def sync(reading: Reading, tell: Tell = quiet, *, between_tails: timedelta = BETWEEN_TAILS) -> SyncReport:
    """Read what is new, and sweep the overlap when that is due; hold the Source's lease meanwhile.

    A run from the beginning that was stopped goes on, too; a long sweep lets a tail in after each ``between_tails``.

    Raises
    ------
    Busy
        If another process reads this Source.
    LRSError
        If the LRS does not answer, refuses or talks nonsense; what was committed stands, the reason is kept.
    BadInput
        If our own rules forbid the LRS's address; the reason is kept.
    """
    with held(reading) as hold:
        return _Run(hold, tell, between_tails).whole()


def read_again(reading: Reading, tell: Tell = quiet, *, between_tails: timedelta = BETWEEN_TAILS) -> SyncReport:
    """Read what is new, then everything once more from the beginning: adds what was missing, doubles nothing.

    One that was stopped goes on where it was. A Source whose first read has not ended yet goes on with that: it is from
    the beginning anyway.

    Raises
    ------
    Busy, LRSError, BadInput
        As ``sync``.
    """
    with held(reading) as hold:
        run = _Run(hold, tell, between_tails)
        run.begin_again()
        return run.whole()


class _Run:
    """One run over one Source, with its lease held."""

    def __init__(self, hold: Hold, tell: Tell, between_tails: timedelta) -> None:
        self._hold = hold
        self._reading = hold.reading
        self._tell = tell
        self._between_tails = between_tails
        self._began = monotonic()
        self._report = SyncReport()

    def begin_again(self) -> None:
        """Take the low mark away, unless that was done before; what is left of ignored Facts would count twice."""
        one = self._reading
        known = self._cursors()
        if AGAIN in known or SWEEP not in known:
            return
        with one.sessions.begin() as session:
            position = from_the_beginning(dict(known[WALK].position))
            high_water = known[WALK].high_water
            sources.move(session, one.tenant, one.record.id, WALK, position, high_water=high_water, now=one.clock())
            sources.move(session, one.tenant, one.record.id, AGAIN, {}, high_water=None, now=one.clock())
            ignored.forget_counts(session, one.tenant, one.record.id)
            self._hold.beat(session)

    def whole(self) -> SyncReport:
        """Walk to the end."""
        known = self._cursors()
        first, again = SWEEP not in known, AGAIN in known
        self._to_the_end(self._pages_of_tail(), self._meter(WalkKind.FIRST if first else WalkKind.TAIL))
        if WALK not in known:
            self._swept()
        elif first or again or self._sweep_is_due(known[SWEEP]):
            self._sweep(self._meter(WalkKind.AGAIN if again else WalkKind.SWEEP))
        one = self._reading
        with one.sessions.begin() as session:
            sources.succeeded(session, one.tenant, one.record.id, one.clock())
        return self._report

    def _sweep(self, meter: Meter) -> None:
        """Sweep to the end; left and taken up again for each tail that is let in."""
        while not self._to_the_end(self._pages_of_sweep(), meter, self._between_tails):
            self._to_the_end(self._pages_of_tail(), self._meter(WalkKind.TAIL))
        self._swept()

    def _swept(self) -> None:
        one = self._reading
        with one.sessions.begin() as session:
            sources.move(session, one.tenant, one.record.id, SWEEP, {}, high_water=None, now=one.clock())
            sources.forget_walk(session, one.tenant, one.record.id, AGAIN)

    def _sweep_is_due(self, last: CursorRecord) -> bool:
        """Tell whether the last sweep is long enough ago; one in the future is of a machine whose clock is ahead."""
        return not timedelta() <= self._reading.clock() - last.moved_at < self._reading.source.sweep_every

    # --- pages ---------------------------------------------------------------------------------------------------

    def _pages_of_tail(self) -> Iterator[StatementPage]:
        return self._reading.source.tail(self._position())

    def _pages_of_sweep(self) -> Iterator[StatementPage]:
        return self._reading.source.sweep(self._position())

    def _to_the_end(self, pages: Iterator[StatementPage], meter: Meter, most: timedelta | None = None) -> bool:
        """Keep page after page, for ``most`` of time; tell whether the walk came to its end."""
        ends = None if most is None else monotonic() + most.total_seconds()
        with read_ahead(pages, partial(understood, self._reading.interpret)) as ahead:
            for some in ahead.together(len, self._reading.together):
                with undisturbed():
                    keep(self._reading, some, self._report, partial(self._move, some, meter))
                self._tell(self._report)
                if ends is not None and monotonic() > ends and not some[-1].page.last:
                    return False
        return True

    def _move(self, some: Sequence[ReadPage], meter: Meter, session: Session, added: Added) -> None:
        """Put position, progress and heartbeat into the transaction of some pages."""
        one, report, page = self._reading, self._report, some[-1].page
        sources.move(
            session,
            one.tenant,
            one.record.id,
            WALK,
            page.next_position,
            high_water=page.high_water,
            now=one.clock(),
        )
        read, new = report.read + sum(map(len, some)), report.added + added.facts
        report.progress = meter.after(page, read, new, seconds=monotonic(), now=one.clock())
        self._hold.beat(session, report.progress.as_json())

    def _meter(self, walk: WalkKind) -> Meter:
        oldest = began_at(self._hold.left, walk) if walk in LONG else None
        return Meter(walk, self._began, oldest)

    # --- where it stands -----------------------------------------------------------------------------------------

    def _cursors(self) -> dict[str, CursorRecord]:
        one = self._reading
        with one.readers.begin() as session:
            return sources.cursors(session, one.tenant, one.record.id)

    def _position(self) -> dict[str, Any] | None:
        known = self._cursors()
        return dict(known[WALK].position) if WALK in known else None
