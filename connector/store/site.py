"""The Tenants, and what each site chose."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from connector.domain import TenantId
from connector.errors import NotReady, UnknownName
from connector.store import tables
from connector.store.upsert import insert_new, insert_or_update

FIRST_TENANT = "site"


def add_tenant(session: Session, name: str, now: datetime) -> TenantId:
    """Make a Tenant; return the one of that name if it is there. Its number was never another one's."""
    row = {"name": name, "created_at": now}
    if session.get_bind().dialect.name == "sqlite":
        row["id"] = _highest(session) + 1
    insert_new(session, tables.tenant, [row])
    return tenant(session, name)


def _highest(session: Session) -> int:
    """Return the highest number that a Tenant has or had: SQLite gives that of one that was removed again."""
    now = session.scalar(select(func.max(tables.tenant.c.id))) or 0
    return max(now, session.scalar(text("SELECT max(seq) FROM sqlite_sequence WHERE name = 'tenant'")) or 0)


def never_again(session: Session, of: TenantId) -> None:
    """Let no Tenant that is made later have this number: processes remember keys and titles by it.

    SQLite keeps such numbers in a table of its own, which may be written to (https://sqlite.org/autoinc.html).
    """
    if session.get_bind().dialect.name != "sqlite" or _highest(session) > of:
        return
    session.execute(text("DELETE FROM sqlite_sequence WHERE name = 'tenant'"))
    session.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES ('tenant', :seq)"), {"seq": of})


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
    known = ", ".join(names(session))
    raise UnknownName(f"There is no tenant {name!r}. Tenants: {known}. Say which by --tenant or ONWARD_TENANT.")


def default_tenant(session: Session) -> str:
    """Return the name of the Tenant that is meant where none is named: the first one, or the only one."""
    found = list(names(session))
    return found[0] if len(found) == 1 else FIRST_TENANT


def all_tenants(session: Session) -> list[TenantId]:
    """Return every Tenant."""
    return [TenantId(number) for number in session.scalars(select(tables.tenant.c.id).order_by(tables.tenant.c.id))]


def names(session: Session) -> dict[str, TenantId]:
    """Return every Tenant by name."""
    table = tables.tenant
    return {
        row.name: TenantId(row.id) for row in session.execute(select(table.c.id, table.c.name).order_by(table.c.id))
    }


def hold(session: Session, of: TenantId) -> None:
    """Let nobody else change what belongs to this Tenant as a whole until the transaction ends."""
    session.execute(select(tables.tenant.c.id).where(tables.tenant.c.id == of).with_for_update())


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
