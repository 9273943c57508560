"""Addresses: the origin that credentials belong to, the statements address, and where a ``more`` IRL leads."""

import re
from urllib.parse import urljoin

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from lrs_adapters.base import LRSRefused, MoreShape

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SUSPECT = re.compile(r"[\s\\\x00-\x1f\x7f]")

Origin = tuple[str, str, int]
"""Scheme, host and port, as RFC 6454 compares them."""


def origin_of(url: str) -> Origin:
    """Return the origin of ``url``, parsed by the library that will connect to it.

    Raises
    ------
    LRSRefused
        ``url`` is no http(s) address, carries a user name, or is written so that parsers disagree.
    """
    try:
        parsed = parse_url(url)
    except LocationParseError as error:
        raise LRSRefused(f"{without_query(url)!r} is no address: write it as https://host/path.") from error
    scheme = (parsed.scheme or "").lower()
    if scheme not in _DEFAULT_PORTS or not parsed.host or _SUSPECT.search(url):
        raise LRSRefused(f"{without_query(url)!r} is no address of an LRS: write it as https://host/path.")
    if parsed.auth is not None:
        raise LRSRefused("The address of an LRS must not carry a key or secret: give them in their own fields.")
    return scheme, parsed.host.lower(), parsed.port or _DEFAULT_PORTS[scheme]


def endpoint_of(url: str) -> str:
    """Return the LRS's base address, without a trailing slash or ``/statements``; raises as ``origin_of``."""
    origin_of(url)
    return url.split("?", maxsplit=1)[0].split("#", maxsplit=1)[0].rstrip("/").removesuffix("/statements").rstrip("/")


def follow(more: str, statements_url: str, prefix: str) -> str:
    """Return the address that ``more`` means (xAPI 1.0.3 part 3, 2.1.3: a relative IRL, resolved against the origin).

    Parameters
    ----------
    more : str
        As the LRS sent it: absolute, ``/path``, ``?query`` or relative to the statements address.
    statements_url : str
        Where the first page came from.
    prefix : str
        Path that a proxy adds and the LRS does not know, or "".

    Raises
    ------
    LRSRefused
        It leads to another origin: the key and secret are never sent there.
    """
    try:
        url = urljoin(statements_url, _prefixed(more, prefix))
    except ValueError as error:
        raise LRSRefused("The LRS gave a `more` that is no address. Report it there.") from error
    same_origin(url, statements_url)
    return url


def same_origin(url: str, home: str) -> None:
    """Refuse ``url`` unless it has the origin of ``home``."""
    if origin_of(url) != origin_of(home):
        raise LRSRefused(
            f"The LRS at {without_query(home)} leads to another origin, {without_query(url)}: its key and secret are "
            "not sent there. If that is the right one, give it as the source's address."
        )


def shape_of(more: str) -> MoreShape:
    """Tell how ``more`` is written."""
    if not more:
        return MoreShape.NONE
    if re.match(r"(?i)[a-z][a-z0-9+.-]*:|//", more):
        return MoreShape.ABSOLUTE
    if more.startswith("/"):
        return MoreShape.PATH
    return MoreShape.QUERY if more.startswith("?") else MoreShape.RELATIVE


def without_query(url: str) -> str:
    """Return ``url`` fit to be shown: no query, no fragment, no user name."""
    address = re.split(r"[?#]", url, maxsplit=1)[0]
    return re.sub(r"//[^/@]*@", "//", address)


def _prefixed(more: str, prefix: str) -> str:
    if not prefix or shape_of(more) is not MoreShape.PATH or more.startswith(prefix.rstrip("/") + "/"):
        return more
    return prefix.rstrip("/") + more
