"""Items, their Families and their status."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, null, or_, select, update
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


_TABLE = tables.item
_STANDING = tuple(
    _TABLE.c[name]
    for name in (
        *("id", "family_id", "family_fixed", "status", "sensitive", "visible", "enrolable", "starts_at", "ends_at"),
        *("renewal_days", "audience", "prerequisites"),
    )
)
_STANDINGS = select(*_STANDING).where(
    _TABLE.c.tenant_id == bindparam("tenant"),
    or_(
        _TABLE.c.status != ItemStatus.SHOWN.value,
        _TABLE.c.sensitive.is_(True),
        _TABLE.c.visible.is_(False),
        _TABLE.c.enrolable.is_(False),
        _TABLE.c.starts_at > bindparam("now"),
        _TABLE.c.ends_at <= bindparam("now"),
        _TABLE.c.renewal_days.is_not(None),
        _TABLE.c.audience.is_not(null()),
        _TABLE.c.prerequisites.is_not(null()),
        _TABLE.c.family_fixed.is_(True),
    ),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """All that decides whether an Item may be shown or named, as it is now; the defaults are those of a plain Item.

    ``family`` is set where people fixed it by hand, else None.
    """

    status: ItemStatus = ItemStatus.SHOWN
    sensitive: bool = False
    visible: bool = True
    enrolable: bool = True
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    renewal_days: int | None = None
    audience: tuple[str, ...] = ()
    prerequisites: tuple[str, ...] = ()
    family: int | None = None


PLAIN = Standing()


@dataclass(frozen=True, slots=True)
class Standings:
    """The Items that are not plain now, read and not yet looked at: a page wants only a few of them."""

    rows: Mapping[ItemId, Row[Any]]

    def of(self, wanted: Collection[ItemId]) -> dict[ItemId, Standing]:
        """Return how those of the Items ``wanted`` stand that are not plain."""
        return {number: _standing(self.rows[number]) for number in wanted if number in self.rows}


def standings(session: Session, tenant: TenantId, now: datetime) -> Standings:
    """Return the Items that are not plain now: asked for at every request, in one query.

    What has begun before ``now``, or ends later, restricts nobody.
    """
    rows = session.execute(_STANDINGS, {"tenant": tenant, "now": now})
    return Standings({row[0]: row for row in rows})


def _standing(row: Row[Any]) -> Standing:
    return Standing(
        status=ItemStatus(row.status),
        sensitive=row.sensitive,
        visible=row.visible,
        enrolable=row.enrolable,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        renewal_days=row.renewal_days,
        audience=tuple(row.audience or ()),
        prerequisites=tuple(row.prerequisites or ()),
        family=row.family_id if row.family_fixed else None,
    )


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
        image=row.image,
    )


def set_status(session: Session, tenant: TenantId, iri: str, status: ItemStatus) -> bool:
    """Show, block or hide an Item; return whether it exists. Takes effect at the next request."""
    table = tables.item
    changed = session.execute(
        update(table).where(table.c.tenant_id == tenant, table.c.iri == iri).values(status=status.value)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def set_sensitive(session: Session, tenant: TenantId, iri: str, *, sensitive: bool) -> bool:
    """Say whether an Item is sensitive; return whether it exists. Takes effect at the next request."""
    table = tables.item
    changed = session.execute(
        update(table).where(table.c.tenant_id == tenant, table.c.iri == iri).values(sensitive=sensitive)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def count(session: Session, tenant: TenantId) -> dict[str, int]:
    """Count Items by status."""
    table = tables.item
    query = select(table.c.status, func.count()).where(table.c.tenant_id == tenant).group_by(table.c.status)
    return {row[0]: row[1] for row in session.execute(query)}
