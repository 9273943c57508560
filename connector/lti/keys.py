"""Our own signing keys: kept as PEM by whoever stores secrets, published as a JWK set (Security 6).

One signs; one that it replaced is published for a while longer, for what it signed (Security 6.4).
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from connector.errors import BadInput

LONGEST_SIGNED = timedelta(hours=1)
"""How long a message that we sign may live at the most: who signs one keeps below it."""
PUBLISHED_AFTER = LONGEST_SIGNED + timedelta(hours=24)
"""How long a key is published after the next one took its place: until what it signed is over, and a day longer for
Platforms that keep our key set."""
_BITS = 2048
_PUBLIC_EXPONENT = 65537


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key that was read; ``id`` is its ``kid``."""

    id: str
    private: rsa.RSAPrivateKey = field(repr=False)


def new_signing_key() -> str:
    """Make an RSA key of 2048 bit (Security 6.1) and return it as PEM, PKCS #8, not encrypted: store it as a secret."""
    key = rsa.generate_private_key(public_exponent=_PUBLIC_EXPONENT, key_size=_BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")


def read_signing_key(pem: str) -> rsa.RSAPrivateKey:
    """Return the key of a PEM text.

    Raises
    ------
    BadInput
        If it is no RSA key of at least 2048 bit, or is encrypted.
    """
    try:
        key = load_pem_private_key(pem.encode("utf-8"), password=None)
    except (ValueError, TypeError) as error:
        raise BadInput("The signing key cannot be read as an unencrypted PEM private key.") from error
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < _BITS:
        raise BadInput("The signing key must be an RSA key of at least 2048 bit.")
    return key


def signing_key(pem: str) -> SigningKey:
    """Return the key of a PEM text with its id; costs milliseconds. Raises BadInput as ``read_signing_key``."""
    key = read_signing_key(pem)
    return SigningKey(key_id(key.public_key()), key)


def key_id(key: rsa.RSAPublicKey) -> str:
    """Return the key's SHA-256 thumbprint (RFC 7638 3), 43 characters: the same key always has the same id."""
    required = json.dumps(_members(key), separators=(",", ":"), sort_keys=True)
    return _base64url(hashlib.sha256(required.encode("ascii")).digest())


def public_jwk_set(pems: Iterable[str]) -> dict[str, list[dict[str, str]]]:
    """Return the public halves of our keys, newest first, as JSON for ``/lti/jwks`` (RFC 7517 5, Security 6.3)."""
    return jwk_set(map(signing_key, pems))


def jwk_set(keys: Iterable[SigningKey]) -> dict[str, list[dict[str, str]]]:
    """Return the same of keys that were read; of one id only the first (RFC 7517 4.5: distinct ids)."""
    return {"keys": list({key.id: _public_jwk(key.private.public_key()) for key in keys}.values())}


def _public_jwk(key: rsa.RSAPublicKey) -> dict[str, str]:
    return {**_members(key), "use": "sig", "alg": "RS256", "kid": key_id(key)}


def _members(key: rsa.RSAPublicKey) -> dict[str, str]:
    numbers = key.public_numbers()
    return {"e": _uint(numbers.e), "kty": "RSA", "n": _uint(numbers.n)}


def _uint(value: int) -> str:
    """Write an integer as RFC 7518 2 (Base64urlUInt) has it: big-endian, as few bytes as it takes."""
    return _base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")
