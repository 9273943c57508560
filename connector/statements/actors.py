"""Actors: from an Agent or Group on the wire to checked Identifiers."""

from typing import Final, NamedTuple

from connector.domain import Identifier, IfiKind
from connector.statements.identity import identifier_of
from connector.statements.wire import Unreadable, WireActor

MOST_MEMBERS: Final = 10_000


def is_group(actor: WireActor) -> bool:
    """Say whether the Actor is a Group (xAPI 1.0.3 part 2, 2.4.2.2)."""
    return actor.object_type == "Group"


def people_of(actor: WireActor) -> list[WireActor]:
    """Return the Actor itself, then the members of a Group in their order.

    Raises
    ------
    Unreadable
        ``group_too_large``.
    """
    if not is_group(actor):
        return [actor]
    members = actor.member or []
    if len(members) > MOST_MEMBERS:
        raise Unreadable("group_too_large")
    return [actor, *members]


class Ifis(NamedTuple):
    """The identifier fields of an Actor as they came, at most one of them filled."""

    mbox: str | None
    mbox_sha1sum: str | None
    openid: str | None
    account: tuple[str, str] | None


def ifis_of(actor: WireActor) -> Ifis:
    """Return the identifier fields of an Actor; an account as (home page, name)."""
    account = actor.account
    return Ifis(
        actor.mbox,
        actor.mbox_sha1sum,
        actor.openid,
        None if account is None else (account.home_page or "", account.name or ""),
    )


def identifier_in(ifis: Ifis) -> Identifier | None:
    """Return the one identifier of an Actor, None for an anonymous one.

    Raises
    ------
    Unreadable
        ``two_identifiers`` (2.4.2: an Actor has exactly one), or ``bad_`` and the kind of one that is none.
    """
    given = [(kind, said) for kind, said in zip(_KINDS, ifis, strict=True) if said is not None]
    if len(given) > 1:
        raise Unreadable("two_identifiers")
    return _checked(*given[0]) if given else None


_KINDS: Final = tuple(IfiKind)
"""In the order of the fields of ``Ifis``."""


def _checked(kind: IfiKind, said: str | tuple[str, str]) -> Identifier:
    home_page, value = said if isinstance(said, tuple) else ("", said)
    found = identifier_of(kind, value, home_page)
    if found is None:
        raise Unreadable(f"bad_{kind.value}")
    return found
