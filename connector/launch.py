"""Launch: a verified LTI message becomes a Visit. What the checks are is for ``lti``; here is what they lead to."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog
from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import Identifier, IfiKind, LearnerId, PlatformId, Visit
from connector.errors import LaunchRefused
from connector.lti.oidc import LoginRedirect, begin_login
from connector.lti.ports import (
    DeploymentPolicy,
    DeploymentStanding,
    KeySource,
    LoginParameters,
    LoginState,
    Registration,
    SignatureAlgorithm,
)
from connector.lti.states import read_state, write_state
from connector.lti.verify import LaunchMessage, NewTabNeeded, verify_launch
from connector.lti.visit import visit_expiry
from connector.match import Hash, launched_learner
from connector.store import events, platforms, site
from connector.store.names import erased
from connector.store.platforms import PlatformRecord
from connector.store.seal import Seal

log = structlog.get_logger()

AUDIT_WINDOW = timedelta(hours=1)
MOST_AUDITED = 500
STANDINGS = {
    "approved": DeploymentStanding.KNOWN,
    "pending": DeploymentStanding.PENDING,
    "disabled": DeploymentStanding.PENDING,
}


@dataclass(frozen=True, slots=True)
class StoredBook:
    """The Registrations in the database (port ``RegistrationBook``)."""

    readers: sessionmaker[Session]

    def find(self, issuer: str, client_id: str | None) -> Sequence[Registration]:
        """Return every Registration of exactly this issuer, and of this client id unless it is None."""
        with self.readers.begin() as session:
            return [registration_of(record) for record in platforms.by_issuer(session, issuer, client_id)]

    def get(self, platform_id: PlatformId) -> Registration | None:
        """Return one Registration, or None when it was removed."""
        with self.readers.begin() as session:
            record = platforms.by_id(session, platform_id)
        return registration_of(record) if record else None

    def deployment(self, registration: Registration, deployment_id: str) -> DeploymentStanding:
        """Return what is on record about this Deployment."""
        with self.readers.begin() as session:
            record = platforms.by_id(session, registration.platform_id)
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
    )


@dataclass(frozen=True, slots=True)
class StoredStates:
    """Logins under way in the database (port ``LaunchStates``), sealed; each call is a transaction of its own."""

    sessions: sessionmaker[Session]
    readers: sessionmaker[Session]
    seal: Seal
    clock: Clock

    def add(self, state: LoginState) -> None:
        """Keep a new login, and forget those that expired."""
        with self.sessions.begin() as session:
            platforms.purge_states(session, self.clock())
            platforms.keep_state(
                session, state.tenant, state.platform_id, state.state_hash, self._sealed(state), state.expires_at
            )

    def take(self, state_hash: bytes) -> LoginState | None:
        """Use a login up and return it; of two at once only one gets it."""
        with self.sessions.begin() as session:
            record = platforms.take_state(session, state_hash, self.clock())
        return self._opened(record)

    def used(self, state_hash: bytes) -> LoginState | None:
        """Return a login that was used up and has not expired."""
        with self.readers.begin() as session:
            record = platforms.used_state(session, state_hash, self.clock())
        return self._opened(record)

    def _sealed(self, state: LoginState) -> dict[str, str]:
        """Return the record with everything in it sealed: a Platform's hints may name a person."""
        return {"sealed": self.seal.close(json.dumps(write_state(state)).encode()).decode()}

    def _opened(self, record: Mapping[str, Any] | None) -> LoginState | None:
        return read_state(json.loads(self.seal.open(str(record["sealed"]).encode()))) if record else None


@dataclass(frozen=True, slots=True)
class Launches:
    """Logins and launches of all Platforms.

    Parameters
    ----------
    launch_url : str
        Our one launch URL, as registered.
    hash_identifier : mapping-like callable by Tenant
        Hashes an Identifier with the Tenant's key.
    """

    sessions: sessionmaker[Session]
    readers: sessionmaker[Session]
    keys: KeySource
    seal: Seal
    clock: Clock
    launch_url: str
    hash_of: Mapping[int, Hash]

    def login(self, pairs: Iterable[tuple[str, str]]) -> LoginRedirect:
        """Answer a login initiation; raises LaunchRefused."""
        try:
            return begin_login(
                pairs, book=self._book(), states=self._states(), clock=self.clock, launch_url=self.launch_url
            )
        except LaunchRefused as refused:
            self._audit_refused("login", refused)
            raise

    def launch(self, pairs: Iterable[tuple[str, str]], cookies: Mapping[str, str]) -> Visit | NewTabNeeded:
        """Judge what a Platform posted, and make the Visit; raises LaunchRefused."""
        try:
            message = verify_launch(
                pairs,
                cookies,
                book=self._book(),
                states=self._states(),
                keys=self.keys,
                clock=self.clock,
                launch_url=self.launch_url,
            )
        except LaunchRefused as refused:
            self._audit_refused("launch", refused)
            raise
        return message if isinstance(message, NewTabNeeded) else self._accept(message)

    def _accept(self, message: LaunchMessage) -> Visit:
        registration, claims = message.registration, message.claims
        with self.sessions.begin() as session:
            if message.standing is DeploymentStanding.NEW:
                self._keep_deployment(session, message)
            learner = self._learner(session, message)
        log.info("launch_accepted", platform=registration.platform_id, audience=claims.audience.value)
        now = self.clock()
        return Visit(
            tenant=registration.tenant,
            platform=registration.platform_id,
            deployment=claims.deployment,
            learner=learner,
            audience=claims.audience,
            placement=claims.placement,
            course=claims.course,
            given_name=claims.given_name,
            locale=claims.locale,
            return_url=claims.return_url,
            launched_at=now,
            expires_at=visit_expiry(now, now),
        )

    def _keep_deployment(self, session: Session, message: LaunchMessage) -> None:
        record = platforms.by_id(session, message.registration.platform_id)
        if record is not None:
            platforms.add_deployments(session, record, [message.claims.deployment], "approved", self.clock())
            detail = {"platform": record.name}
            events.audit(session, record.tenant, "deployment_added", "approve", detail, self.clock())

    def _learner(self, session: Session, message: LaunchMessage) -> LearnerId | None:
        claims, registration = message.claims, message.registration
        record = platforms.by_id(session, registration.platform_id)
        if claims.subject is None or record is None or self._was_erased(session, registration, claims.subject):
            return None
        return launched_learner(
            session,
            registration.tenant,
            issuer=registration.issuer,
            subject=claims.subject,
            audience=claims.audience,
            names={
                "username": claims.names.username,
                "idnumber": claims.names.person_sourcedid,
                "email": claims.names.email,
            },
            rules=record.match_rules,
            hash_identifier=self.hash_of[registration.tenant],
            clock=self.clock,
            platform=registration.platform_id,
        )

    def _was_erased(self, session: Session, registration: Registration, subject: str) -> bool:
        """Tell whether nothing may be kept of this person: they see the page that everyone sees."""
        me = self.hash_of[registration.tenant](Identifier(IfiKind.ACCOUNT, subject, registration.issuer))
        return bool(erased(session, registration.tenant, [me.exact]))

    def _book(self) -> StoredBook:
        return StoredBook(self.readers)

    def _states(self) -> StoredStates:
        return StoredStates(self.sessions, self.readers, self.seal, self.clock)

    def auth_origins(self, login: LoginParameters) -> frozenset[str]:
        """Return the origins that a login may lead on to: those of the issuer's authorization endpoints."""
        found = self._book().find(login.issuer, login.client_id or None)
        parts = [urlsplit(registration.auth_url) for registration in found]
        return frozenset(f"{part.scheme}://{part.netloc}" for part in parts)

    def _audit_refused(self, where: str, refused: LaunchRefused) -> None:
        """Write the audit line: always to the log, and to the database while it is not being flooded."""
        log.warning("launch_refused", where=where, code=refused.code, detail=refused.detail)
        now = self.clock()
        with self.sessions.begin() as session:
            for tenant in site.all_tenants(session)[:1]:
                counts = events.audit_counts(session, tenant, "launch_refused", now - AUDIT_WINDOW)
                if sum(counts.values()) < MOST_AUDITED:
                    detail = {"where": where, "detail": refused.detail}
                    events.audit(session, tenant, "launch_refused", refused.code, detail, now)
