"""The keys of the site's Tenants: made, replaced, listed; sealed in the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_bytes, token_hex
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import TenantId
from connector.errors import NotReady
from connector.lti.keys import new_signing_key, signing_key
from connector.lti.own_tokens import SessionKey, session_key_id
from connector.store import events, secrets, site
from connector.store.seal import Seal
from connector.store.secrets import KEPT_RETIRED, Purpose, SecretRecord

SESSION_KEY_BYTES = 32
WORDS = {Purpose.HASHING: "identifier hashing", Purpose.SESSION: "visits", Purpose.SIGNING: "LTI signing"}
"""What each key is for, in words."""


@dataclass(frozen=True, slots=True)
class SiteKeys:
    """The opened keys of one Tenant; ``session`` is the one in use, ``signing`` are PEM texts, the one in use first."""

    hashing: bytes = field(repr=False)
    session: bytes = field(repr=False)
    signing: Sequence[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rotated:
    """A key that took the place of others; ids are public. Those are good until ``until`` for what they signed."""

    made: str
    retired: tuple[str, ...]
    until: datetime


def make_keys(sessions: sessionmaker[Session], tenant: TenantId, seal: Seal, clock: Clock) -> list[str]:
    """Make the keys that are missing; return their names. Keys that are there stay."""
    with sessions.begin() as session:
        return make_missing(session, tenant, seal, clock())


def make_missing(session: Session, tenant: TenantId, seal: Seal, now: datetime) -> list[str]:
    """Do as ``make_keys`` does, in a transaction that goes on."""
    made = [
        purpose.value
        for purpose in (Purpose.HASHING, Purpose.SESSION)
        if secrets.add(session, tenant, purpose.value, token_bytes(SESSION_KEY_BYTES), seal, now)
    ]
    if not any(one.purpose is Purpose.SIGNING for one in secrets.usable(session, tenant, now)):
        _add_signing(session, tenant, seal, now)
        made.append("LTI signing")
    return made


def _add_signing(session: Session, tenant: TenantId, seal: Seal, now: datetime) -> tuple[str, str]:
    pem = new_signing_key()
    made = signing_key(pem).id
    name = f"{Purpose.SIGNING.value}:{made}"
    secrets.add(session, tenant, name, pem.encode(), seal, now)
    return name, made


def read_keys(session: Session, tenant: TenantId, seal: Seal) -> SiteKeys:
    """Return the keys of a Tenant that are in use.

    Raises
    ------
    NotReady
        When ``onward init`` did not run, or with another secret key.
    """
    found = secrets.in_use(session, tenant)
    for purpose in (Purpose.HASHING, Purpose.SESSION):
        if all(one.purpose is not purpose for one in found):
            raise NotReady(f"The {purpose.value} key is missing: run `onward init`.")
    return SiteKeys(
        hashing=_of(Purpose.HASHING, found, seal)[0],
        session=_of(Purpose.SESSION, found, seal)[0],
        signing=tuple(pem.decode() for pem in _of(Purpose.SIGNING, found, seal)),
    )


def _of(purpose: Purpose, found: Sequence[SecretRecord], seal: Seal) -> list[bytes]:
    return [seal.open(one.sealed) for one in found if one.purpose is purpose]


def rotate_signing(tenant: TenantId, sessions: sessionmaker[Session], seal: Seal, clock: Clock) -> Rotated:
    """Let a new key sign LTI messages from now on; the one before it stays in ``/lti/jwks`` for a while.

    Processes that run already sign with it within a minute (``connector.administer.keyring``).
    """
    with sessions.begin() as session:
        site.hold(session, tenant)
        name, made = _add_signing(session, tenant, seal, clock())
        retired = secrets.retire_others(session, tenant, Purpose.SIGNING, name, clock())
        return _rotated(session, tenant, Purpose.SIGNING, made, [_public_name(one) for one in retired], clock())


def rotate_session(tenant: TenantId, sessions: sessionmaker[Session], seal: Seal, clock: Clock) -> Rotated:
    """Let a new key sign Visits from now on; those that the one before it signed stay good until their end."""
    with sessions.begin() as session:
        site.hold(session, tenant)
        before = {one.name: _id_of(one, seal) for one in secrets.in_use(session, tenant)}
        clear, name = token_bytes(SESSION_KEY_BYTES), f"{Purpose.SESSION.value}:{token_hex(8)}"
        secrets.add(session, tenant, name, clear, seal, clock())
        retired = secrets.retire_others(session, tenant, Purpose.SESSION, name, clock())
        made = session_key_id(SessionKey(clear))
        return _rotated(session, tenant, Purpose.SESSION, made, [before[one] for one in retired], clock())


def _rotated(
    session: Session, tenant: TenantId, purpose: Purpose, made: str, retired: Sequence[str], now: datetime
) -> Rotated:
    events.audit(session, tenant, "key_rotated", purpose.value, {"made": made, "retired": list(retired)}, now)
    return Rotated(made, tuple(retired), now + KEPT_RETIRED[purpose])


def listed(tenant: TenantId, readers: sessionmaker[Session], seal: Seal, now: datetime) -> list[dict[str, Any]]:
    """Return the keys of a Tenant that are good for something, as JSON values; nothing of what is secret."""
    with readers.begin() as session:
        found = secrets.usable(session, tenant, now)
    return [
        {
            "for": WORDS[one.purpose],
            "id": _id_of(one, seal),
            "made_at": one.created_at,
            "state": "in use" if one.retired_at is None else "retired",
            "good_until": one.good_until,
        }
        for one in sorted(found, key=lambda one: list(Purpose).index(one.purpose))
    ]


def _id_of(one: SecretRecord, seal: Seal) -> str:
    """Return the public id of a key; the hashing key has none."""
    if one.purpose is Purpose.SIGNING:
        return _public_name(one.name)
    return session_key_id(SessionKey(seal.open(one.sealed))) if one.purpose is Purpose.SESSION else ""


def _public_name(name: str) -> str:
    return name.partition(":")[2]
