"""Platforms by hand: register an LMS, show what to paste there, switch it off."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock, now
from connector.domain import PlatformId, TenantId
from connector.errors import BadInput
from connector.lti.ports import DeploymentPolicy
from connector.match import RULES, set_rules
from connector.store import events, platforms
from connector.store.platforms import PlatformRecord

CheckUrl = Callable[[str], None]
_AUTHORITY = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")
"""Host and port without anything that means something in a content security policy."""


@dataclass(frozen=True, slots=True)
class NewPlatform:
    """What an operator says of an LMS; ``match`` maps rules ("username") to the home page of the accounts they link.

    ``product`` is the code of the LMS (``lti.by_hand_words``), "" where that is not known.
    """

    name: str
    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    deployments: tuple[str, ...]
    frame_origins: tuple[str, ...]
    match: Mapping[str, str]
    product: str = ""


def add(
    new: NewPlatform, tenant: TenantId, sessions: sessionmaker[Session], clock: Clock, check_url: CheckUrl
) -> PlatformId:
    """Register an LMS. With Deployments named only those are admitted, without any the first launches are.

    Raises
    ------
    BadInput
        Naming the field that is wrong.
    """
    _check(new, check_url)
    now = clock()
    values = {
        "name": new.name.strip(),
        "issuer": new.issuer,
        "client_id": new.client_id,
        "auth_url": new.auth_url,
        "token_url": new.token_url,
        "jwks_url": new.jwks_url,
        "deployment_policy": "known" if new.deployments else "approve",
        "frame_origins": sorted({origin_of(new.issuer, "issuer"), *new.frame_origins}),
        "match_rules": dict(new.match),
        "switches": {},
        "product": new.product,
    }
    with sessions.begin() as session:
        number = platforms.add(session, tenant, values, now)
        record = platforms.by_id(session, number)
        if record is not None:
            platforms.add_deployments(session, record, list(new.deployments), "approved", now)
    return number


def _check(new: NewPlatform, check_url: CheckUrl) -> None:
    for field in ("name", "issuer", "client_id", "auth_url", "jwks_url"):
        if not getattr(new, field).strip():
            raise BadInput(f"The platform's {field.replace('_', ' ')} is missing.")
    for field in ("auth_url", "token_url", "jwks_url"):
        url = getattr(new, field)
        if url:
            _checked(field, url, check_url)
    _check_origins(new.frame_origins)
    _check_rules(new.match)


def _check_origins(origins: Iterable[str]) -> None:
    for origin in origins:
        if origin_of(origin, "frame origin") != origin:
            raise BadInput(f"The frame origin {origin!r} has a path: leave only scheme, host and port.")


def _check_rules(rules: Iterable[str]) -> None:
    for rule in rules:
        if rule not in RULES:
            known = f"{', '.join(RULES[:-1])} or {RULES[-1]}"
            raise BadInput(f"There is no match rule {rule!r} here: choose {known}; `onward match` says more.")


def _checked(field: str, url: str, check_url: CheckUrl) -> None:
    try:
        check_url(url)
    except BadInput as error:
        raise BadInput(f"The platform's {field.replace('_', ' ')} cannot be used: {error}") from error


def origin_of(url: str, field: str) -> str:
    """Return scheme, host and port of ``url``.

    Raises
    ------
    BadInput
        If it is no http(s) address.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise BadInput(f"The platform's {field} {url!r} is no http(s) address.") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or not _AUTHORITY.fullmatch(parts.netloc):
        raise BadInput(f"The platform's {field} {url!r} is no http(s) address.")
    return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True, slots=True)
class PlatformChange:
    """What an operator changes of a Platform that is registered; ``match`` replaces all rules unless it is None.

    ``policy`` is what becomes of Deployments that are seen for the first time from now on; None leaves it.
    """

    approve: tuple[str, ...] = ()
    refuse: tuple[str, ...] = ()
    frame_origins: tuple[str, ...] = ()
    match: Mapping[str, str] | None = None
    policy: DeploymentPolicy | None = None


def change(name: str, wanted: PlatformChange, tenant: TenantId, sessions: sessionmaker[Session], clock: Clock) -> None:
    """Admit or refuse Deployments, add frame origins, set match rules and policy; takes effect at the next request.

    A Deployment that is refused is refused at once: also the pages that are open in it.

    Raises
    ------
    BadInput
        Naming what is wrong.
    UnknownName
        If there is no such Platform.
    """
    _check_origins(wanted.frame_origins)
    _check_rules(wanted.match or {})
    with sessions.begin() as session:
        record = platforms.by_name(session, tenant, name)
        values: dict[str, Any] = {}
        if wanted.frame_origins:
            values["frame_origins"] = sorted({*record.frame_origins, *wanted.frame_origins})
        if wanted.policy is not None:
            values["deployment_policy"] = wanted.policy.value
        platforms.change(session, tenant, name, values)
        if wanted.match is not None:
            set_rules(session, tenant, name, wanted.match, clock())
        _set_deployments(session, record, wanted.approve, "approved", clock())
        _set_deployments(session, record, wanted.refuse, "disabled", clock())


def _set_deployments(
    session: Session, record: PlatformRecord, names: tuple[str, ...], state: str, now: datetime
) -> None:
    if not names:
        return
    platforms.set_deployments(session, record, list(names), state, now)
    detail = {"platform": record.name, "deployments": len(names)}
    events.audit(session, record.tenant, "deployment_changed", state, detail, now)


def disable(name: str, tenant: TenantId, sessions: sessionmaker[Session], clock: Clock = now) -> None:
    """Refuse every login, launch and open page of a Platform from now on; raises UnknownName."""
    with sessions.begin() as session:
        platforms.set_active(session, tenant, name, active=False)
        events.audit(session, tenant, "platform_changed", "disabled", {"platform": name}, clock())


def enable(name: str, tenant: TenantId, sessions: sessionmaker[Session], clock: Clock = now) -> None:
    """Admit a Platform that was disabled; raises UnknownName."""
    with sessions.begin() as session:
        platforms.set_active(session, tenant, name, active=True)
        events.audit(session, tenant, "platform_changed", "enabled", {"platform": name}, clock())


def listed(tenant: TenantId, readers: sessionmaker[Session]) -> list[dict[str, Any]]:
    """Return the Platforms of a Tenant as JSON values, with what became of their Deployments and their last launch."""
    with readers.begin() as session:
        return [_shown(session, one) for one in platforms.all_of(session, tenant)]


def _shown(session: Session, one: PlatformRecord) -> dict[str, Any]:
    found = platforms.deployments(session, one)
    return {
        "name": one.name,
        "issuer": one.issuer,
        "client_id": one.client_id,
        "product": one.product,
        "active": one.active,
        "deployments": found,
        "new_deployments": one.deployment_policy,
        "pending": sum(state == "pending" for state in found.values()),
        "last_launch": one.launched_at,
        "last_launch_as": one.launched_as,
        "match": dict(one.match_rules),
        "frame_origins": list(one.frame_origins),
    }


def deployments(name: str, tenant: TenantId, readers: sessionmaker[Session]) -> list[dict[str, Any]]:
    """Return the Deployments of a Platform as JSON values, those that wait first; raises UnknownName."""
    with readers.begin() as session:
        found = platforms.deployments_of(session, platforms.by_name(session, tenant, name))
    in_order = sorted(found, key=lambda one: (one.state != "pending", one.first_seen_at, one.id))
    return [{"deployment": one.id, "state": one.state, "first_seen": one.first_seen_at} for one in in_order]
