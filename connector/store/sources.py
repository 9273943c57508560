"""Sources as configured, and how far each read of them has come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from connector.domain import SourceId, TenantId
from connector.errors import BadInput, UnknownName
from connector.store import tables
from connector.store.upsert import insert_or_update

_OF_TENANT = (
    select(tables.source).where(tables.source.c.tenant_id == bindparam("tenant")).order_by(tables.source.c.name)
)


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One LRS as configured; the secret stays sealed."""

    id: SourceId
    name: str
    kind: str
    url: str
    auth_key: str
    sealed_secret: bytes | None
    grain: str
    groups_count: bool
    active: bool
    probe: Mapping[str, Any] | None
    last_success_at: datetime | None
    last_error_at: datetime | None
    last_error: str
    auth_kind: str = "basic"
    options: Mapping[str, Any] = field(default_factory=dict)
    time_field: str = "timestamp"
    push_key: str = ""
    last_push_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CursorRecord:
    """Where the reads of a Source stand: the adapter's position, the newest time seen (LRS time), the last sweep."""

    walk: str
    position: Mapping[str, Any]
    high_water: datetime | None
    moved_at: datetime


def add(session: Session, tenant: TenantId, values: Mapping[str, Any], now: datetime) -> SourceId:
    """Add a Source.

    Raises
    ------
    BadInput
        If the name is taken.
    """
    if session.scalar(_named(tenant, str(values["name"]))) is not None:
        raise BadInput(f"A source named {values['name']!r} exists already: remove it first or choose another name.")
    return SourceId(
        session.scalars(
            insert(tables.source).returning(tables.source.c.id), {"tenant_id": tenant, "created_at": now, **values}
        ).one()
    )


def _named(tenant: TenantId, name: str) -> Any:
    return select(tables.source.c.id).where(tables.source.c.tenant_id == tenant, tables.source.c.name == name)


def remove(session: Session, tenant: TenantId, name: str) -> None:
    """Remove a Source with its Facts.

    Raises
    ------
    UnknownName
        If there is none of that name.
    """
    number = by_name(session, tenant, name).id
    session.execute(delete(tables.source).where(tables.source.c.tenant_id == tenant, tables.source.c.id == number))
    for table in (tables.fact, tables.verb_map, tables.ignore_rule):  # no foreign key of theirs; after who adds to them
        session.execute(delete(table).where(table.c.tenant_id == tenant, table.c.source_id == number))


def hold(session: Session, tenant: TenantId, source: SourceId) -> None:
    """Keep a Source from being removed until this transaction ends.

    Raises
    ------
    UnknownName
        If it was removed.
    """
    table = tables.source
    there = select(table.c.id).where(table.c.tenant_id == tenant, table.c.id == source)
    if session.scalar(there.with_for_update(read=True, key_share=True)) is None:
        raise UnknownName("This source was removed meanwhile; nothing more of it is kept.")


def all_of(session: Session, tenant: TenantId) -> list[SourceRecord]:
    """Return the Sources by name."""
    return [_record(row) for row in session.execute(_OF_TENANT, {"tenant": tenant})]


def by_name(session: Session, tenant: TenantId, name: str) -> SourceRecord:
    """Return the Source of that name.

    Raises
    ------
    UnknownName
        With the names there are.
    """
    found = {record.name: record for record in all_of(session, tenant)}
    if name not in found:
        known = ", ".join(sorted(found)) or "none yet: `onward source add`"
        raise UnknownName(f"There is no source {name!r}. Sources: {known}.")
    return found[name]


def _record(row: Row[Any]) -> SourceRecord:
    return SourceRecord(
        SourceId(row.id),
        row.name,
        row.kind,
        row.url,
        row.auth_key,
        bytes(row.sealed_secret) if row.sealed_secret is not None else None,
        row.grain,
        row.groups_count,
        row.active,
        row.probe,
        row.last_success_at,
        row.last_error_at,
        row.last_error,
        row.auth_kind,
        row.options or {},
        row.time_field,
        row.push_key,
        row.last_push_at,
    )


def cursor(session: Session, tenant: TenantId, source: SourceId, walk: str) -> CursorRecord | None:
    """Return where the read ``walk`` of a Source stands; None before its first page."""
    return cursors(session, tenant, source).get(walk)


def cursors(session: Session, tenant: TenantId, source: SourceId) -> dict[str, CursorRecord]:
    """Return where each read of a Source stands."""
    table = tables.source_cursor
    rows = session.execute(select(table).where(table.c.tenant_id == tenant, table.c.source_id == source))
    return {row.walk: CursorRecord(row.walk, row.position, row.high_water, row.moved_at) for row in rows}


def move(
    session: Session,
    tenant: TenantId,
    source: SourceId,
    walk: str,
    position: Mapping[str, Any],
    *,
    high_water: datetime | None,
    now: datetime,
) -> None:
    """Move the cursor; belongs in the transaction of the page that it follows."""
    row = {
        "tenant_id": tenant,
        "source_id": source,
        "walk": walk,
        "position": dict(position),
        "high_water": high_water,
        "moved_at": now,
    }
    insert_or_update(
        session,
        tables.source_cursor,
        [row],
        key=("tenant_id", "source_id", "walk"),
        change=("position", "high_water", "moved_at"),
    )


def forget_walk(session: Session, tenant: TenantId, source: SourceId, walk: str) -> None:
    """Forget where the read ``walk`` of a Source stands; nothing happens where there is none."""
    table = tables.source_cursor
    session.execute(delete(table).where(table.c.tenant_id == tenant, table.c.source_id == source, table.c.walk == walk))


def succeeded(session: Session, tenant: TenantId, source: SourceId, now: datetime) -> None:
    """Remember a read that came to its end."""
    _set(session, tenant, source, {"last_success_at": now, "last_error": "", "last_error_at": None})


def failed(session: Session, tenant: TenantId, source: SourceId, sentence: str, now: datetime) -> None:
    """Remember why a read stopped; ``status`` and ``doctor`` show it."""
    _set(session, tenant, source, {"last_error": sentence[:2000], "last_error_at": now})


def keep_probe(session: Session, tenant: TenantId, source: SourceId, probe: Mapping[str, Any]) -> None:
    """Keep what the probe saw."""
    _set(session, tenant, source, {"probe": dict(probe)})


def change(session: Session, tenant: TenantId, source: SourceId, values: Mapping[str, Any]) -> None:
    """Change columns of a Source; no ``values`` change nothing."""
    if values:
        _set(session, tenant, source, values)


def _set(session: Session, tenant: TenantId, source: SourceId, values: Mapping[str, Any]) -> None:
    session.execute(
        update(tables.source).where(tables.source.c.tenant_id == tenant, tables.source.c.id == source).values(**values)
    )


def move_to(session: Session, tenant: TenantId, name: str, url: str) -> None:
    """Change the address of a Source whose LRS has moved; what was read stays.

    Raises
    ------
    UnknownName
        If there is none of that name.
    """
    _set(session, tenant, by_name(session, tenant, name).id, {"url": url})
