"""How we show an LRS who we are: as data, without any secret in a repr."""

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Basic:
    """Key and secret for HTTP Basic (RFC 7617)."""

    key: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Header:
    """A header of the LRS's own, such as ``x-api-key``; ``value`` goes out as it is."""

    name: str
    value: str = field(repr=False)


class ClientAuthentication(StrEnum):
    """How client id and secret go to the token endpoint (RFC 6749, 2.3.1; names of RFC 7591, 2)."""

    BASIC = "client_secret_basic"
    POST = "client_secret_post"


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """OAuth 2 client credentials (RFC 6749, 4.4).

    Attributes
    ----------
    token_url : str
        The token endpoint; may be on another origin than the LRS.
    client_id, client_secret : str
        Go to the token endpoint only; the LRS gets the token only.
    scope : str
        Asked for when not empty.
    audience : str
        Some issuers ask for one; sent when not empty.
    authentication : ClientAuthentication
        Where id and secret stand in the request.
    """

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str = ""
    audience: str = ""
    authentication: ClientAuthentication = ClientAuthentication.BASIC


@dataclass(frozen=True, slots=True)
class NoCredentials:
    """Nothing: for an LRS that answers everybody, as some do inside a closed network."""


Auth = Basic | Header | ClientCredentials | NoCredentials
