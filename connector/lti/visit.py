"""The Visit as a token: signed by our session key, an hour at a time, eight hours at most.

It travels as Bearer or hidden form field, never as a cookie or in a URL. It is signed, not encrypted: the person can
read it, and it holds nothing that the person may not know.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated, NewType

from jwt import InvalidAlgorithmError, InvalidSignatureError, PyJWS, PyJWTError
from jwt.types import SigOptions
from msgspec import DecodeError, Meta, Struct, json

from connector.clock import Clock
from connector.domain import Audience, Course, LearnerId, PlatformId, TenantId, Visit
from connector.errors import VisitRefused

SessionKey = NewType("SessionKey", bytes)
"""At least 32 random bytes (RFC 7518 3.2), a secret of the site."""
VisitToken = NewType("VisitToken", str)
"""Three base64url parts: safe in a header and in an HTML attribute."""

VISIT_LIFE = timedelta(minutes=60)
VISIT_CAP = timedelta(hours=8)
MAX_TOKEN = 32 * 1024
_ALGORITHM = "HS256"
_TYPE = "onward-visit+jwt"
_ISSUER = "onward"
_AUDIENCE = "onward-page"
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
    return VisitToken(jws.encode(json.encode(_payload(visit)), bytes(key), _ALGORITHM, headers={"typ": _TYPE}))


def decode_visit(token: str, key: SessionKey, clock: Clock) -> Visit:
    """Read a token that ``encode_visit`` wrote.

    Raises
    ------
    VisitRefused
        ``visit_expired``; ``visit_foreign`` (signed by another key or algorithm, or for another purpose); or
        ``visit_malformed``. Nothing else, whatever the token holds.
    """
    payload = _parsed(_signed_bytes(token, key))
    if payload.iss != _ISSUER or payload.aud != _AUDIENCE:
        raise VisitRefused("visit_foreign")
    visit = _visit(payload)
    if visit.expires_at > visit.launched_at + VISIT_CAP:
        raise VisitRefused("visit_malformed")
    if clock() >= visit.expires_at:
        raise VisitRefused("visit_expired")
    return visit


def _signed_bytes(token: str, key: SessionKey) -> bytes:
    if len(token) > MAX_TOKEN:
        raise VisitRefused("visit_malformed")
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
    )
