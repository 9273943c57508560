"""The keys of each Tenant, sealed. One that was retired is still good for what it signed, until its time is over.

``identifier-hashing`` is one key for ever: what it hashed could never be found again under another. ``session`` signs
Visits and ``signing`` signs LTI messages; of these the newest signs, and those before it are only checked with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from connector.domain import TenantId
from connector.lti.keys import PUBLISHED_AFTER
from connector.lti.visit import CHECKED_AFTER
from connector.store import tables
from connector.store.seal import Seal
from connector.store.upsert import insert_new


class Purpose(StrEnum):
    """What a key is for; the name of its row begins with it."""

    HASHING = "identifier-hashing"
    SESSION = "session"
    SIGNING = "signing"


KEPT_RETIRED: Mapping[Purpose, timedelta] = {Purpose.SESSION: CHECKED_AFTER, Purpose.SIGNING: PUBLISHED_AFTER}
"""How long after its retirement a key is still good for what it signed; then it is worthless and its row goes."""


@dataclass(frozen=True, slots=True)
class SecretRecord:
    """One key; ``retired_at`` is None for the one in use."""

    name: str
    sealed: bytes = field(repr=False)
    created_at: datetime
    retired_at: datetime | None

    @property
    def purpose(self) -> Purpose:
        """What it is for."""
        return Purpose(self.name.partition(":")[0])

    @property
    def good_until(self) -> datetime | None:
        """When it becomes worthless; None for the one in use."""
        return self.retired_at + KEPT_RETIRED[self.purpose] if self.retired_at else None


def usable(session: Session, tenant: TenantId, now: datetime) -> list[SecretRecord]:
    """Return the keys that are good for something now, the one in use first, then the newest."""
    return _records(session, tenant, ~_is_over(now))


def in_use(session: Session, tenant: TenantId) -> list[SecretRecord]:
    """Return the keys that were not retired, newest first."""
    return _records(session, tenant, tables.secret.c.retired_at.is_(None))


def signing_of_all(session: Session, now: datetime) -> list[tuple[str, bytes]]:
    """Return name and sealed key of every Tenant's signing keys that are good for something, by Tenant."""
    table = tables.secret
    query = select(table.c.name, table.c.sealed).where(_is_for(Purpose.SIGNING), ~_is_over(now))
    in_order = query.order_by(table.c.tenant_id, table.c.retired_at.is_not(None), table.c.created_at.desc())
    return [(row.name, bytes(row.sealed)) for row in session.execute(in_order)]


def _records(session: Session, tenant: TenantId, which: ColumnElement[bool]) -> list[SecretRecord]:
    table = tables.secret
    query = (
        select(table.c.name, table.c.sealed, table.c.created_at, table.c.retired_at)
        .where(table.c.tenant_id == tenant, which)
        .order_by(table.c.retired_at.is_not(None), table.c.created_at.desc(), table.c.name)
    )
    return [SecretRecord(row.name, bytes(row.sealed), row.created_at, row.retired_at) for row in session.execute(query)]


def add(session: Session, tenant: TenantId, name: str, clear: bytes, seal: Seal, now: datetime) -> bool:
    """Keep a new key, sealed; one of that name stays as it is. Return whether it was new."""
    row = {"tenant_id": tenant, "name": name, "sealed": seal.close(clear), "created_at": now}
    return insert_new(session, tables.secret, [row]) == 1


def retire_others(session: Session, tenant: TenantId, purpose: Purpose, name: str, now: datetime) -> Sequence[str]:
    """Retire every key of a purpose but ``name``; return the names of those that were in use."""
    table = tables.secret
    others = and_(table.c.tenant_id == tenant, _is_for(purpose), table.c.name != name, table.c.retired_at.is_(None))
    return list(session.scalars(update(table).where(others).values(retired_at=now).returning(table.c.name)))


def forget_retired(session: Session, tenant: TenantId, now: datetime) -> int:
    """Delete the keys that are good for nothing any more; return how many went."""
    table = tables.secret
    gone = session.execute(delete(table).where(table.c.tenant_id == tenant, _is_over(now)))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _is_over(now: datetime) -> ColumnElement[bool]:
    """Whether a key is good for nothing any more; never NULL, so that it may be turned round."""
    at = tables.secret.c.retired_at
    past = [and_(_is_for(purpose), at.is_not(None), at <= now - kept) for purpose, kept in KEPT_RETIRED.items()]
    return or_(*past)


def _is_for(purpose: Purpose) -> ColumnElement[bool]:
    name = tables.secret.c.name
    return or_(name == purpose.value, name.startswith(f"{purpose.value}:"))
