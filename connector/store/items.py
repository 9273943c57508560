"""Items, their Families and their status."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from connector.domain import Iri, Item, ItemId, ItemStatus, TenantId
from connector.store import names, tables, texts


def numbers(session: Session, tenant: TenantId, iris: Iterable[str]) -> dict[str, ItemId]:
    """Return the number of each Item in ``iris`` that is known."""
    found = names.numbers_of(session, tenant, tables.item, tables.item.c.iri, iris)
    return {iri: ItemId(number) for iri, number in found.items()}


def of_numbers(session: Session, tenant: TenantId, wanted: Collection[ItemId]) -> dict[ItemId, Item]:
    """Return the Items ``wanted`` with their texts."""
    found: dict[ItemId, Item] = {}
    for some in names.chunks(sorted(wanted)):
        found.update(_read(session, tenant, tables.item.c.id.in_(some)))
    return found


def not_shown(session: Session, tenant: TenantId) -> dict[ItemId, ItemStatus]:
    """Return the Items that may not be shown now, with why: few, and asked for at every request."""
    table = tables.item
    query = select(table.c.id, table.c.status).where(
        table.c.tenant_id == tenant, table.c.status != ItemStatus.SHOWN.value
    )
    return {ItemId(row.id): ItemStatus(row.status) for row in session.execute(query)}


def all_of(session: Session, tenant: TenantId) -> dict[ItemId, Item]:
    """Return every Item of the Tenant."""
    return _read(session, tenant, True)


def _read(session: Session, tenant: TenantId, condition: Any) -> dict[ItemId, Item]:
    table = tables.item
    query = select(table).where(table.c.tenant_id == tenant)
    rows = session.execute(query if condition is True else query.where(condition)).all()
    worded: dict[int, tuple[Any, ...]] = {}
    for some in names.chunks([row.id for row in rows]):
        worded.update(texts.of_items(session, tenant, some))
    return {ItemId(row.id): _item(row, worded.get(row.id, ())) for row in rows}


def _item(row: Row[Any], worded: tuple[Any, ...]) -> Item:
    return Item(
        id=ItemId(row.id),
        iri=Iri(row.iri),
        family=row.family_id,
        status=ItemStatus(row.status),
        url=row.url,
        texts=worded,
        minutes=row.minutes,
        level=row.level,
        language=row.language,
        provider=row.provider,
        topics=tuple(row.topics or ()),
        sensitive=row.sensitive,
        page=row.page,
        type=row.type,
        visible=row.visible,
        enrolable=row.enrolable,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        renewal_days=row.renewal_days,
        audience=tuple(row.audience or ()),
        prerequisites=tuple(row.prerequisites or ()),
    )


def set_status(session: Session, tenant: TenantId, iri: str, status: ItemStatus) -> bool:
    """Show, block or hide an Item; return whether it exists. Takes effect at the next request."""
    table = tables.item
    changed = session.execute(
        update(table).where(table.c.tenant_id == tenant, table.c.iri == iri).values(status=status.value)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def put(session: Session, tenant: TenantId, rows: Mapping[str, Mapping[str, Any]], now: datetime) -> dict[str, ItemId]:
    """Make or change Items by IRI from the catalogue; columns that a row leaves out stay as they are."""
    found = names.items(session, tenant, {iri: str(row.get("type", "")) for iri, row in rows.items()}, now)
    for iri, row in rows.items():
        session.execute(
            update(tables.item)
            .where(tables.item.c.tenant_id == tenant, tables.item.c.id == found[iri])
            .values(**row, in_catalog=True)
        )
    return found


def count(session: Session, tenant: TenantId) -> dict[str, int]:
    """Count Items by status."""
    table = tables.item
    query = select(table.c.status, func.count()).where(table.c.tenant_id == tenant).group_by(table.c.status)
    return {row[0]: row[1] for row in session.execute(query)}
