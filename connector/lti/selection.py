"""The Selection as a token: signed by a session key of its Tenant, for an hour, in a hidden form field, never in a URL.

The header names the Tenant and the key, as that of a Visit does, and another type: neither opens what the other does.
It is signed, not encrypted: it says nothing that the Platform has not said to this browser.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from jwt import InvalidAlgorithmError, InvalidSignatureError, PyJWS, PyJWTError
from jwt.types import SigOptions
from msgspec import DecodeError, Meta, Struct, json

from connector.clock import Clock
from connector.domain import PlatformId, TenantId
from connector.errors import LaunchRefused
from connector.lti.deep_linking import DeepLinkingSettings, Selection
from connector.lti.visit import FindKey, SessionKey, session_key_id

MAX_TOKEN = 128 * 1024
_ALGORITHM = "HS256"
_TYPE = "onward-selection+jwt"
_KEY_NAME = re.compile(r"([0-9]{1,18})\.([A-Za-z0-9_-]{16})", re.ASCII)
_OPTIONS: SigOptions = {"verify_signature": True, "enforce_minimum_key_length": True}
_Second = Annotated[int, Meta(ge=0, le=253_402_300_799)]


class _Payload(Struct, forbid_unknown_fields=True):
    exp: _Second
    t: int  # tenant
    p: int  # platform
    d: str  # deployment
    c: str  # course
    o: str  # locale
    u: str  # return URL
    k: tuple[str, ...]  # document targets
    e: dict[str, Any]  # what has to come back as it was


def encode_selection(selection: Selection, key: SessionKey) -> str:
    """Write a Selection as a token under a key of its Tenant."""
    settings = selection.settings
    payload = _Payload(
        exp=int(selection.expires_at.timestamp()),
        t=selection.tenant,
        p=selection.platform,
        d=selection.deployment,
        c=selection.course,
        o=selection.locale,
        u=settings.return_url,
        k=settings.targets,
        e=dict(settings.echo),
    )
    jws = PyJWS(algorithms=[_ALGORITHM], options=_OPTIONS)
    headers = {"typ": _TYPE, "kid": f"{selection.tenant}.{session_key_id(key)}"}
    return jws.encode(json.encode(payload), bytes(key), _ALGORITHM, headers=headers)


def open_selection(token: str, find: FindKey, clock: Clock) -> Selection:
    """Read a token that ``encode_selection`` wrote.

    Raises
    ------
    LaunchRefused
        ``selection_expired``; ``selection_foreign`` (signed by another key, by one of another Tenant, or for
        another purpose);
        ``selection_malformed``. Nothing else, whatever the token holds.
    """
    tenant, key = _key_of(token, find)
    payload = _parsed(_signed_bytes(token, key))
    if payload.t != tenant:
        raise LaunchRefused("selection_foreign")
    expires_at = datetime.fromtimestamp(payload.exp, UTC)
    if clock() >= expires_at:
        raise LaunchRefused("selection_expired")
    return Selection(
        tenant=TenantId(payload.t),
        platform=PlatformId(payload.p),
        deployment=payload.d,
        course=payload.c,
        locale=payload.o,
        settings=DeepLinkingSettings(payload.u, payload.k, payload.e),
        expires_at=expires_at,
    )


def _key_of(token: str, find: FindKey) -> tuple[TenantId, SessionKey]:
    """Return the Tenant and key that a token claims to be of: nothing of this is believed before its signature is."""
    if len(token) > MAX_TOKEN:
        raise LaunchRefused("selection_malformed")
    try:
        header = PyJWS().get_unverified_header(token)
    except (PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise LaunchRefused("selection_malformed") from error
    named = _KEY_NAME.fullmatch(str(header.get("kid", "")))
    tenant = TenantId(int(named[1])) if named else TenantId(0)
    key = find(tenant, named[2]) if named else None
    if key is None:
        raise LaunchRefused("selection_foreign")
    return tenant, key


def _signed_bytes(token: str, key: SessionKey) -> bytes:
    jws = PyJWS(algorithms=[_ALGORITHM], options=_OPTIONS)
    try:
        parts = jws.decode_complete(token, bytes(key), algorithms=[_ALGORITHM], options=_OPTIONS)
    except (InvalidSignatureError, InvalidAlgorithmError) as error:
        raise LaunchRefused("selection_foreign") from error
    except (PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise LaunchRefused("selection_malformed") from error
    if parts["header"].get("typ") != _TYPE:
        raise LaunchRefused("selection_foreign")
    payload: bytes = parts["payload"]
    return payload


def _parsed(payload: bytes) -> _Payload:
    try:
        return json.decode(payload, type=_Payload)
    except (DecodeError, RecursionError) as error:
        raise LaunchRefused("selection_malformed") from error
