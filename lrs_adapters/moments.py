"""Moments of an LRS: reading them from text, writing them into a query. All are aware and in UTC."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import msgspec

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""Marks never lie before this, so that an overlap can always be taken off."""


def read_moment(text: str) -> datetime | None:
    """Return the ISO 8601 ``text`` as a moment, or None when it is none.

    Without a zone UTC is meant (xAPI 1.0.3 part 2, 4.5, asks for a zone, not all statements have one).
    """
    try:
        moment = _parsed(text)
        return max(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC), EARLIEST)
    except (ValueError, OverflowError):
        return None


def read_http_date(text: str) -> datetime | None:
    """Return the value of an HTTP Date header as a moment, or None when it is none (RFC 9110, 5.6.7)."""
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def query_text(moment: datetime) -> str:
    """Write ``moment`` for ``since``: milliseconds, cut and never rounded up, always with Z."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def earliest(*moments: datetime | None) -> datetime | None:
    """Return the first of the moments that are known, None when none is."""
    return min((moment for moment in moments if moment is not None), default=None)


def latest(*moments: datetime | None) -> datetime | None:
    """Return the last of the moments that are known, None when none is."""
    return max((moment for moment in moments if moment is not None), default=None)


def before(moment: datetime, overlap: timedelta) -> datetime:
    """Return ``moment`` less ``overlap``, not before 1970."""
    return max(moment, EARLIEST + overlap) - overlap


def _parsed(text: str) -> datetime:
    """Read RFC 3339 fast (any number of digits), else whatever ISO 8601 the standard library knows."""
    try:
        return msgspec.convert(text, datetime)
    except msgspec.ValidationError:
        return datetime.fromisoformat(text)
