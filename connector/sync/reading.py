"""One Source as it is being read, and what a run of reading it did."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import TenantId
from connector.statements.interpret import Interpreter
from connector.store import facts
from connector.store.heart import EVERY
from connector.store.seal import Seal
from connector.store.sources import SourceRecord
from connector.sync.progress import Progress
from lrs_adapters.base import StatementSource

JOB = "sync"
"""The lease of a Source: whoever reads it, for whatever reason, holds this one."""


class Stopped(Exception):
    """Raised by a ``Tell`` to stop a run between two pages: what was read is kept, the next run goes on from there."""


@dataclass(slots=True)
class SyncReport:
    """What one run did: pages and Statements read, Facts and tombstones that were new, Statements set aside.

    ``warnings`` are sentences of the adapter about what it could not be sure of; ``progress`` is how far the walk that
    runs now has come.
    """

    pages: int = 0
    read: int = 0
    added: int = 0
    voided: int = 0
    quarantined: int = 0
    newest: datetime | None = None
    warnings: list[str] = field(default_factory=list)
    progress: Progress | None = None


Tell = Callable[[SyncReport], None]

TOGETHER = 2_000
"""Statements of pages that wait are kept together, up to so many: what a transaction costs is shared among them."""


def quiet(_report: SyncReport) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One Source as it is being read: what a run needs, and the names it has met.

    ``beat_every`` is from one lengthening of the lease to the next while the LRS is waited for. ``together`` is how
    many Statements of several pages one transaction keeps at the most; a page by itself may have more.
    """

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
    beat_every: timedelta = EVERY
    together: int = TOGETHER
