"""The Selection as a token: signed by a session key of its Tenant, for an hour, in a hidden form field, never in a URL.

The header names the Tenant and the key, as that of a Visit does, and another type: neither opens what the other does.
It is signed, not encrypted: it says nothing that the Platform has not said to this browser.
"""

from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from connector.clock import Clock
from connector.domain import PlatformId, TenantId
from connector.errors import LaunchRefused
from connector.lti.deep_linking import DeepLinkingSettings, Selection
from connector.lti.own_tokens import FindKey, Second, SessionKey, TokenKind

MAX_TOKEN = 128 * 1024


class _Payload(Struct, forbid_unknown_fields=True):
    exp: Second
    t: int  # tenant
    p: int  # platform
    d: str  # deployment
    c: str  # course
    o: str  # locale
    u: str  # return URL
    k: tuple[str, ...]  # document targets
    e: dict[str, Any]  # what has to come back as it was


_TOKENS = TokenKind(
    "onward-selection+jwt",
    _Payload,
    MAX_TOKEN,
    lambda: LaunchRefused("selection_malformed"),
    lambda: LaunchRefused("selection_foreign"),
)


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
    return _TOKENS.write(payload, selection.tenant, key)


def open_selection(token: str, find: FindKey, clock: Clock) -> Selection:
    """Read a token that ``encode_selection`` wrote.

    Raises
    ------
    LaunchRefused
        ``selection_expired``; ``selection_foreign`` (signed by another key, by one of another Tenant, or for
        another purpose);
        ``selection_malformed``. Nothing else, whatever the token holds.
    """
    tenant, payload = _TOKENS.read(token, find)
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
