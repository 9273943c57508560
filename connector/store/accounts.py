"""Accounts of who administers this site, and the one code by which the first of them is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.orm import Session

from connector.domain import TenantId
from connector.errors import BadInput, UnknownName
from connector.store import site, tables

CODE = "setup_code"
"""The choice of the site that holds the hash of its setup code."""


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """One account; ``password`` is an Argon2id hash in PHC form."""

    id: int
    name: str
    password: str
    active: bool
    created_at: datetime


def add(session: Session, tenant: TenantId, name: str, password: str, now: datetime) -> int:
    """Add an account; return its number.

    Raises
    ------
    BadInput
        If the name is taken, in whatever case.
    """
    if by_name(session, tenant, name) is not None:
        raise BadInput("There is an account of that name already: choose another name.")
    table = tables.account
    row = {"tenant_id": tenant, "name": name, "password": password, "created_at": now}
    return int(session.scalars(insert(table).returning(table.c.id), row).one())


def by_name(session: Session, tenant: TenantId, name: str) -> AccountRecord | None:
    """Return the account of that name, however its letters' case; None when there is none."""
    wanted = name.casefold()
    return next((one for one in all_of(session, tenant) if one.name.casefold() == wanted), None)


def named(session: Session, tenant: TenantId, name: str) -> AccountRecord:
    """Return the account of that name; raises UnknownName."""
    record = by_name(session, tenant, name)
    if record is None:
        raise UnknownName("There is no account of that name: `onward account list` has them.")
    return record


def all_of(session: Session, tenant: TenantId) -> list[AccountRecord]:
    """Return the accounts of a Tenant, oldest first; a handful."""
    table = tables.account
    rows = session.execute(select(table).where(table.c.tenant_id == tenant).order_by(table.c.id))
    return [_record(row) for row in rows]


def change(session: Session, tenant: TenantId, account: int, values: Mapping[str, Any]) -> None:
    """Change columns of an account."""
    table = tables.account
    session.execute(update(table).where(table.c.tenant_id == tenant, table.c.id == account).values(**values))


def _record(row: Row[Any]) -> AccountRecord:
    return AccountRecord(row.id, row.name, row.password, row.active, row.created_at)


# --- the setup code ----------------------------------------------------------------------------------------------


def keep_code(session: Session, tenant: TenantId, code_hash: bytes, until: datetime) -> None:
    """Keep the hash of a new setup code in the place of the one before."""
    site.choose(session, tenant, CODE, {"hash": code_hash.hex(), "until": until.isoformat()})


def code(session: Session, tenant: TenantId, *, held: bool = False) -> tuple[bytes, datetime] | None:
    """Return the hash of the setup code and when it ends; ``held`` so that nobody else takes it meanwhile."""
    table = tables.choice
    query = select(table.c.value).where(table.c.tenant_id == tenant, table.c.name == CODE)
    value = session.scalar(query.with_for_update() if held else query)
    return (bytes.fromhex(value["hash"]), datetime.fromisoformat(value["until"])) if value else None


def forget_code(session: Session, tenant: TenantId) -> None:
    """Let the setup code be worth nothing."""
    table = tables.choice
    session.execute(delete(table).where(table.c.tenant_id == tenant, table.c.name == CODE))
