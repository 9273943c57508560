"""The launch: from the form that a Platform posts to a LaunchMessage (Security 5.1.1.3 and 5.1.3, Core 5).

Three things can come of it: a LaunchMessage; a NewTabNeeded, when the browser did not send our cookie back; or
LaunchRefused. LaunchUsed is the LaunchRefused of a re-posted form, with what is needed to start again.
"""

import re
import sys
from collections.abc import Iterable, Mapping
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
    KeySource,
    LaunchStates,
    LoginParameters,
    LoginState,
    Registration,
    RegistrationBook,
)
from connector.lti.states import cookie_name, digest, is_secret_of
from connector.lti.tokens import hostile_input, signed_claims

_FIELDS = ("state", "id_token", "error", "error_description")
_LIMITS = {"id_token": sys.maxsize}  # read_token has a bound and a code of its own
_ERROR_CODE = re.compile(r"[a-z_]{1,64}", re.ASCII)
# Words only: no digits and no "@", so that no person's identifier gets into the log.
_ERROR_WORDS = re.compile(r"[A-Za-z _.,:;'()/-]{1,200}", re.ASCII)
_SIGN_IN = frozenset({"login_required", "interaction_required", "account_selection_required", "consent_required"})


@dataclass(frozen=True, slots=True)
class LaunchMessage:
    """A verified launch: by which Registration, what it says, and whether its Deployment is seen for the first time."""

    registration: Registration
    claims: LaunchClaims
    standing: DeploymentStanding


@dataclass(frozen=True, slots=True)
class NewTabNeeded:
    """The cookie did not come back, so nothing was accepted: offer to start this login again in a tab of its own."""

    login: LoginParameters


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


def verify_launch(
    pairs: Iterable[tuple[str, str]],
    cookies: Mapping[str, str],
    *,
    book: RegistrationBook,
    states: LaunchStates,
    keys: KeySource,
    clock: Clock,
    launch_url: str,
) -> LaunchMessage | NewTabNeeded:
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

    Returns
    -------
    LaunchMessage or NewTabNeeded

    Raises
    ------
    LaunchRefused
        With one of the codes of ``connector.lti.codes``, whatever was posted; ``LaunchUsed`` for a re-posted form.
    """
    form = _read_form(pairs)
    platform_answered_with_a_token(form.error, form.error_description)
    state_is_given(form.state)
    now = clock()
    login = take_login(form.state, cookies, states, now)
    secret = cookies.get(cookie_name(form.state))
    if secret is None:
        return NewTabNeeded(login.login)
    browser_is_the_same(secret, login)
    registration = _registration_of(login, book)
    claims = signed_claims(form.id_token, registration, keys)
    with hostile_input():
        id_token_is_valid(claims, registration, login, now)
        message = read_claims(claims, launch_url)
    return LaunchMessage(registration, message, deployment_is_admitted(registration, message, book))


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


def take_login(state: str, cookies: Mapping[str, str], states: LaunchStates, now: datetime) -> LoginState:
    """Use up the login that this launch answers (Security 5.1.1.2: state is one-time and guards against forgery)."""
    login = states.take(digest(state))
    if login is None:
        raise _why_not(state, cookies, states)
    if now >= login.expires_at:
        raise LaunchRefused("state_expired")
    return login


def browser_is_the_same(secret: str, login: LoginState) -> None:
    """Refuse a launch in another browser than the one that logged in (OIDC 3.1.2.1 and 15.5.2: state is bound)."""
    if not is_secret_of(secret, login.browser_hash):
        raise LaunchRefused("state_other_browser")


def deployment_is_admitted(
    registration: Registration, message: LaunchClaims, book: RegistrationBook
) -> DeploymentStanding:
    """Refuse a Deployment that is not known, unless the Registration admits new ones (Core 3.1.3, 5.3.3)."""
    standing = book.deployment(registration, message.deployment)
    if standing is DeploymentStanding.PENDING:
        raise LaunchRefused("deployment_pending")
    if standing is DeploymentStanding.NEW and registration.deployment_policy is DeploymentPolicy.KNOWN:
        raise LaunchRefused("deployment_unknown")
    return standing


def _read_form(pairs: Iterable[tuple[str, str]]) -> _Form:
    fields = dict.fromkeys(_FIELDS, "") | read_fields(pairs, _FIELDS, _LIMITS)
    return _Form(**fields)


def _why_not(state: str, cookies: Mapping[str, str], states: LaunchStates) -> LaunchRefused:
    used = states.used(digest(state))
    if used is None:
        return LaunchRefused("state_unknown")
    if is_secret_of(cookies.get(cookie_name(state), ""), used.browser_hash):
        return LaunchUsed(used.login)
    return LaunchRefused("state_used")


def _described(named: str, description: str) -> str:
    return f"{named}: {description}" if _ERROR_WORDS.fullmatch(description) else named


def _registration_of(login: LoginState, book: RegistrationBook) -> Registration:
    registration = book.get(login.platform_id)
    if registration is None:
        raise LaunchRefused("registration_disabled", "removed since the login")
    registration_is_active(registration)
    return registration
