"""Which kinds of LRS can be opened, by the name that settings and the command line use."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from lrs_adapters.auth import Auth, Basic
from lrs_adapters.base import LRSRefused, StatementSource
from lrs_adapters.dump import DumpSource
from lrs_adapters.http import CheckUrl
from lrs_adapters.products import PRODUCTS
from lrs_adapters.profiles import XAPI, XAPI_2, Profile, SinceField
from lrs_adapters.ralph import RALPH
from lrs_adapters.transport import Patience
from lrs_adapters.xapi import XapiSource

PROFILES = {profile.kind: profile for profile in (XAPI, XAPI_2, RALPH, *PRODUCTS)}
"""The kinds that are asked over HTTP, with what is known of them."""

DUMP = "dump"

KINDS = (*PROFILES, DUMP)
"""The kinds that ``open_source`` knows."""

_UNFILTERED_OVERLAP = timedelta(days=2)


def open_source(
    kind: str,
    url: str,
    key: str = "",
    secret: str = "",
    *,
    auth: Auth | None = None,
    check_url: CheckUrl | None = None,
    patience: Patience | None = None,
    page_size: int | None = None,
    overlap: timedelta | None = None,
    more_prefix: str | None = None,
    since_field: SinceField | None = None,
    rate_per_minute: int | None = None,
) -> StatementSource:
    """Open one LRS, or files; nothing is asked yet.

    Parameters
    ----------
    kind : str
        One of ``KINDS``.
    url : str
        The LRS's xAPI endpoint, as its administrator writes it; for ``dump`` a ``file:`` address or a path.
    key, secret : str
        For HTTP Basic, where ``auth`` is None.
    auth : Auth or None
        Basic, Header or ClientCredentials.
    check_url : callable or None
        Called with each address before it is asked (the token endpoint too); raises to forbid it, and what it raises
        goes through. Not called for ``dump``, which asks nobody.
    patience : Patience or None
        Timeouts and retries; None for the usual ones.
    page_size, overlap, more_prefix, since_field, rate_per_minute
        Instead of the profile's; see ``Profile``.

    Raises
    ------
    LRSRefused
        The kind is unknown or the address is none.
    """
    if kind == DUMP:
        return DumpSource(url) if page_size is None else DumpSource(url, page_size)
    asked = {
        "page_size": page_size,
        "overlap": overlap,
        "more_prefix": more_prefix,
        "since_field": since_field,
        "rate_per_minute": rate_per_minute,
    }
    return XapiSource(
        url,
        auth or Basic(key, secret),
        _adjusted(_profile(kind), asked),
        check_url=check_url,
        patience=patience,
    )


def _profile(kind: str) -> Profile:
    if kind not in PROFILES:
        raise LRSRefused(f"There is no kind of LRS named {kind!r}: choose one of {', '.join(KINDS)}.")
    return PROFILES[kind]


def _adjusted(profile: Profile, asked: Mapping[str, object]) -> Profile:
    """Return ``profile`` with what the operator asked for; without ``since`` a sweep is a whole walk, so a rare one."""
    changed = replace(profile, **{name: value for name, value in asked.items() if value is not None})  # type: ignore[arg-type]  # each is of its field's type, by the signature above
    if changed.since_field is SinceField.NONE and asked["overlap"] is None:
        return replace(changed, overlap=_UNFILTERED_OVERLAP)
    return changed
