"""HTTP as LRSs need it: one session, one origin, bounded in time and size, patient with what passes.

Knows nothing of xAPI.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import requests

from lrs_adapters.auth import Auth, Basic, ClientCredentials, Header
from lrs_adapters.base import LRSProtocolError, LRSRefused, LRSUnavailable
from lrs_adapters.links import follow, origin_of, same_origin, without_query
from lrs_adapters.moments import read_http_date
from lrs_adapters.pace import Pace
from lrs_adapters.signing import signature_of
from lrs_adapters.transport import (
    FOREIGN_ERRORS,
    PASSING,
    BrokenOff,
    Patience,
    open_session,
    read_body,
    translate,
    when_to_return,
)

CheckUrl = Callable[[str], None]
"""Called with each address before it is asked; raises to forbid it, and what it raises goes through as it is."""

BODY_LIMIT = 64 * 1024 * 1024

_REDIRECTS = 3
_BODY_RETRIES = 2
_UNAUTHORIZED = 401
_HTTP_ERROR = 500


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer: its status is below 500 and none of 401, 403, 407; header names are case-blind."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class Connection:
    """Asks one origin, with one kind of credentials.

    Parameters
    ----------
    home : str
        An address of the origin; every other origin is refused.
    auth : Auth
        Goes with each request to that origin, and to no other.
    headers : mapping of str to str
        Sent with each request.
    patience : Patience
        Timeouts and retries.
    body_limit : int
        Bytes of a body, after decompression.
    check_url : callable or None
        The caller's own rule for outbound addresses.
    pace : Pace or None
        The rate that the LRS allows; None for no limit.
    redirects : int
        How many are followed, on the same origin only.

    Raises
    ------
    LRSRefused
        ``home`` or the token endpoint is no address.
    """

    def __init__(
        self,
        home: str,
        auth: Auth,
        *,
        headers: Mapping[str, str],
        patience: Patience | None = None,
        body_limit: int = BODY_LIMIT,
        check_url: CheckUrl | None = None,
        pace: Pace | None = None,
        redirects: int = _REDIRECTS,
    ) -> None:
        origin_of(home)
        self._home = home
        self._patience = patience or Patience()
        self._body_limit = body_limit
        self._check_url = check_url
        self._pace = pace or Pace(None)
        self._redirects = redirects
        self._may_renew = True
        self._credential = _named(auth)
        self._signature = signature_of(auth, check_url, self._patience)
        self._session = open_session("GET", self._patience)
        self._session.auth = self._signature
        self._session.headers.update(headers)

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
        for _ in range(min(_BODY_RETRIES, self._patience.retries)):
            try:
                return self._get(url)
            except BrokenOff:
                continue
        return self._get(url)

    def close(self) -> None:
        """Close the session's connections."""
        self._session.close()

    def _get(self, url: str) -> Reply:
        for _ in range(self._redirects + 1):
            with self._asked(url) as response:
                target = response.headers.get("Location") if response.is_redirect else None
                if target is None:
                    _judge(response, self._signature.refused, self._credential)
                    body = read_body(response, self._body_limit, self._patience)
                    return Reply(url, response.status_code, response.headers, body)
            url = follow(target, url, "")
        raise LRSProtocolError(f"{without_query(url)} redirects without end: check the address of the LRS.")

    def _asked(self, url: str) -> requests.Response:
        """Ask, and once more with new credentials where a 401 may mean that the token has ended."""
        response = self._ask(url)
        if response.status_code != _UNAUTHORIZED or not self._may_renew or not self._signature.renewed():
            return response
        response.close()
        response = self._ask(url)
        self._may_renew = response.status_code != _UNAUTHORIZED
        return response

    def _ask(self, url: str) -> requests.Response:
        same_origin(url, self._home)
        if self._check_url is not None:
            self._check_url(url)
        self._pace.wait()
        try:
            return self._session.get(url, timeout=self._patience.timeout, stream=True, allow_redirects=False)
        except FOREIGN_ERRORS as error:
            translate(error, url)


_REFUSALS = {
    403: "403: this key may not read all statements. Give it that right in the LRS",
    407: "407: the proxy on the way wants credentials of its own",
}


def _judge(response: requests.Response, refused: str, credential: str) -> None:
    """Refuse what the operator must mend (``refused`` says what a 401 means), and what was not mended by waiting."""
    status, address = response.status_code, without_query(response.url)
    if status == _UNAUTHORIZED:
        raise LRSRefused(f"{_UNAUTHORIZED}: {refused} ({credential}, {address}).")
    if status in _REFUSALS:
        raise LRSRefused(f"{_REFUSALS[status]} ({credential}, {address}).")
    if status in PASSING or status >= _HTTP_ERROR:
        sentence = f"{status}: {address} cannot answer now. Try again{when_to_return(response)}."
        raise LRSUnavailable(sentence, status, _wait(response.headers.get("Retry-After", "")))


def _named(auth: Auth) -> str:
    """Return by which name an operator knows these credentials; never a part of a secret."""
    match auth:
        case Basic(key=key):
            return f"key {_without_person(key)!r}"
        case Header(name=name):
            return f"header {name!r}"
        case ClientCredentials(client_id=client):
            return f"client {client!r}"
        case _:
            return "no credentials"


def _without_person(key: str) -> str:
    """Return a key as it may stand in a log: some LRSs take an e-mail address for one, and that names somebody."""
    name, at, host = key.partition("@")
    return f"{name[:1]}…@{host}" if at else key


def _wait(text: str) -> timedelta | None:
    """Read a Retry-After: seconds, or a moment by the LRS's clock, which is taken for ours (RFC 9110, 10.2.3)."""
    if text.strip().isdecimal():
        return timedelta(seconds=min(int(text), _LONGEST_WAIT))
    moment = read_http_date(text)
    return None if moment is None else max(moment - datetime.now(UTC), timedelta())


_LONGEST_WAIT = 86_400
