"""The launch: from the form that a Platform posts to a LaunchMessage (Security 5.1.1.3 and 5.1.3, Core 5).

Four things can come of it: a LaunchMessage; when the browser did not send our cookie back a StorageNeeded, where the
Platform keeps the secret for us, else a NewTabNeeded; or LaunchRefused. LaunchUsed is the LaunchRefused of a re-posted
form, with what is needed to start again. Only who proves to be the browser of the login uses the login up.
"""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connector.clock import Clock
from connector.errors import LaunchRefused
from connector.lti.checks import id_token_is_valid
from connector.lti.claims import LaunchClaims, read_claims
from connector.lti.fields import read_fields
from connector.lti.oidc import registration_is_active
from connector.lti.ports import (
    DeploymentPolicy,
    DeploymentStanding,
    KeptLogin,
    KeySource,
    LaunchStates,
    LoginParameters,
    LoginState,
    Registration,
    RegistrationBook,
)
from connector.lti.sender import UNKNOWN_SENDER, Sender
from connector.lti.states import cookie_name, digest, is_secret_of
from connector.lti.storage import PlatformStorage, storage_of
from connector.lti.tokens import hostile_input, read_token, signed_claims

BROWSER_FIELD = "browser"
"""The field in which our own page posts what the Platform's storage gave it."""
_FIELDS = ("state", "id_token", "error", "error_description", BROWSER_FIELD)
_LIMITS = {"id_token": sys.maxsize}  # read_token has a bound and a code of its own
_ERROR_CODE = re.compile(r"[a-z_]{1,64}", re.ASCII)
# Words only: no digits and no "@", so that no person's identifier gets into the log.
_ERROR_WORDS = re.compile(r"[A-Za-z _.,:;'()/-]{1,200}", re.ASCII)
_SIGN_IN = frozenset({"login_required", "interaction_required", "account_selection_required", "consent_required"})


@dataclass(frozen=True, slots=True)
class LaunchMessage:
    """A verified launch: by which Registration, what it says, if its Deployment is new, and which login it ends."""

    registration: Registration
    claims: LaunchClaims
    standing: DeploymentStanding
    login: LoginParameters


@dataclass(frozen=True, slots=True)
class NewTabNeeded:
    """The cookie did not come back, so nothing was accepted: offer to start this login again in a tab of its own."""

    login: LoginParameters


@dataclass(frozen=True, slots=True)
class StorageNeeded:
    """The cookie did not come back, but the Platform may have the secret: let a page of ours ask, and post again."""

    login: LoginParameters
    storage: PlatformStorage
    state: str
    id_token: str
    frame_origins: tuple[str, ...]


class DeploymentUnknown(LaunchRefused):
    """A verified launch of a Deployment that an administrator has to admit first.

    Parameters
    ----------
    registration : Registration
        Whose it is.
    deployment : str
        Its id.
    """

    def __init__(self, registration: Registration, deployment: str) -> None:
        super().__init__("deployment_unknown")
        self.registration = registration
        self.deployment = deployment


class LaunchUsed(LaunchRefused):
    """A launch that was posted again from the same browser (reload, Back): start this login again.

    Parameters
    ----------
    login : LoginParameters
        What the first login was started with.
    """

    def __init__(self, login: LoginParameters) -> None:
        super().__init__("state_used")
        self.login = login


@dataclass(frozen=True, slots=True)
class _Form:
    state: str
    id_token: str
    error: str
    error_description: str
    browser: str


def verify_launch(
    pairs: Iterable[tuple[str, str]],
    cookies: Mapping[str, str],
    *,
    book: RegistrationBook,
    states: LaunchStates,
    keys: KeySource,
    clock: Clock,
    launch_url: str,
    sender: Sender = UNKNOWN_SENDER,
) -> LaunchMessage | StorageNeeded | NewTabNeeded:
    """Judge what a Platform posted to our launch URL. Not inside a transaction: ``keys`` may speak HTTP.

    Parameters
    ----------
    pairs : iterable of (name, value)
        The fields of the form, repetitions included (never of the query: Security 5.1.1.3 posts).
    cookies : mapping of str to str
        All cookies of the request.
    book, states, keys, clock
        The Registrations, the waiting logins, the Platforms' keys, the time.
    launch_url : str
        Our one launch URL; its origin is the only one we serve.
    sender : Sender
        Where the form came from: a secret in it counts only if a page of ours posted it.

    Returns
    -------
    LaunchMessage, StorageNeeded or NewTabNeeded

    Raises
    ------
    LaunchRefused
        With one of the codes of ``connector.lti.codes``, whatever was posted; ``LaunchUsed`` for a re-posted form.
    """
    form = _read_form(pairs)
    platform_answered_with_a_token(form.error, form.error_description)
    state_is_given(form.state)
    now = clock()
    kept = login_of(form.state, states, now)
    login, secrets = kept.login, _secrets(form, cookies, sender, launch_url)
    login_is_unused(kept, [*secrets, form.browser])
    if not secrets:
        return _without_cookie(form, login, book)
    browser_is_the_same(secrets, login)
    take_login(login, states)
    registration = _registration_of(login, book)
    claims = signed_claims(form.id_token, registration, keys)
    with hostile_input():
        id_token_is_valid(claims, registration, login, now)
        message = read_claims(claims, launch_url)
    standing = deployment_is_admitted(registration, message, book)
    return LaunchMessage(registration, message, standing, login.login)


def platform_answered_with_a_token(error: str, description: str) -> None:
    """Refuse an error answer, and say in the log which it was (Security 5.1.1.5, OIDC 3.1.2.6).

    It uses nothing up: anybody can post one.
    """
    if error in _SIGN_IN:
        raise LaunchRefused("platform_login_required", error)
    if error:
        named = error if _ERROR_CODE.fullmatch(error) else "an error"
        raise LaunchRefused("platform_refused", _described(named, description))


def state_is_given(state: str) -> None:
    """Refuse an answer that names no login (Security 5.1.1.3: state comes back with the token)."""
    if not state:
        raise LaunchRefused("state_missing")


def login_of(state: str, states: LaunchStates, now: datetime) -> KeptLogin:
    """Return the login that this launch answers; nothing is used up by asking (Security 5.1.1.2)."""
    kept = states.find(digest(state))
    if kept is None:
        raise LaunchRefused("state_unknown")
    if now >= kept.login.expires_at:
        raise LaunchRefused("state_expired")
    return kept


def login_is_unused(kept: KeptLogin, secrets: Sequence[str]) -> None:
    """Refuse a launch that was posted before (Security 5.1.1.2: state is one-time).

    Its own browser may start again. A reload does not say which page sent the form, and need not: starting a login is
    open to everybody (Security 5.1.1.1).
    """
    if kept.used:
        raise LaunchUsed(kept.login.login) if _fits(secrets, kept.login) else LaunchRefused("state_used")


def browser_is_the_same(secrets: Sequence[str], login: LoginState) -> None:
    """Refuse a launch in another browser than the one that logged in (OIDC 3.1.2.1 and 15.5.2: state is bound)."""
    if not _fits(secrets, login):
        raise LaunchRefused("state_other_browser")


def take_login(login: LoginState, states: LaunchStates) -> None:
    """Use up the login of this browser; of two equal launches at once one alone goes on (Security 5.1.1.2)."""
    if not states.take(login.state_hash):
        raise LaunchUsed(login.login)


def deployment_is_admitted(
    registration: Registration, message: LaunchClaims, book: RegistrationBook
) -> DeploymentStanding:
    """Refuse a Deployment that is not known, unless the Registration admits new ones (Core 3.1.3, 5.3.3)."""
    standing = book.deployment(registration, message.deployment)
    if standing is DeploymentStanding.PENDING:
        raise LaunchRefused("deployment_pending")
    if standing is DeploymentStanding.DISABLED:
        raise LaunchRefused("deployment_disabled")
    if standing is DeploymentStanding.NEW and registration.deployment_policy is DeploymentPolicy.KNOWN:
        raise DeploymentUnknown(registration, message.deployment)
    return standing


def _read_form(pairs: Iterable[tuple[str, str]]) -> _Form:
    fields = dict.fromkeys(_FIELDS, "") | read_fields(pairs, _FIELDS, _LIMITS)
    return _Form(**fields)


def _secrets(form: _Form, cookies: Mapping[str, str], sender: Sender, launch_url: str) -> list[str]:
    """Return what was sent to prove the browser: the cookie, and the field if a page of ours filled it in.

    Whoever began a login knows its secret and could have another person's browser post it (login CSRF): so a field
    from elsewhere proves nothing, and counts as a wrong secret.
    """
    cookie = cookies.get(cookie_name(form.state))
    given = [] if cookie is None else [cookie]
    if form.browser:
        given.append(form.browser if sender.is_page_of(launch_url) else "")
    return given


def _fits(secrets: Sequence[str], login: LoginState) -> bool:
    return any([is_secret_of(secret, login.browser_hash) for secret in secrets])  # noqa: C419 - each one, in equal time


def _without_cookie(form: _Form, login: LoginState, book: RegistrationBook) -> StorageNeeded | NewTabNeeded:
    registration = _registration_of(login, book)
    storage = storage_of(login.login, registration, form.state)
    if storage is None:
        return NewTabNeeded(login.login)
    read_token(form.id_token)
    return StorageNeeded(login.login, storage, form.state, form.id_token, registration.frame_origins)


def _described(named: str, description: str) -> str:
    return f"{named}: {description}" if _ERROR_WORDS.fullmatch(description) else named


def _registration_of(login: LoginState, book: RegistrationBook) -> Registration:
    registration = book.get(login.platform_id)
    if registration is None:
        raise LaunchRefused("registration_disabled", "removed since the login")
    registration_is_active(registration)
    return registration
