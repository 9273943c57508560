"""HTTP as LRSs need it: one session, one origin, bounded in time and size, patient with what passes.

Knows nothing of xAPI. Requests' and urllib3's errors are translated here and nowhere else.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Any, NoReturn, Self, cast

import requests
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from urllib3 import BaseHTTPResponse
from urllib3.connectionpool import ConnectionPool
from urllib3.exceptions import HTTPError, InvalidHeader, MaxRetryError
from urllib3.util import Retry

from lrs_adapters.base import LRSProtocolError, LRSRefused, LRSUnavailable
from lrs_adapters.links import follow, origin_of, same_origin, without_query

CheckUrl = Callable[[str], None]
"""Called with each address before it is asked; raises to forbid it, and what it raises goes through as it is."""

BODY_LIMIT = 64 * 1024 * 1024
PASSING = frozenset({408, 420, 425, 429, 500, 502, 503, 504})
"""Statuses that may pass by themselves; 420 is what some LRSs say for 429."""

_REDIRECTS = 3
_BODY_RETRIES = 2
_CHUNK = 64 * 1024
_HTTP_ERROR = 500


@dataclass(frozen=True, slots=True)
class Credentials:
    """Key and secret for HTTP Basic (RFC 7617); the secret never shows in a repr."""

    key: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an LRS is waited for.

    Attributes
    ----------
    connect, read : timedelta
        Time to connect, and between two pieces of an answer.
    whole : timedelta
        Time for one whole body.
    retries : int
        Further tries after the first, all reasons together.
    backoff : timedelta
        Wait before the second further try; doubles each time, with jitter.
    longest_wait : timedelta
        A Retry-After above this ends the run instead of holding it.
    """

    connect: timedelta = timedelta(seconds=5)
    read: timedelta = timedelta(seconds=60)
    whole: timedelta = timedelta(minutes=5)
    retries: int = 5
    backoff: timedelta = timedelta(seconds=0.5)
    longest_wait: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer: its status is below 500 and none of 401, 403, 407; header names are case-blind."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class Connection:
    """Asks one origin, with one pair of credentials.

    Parameters
    ----------
    home : str
        An address of the origin; every other origin is refused.
    credentials : Credentials
        Sent with each request by HTTP Basic.
    headers : mapping of str to str
        Sent with each request.
    patience : Patience
        Timeouts and retries.
    body_limit : int
        Bytes of a body, after decompression.
    check_url : callable or None
        The caller's own rule for outbound addresses.
    """

    def __init__(
        self,
        home: str,
        credentials: Credentials,
        *,
        headers: Mapping[str, str],
        patience: Patience | None = None,
        body_limit: int = BODY_LIMIT,
        check_url: CheckUrl | None = None,
    ) -> None:
        origin_of(home)
        self._home = home
        self._patience = patience or Patience()
        self._body_limit = body_limit
        self._check_url = check_url
        self._session = _session(credentials, headers, self._patience)

    def get(self, url: str) -> Reply:
        """Ask for ``url``; a body that breaks off is asked for again.

        Raises
        ------
        LRSUnavailable
            Timed out, reset, 429 or 5xx after all retries.
        LRSRefused
            401, 403, another origin, a certificate that cannot be verified.
        LRSProtocolError
            The body is over the limit, or redirects do not end.
        """
        for _ in range(_BODY_RETRIES):
            try:
                return self._get(url)
            except _BrokenOff:
                continue
        return self._get(url)

    def close(self) -> None:
        """Close the session's connections."""
        self._session.close()

    def _get(self, url: str) -> Reply:
        for _ in range(_REDIRECTS + 1):
            with self._ask(url) as response:
                target = response.headers.get("Location") if response.is_redirect else None
                if target is None:
                    _judge(response)
                    return Reply(url, response.status_code, response.headers, self._body(response))
            url = follow(target, url, "")
        raise LRSProtocolError(f"{without_query(url)} redirects without end: check the address of the LRS.")

    def _ask(self, url: str) -> requests.Response:
        same_origin(url, self._home)
        if self._check_url is not None:
            self._check_url(url)
        timeout = (self._patience.connect.total_seconds(), self._patience.read.total_seconds())
        try:
            return self._session.get(url, timeout=timeout, stream=True, allow_redirects=False)
        except (requests.RequestException, HTTPError) as error:
            _translate(error, url)

    def _body(self, response: requests.Response) -> bytes:
        body = bytearray()
        deadline = time.monotonic() + self._patience.whole.total_seconds()
        try:
            for chunk in response.iter_content(_CHUNK):
                body += chunk
                self._in_bounds(len(body), deadline, response.url)
        except (requests.RequestException, HTTPError) as error:
            raise _BrokenOff(
                f"{without_query(response.url)} broke off in the middle of an answer: try again."
            ) from error
        return bytes(body)

    def _in_bounds(self, size: int, deadline: float, url: str) -> None:
        if size > self._body_limit:
            raise LRSProtocolError(
                f"An answer of {without_query(url)} is over {self._body_limit} bytes: ask for smaller pages."
            )
        if time.monotonic() > deadline:
            raise LRSUnavailable(f"{without_query(url)} sends too slowly: try again, or ask for smaller pages.")


class _BrokenOff(LRSUnavailable):
    """A body that ended too early; urllib3's retries do not reach into bodies."""


class _Retries(Retry):
    """urllib3's retries, but a long Retry-After ends them, and one that cannot be read is left out."""

    longest_wait = timedelta()

    def new(self, **kw: Any) -> Self:
        """Return the copy that urllib3 asks for, with what it does not know."""
        fresh = super().new(**kw)
        fresh.longest_wait = self.longest_wait
        return fresh

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Return the seconds to wait, None without a readable Retry-After."""
        try:
            return super().get_retry_after(response)
        except InvalidHeader:
            return None

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: ConnectionPool | None = None,
        _stacktrace: TracebackType | None = None,
    ) -> Self:
        """Count one more failure; raises MaxRetryError when the LRS wants more patience than we have."""
        wait = self.get_retry_after(response) if response is not None else None
        if wait is not None and wait > self.longest_wait.total_seconds():
            raise MaxRetryError(cast("ConnectionPool", _pool), url)
        return super().increment(method, url, response, error, _pool, _stacktrace)


class _Session(requests.Session):
    """A session that leaves redirects alone: requests would read their bodies without bound to prepare the next."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Say that there is none; ``Connection`` looks itself."""


def _session(credentials: Credentials, headers: Mapping[str, str], patience: Patience) -> requests.Session:
    session = _Session()
    session.auth = HTTPBasicAuth(credentials.key.encode(), credentials.secret.encode())
    session.headers.update({"User-Agent": f"onward/{_version()}", "Accept-Encoding": "gzip, deflate", **headers})
    adapter = HTTPAdapter(max_retries=_retries(patience))
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _retries(patience: Patience) -> Retry:
    retries = _Retries(
        total=patience.retries,
        redirect=0,
        allowed_methods={"GET"},
        status_forcelist=PASSING,
        backoff_factor=patience.backoff.total_seconds(),
        backoff_jitter=patience.backoff.total_seconds(),
        raise_on_status=False,
        respect_retry_after_header=True,
    )
    retries.longest_wait = patience.longest_wait
    return retries


def _version() -> str:
    try:
        return version("onward")
    except PackageNotFoundError:
        return "0"


_REFUSALS = {
    401: "401: key or secret wrong. Check both; the LRS did not accept them",
    403: "403: this key may not read all statements. Give it that right in the LRS",
    407: "407: the proxy on the way wants credentials of its own",
}


def _judge(response: requests.Response) -> None:
    """Refuse what the operator must mend, and what was not mended by waiting."""
    status, address = response.status_code, without_query(response.url)
    if status in _REFUSALS:
        raise LRSRefused(f"{_REFUSALS[status]} ({address}).")
    if status in PASSING or status >= _HTTP_ERROR:
        raise LRSUnavailable(f"{status}: {address} cannot answer now. Try again{_when(response)}.", status)


def _when(response: requests.Response) -> str:
    wait = response.headers.get("Retry-After", "").strip()
    if not wait:
        return " later"
    return f" in {wait} seconds" if wait.isdigit() else f" after {wait}"


def _translate(error: Exception, url: str) -> NoReturn:
    address = without_query(url)
    if isinstance(error, requests.exceptions.SSLError):
        raise LRSRefused(f"The certificate of {address} cannot be verified: check the address and it.") from error
    if isinstance(error, ValueError):
        raise LRSRefused(f"{address} cannot be asked: check the address.") from error
    if isinstance(error, requests.exceptions.Timeout):
        raise LRSUnavailable(f"{address} did not answer in time: try again later.") from error
    raise LRSUnavailable(f"{address} cannot be reached: check that it runs, or try again later.") from error
