"""Leases: one process at a time does a piece of work, and a dead one never holds it up.

A lease is a row in ``job`` with an owner and an end. It is taken when it is free, when it ran out, or when its owner is
a process of this machine that no longer lives; there is no lock file.
"""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from connector.domain import TenantId
from connector.errors import Busy
from connector.store import tables
from connector.store.upsert import insert_new

LENGTH = timedelta(seconds=60)


def me() -> str:
    """Return this process as an owner: host, process number, and when the process began."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{_began(os.getpid())}"


def _began(process: int) -> str:
    """Return when a process began, in the kernel's ticks since boot; "0" where that cannot be read."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return "0"


def is_dead(owner: str) -> bool:
    """Tell whether ``owner`` was a process of this machine that has ended; in doubt it lives."""
    host, _, rest = owner.partition(":")
    process, _, began = rest.partition(":")
    if host != socket.gethostname()[:40] or not process.isdigit():
        return False
    if not _runs(int(process)):
        return True
    return _began(int(process)) not in {began, "0"}  # its number went to another process meanwhile


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@dataclass(frozen=True, slots=True)
class JobRecord:
    """One piece of work as ``status`` shows it."""

    kind: str
    scope: str
    state: str
    owner: str
    leased_until: datetime | None
    progress: Mapping[str, Any] | None
    last_error: str
    started_at: datetime | None
    finished_at: datetime | None


def take(
    session: Session, tenant: TenantId, kind: str, scope: str, owner: str, now: datetime, length: timedelta = LENGTH
) -> None:
    """Take the lease of a piece of work for ``length``; longer work beats, or asks for more at once.

    Raises
    ------
    Busy
        If a living process holds it.
    """
    key = {"tenant_id": tenant, "kind": kind, "scope": scope}
    insert_new(session, tables.job, [key | {"due_at": now}])
    table = tables.job
    this = (table.c.tenant_id == tenant) & (table.c.kind == kind) & (table.c.scope == scope)
    row = session.execute(select(table.c.owner, table.c.leased_until).where(this).with_for_update()).one()
    free = row.leased_until is None or row.leased_until < now or row.owner == owner or is_dead(row.owner)
    if not free:
        what = f"{kind} {scope}".strip()
        raise Busy(
            f"Another process is doing `{what}` until {row.leased_until:%H:%M:%S} UTC at the least: wait for it."
        )
    values = {"owner": owner, "leased_until": now + length, "state": "running", "started_at": now, "last_error": ""}
    session.execute(update(table).where(this).values(attempts=table.c.attempts + 1, finished_at=None, **values))


def beat(
    session: Session, tenant: TenantId, kind: str, scope: str, owner: str, now: datetime, progress: Mapping[str, Any]
) -> None:
    """Lengthen a lease that is held and show how far the work is.

    Raises
    ------
    Busy
        If somebody else has taken it meanwhile: stop at once.
    """
    changed = session.execute(
        update(tables.job)
        .where(*_held(tenant, kind, scope, owner))
        .values(leased_until=now + LENGTH, progress=dict(progress))
    )
    if not changed.rowcount:  # type: ignore[attr-defined]
        raise Busy(f"The lease of `{kind} {scope}`".rstrip("` ") + "` went to another process: this one stops.")


def give_back(
    session: Session, tenant: TenantId, kind: str, scope: str, owner: str, now: datetime, *, error: str = ""
) -> None:
    """End a lease, with the error that ended the work if one did."""
    state = "failed" if error else "done"
    session.execute(
        update(tables.job)
        .where(*_held(tenant, kind, scope, owner))
        .values(owner="", leased_until=None, state=state, last_error=error[:2000], finished_at=now)
    )


def _held(tenant: TenantId, kind: str, scope: str, owner: str) -> tuple[Any, ...]:
    table = tables.job
    return table.c.tenant_id == tenant, table.c.kind == kind, table.c.scope == scope, table.c.owner == owner


def ask(session: Session, tenant: TenantId, kind: str, scope: str, now: datetime) -> None:
    """Ask the worker for a piece of work by making it due now."""
    insert_new(session, tables.job, [{"tenant_id": tenant, "kind": kind, "scope": scope, "due_at": now}])
    session.execute(
        update(tables.job)
        .where(tables.job.c.tenant_id == tenant, tables.job.c.kind == kind, tables.job.c.scope == scope)
        .values(due_at=now)
    )


def jobs(session: Session, tenant: TenantId) -> list[JobRecord]:
    """Return all pieces of work of a Tenant, running ones first."""
    table = tables.job
    rows = session.execute(
        select(table)
        .where(table.c.tenant_id == tenant)
        .order_by(table.c.state != "running", table.c.kind, table.c.scope)
    )
    return [
        JobRecord(
            row.kind,
            row.scope,
            row.state,
            row.owner,
            row.leased_until,
            row.progress,
            row.last_error,
            row.started_at,
            row.finished_at,
        )
        for row in rows
    ]
