"""Tenants as a whole: what each has, and how everything of one goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, delete, func, select, tuple_, update
from sqlalchemy.orm import Session

from connector.domain import TenantId
from connector.store import site, tables

MOST_AT_ONCE = 1_000
"""Rows that go in one transaction: others write in between."""
COUNTED: Mapping[str, Table] = {
    "platforms": tables.platform,
    "sources": tables.source,
    "items": tables.item,
    "learners": tables.learner,
    "facts": tables.fact,
}
"""What tells an operator whose data a Tenant is."""


@dataclass(frozen=True, slots=True)
class TenantRecord:
    """One organisation, and how many rows of the largest kinds it has."""

    id: TenantId
    name: str
    created_at: datetime
    counts: Mapping[str, int]


def all_of(session: Session) -> list[TenantRecord]:
    """Return every Tenant in the order they were made; counts their rows."""
    table = tables.tenant
    found = {name: _counts(session, counted) for name, counted in COUNTED.items()}
    return [
        TenantRecord(
            TenantId(row.id), row.name, row.created_at, {name: by.get(row.id, 0) for name, by in found.items()}
        )
        for row in session.execute(select(table.c.id, table.c.name, table.c.created_at).order_by(table.c.id))
    ]


def _counts(session: Session, table: Table) -> dict[int, int]:
    query = select(table.c.tenant_id, func.count()).group_by(table.c.tenant_id)
    return {row[0]: row[1] for row in session.execute(query)}


def close(session: Session, tenant: TenantId) -> None:
    """End everything that a Tenant does, at once: its keys go, its Platforms and Sources are switched off."""
    for table in (tables.platform, tables.source, tables.feed, tables.account):
        session.execute(update(table).where(table.c.tenant_id == tenant).values(active=False))
    for table in (tables.secret, tables.invite, tables.launch_state, tables.console_session):
        session.execute(delete(table).where(table.c.tenant_id == tenant))


def forget_some(session: Session, tenant: TenantId) -> dict[str, int]:
    """Delete up to ``MOST_AT_ONCE`` rows of a Tenant, those that refer to others first; empty when none is left."""
    _scrub_as_it_goes(session)
    for table in reversed(tables.metadata.sorted_tables):
        if table is tables.tenant:
            continue
        gone = _delete_some(session, table, tenant)
        if gone:
            return {table.name: gone}
    return {}


def _delete_some(session: Session, table: Table, tenant: TenantId) -> int:
    keys = list(table.primary_key.columns)
    some = select(*keys).where(table.c.tenant_id == tenant).limit(MOST_AT_ONCE)
    these = tuple_(*keys).in_(some) if len(keys) > 1 else keys[0].in_(some)
    return int(session.execute(delete(table).where(these)).rowcount)  # type: ignore[attr-defined]


def _scrub_as_it_goes(session: Session) -> None:
    """Let SQLite overwrite what it deletes; ``connector.store.scrub`` sees to what earlier writes left behind."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql("PRAGMA secure_delete=ON")


def remove(session: Session, tenant: TenantId) -> None:
    """Delete a Tenant that has no rows left; what came meanwhile goes with it. Its number is not given again."""
    site.never_again(session, tenant)
    for table in reversed(tables.metadata.sorted_tables):
        if table is not tables.tenant:
            session.execute(delete(table).where(table.c.tenant_id == tenant))
    session.execute(delete(tables.tenant).where(tables.tenant.c.id == tenant))
