"""The keys of all Tenants as a process that runs for weeks holds them: opened when wanted, read again after a minute.

A key that was rotated is used within that minute without a restart. A Visit under a key that is not known here (another
process learned of a rotation first) lets the keys be read at once, so no Visit is refused in between; and the key set
that Platforms fetch is read at every request, so that it never lacks a key that signs. A Tenant that is added is found
when it is first wanted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import TenantId
from connector.errors import NotReady
from connector.lti.keys import SigningKey, jwk_set, signing_key
from connector.lti.own_tokens import SessionKey, session_key_id
from connector.match import Hash
from connector.statements.identity import hash_identifier
from connector.store import secrets
from connector.store.seal import Seal
from connector.store.secrets import Purpose

KEEP_KEYS = timedelta(seconds=60)
"""How old what is known of a Tenant's keys may be: that long after a rotation every process uses the new one."""


@dataclass(frozen=True, slots=True)
class TenantKeys:
    """The keys of one Tenant: the one in use first, then those that are still good for what they signed."""

    hashing: bytes = field(repr=False)
    session: Mapping[str, SessionKey] = field(repr=False)
    signing: tuple[SigningKey, ...]
    read_at: datetime


class Keyring:
    """The keys of every Tenant of one database; safe between threads.

    Parameters
    ----------
    readers : sessionmaker
        Sessions that only read. A key may be read while a transaction of the caller is open.
    seal : Seal
        Opens the keys.
    clock : Clock
        Says how old they are, and which are over.
    """

    def __init__(self, readers: sessionmaker[Session], seal: Seal, clock: Clock) -> None:
        self._readers, self._seal, self._clock = readers, seal, clock
        self._held: dict[TenantId, TenantKeys] = {}
        self._hashing: dict[TenantId, Hash] = {}
        self._signing: dict[str, SigningKey] = {}

    def of(self, tenant: TenantId) -> TenantKeys:
        """Return the keys of a Tenant, at most a minute old; raises NotReady where there is no such Tenant."""
        held = self._held.get(tenant)
        if held is not None and abs(self._clock() - held.read_at) < KEEP_KEYS:
            return held
        return self._read(tenant)

    def session_key(self, tenant: TenantId) -> SessionKey:
        """Return the key that signs Visits now."""
        return next(iter(self.of(tenant).session.values()))

    def find_session_key(self, tenant: TenantId, wanted: str) -> SessionKey | None:
        """Return the key of that id; asks the database, by primary key, for one that is not known here."""
        try:
            known = self.of(tenant).session.get(wanted)
            return known or self._read(tenant).session.get(wanted)
        except NotReady:
            return None

    def signing_key(self, tenant: TenantId) -> SigningKey:
        """Return the key that signs LTI messages of this Tenant now."""
        return self.of(tenant).signing[0]

    def hashing_key(self, tenant: TenantId) -> bytes | None:
        """Return the key that hashes identifiers; None where there is no such Tenant, or it is being removed."""
        try:
            return self.of(tenant).hashing
        except NotReady:
            return None

    def hash_of(self, tenant: TenantId) -> Hash:
        """Return what hashes identifiers with the Tenant's own key, which is never another one."""
        if tenant not in self._hashing:
            self._hashing[tenant] = partial(hash_identifier, self.of(tenant).hashing)
        return self._hashing[tenant]

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """Return the public halves of all signing keys of all Tenants, as they are in the database now."""
        with self._readers.begin() as session:
            found = secrets.signing_of_all(session, self._clock())
        return jwk_set(self._parsed(name, sealed) for name, sealed in found)

    def _read(self, tenant: TenantId) -> TenantKeys:
        now = self._clock()
        with self._readers.begin() as session:
            found = secrets.usable(session, tenant, now)
        by_purpose = {purpose: [one for one in found if one.purpose is purpose] for purpose in Purpose}
        if not all(by_purpose.values()):
            self._held.pop(tenant, None)
            raise NotReady("The keys of this tenant are missing: run `onward init`, or `onward tenant add`.")
        held = self._held[tenant] = TenantKeys(
            hashing=self._seal.open(by_purpose[Purpose.HASHING][0].sealed),
            session=_by_id(SessionKey(self._seal.open(one.sealed)) for one in by_purpose[Purpose.SESSION]),
            signing=tuple(self._parsed(one.name, one.sealed) for one in by_purpose[Purpose.SIGNING]),
            read_at=now,
        )
        return held

    def _parsed(self, name: str, sealed: bytes) -> SigningKey:
        """Return a signing key, opened and parsed once: that costs milliseconds. Its name says which key it is."""
        if name not in self._signing:
            self._signing[name] = signing_key(self._seal.open(sealed).decode())
        return self._signing[name]


def _by_id(keys: Iterable[SessionKey]) -> dict[str, SessionKey]:
    return {session_key_id(key): key for key in keys}
