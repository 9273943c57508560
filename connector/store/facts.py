"""Facts: taking them in, a page at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.domain import (
    ActivityDraft,
    FactDraft,
    HashedIdentity,
    ItemId,
    Rejected,
    SourceId,
    TenantId,
    VoidingDraft,
)
from connector.store import activities, fact_rows, names, newcomers, sources, tables, texts, tombstones
from connector.store.fact_rows import FactRow
from connector.store.names import Described
from connector.store.seal import Seal
from connector.store.upsert import insert_new

ActivityKey = tuple[str, str, bool, str]
"""What one Statement says of an Activity: its IRI, the Item's, whether it is only a part of that, its type."""
TitleKey = tuple[str, str]
"""An Item's IRI and a language."""
K = TypeVar("K")
N = TypeVar("N", bound=int)


@dataclass(slots=True)
class KnownNames:
    """Numbers already looked up by this process, so that a page asks only for names it has not met.

    Bounded by forgetting all beyond ``limit`` names of a kind (about 50 MiB in all, at worst); filled only from
    committed pages (``keep``), since a number from a transaction that was rolled back belongs to nobody. Good for one
    count of ``erasures``: an erasure, and a restored backup, take numbers away.
    """

    limit: int = 25_000
    erasures: int = 0
    verbs: dict[str, int] = field(default_factory=dict)
    identities: dict[bytes, int] = field(default_factory=dict)
    activities: dict[ActivityKey, int] = field(default_factory=dict)
    items: dict[str, ItemId] = field(default_factory=dict)
    described: dict[str, Described] = field(default_factory=dict)
    titles: dict[TitleKey, tuple[datetime, str]] = field(default_factory=dict)

    def keep(self, resolved: "KnownNames") -> None:
        """Take over what a committed page resolved."""
        for mine, theirs in zip(self.by_kind(), resolved.by_kind(), strict=True):
            if len(mine) > self.limit:
                mine.clear()
            mine.update(theirs)

    def forget(self, erasures: int) -> None:
        """Forget everything; what is learned from now on is good for ``erasures``."""
        for kind in self.by_kind():
            kind.clear()
        self.erasures = erasures

    def by_kind(self) -> tuple[dict[Any, Any], ...]:
        """Return the dicts, always in one order."""
        return self.verbs, self.identities, self.activities, self.items, self.described, self.titles


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
    """Add the Facts and tombstones of one page; those that are there already change nothing.

    Facts of erased people are left out. ``known`` is forgotten where somebody was erased since it was filled.

    Raises
    ------
    UnknownName
        If the Source was removed.
    """
    _hold(session, tenant, source, known)
    resolved = KnownNames(erasures=known.erasures)
    met = {fact.identity.exact: fact.identity for fact in facts if fact.identity is not None}
    resolved.identities = _identities(session, tenant, met, known, now)
    people = _numbers(met, known.identities, resolved.identities)
    kept = [fact for fact in facts if fact.identity is None or fact.identity.exact in people]
    said = {fact.verb for fact in kept}
    resolved.verbs = names.verbs(session, tenant, said - known.verbs.keys())
    drafts = _drafts(kept)
    resolved.described = _better(drafts, known)
    resolved.items = names.described_items(session, tenant, resolved.described, now)
    resolved.activities = _activities(session, tenant, drafts, known, resolved.items)
    resolved.titles = _newer_titles(drafts, known)
    texts.add_from_statements(session, tenant, _seen_titles(resolved.titles, known, resolved))
    numbers = _Numbers(
        _numbers(said, known.verbs, resolved.verbs),
        people,
        {which: known.activities.get(key) or resolved.activities[key] for which, key in _keys(drafts).items()},
    )
    new_facts = fact_rows.insert_new(session, tenant, source, [_row(fact, numbers) for fact in kept])
    return Added(new_facts, tombstones.add(session, tenant, source, voidings), resolved)


def _hold(session: Session, tenant: TenantId, source: SourceId, known: KnownNames) -> None:
    """Keep the Source and all people until this is committed; forget the numbers of people who may be gone."""
    sources.hold(session, tenant, source)
    table = tables.tenant
    count = session.scalar(select(table.c.erasures).where(table.c.id == tenant).with_for_update(read=True)) or 0
    if count != known.erasures:
        known.forget(count)


def _numbers(wanted: Iterable[K], known: Mapping[K, N], resolved: Mapping[K, N]) -> dict[K, N]:
    """Return the numbers of those of ``wanted`` that have one."""
    return {key: number for key in wanted if (number := known.get(key) or resolved.get(key)) is not None}


class _Seen(NamedTuple):
    """An Activity as Statements of this page described it, and the newest time at which one did."""

    draft: ActivityDraft
    newest: datetime


def _drafts(facts: Iterable[FactDraft]) -> dict[int, _Seen]:
    """Return each draft once, by its identity as an object: the Interpreter gives thousands of Facts a few of them."""
    drafts: dict[int, ActivityDraft] = {}
    newest: dict[int, datetime] = {}
    for fact in facts:
        draft = fact.activity
        if draft is not None:
            which, at = id(draft), fact.timestamp
            if which not in drafts or newest[which] < at:
                drafts[which], newest[which] = draft, at
    return {which: _Seen(draft, newest[which]) for which, draft in drafts.items()}


def _identities(
    session: Session, tenant: TenantId, met: Mapping[bytes, HashedIdentity], known: KnownNames, now: datetime
) -> dict[bytes, int]:
    new = [met[exact] for exact in met.keys() - known.identities.keys()]
    return newcomers.numbers(session, tenant, new, now) if new else {}


def _better(drafts: Mapping[int, _Seen], known: KnownNames) -> dict[str, Described]:
    """Return the Items that were not met before, or of which less was known, each with the best that was said."""
    better: dict[str, Described] = {}
    for draft, _ in drafts.values():
        iri, said = draft.item_iri, Described(draft.item_type, draft.item_page)
        before = better.get(iri) or known.described.get(iri)
        if iri and before != said and (before is None or before != (said := before.or_better(said))):
            better[iri] = said
    return better


def _activities(
    session: Session,
    tenant: TenantId,
    drafts: Mapping[int, _Seen],
    known: KnownNames,
    new_items: Mapping[str, ItemId],
) -> dict[ActivityKey, int]:
    keys = _keys(drafts)
    new = {key: drafts[which].draft for which, key in keys.items() if key not in known.activities}
    items = _numbers({draft.item_iri for draft in new.values()}, known.items, new_items)
    found = activities.numbers(session, tenant, new.values(), items) if new else {}
    return {key: found[key[0]] for key in new}


def _keys(drafts: Mapping[int, _Seen]) -> dict[int, ActivityKey]:
    return {which: (draft.iri, draft.item_iri, draft.part, draft.type) for which, (draft, _newest) in drafts.items()}


def _newer_titles(drafts: Mapping[int, _Seen], known: KnownNames) -> dict[TitleKey, tuple[datetime, str]]:
    """Return the titles that are newer than what was known; an old title that is said again is newer than before."""
    newer: dict[TitleKey, tuple[datetime, str]] = {}
    for draft, newest in drafts.values():
        for language, title in draft.names.items() if draft.item_iri else ():
            key, mine = (draft.item_iri, language), (newest, title)
            best = newer.get(key) or known.titles.get(key)
            if best is None or mine > best:
                newer[key] = mine
    return newer


def _seen_titles(
    titles: Mapping[TitleKey, tuple[datetime, str]], known: KnownNames, resolved: KnownNames
) -> list[texts.SeenTitle]:
    items = _numbers({iri for iri, _language in titles}, known.items, resolved.items)
    return [
        texts.SeenTitle(items[iri], language, title, seen_at) for (iri, language), (seen_at, title) in titles.items()
    ]


class _Numbers(NamedTuple):
    """The numbers of what a page names; Activities by their draft's identity as an object."""

    verbs: Mapping[str, int]
    identities: Mapping[bytes, int]
    activities: Mapping[int, int]


def _row(fact: FactDraft, numbers: _Numbers) -> FactRow:
    return FactRow(
        fact.statement_id,
        fact.member,
        numbers.identities[fact.identity.exact] if fact.identity is not None else None,
        numbers.activities[id(fact.activity)] if fact.activity is not None else None,
        numbers.verbs[fact.verb],
        fact.attempt,
        fact.flags,
        fact.score,
        fact.progress,
        fact.stored,
        fact.timestamp,
    )


def set_aside(
    session: Session, tenant: TenantId, source: SourceId, rejected: Sequence[Rejected], *, seal: Seal, now: datetime
) -> int:
    """Put Statements that could not be read into quarantine, sealed; return how many were new there.

    Those that name somebody who was erased are left out.
    """
    gone = names.erased(session, tenant, {digest for one in rejected for digest in one.named})
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
        if gone.isdisjoint(one.named)
    ]
    return insert_new(session, tables.quarantine, sorted(rows, key=itemgetter("sha256")))
