"""Launch: a verified LTI message becomes a Visit. What the checks are is for ``lti``; here is what they lead to."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from urllib.parse import urlsplit

import structlog
from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import Identifier, IfiKind, LearnerId, TenantId, Visit
from connector.errors import LaunchRefused, NotReady
from connector.launch.stored import StoredBook, StoredStates
from connector.lti.administering import administers
from connector.lti.deep_linking import SELECTION_LIFE, DeepLinkingSettings, Selection
from connector.lti.limits import LaunchLimits, launch_limits
from connector.lti.oidc import LoginRedirect, begin_login
from connector.lti.ports import DeploymentStanding, KeySource, LoginParameters, Registration
from connector.lti.sender import UNKNOWN_SENDER, Sender
from connector.lti.verify import (
    DeploymentUnknown,
    LaunchMessage,
    LaunchUsed,
    NewTabNeeded,
    StorageNeeded,
    verify_launch,
)
from connector.lti.visit import visit_expiry
from connector.match import Hash, launched_learner
from connector.store import events, platforms, site
from connector.store.names import is_erased
from connector.store.platforms import PlatformRecord
from connector.store.seal import Seal

log = structlog.get_logger()

LONGEST_LOGIN = 3_500
"""Characters of a sealed login: a request line of gunicorn has 4,094."""


@dataclass(frozen=True, slots=True)
class Launched:
    """A launch that was accepted: its Visit, and the login that it ended, sealed, for a browser that comes back."""

    visit: Visit
    login: str


@dataclass(frozen=True, slots=True)
class Launches:
    """Logins and launches of all Platforms.

    Parameters
    ----------
    launch_url : str
        Our one launch URL, as registered.
    hash_of : callable
        Gives what hashes an Identifier with a Tenant's own key.
    limits : LaunchLimits
        What bounds a flood, in this process.
    """

    sessions: sessionmaker[Session]
    readers: sessionmaker[Session]
    keys: KeySource
    seal: Seal
    clock: Clock
    launch_url: str
    hash_of: Callable[[TenantId], Hash]
    limits: LaunchLimits = field(default_factory=launch_limits)

    def login(self, pairs: Iterable[tuple[str, str]], sender: Sender = UNKNOWN_SENDER) -> LoginRedirect:
        """Answer a login initiation; raises LaunchRefused."""
        book = self._book()
        states = self._states(sender, book.whose)
        try:
            return begin_login(pairs, book=book, states=states, clock=self.clock, launch_url=self.launch_url)
        except LaunchRefused as refused:
            self._note_refused("login", refused, sender, book.whose)
            raise

    def launch(
        self, pairs: Iterable[tuple[str, str]], cookies: Mapping[str, str], sender: Sender = UNKNOWN_SENDER
    ) -> Launched | Selection | StorageNeeded | NewTabNeeded:
        """Judge what a Platform posted, and make the Visit or the Selection; raises LaunchRefused."""
        book = self._book()
        try:
            message = verify_launch(
                pairs,
                cookies,
                book=book,
                states=self._states(sender, book.whose),
                keys=self.keys,
                clock=self.clock,
                launch_url=self.launch_url,
                sender=sender,
            )
        except LaunchRefused as refused:
            if isinstance(refused, DeploymentUnknown):
                self._keep_pending(refused)
            self._note_refused("launch", refused, sender, book.whose)
            raise
        if not isinstance(message, LaunchMessage):
            return message
        asked = message.claims.deep_linking
        if asked is not None:
            return self._ask(message, asked)
        return Launched(self._accept(message), self.sealed(message.login))

    def sealed(self, login: LoginParameters) -> str:
        """Return a login as a text that only we can read, to start it again by a link; "" if a link cannot hold it."""
        text = self.seal.close(json.dumps(asdict(login)).encode()).decode()
        return text if len(text) <= LONGEST_LOGIN else ""

    def opened(self, sealed: str) -> LoginParameters:
        """Return the login that ``sealed`` wrote; raises LaunchRefused for any other text."""
        try:
            return LoginParameters(**json.loads(self.seal.open(sealed.encode("utf-8", "replace"))))
        except (NotReady, TypeError, ValueError) as error:
            raise LaunchRefused("parameter_malformed", "login") from error

    def _ask(self, message: LaunchMessage, asked: DeepLinkingSettings) -> Selection:
        """Let somebody who teaches choose what a new link shows; nothing of the person is kept."""
        registration, claims = message.registration, message.claims
        if message.standing is DeploymentStanding.NEW:
            with self.sessions.begin() as session:
                record = platforms.by_id(session, registration.platform_id)
                if record is not None:
                    self._keep_deployment(session, message, record)
        log.info("content_asked_for", platform=registration.platform_id)
        return Selection(
            tenant=registration.tenant,
            platform=registration.platform_id,
            deployment=claims.deployment,
            course=claims.course.id if claims.course else "",
            locale=claims.locale,
            settings=asked,
            expires_at=(self.clock() + SELECTION_LIFE).replace(microsecond=0),
        )

    def _accept(self, message: LaunchMessage) -> Visit:
        registration, claims = message.registration, message.claims
        with self.sessions.begin() as session:
            record = platforms.by_id(session, registration.platform_id)
            learner = self._keep(session, message, record) if record is not None else None
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
            link=claims.custom,
            administers=claims.subject is not None and administers(claims.roles),
        )

    def _keep(self, session: Session, message: LaunchMessage, record: PlatformRecord) -> LearnerId | None:
        """Keep what a Launch leaves: a Deployment that is new, when it was, and who it was."""
        if message.standing is DeploymentStanding.NEW:
            self._keep_deployment(session, message, record)
        learner = self._learner(session, message, record)
        platforms.note_launch(session, record, message.claims.audience.value, self.clock())
        return learner

    def _keep_deployment(self, session: Session, message: LaunchMessage, record: PlatformRecord) -> None:
        platforms.add_deployments(session, record, [message.claims.deployment], "approved", self.clock())
        detail = {"platform": record.name}
        events.audit(session, record.tenant, "deployment_added", "approve", detail, self.clock())

    def _keep_pending(self, unknown: DeploymentUnknown) -> None:
        """Let an administrator find a Deployment that was refused for being new; a bounded number of them."""
        with self.sessions.begin() as session:
            record = platforms.by_id(session, unknown.registration.platform_id)
            if record is not None and platforms.add_pending(session, record, unknown.deployment, self.clock()):
                detail = {"platform": record.name}
                events.audit(session, record.tenant, "deployment_added", "pending", detail, self.clock())

    def _learner(self, session: Session, message: LaunchMessage, record: PlatformRecord) -> LearnerId | None:
        claims, registration = message.claims, message.registration
        if claims.subject is None or self._was_erased(session, registration, claims.subject):
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
            hash_identifier=self.hash_of(registration.tenant),
            clock=self.clock,
            platform=registration.platform_id,
        )

    def _was_erased(self, session: Session, registration: Registration, subject: str) -> bool:
        """Tell whether nothing may be kept of this person: they see the page that everyone sees."""
        me = self.hash_of(registration.tenant)(Identifier(IfiKind.ACCOUNT, subject, registration.issuer))
        return is_erased(session, registration.tenant, me.exact)

    def _book(self) -> StoredBook:
        return StoredBook(self.readers)

    def _states(self, sender: Sender, whose: set[TenantId]) -> StoredStates:
        return StoredStates(self.sessions, self.readers, self.seal, self.clock, self.limits, sender.source, whose)

    def auth_origins(self, login: LoginParameters) -> frozenset[str]:
        """Return the origins that a login may lead on to: those of the issuer's authorization endpoints."""
        found = self._book().find(login.issuer, login.client_id or None)
        parts = [urlsplit(registration.auth_url) for registration in found]
        return frozenset(f"{part.scheme}://{part.netloc}" for part in parts)

    def _note_refused(self, where: str, refused: LaunchRefused, sender: Sender, whose: set[TenantId]) -> None:
        """Write the refusal down; once its source has too many, refuse shortly instead (and say so once a minute).

        Who re-posts a launch in its own browser (reload, Back) has done nothing wrong.
        """
        if isinstance(refused, LaunchUsed) or self.limits.failures.take(sender.source):
            log.warning("launch_refused", where=where, code=refused.code, detail=refused.detail)
            self._audit_refused(where, refused, whose)
            return
        flood = LaunchRefused("too_many_refused")
        if self.limits.alarm.spend():
            log.warning("launches_limited", where=where, code=refused.code)
            self._audit_refused(where, flood, whose)
        raise flood from refused

    def _audit_refused(self, where: str, refused: LaunchRefused, whose: set[TenantId]) -> None:
        """Write the audit line while this process has not written too many.

        It belongs to the Tenant whose Platform it was; to the first one where that is nobody's, or several'.
        """
        if not self.limits.audit.spend():
            return
        with self.sessions.begin() as session:
            for tenant in whose if len(whose) == 1 else site.all_tenants(session)[:1]:
                detail = {"where": where, "detail": refused.detail}
                events.audit(session, tenant, "launch_refused", refused.code, detail, self.clock())
