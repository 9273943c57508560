"""Tokens of our own: signed by a session key of their Tenant, each of one type; what a page holds between two requests.

The header names the Tenant and the key (``kid``), so that several keys may be good while one takes another's place, and
the type, so that a token of one purpose opens nothing of another. What a token says is read only under that key. It is
signed, not encrypted.
"""

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Generic, NewType, Protocol, TypeVar

from jwt import InvalidAlgorithmError, InvalidSignatureError, PyJWS, PyJWTError
from jwt.types import SigOptions
from msgspec import DecodeError, Meta, Struct, json

from connector.domain import TenantId

SessionKey = NewType("SessionKey", bytes)
"""At least 32 random bytes (RFC 7518 3.2), a secret of one Tenant."""
FindKey = Callable[[TenantId, str], SessionKey | None]
"""From a Tenant and the id of a key to that key; None when the Tenant has none of that id."""
Second = Annotated[int, Meta(ge=0, le=253_402_300_799)]
"""Seconds since 1970, until the end of the year 9999, as datetime has it."""
P = TypeVar("P", bound=Struct)

_ALGORITHM = "HS256"
_KEY_NAME = re.compile(r"([0-9]{1,18})\.([A-Za-z0-9_-]{16})", re.ASCII)
_OPTIONS: SigOptions = {"verify_signature": True, "enforce_minimum_key_length": True}


class SessionKeys(Protocol):
    """The session keys of all Tenants."""

    def session_key(self, tenant: TenantId) -> SessionKey:
        """Return the key that signs for this Tenant now."""

    def find_session_key(self, tenant: TenantId, wanted: str) -> SessionKey | None:
        """Return the Tenant's key of that id; None when it has none (``FindKey``)."""


def session_key_id(key: SessionKey) -> str:
    """Return by which id tokens name a key: 96 bit of its SHA-256, 16 characters; says nothing of 256 random bits."""
    return urlsafe_b64encode(sha256(b"onward session key\0" + key).digest()[:12]).decode("ascii")


@dataclass(frozen=True, slots=True)
class TokenKind(Generic[P]):
    """One type of token.

    Parameters
    ----------
    kind : str
        The header's ``typ``.
    payload : class
        What a token holds; unknown fields are refused where it forbids them.
    longest : int
        Characters of the longest token that is looked at.
    malformed, foreign : callable
        Make the errors that are raised: for what is no such token, and for one that another key or purpose signed.
    """

    kind: str
    payload: type[P]
    longest: int
    malformed: Callable[[], Exception]
    foreign: Callable[[], Exception]

    def write(self, payload: P, tenant: TenantId, key: SessionKey) -> str:
        """Write a token under a key of the Tenant.

        Raises
        ------
        jwt.InvalidKeyError
            If ``key`` has less than 32 bytes.
        """
        headers = {"typ": self.kind, "kid": f"{tenant}.{session_key_id(key)}"}
        return _jws().encode(json.encode(payload), bytes(key), _ALGORITHM, headers=headers)

    def read(self, token: str, find: FindKey) -> tuple[TenantId, P]:
        """Return the Tenant under whose key a token was written, and what it holds.

        Raises ``malformed()`` or ``foreign()``; nothing else, whatever the token holds.
        """
        tenant, key = self._key_of(token, find)
        signed = self._signed_bytes(token, key)
        try:
            return tenant, json.decode(signed, type=self.payload)
        except (DecodeError, RecursionError) as error:
            raise self.malformed() from error

    def _key_of(self, token: str, find: FindKey) -> tuple[TenantId, SessionKey]:
        """Return the Tenant and key that a token claims to be of: nothing of it is believed before its signature is."""
        if len(token) > self.longest:
            raise self.malformed()
        try:
            header = PyJWS().get_unverified_header(token)
        except (PyJWTError, ValueError, TypeError, RecursionError) as error:
            raise self.malformed() from error
        named = _KEY_NAME.fullmatch(str(header.get("kid", "")))
        tenant = TenantId(int(named[1])) if named else TenantId(0)
        key = find(tenant, named[2]) if named else None
        if key is None:
            raise self.foreign()
        return tenant, key

    def _signed_bytes(self, token: str, key: SessionKey) -> bytes:
        try:
            parts = _jws().decode_complete(token, bytes(key), algorithms=[_ALGORITHM], options=_OPTIONS)
        except (InvalidSignatureError, InvalidAlgorithmError) as error:
            raise self.foreign() from error
        except (PyJWTError, ValueError, TypeError, RecursionError) as error:
            raise self.malformed() from error
        if parts["header"].get("typ") != self.kind:
            raise self.foreign()
        payload: bytes = parts["payload"]
        return payload


def _jws() -> PyJWS:
    return PyJWS(algorithms=[_ALGORITHM], options=_OPTIONS)
