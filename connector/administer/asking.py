"""How a Source is asked: its credentials, and what differs from its kind's profile; between columns and adapters."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

import msgspec

from connector.errors import BadInput
from connector.store.sources import SourceRecord
from lrs_adapters.auth import Auth, Basic, ClientAuthentication, ClientCredentials, Header, NoCredentials
from lrs_adapters.profiles import SinceField


class AuthKind(StrEnum):
    """The ways to show an LRS who we are; what the column ``auth_kind`` holds."""

    BASIC = "basic"
    HEADER = "header"
    OAUTH2 = "oauth2"
    NONE = "none"


class SourceOptions(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the column ``options`` holds.

    The first four are for OAuth 2 client credentials (``lrs_adapters.auth.ClientCredentials``); the others stand in the
    place of the profile's where they are not None (``lrs_adapters.profiles.Profile``).
    """

    token_url: str = ""
    scope: str = ""
    audience: str = ""
    token_auth: ClientAuthentication = ClientAuthentication.BASIC
    page_size: int | None = None
    overlap: timedelta | None = None
    since_field: SinceField | None = None
    more_prefix: str | None = None
    rate_per_minute: int | None = None

    def in_place_of_the_profile(self) -> dict[str, Any]:
        """Return the arguments of ``lrs_adapters.registry.open_source`` that are set."""
        return {name: value for name in OF_THE_PROFILE if (value := getattr(self, name)) is not None}


OF_THE_PROFILE = ("page_size", "overlap", "since_field", "more_prefix", "rate_per_minute")


def options_in(stored: Mapping[str, Any]) -> SourceOptions:
    """Return what the column holds.

    Raises
    ------
    BadInput
        It was written by something else.
    """
    try:
        return msgspec.convert(dict(stored), SourceOptions)
    except msgspec.ValidationError as error:
        raise BadInput(
            f"The stored options of this source cannot be read ({error}): set them again with `onward source change`."
        ) from error


def as_stored(options: SourceOptions, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the column is to hold; what stands there under other names stays."""
    others = {name: value for name, value in before.items() if name not in SourceOptions.__struct_fields__}
    written: dict[str, Any] = msgspec.to_builtins(options)
    return others | written


def auth_of(record: SourceRecord, secret: str) -> Auth:
    """Return the credentials of a Source.

    ``record.auth_key`` is the key of Basic, the name of the header, or the client id.
    """
    match AuthKind(record.auth_kind):
        case AuthKind.BASIC:
            return Basic(record.auth_key, secret)
        case AuthKind.HEADER:
            return Header(record.auth_key, secret)
        case AuthKind.NONE:
            return NoCredentials()
        case AuthKind.OAUTH2:
            options = options_in(record.options)
            return ClientCredentials(
                options.token_url, record.auth_key, secret, options.scope, options.audience, options.token_auth
            )


_NEEDS_KEY = {
    AuthKind.BASIC: "HTTP Basic needs a key.",
    AuthKind.HEADER: "A header of the LRS's own needs its name, such as x-api-key.",
    AuthKind.OAUTH2: "OAuth 2 needs a client id, which is given as the key.",
}


def check_credentials(auth_kind: str, key: str, secret: str | None, options: SourceOptions) -> None:
    """Refuse credentials of which a part is missing, or says nothing; ``secret`` is None where it is not known here.

    Raises
    ------
    BadInput
        With what is missing.
    """
    if auth_kind not in set(AuthKind):
        raise BadInput(f"There is no way to sign in named {auth_kind!r}: choose one of {', '.join(AuthKind)}.")
    kind = AuthKind(auth_kind)
    if kind is AuthKind.NONE:
        if key or secret:
            raise BadInput("Without credentials there is no key and no secret: leave them out.")
        return
    if not key:
        raise BadInput(_NEEDS_KEY[kind])
    if secret == "":
        raise BadInput("The secret is empty.")
    if kind is AuthKind.OAUTH2 and not options.token_url:
        raise BadInput("OAuth 2 needs the address of the token endpoint.")
