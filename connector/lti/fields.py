"""The fields of a login or launch request, read once at the border."""

import re
from collections.abc import Collection, Iterable, Mapping

from connector.errors import LaunchRefused

MAX_FIELD = 4096
"""Characters of one field; the hints of large platforms stay under 2,000."""

# Neither can be stored or sent on: PostgreSQL takes no NUL, UTF-8 no half of a surrogate pair.
_UNSTORABLE = re.compile("[\\x00\\ud800-\\udfff]")


def read_fields(
    pairs: Iterable[tuple[str, str]], names: Collection[str], limits: Mapping[str, int] | None = None
) -> dict[str, str]:
    """Return the fields called ``names``; what is not asked for is ignored (Core 4.3), what is not sent is left out.

    Parameters
    ----------
    pairs : iterable of (name, value)
        All fields of the request with repetitions, from the query and the form together.
    names : collection of str
        The fields that will be read.
    limits : mapping of str to int, optional
        Other limits than 4,096 characters, by field.

    Raises
    ------
    LaunchRefused
        ``parameter_repeated`` (OAuth 2.0, RFC 6749 3.1), ``parameter_too_long`` or ``parameter_malformed``.
    """
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in names:
            _is_new(name, found)
            _is_short(name, value, (limits or {}).get(name, MAX_FIELD))
            _is_text(name, value)
            found[name] = value
    return found


def _is_new(name: str, found: Mapping[str, str]) -> None:
    if name in found:
        raise LaunchRefused("parameter_repeated", name)


def _is_short(name: str, value: str, limit: int) -> None:
    if len(value) > limit:
        raise LaunchRefused("parameter_too_long", name)


def _is_text(name: str, value: str) -> None:
    if _UNSTORABLE.search(value):
        raise LaunchRefused("parameter_malformed", name)
