"""How a request reached us: what the proxy said, what the browser said, and what is wrong with it."""

from urllib.parse import urlsplit

from flask import Request

from connector.web.console.steps import Connection

BEFORE_PROXY = "werkzeug.proxy_fix.orig"


def connection_of(request: Request) -> Connection:
    """Return how ``request`` came; the browser's own word on its address before that of anything between."""
    headers, before = request.headers, request.environ.get(BEFORE_PROXY, {})
    scheme, host = _told_by_browser(request) or (
        request.scheme,
        _first(headers.get("X-Forwarded-Host")) or request.host,
    )
    return Connection(
        scheme=scheme,
        host=host.casefold(),
        peer=before.get("REMOTE_ADDR") or request.remote_addr or "",
        forwarded_for=headers.get("X-Forwarded-For", ""),
        forwarded_proto=headers.get("X-Forwarded-Proto", ""),
        forwarded_host=headers.get("X-Forwarded-Host", ""),
    )


def _told_by_browser(request: Request) -> tuple[str, str] | None:
    """Return what the address bar says, where a page of ours led here: Referer and Origin are the browser's own."""
    if request.headers.get("Sec-Fetch-Site") != "same-origin":
        return None
    for name in ("Origin", "Referer"):
        parts = urlsplit(request.headers.get(name, ""))
        if parts.scheme in {"http", "https"} and parts.netloc:
            return parts.scheme, parts.netloc
    return None


def _first(listed: str | None) -> str:
    return (listed or "").partition(",")[0].strip()


def is_at_home(connection: Connection, origin: str) -> bool:
    """Tell whether the browser used the site's own address, as far as can be told."""
    return f"{connection.scheme}://{connection.host}" == origin.casefold()


def opened_elsewhere(connection: Connection, origin: str) -> str:
    """Return a sentence for who opened the page at another address than the site's; "" where all is well."""
    if is_at_home(connection, origin):
        return ""
    if connection.scheme == "http" and connection.host == urlsplit(origin).netloc.casefold():
        return (
            f"This request came as http, and the site's address is {origin}. Open it there; if you did, the proxy in "
            "front does not say so: it has to set X-Forwarded-Proto, and ONWARD_TRUSTED_PROXIES has to count it."
        )
    return (
        f"You opened this page at {connection.scheme}://{connection.host}, and the site's address is {origin}. Open it "
        "there, or correct ONWARD_PUBLIC_URL and start the server again."
    )
