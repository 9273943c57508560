"""Rows as records in words, for people to read: by many keys at once, Items by IRI and title."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import Session

from connector.domain import TenantId
from connector.store import tables, texts
from connector.store.names import chunks

Record = dict[str, Any]


def in_chunks(
    session: Session, query: Select[Any], column: ColumnElement[Any], wanted: Iterable[Any]
) -> list[Row[Any]]:
    """Return the rows of ``query`` whose ``column`` is one of ``wanted``, however many those are."""
    return [row for some in chunks(sorted(wanted)) for row in session.execute(query.where(column.in_(some)))]


def records(session: Session, query: Select[Any], column: ColumnElement[Any], wanted: Collection[int]) -> list[Record]:
    """Return those rows as records, in the order of ``column``."""
    return [dict(row._mapping) for row in in_chunks(session, query.order_by(column), column, wanted)]  # noqa: SLF001 - public


def titled(session: Session, tenant: TenantId, found: list[Record]) -> list[Record]:
    """Put the Item's IRI and title in the place of each record's ``item_id``; None and "" where there is no Item."""
    wanted = {record["item_id"] for record in found if record["item_id"] is not None}
    query = select(tables.item.c.id, tables.item.c.iri).where(tables.item.c.tenant_id == tenant)
    iris = {row.id: row.iri for row in in_chunks(session, query, tables.item.c.id, wanted)}
    titles: dict[int, str] = {}
    for some in chunks(sorted(iris)):
        titles |= {number: texts.best_title(said) for number, said in texts.of_items(session, tenant, some).items()}
    for record in found:
        number = record.pop("item_id")
        record["item"], record["title"] = iris.get(number), titles.get(number, "")
    return found
