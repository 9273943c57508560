"""Fetch a document from a URL that somebody else gave us: guarded, bounded in time and size."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from connector.errors import ConnectorError
from connector.outside.urls import UrlRefused, UrlRules, check_url

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PIECE = 64 * 1024
_Read = TypeVar("_Read")


class FetchFailed(ConnectorError):
    """A document could not be had; the sentence says why, without the URL's path or query.

    Parameters
    ----------
    status : int or None
        The status of an answer that was not 200; None when it failed in another way.
    """

    def __init__(self, sentence: str, status: int | None = None) -> None:
        super().__init__(sentence)
        self.status = status


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
        hop = _answer(partial(session.get, url), url, rules, limits)
        if isinstance(hop, bytes):
            return hop
        url = _same_origin(url, hop)
    raise FetchFailed(f"More than {limits.redirects} redirects.")


def post_form(
    session: requests.Session, url: str, form: Mapping[str, str], rules: UrlRules, limits: FetchLimits
) -> bytes:
    """Return the answer to a form, which may hold a secret: so no redirect is followed, not even on the same host.

    Raises
    ------
    FetchFailed
        As ``fetch``, and if it is answered by a redirect.
    """
    answer = _answer(partial(session.post, url, data=form), url, rules, limits)
    if isinstance(answer, str):
        raise FetchFailed("It redirects: use the address that it leads to.")
    return answer


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back, whatever its status."""

    status: int
    body: bytes


def post_json(
    session: requests.Session, url: str, document: Mapping[str, Any], rules: UrlRules, limits: FetchLimits
) -> Answered:
    """Return the answer to a JSON document, also one that refuses it; no redirect is followed.

    Raises
    ------
    FetchFailed
        If it is not allowed, cannot be reached, or exceeds a limit.
    """
    send = partial(session.post, url, json=document, headers={"Accept": "application/json"})
    return _within(send, url, rules, limits, lambda response: Answered(response.status_code, _body(response, limits)))


def _answer(send: Callable[..., requests.Response], url: str, rules: UrlRules, limits: FetchLimits) -> bytes | str:
    """Return the body, or the Location of a redirect."""

    def read(response: requests.Response) -> bytes | str:
        if response.status_code in _REDIRECTS:
            return response.headers.get("Location", "")
        if response.status_code != requests.codes.ok:
            raise FetchFailed(f"The answer was {response.status_code}.", response.status_code)
        return _body(response, limits)

    return _within(send, url, rules, limits, read)


def _within(
    send: Callable[..., requests.Response],
    url: str,
    rules: UrlRules,
    limits: FetchLimits,
    read: Callable[[requests.Response], _Read],
) -> _Read:
    """Return what ``read`` makes of the answer, whose body is not loaded yet; foreign errors become FetchFailed."""
    try:
        check_url(url, rules)
        seconds = limits.timeout.total_seconds()
        with send(timeout=seconds, stream=True, allow_redirects=False) as response:
            return read(response)
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
