"""Requests' session as LRSs and token endpoints need it: patient, bounded, no redirects, no foreign errors.

Knows nothing of xAPI. Requests' and urllib3's errors are translated here and nowhere else.
"""

import time
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Any, NoReturn, Self, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse
from urllib3.connectionpool import ConnectionPool
from urllib3.exceptions import HTTPError, InvalidHeader, MaxRetryError
from urllib3.util import Retry

from lrs_adapters.base import LRSProtocolError, LRSRefused, LRSUnavailable
from lrs_adapters.links import without_query

PASSING = frozenset({408, 420, 425, 429, 500, 502, 503, 504})
"""Statuses that may pass by themselves; 420 is what some LRSs say for 429."""

FOREIGN_ERRORS = (requests.RequestException, HTTPError)

_CHUNK = 64 * 1024


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

    @property
    def timeout(self) -> tuple[float, float]:
        """Connect and read as requests wants them, in seconds."""
        return self.connect.total_seconds(), self.read.total_seconds()


class BrokenOff(LRSUnavailable):
    """A body that ended too early; urllib3's retries do not reach into bodies."""


def open_session(method: str, patience: Patience) -> requests.Session:
    """Return a session that tries ``method`` again where trying may help and never follows a redirect."""
    session = _Session()
    session.headers.update({"User-Agent": f"onward/{_version()}", "Accept-Encoding": "gzip, deflate"})
    adapter = HTTPAdapter(max_retries=_retries(method, patience))
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def read_body(response: requests.Response, limit: int, patience: Patience) -> bytes:
    """Read a body of at most ``limit`` bytes.

    Raises
    ------
    BrokenOff
        It ended too early.
    LRSUnavailable
        It took longer than ``patience.whole``.
    LRSProtocolError
        It is over the limit.
    """
    body = bytearray()
    deadline = time.monotonic() + patience.whole.total_seconds()
    address = without_query(response.url)
    try:
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            _in_bounds(len(body), limit, deadline, address)
    except FOREIGN_ERRORS as error:
        raise BrokenOff(f"{address} broke off in the middle of an answer: try again.") from error
    return bytes(body)


def translate(error: Exception, url: str) -> NoReturn:
    """Raise the LRSError that says what a failed request means."""
    address = without_query(url)
    if isinstance(error, requests.exceptions.SSLError):
        raise LRSRefused(f"The certificate of {address} cannot be verified: check the address and it.") from error
    if isinstance(error, ValueError):
        raise LRSRefused(f"{address} cannot be asked: check the address.") from error
    if isinstance(error, requests.exceptions.Timeout):
        raise LRSUnavailable(f"{address} did not answer in time: try again later.") from error
    raise LRSUnavailable(f"{address} cannot be reached: check that it runs, or try again later.") from error


def when_to_return(response: requests.Response) -> str:
    """Return the end of a sentence that says when to try again."""
    wait = response.headers.get("Retry-After", "").strip()
    if not wait:
        return " later"
    return f" in {wait} seconds" if wait.isdigit() else f" after {wait}"


def _in_bounds(size: int, limit: int, deadline: float, address: str) -> None:
    if size > limit:
        raise LRSProtocolError(f"An answer of {address} is over {limit} bytes: ask for smaller pages.")
    if time.monotonic() > deadline:
        raise LRSUnavailable(f"{address} sends too slowly: try again, or ask for smaller pages.")


class _Session(requests.Session):
    """A session that leaves redirects alone: requests would read their bodies without bound to prepare the next."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Say that there is none; the caller looks itself."""


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


def _retries(method: str, patience: Patience) -> Retry:
    retries = _Retries(
        total=patience.retries,
        redirect=0,
        allowed_methods={method},
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
