"""Keeping one page: Facts, tombstones, quarantine and whatever belongs to them, all or none."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import structlog
from sqlalchemy.orm import Session

from connector.domain import FactDraft, Rejected, SourceId, VoidingDraft
from connector.statements.interpret import Interpreter
from connector.store import facts
from connector.store.facts import Added
from connector.sync.reading import Reading, SyncReport
from lrs_adapters.base import StatementPage

log = structlog.get_logger()

Also = Callable[[Session, Added], None]
"""What goes into the transaction of a page: the position after it, and the heartbeat."""


def keep(reading: Reading, page: StatementPage, report: SyncReport, also: Also) -> None:
    """Keep one page in one transaction and count it.

    Raises
    ------
    Busy
        If ``also`` found the lease lost: nothing of the page is kept.
    """
    read = _interpreted(reading.interpret, page.statements)
    now = reading.clock()
    tenant, source = reading.tenant, SourceId(reading.record.id)
    with reading.sessions.begin() as session:
        added = facts.add(session, tenant, source, read.facts, read.voidings, known=reading.known, now=now)
        aside = facts.set_aside(session, tenant, source, read.rejected, seal=reading.seal, now=now)
        also(session, added)
    reading.known.keep(added.resolved)
    _count(report, page, added, aside)
    _log(reading, page, report)


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


def _count(report: SyncReport, page: StatementPage, added: Added, aside: int) -> None:
    report.pages += 1
    report.read += len(page.statements)
    report.added += added.facts
    report.voided += added.voidings
    report.quarantined += aside
    report.warnings += [warning for warning in page.warnings if warning not in report.warnings]
    report.newest = max(filter(None, (report.newest, page.newest)), default=None)


def _log(reading: Reading, page: StatementPage, report: SyncReport) -> None:
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
