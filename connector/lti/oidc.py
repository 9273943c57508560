"""The login: from a Platform's login initiation to our authentication request (Security 5.1.1.1 and 5.1.1.2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from connector.clock import Clock
from connector.errors import LaunchRefused
from connector.lti.fields import read_fields
from connector.lti.origin import is_on_origin_of
from connector.lti.ports import LaunchStates, LoginParameters, LoginState, Registration, RegistrationBook
from connector.lti.states import LOGIN_LIFE, cookie_name, digest, new_secret
from connector.lti.storage import PlatformStorage, storage_of

_FIELDS = frozenset(
    {
        "iss",
        "login_hint",
        "target_link_uri",
        "client_id",
        "lti_message_hint",
        "lti_deployment_id",
        "deployment_id",
        "lti_storage_target",
    }
)


@dataclass(frozen=True, slots=True)
class LoginRedirect:
    """Where to send the browser, and what binds it: a cookie, and the Platform's storage where that is offered.

    The cookie goes out as ``Secure; HttpOnly; SameSite=None; Partitioned; Path=/`` with ``max_age``. ``storage`` is
    None where the Platform offers none; ``frame_origins`` may frame a page of this login.
    """

    url: str
    state: str
    browser_secret: str
    cookie_name: str
    max_age: timedelta
    storage: PlatformStorage | None = None
    frame_origins: tuple[str, ...] = ()


def begin_login(
    pairs: Iterable[tuple[str, str]],
    *,
    book: RegistrationBook,
    states: LaunchStates,
    clock: Clock,
    launch_url: str,
) -> LoginRedirect:
    """Answer a login initiation with the redirect to the Platform's authorization endpoint.

    Parameters
    ----------
    pairs : iterable of (name, value)
        Query and form fields together, repetitions included; GET and POST are equal (OIDC 4).
    book, states, clock
        The Registrations, where to keep the login, the time.
    launch_url : str
        Our one launch URL, exactly as registered as ``redirect_uri``; its origin is the only one we serve.

    Returns
    -------
    LoginRedirect

    Raises
    ------
    LaunchRefused
        With one of the codes of ``connector.lti.codes``.
    """
    login = read_login(pairs)
    target_is_ours(login, launch_url)
    registration = registration_for(login, book)
    state, nonce, browser_secret = new_secret(), new_secret(), new_secret()
    expires_at = clock() + LOGIN_LIFE
    hashes = (digest(state), digest(nonce), digest(browser_secret))
    states.add(LoginState(*hashes, registration.tenant, registration.platform_id, login, expires_at))
    url = authentication_request(registration, login, launch_url, state, nonce)
    return LoginRedirect(
        url,
        state,
        browser_secret,
        cookie_name(state),
        LOGIN_LIFE,
        storage_of(login, registration, state),
        registration.frame_origins,
    )


def read_login(pairs: Iterable[tuple[str, str]]) -> LoginParameters:
    """Read the parameters of a login initiation (Security 5.1.1.1, Core 4.1; OIDC 4).

    Canvas sends ``deployment_id`` where Core 4.1.2 has ``lti_deployment_id``.
    """
    fields = read_fields(pairs, _FIELDS)
    return LoginParameters(
        issuer=_needed(fields.get("iss"), "issuer_missing"),
        login_hint=_needed(fields.get("login_hint"), "login_hint_missing"),
        target_link_uri=_needed(fields.get("target_link_uri"), "target_link_uri_missing"),
        client_id=fields.get("client_id", ""),
        lti_message_hint=fields.get("lti_message_hint"),
        deployment_hint=fields.get("lti_deployment_id") or fields.get("deployment_id", ""),
        storage_frame=fields.get("lti_storage_target", ""),
    )


def target_is_ours(login: LoginParameters, launch_url: str) -> None:
    """Refuse a login for a page that we do not serve (Security 5.1.1.1: no open redirector)."""
    if not is_on_origin_of(login.target_link_uri, launch_url):
        raise LaunchRefused("target_link_uri_foreign", "target_link_uri of the login")


def registration_for(login: LoginParameters, book: RegistrationBook) -> Registration:
    """Return the one active Registration of exactly this issuer and client id (Security 5.1.1.1, Core 4.1.3)."""
    found = book.find(login.issuer, login.client_id or None)
    if not found:
        raise _nobody(login, book)
    registration = _only(found)
    registration_is_active(registration)
    return registration


def registration_is_active(registration: Registration) -> None:
    """Refuse a Platform that an administrator has switched off."""
    if not registration.active:
        raise LaunchRefused("registration_disabled")


def authentication_request(
    registration: Registration, login: LoginParameters, launch_url: str, state: str, nonce: str
) -> str:
    """Return the URL of the authentication request (Security 5.1.1.2); hints are passed back unaltered (Core 4.1.1)."""
    query = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": registration.client_id,
        "redirect_uri": launch_url,
        "state": state,
        "nonce": nonce,
        "login_hint": login.login_hint,
    }
    if login.lti_message_hint is not None:
        query["lti_message_hint"] = login.lti_message_hint
    joint = "&" if "?" in registration.auth_url else "?"
    return f"{registration.auth_url}{joint}{urlencode(query)}"


def _needed(value: str | None, code: str) -> str:
    if not value:
        raise LaunchRefused(code)
    return value


def _nobody(login: LoginParameters, book: RegistrationBook) -> LaunchRefused:
    if login.client_id and book.find(login.issuer, None):
        return LaunchRefused("client_id_unknown")
    return LaunchRefused("issuer_unknown")


def _only(found: Sequence[Registration]) -> Registration:
    if len(found) > 1:
        raise LaunchRefused("client_id_needed")
    return found[0]
