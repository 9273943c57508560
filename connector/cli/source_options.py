"""The options that `onward source add` and `onward source change` share, and what they mean."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import click
import msgspec

from connector.administer.asking import OF_THE_PROFILE, AuthKind, SourceOptions
from connector.administer.sources import GRAINS, TIME_FIELDS
from connector.cli.base import secret_from
from connector.errors import BadInput
from lrs_adapters.auth import ClientAuthentication
from lrs_adapters.profiles import SinceField
from lrs_adapters.registry import KINDS

AUTO = "auto"
LARGEST_PAGE = 10_000
F = TypeVar("F", bound=Callable[..., Any])
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Duration(click.ParamType[timedelta]):
    """A whole number with its unit: 90s, 10m, 2h, 3d."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Return the duration; fails as wrong usage."""
        found = re.fullmatch(r"([1-9][0-9]{0,5})([smhd])", str(value))
        if found is None:
            self.fail(f"{value!r} is no duration: write it as 90s, 10m, 2h or 3d.", param, ctx)
        return timedelta(**{_UNITS[found[2]]: int(found[1])})


_SHARED = (
    click.option("--url", help="The xAPI endpoint, such as https://lrs.example.edu/data/xAPI."),
    click.option("--file", "path", help="A file or folder of this machine, for `--kind dump`."),
    click.option("--kind", type=click.Choice((AUTO, *KINDS)), help="What LRS it is; `auto` finds out by asking."),
    click.option(
        "--auth", type=click.Choice([one.value for one in AuthKind]), help="How to sign in; basic if left out."
    ),
    click.option("--key", help="The key (user) of HTTP Basic, or the client id of OAuth 2."),
    click.option("--header-name", help="The header that takes the secret, such as x-api-key."),
    click.option("--secret-stdin", is_flag=True, help="Read the secret from standard input instead of asking for it."),
    click.option("--token-url", help="OAuth 2: the address that gives tokens."),
    click.option("--scope", help="OAuth 2: the scope to ask for."),
    click.option("--audience", help="OAuth 2: the audience, where the issuer wants one."),
    click.option(
        "--token-auth",
        type=click.Choice([one.value for one in ClientAuthentication]),
        help="OAuth 2: where the secret goes.",
    ),
    click.option("--page-size", type=click.IntRange(1, LARGEST_PAGE), help="Statements to ask for at a time."),
    click.option("--overlap", type=Duration(), help="How far back a sweep reads again: 90s, 10m, 2h, 3d."),
    click.option(
        "--since-field",
        type=click.Choice([one.value for one in SinceField]),
        help="What the LRS compares with `since`.",
    ),
    click.option("--more-prefix", help="A path that a proxy adds and that the LRS's `more` lacks."),
    click.option("--rate", "rate_per_minute", type=click.IntRange(1), help="Requests a minute at most."),
    click.option("--grain", type=click.Choice(GRAINS), help="What counts as an item; course if left out."),
    click.option("--groups-count/--no-groups-count", default=None, help="Whether what a group did counts for members."),
    click.option("--time-field", type=click.Choice(TIME_FIELDS), help="Which time says when it happened."),
    click.option("--no-test", is_flag=True, help="Do not ask the LRS now."),
)


def describing(command: F) -> F:
    """Give a command the options that describe a source."""
    for option in reversed(_SHARED):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Described:
    """What the shared options said; None is what was left out."""

    url: str | None
    path: str | None
    kind: str | None
    auth: str | None
    key: str | None
    header_name: str | None
    secret_stdin: bool
    grain: str | None
    groups_count: bool | None
    time_field: str | None
    no_test: bool
    said: dict[str, Any]

    @property
    def name_of_credential(self) -> str | None:
        """What goes with the secret: the name of a header, or a key.

        Raises
        ------
        BadInput
            If both were given.
        """
        if self.key is not None and self.header_name is not None:
            raise BadInput("A header has a name, HTTP Basic a key: give --header-name or --key, not both.")
        return self.header_name if self.header_name is not None else self.key

    def options(self, before: SourceOptions) -> SourceOptions:
        """Return ``before`` with what was said now."""
        changed = {name: value for name, value in self.said.items() if value is not None}
        prefix = changed.get("more_prefix")
        if prefix and (not prefix.startswith("/") or not prefix.isprintable() or set(prefix) & set("?# \\")):
            raise BadInput("--more-prefix is a path, such as /lrs.")
        return msgspec.structs.replace(before, **changed)


def described(given: dict[str, Any]) -> Described:
    """Return what the shared options said."""
    own = {name: given[name] for name in Described.__dataclass_fields__ if name in given}
    said = {name: given[name] for name in SourceOptions.__struct_fields__}
    if said["since_field"] is not None:
        said["since_field"] = SinceField(said["since_field"])
    if said["token_auth"] is not None:
        said["token_auth"] = ClientAuthentication(said["token_auth"])
    return Described(**own, said=said)


def as_the_profile_says(options: SourceOptions) -> SourceOptions:
    """Return ``options`` with nothing in the place of the profile's."""
    return msgspec.structs.replace(options, **dict.fromkeys(OF_THE_PROFILE))


_PROMPTS = {
    AuthKind.BASIC: "Secret",
    AuthKind.HEADER: "Value of the header",
    AuthKind.OAUTH2: "Client secret",
}


def ask_secret(auth_kind: str, *, stdin: bool) -> str:
    """Return the secret of a way to sign in, "" where that has none; never an argument."""
    kind = AuthKind(auth_kind)
    return "" if kind is AuthKind.NONE else secret_from(_PROMPTS[kind], stdin=stdin)
