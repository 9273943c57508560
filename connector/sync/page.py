"""Keeping pages: Facts, tombstones, quarantine and whatever belongs to them, all or none."""

from collections.abc import Callable, Sequence
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
"""What goes into the transaction of pages: the position after them, and the heartbeat."""


@dataclass(slots=True)
class ReadPage:
    """A page of a Source and what its Statements mean."""

    page: StatementPage
    facts: list[FactDraft] = field(default_factory=list)
    voidings: list[VoidingDraft] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)

    def __len__(self) -> int:
        """Statements of the page."""
        return len(self.page.statements)


def understood(interpret: Interpreter, page: StatementPage) -> ReadPage:
    """Return what the Statements of a page mean; what cannot be read is among the rejected."""
    read = ReadPage(page)
    for raw in page.statements:
        one = interpret.read(raw)
        if isinstance(one, Rejected):
            read.rejected.append(one)
            continue
        read.facts.extend(one.facts)
        if one.voiding is not None:
            read.voidings.append(one.voiding)
    return read


def keep(reading: Reading, pages: Sequence[ReadPage], report: SyncReport, also: Also) -> None:
    """Keep one page, or some that follow each other, in one transaction and count them.

    Raises
    ------
    Busy
        If ``also`` found the lease lost: nothing of them is kept.
    """
    now = reading.clock()
    tenant, source = reading.tenant, SourceId(reading.record.id)
    drafts = [fact for one in pages for fact in one.facts]
    voidings = [voiding for one in pages for voiding in one.voidings]
    rejected = [bad for one in pages for bad in one.rejected]
    with reading.sessions.begin() as session:
        added = facts.add(session, tenant, source, drafts, voidings, known=reading.known, now=now)
        aside = facts.set_aside(session, tenant, source, rejected, seal=reading.seal, now=now)
        also(session, added)
    reading.known.keep(added.resolved)
    report.added += added.facts
    report.voided += added.voidings
    report.quarantined += aside
    for one in pages:
        _count(report, one.page)
        _log(reading, one.page, report)


def _count(report: SyncReport, page: StatementPage) -> None:
    report.pages += 1
    report.read += len(page.statements)
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
