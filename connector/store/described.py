"""Items with everything that catalogues say of them: what imports, feeds and exports compare and change."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, null, select, update
from sqlalchemy.orm import Session

from connector.domain import Iri, ItemId, TenantId
from connector.store import names, tables

_COLUMNS = tuple(column.name for column in tables.item.c if column.name not in {"id", "tenant_id", "iri", "created_at"})
_IMAGELESS: dict[str, Any] = {"image": ""}
_LISTS = frozenset({"topics", "skills", "prerequisites", "audience"})


@dataclass(frozen=True, slots=True)
class DescribedItem:
    """An Item with all its columns; lists are lists, empty ones too."""

    id: ItemId
    iri: Iri
    columns: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WordedText:
    """A text of an Item, with where it came from and when that was said."""

    language: str
    title: str
    summary: str
    from_catalog: bool
    seen_at: datetime


def everything(session: Session, tenant: TenantId) -> list[DescribedItem]:
    """Return every Item of the Tenant by IRI."""
    table = tables.item
    rows = session.execute(select(table).where(table.c.tenant_id == tenant))
    return sorted((_item(row) for row in rows), key=lambda one: one.iri)


def by_iri(session: Session, tenant: TenantId, iris: Iterable[str]) -> dict[str, DescribedItem]:
    """Return those of the Items ``iris`` that are known."""
    table, found = tables.item, {}
    for some in names.chunks(sorted(set(iris))):
        rows = session.execute(select(table).where(table.c.tenant_id == tenant, table.c.iri.in_(some)))
        found.update({row.iri: _item(row) for row in rows})
    return found


def under(session: Session, tenant: TenantId, beginning: str, feed: str) -> list[DescribedItem]:
    """Return the Items whose IRI is ``beginning`` and a number, and all that ``feed`` brought."""
    table = tables.item
    like = table.c.iri.startswith(beginning, autoescape=True) | (table.c.feed == feed)
    rows = [_item(row) for row in session.execute(select(table).where(table.c.tenant_id == tenant, like))]
    return [one for one in rows if one.columns["feed"] == feed or _is_numbered(one.iri, beginning)]


def _is_numbered(iri: str, beginning: str) -> bool:
    return iri.startswith(beginning) and iri[len(beginning) :].isdigit()


def _item(row: Row[Any]) -> DescribedItem:
    columns = {name: row._mapping[name] for name in _COLUMNS}  # noqa: SLF001 - SQLAlchemy's public name for it
    return DescribedItem(ItemId(row.id), Iri(row.iri), columns | {name: columns[name] or [] for name in _LISTS})


def texts_of(session: Session, tenant: TenantId, items: Collection[ItemId]) -> dict[ItemId, tuple[WordedText, ...]]:
    """Return the texts of the Items ``items``, sorted by language."""
    table, found = tables.item_text, dict[ItemId, tuple[WordedText, ...]]()
    for some in names.chunks(sorted(items)):
        query = select(table).where(table.c.tenant_id == tenant, table.c.item_id.in_(some))
        for row in session.execute(query.order_by(table.c.item_id, table.c.language)):
            text = WordedText(row.language, row.title, row.summary, row.from_catalog, row.seen_at)
            found[ItemId(row.item_id)] = (*found.get(ItemId(row.item_id), ()), text)
    return found


# --- changing ----------------------------------------------------------------------------------------------------


def make(session: Session, tenant: TenantId, iris: Collection[str], now: datetime) -> dict[str, ItemId]:
    """Make Items, each a Family of its own; return their numbers."""
    return names.items(session, tenant, dict.fromkeys(iris, ""), now)


def change(session: Session, tenant: TenantId, changes: Mapping[ItemId, Mapping[str, Any]]) -> None:
    """Set columns of Items, those that change the same columns together; an empty list becomes NULL.

    An Item with another ``image_url`` has no Picture until the worker has fetched the new one.
    """
    _lock(session, tenant, sorted(changes))
    alike: dict[tuple[tuple[str, bool], ...], list[dict[str, Any]]] = {}
    for number in sorted(changes):
        columns = {**(_IMAGELESS if "image_url" in changes[number] else {}), **changes[number]}
        shape = tuple((name, name in _LISTS and not columns[name]) for name in sorted(columns))
        row = {f"new_{name}": columns[name] for name, emptied in shape if not emptied}
        alike.setdefault(shape, []).append({"this": number} | row)
    for shape, rows in alike.items():
        _update(session, tenant, shape, rows)


def _lock(session: Session, tenant: TenantId, numbers: Sequence[ItemId]) -> None:
    """Take the rows in the order in which everybody takes them, so that nobody waits in a circle."""
    table = tables.item
    for some in names.chunks(numbers):
        query = select(table.c.id).where(table.c.tenant_id == tenant, table.c.id.in_(some))
        session.execute(query.order_by(table.c.id).with_for_update()).all()


def _update(
    session: Session, tenant: TenantId, shape: Sequence[tuple[str, bool]], rows: Sequence[Mapping[str, Any]]
) -> None:
    table = tables.item
    values = {
        name: null() if emptied else bindparam(f"new_{name}", type_=table.c[name].type) for name, emptied in shape
    }
    statement = update(table).where(table.c.tenant_id == tenant, table.c.id == bindparam("this")).values(values)
    session.connection().execute(statement, list(rows))


def new_family(session: Session, tenant: TenantId) -> int:
    """Make a Family; return its number."""
    return int(session.scalars(insert(tables.family).returning(tables.family.c.id), {"tenant_id": tenant}).one())
