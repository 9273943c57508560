"""Platforms and their Deployments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, insert, or_, select, update
from sqlalchemy.orm import Session

from connector.domain import PlatformId, TenantId
from connector.errors import BadInput, UnknownName
from connector.store import tables
from connector.store.upsert import insert_new

MOST_PENDING = 50
"""Deployments of one Platform that may wait for an administrator; more are refused and not kept."""
NOTE_EVERY = timedelta(minutes=1)

_TABLE, _DEPLOYMENT = tables.platform, tables.deployment
_OF_TENANT = select(_TABLE).where(_TABLE.c.tenant_id == bindparam("tenant")).order_by(_TABLE.c.name)
_OF_ISSUER = select(_TABLE).where(_TABLE.c.issuer == bindparam("issuer")).order_by(_TABLE.c.id)
_OF_CLIENT = _OF_ISSUER.where(_TABLE.c.client_id == bindparam("client"))
_BY_ID = select(_TABLE).where(_TABLE.c.id == bindparam("number"))
_STATE = select(_DEPLOYMENT.c.state).where(
    _DEPLOYMENT.c.tenant_id == bindparam("tenant"),
    _DEPLOYMENT.c.platform_id == bindparam("platform"),
    _DEPLOYMENT.c.deployment_id == bindparam("deployment"),
)


@dataclass(frozen=True, slots=True)
class PlatformRecord:
    """One Registration: an LMS as it is known to one Tenant.

    ``match_rules`` names the identifiers besides account(issuer, sub) that may link a Learner, each with the home page
    they live under: ``{"username": "https://…"}``. ``agreed`` is None for a Platform that was registered by hand.
    ``launched_at`` is when a Launch was last accepted, to the minute, and ``launched_as`` as what (``note_launch``).
    """

    id: PlatformId
    tenant: TenantId
    name: str
    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    algorithm: str
    deployment_policy: str
    frame_origins: tuple[str, ...]
    match_rules: Mapping[str, str]
    switches: Mapping[str, Any]
    active: bool
    product: str = ""
    agreed: Mapping[str, Any] | None = None
    launched_at: datetime | None = None
    launched_as: str = ""


@dataclass(frozen=True, slots=True)
class DeploymentRecord:
    """One installation of this tool in a Platform; ``state`` is "approved", "pending" or "disabled"."""

    id: str
    state: str
    first_seen_at: datetime


def add(session: Session, tenant: TenantId, values: Mapping[str, Any], now: datetime) -> PlatformId:
    """Add a Platform.

    Raises
    ------
    BadInput
        If its name, or its issuer with this client id, is taken.
    """
    table = tables.platform
    taken = session.scalar(
        select(table.c.name).where(table.c.issuer == values["issuer"], table.c.client_id == values["client_id"])
    )
    if taken is not None:
        raise BadInput(f"Issuer and client id are registered already, as platform {taken!r}.")
    if session.scalar(select(table.c.id).where(table.c.tenant_id == tenant, table.c.name == values["name"])):
        raise BadInput(f"A platform named {values['name']!r} exists already: choose another name.")
    row = {"tenant_id": tenant, "created_at": now, **values}
    return PlatformId(session.scalars(insert(table).returning(table.c.id), row).one())


def hold_names(session: Session, tenant: TenantId) -> set[str]:
    """Return the names that are taken, which stay as they are until the transaction ends."""
    session.execute(select(tables.tenant.c.id).where(tables.tenant.c.id == tenant).with_for_update())
    return set(session.scalars(select(tables.platform.c.name).where(tables.platform.c.tenant_id == tenant)))


def all_of(session: Session, tenant: TenantId) -> list[PlatformRecord]:
    """Return the Platforms of a Tenant by name."""
    return [_record(row) for row in session.execute(_OF_TENANT, {"tenant": tenant})]


def by_name(session: Session, tenant: TenantId, name: str) -> PlatformRecord:
    """Return the Platform of that name.

    Raises
    ------
    UnknownName
        With the names there are.
    """
    found = {record.name: record for record in all_of(session, tenant)}
    if name not in found:
        known = ", ".join(sorted(found)) or "none yet: `onward platform add`"
        raise UnknownName(f"There is no platform {name!r}. Platforms: {known}.")
    return found[name]


def by_issuer(session: Session, issuer: str, client_id: str | None) -> list[PlatformRecord]:
    """Return the Registrations of an issuer, in any Tenant; with ``client_id`` at most one."""
    if client_id is None:
        return [_record(row) for row in session.execute(_OF_ISSUER, {"issuer": issuer})]
    return [_record(row) for row in session.execute(_OF_CLIENT, {"issuer": issuer, "client": client_id})]


def by_id(session: Session, platform: PlatformId) -> PlatformRecord | None:
    """Return the Platform of that number."""
    row = session.execute(_BY_ID, {"number": platform}).first()
    return _record(row) if row else None


def _record(row: Row[Any]) -> PlatformRecord:
    return PlatformRecord(
        PlatformId(row.id),
        TenantId(row.tenant_id),
        row.name,
        row.issuer,
        row.client_id,
        row.auth_url,
        row.token_url,
        row.jwks_url,
        row.algorithm,
        row.deployment_policy,
        tuple(row.frame_origins),
        dict(row.match_rules),
        dict(row.switches),
        row.active,
        row.product,
        dict(row.agreed) if row.agreed is not None else None,
        row.launched_at,
        row.launched_as,
    )


def set_active(session: Session, tenant: TenantId, name: str, *, active: bool) -> None:
    """Switch a Platform on or off; takes effect at the next login and launch.

    Raises
    ------
    UnknownName
        If there is none of that name.
    """
    number = by_name(session, tenant, name).id
    session.execute(update(tables.platform).where(tables.platform.c.id == number).values(active=active))


def change(session: Session, tenant: TenantId, name: str, values: Mapping[str, Any]) -> PlatformRecord:
    """Change columns of a Platform; takes effect at the next login. Returns it as it was.

    Raises
    ------
    UnknownName
        If there is none of that name.
    """
    record = by_name(session, tenant, name)
    if values:
        session.execute(update(tables.platform).where(tables.platform.c.id == record.id).values(**values))
    return record


def note_launch(session: Session, record: PlatformRecord, audience: str, now: datetime) -> None:
    """Keep when and as what somebody last launched, at most once a minute; who finds it being written goes on."""
    table = tables.platform
    before = now - NOTE_EVERY
    if record.launched_at is not None and record.launched_at > before:
        return
    due = or_(table.c.launched_at.is_(None), table.c.launched_at <= before)
    free = select(table.c.id).where(table.c.id == record.id, due).with_for_update(skip_locked=True)
    session.execute(
        update(table).where(table.c.id.in_(free.scalar_subquery())).values(launched_at=now, launched_as=audience)
    )


# --- deployments -------------------------------------------------------------------------------------------------


def deployment_state(session: Session, platform: PlatformRecord, deployment: str) -> str | None:
    """Return "approved", "pending" or "disabled"; None when it was never seen."""
    wanted = {"tenant": platform.tenant, "platform": platform.id, "deployment": deployment}
    return session.scalar(_STATE, wanted)


def add_deployments(session: Session, platform: PlatformRecord, names: list[str], state: str, now: datetime) -> None:
    """Add Deployments in ``state``; those that are known stay as they are."""
    insert_new(
        session,
        tables.deployment,
        [
            {
                "tenant_id": platform.tenant,
                "platform_id": platform.id,
                "deployment_id": name,
                "state": state,
                "first_seen_at": now,
            }
            for name in names
        ],
    )


def set_deployments(session: Session, platform: PlatformRecord, names: list[str], state: str, now: datetime) -> None:
    """Put Deployments into ``state``, whether they were seen before or not."""
    add_deployments(session, platform, names, state, now)
    table = tables.deployment
    session.execute(
        update(table)
        .where(
            table.c.tenant_id == platform.tenant,
            table.c.platform_id == platform.id,
            table.c.deployment_id.in_(names),
        )
        .values(state=state)
    )


def add_pending(session: Session, platform: PlatformRecord, name: str, now: datetime) -> bool:
    """Keep a Deployment that waits for an administrator; False where as many wait as may, or it is known."""
    table = tables.deployment
    mine = (table.c.tenant_id == platform.tenant) & (table.c.platform_id == platform.id)
    query = select(table.c.deployment_id).where(mine, table.c.state == "pending").limit(MOST_PENDING)
    if len(session.scalars(query).all()) >= MOST_PENDING or deployment_state(session, platform, name) is not None:
        return False
    add_deployments(session, platform, [name], "pending", now)
    return True


def deployments(session: Session, platform: PlatformRecord) -> dict[str, str]:
    """Return the Deployments of a Platform with their states."""
    return {one.id: one.state for one in deployments_of(session, platform)}


def deployments_of(session: Session, platform: PlatformRecord) -> list[DeploymentRecord]:
    """Return the Deployments of a Platform by id."""
    table = tables.deployment
    query = (
        select(table.c.deployment_id, table.c.state, table.c.first_seen_at)
        .where(table.c.tenant_id == platform.tenant, table.c.platform_id == platform.id)
        .order_by(table.c.deployment_id)
    )
    return [DeploymentRecord(row.deployment_id, row.state, row.first_seen_at) for row in session.execute(query)]
