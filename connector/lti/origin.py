"""Origins and links: whether a URL is ours, whether it is http(s), whether it hides something."""

import re
from urllib.parse import SplitResult, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
# Browsers read "\" as "/", and drop tabs and line breaks (WHATWG URL 4.4); urlsplit differs, so none may occur.
_SUSPECT = re.compile("[\x00-\x20\x7f\\\\\ud800-\udfff]")
MAX_URL = 2048


def origin_of(url: str) -> str:
    """Return scheme, host and port of an http(s) URL in one spelling, as ``https://host:443``.

    Raises
    ------
    ValueError
        If it is longer than 2048 characters, has another scheme, no host, a user or password, a port that is no
        number, or a character that browsers and Python read differently.
    """
    parts = _split(url)
    port = parts.port if parts.port is not None else _DEFAULT_PORTS[parts.scheme]
    host = parts.hostname or ""
    return f"{parts.scheme}://[{host}]:{port}" if ":" in host else f"{parts.scheme}://{host}:{port}"


def is_on_origin_of(url: str, ours: str) -> bool:
    """Return whether ``url`` has the origin of ``ours``; a URL that cannot be read has none."""
    try:
        return origin_of(url) == origin_of(ours)
    except ValueError:
        return False


def is_web_link(url: str) -> bool:
    """Return whether ``url`` is an absolute http or https URL that may be offered as a link."""
    try:
        origin_of(url)
    except ValueError:
        return False
    return True


def _split(url: str) -> SplitResult:
    if len(url) > MAX_URL or _SUSPECT.search(url):
        raise ValueError("a URL is too long or has characters that URLs do not have")
    parts = urlsplit(url)
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError("not an absolute http or https URL")
    if "@" in parts.netloc:
        raise ValueError("a URL must not carry a user or password")
    return parts
