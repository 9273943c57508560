"""Tenants: several organisations on one installation, who share nothing but its processes and its secret key."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from connector.administer.keys import make_missing
from connector.clock import Clock
from connector.domain import TenantId
from connector.errors import BadInput, Busy
from connector.store import database, leases, site, tenants
from connector.store.scrub import scrub
from connector.store.seal import Seal

NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)
Tell = Callable[[Mapping[str, int]], None]


@dataclass(frozen=True, slots=True)
class Removed:
    """What went with a Tenant, by table; ``remains`` is a sentence where its bytes are still in the files."""

    gone: Mapping[str, int]
    remains: str


def add(name: str, engine: Engine, seal: Seal, clock: Clock) -> TenantId:
    """Make a Tenant with keys of its own; a server that runs serves it at its first launch.

    Raises
    ------
    BadInput
        If the name cannot be used, or is taken.
    """
    if not NAME.fullmatch(name):
        raise BadInput("A tenant's name has 1 to 40 small letters, digits and hyphens, no hyphen at its ends.")
    with database.sessions_of(engine).begin() as session:
        if name in site.names(session):
            raise BadInput(f"There is a tenant {name!r} already.")
        tenant = site.add_tenant(session, name, clock())
        make_missing(session, tenant, seal, clock())
    return tenant


def listed(engine: Engine) -> list[dict[str, Any]]:
    """Return every Tenant as JSON values, with how much it has."""
    with database.readers_of(engine).begin() as session:
        return [{"name": one.name, "made_at": one.created_at, **one.counts} for one in tenants.all_of(session)]


def remove(name: str, engine: Engine, tell: Tell) -> Removed:
    """Delete a Tenant and everything of it, in every table; can be called again where it was broken off.

    It ends at once: its keys go and its Platforms are switched off in the first transaction. Rows go in short
    transactions after that, so that the other Tenants are served meanwhile; then the bytes go from SQLite's files.

    Parameters
    ----------
    name : str
        The Tenant.
    engine : Engine
        The database.
    tell : callable
        Hears how many rows of each table are gone, as often as some went.

    Raises
    ------
    UnknownName
        If there is no such Tenant.
    BadInput
        If it is the one that commands mean when they name none, and there are others.
    Busy
        If a read or a training of it runs.
    """
    sessions = database.sessions_of(engine)
    with sessions.begin() as session:
        tenant = site.tenant(session, name)
        _may_go(session, name, tenant)
        tenants.close(session, tenant)
    gone: dict[str, int] = {}
    while some := _some(sessions.begin, tenant):
        gone = {table: gone.get(table, 0) + some.get(table, 0) for table in {*gone, *some}}
        tell(gone)
    with sessions.begin() as session:
        tenants.remove(session, tenant)
    return Removed(gone, scrub(engine))


def _some(begin: Callable[[], Any], tenant: TenantId) -> dict[str, int]:
    with begin() as session:
        return tenants.forget_some(session, tenant)


def _may_go(session: Session, name: str, tenant: TenantId) -> None:
    if name == site.FIRST_TENANT and len(site.names(session)) > 1:
        raise BadInput(f"{name!r} is the tenant that commands mean when they name none: remove the others first.")
    site.hold(session, tenant)
    clock = leases.database_time(session)
    for job in leases.jobs(session, tenant):
        if job.leased_until is not None and job.leased_until >= clock and not leases.is_dead(job.owner):
            raise Busy(f"A {job.kind} of this tenant runs: stop the worker, or wait for its end, then remove it.")
