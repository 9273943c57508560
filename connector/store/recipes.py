"""The book of recipes: every version of its document; the newest counts."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from connector.domain import TenantId
from connector.store import site, tables

_TABLE = tables.recipe_book
_NEWEST = (  # made once: every page asks it
    select(_TABLE.c.version, _TABLE.c.made_at)
    .where(_TABLE.c.tenant_id == bindparam("tenant"))
    .order_by(_TABLE.c.version.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class BookVersion:
    """One version: its number from 1 on, who made it and when, and why; its document is read apart."""

    version: int
    made_by: str
    note: str
    made_at: datetime


def newest(session: Session, tenant: TenantId) -> tuple[int, datetime] | None:
    """Return the version that counts and when it was made; None where none was ever set."""
    row = session.execute(_NEWEST, {"tenant": tenant}).first()
    return (row.version, row.made_at) if row else None


def document(session: Session, tenant: TenantId, version: int) -> str | None:
    """Return the document of a version, to the byte as it was set; None where there is no such version."""
    query = select(_TABLE.c.document).where(_TABLE.c.tenant_id == tenant, _TABLE.c.version == version)
    return session.scalar(query)


def all_of(session: Session, tenant: TenantId) -> list[BookVersion]:
    """Return every version, newest first."""
    columns = (_TABLE.c.version, _TABLE.c.made_by, _TABLE.c.note, _TABLE.c.made_at)
    query = select(*columns).where(_TABLE.c.tenant_id == tenant).order_by(_TABLE.c.version.desc())
    return [BookVersion(*row) for row in session.execute(query)]


def add(session: Session, tenant: TenantId, text: str, *, made_by: str, note: str, now: datetime) -> int:
    """Add a version, which counts from now on; return its number. One at a time for a Tenant."""
    site.hold(session, tenant)
    last = newest(session, tenant)
    version = last[0] + 1 if last else 1
    row = {"tenant_id": tenant, "version": version, "document": text, "made_by": made_by, "note": note, "made_at": now}
    session.execute(insert(_TABLE), row)
    return version
