"""Puts what Auth says onto each request to the LRS."""

from collections.abc import Callable

from requests import PreparedRequest
from requests.auth import AuthBase, HTTPBasicAuth

from lrs_adapters.auth import Auth, Basic, ClientCredentials, Header, NoCredentials
from lrs_adapters.base import LRSRefused
from lrs_adapters.tokens import TokenBook
from lrs_adapters.transport import Patience


class Signature(AuthBase):
    """What requests calls for each request; ``renewed`` is asked once after a 401.

    ``refused`` says what a 401 means for these credentials, and what to check; it never holds them.
    """

    refused = "the LRS wants credentials. Give this source some"

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        """Return the request as it is: nothing goes with it, and requests looks into no netrc file."""
        return r

    def renewed(self) -> bool:
        """Tell whether there may now be other credentials than those that were refused."""
        return False


def signature_of(auth: Auth, check_url: Callable[[str], None] | None, patience: Patience) -> Signature:
    """Return the Signature of ``auth``.

    Raises
    ------
    LRSRefused
        The token endpoint is no address, or the header cannot be sent.
    """
    match auth:
        case Basic():
            return _BasicSignature(auth)
        case Header():
            return _HeaderSignature(_sendable(auth))
        case ClientCredentials():
            return _BearerSignature(TokenBook(auth, check_url, patience))
        case NoCredentials():
            return Signature()


class _BasicSignature(Signature):
    refused = "key or secret wrong. Check both; the LRS did not accept them"

    def __init__(self, auth: Basic) -> None:
        self._basic = HTTPBasicAuth(auth.key.encode(), auth.secret.encode())

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        self._basic(r)
        return r


class _HeaderSignature(Signature):
    def __init__(self, auth: Header) -> None:
        self._auth = auth
        self.refused = f"the value of the header {auth.name} is wrong. Check it; the LRS did not accept it"

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        r.headers[self._auth.name] = self._auth.value
        return r


class _BearerSignature(Signature):
    refused = "the LRS did not accept the token that was granted. Check the scope, the audience and the client's rights"

    def __init__(self, book: TokenBook) -> None:
        self._book = book

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        r.headers["Authorization"] = f"Bearer {self._book.token()}"
        return r

    def renewed(self) -> bool:
        self._book.forget()
        return True


_TOKEN_CHARACTERS = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _sendable(auth: Header) -> Header:
    """Refuse a header that HTTP cannot carry (RFC 9110, 5.1 and 5.5)."""
    if not auth.name or not set(auth.name) <= _TOKEN_CHARACTERS:
        raise LRSRefused(f"{auth.name!r} is no name of a header: write it as in `x-api-key`.")
    if not auth.value.isascii() or not auth.value.isprintable() or auth.value != auth.value.strip():
        raise LRSRefused(f"The value of the header {auth.name} holds what no header may: check that it is complete.")
    return auth
