"""Logins under way (``launch_state``): bounded, each used once; what is in a record is sealed by whoever keeps it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from connector.domain import PlatformId, TenantId
from connector.store import tables

MOST_LOGINS = 40_000
"""Rows at the most, used ones among them: ten minutes of 60 launches a second."""

_TABLE = tables.launch_state
_KEEP = insert(_TABLE)
_FIND = select(_TABLE.c.record, _TABLE.c.used_at).where(_TABLE.c.state_hash == bindparam("state"))
_TAKE = (
    update(_TABLE)
    .where(_TABLE.c.state_hash == bindparam("state"), _TABLE.c.used_at.is_(None))
    .values(used_at=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class LoginRecord:
    """A login that is kept: its sealed record, and whether a launch has used it up."""

    record: Mapping[str, Any]
    used: bool


def keep(
    session: Session,
    tenant: TenantId,
    platform: PlatformId,
    state_hash: bytes,
    record: Mapping[str, Any],
    until: datetime,
) -> None:
    """Keep a login until its launch takes it."""
    session.execute(
        _KEEP,
        {
            "state_hash": state_hash,
            "tenant_id": tenant,
            "platform_id": platform,
            "record": dict(record),
            "expires_at": until,
        },
    )


def find(session: Session, state_hash: bytes) -> LoginRecord | None:
    """Return a login, used or not, expired or not; it stays as it is."""
    row = session.execute(_FIND, {"state": state_hash}).first()
    return LoginRecord(dict(row.record), row.used_at is not None) if row else None


def take(session: Session, state_hash: bytes, now: datetime) -> bool:
    """Use a login up; of two takers one gets False."""
    taken = session.connection().execute(_TAKE, {"state": state_hash, "now": now})
    return bool(taken.rowcount)


def give_up(session: Session, state_hashes: Collection[bytes]) -> None:
    """Delete logins that no launch has used."""
    table = tables.launch_state
    if state_hashes:
        session.execute(delete(table).where(table.c.state_hash.in_(state_hashes), table.c.used_at.is_(None)))


def purge(session: Session, now: datetime) -> int:
    """Delete what expired; beyond the bound, of the Platform that has most, used ones and then the oldest.

    So a flood of logins that names one Platform does not push out those of the others. Return how many went.
    """
    table = tables.launch_state
    gone = _delete(session, select(table.c.state_hash).where(table.c.expires_at < now))
    query = select(table.c.platform_id, func.count().label("logins")).group_by(table.c.platform_id)
    held = {row.platform_id: int(row.logins) for row in session.execute(query)}
    extra = sum(held.values()) - MOST_LOGINS
    if extra > 0:
        most = max(held, key=lambda platform: held[platform])
        oldest = select(table.c.state_hash).where(table.c.platform_id == most)
        gone += _delete(session, oldest.order_by(table.c.used_at.is_(None), table.c.expires_at).limit(extra))
    return gone


def _delete(session: Session, these: Select[Any]) -> int:
    """Delete logins; what another process is deleting at this moment is left to it, so that neither waits."""
    table = tables.launch_state
    free = these.with_for_update(skip_locked=True)
    return int(session.execute(delete(table).where(table.c.state_hash.in_(free))).rowcount)  # type: ignore[attr-defined]
