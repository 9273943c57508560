"""Facts: taking them in, a page at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from connector.domain import FactDraft, ItemId, Rejected, SourceId, TenantId, VoidingDraft
from connector.store import names, tables, texts, tombstones
from connector.store.seal import Seal
from connector.store.upsert import insert_new

ActivityKey = tuple[str, str, bool, str]
"""What one Statement says of an Activity: its IRI, the Item's, whether it is only a part of that, its type."""


@dataclass(slots=True)
class KnownNames:
    """Numbers already looked up by this process, so that a page asks only for names it has not met.

    Bounded by forgetting all beyond ``limit`` names; filled only from committed pages (``keep``), since a number from a
    transaction that was rolled back belongs to nobody.
    """

    limit: int = 200_000
    verbs: dict[str, int] = field(default_factory=dict)
    identities: dict[bytes, int] = field(default_factory=dict)
    activities: dict[ActivityKey, int] = field(default_factory=dict)
    items: dict[str, ItemId] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    titles: dict[tuple[str, str], tuple[datetime, str]] = field(default_factory=dict)

    def keep(self, resolved: "KnownNames") -> None:
        """Take over what a committed page resolved."""
        for mine, theirs in (
            (self.verbs, resolved.verbs),
            (self.identities, resolved.identities),
            (self.activities, resolved.activities),
            (self.items, resolved.items),
            (self.types, resolved.types),
            (self.titles, resolved.titles),
        ):
            if len(mine) > self.limit:
                mine.clear()
            mine.update(theirs)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Added:
    """What a page added: rows that were new; ``resolved`` goes to ``KnownNames.keep`` after the commit."""

    facts: int
    voidings: int
    resolved: KnownNames


def add(
    session: Session,
    tenant: TenantId,
    source: SourceId,
    facts: Sequence[FactDraft],
    voidings: Sequence[VoidingDraft],
    *,
    known: KnownNames,
    now: datetime,
) -> Added:
    """Add the Facts and tombstones of one page; those that are there already change nothing."""
    resolved = KnownNames()
    resolved.verbs = _verbs(session, tenant, facts, known)
    resolved.identities = _identities(session, tenant, facts, known, now)
    resolved.types = _better_types(facts, known)
    resolved.items = names.items(session, tenant, resolved.types, now)
    resolved.activities = _activities(session, tenant, facts, known, resolved.items)
    resolved.titles = _newer_titles(facts, known)
    item_numbers = known.items | resolved.items if resolved.items else known.items
    texts.add_from_statements(session, tenant, _seen_titles(resolved.titles, item_numbers))
    numbers = _Numbers(
        known.verbs | resolved.verbs,
        {**known.identities, **resolved.identities} if resolved.identities else known.identities,
        {**known.activities, **resolved.activities} if resolved.activities else known.activities,
    )
    rows = [row for fact in facts if (row := _fact_row(tenant, source, fact, numbers)) is not None]
    new_facts = insert_new(session, tables.fact, rows)
    new_voidings = tombstones.add(session, tenant, source, voidings)
    return Added(new_facts, new_voidings, resolved)


@dataclass(frozen=True, slots=True)
class _Numbers:
    verbs: Mapping[str, int]
    identities: Mapping[bytes, int]
    activities: Mapping[ActivityKey, int]


def _verbs(session: Session, tenant: TenantId, facts: Sequence[FactDraft], known: KnownNames) -> dict[str, int]:
    return names.verbs(session, tenant, {fact.verb for fact in facts} - known.verbs.keys())


def _identities(
    session: Session, tenant: TenantId, facts: Sequence[FactDraft], known: KnownNames, now: datetime
) -> dict[bytes, int]:
    new = {fact.identity.exact: fact.identity for fact in facts if fact.identity is not None}
    for exact in new.keys() & known.identities.keys():
        del new[exact]
    if not new:
        return {}
    found = names.identities(session, tenant, new.values(), now)
    names.mark_from_statements(session, tenant, found.values())
    return found


def _better_types(facts: Sequence[FactDraft], known: KnownNames) -> dict[str, str]:
    """Return the Items that were not met before, or not with this type, each with its type."""
    better: dict[str, str] = {}
    for fact in facts:
        activity = fact.activity
        if activity is None or not activity.item_iri:
            continue
        iri = activity.item_iri
        before = better.get(iri, known.types.get(iri))
        best = names.better_type(before or "", activity.item_type)
        if best != before:
            better[iri] = best
    return better


def _activities(
    session: Session, tenant: TenantId, facts: Sequence[FactDraft], known: KnownNames, new_items: Mapping[str, ItemId]
) -> dict[ActivityKey, int]:
    drafts = {_activity_key(fact): fact.activity for fact in facts if fact.activity is not None}
    new = {key: draft for key, draft in drafts.items() if key not in known.activities}
    if not new:
        return {}
    found = names.activities(session, tenant, new.values(), {**known.items, **new_items})
    return {key: found[key[0]] for key in new}


def _activity_key(fact: FactDraft) -> ActivityKey:
    activity = fact.activity
    return (activity.iri, activity.item_iri, activity.part, activity.type) if activity else ("", "", False, "")


def _newer_titles(facts: Sequence[FactDraft], known: KnownNames) -> dict[tuple[str, str], tuple[datetime, str]]:
    newer: dict[tuple[str, str], tuple[datetime, str]] = {}
    for fact in facts:
        activity = fact.activity
        if activity is None or not activity.item_iri:
            continue
        for language, title in activity.names.items():
            key, mine = (activity.item_iri, language), (fact.timestamp, title)
            best = newer.get(key) or known.titles.get(key)
            if best is None or mine > best:
                newer[key] = mine
    return newer


def _seen_titles(
    titles: Mapping[tuple[str, str], tuple[datetime, str]], items: Mapping[str, ItemId]
) -> Iterator[texts.SeenTitle]:
    for (iri, language), (seen_at, title) in titles.items():
        yield texts.SeenTitle(items[iri], language, title, seen_at)


def _fact_row(tenant: TenantId, source: SourceId, fact: FactDraft, numbers: _Numbers) -> dict[str, Any] | None:
    identity = None
    if fact.identity is not None:
        identity = numbers.identities.get(fact.identity.exact)
        if identity is None:
            return None  # an erased person: not taken in again
    return {
        "tenant_id": tenant,
        "source_id": source,
        "statement_id": fact.statement_id,
        "member": fact.member,
        "identity_id": identity,
        "activity_id": numbers.activities[_activity_key(fact)] if fact.activity else None,
        "verb_id": numbers.verbs[fact.verb],
        "attempt": fact.attempt,
        "flags": fact.flags,
        "score": fact.score,
        "progress": fact.progress,
        "stored": fact.stored,
        "timestamp": fact.timestamp,
    }


def set_aside(
    session: Session, tenant: TenantId, source: SourceId, rejected: Sequence[Rejected], *, seal: Seal, now: datetime
) -> int:
    """Put Statements that could not be read into quarantine, sealed; return how many were new there."""
    rows = [
        {
            "tenant_id": tenant,
            "source_id": source,
            "reason": one.reason[:60],
            "readable_id": one.readable_id[:64],
            "sha256": sha256(one.raw).digest(),
            "sealed": seal.close(one.raw),
            "seen_at": now,
        }
        for one in rejected
    ]
    return insert_new(session, tables.quarantine, rows)
