"""What the LTI core asks of the world, and the frozen values that pass between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from connector.domain import PlatformId, TenantId

Jwk = Mapping[str, object]
"""One JSON Web Key as a Platform published it (RFC 7517): nothing in it is checked yet."""


class SignatureAlgorithm(StrEnum):
    """What a Platform may sign with: RSA only, never none or a shared secret (Security 5.1.3 step 5, 7.3.2)."""

    RS256 = "RS256"


class DeploymentPolicy(StrEnum):
    """What happens when a Deployment is seen for the first time.

    ``APPROVE`` admits it, ``KNOWN`` refuses it until an administrator admits it; the launch use case records either.
    """

    APPROVE = "approve"
    KNOWN = "known"


class DeploymentStanding(StrEnum):
    """What is on record about a Deployment: admitted, waiting for an administrator, refused by one, or never seen."""

    KNOWN = "known"
    PENDING = "pending"
    DISABLED = "disabled"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Registration:
    """One Platform as this Tool knows it: issuer and client id, compared exactly, and where to reach it.

    ``token_url`` is "" where no service is used. ``frame_origins`` are those that its pages may be framed by. An
    inactive Registration refuses every login and launch.
    """

    platform_id: PlatformId
    tenant: TenantId
    issuer: str
    client_id: str
    auth_url: str
    jwks_url: str
    token_url: str = ""
    algorithm: SignatureAlgorithm = SignatureAlgorithm.RS256
    deployment_policy: DeploymentPolicy = DeploymentPolicy.APPROVE
    active: bool = True
    frame_origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LoginParameters:
    """A login initiation as the Platform sent it (Security 5.1.1.1, Core 4.1).

    ``client_id``, ``deployment_hint`` and ``storage_frame`` are "" when not sent; ``lti_message_hint`` is None when not
    sent. The hints are opaque. Nothing here is signed: it starts a login, it proves nothing.
    """

    issuer: str
    login_hint: str
    target_link_uri: str
    client_id: str = ""
    lti_message_hint: str | None = None
    deployment_hint: str = ""
    storage_frame: str = ""


@dataclass(frozen=True, slots=True)
class LoginState:
    """What is kept of a login until its launch comes back: 10 minutes, once.

    ``state_hash``, ``nonce_hash`` and ``browser_hash`` are SHA-256 digests (32 bytes) of values that only the browser
    and the Platform hold. ``login`` allows the login to be started again in a new tab.
    """

    state_hash: bytes
    nonce_hash: bytes
    browser_hash: bytes
    tenant: TenantId
    platform_id: PlatformId
    login: LoginParameters
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class KeptLogin:
    """A login on record, and whether a launch has used it up."""

    login: LoginState
    used: bool


class RegistrationBook(Protocol):
    """The Registrations and Deployments on record; reads only."""

    def find(self, issuer: str, client_id: str | None) -> Sequence[Registration]:
        """Return every Registration of exactly this issuer, and of this client id unless it is None.

        Inactive ones are returned too, so that the refusal can say so. The order does not matter.
        """

    def get(self, platform_id: PlatformId) -> Registration | None:
        """Return one Registration, or None when it was removed."""

    def deployment(self, registration: Registration, deployment_id: str) -> DeploymentStanding:
        """Return what is on record about this Deployment (at most 255 characters, case counts)."""


class KeySource(Protocol):
    """The public keys of a Platform; may speak HTTP, so never call it inside a transaction."""

    def keys(self, registration: Registration) -> Sequence[Jwk]:
        """Return the Platform's keys, from a cache where one is fresh.

        Raises
        ------
        LaunchRefused
            ``keys_unavailable`` when they cannot be had.
        """

    def refetch(self, registration: Registration, kid: str) -> Sequence[Jwk]:
        """Return the keys again because ``kid`` was not among them; asks at most once per kid and minute.

        Raises
        ------
        LaunchRefused
            ``keys_unavailable`` when they cannot be had.
        """


class LaunchStates(Protocol):
    """Logins that wait for their launch; bounded, what has expired is removed.

    Every method is durable when it returns: a launch that is refused later has used its state up all the same.
    """

    def add(self, state: LoginState) -> None:
        """Keep a new login."""

    def find(self, state_hash: bytes) -> KeptLogin | None:
        """Return a login, used or not; None when it is unknown. It stays as it is, whoever asks.

        Used ones are kept so that a re-posted launch can start again; an implementation may forget them.
        """

    def take(self, state_hash: bytes) -> bool:
        """Use a login up; False when it is unknown or was used. Of two at once only one gets True."""
