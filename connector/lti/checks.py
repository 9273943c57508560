"""The checks of an ID Token's own claims (Security 5.1.3, OIDC 3.1.3.7), each a function that names its step."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from connector.errors import LaunchRefused
from connector.lti.ports import LoginState, Registration
from connector.lti.states import is_secret_of

LEEWAY = timedelta(seconds=60)
"""How far the Platform's clock may be off."""
MAX_LIFE = timedelta(hours=24)
"""The longest life of a token that is taken; Moodle's live a minute, Canvas' an hour."""
_LAST_SECOND = 253_402_300_799  # 9999-12-31T23:59:59Z, the last that datetime knows
_LONGEST_ID = 255

Claims = Mapping[str, object]
"""The claims of a token whose signature is right; their shapes are not checked yet."""


def id_token_is_valid(claims: Claims, registration: Registration, login: LoginState, now: datetime) -> None:
    """Run every check that concerns the envelope, in the order of Security 5.1.3.

    Raises
    ------
    LaunchRefused
        By the first check that fails.
    """
    issuer_is_registered(claims, registration)
    audience_is_us_alone(claims, registration)
    authorized_party_is_us(claims, registration)
    token_has_not_expired(claims, now)
    token_is_not_from_the_future(claims, now)
    token_is_valid_already(claims, now)
    token_life_is_bounded(claims)
    nonce_is_of_this_login(claims, login)


def issuer_is_registered(claims: Claims, registration: Registration) -> None:
    """Refuse another issuer, to the letter: a trailing slash is another one (Security 5.1.3 step 2)."""
    if claims.get("iss") != registration.issuer:
        raise LaunchRefused("iss_wrong")


def audience_is_us_alone(claims: Claims, registration: Registration) -> None:
    """Refuse a token that is not for us, or for others too, whom we do not know (Security 5.1.3 step 3)."""
    if any(audience != registration.client_id for audience in _audiences(claims)):
        raise LaunchRefused("aud_foreign")


def authorized_party_is_us(claims: Claims, registration: Registration) -> None:
    """Refuse another authorized party, and none where several audiences stand (Security 5.1.3 step 4, OIDC 3.1.3.7)."""
    party = claims.get("azp")
    if party is None and len(_audiences(claims)) > 1:
        raise LaunchRefused("azp_missing")
    if party is not None and party != registration.client_id:
        raise LaunchRefused("azp_foreign")


def token_has_not_expired(claims: Claims, now: datetime) -> None:
    """Refuse a token after its ``exp`` (Security 5.1.3 step 6)."""
    if now.timestamp() >= _second(claims, "exp") + LEEWAY.total_seconds():
        raise LaunchRefused("token_expired")


def token_is_not_from_the_future(claims: Claims, now: datetime) -> None:
    """Refuse a token that says it was issued later than now (Security 5.1.3 step 7)."""
    if _second(claims, "iat") > now.timestamp() + LEEWAY.total_seconds():
        raise LaunchRefused("token_from_future")


def token_is_valid_already(claims: Claims, now: datetime) -> None:
    """Refuse a token before its ``nbf``, where it has one (RFC 7519 4.1.5)."""
    if claims.get("nbf") is not None and _second(claims, "nbf") > now.timestamp() + LEEWAY.total_seconds():
        raise LaunchRefused("token_not_yet_valid")


def token_life_is_bounded(claims: Claims) -> None:
    """Refuse a token that lives longer than a day, or ends before it begins (Security 5.1.3 step 7)."""
    life = _second(claims, "exp") - _second(claims, "iat")
    if not 0 < life <= MAX_LIFE.total_seconds():
        raise LaunchRefused("token_life_wrong")


def nonce_is_of_this_login(claims: Claims, login: LoginState) -> None:
    """Refuse a nonce that we did not issue for this very login (Security 5.1.3 step 8, OIDC 3.1.3.7 step 11).

    That the login's state is used up before this check is what makes the nonce one-time.
    """
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not nonce:
        raise LaunchRefused("nonce_missing")
    if not is_secret_of(nonce, login.nonce_hash):
        raise LaunchRefused("nonce_wrong")


def _audiences(claims: Claims) -> list[str]:
    audience = claims.get("aud")
    if audience is None or audience in ("", []):
        raise LaunchRefused("aud_missing")
    many = audience if isinstance(audience, list) else [audience]
    texts = [one for one in many if isinstance(one, str)]
    if len(texts) != len(many):
        raise LaunchRefused("aud_malformed")
    return texts


def _second(claims: Claims, name: str) -> float:
    """Return a time claim as seconds since 1970; a NumericDate is a JSON number (RFC 7519 2)."""
    value = claims.get(name)
    if value is None:
        raise LaunchRefused(_TIME_MISSING[name])
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise LaunchRefused(_TIME_MALFORMED[name])
    if not 0 <= value <= _LAST_SECOND:  # false for NaN and Infinity too
        raise LaunchRefused(_TIME_MALFORMED[name])
    return value


_TIME_MISSING = {"exp": "exp_missing", "iat": "iat_missing"}
_TIME_MALFORMED = {"exp": "exp_malformed", "iat": "iat_malformed", "nbf": "nbf_malformed"}
