"""The site's keys: made once, sealed in the database, read by the composition roots."""

from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_bytes

from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import TenantId
from connector.lti.keys import key_id, new_signing_key, read_signing_key
from connector.store import site
from connector.store.seal import Seal

HASHING = "identifier-hashing"
SESSION = "session"
SIGNING = "signing:"


@dataclass(frozen=True, slots=True)
class SiteKeys:
    """The opened keys of one Tenant; ``signing`` are PEM texts, newest first."""

    hashing: bytes
    session: bytes
    signing: Sequence[str]


def make_keys(sessions: sessionmaker[Session], tenant: TenantId, seal: Seal, clock: Clock) -> list[str]:
    """Make the keys that are missing; return their names. Keys that are there stay."""
    made: list[str] = []
    with sessions.begin() as session:
        made += [
            name
            for name in (HASHING, SESSION)
            if site.add_secret(session, tenant, name, token_bytes(32), seal, clock())
        ]
        if not site.secrets_like(session, tenant, SIGNING, seal):
            pem = new_signing_key()
            name = SIGNING + key_id(read_signing_key(pem).public_key())
            site.add_secret(session, tenant, name, pem.encode(), seal, clock())
            made.append("LTI signing")
    return made


def read_keys(session: Session, tenant: TenantId, seal: Seal) -> SiteKeys:
    """Return the keys of a Tenant.

    Raises
    ------
    NotReady
        When ``onward init`` did not run, or with another secret key.
    """
    signing = site.secrets_like(session, tenant, SIGNING, seal)
    return SiteKeys(
        hashing=site.secret(session, tenant, HASHING, seal),
        session=site.secret(session, tenant, SESSION, seal),
        signing=tuple(pem.decode() for pem in signing.values()),
    )
