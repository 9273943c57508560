"""What only one person's Facts brought: Activities that nobody else did, and Items that nothing else is about.

The profile page of a person is an Activity like any other, with their number in its IRI; so it goes with them. What a
catalogue, a feed or a person at the site has touched stays, and so does what others were shown or clicked.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, Table, delete, select
from sqlalchemy.orm import Session

from connector.domain import ItemStatus, TenantId
from connector.store import tables
from connector.store.names import chunks
from connector.store.records import in_chunks


def activities_of(session: Session, tenant: TenantId, identities: Collection[int]) -> dict[int, int | None]:
    """Return the Activities that the Facts of these Identities are about, each with its Item; ask before they go."""
    fact, activity = tables.fact, tables.activity
    query = (
        select(activity.c.id, activity.c.item_id)
        .join(fact, fact.c.activity_id == activity.c.id)
        .where(fact.c.tenant_id == tenant)
        .distinct()
    )
    return {row.id: row.item_id for row in in_chunks(session, query, fact.c.identity_id, identities)}


def forget(session: Session, tenant: TenantId, touched: dict[int, int | None]) -> dict[str, int]:
    """Delete those of the Activities ``touched``, and of their Items, that nothing is left of; return how many went.

    Reads all Facts of the Tenant once, because no index leads from an Activity to them.
    """
    if not touched:
        return {"activity": 0, "item": 0}
    activities = set(touched) - _still_done(session, tenant) - _fixed(session, tenant)
    gone = _delete(session, tenant, tables.activity, activities)
    items = {item for number in activities if (item := touched[number]) is not None}
    return {"activity": gone, "item": _forget_items(session, tenant, items)}


def _still_done(session: Session, tenant: TenantId) -> set[int]:
    table = tables.fact
    query = select(table.c.activity_id).where(table.c.tenant_id == tenant, table.c.activity_id.is_not(None))
    return set(session.scalars(query.distinct()))


def _fixed(session: Session, tenant: TenantId) -> set[int]:
    """Return the Activities that people at the site have dealt with."""
    activity, rule = tables.activity, tables.ignore_rule
    by_hand = select(activity.c.id).where(activity.c.tenant_id == tenant, activity.c.by_hand.is_(True))
    ruled = select(rule.c.activity_id).where(rule.c.tenant_id == tenant, rule.c.activity_id.is_not(None))
    return {*session.scalars(by_hand), *session.scalars(ruled)}


def _forget_items(session: Session, tenant: TenantId, items: Collection[int]) -> int:
    item = tables.item
    query = select(item).where(item.c.tenant_id == tenant)
    untouched = [row for row in in_chunks(session, query, item.c.id, items) if _is_untouched(row)]
    orphans = {row.id for row in untouched} - _needed(session, tenant, items)
    families = {row.family_id for row in untouched if row.id in orphans}
    gone = _delete(session, tenant, item, orphans)
    left = select(item.c.family_id).where(item.c.tenant_id == tenant)
    shared = {row.family_id for row in in_chunks(session, left, item.c.family_id, families)}
    _delete(session, tenant, tables.family, families - shared)
    return gone


def _is_untouched(row: Row[Any]) -> bool:
    return not (row.in_catalog or row.feed or row.family_fixed) and bool(row.status == ItemStatus.SHOWN.value)


def _needed(session: Session, tenant: TenantId, items: Collection[int]) -> set[int]:
    """Return the Items that other Activities belong to, that somebody clicked, or that have a catalogue's words."""
    activity, event, text = tables.activity, tables.event, tables.item_text
    from_catalog = text.c.from_catalog.is_(True)
    queries = (
        (select(activity.c.item_id).where(activity.c.tenant_id == tenant), activity.c.item_id),
        (select(event.c.item_id).where(event.c.tenant_id == tenant), event.c.item_id),
        (select(text.c.item_id).where(text.c.tenant_id == tenant, from_catalog), text.c.item_id),
    )
    return {row.item_id for query, column in queries for row in in_chunks(session, query, column, items)}


def _delete(session: Session, tenant: TenantId, table: Table, numbers: Collection[int]) -> int:
    for some in chunks(sorted(numbers)):
        session.execute(delete(table).where(table.c.tenant_id == tenant, table.c.id.in_(some)))
    return len(numbers)
