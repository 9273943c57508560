"""Invites: URLs that register an LMS once. Only the hash of the secret is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.orm import Session

from connector.domain import PlatformId, TenantId
from connector.store import tables


@dataclass(frozen=True, slots=True)
class InviteRecord:
    """One invite; ``used_at`` and ``platform`` are None while it is open or expired."""

    id: int
    tenant: TenantId
    name: str
    switches: Mapping[str, bool]
    deployment_policy: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None
    platform: PlatformId | None


def add(session: Session, tenant: TenantId, values: Mapping[str, Any]) -> int:
    """Add an invite; return its number."""
    table = tables.invite
    return int(session.scalars(insert(table).returning(table.c.id), {"tenant_id": tenant, **values}).one())


def by_hash(session: Session, token_hash: bytes) -> InviteRecord | None:
    """Return the invite of that secret, in any Tenant."""
    row = session.execute(select(tables.invite).where(tables.invite.c.token_hash == token_hash)).first()
    return _record(row) if row else None


def all_of(session: Session, tenant: TenantId) -> list[tuple[InviteRecord, str]]:
    """Return the invites of a Tenant, oldest first, each with the name of the Platform that used it ("" if none)."""
    table, platform = tables.invite, tables.platform
    query = (
        select(table, platform.c.name.label("platform_name"))
        .outerjoin(platform, (platform.c.tenant_id == table.c.tenant_id) & (platform.c.id == table.c.platform_id))
        .where(table.c.tenant_id == tenant)
        .order_by(table.c.id)
    )
    return [(_record(row), row.platform_name or "") for row in session.execute(query)]


def take(session: Session, invite: int, now: datetime) -> bool:
    """Use an invite up; of two takers, or after its time, one gets False."""
    table = tables.invite
    taken = session.scalars(
        update(table)
        .where(table.c.id == invite, table.c.used_at.is_(None), table.c.expires_at > now)
        .values(used_at=now)
        .returning(table.c.id)
    ).first()
    return taken is not None


def used_by(session: Session, invite: int, platform: PlatformId) -> None:
    """Keep which Platform an invite registered."""
    session.execute(update(tables.invite).where(tables.invite.c.id == invite).values(platform_id=platform))


def cancel(session: Session, tenant: TenantId, invite: int) -> bool:
    """Delete an invite that was not used; return whether there was one."""
    table = tables.invite
    query = delete(table).where(table.c.tenant_id == tenant, table.c.id == invite, table.c.used_at.is_(None))
    return session.scalars(query.returning(table.c.id)).first() is not None


def _record(row: Row[Any]) -> InviteRecord:
    return InviteRecord(
        row.id,
        TenantId(row.tenant_id),
        row.name,
        dict(row.switches),
        row.deployment_policy,
        row.made_at,
        row.expires_at,
        row.used_at,
        PlatformId(row.platform_id) if row.platform_id is not None else None,
    )
