"""The ports of a launch over the database: Registrations, and logins under way."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import PlatformId, TenantId
from connector.lti.limits import LaunchLimits
from connector.lti.ports import (
    DeploymentPolicy,
    DeploymentStanding,
    KeptLogin,
    LoginState,
    Registration,
    SignatureAlgorithm,
)
from connector.lti.states import read_state, write_state
from connector.store import logins, platforms
from connector.store.platforms import PlatformRecord
from connector.store.seal import Seal

STANDINGS = {
    "approved": DeploymentStanding.KNOWN,
    "pending": DeploymentStanding.PENDING,
    "disabled": DeploymentStanding.DISABLED,
}


@dataclass(frozen=True, slots=True)
class StoredBook:
    """The Registrations in the database (port ``RegistrationBook``).

    It is of one request: ``whose`` takes the Tenants of all Registrations that were found, so that its refusal is
    written down where it belongs, and a Platform that was read is not read twice.
    """

    readers: sessionmaker[Session]
    whose: set[TenantId] = field(default_factory=set)
    known: dict[PlatformId, PlatformRecord] = field(default_factory=dict)

    def find(self, issuer: str, client_id: str | None) -> Sequence[Registration]:
        """Return every Registration of exactly this issuer, and of this client id unless it is None."""
        with self.readers.begin() as session:
            found = [registration_of(record) for record in platforms.by_issuer(session, issuer, client_id)]
        self.whose.update(one.tenant for one in found)
        return found

    def get(self, platform_id: PlatformId) -> Registration | None:
        """Return one Registration, or None when it was removed."""
        with self.readers.begin() as session:
            record = platforms.by_id(session, platform_id)
        if record is None:
            return None
        self.known[platform_id] = record
        return registration_of(record)

    def deployment(self, registration: Registration, deployment_id: str) -> DeploymentStanding:
        """Return what is on record about this Deployment."""
        with self.readers.begin() as session:
            record = self.known.get(registration.platform_id) or platforms.by_id(session, registration.platform_id)
            state = platforms.deployment_state(session, record, deployment_id) if record else None
        return STANDINGS[state] if state else DeploymentStanding.NEW


def registration_of(record: PlatformRecord) -> Registration:
    """Return what the LTI layer needs to know of a Platform."""
    return Registration(
        platform_id=record.id,
        tenant=record.tenant,
        issuer=record.issuer,
        client_id=record.client_id,
        auth_url=record.auth_url,
        jwks_url=record.jwks_url,
        token_url=record.token_url,
        algorithm=SignatureAlgorithm(record.algorithm),
        deployment_policy=DeploymentPolicy(record.deployment_policy),
        active=record.active,
        frame_origins=record.frame_origins,
    )


@dataclass(frozen=True, slots=True)
class StoredStates:
    """Logins under way in the database (port ``LaunchStates``), sealed; each call is a transaction of its own.

    ``source`` is where this request comes from, and has to give up its own oldest logins when it leaves too many open.
    """

    sessions: sessionmaker[Session]
    readers: sessionmaker[Session]
    seal: Seal
    clock: Clock
    limits: LaunchLimits
    source: str
    whose: set[TenantId] = field(default_factory=set)

    def add(self, state: LoginState) -> None:
        """Keep a new login, and every now and then forget those that expired."""
        sealed, lost = self._sealed(state), self.limits.logins.opened(self.source, state.state_hash)
        if self.limits.purge.spend():
            with self.sessions.begin() as session:
                logins.purge(session, self.clock())
        with self.sessions.begin() as session:
            logins.give_up(session, lost)
            logins.keep(session, state.tenant, state.platform_id, state.state_hash, sealed, state.expires_at)

    def find(self, state_hash: bytes) -> KeptLogin | None:
        """Return a login, used or not."""
        with self.readers.begin() as session:
            kept = logins.find(session, state_hash)
        login = self._opened(kept.record) if kept else None
        self.whose.update([login.tenant] if login else [])
        return KeptLogin(login, kept.used) if kept and login else None

    def take(self, state_hash: bytes) -> bool:
        """Use a login up; of two at once only one gets True."""
        self.limits.logins.ended(self.source, state_hash)
        with self.sessions.begin() as session:
            return logins.take(session, state_hash, self.clock())

    def _sealed(self, state: LoginState) -> dict[str, str]:
        """Return the record with everything in it sealed: a Platform's hints may name a person."""
        return {"sealed": self.seal.close(json.dumps(write_state(state)).encode()).decode()}

    def _opened(self, record: Mapping[str, Any]) -> LoginState:
        return read_state(json.loads(self.seal.open(str(record["sealed"]).encode())))
