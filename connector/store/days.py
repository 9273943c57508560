"""Days of a Source that were read again to compare: what the LRS has, and what was lacking here."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.domain import SourceId, TenantId
from connector.store import tables
from connector.store.upsert import insert_or_update


@dataclass(frozen=True, slots=True)
class DayRecord:
    """One day: its first moment (UTC), Statements that the LRS had, Facts that were lacking here, when it was seen."""

    day: datetime
    statements: int
    repaired: int
    checked_at: datetime


def keep(session: Session, tenant: TenantId, source: SourceId, record: DayRecord) -> None:
    """Keep what the last comparison of a day showed."""
    row = {
        "tenant_id": tenant,
        "source_id": source,
        "day": record.day,
        "statements": record.statements,
        "repaired": record.repaired,
        "checked_at": record.checked_at,
    }
    insert_or_update(
        session,
        tables.source_day,
        [row],
        key=("tenant_id", "source_id", "day"),
        change=("statements", "repaired", "checked_at"),
    )


def all_of(session: Session, tenant: TenantId, source: SourceId) -> list[DayRecord]:
    """Return the days that were compared, newest first."""
    table = tables.source_day
    rows = session.execute(
        select(table).where(table.c.tenant_id == tenant, table.c.source_id == source).order_by(table.c.day.desc())
    )
    return [DayRecord(row.day, row.statements, row.repaired, row.checked_at) for row in rows]
