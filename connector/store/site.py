"""The Tenant, its sealed secrets, and what its site chose."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.domain import TenantId
from connector.errors import NotReady, UnknownName
from connector.store import tables
from connector.store.seal import Seal
from connector.store.upsert import insert_new, insert_or_update

FIRST_TENANT = "site"


def add_tenant(session: Session, name: str, now: datetime) -> TenantId:
    """Make a Tenant; return the one of that name if it is there."""
    insert_new(session, tables.tenant, [{"name": name, "created_at": now}])
    return tenant(session, name)


def tenant(session: Session, name: str = FIRST_TENANT) -> TenantId:
    """Return the Tenant of that name.

    Raises
    ------
    NotReady
        When ``onward init`` did not run.
    UnknownName
        When others exist, but not this one.
    """
    number = session.scalar(select(tables.tenant.c.id).where(tables.tenant.c.name == name))
    if number is not None:
        return TenantId(number)
    if session.scalar(select(tables.tenant.c.id).limit(1)) is None:
        raise NotReady("Nothing is set up yet: run `onward init`.")
    raise UnknownName(f"There is no tenant {name!r}.")


def all_tenants(session: Session) -> list[TenantId]:
    """Return every Tenant."""
    return [TenantId(number) for number in session.scalars(select(tables.tenant.c.id).order_by(tables.tenant.c.id))]


def names(session: Session) -> dict[str, TenantId]:
    """Return every Tenant by name."""
    table = tables.tenant
    return {
        row.name: TenantId(row.id) for row in session.execute(select(table.c.id, table.c.name).order_by(table.c.id))
    }


def secret(session: Session, of: TenantId, name: str, seal: Seal) -> bytes:
    """Return a secret of the site, opened.

    Raises
    ------
    NotReady
        When it was never made, or was sealed with another key.
    """
    table = tables.secret
    sealed = session.scalar(select(table.c.sealed).where(table.c.tenant_id == of, table.c.name == name))
    if sealed is None:
        raise NotReady(f"The {name} key is missing: run `onward init`.")
    return seal.open(sealed)


def add_secret(session: Session, of: TenantId, name: str, clear: bytes, seal: Seal, now: datetime) -> bool:
    """Keep a new secret, sealed; one that is there stays. Return whether it was new."""
    row = {"tenant_id": of, "name": name, "sealed": seal.close(clear), "created_at": now}
    return insert_new(session, tables.secret, [row]) == 1


def secrets_like(session: Session, of: TenantId, prefix: str, seal: Seal) -> dict[str, bytes]:
    """Return the secrets whose names begin with ``prefix``, newest first, opened."""
    table = tables.secret
    query = (
        select(table.c.name, table.c.sealed)
        .where(table.c.tenant_id == of, table.c.name.startswith(prefix))
        .order_by(table.c.created_at.desc(), table.c.name)
    )
    return {row.name: seal.open(row.sealed) for row in session.execute(query)}


def choices(session: Session, of: TenantId) -> Mapping[str, Any]:
    """Return what the site chose, by name."""
    table = tables.choice
    return {row.name: row.value for row in session.execute(select(table).where(table.c.tenant_id == of))}


def choose(session: Session, of: TenantId, name: str, value: Any) -> None:
    """Keep a choice of the site; takes effect at the next request."""
    row = {"tenant_id": of, "name": name, "value": value}
    insert_or_update(session, tables.choice, [row], key=("tenant_id", "name"), change=("value",))


def reach(session: Session) -> None:
    """Ask the database for nothing; raises when it cannot be reached."""
    session.execute(select(1))
