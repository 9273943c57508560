"""Register: an LMS that was given an invite makes this tool known to itself, and itself to us, in one step.

Nothing is kept until the LMS has agreed; then Platform, Deployment, audit line and the used-up invite are one
transaction. Registered again under the same issuer and client id, a Platform is brought up to date: its Deployments,
match rules and Learners stay.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol
from urllib.parse import urlsplit

import structlog
from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.errors import LaunchRefused
from connector.lti.dynamic import (
    ENDPOINTS,
    Agreed,
    PlatformConfiguration,
    Tool,
    error_code_of,
    judge,
    read_answer,
    read_configuration,
    write_request,
)
from connector.lti.dynamic_fields import frame_origin, host_of
from connector.lti.fields import read_fields
from connector.lti.origin import is_web_link
from connector.lti.products import SHARED_ISSUERS
from connector.lti.registration_codes import RegistrationRefused
from connector.lti.switches import Switches
from connector.outside.fetch import Answered
from connector.store import events, invites, platforms
from connector.store.invites import InviteRecord
from connector.store.platforms import PlatformRecord

log = structlog.get_logger()

FIELDS = ("openid_configuration", "registration_token")
LONGEST_FIELD = 8192
LONGEST_NAME = 80
CREATED = frozenset({200, 201})


class UnknownPlatforms(Protocol):
    """Platforms that are not registered yet, over HTTP; never asked inside a transaction.

    Each method raises RegistrationRefused.
    """

    @property
    def schemes(self) -> frozenset[str]:
        """What an issuer may begin with."""

    def check(self, url: str, name: str) -> None:
        """Refuse an address that may not be asked."""

    def configuration(self, url: str, token: str) -> bytes:
        """Return a Platform's configuration."""

    def register(self, url: str, token: str, request: Mapping[str, Any]) -> Answered:
        """Send our request; return the answer whatever its status."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the LMS said when it opened the invite; both may hold a one-time token."""

    configuration_url: str
    token: str

    @property
    def host(self) -> str:
        """The LMS's host, which may be shown."""
        return host_of(self.configuration_url)


@dataclass(frozen=True, slots=True)
class Offer:
    """What will be asked for once somebody agrees."""

    asked: Asked
    switches: Switches


@dataclass(frozen=True, slots=True)
class Registered:
    """What was agreed."""

    name: str
    issuer: str
    product: str
    agreed: Agreed
    switches: Switches
    known_before: bool
    deployment_policy: str
    active: bool
    frame_origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Registrations:
    """The registrations of all Tenants; each Platform comes into the Tenant of its invite."""

    sessions: sessionmaker[Session]
    readers: sessionmaker[Session]
    clock: Clock
    platforms: UnknownPlatforms
    tool: Tool

    def offer(self, secret: str, pairs: Iterable[tuple[str, str]]) -> Offer:
        """Return what a registration by this invite would ask for; asks nobody and changes nothing.

        Raises
        ------
        RegistrationRefused
            If the invite cannot be used, or the LMS did not say where its configuration is.
        """
        invite = self._invite(secret)
        return Offer(_asked(pairs), switches_of(invite))

    def register(self, secret: str, pairs: Iterable[tuple[str, str]]) -> Registered:
        """Register at the LMS and keep what was agreed; costs two requests to the LMS and three name resolutions.

        Raises
        ------
        RegistrationRefused
            And nothing is kept, the invite stays open.
        """
        try:
            invite = self._invite(secret)
            registered = self._register(invite, _asked(pairs))
        except RegistrationRefused as refused:
            log.warning("registration_refused", code=refused.code, detail=refused.detail)
            raise
        log.info("platform_registered", product=registered.product, known_before=registered.known_before)
        return registered

    def _register(self, invite: InviteRecord, asked: Asked) -> Registered:
        configuration = self._configuration(asked)
        request = write_request(configuration, self.tool, switches_of(invite))
        answer = self.platforms.register(configuration.registration_endpoint, asked.token, request)
        if answer.status not in CREATED:
            code = error_code_of(answer.body)
            code = "" if code in asked.token else code  # an LMS that echoes its token does not bring it into the log
            raise RegistrationRefused("platform_denied", f"{answer.status} {code}".strip())
        return self._keep(invite, asked, configuration, read_answer(answer.body, request))

    def _invite(self, secret: str) -> InviteRecord:
        with self.readers.begin() as session:
            invite = invites.by_hash(session, hash_of(secret))
        if invite is None:
            raise RegistrationRefused("invite_unknown")
        if invite.used_at is not None:
            raise RegistrationRefused("invite_used")
        if invite.expires_at <= self.clock():
            raise RegistrationRefused("invite_expired")
        return invite

    def _configuration(self, asked: Asked) -> PlatformConfiguration:
        configuration = read_configuration(self.platforms.configuration(asked.configuration_url, asked.token))
        judge(configuration, asked.configuration_url, self.platforms.schemes)
        for name in ENDPOINTS:
            self.platforms.check(getattr(configuration, name), name)
        return configuration

    def _keep(
        self, invite: InviteRecord, asked: Asked, configuration: PlatformConfiguration, agreed: Agreed
    ) -> Registered:
        now = self.clock()
        with self.sessions.begin() as session:
            if not invites.take(session, invite.id, now):
                raise RegistrationRefused("invite_used")
            taken = platforms.hold_names(session, invite.tenant)
            before = next(iter(platforms.by_issuer(session, configuration.issuer, agreed.client_id)), None)
            if before is not None:
                is_ours_to_change(before, invite, asked)
            values = _values(invite, asked, configuration, agreed, before)
            default = before.name if before else configuration.product.code or asked.host
            values["name"] = free_name(invite.name or default, taken, before)
            record = _kept(session, invite, values, before, now)
            if agreed.deployment:
                platforms.add_deployments(session, record, [agreed.deployment], "approved", now)
            invites.used_by(session, invite.id, record.id)
            detail = {"platform": record.name, "product": record.product, "again": before is not None}
            events.audit(session, invite.tenant, "platform_registered", record.product, detail, now)
        return Registered(
            name=record.name,
            issuer=record.issuer,
            product=record.product,
            agreed=agreed,
            switches=switches_of(invite),
            known_before=before is not None,
            deployment_policy=record.deployment_policy,
            active=record.active,
            frame_origins=record.frame_origins,
        )


def hash_of(secret: str) -> bytes:
    """Return what is kept of an invite's secret: its SHA-256. With 256 random bits it needs no salt."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def switches_of(invite: InviteRecord) -> Switches:
    """Return what the invite switches on."""
    return Switches(**{name: bool(invite.switches.get(name)) for name in asdict(Switches())})


def is_ours_to_change(before: PlatformRecord, invite: InviteRecord, asked: Asked) -> None:
    """Refuse to change another Tenant's Platform, or another school's under an issuer that schools share."""
    shared = before.issuer in SHARED_ISSUERS
    known_host = host_of(str((before.agreed or {}).get("configuration", "")))
    if before.tenant != invite.tenant or (shared and known_host != asked.host):
        raise RegistrationRefused("registration_foreign")


def free_name(wanted: str, taken: set[str], before: PlatformRecord | None) -> str:
    """Return a name for the Platform: the wanted one; where that is taken, its own, or one with a number behind it."""
    if before is not None and wanted in taken:
        return before.name
    names = [wanted[:LONGEST_NAME], *(f"{wanted[: LONGEST_NAME - 4]}-{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def _asked(pairs: Iterable[tuple[str, str]]) -> Asked:
    try:
        fields = read_fields(pairs, FIELDS, dict.fromkeys(FIELDS, LONGEST_FIELD))
    except LaunchRefused as refused:
        raise RegistrationRefused("invite_fields_malformed", refused.detail) from refused
    url, token = fields.get("openid_configuration", ""), fields.get("registration_token", "")
    if not is_web_link(url):
        raise RegistrationRefused("configuration_missing", "openid_configuration")
    frame_origin(url, "openid_configuration")
    if not token.isascii() or not (token.isprintable() and " " not in token):
        raise RegistrationRefused("invite_fields_malformed", "registration_token")
    return Asked(url, token)


def _values(
    invite: InviteRecord,
    asked: Asked,
    configuration: PlatformConfiguration,
    agreed: Agreed,
    before: PlatformRecord | None,
) -> dict[str, Any]:
    """Return the columns that a registration sets, also again."""
    frames = {
        frame_origin(configuration.issuer, "issuer"),
        frame_origin(configuration.authorization_endpoint, "authorization_endpoint"),
        frame_origin(asked.configuration_url, "openid_configuration"),
    }
    return {
        "auth_url": configuration.authorization_endpoint,
        "token_url": configuration.token_endpoint,
        "jwks_url": configuration.jwks_uri,
        "frame_origins": sorted(frames | set(before.frame_origins if before else ())),
        "switches": asdict(switches_of(invite)),
        "product": configuration.product.code,
        "agreed": {
            "scopes": list(agreed.scopes),
            "claims": list(agreed.claims),
            "messages": list(agreed.messages),
            "version": configuration.version,
            "configuration": _without_query(asked.configuration_url),
        },
        "issuer": configuration.issuer,
        "client_id": agreed.client_id,
    }


def _kept(
    session: Session, invite: InviteRecord, values: dict[str, Any], before: PlatformRecord | None, now: datetime
) -> PlatformRecord:
    if before is None:
        new = {"deployment_policy": invite.deployment_policy, "match_rules": {}}
        number = platforms.add(session, invite.tenant, values | new, now)
    else:
        number = before.id
        platforms.change(session, invite.tenant, before.name, values)
    record = platforms.by_id(session, number)
    assert record is not None
    return record


def _without_query(url: str) -> str:
    """Return the address without its query, where Brightspace puts a one-time token."""
    return urlsplit(url)._replace(query="", fragment="").geturl()
