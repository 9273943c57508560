"""Titles and summaries of Items, one a language; the catalogue beats Statements, newer beats older."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from connector.domain import ItemId, ItemText, TenantId
from connector.store import tables
from connector.store.upsert import insert_for, insert_many

_TOLD = ("title", "summary", "from_catalog", "seen_at")


class SeenTitle(NamedTuple):
    """A title as a Statement gave it, with the Statement's time."""

    item: int
    language: str
    title: str
    seen_at: datetime


def add_from_statements(session: Session, tenant: TenantId, seen: Iterable[SeenTitle]) -> None:
    """Keep the newest title per Item and language; equal times keep the greater one, so that order does not matter."""
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
        for one in seen
    ]
    _upsert(session, rows)


def add_from_catalog(session: Session, tenant: TenantId, item: int, texts: Sequence[ItemText], now: datetime) -> None:
    """Put the catalogue's texts in the place of what was there in their languages."""
    add_all_from_catalog(session, tenant, {ItemId(item): texts}, now)


def add_all_from_catalog(
    session: Session, tenant: TenantId, worded: Mapping[ItemId, Sequence[ItemText]], now: datetime
) -> None:
    """Do for many Items at once what `add_from_catalog` does for one."""
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
        for item in sorted(worded)
        for text in sorted(worded[item], key=lambda text: text.language)
    ]
    _upsert(session, rows)


def _upsert(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    best = {(row["item_id"], row["language"]): row for row in sorted(rows, key=_age)}
    statement = _keeping_the_better(session.get_bind().dialect.name)
    insert_many(session, tables.item_text, statement, [row for _, row in sorted(best.items())])


def _age(row: Mapping[str, Any]) -> tuple[datetime, str]:
    return row["seen_at"], row["title"]


@lru_cache(maxsize=2)
def _keeping_the_better(dialect: str) -> Any:
    """Return the upsert of one database; its collation compares as Python does, in whatever language it sorts."""
    insert = insert_for(dialect, tables.item_text)
    new, old = insert.excluded, tables.item_text.c
    greater = new.title.collate("C" if dialect == "postgresql" else "BINARY") > old.title
    newer = or_(new.seen_at > old.seen_at, and_(new.seen_at == old.seen_at, greater))
    wins = or_(
        and_(new.from_catalog.is_(True), old.from_catalog.is_(False)),
        and_(new.from_catalog == old.from_catalog, newer),
    )
    return insert.on_conflict_do_update(
        index_elements=["tenant_id", "item_id", "language"], set_={name: new[name] for name in _TOLD}, where=wins
    )


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
