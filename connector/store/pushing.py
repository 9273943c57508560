"""Who may push Statements, and when somebody last did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from connector.domain import SourceId, TenantId
from connector.store import tables


@dataclass(frozen=True, slots=True)
class Forwarder:
    """A Source that may push: under which key, and the keyed hash of key and secret."""

    tenant: TenantId
    source: SourceId
    name: str
    grain: str
    key: str
    digest: bytes


def forwarders(session: Session) -> Sequence[Forwarder]:
    """Return the active Sources of all Tenants for which pushing is on, by Tenant and name."""
    table = tables.source
    rows = session.execute(
        select(table.c.tenant_id, table.c.id, table.c.name, table.c.grain, table.c.push_key, table.c.push_digest)
        .where(table.c.active.is_(True), table.c.push_digest.is_not(None))
        .order_by(table.c.tenant_id, table.c.name)
    )
    return [
        Forwarder(TenantId(row.tenant_id), SourceId(row.id), row.name, row.grain, row.push_key, bytes(row.push_digest))
        for row in rows
    ]


def allow(session: Session, tenant: TenantId, source: SourceId, key: str, digest: bytes) -> None:
    """Let who knows key and secret push to a Source, and nobody else."""
    _set(session, tenant, source, push_key=key, push_digest=digest)


def forbid(session: Session, tenant: TenantId, source: SourceId) -> None:
    """Let nobody push to a Source."""
    _set(session, tenant, source, push_key="", push_digest=None)


def pushed(session: Session, tenant: TenantId, source: SourceId, now: datetime) -> None:
    """Remember that Statements were taken in by push."""
    _set(session, tenant, source, last_push_at=now)


def _set(session: Session, tenant: TenantId, source: SourceId, **values: object) -> None:
    table = tables.source
    session.execute(update(table).where(table.c.tenant_id == tenant, table.c.id == source).values(**values))
