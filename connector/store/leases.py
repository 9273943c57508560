"""Leases: one process at a time does a piece of work, and a dead one never holds it up.

A lease is a row in ``job`` with an owner and an end. It is taken when it is free, when it ran out, or when its owner is
a process of this machine that no longer lives; there is no lock file. Its end is set and judged by the database's own
clock, so that machines whose clocks disagree cannot hold one lease at once. The moments that callers give are for
people to read.
"""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, literal_column, or_, select, type_coerce, update
from sqlalchemy.orm import Session

from connector.domain import TenantId
from connector.errors import Busy
from connector.store import tables
from connector.store.types import UtcDateTime
from connector.store.upsert import insert_new

LENGTH = timedelta(seconds=60)


def me() -> str:
    """Return this process as an owner: machine, process number, and when the process began."""
    return f"{_machine()}:{os.getpid()}:{_began(os.getpid())}"


def _machine() -> str:
    """Return the host's name with the number of our process namespace: containers may share a name, never both."""
    try:
        return f"{socket.gethostname()[:40]}/{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return socket.gethostname()[:40]


def _began(process: int) -> str:
    """Return when a process began, in the kernel's ticks since boot; "0" where that cannot be read."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return "0"


def is_dead(owner: str) -> bool:
    """Tell whether ``owner`` was a process of this machine that has ended; in doubt it lives."""
    machine, _, rest = owner.partition(":")
    process, _, began = rest.partition(":")
    if machine != _machine() or not process.isdigit():
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


def database_time(session: Session) -> datetime:
    """Return the time by the database's clock: now, and not when the transaction began.

    SQLite has no clock but its machine's, on which every process that opens the file runs; whole milliseconds.
    """
    postgresql = session.get_bind().dialect.name == "postgresql"
    clock: Any = func.clock_timestamp() if postgresql else literal_column(_SQLITE_CLOCK)
    return session.execute(select(type_coerce(clock, UtcDateTime))).scalar_one()


_SQLITE_CLOCK = "CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER) * 1000"


@dataclass(frozen=True, slots=True)
class JobRecord:
    """One piece of work as ``status`` shows it.

    ``state`` is ``waiting``, ``running``, ``done``, ``failed`` or ``stopped`` (before its end, by somebody or by a
    crash). ``tries`` counts the tries since the last good end, one that runs too. ``due_at`` is when the worker tries
    next.
    """

    kind: str
    scope: str
    state: str
    owner: str
    leased_until: datetime | None
    progress: Mapping[str, Any] | None
    last_error: str
    started_at: datetime | None
    finished_at: datetime | None
    tries: int
    due_at: datetime


def take(
    session: Session, tenant: TenantId, kind: str, scope: str, owner: str, now: datetime, length: timedelta = LENGTH
) -> dict[str, Any]:
    """Take the lease of a piece of work for ``length``; longer work beats. Return the progress of the last try.

    Raises
    ------
    Busy
        If a living process holds it.
    """
    key = {"tenant_id": tenant, "kind": kind, "scope": scope}
    insert_new(session, tables.job, [key | {"due_at": now}])
    table = tables.job
    this = (table.c.tenant_id == tenant) & (table.c.kind == kind) & (table.c.scope == scope)
    row = session.execute(
        select(table.c.owner, table.c.leased_until, table.c.progress).where(this).with_for_update()
    ).one()
    clock = database_time(session)
    if not (row.owner == owner or _is_free(row.owner, row.leased_until, clock)):
        what = f"{kind} {scope}".strip()
        raise Busy(
            f"Another process is doing `{what}` until {row.leased_until:%H:%M:%S} UTC at the least: wait for it."
        )
    values = {"owner": owner, "leased_until": clock + length, "state": "running", "started_at": now, "last_error": ""}
    session.execute(update(table).where(this).values(attempts=table.c.attempts + 1, finished_at=None, **values))
    return dict(row.progress or {})


def _is_free(owner: str, leased_until: datetime | None, clock: datetime) -> bool:
    return leased_until is None or leased_until < clock or is_dead(owner)


def beat(
    session: Session,
    tenant: TenantId,
    kind: str,
    scope: str,
    owner: str,
    progress: Mapping[str, Any] | None = None,
    length: timedelta = LENGTH,
) -> None:
    """Lengthen a lease that is held to ``length`` from now, and show how far the work is where ``progress`` says so.

    Raises
    ------
    Busy
        If somebody else has taken it meanwhile: stop at once, and keep nothing of this transaction.
    """
    values: dict[str, Any] = {"leased_until": database_time(session) + length}
    if progress is not None:
        values["progress"] = dict(progress)
    changed = session.execute(update(tables.job).where(*_held(tenant, kind, scope, owner)).values(**values))
    if not changed.rowcount:  # type: ignore[attr-defined]
        raise Busy(f"The lease of `{f'{kind} {scope}'.strip()}` went to another process: this one stops.")


def give_back(
    session: Session,
    tenant: TenantId,
    kind: str,
    scope: str,
    owner: str,
    now: datetime,
    *,
    error: str = "",
) -> None:
    """End a lease after work that came to its end, or failed with ``error``."""
    end = {"state": "failed"} if error else {"state": "done", "attempts": 0}
    _end(session, _held(tenant, kind, scope, owner), now, error, end)


def put_down(session: Session, tenant: TenantId, kind: str, scope: str, owner: str, now: datetime) -> None:
    """End a lease of work that somebody stopped before its end: no failure, and it does not count as a try."""
    end = {"state": "stopped", "attempts": tables.job.c.attempts - 1}
    _end(session, _held(tenant, kind, scope, owner), now, "", end)


def _end(session: Session, held: tuple[Any, ...], now: datetime, error: str, end: Mapping[str, Any]) -> None:
    free = {"owner": "", "leased_until": None, "last_error": error[:2000], "finished_at": now}
    session.execute(update(tables.job).where(*held).values(**free, **end))


def _held(tenant: TenantId, kind: str, scope: str, owner: str) -> tuple[Any, ...]:
    table = tables.job
    return table.c.tenant_id == tenant, table.c.kind == kind, table.c.scope == scope, table.c.owner == owner


def ask(session: Session, tenant: TenantId, kind: str, scope: str, when: datetime) -> None:
    """Note when the worker does a piece of work next."""
    insert_new(session, tables.job, [{"tenant_id": tenant, "kind": kind, "scope": scope, "due_at": when}])
    session.execute(
        update(tables.job)
        .where(tables.job.c.tenant_id == tenant, tables.job.c.kind == kind, tables.job.c.scope == scope)
        .values(due_at=when)
    )


def is_asked(session: Session, tenant: TenantId, kind: str, scope: str) -> bool:
    """Tell whether a piece of work was asked for since it last began."""
    table = tables.job
    this = (table.c.tenant_id == tenant, table.c.kind == kind, table.c.scope == scope)
    began = or_(table.c.started_at.is_(None), table.c.due_at > table.c.started_at)
    return session.scalar(select(table.c.id).where(*this, began, table.c.state != "running")) is not None


def asked(session: Session, tenant: TenantId, kind: str, now: datetime) -> dict[str, datetime]:
    """Return since when each piece of work of one kind is asked for, by scope, where it has not begun since."""
    table = tables.job
    not_begun = or_(table.c.started_at.is_(None), table.c.due_at > table.c.started_at)
    query = select(table.c.scope, table.c.due_at).where(
        table.c.tenant_id == tenant, table.c.kind == kind, table.c.state != "running", table.c.due_at <= now, not_begun
    )
    return {row.scope: row.due_at for row in session.execute(query)}


def jobs(session: Session, tenant: TenantId) -> list[JobRecord]:
    """Return all pieces of work of a Tenant, running ones first; one whose process died is ``stopped``."""
    table = tables.job
    clock = database_time(session)
    rows = session.execute(select(table).where(table.c.tenant_id == tenant).order_by(table.c.kind, table.c.scope))
    return sorted((_record(row, clock) for row in rows), key=lambda job: job.state != "running")


def _record(row: Any, clock: datetime) -> JobRecord:
    crashed = row.state == "running" and _is_free(row.owner, row.leased_until, clock)
    return JobRecord(
        row.kind,
        row.scope,
        "stopped" if crashed else row.state,
        row.owner,
        row.leased_until,
        row.progress,
        row.last_error,
        row.started_at,
        row.finished_at,
        row.attempts,
        row.due_at,
    )
