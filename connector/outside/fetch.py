"""Fetch a small document from a URL that somebody else gave us: guarded, bounded in time and size."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from connector.errors import ConnectorError
from connector.outside.urls import UrlRefused, UrlRules, check_url

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PIECE = 64 * 1024


class FetchFailed(ConnectorError):
    """A document could not be had; the sentence says why, without the URL's path or query."""


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How long one hop may take from first byte to last, how much it may be, how many redirects are followed."""

    timeout: timedelta = timedelta(seconds=5)
    size: int = 256 * 1024
    redirects: int = 3


def fetch(session: requests.Session, url: str, rules: UrlRules, limits: FetchLimits) -> bytes:
    """Return the body behind ``url``; redirects are followed on the same scheme, host and port only.

    Parameters
    ----------
    session : requests.Session
        From ``guarded_session`` with the same rules; no credentials are sent.
    url : str
        Checked here, and each hop again.
    rules, limits
        What may be asked, and how much.

    Raises
    ------
    FetchFailed
        If it is not allowed, cannot be reached, answers anything but 200, or exceeds a limit.
    """
    for _ in range(limits.redirects + 1):
        hop = _get(session, url, rules, limits)
        if isinstance(hop, bytes):
            return hop
        url = _same_origin(url, hop)
    raise FetchFailed(f"More than {limits.redirects} redirects.")


def _get(session: requests.Session, url: str, rules: UrlRules, limits: FetchLimits) -> bytes | str:
    """Return the body, or the Location of a redirect."""
    try:
        check_url(url, rules)
        seconds = limits.timeout.total_seconds()
        with session.get(url, timeout=seconds, stream=True, allow_redirects=False) as response:
            if response.status_code in _REDIRECTS:
                return response.headers.get("Location", "")
            if response.status_code != requests.codes.ok:
                raise FetchFailed(f"The answer was {response.status_code}.")
            return _body(response, limits)
    except UrlRefused as error:
        raise FetchFailed(str(error)) from error
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        raise FetchFailed(f"It could not be reached: {type(error).__name__}.") from error


def _body(response: requests.Response, limits: FetchLimits) -> bytes:
    """Read until the end, the size or the time is reached; a slow sender cannot stretch it byte by byte."""
    late = _deadline(limits.timeout)
    body = b""
    while piece := response.raw.read1(_PIECE, decode_content=True):
        body += piece
        if len(body) > limits.size:
            raise FetchFailed(f"The answer has over {limits.size} bytes.")
        if late():
            raise FetchFailed("The answer took too long.")
    return body


def _deadline(timeout: timedelta) -> Callable[[], bool]:
    end = time.monotonic() + timeout.total_seconds()
    return lambda: time.monotonic() > end


def _same_origin(url: str, location: str) -> str:
    """Return where a redirect leads, if to the same scheme, host and port."""
    try:
        target = urljoin(url, location)
        before, after = urlsplit(url), urlsplit(target)
    except ValueError as error:
        raise FetchFailed("It redirects to what is no URL.") from error
    if not location or (before.scheme, before.netloc.lower()) != (after.scheme, after.netloc.lower()):
        raise FetchFailed("It redirects to another host.")
    return target
