"""The signed envelope of a launch: its form, its header, the key, the signature (Security 5.1.3 steps 1 and 5)."""

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from jwt import PyJWS, PyJWTError
from jwt.types import SigOptions

from connector.errors import LaunchRefused
from connector.lti.ports import Jwk, KeySource, Registration

MAX_TOKEN = 64 * 1024
"""Characters of an id_token; a Moodle's has about 3,000."""
_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
_MAX_KID = 1024
_RSA_BITS = range(2048, 8193)
_KEYS_IN_HEADER = ("jku", "jwk", "x5u", "x5c")
_SIGNATURE_OPTIONS: SigOptions = {"verify_signature": True, "enforce_minimum_key_length": True}
# What Python's parsers and the cryptography library raise on input that is not what it should be.
_HOSTILE = (
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    UnsupportedAlgorithm,
    PyJWTError,
)


@dataclass(frozen=True, slots=True)
class Token:
    """An id_token whose header was read and whose signature was not: nothing in it may be believed."""

    text: str
    header: Mapping[str, object]


def signed_claims(id_token: str, registration: Registration, keys: KeySource) -> dict[str, object]:
    """Return the claims of an id_token that this Platform signed.

    Parameters
    ----------
    id_token : str
        The field as posted; "" when it was missing.
    registration : Registration
        The Platform that the login was for; its algorithm is the only one taken.
    keys : KeySource
        Where its public keys come from; may speak HTTP.

    Raises
    ------
    LaunchRefused
        With one of the codes of ``connector.lti.codes``, whatever the token holds.
    """
    token = read_token(id_token)
    algorithm_is_registered(token, registration)
    header_brings_no_key(token)
    header_has_no_extension(token)
    type_is_jwt(token)
    key = public_key(choose_key(key_id(token), registration, keys), registration)
    return read_object(signed_bytes(token, key, registration))


@contextmanager
def hostile_input(code: str = "token_malformed") -> Iterator[None]:
    """Turn what parsers raise on malformed input into a refusal; only pure code stands inside."""
    try:
        yield
    except _HOSTILE as error:
        raise LaunchRefused(code, type(error).__name__) from error


def read_token(id_token: str) -> Token:
    """Read three base64url parts whose first is a JSON object (RFC 7515 3.1, 5.2)."""
    if not id_token:
        raise LaunchRefused("token_missing")
    if len(id_token) > MAX_TOKEN:
        raise LaunchRefused("token_too_large")
    if not _FORM.fullmatch(id_token):
        raise LaunchRefused("token_malformed", "not three base64url parts")
    header = id_token.partition(".")[0]
    with hostile_input():
        return Token(id_token, read_object(base64.b64decode(header + "=" * (-len(header) % 4), altchars=b"-_")))


def read_object(text: bytes) -> dict[str, object]:
    """Parse a JSON object strictly: UTF-8, no name twice (RFC 7519 4), no NaN or Infinity (RFC 8259 6)."""
    with hostile_input():
        value = json.loads(text.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
    if not isinstance(value, dict):
        raise LaunchRefused("token_malformed", "not a JSON object")
    return value


def algorithm_is_registered(token: Token, registration: Registration) -> None:
    """Refuse any algorithm but the registered one (Security 5.1.3 step 5, OIDC 3.1.3.7 step 7, RFC 8725 3.1)."""
    if token.header.get("alg") != registration.algorithm.value:
        raise LaunchRefused("alg_wrong")


def header_brings_no_key(token: Token) -> None:
    """Refuse a key or a place of keys in the header: keys are known beforehand (OIDC 2, RFC 8725 3.10)."""
    for name in _KEYS_IN_HEADER:
        if name in token.header:
            raise LaunchRefused("header_key_not_allowed", name)


def header_has_no_extension(token: Token) -> None:
    """Refuse extensions that must be understood: we understand none (RFC 7515 4.1.11, RFC 7797)."""
    if "crit" in token.header or "b64" in token.header:
        raise LaunchRefused("header_crit_unknown")


def type_is_jwt(token: Token) -> None:
    """Refuse another kind of token than JWT where the header names one (RFC 7519 5.1, RFC 8725 3.11)."""
    kind = token.header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.upper() != "JWT":
        raise LaunchRefused("typ_wrong")


def key_id(token: Token) -> str:
    """Return the header's ``kid``; a launch without one is refused (Security 6.3, LTI certification 6.1.1)."""
    kid = token.header.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= _MAX_KID:
        raise LaunchRefused("kid_missing")
    return kid


def choose_key(kid: str, registration: Registration, keys: KeySource) -> Jwk:
    """Return the one key of this id; the Platform may have changed its keys, so ask once more (Security 6.4)."""
    found = _called(kid, keys.keys(registration)) or _called(kid, keys.refetch(registration, kid))
    if not found:
        raise LaunchRefused("key_unknown")
    if len(found) > 1:
        raise LaunchRefused("key_ambiguous")
    return found[0]


def public_key(jwk: Jwk, registration: Registration) -> RSAPublicKey:
    """Return the RSA key of a JWK that is meant for this signature (RFC 7517 4, RFC 7518 3.3 and 6.3)."""
    key_is_rsa(jwk)
    key_is_for_signatures(jwk)
    key_is_for_algorithm(jwk, registration)
    with hostile_input("key_malformed"):
        modulus, exponent = _integer(jwk["n"]), _integer(jwk["e"])
        key_size_is_safe(modulus)
        return RSAPublicNumbers(exponent, modulus).public_key()


def key_is_rsa(jwk: Jwk) -> None:
    """Refuse other kinds of key, a shared secret above all (RFC 7517 4.1, RFC 7518 3.1)."""
    if jwk.get("kty") != "RSA":
        raise LaunchRefused("key_type_wrong")


def key_is_for_signatures(jwk: Jwk) -> None:
    """Refuse a key that is published for something else, where it says so (RFC 7517 4.2 and 4.3)."""
    operations = jwk.get("key_ops") or ["verify"]  # some publish null or an empty list
    if (jwk.get("use") or "sig") != "sig" or not isinstance(operations, list) or "verify" not in operations:
        raise LaunchRefused("key_use_wrong")


def key_is_for_algorithm(jwk: Jwk, registration: Registration) -> None:
    """Refuse a key that is published for another algorithm, where it says so (RFC 7517 4.4)."""
    if (jwk.get("alg") or registration.algorithm.value) != registration.algorithm.value:
        raise LaunchRefused("key_algorithm_wrong")


def key_size_is_safe(modulus: int) -> None:
    """Refuse keys under 2048 bit (RFC 7518 3.3) and, as a bound on our work, over 8192."""
    if modulus.bit_length() not in _RSA_BITS:
        raise LaunchRefused("key_size_wrong")


def signed_bytes(token: Token, key: RSAPublicKey, registration: Registration) -> bytes:
    """Return the payload if the signature is the key's (Security 5.1.3 step 1, RFC 7515 5.2)."""
    algorithms = [registration.algorithm.value]
    jws = PyJWS(algorithms=algorithms, options=_SIGNATURE_OPTIONS)
    with hostile_input("signature_wrong"):
        payload: bytes = jws.decode(token.text, key=key, algorithms=algorithms, options=_SIGNATURE_OPTIONS)
    return payload


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name occurs twice")
    return value


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _called(kid: str, keys: Sequence[Jwk]) -> list[Jwk]:
    return [key for key in keys if key.get("kid") == kid]


def _integer(value: object) -> int:
    if not isinstance(value, str) or not value.isascii():
        raise ValueError("not base64url")
    return int.from_bytes(base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True))
