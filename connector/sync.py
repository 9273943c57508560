"""Read a Source into Facts: one transaction a page, together with its position.

Two reads of one Source share a position: a *tail* that only adds, often, and a *sweep* of the overlap that finds what
came late. Killed at any moment, the next run goes on from the last page that was committed; a Statement that comes
twice is kept once.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import FactDraft, Rejected, SourceId, TenantId, VoidingDraft
from connector.errors import BadInput
from connector.statements.interpret import Interpreter
from connector.store import facts, leases, sources
from connector.store.seal import Seal
from connector.store.sources import SourceRecord
from lrs_adapters.base import LRSError, StatementPage, StatementSource

log = structlog.get_logger()

WALK = "all"
SWEEP = "sweep"
JOB = "sync"


@dataclass(slots=True)
class SyncReport:
    """What one run did: pages and Statements read, Facts and tombstones that were new, Statements set aside.

    ``warnings`` are sentences of the adapter about what it could not be sure of.
    """

    pages: int = 0
    read: int = 0
    added: int = 0
    voided: int = 0
    quarantined: int = 0
    newest: datetime | None = None
    warnings: list[str] = field(default_factory=list)


Tell = Callable[[SyncReport], None]


def quiet(_report: SyncReport) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One Source as it is being read: what a run needs, and the names it has met."""

    tenant: TenantId
    record: SourceRecord
    source: StatementSource
    interpret: Interpreter
    sessions: sessionmaker[Session]
    readers: sessionmaker[Session]
    seal: Seal
    clock: Clock
    owner: str
    known: facts.KnownNames = field(default_factory=facts.KnownNames)


def sync(reading: Reading, tell: Tell = quiet) -> SyncReport:
    """Read what is new, and sweep the overlap when that is due; hold the Source's lease meanwhile.

    Raises
    ------
    Busy
        If another process reads this Source.
    LRSError
        If the LRS does not answer, refuses or talks nonsense; what was committed stands, the reason is kept.
    BadInput
        If our own rules forbid the LRS's address; the reason is kept.
    """
    with reading.sessions.begin() as session:
        leases.take(session, reading.tenant, JOB, reading.record.name, reading.owner, reading.clock())
    error = "stopped before its end"
    try:
        report = _both_walks(reading, tell)
        error = ""
    except (LRSError, BadInput) as failure:
        error = str(failure)
        with reading.sessions.begin() as session:
            sources.failed(session, reading.tenant, reading.record.id, error, reading.clock())
        raise
    except Exception as failure:  # kept for `status` before it goes up: nothing may stop a Source unseen
        error = f"An error of ours, {type(failure).__name__}: please report it with the log."
        with reading.sessions.begin() as session:
            sources.failed(session, reading.tenant, reading.record.id, error, reading.clock())
        raise
    finally:
        _end(reading, error)
    return report


def _both_walks(reading: Reading, tell: Tell) -> SyncReport:
    report = SyncReport()
    first = _position(reading) is None
    _walk(reading, reading.source.tail(_position(reading)), report, tell)
    if first:
        _swept(reading)
    elif _sweep_is_due(reading):
        _walk(reading, reading.source.sweep(_position(reading)), report, tell)
        _swept(reading)
    with reading.sessions.begin() as session:
        sources.succeeded(session, reading.tenant, reading.record.id, reading.clock())
    return report


def _end(reading: Reading, error: str) -> None:
    with reading.sessions.begin() as session:
        leases.give_back(session, reading.tenant, JOB, reading.record.name, reading.owner, reading.clock(), error=error)


def _position(reading: Reading) -> dict[str, Any] | None:
    with reading.readers.begin() as session:
        cursor = sources.cursor(session, reading.tenant, reading.record.id, WALK)
    return dict(cursor.position) if cursor else None


def _sweep_is_due(reading: Reading) -> bool:
    with reading.readers.begin() as session:
        cursor = sources.cursor(session, reading.tenant, reading.record.id, SWEEP)
    return cursor is None or reading.clock() - cursor.moved_at >= reading.source.sweep_every


def _swept(reading: Reading) -> None:
    with reading.sessions.begin() as session:
        now = reading.clock()
        sources.move(session, reading.tenant, reading.record.id, SWEEP, {}, high_water=None, now=now)


def _walk(reading: Reading, pages: Iterable[StatementPage], report: SyncReport, tell: Tell) -> None:
    for page in pages:
        _keep(reading, page, report)
        log.info(
            "sync_page_done",
            source=reading.record.name,
            statements=len(page.statements),
            added=report.added,
            in_order=page.in_order,
            last=page.last,
        )
        for warning in page.warnings:
            log.warning("sync_warned", source=reading.record.name, why=warning)
        tell(report)


@dataclass(slots=True)
class _Read:
    facts: list[FactDraft] = field(default_factory=list)
    voidings: list[VoidingDraft] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)


def _interpreted(interpret: Interpreter, statements: Iterable[bytes]) -> _Read:
    read = _Read()
    for raw in statements:
        one = interpret.read(raw)
        if isinstance(one, Rejected):
            read.rejected.append(one)
            continue
        read.facts.extend(one.facts)
        if one.voiding is not None:
            read.voidings.append(one.voiding)
    return read


def _keep(reading: Reading, page: StatementPage, report: SyncReport) -> None:
    """Keep one page: Facts, tombstones, quarantine, position and heartbeat, all or none."""
    read = _interpreted(reading.interpret, page.statements)
    now = reading.clock()
    tenant, source = reading.tenant, SourceId(reading.record.id)
    with reading.sessions.begin() as session:
        added = facts.add(session, tenant, source, read.facts, read.voidings, known=reading.known, now=now)
        aside = facts.set_aside(session, tenant, source, read.rejected, seal=reading.seal, now=now)
        sources.move(session, tenant, source, WALK, page.next_position, high_water=page.high_water, now=now)
        progress = {"read": report.read + len(page.statements), "added": report.added + added.facts}
        leases.beat(session, tenant, JOB, reading.record.name, reading.owner, now, progress)
    reading.known.keep(added.resolved)
    _count(report, page, added, aside)


def _count(report: SyncReport, page: StatementPage, added: facts.Added, aside: int) -> None:
    report.pages += 1
    report.read += len(page.statements)
    report.added += added.facts
    report.voided += added.voidings
    report.quarantined += aside
    report.warnings += [warning for warning in page.warnings if warning not in report.warnings]
    report.newest = max(filter(None, (report.newest, page.newest)), default=None)
