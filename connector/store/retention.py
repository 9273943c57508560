"""What has been kept long enough goes: quarantine, pages shown, acts, audit lines, jobs of Sources that are gone."""

from datetime import datetime, timedelta

from sqlalchemy import Column, Table, delete
from sqlalchemy.orm import Session

from connector.domain import TenantId
from connector.store import platforms, tables

QUARANTINE = timedelta(days=30)
SHOWN = timedelta(days=180)
AUDIT = timedelta(days=180)

_KEPT: tuple[tuple[Table, Column[datetime], timedelta], ...] = (
    (tables.quarantine, tables.quarantine.c.seen_at, QUARANTINE),
    (tables.slate, tables.slate.c.shown_at, SHOWN),
    (tables.event, tables.event.c.at, SHOWN),
    (tables.audit, tables.audit.c.at, AUDIT),
)


def forget_old(session: Session, tenant: TenantId, now: datetime) -> dict[str, int]:
    """Delete what is older than its retention; return how many rows went, by table."""
    gone = {"launch_state": platforms.purge_states(session, now)}
    for table, at, kept in _KEPT:
        done = session.execute(delete(table).where(table.c.tenant_id == tenant, at < now - kept))
        gone[table.name] = int(done.rowcount)  # type: ignore[attr-defined]
    return gone
