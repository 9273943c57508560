"""What has been kept long enough goes: as long as the site chose, a bounded number of rows at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Table, and_, delete, func, select, tuple_
from sqlalchemy.orm import Session

from connector.domain import TenantId
from connector.errors import BadInput
from connector.store import erase, ignored, logins, secrets, site, tables

MOST_AT_ONCE = 5_000
"""Rows of one table that go in one transaction: some tenths of a second of SQLite's lock at the most."""
PREFIX = "retention."


@dataclass(frozen=True, slots=True)
class Length:
    """How long one kind of row is kept, in days: by default, at the least, at the most; and what it is, in words."""

    default: int
    least: int
    most: int
    what: str


LENGTHS: Mapping[str, Length] = {
    "quarantine": Length(30, 1, 365, "statements that could not be read, sealed"),
    "ignored": Length(90, 30, 3650, "facts that mean nothing under the verb map; then counts"),
    "slates": Length(180, 1, 3650, "which items a page showed, and which were seen"),
    "events": Length(180, 1, 3650, "clicks and switches"),
    "claims": Length(180, 1, 3650, "what launches said of people, as keyed hashes"),
    "audit": Length(180, 30, 3650, "what was refused or changed"),
}
"""What a site may choose; facts that mean something, identities and learners stay until they are erased."""

_ROWS: Mapping[str, tuple[Table, Column[datetime]]] = {
    "quarantine": (tables.quarantine, tables.quarantine.c.seen_at),
    "slates": (tables.slate, tables.slate.c.shown_at),
    "events": (tables.event, tables.event.c.at),
    "claims": (tables.launch_claim, tables.launch_claim.c.seen_at),
    "audit": (tables.audit, tables.audit.c.at),
}


def days(session: Session, tenant: TenantId) -> dict[str, int]:
    """Return how many days each kind of row is kept on this site."""
    chosen = site.choices(session, tenant)
    return {name: int(chosen.get(PREFIX + name, length.default)) for name, length in LENGTHS.items()}


def keep_for(session: Session, tenant: TenantId, name: str, wanted: int) -> None:
    """Choose how many days one kind of row is kept; works at the next run.

    Raises
    ------
    BadInput
        If there is no such kind, or the number is out of its bounds.
    """
    length = LENGTHS.get(name)
    if length is None:
        raise BadInput(f"There is no retention {name!r}. Write one of: {', '.join(LENGTHS)}.")
    if not length.least <= wanted <= length.most:
        raise BadInput(f"{name} can be kept from {length.least} to {length.most} days.")
    site.choose(session, tenant, PREFIX + name, wanted)


def forget_old(session: Session, tenant: TenantId, now: datetime) -> dict[str, int]:
    """Delete what is older than its retention, a bounded number of rows; return how many went, by table.

    ``fact`` counts ignored Facts, ``model`` Models that learned from somebody who was erased, ``secret`` keys that were
    retired long enough ago. Call it again, in a new
    transaction, as long as ``has_more`` says so.
    """
    kept = days(session, tenant)
    gone = {"launch_state": logins.purge(session, now)}
    for name, (table, at) in _ROWS.items():
        gone[table.name] = _forget(session, tenant, table, at, now - timedelta(days=kept[name]))
    gone["fact"] = ignored.forget_some(session, tenant, now - timedelta(days=kept["ignored"]), now)
    gone["model"] = erase.forget_old_models(session, tenant)
    gone["secret"] = secrets.forget_retired(session, tenant, now)
    return gone


def has_more(session: Session, tenant: TenantId, gone: Mapping[str, int]) -> bool:
    """Tell whether a run that deleted ``gone`` left something to the next: a full batch, or Facts not looked at."""
    full = any(gone.get(table.name, 0) >= MOST_AT_ONCE for table, _ in _ROWS.values())
    return full or not ignored.at_end(session, tenant)


def _forget(session: Session, tenant: TenantId, table: Table, at: Column[datetime], before: datetime) -> int:
    """Delete the oldest rows from before a moment, at most ``MOST_AT_ONCE``."""
    keys = list(table.primary_key.columns)
    old = select(*keys).where(table.c.tenant_id == tenant, at < before).order_by(at).limit(MOST_AT_ONCE)
    these = tuple_(*keys).in_(old) if len(keys) > 1 else keys[0].in_(old)
    return int(session.execute(delete(table).where(these)).rowcount)  # type: ignore[attr-defined]


def overdue(session: Session, tenant: TenantId, now: datetime) -> dict[str, int]:
    """Count the rows that should have gone more than a day ago, by name of their retention; kinds without are left out.

    Ignored Facts are not counted: what is ignored is known only when they are read.
    """
    kept, late = days(session, tenant), dict[str, int]()
    for name, (table, at) in _ROWS.items():
        before = now - timedelta(days=kept[name] + 1)
        query = select(func.count()).select_from(table).where(and_(table.c.tenant_id == tenant, at < before))
        if count := session.scalar(query):
            late[name] = count
    return late
