"""Actors: from an Agent or Group on the wire to checked Identifiers."""

from typing import Final

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


def identifier_in(
    mbox: str | None, mbox_sha1sum: str | None, openid: str | None, account: str | None, home_page: str
) -> Identifier | None:
    """Return the one identifier of an Actor, None for an anonymous one.

    Parameters
    ----------
    mbox, mbox_sha1sum, openid : str or None
        The identifier fields as they came.
    account, home_page : str or None, str
        An account's name and home page, each "" where it lacks it; None and "" for an Actor without an account.

    Raises
    ------
    Unreadable
        ``two_identifiers`` (2.4.2: an Actor has exactly one), or ``bad_`` and the kind of one that is none.
    """
    said = (mbox, mbox_sha1sum, openid, account)
    given = [(kind, value) for kind, value in zip(_KINDS, said, strict=True) if value is not None]
    if len(given) > 1:
        raise Unreadable("two_identifiers")
    return _checked(*given[0], home_page) if given else None


_KINDS: Final = (IfiKind.MBOX, IfiKind.MBOX_SHA1SUM, IfiKind.OPENID, IfiKind.ACCOUNT)


def _checked(kind: IfiKind, value: str, home_page: str) -> Identifier:
    found = identifier_of(kind, value, home_page)
    if found is None:
        raise Unreadable(f"bad_{kind.value}")
    return found
