"""Let an LRS push: a key and a secret of its own for a Source, shown once."""

from dataclasses import dataclass, field
from secrets import token_hex, token_urlsafe

from sqlalchemy.orm import Session, sessionmaker

from connector.domain import TenantId
from connector.errors import BadInput
from connector.receive import digest_of
from connector.store import pushing, sources

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class PushCredential:
    """What the LRS that forwards has to be given; the secret is nowhere else, and cannot be shown again."""

    key: str
    secret: str = field(repr=False)


def switch_on(name: str, tenant: TenantId, sessions: sessionmaker[Session], hash_key: bytes) -> PushCredential:
    """Let Statements be pushed to a Source.

    Raises
    ------
    UnknownName
        If there is no such Source.
    BadInput
        If that is so already.
    """
    return _switched_on(name, tenant, sessions, hash_key, renewing=False)


def renew(name: str, tenant: TenantId, sessions: sessionmaker[Session], hash_key: bytes) -> PushCredential:
    """Give a Source another key and secret; the old ones end at once.

    Raises
    ------
    UnknownName
        If there is no such Source.
    BadInput
        If nothing may be pushed to it.
    """
    return _switched_on(name, tenant, sessions, hash_key, renewing=True)


def _switched_on(
    name: str, tenant: TenantId, sessions: sessionmaker[Session], hash_key: bytes, *, renewing: bool
) -> PushCredential:
    made = PushCredential(f"push-{token_hex(8)}", token_urlsafe(SECRET_BYTES))
    with sessions.begin() as session:
        record = sources.by_name(session, tenant, name)
        if bool(record.push_key) is not renewing:
            raise BadInput(_NOT_ON if renewing else _ON_ALREADY)
        pushing.allow(session, tenant, record.id, made.key, digest_of(hash_key, made.key, made.secret))
    return made


_NOT_ON = "Nothing may be pushed to this source yet: use --on."
_ON_ALREADY = (
    "Pushing is on for this source already, and its secret cannot be shown again: --renew makes another, --off ends it."
)


def switch_off(name: str, tenant: TenantId, sessions: sessionmaker[Session]) -> None:
    """Let nothing be pushed to a Source any more; raises UnknownName."""
    with sessions.begin() as session:
        pushing.forbid(session, tenant, sources.by_name(session, tenant, name).id)
