"""What was served lately, and when LMSs launched last: counts for who looks after the site, nothing of a person."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from connector.domain import TenantId
from connector.store import tables


@dataclass(frozen=True, slots=True)
class Served:
    """Pages that learners were shown since a moment, how many of them had a Row, and when the newest was, if any."""

    pages: int
    with_rows: int
    last_at: datetime | None


def served(session: Session, tenant: TenantId, since: datetime) -> Served:
    """Count the pages that learners were shown since a moment."""
    table = tables.slate
    query = select(
        func.count(), func.sum(case((func.length(table.c.shown) > 0, 1), else_=0)), func.max(table.c.shown_at)
    ).where(table.c.tenant_id == tenant, table.c.shown_at >= since)
    pages, with_rows, last_at = session.execute(query).one()
    return Served(pages, with_rows or 0, last_at)


@dataclass(frozen=True, slots=True)
class LaunchSeen:
    """The newest launch of an active Platform that was accepted, and as what; ``at`` is None before the first."""

    platform: str
    at: datetime | None
    role: str


def launches(session: Session, tenant: TenantId) -> list[LaunchSeen]:
    """Return the newest launch of each active Platform, by name."""
    table = tables.platform
    query = (
        select(table.c.name, table.c.launched_at, table.c.launched_as)
        .where(table.c.tenant_id == tenant, table.c.active)
        .order_by(table.c.name)
    )
    return [LaunchSeen(row.name, row.launched_at, row.launched_as) for row in session.execute(query)]
