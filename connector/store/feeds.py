"""Feeds: where a catalogue comes from, again and again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.orm import Session

from connector.domain import TenantId
from connector.errors import UnknownName
from connector.store import tables
from connector.store.upsert import insert_or_update


@dataclass(frozen=True, slots=True)
class FeedRecord:
    """One feed as configured; the token stays sealed. ``options`` are the kind's own."""

    id: int
    name: str
    kind: str
    url: str
    sealed_token: bytes | None = field(repr=False)
    options: Mapping[str, Any] = field(repr=False)
    active: bool
    last_success_at: datetime | None
    last_error_at: datetime | None
    last_error: str


def put(session: Session, tenant: TenantId, values: Mapping[str, Any], now: datetime) -> FeedRecord:
    """Add a feed, or change that of the same name: its kind, address, token and options."""
    row = {"tenant_id": tenant, "created_at": now, "active": True, **values}
    changed = ("kind", "url", "sealed_token", "options", "active")
    insert_or_update(session, tables.feed, [row], key=("tenant_id", "name"), change=changed)
    return by_name(session, tenant, str(values["name"]))


def all_of(session: Session, tenant: TenantId) -> list[FeedRecord]:
    """Return the feeds by name."""
    table = tables.feed
    rows = session.execute(select(table).where(table.c.tenant_id == tenant).order_by(table.c.name))
    return [_record(row) for row in rows]


def by_name(session: Session, tenant: TenantId, name: str) -> FeedRecord:
    """Return the feed of that name.

    Raises
    ------
    UnknownName
        With the names there are.
    """
    found = {record.name: record for record in all_of(session, tenant)}
    if name not in found:
        known = ", ".join(sorted(found)) or "none yet: `onward catalog connect`"
        raise UnknownName(f"There is no feed {name!r}. Feeds: {known}.")
    return found[name]


def _record(row: Row[Any]) -> FeedRecord:
    return FeedRecord(
        row.id,
        row.name,
        row.kind,
        row.url,
        bytes(row.sealed_token) if row.sealed_token is not None else None,
        row.options or {},
        row.active,
        row.last_success_at,
        row.last_error_at,
        row.last_error,
    )


def remove(session: Session, tenant: TenantId, name: str) -> int:
    """Remove a feed with its token; its Items stay as they are. Return how many of them it last said are not there.

    Raises
    ------
    UnknownName
        If there is none of that name.
    """
    record, item = by_name(session, tenant, name), tables.item
    its = (item.c.tenant_id == tenant, item.c.feed == name)
    hidden = len(session.scalars(select(item.c.id).where(*its, item.c.visible.is_(False))).all())
    session.execute(update(item).where(*its).values(feed=""))
    session.execute(delete(tables.feed).where(tables.feed.c.tenant_id == tenant, tables.feed.c.id == record.id))
    return hidden


def succeeded(session: Session, tenant: TenantId, feed: FeedRecord, options: Mapping[str, Any], now: datetime) -> None:
    """Remember a refresh that came to its end, and in ``options`` what it brought."""
    values = {"last_success_at": now, "last_error": "", "last_error_at": None}
    _set(session, tenant, feed, values if options == feed.options else values | {"options": dict(options)})


def failed(session: Session, tenant: TenantId, feed: FeedRecord, sentence: str, now: datetime) -> None:
    """Remember why a refresh stopped; ``catalog feeds`` and ``doctor`` show it."""
    _set(session, tenant, feed, {"last_error": sentence[:2000], "last_error_at": now})


def _set(session: Session, tenant: TenantId, feed: FeedRecord, values: Mapping[str, Any]) -> None:
    table = tables.feed
    session.execute(update(table).where(table.c.tenant_id == tenant, table.c.id == feed.id).values(**values))
