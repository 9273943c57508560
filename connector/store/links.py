"""Who is one person: links that can be undone in any order, and the Learners that follow from them.

Every Identity is born to a Learner of its own (``identity.first_learner_id``). An active row of ``identity_link`` says
that two of these Learners are one person. Whose an Identity is now (``identity.learner_id``) follows from the active
links alone: all that hang together are one, under the number of their *head*. So taking a link away leaves exactly the
people there would be had it never been made, whatever was linked, un-linked or read meanwhile.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from connector.domain import HashedIdentity, LearnerId, TenantId
from connector.store import tables

BATCH = 500
BY_HAND = "by hand"
T = TypeVar("T")

_IDENTITY = tables.identity
_THERE = (
    select(_IDENTITY.c.learner_id)
    .where(
        _IDENTITY.c.tenant_id == bindparam("tenant"), _IDENTITY.c.learner_id.in_(bindparam("wanted", expanding=True))
    )
    .distinct()
)
_THERE_BY_LAUNCH = _THERE.where(_IDENTITY.c.from_launch.is_(True))
_IDENTITIES = (
    select(_IDENTITY.c.id)
    .where(_IDENTITY.c.tenant_id == bindparam("tenant"), _IDENTITY.c.learner_id == bindparam("learner"))
    .order_by(_IDENTITY.c.id)
)


@dataclass(frozen=True, slots=True)
class Join:
    """That the Learner ``one``, to whom ``identity`` was born, is the Learner ``other``, and why."""

    identity: int
    one: int
    other: int
    why: str


@dataclass(frozen=True, slots=True)
class Link:
    """A Join that is in force, with its number and the change that it was made by."""

    number: int
    join: Join
    batch: UUID
    linked_at: datetime


def lock(session: Session, tenant: TenantId, joins: Iterable[Join]) -> bool:
    """Wait for others who link the same people and keep them waiting; False where nobody else can write anyway."""
    if session.get_bind().dialect.name != "postgresql":
        return False
    born = {number for one in joins for number in (one.one, one.other)}
    for some in _chunks(sorted(heads_of(session, tenant, born).values())):
        _members(session, tenant, some)
    return True


def join(session: Session, tenant: TenantId, joins: Sequence[Join], batch: UUID, now: datetime) -> None:
    """Make Learners one person, all as one change."""
    if not joins:
        return
    rows = [
        {
            "tenant_id": tenant,
            "identity_id": one.identity,
            "from_learner_id": one.one,
            "to_learner_id": one.other,
            "why": one.why,
            "batch": batch,
            "linked_at": now,
        }
        for one in joins
    ]
    session.connection().execute(insert(tables.identity_link), rows)
    born = {number for one in joins for number in (one.one, one.other)}
    settle(session, tenant, set(heads_of(session, tenant, born).values()))


def undo(session: Session, tenant: TenantId, links: Sequence[Link], now: datetime) -> None:
    """Take links away, and give everybody back what is theirs without them."""
    table = tables.identity_link
    born = {number for one in links for number in (one.join.one, one.join.other)}
    heads = set(heads_of(session, tenant, born).values())
    for some in _chunks([one.number for one in links]):
        session.execute(update(table).where(table.c.tenant_id == tenant, table.c.id.in_(some)).values(undone_at=now))
    settle(session, tenant, heads)


def known(session: Session, tenant: TenantId, identity: HashedIdentity) -> tuple[int, LearnerId] | None:
    """Return the number of an Identity, exactly as spelled, and the Learner it was born to."""
    table = tables.identity
    row = session.execute(
        select(table.c.id, table.c.first_learner_id).where(table.c.tenant_id == tenant, table.c.exact == identity.exact)
    ).first()
    return (row.id, LearnerId(row.first_learner_id)) if row else None


def first_of(session: Session, tenant: TenantId, learner: LearnerId) -> tuple[int, LearnerId] | None:
    """Return an Identity that was born to a Learner, its number and theirs; None when there is none."""
    table = tables.identity
    number = session.scalar(
        select(func.min(table.c.id)).where(table.c.tenant_id == tenant, table.c.first_learner_id == learner)
    )
    return None if number is None else (number, learner)


def made_by(session: Session, tenant: TenantId, why: str) -> list[Link]:
    """Return the links in force that were made for one reason."""
    return _links(session, tenant, tables.identity_link.c.why == why)


def _links(session: Session, tenant: TenantId, *conditions: ColumnElement[bool]) -> list[Link]:
    table = tables.identity_link
    query = select(table).where(table.c.tenant_id == tenant, table.c.undone_at.is_(None), *conditions)
    return [
        Link(
            row.id,
            Join(row.identity_id, row.from_learner_id, row.to_learner_id, row.why),
            row.batch,
            row.linked_at,
        )
        for row in session.execute(query.order_by(table.c.id)).all()
    ]


def of_identities(session: Session, tenant: TenantId, identities: Iterable[int]) -> list[Link]:
    """Return the links in force that were made of some Identities."""
    column = tables.identity_link.c.identity_id
    return [one for some in _chunks(sorted(set(identities))) for one in _links(session, tenant, column.in_(some))]


# --- who is who --------------------------------------------------------------------------------------------------


def heads_of(session: Session, tenant: TenantId, born: Iterable[int]) -> dict[int, int]:
    """Return who the Learners ``born`` are today, each by the number they were born with."""
    wanted = set(born)
    heads = {number: number for number in _there(session, tenant, _THERE, wanted)}
    table = tables.identity
    for some in _chunks(sorted(wanted - heads.keys())):  # those who were merged into somebody: a few
        query = select(table.c.first_learner_id, table.c.learner_id)
        found = session.execute(query.where(table.c.tenant_id == tenant, table.c.first_learner_id.in_(some)))
        heads |= {row.first_learner_id: row.learner_id for row in found}
    return heads


def identities_of(session: Session, tenant: TenantId, learner: LearnerId) -> list[int]:
    """Return the numbers of all Identities of one Learner."""
    return list(session.scalars(_IDENTITIES, {"tenant": tenant, "learner": learner}))


def owners_of(session: Session, tenant: TenantId, identities: Iterable[int]) -> list[int]:
    """Return whose some Identities are, each Learner once."""
    table, found = tables.identity, set[int]()
    for some in _chunks(sorted(identities)):
        query = select(table.c.learner_id).where(table.c.tenant_id == tenant, table.c.id.in_(some))
        found.update(session.scalars(query.distinct()))
    return sorted(found)


def launched_of(session: Session, tenant: TenantId, learners: Iterable[int]) -> set[int]:
    """Return which of the Learners have launched, by themselves or as somebody they are one with."""
    return _there(session, tenant, _THERE_BY_LAUNCH, set(learners))


def _there(session: Session, tenant: TenantId, query: Select[Any], wanted: set[int]) -> set[int]:
    found: set[int] = set()
    for some in _chunks(sorted(wanted)):
        found.update(session.scalars(query, {"tenant": tenant, "wanted": some}))
    return found


def settle(session: Session, tenant: TenantId, learners: Collection[int]) -> None:
    """Give the Identities of ``learners`` to the heads that follow from the links in force."""
    members = [row for some in _chunks(sorted(learners)) for row in _members(session, tenant, some)]
    pairs = [(one.join.one, one.join.other) for one in of_identities(session, tenant, (row.id for row in members))]
    launched = {row.first_learner_id for row in members if row.from_launch}
    heads = heads_among({row.first_learner_id for row in members}, pairs, launched)
    moves = [row for row in members if heads[row.first_learner_id] != row.learner_id]
    _move(session, tenant, [(row.id, heads[row.first_learner_id]) for row in moves])
    _carry_choices(session, tenant, {(row.learner_id, heads[row.first_learner_id]) for row in moves})


def heads_among(born: Collection[int], pairs: Iterable[tuple[int, int]], launched: Collection[int]) -> dict[int, int]:
    """Return the head of each Learner in ``born``: of all who hang together by ``pairs`` the smallest who launched.

    Where none of them has, the smallest. Pairs with somebody who is not in ``born`` (erased, then) count for nothing.
    """
    parent = {number: number for number in born}
    for one, other in pairs:
        if one in parent and other in parent:
            first, second = sorted((_root(parent, one), _root(parent, other)), key=lambda it: (it not in launched, it))
            parent[second] = first
    return {number: _root(parent, number) for number in parent}


def _root(parent: dict[int, int], number: int) -> int:
    while parent[number] != number:
        parent[number] = parent[parent[number]]
        number = parent[number]
    return number


def _members(session: Session, tenant: TenantId, learners: Sequence[int]) -> Sequence[Any]:
    """Read Identities, locked where the database can, in one order, so that two who link wait for each other."""
    table = tables.identity
    query = (
        select(table.c.id, table.c.first_learner_id, table.c.learner_id, table.c.from_launch)
        .where(table.c.tenant_id == tenant, table.c.learner_id.in_(learners))
        .order_by(table.c.id)
        .with_for_update()
    )
    return session.execute(query).all()


def _move(session: Session, tenant: TenantId, moves: Sequence[tuple[int, int]]) -> None:
    if not moves:
        return
    table = tables.identity
    query = (
        update(table)
        .where(table.c.tenant_id == tenant, table.c.id == bindparam("number"))
        .values(learner_id=bindparam("head"))
    )
    session.connection().execute(query, [{"number": number, "head": head} for number, head in moves])


def _carry_choices(session: Session, tenant: TenantId, moved: set[tuple[int, int]]) -> None:
    """Let an opt-out or an objection hold for everybody whose it may have been."""
    table = tables.learner
    chosen = _choices(session, tenant, {old for old, _ in moved})
    for column, kept in ((table.c.personal_rows, False), (table.c.objects, True)):
        strict = {new for old, new in moved if getattr(chosen.get(old), column.name, not kept) is kept}
        for some in _chunks(sorted(strict)):
            session.execute(
                update(table).where(table.c.tenant_id == tenant, table.c.id.in_(some)).values({column: kept})
            )


def _choices(session: Session, tenant: TenantId, learners: set[int]) -> Mapping[int, Any]:
    table = tables.learner
    return {
        row.id: row
        for some in _chunks(sorted(learners))
        for row in session.execute(
            select(table.c.id, table.c.personal_rows, table.c.objects).where(
                table.c.tenant_id == tenant, table.c.id.in_(some)
            )
        )
    }


def _chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]
