"""OAuth 2 client credentials (RFC 6749, 4.4): a token is asked for, kept until shortly before it expires, renewed once.

Client id and secret go to the token endpoint and nowhere else; they and the token stand in no error and no log.
"""

import time
from collections.abc import Callable
from contextlib import closing
from urllib.parse import quote_plus

import msgspec
import requests
from requests.auth import HTTPBasicAuth

from lrs_adapters.auth import ClientAuthentication, ClientCredentials
from lrs_adapters.base import LRSProtocolError, LRSRefused, LRSUnavailable
from lrs_adapters.links import origin_of, without_query
from lrs_adapters.transport import (
    FOREIGN_ERRORS,
    PASSING,
    Patience,
    open_session,
    read_body,
    translate,
    when_to_return,
)

_OK = 200
_HTTP_ERROR = 500
_ANSWER_LIMIT = 64 * 1024
_LIFE = 300.0
_MARGIN = 30.0


class TokenBook:
    """Holds one token of one client.

    Parameters
    ----------
    client : ClientCredentials
        Whom to ask, as whom.
    check_url : callable or None
        The caller's own rule for outbound addresses; sees the token endpoint before it is asked.
    patience : Patience
        Timeouts and retries.
    clock : callable
        Monotonic seconds.

    Raises
    ------
    LRSRefused
        The token endpoint is no http(s) address.
    """

    def __init__(
        self,
        client: ClientCredentials,
        check_url: Callable[[str], None] | None,
        patience: Patience,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        origin_of(client.token_url)
        self._client = client
        self._check_url = check_url
        self._patience = patience
        self._clock = clock
        self._token = ""
        self._until = 0.0

    def token(self) -> str:
        """Return a token that lives for some seconds more, asking for one if need be.

        Raises
        ------
        LRSRefused
            The token endpoint did not accept the client, or redirects.
        LRSUnavailable
            It does not answer now.
        LRSProtocolError
            Its answer is no bearer token.
        """
        if not self._token or self._clock() >= self._until:
            self._renew()
        return self._token

    def forget(self) -> None:
        """Drop the token: the LRS did not accept it."""
        self._token = ""

    def _renew(self) -> None:
        asked_at = self._clock()
        granted = self._granted()
        life = _LIFE if granted.expires_in is None else granted.expires_in
        self._token = granted.access_token
        self._until = asked_at + max(life - _MARGIN, life / 2)

    def _granted(self) -> "_Granted":
        if self._check_url is not None:
            self._check_url(self._client.token_url)
        with closing(open_session("POST", self._patience)) as session, self._ask(session) as response:
            _judge(response)
            return _read(read_body(response, _ANSWER_LIMIT, self._patience), response.url)

    def _ask(self, session: requests.Session) -> requests.Response:
        client = self._client
        form = {"grant_type": "client_credentials"}
        form |= {name: said for name, said in (("scope", client.scope), ("audience", client.audience)) if said}
        by_header = client.authentication is ClientAuthentication.BASIC
        if not by_header:
            form |= {"client_id": client.client_id, "client_secret": client.client_secret}
        try:
            return session.post(
                client.token_url,
                data=form,
                auth=_basic(client) if by_header else _unsigned,
                headers={"Accept": "application/json"},
                timeout=self._patience.timeout,
                stream=True,
                allow_redirects=False,
            )
        except FOREIGN_ERRORS as error:
            translate(error, client.token_url)


class _Granted(msgspec.Struct, frozen=True):
    """An access token response (RFC 6749, 5.1)."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 - the name of a kind of token (RFC 6750), not a token
    expires_in: float | None = None


_decoder = msgspec.json.Decoder(_Granted, strict=False)


def _basic(client: ClientCredentials) -> HTTPBasicAuth:
    """Encode id and secret as forms do before Basic joins them (RFC 6749, 2.3.1)."""
    return HTTPBasicAuth(quote_plus(client.client_id), quote_plus(client.client_secret))


def _unsigned(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Leave the request as it is, so that requests looks into no netrc file."""
    return request


def _judge(response: requests.Response) -> None:
    status, address = response.status_code, without_query(response.url)
    if status in PASSING or status >= _HTTP_ERROR:
        raise LRSUnavailable(
            f"{status}: the token endpoint {address} cannot answer now. Try again{when_to_return(response)}.", status
        )
    if status != _OK:
        raise LRSRefused(
            f"{status}: the token endpoint {address} gave no token. Check its address, the client id, the client "
            "secret and the scope."
        )


def _read(body: bytes, url: str) -> _Granted:
    try:
        granted = _decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        granted = _Granted("")
    if not granted.access_token.isprintable() or not granted.access_token or granted.token_type.lower() != "bearer":
        raise LRSProtocolError(
            f"The token endpoint {without_query(url)} answered something that is no bearer token (RFC 6749, 5.1): "
            "check its address."
        )
    return granted
