"""What this process remembers of each Tenant: all that a page needs and that is nobody's own.

Every page asks for the Tenant's revision first. What was read under one revision is used as long as it is the revision
still; so whatever anybody changes works at the next page. Lists of Neighbours are of a Model, which never changes once
it is published.
"""

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeVar

from sqlalchemy.orm import Session

from connector.domain import Item, ItemId, Model, ModelId, NeighbourList, TenantId
from connector.recipes.base import ListKey
from connector.recipes.packed import PackedList
from connector.recipes.recipe import RecipeBook
from connector.serve.books import Books
from connector.serve.links import platform_hosts, with_start_link
from connector.store import interactions, items, models, platforms, rules, sources
from connector.store.interactions import Meanings
from connector.store.platforms import PlatformRecord
from connector.store.rules import Rule

K = TypeVar("K")
V = TypeVar("V")
MOST_TENANTS = 32
MOST_ITEMS = 12_000
MOST_NUMBERS = 12_000
MOST_BYTES = 12 * 1024 * 1024
"""Of packed lists, over all Tenants."""
_BESIDE = 400
"""Bytes that a list takes besides its packed form."""


@dataclass(slots=True)
class Known:
    """A Tenant as of one revision, as far as pages have asked; safe between threads.

    ``sources`` are their names. ``hosts`` are those whose pages people can open, ``model`` is the Model that is served.
    """

    tenant: TenantId
    revision: int | None
    platforms: tuple[PlatformRecord, ...]
    hosts: frozenset[str]
    book: RecipeBook
    meanings: Meanings
    rules: tuple[Rule, ...]
    sources: tuple[str, ...]
    model: Model | None
    _items: dict[ItemId, Item] = field(default_factory=dict)
    _numbers: dict[str, ItemId | None] = field(default_factory=dict)

    def items(self, session: Session, wanted: AbstractSet[ItemId]) -> dict[ItemId, Item]:
        """Return the Items ``wanted`` that there are, with their start links."""
        known = self._items
        found = {number: known[number] for number in wanted & known.keys()}
        if len(found) < len(wanted):
            fresh = items.of_numbers(session, self.tenant, wanted - found.keys())
            linked = {number: with_start_link(item, self.hosts) for number, item in fresh.items()}
            _keep(known, linked, MOST_ITEMS)
            found |= linked
        return found

    def numbers(self, session: Session, iris: Collection[str]) -> dict[str, ItemId]:
        """Return the number of each of the Items ``iris`` that there is; asks only for what was not asked before."""
        known = self._numbers
        found = {iri: known[iri] for iri in iris if iri in known}
        missing = [iri for iri in iris if iri not in found]
        if missing:
            asked = items.numbers(session, self.tenant, missing)
            fresh = {iri: asked.get(iri) for iri in missing}
            _keep(known, fresh, MOST_NUMBERS)
            found |= fresh
        return {iri: number for iri, number in found.items() if number is not None}


class Shelves:
    """What is known of each Tenant, and the lists of their Models; bounded, and safe between threads."""

    def __init__(self) -> None:
        self._books = Books()
        self._known: dict[TenantId, Known] = {}
        self._lists: dict[tuple[ModelId, ListKey], NeighbourList | None] = {}
        self._bytes = 0
        self._lock = Lock()

    def of(self, session: Session, tenant: TenantId, revision: int | None, hosts: frozenset[str]) -> Known:
        """Return what is known of a Tenant at the ``revision`` that this transaction has read.

        ``hosts`` are those besides its Platforms' whose pages people can open.
        """
        known = self._known.get(tenant)
        if known is not None and known.revision == revision:
            return known
        fresh = _read(session, tenant, revision, hosts, self._books)
        if revision is not None:
            self._known.pop(tenant, None)
            _keep(self._known, {tenant: fresh}, MOST_TENANTS)
        return fresh

    def lists(
        self, session: Session, tenant: TenantId, model: ModelId, wanted: Collection[ListKey]
    ) -> dict[ListKey, NeighbourList]:
        """Return the lists ``wanted`` of a published Model, those that there are."""
        kept = self._lists
        found = {key: kept[model, key] for key in wanted if (model, key) in kept}
        missing = [key for key in wanted if key not in found]
        if missing:
            read = models.lists(session, tenant, model, missing)
            fresh = {key: read.get(key) for key in missing}
            self._keep_lists(model, fresh)
            found |= fresh
        return {key: found[key] for key in wanted if found[key] is not None}  # type: ignore[misc]  # mypy loses the test

    def _keep_lists(self, model: ModelId, fresh: Mapping[ListKey, NeighbourList | None]) -> None:
        with self._lock:
            for key, near in fresh.items():
                if (model, key) not in self._lists:
                    self._lists[model, key] = near
                    self._bytes += _size(near)
            while self._bytes > MOST_BYTES:
                self._bytes -= _size(self._lists.pop(next(iter(self._lists))))


def _size(near: NeighbourList | None) -> int:
    return _BESIDE + (near.size if isinstance(near, PackedList) else 0)


def _keep(kept: dict[K, V], fresh: Mapping[K, V], most: int) -> None:
    """Remember what is ``fresh`` and forget what has been there longest."""
    kept.update(fresh)
    for old in list(kept)[: max(len(kept) - most, 0)]:
        kept.pop(old, None)


def _read(session: Session, tenant: TenantId, revision: int | None, hosts: frozenset[str], books: Books) -> Known:
    known = platforms.all_of(session, tenant)
    return Known(
        tenant=tenant,
        revision=revision,
        platforms=tuple(known),
        hosts=hosts | platform_hosts(known),
        book=books.current(session, tenant),
        meanings=interactions.meanings(session, tenant),
        rules=tuple(rules.all_of(session, tenant)),
        sources=tuple(source.name for source in sources.all_of(session, tenant)),
        model=models.current(session, tenant),
    )
