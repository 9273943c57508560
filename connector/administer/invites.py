"""Invites: URLs by which an LMS registers itself, once; made, listed and cancelled."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import TenantId
from connector.errors import BadInput, UnknownName
from connector.lti.ports import DeploymentPolicy
from connector.lti.switches import Switches
from connector.register import LONGEST_NAME, hash_of
from connector.store import events, invites
from connector.store.invites import InviteRecord

SECRET_BYTES = 32
MOST_DAYS = 30


@dataclass(frozen=True, slots=True)
class NewInvite:
    """What an operator says of an invite; with ``name`` "" the Platform is called as its product."""

    name: str = ""
    days: int = 7
    policy: DeploymentPolicy = DeploymentPolicy.APPROVE
    switches: Switches = field(default_factory=Switches)


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invite as it is told once: its URL holds the secret, of which only a hash is kept."""

    number: int
    url: str
    expires_at: datetime


def invite(
    new: NewInvite, public_url: str, tenant: TenantId, sessions: sessionmaker[Session], clock: Clock
) -> Invitation:
    """Make an invite.

    Raises
    ------
    BadInput
        If its name is too long, or its days are not 1 to 30.
    """
    if len(new.name.strip()) > LONGEST_NAME:
        raise BadInput(f"The platform's name is over {LONGEST_NAME} characters long.")
    if not 1 <= new.days <= MOST_DAYS:
        raise BadInput(f"An invite is good for 1 to {MOST_DAYS} days.")
    secret, now = token_urlsafe(SECRET_BYTES), clock()
    until = now + timedelta(days=new.days)
    values = {
        "name": new.name.strip(),
        "token_hash": hash_of(secret),
        "switches": asdict(new.switches),
        "deployment_policy": new.policy.value,
        "made_at": now,
        "expires_at": until,
    }
    with sessions.begin() as session:
        number = invites.add(session, tenant, values)
        events.audit(session, tenant, "invite_made", "", {"invite": number, **asdict(new.switches)}, now)
    return Invitation(number, f"{public_url}/lti/register/{secret}", until)


def cancel(number: int, tenant: TenantId, sessions: sessionmaker[Session], clock: Clock) -> None:
    """Make an invite worthless.

    Raises
    ------
    UnknownName
        If there is none of that number that was not used.
    """
    with sessions.begin() as session:
        if not invites.cancel(session, tenant, number):
            raise UnknownName(f"There is no unused invite {number}: see `onward platform invites`.")
        events.audit(session, tenant, "invite_cancelled", "", {"invite": number}, clock())


def listed(tenant: TenantId, readers: sessionmaker[Session], now: datetime) -> list[dict[str, Any]]:
    """Return the invites, oldest first, without their secrets."""
    with readers.begin() as session:
        found = invites.all_of(session, tenant)
    return [_row(record, platform, now) for record, platform in found]


def _row(record: InviteRecord, platform: str, now: datetime) -> dict[str, Any]:
    return {
        "number": record.id,
        "name": record.name,
        "state": _state(record, now),
        "until": f"{record.expires_at:%Y-%m-%d %H:%M}",
        "policy": record.deployment_policy,
        "switched_on": ", ".join(_on(record.switches)) or "nothing",
        "platform": platform,
    }


def _state(record: InviteRecord, now: datetime) -> str:
    if record.used_at is not None:
        return "used"
    return "open" if record.expires_at > now else "expired"


def _on(switches: Mapping[str, bool]) -> list[str]:
    return [name.replace("_", "-") for name, on in switches.items() if on]
