"""Titles and summaries of Items, one a language; the catalogue beats Statements, newer beats older."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, case, or_, select
from sqlalchemy.orm import Session

from connector.domain import ItemText, TenantId
from connector.store import tables
from connector.store.upsert import insert_into


class SeenTitle(NamedTuple):
    """A title as a Statement gave it, with the Statement's time."""

    item: int
    language: str
    title: str
    seen_at: datetime


def add_from_statements(session: Session, tenant: TenantId, seen: Iterable[SeenTitle]) -> None:
    """Keep the newest title per Item and language; equal times keep the greater one, so that order does not matter."""
    newest: dict[tuple[int, str], SeenTitle] = {}
    for one in seen:
        key = (one.item, one.language)
        if key not in newest or (newest[key].seen_at, newest[key].title) < (one.seen_at, one.title):
            newest[key] = one
    rows = [
        {
            "tenant_id": tenant,
            "item_id": one.item,
            "language": one.language[:35],
            "title": one.title[:500],
            "summary": "",
            "from_catalog": False,
            "seen_at": one.seen_at,
        }
        for _, one in sorted(newest.items())
    ]
    _upsert(session, rows)


def add_from_catalog(session: Session, tenant: TenantId, item: int, texts: Sequence[ItemText], now: datetime) -> None:
    """Put the catalogue's texts in the place of what was there in their languages."""
    rows = [
        {
            "tenant_id": tenant,
            "item_id": item,
            "language": text.language[:35],
            "title": text.title[:500],
            "summary": text.summary,
            "from_catalog": True,
            "seen_at": now,
        }
        for text in texts
    ]
    _upsert(session, rows)


def _upsert(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    table = tables.item_text
    insert = insert_into(session, table)
    new, old = insert.excluded, table.c
    newer = or_(
        new.seen_at > old.seen_at,
        and_(new.seen_at == old.seen_at, new.title.collate(_plain_order(session)) > old.title),
    )
    wins = or_(
        and_(new.from_catalog.is_(True), old.from_catalog.is_(False)),
        and_(new.from_catalog == old.from_catalog, newer),
    )
    changes = {
        name: case((wins, new[name]), else_=old[name]) for name in ("title", "summary", "from_catalog", "seen_at")
    }
    statement = insert.on_conflict_do_update(index_elements=["tenant_id", "item_id", "language"], set_=changes)
    session.connection().execute(statement, list(rows))


def _plain_order(session: Session) -> str:
    """Name the collation that compares as Python does, whatever language the database sorts in."""
    return "C" if session.get_bind().dialect.name == "postgresql" else "BINARY"


def of_items(session: Session, tenant: TenantId, numbers: Sequence[int]) -> dict[int, tuple[ItemText, ...]]:
    """Return the texts of each of the Items ``numbers``, sorted by language."""
    table = tables.item_text
    found: dict[int, list[ItemText]] = {}
    query = (
        select(table.c.item_id, table.c.language, table.c.title, table.c.summary)
        .where(table.c.tenant_id == tenant, table.c.item_id.in_(numbers))
        .order_by(table.c.item_id, table.c.language)
    )
    for row in session.execute(query):
        found.setdefault(row.item_id, []).append(ItemText(row.language, row.title, row.summary))
    return {number: tuple(texts) for number, texts in found.items()}


def best_title(worded: Sequence[ItemText]) -> str:
    """Return the English title, else the first; "" when there is none. For operators: pages choose by the Launch."""
    english = [text.title for text in worded if text.language.split("-")[0] == "en"]
    return next(iter(english or [text.title for text in worded]), "")
