"""Identities that Statements bring: whose they are, whom new ones join, and who was erased.

Two spellings of one mailbox, and a mailbox and the ``mbox_sha1sum`` of it, are one Learner whichever comes first. Other
kinds never join by themselves.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connector.domain import HashedIdentity, IfiKind, TenantId
from connector.store import linking, names, tables
from connector.store.upsert import insert_new

_MBOX = (IfiKind.MBOX.value,)
_MAILBOXES = (*_MBOX, IfiKind.MBOX_SHA1SUM.value)
_JOINING = 0x6F6E6A6F
"""The first half of the advisory lock under which mailboxes get their Learners; the other is the Tenant."""


def numbers(session: Session, tenant: TenantId, hashed: Iterable[HashedIdentity], now: datetime) -> dict[bytes, int]:
    """Return the number of each Identity by its exact hash, making those that are new.

    Those of erased people are left out, also where they came back by a Launch: their Facts are not taken in.
    """
    wanted = _without_erased(session, tenant, {identity.exact: identity for identity in hashed})
    found = _found(session, tenant, wanted)
    names.mark_from_statements(session, tenant, found.values())
    new = [wanted[exact] for exact in sorted(wanted.keys() - found.keys())]
    if new:
        _add(session, tenant, new, now)
        found |= _found(session, tenant, [identity.exact for identity in new])
        linking.link_new(session, tenant, new, now)
    return found


def _found(session: Session, tenant: TenantId, exact: Iterable[bytes]) -> dict[bytes, int]:
    return names.numbers_of(session, tenant, tables.identity, tables.identity.c.exact, exact)


def digests_of(identity: HashedIdentity) -> tuple[bytes, ...]:
    """Return every digest under which an erased person's Identity is remembered."""
    folded = (identity.folded,) if identity.kind is IfiKind.MBOX else ()
    return identity.exact, *folded, *((identity.sha1,) if identity.sha1 else ())


def _without_erased(
    session: Session, tenant: TenantId, wanted: Mapping[bytes, HashedIdentity]
) -> dict[bytes, HashedIdentity]:
    digests = {exact: digests_of(identity) for exact, identity in wanted.items()}
    gone = names.erased(session, tenant, {digest for some in digests.values() for digest in some})
    return {exact: identity for exact, identity in wanted.items() if gone.isdisjoint(digests[exact])}


def _add(session: Session, tenant: TenantId, new: Sequence[HashedIdentity], now: datetime) -> None:
    """Add Identities, each to the Learner of the same mailbox or to a new one of its own."""
    people: dict[bytes, _Owner] = {}
    if any(identity.kind in _MAILBOXES for identity in new):
        _one_at_a_time(session, tenant)
        people = _owners(session, tenant, new)
    alone = sorted({_person(identity) for identity in new} - people.keys())
    born = names.new_learners(session, tenant, len(alone), now)
    people |= {person: _Owner(b"", learner, learner) for person, learner in zip(alone, born, strict=True)}
    insert_new(session, tables.identity, [_row(tenant, one, people[_person(one)]) for one in new])


class _Owner(NamedTuple):
    """Whose an Identity is: by its exact hash, the Learner of today and the one that it was born to."""

    exact: bytes
    learner: int
    first_learner: int


def _row(tenant: TenantId, identity: HashedIdentity, owner: _Owner) -> dict[str, Any]:
    """Return a new row; it shares the Learner of birth too, so that both part from others together."""
    return names.identity_row(tenant, identity, owner.learner) | {
        "first_learner_id": owner.first_learner,
        "from_statement": True,
    }


def _person(identity: HashedIdentity) -> bytes:
    """Return what the Identities of one new Learner share."""
    if identity.kind in _MAILBOXES:
        return identity.sha1 or identity.folded
    return identity.exact


def _one_at_a_time(session: Session, tenant: TenantId) -> None:
    """Wait until nobody else gives mailboxes to Learners: two spellings that come at once must find each other."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_JOINING, int(tenant))))


def _owners(session: Session, tenant: TenantId, new: Iterable[HashedIdentity]) -> dict[bytes, _Owner]:
    """Return whose the mailboxes among ``new`` are already, by ``_person``.

    Where people were parted by hand, so that one mailbox is of several, the one with the smallest hash decides.
    """
    mailboxes = [identity for identity in new if identity.kind in _MAILBOXES]
    table, owners = tables.identity, dict[bytes, _Owner]()
    for shared, of_kind, wanted in (
        (table.c.folded, _MBOX, {one.folded: one for one in mailboxes if one.kind in _MBOX}),
        (table.c.sha1, _MAILBOXES, {one.sha1: one for one in mailboxes if one.sha1}),
    ):
        for some in names.chunks(sorted(wanted)):
            query = select(shared, table.c.exact, table.c.learner_id, table.c.first_learner_id).where(
                table.c.tenant_id == tenant, table.c.kind.in_(of_kind), names.among(session, shared, some)
            )
            for digest, exact, learner, first in session.execute(query):
                person, found = _person(wanted[names.plain(digest)]), _Owner(names.plain(exact), learner, first)
                owners[person] = min(owners.get(person, found), found)
    return owners
