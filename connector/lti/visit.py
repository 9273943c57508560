"""The Visit as a token: signed by the session key of its Tenant, an hour at a time, eight hours at most.

A Tenant may have several session keys while one takes another's place: the token's header names its Tenant and key
(``kid``), and what it says is read only under that key. It travels as Bearer or hidden form field, never as a cookie or
in a URL. It is signed, not encrypted: the person can read it, and it holds nothing that the person may not know.
"""

from datetime import UTC, datetime, timedelta
from typing import NewType

from msgspec import Struct

from connector.clock import Clock
from connector.domain import Audience, Course, LearnerId, LinkChoice, PlatformId, TenantId, Visit
from connector.errors import VisitRefused
from connector.lti.own_tokens import FindKey, Second, SessionKey, TokenKind, session_key_id

VisitToken = NewType("VisitToken", str)
"""Three base64url parts: safe in a header and in an HTML attribute."""
VISIT_LIFE = timedelta(minutes=60)
VISIT_CAP = timedelta(hours=8)
CHECKED_AFTER = VISIT_CAP + timedelta(hours=1)
"""How long a key is good for Visits after the next one took its place: an hour beyond the longest Visit."""
MAX_TOKEN = 32 * 1024
_ISSUER = "onward"
_AUDIENCE = "onward-page"


class _Payload(Struct, forbid_unknown_fields=True):
    """The token's claims; short names, for the token is on every page."""

    iss: str
    aud: str
    exp: Second
    at: Second  # launched at
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


_TOKENS = TokenKind(
    "onward-visit+jwt",
    _Payload,
    MAX_TOKEN,
    lambda: VisitRefused("visit_malformed"),
    lambda: VisitRefused("visit_foreign"),
)


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
    return VisitToken(_TOKENS.write(_payload(visit), visit.tenant, key))


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
    tenant, payload = _TOKENS.read(token, find)
    if payload.iss != _ISSUER or payload.aud != _AUDIENCE or payload.t != tenant:
        raise VisitRefused("visit_foreign")
    visit = _visit(payload)
    if visit.expires_at > visit.launched_at + VISIT_CAP:
        raise VisitRefused("visit_malformed")
    if clock() >= visit.expires_at:
        raise VisitRefused("visit_expired")
    return visit


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
