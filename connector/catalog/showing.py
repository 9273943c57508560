"""Show one Item: what is kept of it, and where each text came from."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from connector.catalog.cells import COLUMNS
from connector.domain import ItemId, ItemText, TenantId
from connector.errors import UnknownName
from connector.statements.iris import fold_item
from connector.store import described
from connector.store.described import DescribedItem, WordedText
from connector.store.texts import best_title


def show(iri: str, tenant: TenantId, readers: sessionmaker[Session], now: datetime) -> dict[str, Any]:
    """Return an Item's fields, its texts with their origin, and what keeps it from everybody now, as JSON values.

    Raises
    ------
    UnknownName
        If no Item has that IRI.
    """
    key = fold_item(iri)
    with readers.begin() as session:
        item = described.by_iri(session, tenant, [key]).get(key)
        texts = described.texts_of(session, tenant, [item.id]).get(ItemId(item.id), ()) if item else ()
    if item is None:
        raise UnknownName(f"No item has the IRI {iri!r}: `onward item list` shows them.")
    kept = ("page", "type", *COLUMNS, "family_id", "family_fixed", "in_catalog", "catalog_at", "feed")
    return {
        "iri": item.iri,
        "fields": {name: _plain(item.columns[name]) for name in kept},
        "texts": _texts(texts),
        "now": _now(item, texts, now),
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _texts(texts: tuple[WordedText, ...]) -> list[dict[str, Any]]:
    chosen = best_title([ItemText(text.language, text.title) for text in texts])
    first = next((text for text in texts if text.title == chosen), None)
    return [
        {
            "language": text.language,
            "title": text.title,
            "summary": text.summary,
            "from": "catalogue" if text.from_catalog else "statements",
            "since": text.seen_at.isoformat(),
            "chosen": text is first,
        }
        for text in texts
    ]


def _now(item: DescribedItem, texts: tuple[WordedText, ...], now: datetime) -> str:
    """Say what keeps the Item from everybody; what keeps it from some people only is in the fields."""
    columns = item.columns
    starts, ends = columns["starts_at"], columns["ends_at"]
    grounds = {
        f"{columns['status']} by hand": columns["status"] != "shown",
        f"hidden, as the feed {columns['feed']} says" if columns["feed"] else "hidden": not columns["visible"],
        "it has no title": not texts,
        "it has not begun": starts is not None and now < starts,
        "it has ended": ends is not None and now >= ends,
        "nobody can enrol (those who are in it may go on)": not columns["enrolable"],
    }
    found = [ground for ground, holds in grounds.items() if holds]
    return f"not recommended: {'; '.join(found)}" if found else "may be recommended"
