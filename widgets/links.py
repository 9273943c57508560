"""Which addresses from outside may become links."""

from urllib.parse import urlsplit


def web_link(url: str) -> str:
    """Return ``url`` if it is absolute http or https with a host and no control characters, else "".

    Anything else (``javascript:``, ``data:``, relative addresses) is never rendered as a link.
    """
    if any(ord(letter) <= ord(" ") for letter in url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.hostname else ""
