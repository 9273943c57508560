"""A platform and our tool in one process, without network or database: what the attacks and good launches run on."""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa
from jwt import PyJWS

from connector.domain import PlatformId, TenantId
from connector.lti.keys import key_id
from connector.lti.oidc import LoginRedirect, begin_login
from connector.lti.ports import DeploymentStanding, Jwk, KeptLogin, LoginState, Registration
from connector.lti.sender import UNKNOWN_SENDER, Sender
from connector.lti.verify import LaunchMessage, NewTabNeeded, StorageNeeded, verify_launch

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LAUNCH_URL = "https://tool.example/lti/launch"
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
MOODLE = Registration(
    platform_id=PlatformId(1),
    tenant=TenantId(1),
    issuer="https://moodle.example",
    client_id="client-1",
    auth_url="https://moodle.example/auth",
    jwks_url="https://moodle.example/jwks",
)
ABSENT = object()
"""In changes: leave the claim or header out."""


@cache
def rsa_key(name: str = "platform", bits: int = 2048) -> rsa.RSAPrivateKey:
    """The same key for the same name, within one run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def jwk_of(key: rsa.RSAPrivateKey, **changes: object) -> dict[str, object]:
    public = key.public_key()
    numbers = public.public_numbers()
    jwk = {
        "kty": "RSA",
        "n": _uint(numbers.n),
        "e": _uint(numbers.e),
        "kid": key_id(public),
        "use": "sig",
        "alg": "RS256",
    }
    return changed(jwk, changes)


def changed(values: Mapping[str, object], changes: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in {**values, **changes}.items() if value is not ABSENT}


def signed(payload: bytes, key: rsa.RSAPrivateKey, header: Mapping[str, object]) -> str:
    """Sign any bytes under any header by RS256, as an attacker may."""
    head = f"{b64(json.dumps(dict(header)).encode())}.{b64(payload)}"
    algorithm = PyJWS().get_algorithm_by_name("RS256")
    return f"{head}.{b64(algorithm.sign(head.encode(), key))}"


def b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _uint(value: int) -> str:
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


@dataclass
class DictBook:
    registrations: list[Registration]
    standings: dict[str, DeploymentStanding] = field(default_factory=lambda: {"dep-1": DeploymentStanding.KNOWN})

    def find(self, issuer: str, client_id: str | None) -> Sequence[Registration]:
        return [r for r in self.registrations if r.issuer == issuer and client_id in {None, r.client_id}]

    def get(self, platform_id: PlatformId) -> Registration | None:
        return next((r for r in self.registrations if r.platform_id == platform_id), None)

    def deployment(self, registration: Registration, deployment_id: str) -> DeploymentStanding:
        return self.standings.get(deployment_id, DeploymentStanding.NEW)


@dataclass
class DictStates:
    waiting: dict[bytes, LoginState] = field(default_factory=dict)
    taken: dict[bytes, LoginState] = field(default_factory=dict)

    def add(self, state: LoginState) -> None:
        self.waiting[state.state_hash] = state

    def find(self, state_hash: bytes) -> KeptLogin | None:
        kept = self.waiting.get(state_hash) or self.taken.get(state_hash)
        return KeptLogin(kept, state_hash in self.taken) if kept else None

    def take(self, state_hash: bytes) -> bool:
        state = self.waiting.pop(state_hash, None)
        if state:
            self.taken[state_hash] = state
        return state is not None


@dataclass
class ListKeys:
    published: list[Jwk]
    after_refetch: list[Jwk] | None = None
    refetches: list[str] = field(default_factory=list)

    def keys(self, registration: Registration) -> Sequence[Jwk]:
        return self.published

    def refetch(self, registration: Registration, kid: str) -> Sequence[Jwk]:
        self.refetches.append(kid)
        return self.published if self.after_refetch is None else self.after_refetch


@dataclass(frozen=True)
class Login:
    """A login that was begun: what the browser and the platform now know."""

    redirect: LoginRedirect
    nonce: str

    @property
    def state(self) -> str:
        return self.redirect.state

    @property
    def cookies(self) -> dict[str, str]:
        return {self.redirect.cookie_name: self.redirect.browser_secret, "unrelated": "1"}


class Scene:
    """One platform, one tool, one browser, at noon."""

    def __init__(self, registration: Registration = MOODLE, launch_url: str = LAUNCH_URL) -> None:
        self.registration = registration
        self.launch_url = launch_url
        self.now = NOON
        self.book = DictBook([registration])
        self.states = DictStates()
        self.keys = ListKeys([jwk_of(rsa_key())])

    def begin(self, pairs: Iterable[tuple[str, str]]) -> LoginRedirect:
        return begin_login(
            pairs, book=self.book, states=self.states, clock=lambda: self.now, launch_url=self.launch_url
        )

    def login_fields(self, **changes: object) -> dict[str, str]:
        fields = {
            "iss": self.registration.issuer,
            "client_id": self.registration.client_id,
            "login_hint": "4",
            "lti_message_hint": '{"cmid":27}',
            "target_link_uri": self.launch_url,
        }
        return changed(fields, changes)

    def login(self) -> Login:
        redirect = self.begin(self.login_fields().items())
        return Login(redirect, parse_qs(urlsplit(redirect.url).query)["nonce"][0])

    def claims(self, nonce: str, /, **changes: object) -> dict[str, object]:
        second = int(self.now.timestamp())
        good = {
            "iss": self.registration.issuer,
            "aud": self.registration.client_id,
            "sub": "4",
            "iat": second,
            "exp": second + 60,
            "nonce": nonce,
            "given_name": "Ann",
            CLAIM + "version": "1.3.0",
            CLAIM + "message_type": "LtiResourceLinkRequest",
            CLAIM + "deployment_id": "dep-1",
            CLAIM + "target_link_uri": self.launch_url,
            CLAIM + "resource_link": {"id": "rl-1", "title": "For you"},
            CLAIM + "roles": [LEARNER],
            CLAIM + "context": {"id": "c-1", "title": "Statistics", "type": ["CourseSection"]},
            CLAIM + "custom": {"course_id": "c-1"},
            CLAIM + "launch_presentation": {"locale": "en", "return_url": "https://moodle.example/course/1"},
        }
        return changed(good, changes)

    def token(
        self, claims: object, *, key: rsa.RSAPrivateKey | None = None, header: Mapping[str, object] | None = None
    ) -> str:
        payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
        kid = key_id(rsa_key().public_key())
        return signed(payload, key or rsa_key(), changed({"alg": "RS256", "typ": "JWT", "kid": kid}, header or {}))

    def post(
        self,
        pairs: Iterable[tuple[str, str]] | Mapping[str, str],
        cookies: Mapping[str, str],
        sender: Sender = UNKNOWN_SENDER,
    ) -> LaunchMessage | StorageNeeded | NewTabNeeded:
        return verify_launch(
            pairs.items() if isinstance(pairs, Mapping) else pairs,
            cookies,
            book=self.book,
            states=self.states,
            keys=self.keys,
            clock=lambda: self.now,
            launch_url=self.launch_url,
            sender=sender,
        )

    def launch(self, **changes: object) -> LaunchMessage | NewTabNeeded:
        """Log in and post a good launch with these claims changed."""
        login = self.login()
        return self.post(
            {"state": login.state, "id_token": self.token(self.claims(login.nonce, **changes))}, login.cookies
        )

    def launch_under(
        self, header: Mapping[str, object], key: rsa.RSAPrivateKey | None = None
    ) -> LaunchMessage | NewTabNeeded:
        """Log in and post a launch with good claims, this header and key."""
        login = self.login()
        token = self.token(self.claims(login.nonce), key=key, header=header)
        return self.post({"state": login.state, "id_token": token}, login.cookies)

    def launch_raw(self, id_token: str) -> LaunchMessage | NewTabNeeded:
        """Log in and post this text as the token."""
        login = self.login()
        return self.post({"state": login.state, "id_token": id_token}, login.cookies)

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def switch(self, **changes: object) -> None:
        """Change the registration on record."""
        self.registration = replace(self.registration, **changes)
        self.book.registrations[0] = self.registration
