"""Families as they are kept: which Items are runs, versions or languages of one thing.

A Family is a number that Items share; changing it touches no Fact. Families that lost their last Item stay, empty:
taking them away could meet somebody who puts an Item there at that moment.
"""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connector.domain import ItemId, TenantId
from connector.statements.families import Member, certain_groups
from connector.store import described, names, tables, texts


def members(session: Session, tenant: TenantId) -> list[Member]:
    """Return every Item as the rules see it, by IRI."""
    return [member for _, member in _read(session, tenant)]


def of_several(session: Session, tenant: TenantId) -> list[Member]:
    """Return the Items that are in a Family with others, by Family and IRI."""
    found = [member for _, member in _read(session, tenant, _COUNTED.c.size > 1)]
    return sorted(found, key=lambda member: (member.family, member.iri))


def join(session: Session, tenant: TenantId, items: Collection[ItemId]) -> int:
    """Make one Family of the Families of ``items``, by hand: no rule changes it again.

    Returns
    -------
    int
        How many Items are in it.
    """
    table = tables.item
    mine = select(table.c.family_id).where(table.c.tenant_id == tenant, table.c.id.in_(items))
    query = select(table.c.id, table.c.family_id).where(table.c.tenant_id == tenant, table.c.family_id.in_(mine))
    found = session.execute(query).all()
    family = min(row.family_id for row in found)
    _put(session, tenant, (ItemId(row.id) for row in found), family_id=family, family_fixed=True)
    return len(found)


def split(session: Session, tenant: TenantId, item: ItemId) -> None:
    """Give ``item`` a Family of its own, by hand: no rule takes it back. The others stay together."""
    _put(session, tenant, [item], family_id=described.new_family(session, tenant), family_fixed=True)


def join_certain(session: Session, tenant: TenantId) -> int:
    """Join what belongs together for certain; return how many Items changed their Family.

    What a person fixed stays where it is; others come to it, unless it was taken out of its Family.
    """
    likely_keys = func.lower(_COUNTED.c.iri).contains("course-v1")
    numbers = {member.iri: (number, member) for number, member in _read(session, tenant, likely_keys)}
    moved = 0
    for group in certain_groups(member for _, member in numbers.values()):
        family = min(member.family for member in _settled(group))
        moving = [numbers[member.iri][0] for member in group if not member.fixed and member.family != family]
        _put(session, tenant, moving, family_id=family)
        moved += len(moving)
    return moved


def _settled(group: Collection[Member]) -> Collection[Member]:
    return [member for member in group if member.fixed] or group


def _put(session: Session, tenant: TenantId, items: Iterable[ItemId], **columns: Any) -> None:
    described.change(session, tenant, dict.fromkeys(items, columns))


# --- reading -----------------------------------------------------------------------------------------------------

_COUNTED = select(
    tables.item.c.id,
    tables.item.c.tenant_id,
    tables.item.c.iri,
    tables.item.c.type,
    tables.item.c.language,
    tables.item.c.family_id,
    tables.item.c.family_fixed,
    func.count().over(partition_by=tables.item.c.family_id).label("size"),
).subquery()
"""Items with how many are in their Family; a Family never holds Items of two Tenants."""


def _read(session: Session, tenant: TenantId, condition: Any = True) -> list[tuple[ItemId, Member]]:  # noqa: FBT002 - SQL
    query = select(_COUNTED).where(_COUNTED.c.tenant_id == tenant).order_by(_COUNTED.c.iri)
    rows = session.execute(query if condition is True else query.where(condition)).all()
    worded: dict[int, Any] = {}
    for some in names.chunks([row.id for row in rows]):
        worded |= texts.of_items(session, tenant, some)
    return [(ItemId(row.id), _member(row, worded.get(row.id, ()))) for row in rows]


def _member(row: Any, worded: Iterable[Any]) -> Member:
    return Member(
        iri=row.iri,
        family=row.family_id,
        titles={text.language: text.title for text in worded},
        type=row.type,
        language=row.language,
        fixed=row.family_fixed,
        alone=row.family_fixed and row.size == 1,
    )
