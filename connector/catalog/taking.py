"""Take entries in: only what differs from what is known is written, so that the same catalogue twice changes nothing.

A catalogue beats Statements, and of two catalogues the newer word stands.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from connector.catalog.entries import CatalogEntry
from connector.domain import ItemId, ItemText, TenantId
from connector.store import described
from connector.store import texts as stored_texts
from connector.store.described import DescribedItem, WordedText


@dataclass(frozen=True, slots=True)
class Taken:
    """What entries changed: Items made, Items changed, titles that took another's place."""

    new: int = 0
    changed: int = 0
    replaced: int = 0

    def __add__(self, other: "Taken") -> "Taken":
        """Add the counts of two takings."""
        return Taken(self.new + other.new, self.changed + other.changed, self.replaced + other.replaced)


def take(session: Session, tenant: TenantId, entries: Sequence[CatalogEntry], now: datetime) -> Taken:
    """Write what entries say, a set at a time; their ``family`` is not looked at (see `join_families`)."""
    known = described.by_iri(session, tenant, [entry.iri for entry in entries])
    numbers = described.make(session, tenant, [entry.iri for entry in entries if entry.iri not in known], now)
    worded = described.texts_of(session, tenant, [one.id for one in known.values()])
    columns, texts, replaced = {}, {}, 0
    for entry in entries:
        item = known.get(entry.iri)
        number = item.id if item else numbers[entry.iri]
        old = {one.language: one for one in worded.get(number, ())}
        texts[number] = [text for text in entry.texts if _is_news(text, old)]
        columns[number] = _differing(entry, item)
        replaced += sum(1 for text in texts[number] if text.language in old and old[text.language].title != text.title)
    touched = [number for number in columns if columns[number] or texts[number]]
    described.change(
        session, tenant, {number: columns[number] | {"in_catalog": True, "catalog_at": now} for number in touched}
    )
    stored_texts.add_all_from_catalog(session, tenant, texts, now)
    return Taken(len(numbers), len(set(touched) - set(numbers.values())), replaced)


def _is_news(text: ItemText, old: Mapping[str, WordedText]) -> bool:
    known = old.get(text.language)
    return known is None or not known.from_catalog or (known.title, known.summary) != (text.title, text.summary)


def _differing(entry: CatalogEntry, item: DescribedItem | None) -> dict[str, Any]:
    """Return the columns that are to be written: those that say something else than what is known."""
    said = dict(entry.columns)
    if item is None:
        return said | {"page": entry.page, "in_catalog": True}
    if entry.page and not item.columns["page"]:
        said["page"] = entry.page
    changes = {name: value for name, value in said.items() if (item.columns[name] or None) != (value or None)}
    return changes if item.columns["in_catalog"] else changes | {"in_catalog": True}


def join_families(session: Session, tenant: TenantId, entries: Iterable[CatalogEntry]) -> int:
    """Join the Items of each family code, and fix that by hand; return how many Items changed their Family.

    A code gets the first Family of its Items that no other code of these entries has, else a new one.
    """
    coded: dict[str, list[str]] = {}
    for entry in entries:
        if entry.family:
            coded.setdefault(entry.family, []).append(entry.iri)
    known = described.by_iri(session, tenant, [iri for iris in coded.values() for iri in iris])
    claimed: set[int] = set()
    moves: dict[ItemId, int] = {}
    for code in sorted(coded):
        members = [known[iri] for iri in coded[code]]
        free = {int(one.columns["family_id"]) for one in members} - claimed
        family = min(free) if free else described.new_family(session, tenant)
        claimed.add(family)
        moves |= {one.id: family for one in members if _moves(one, family)}
    described.change(
        session, tenant, {number: {"family_id": family, "family_fixed": True} for number, family in moves.items()}
    )
    return len(moves)


def _moves(item: DescribedItem, family: int) -> bool:
    return item.columns["family_id"] != family or not item.columns["family_fixed"]
