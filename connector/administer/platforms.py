"""Platforms by hand: register an LMS, show what to paste there, switch it off."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import PlatformId, TenantId
from connector.errors import BadInput
from connector.match import RULES, set_rules
from connector.store import platforms

CheckUrl = Callable[[str], None]
_AUTHORITY = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")
"""Host and port without anything that means something in a content security policy."""


@dataclass(frozen=True, slots=True)
class NewPlatform:
    """What an operator says of an LMS; ``match`` maps rules ("username") to the home page of the accounts they link."""

    name: str
    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    deployments: tuple[str, ...]
    frame_origins: tuple[str, ...]
    match: Mapping[str, str]


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
    """What an operator adds to a Platform that is registered; ``match`` replaces all rules unless it is None."""

    approve: tuple[str, ...] = ()
    refuse: tuple[str, ...] = ()
    frame_origins: tuple[str, ...] = ()
    match: Mapping[str, str] | None = None


def change(name: str, wanted: PlatformChange, tenant: TenantId, sessions: sessionmaker[Session], clock: Clock) -> None:
    """Admit or refuse Deployments, add frame origins, set match rules; takes effect at the next login.

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
        platforms.change(session, tenant, name, values)
        if wanted.match is not None:
            set_rules(session, tenant, name, wanted.match, clock())
        platforms.set_deployments(session, record, list(wanted.approve), "approved", clock())
        platforms.set_deployments(session, record, list(wanted.refuse), "disabled", clock())


def disable(name: str, tenant: TenantId, sessions: sessionmaker[Session]) -> None:
    """Refuse every login and launch of a Platform from now on; raises UnknownName."""
    with sessions.begin() as session:
        platforms.set_active(session, tenant, name, active=False)


def enable(name: str, tenant: TenantId, sessions: sessionmaker[Session]) -> None:
    """Admit a Platform that was disabled; raises UnknownName."""
    with sessions.begin() as session:
        platforms.set_active(session, tenant, name, active=True)


def what_to_paste(public_url: str) -> dict[str, str]:
    """Return our side of a registration in the words of Moodle's "External tool configuration" form."""
    return {
        "Tool name": "Onward",
        "Tool URL": f"{public_url}/lti/launch",
        "LTI version": "LTI 1.3",
        "Public key type": "Keyset URL",
        "Public keyset": f"{public_url}/lti/jwks",
        "Initiate login URL": f"{public_url}/lti/login",
        "Redirection URI(s)": f"{public_url}/lti/launch",
        "Default launch container": "Embed, without blocks",
        "Share launcher's name with tool": "Never (the tool works without)",
        "Share launcher's email with tool": "Never",
        "Accept grades from the tool": "Never",
    }
