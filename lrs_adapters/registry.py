"""Which kinds of LRS can be opened, by the name that settings and the command line use."""

from dataclasses import replace
from datetime import timedelta

from lrs_adapters.base import LRSRefused, StatementSource
from lrs_adapters.http import CheckUrl, Credentials, Patience
from lrs_adapters.profiles import XAPI, XAPI_2, Profile
from lrs_adapters.ralph import RALPH
from lrs_adapters.xapi import XapiSource

_PROFILES = {profile.kind: profile for profile in (XAPI, XAPI_2, RALPH)}

KINDS = tuple(_PROFILES)
"""The kinds that ``open_source`` knows."""


def open_source(
    kind: str,
    url: str,
    key: str,
    secret: str,
    *,
    check_url: CheckUrl | None = None,
    patience: Patience | None = None,
    page_size: int | None = None,
    overlap: timedelta | None = None,
    more_prefix: str | None = None,
) -> StatementSource:
    """Open one LRS; nothing is asked yet.

    Parameters
    ----------
    kind : str
        One of ``KINDS``.
    url : str
        The LRS's xAPI endpoint, as its administrator writes it.
    key, secret : str
        For HTTP Basic.
    check_url : callable or None
        Called with each address before it is asked; raises to forbid it, and what it raises goes through.
    patience : Patience or None
        Timeouts and retries; None for the usual ones.
    page_size, overlap, more_prefix
        Instead of the profile's; see ``Profile``.

    Raises
    ------
    LRSRefused
        The kind is unknown or the address is none.
    """
    return XapiSource(
        url,
        Credentials(key, secret),
        _adjusted(_profile(kind), page_size, overlap, more_prefix),
        check_url=check_url,
        patience=patience,
    )


def _profile(kind: str) -> Profile:
    if kind not in _PROFILES:
        raise LRSRefused(f"There is no kind of LRS named {kind!r}: choose one of {', '.join(KINDS)}.")
    return _PROFILES[kind]


def _adjusted(profile: Profile, page_size: int | None, overlap: timedelta | None, more_prefix: str | None) -> Profile:
    return replace(
        profile,
        page_size=profile.page_size if page_size is None else page_size,
        overlap=profile.overlap if overlap is None else overlap,
        more_prefix=profile.more_prefix if more_prefix is None else more_prefix,
    )
