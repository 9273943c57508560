"""The Visit as a token: signed by the session key of its Tenant, an hour at a time, eight hours at most.

A Tenant may have several session keys while one takes another's place: the token's header names its Tenant and key
(``kid``), and what it says is read only under that key. It travels as Bearer or hidden form field, never as a cookie or
in a URL. It is signed, not encrypted: the person can read it, and it holds nothing that the person may not know.
"""

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Annotated, NewType, Protocol

from jwt import InvalidAlgorithmError, InvalidSignatureError, PyJWS, PyJWTError
from jwt.types import SigOptions
from msgspec import DecodeError, Meta, Struct, json

from connector.clock import Clock
from connector.domain import Audience, Course, LearnerId, LinkChoice, PlatformId, TenantId, Visit
from connector.errors import VisitRefused

SessionKey = NewType("SessionKey", bytes)
"""At least 32 random bytes (RFC 7518 3.2), a secret of one Tenant."""
FindKey = Callable[[TenantId, str], SessionKey | None]
"""From a Tenant and the id of a key to that key; None when the Tenant has none of that id."""
VisitToken = NewType("VisitToken", str)
"""Three base64url parts: safe in a header and in an HTML attribute."""


class SessionKeys(Protocol):
    """The session keys of all Tenants."""

    def session_key(self, tenant: TenantId) -> SessionKey:
        """Return the key that signs Visits of this Tenant now."""

    def find_session_key(self, tenant: TenantId, wanted: str) -> SessionKey | None:
        """Return the Tenant's key of that id; None when it has none (``FindKey``)."""


VISIT_LIFE = timedelta(minutes=60)
VISIT_CAP = timedelta(hours=8)
CHECKED_AFTER = VISIT_CAP + timedelta(hours=1)
"""How long a key is good for Visits after the next one took its place: an hour beyond the longest Visit."""
MAX_TOKEN = 32 * 1024
_ALGORITHM = "HS256"
_TYPE = "onward-visit+jwt"
_ISSUER = "onward"
_AUDIENCE = "onward-page"
_KEY_NAME = re.compile(r"([0-9]{1,18})\.([A-Za-z0-9_-]{16})", re.ASCII)
_OPTIONS: SigOptions = {"verify_signature": True, "enforce_minimum_key_length": True}
_Second = Annotated[int, Meta(ge=0, le=253_402_300_799)]  # until the end of the year 9999, as datetime


class _Payload(Struct, forbid_unknown_fields=True):
    """The token's claims; short names, for the token is on every page."""

    iss: str
    aud: str
    exp: _Second
    at: _Second  # launched at
    t: int  # tenant
    p: int  # platform
    d: str  # deployment
    n: int | None  # learner
    a: Audience
    r: str  # placement (resource link)
    c: str | None  # course
    ct: str  # course title
    g: str  # given name
    o: str  # locale
    u: str  # return URL
    lr: str = ""  # what the link shows: row, layout, anchor
    ll: str = ""
    la: str = ""
    own: bool = False  # a teaching person's own rows


def visit_expiry(launched_at: datetime, now: datetime) -> datetime:
    """Return until when a Visit issued ``now`` holds: an hour, never over eight hours after the launch; whole seconds.

    To refresh a Visit, decode it, replace ``expires_at`` by this, and encode it again.
    """
    return min(now + VISIT_LIFE, launched_at + VISIT_CAP).replace(microsecond=0)


def encode_visit(visit: Visit, key: SessionKey) -> VisitToken:
    """Write a Visit as a token; its times lose what is under a second.

    Raises
    ------
    jwt.InvalidKeyError
        If ``key`` has less than 32 bytes.
    """
    jws = PyJWS(algorithms=[_ALGORITHM], options=_OPTIONS)
    headers = {"typ": _TYPE, "kid": f"{visit.tenant}.{session_key_id(key)}"}
    return VisitToken(jws.encode(json.encode(_payload(visit)), bytes(key), _ALGORITHM, headers=headers))


def session_key_id(key: SessionKey) -> str:
    """Return by which id tokens name a key: 96 bit of its SHA-256, 16 characters; says nothing of 256 random bits."""
    return urlsafe_b64encode(sha256(b"onward session key\0" + key).digest()[:12]).decode("ascii")


def decode_visit(token: str, key: SessionKey, clock: Clock) -> Visit:
    """Read a token that ``encode_visit`` wrote with this key, of whatever Tenant; raises as ``open_visit``."""
    return open_visit(token, lambda _tenant, wanted: key if wanted == session_key_id(key) else None, clock)


def open_visit(token: str, find: FindKey, clock: Clock) -> Visit:
    """Read a token that ``encode_visit`` wrote, under the key that its header names.

    Raises
    ------
    VisitRefused
        ``visit_expired``; ``visit_foreign`` (signed by another key or algorithm, by a key of another Tenant, or for
        another purpose); or ``visit_malformed``. Nothing else, whatever the token holds.
    """
    tenant, key = _key_of(token, find)
    payload = _parsed(_signed_bytes(token, key))
    if payload.iss != _ISSUER or payload.aud != _AUDIENCE or payload.t != tenant:
        raise VisitRefused("visit_foreign")
    visit = _visit(payload)
    if visit.expires_at > visit.launched_at + VISIT_CAP:
        raise VisitRefused("visit_malformed")
    if clock() >= visit.expires_at:
        raise VisitRefused("visit_expired")
    return visit


def _key_of(token: str, find: FindKey) -> tuple[TenantId, SessionKey]:
    """Return the Tenant and key that a token claims to be of: nothing of this is believed before its signature is."""
    if len(token) > MAX_TOKEN:
        raise VisitRefused("visit_malformed")
    try:
        header = PyJWS().get_unverified_header(token)
    except (PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise VisitRefused("visit_malformed") from error
    named = _KEY_NAME.fullmatch(str(header.get("kid", "")))
    tenant = TenantId(int(named[1])) if named else TenantId(0)
    key = find(tenant, named[2]) if named else None
    if key is None:
        raise VisitRefused("visit_foreign")
    return tenant, key


def _signed_bytes(token: str, key: SessionKey) -> bytes:
    jws = PyJWS(algorithms=[_ALGORITHM], options=_OPTIONS)
    try:
        parts = jws.decode_complete(token, bytes(key), algorithms=[_ALGORITHM], options=_OPTIONS)
    except (InvalidSignatureError, InvalidAlgorithmError) as error:
        raise VisitRefused("visit_foreign") from error
    except (PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise VisitRefused("visit_malformed") from error
    if parts["header"].get("typ") != _TYPE:
        raise VisitRefused("visit_foreign")
    payload: bytes = parts["payload"]
    return payload


def _parsed(payload: bytes) -> _Payload:
    try:
        return json.decode(payload, type=_Payload)
    except (DecodeError, RecursionError) as error:
        raise VisitRefused("visit_malformed") from error


def _payload(visit: Visit) -> _Payload:
    return _Payload(
        iss=_ISSUER,
        aud=_AUDIENCE,
        exp=int(visit.expires_at.timestamp()),
        at=int(visit.launched_at.timestamp()),
        t=visit.tenant,
        p=visit.platform,
        d=visit.deployment,
        n=visit.learner,
        a=visit.audience,
        r=visit.placement,
        c=visit.course.id if visit.course else None,
        ct=visit.course.title if visit.course else "",
        g=visit.given_name,
        o=visit.locale,
        u=visit.return_url,
        lr=visit.link.row,
        ll=visit.link.layout,
        la=visit.link.anchor,
        own=visit.own_rows,
    )


def _visit(payload: _Payload) -> Visit:
    return Visit(
        tenant=TenantId(payload.t),
        platform=PlatformId(payload.p),
        deployment=payload.d,
        learner=None if payload.n is None else LearnerId(payload.n),
        audience=payload.a,
        placement=payload.r,
        course=None if payload.c is None else Course(payload.c, payload.ct),
        given_name=payload.g,
        locale=payload.o,
        return_url=payload.u,
        launched_at=datetime.fromtimestamp(payload.at, UTC),
        expires_at=datetime.fromtimestamp(payload.exp, UTC),
        link=LinkChoice(payload.lr, payload.ll, payload.la),
        own_rows=payload.own,
    )
