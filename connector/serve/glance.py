"""What a whole catalogue looks like from afar: how much there is of each topic, and what came lately.

Worked out once for each revision of a Tenant, for it looks at every Item; a page takes from it what is its own.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from connector.domain import Item, ItemId, ItemStatus, ItemText, RowKind, TenantId
from connector.recipes.judging import barred
from connector.recipes.recipe import RecipeBook
from connector.recipes.rules import Around, viewer_facts
from connector.serve.links import with_start_link
from connector.serve.shelves import Known
from connector.store import newly
from connector.store import topics as stored_topics
from connector.store.topics import OnTopic

NEW_FOR = timedelta(days=30)
"""After this nothing is new any more, however long somebody was away."""
MOST_NEW = 200
MOST_TENANTS = 32
MOST_VIEWERS = 256
_TITLED = (ItemText("und", "titled"),)
ByTopic = Mapping[str, frozenset[int]]
"""The Families of each topic, by its name."""


@dataclass(frozen=True, slots=True)
class Glance:
    """A catalogue from afar, good until ``until``; None: as long as the revision stands.

    ``names`` has each topic as most Items spell it, by its folded name; ``on`` the Items of each. ``asked`` is what
    tells viewers apart, None where rules look at all of it. ``came`` says when the newest Items were first offered.
    """

    until: datetime | None
    names: Mapping[str, str]
    on: Mapping[str, tuple[OnTopic, ...]]
    items: Mapping[ItemId, Item]
    asked: frozenset[str] | None
    came: Mapping[ItemId, datetime]
    _counted: dict[frozenset[str], ByTopic] = field(default_factory=dict)

    def topics(self, book: RecipeBook, viewer: frozenset[str]) -> ByTopic:
        """Return the Families of each topic that are open to who looks."""
        key = viewer if self.asked is None else viewer & self.asked
        if key not in self._counted:
            if len(self._counted) >= MOST_VIEWERS:
                self._counted.clear()
            self._counted[key] = self._families(book, viewer)
        return self._counted[key]

    def items_on(self, topic: str) -> frozenset[ItemId]:
        """Return the Items of a topic, whoever may see them."""
        return frozenset(one.id for one in self.on.get(_folded(topic), ()))

    def since(self, visit: datetime, now: datetime) -> dict[ItemId, datetime]:
        """Return what was first offered after a visit, and lately."""
        first = max(visit, now - NEW_FOR)
        return {item: at for item, at in self.came.items() if first < at <= now}

    def _families(self, book: RecipeBook, viewer: frozenset[str]) -> ByTopic:
        around = Around(viewer_facts(viewer))
        out = {number for number, item in self.items.items() if barred(book.preference, item, around)}
        return {
            self.names[key]: frozenset(one.family for one in on if one.id not in out and _may_see(one, viewer))
            for key, on in self.on.items()
        }


class Glances:
    """The glance of each Tenant, remembered as long as its revision stands; safe between threads."""

    def __init__(self) -> None:
        self._kept: dict[TenantId, tuple[int, Glance]] = {}

    def of(self, session: Session, known: Known, now: datetime) -> Glance:
        """Return the catalogue of a Tenant from afar, as it is now."""
        kept = self._kept.get(known.tenant)
        if kept and kept[0] == known.revision and (kept[1].until is None or now < kept[1].until):
            return kept[1]
        fresh = _look(session, known, now)
        if known.revision is not None:
            if len(self._kept) >= MOST_TENANTS:
                self._kept.clear()
            self._kept[known.tenant] = (known.revision, fresh)
        return fresh


def _look(session: Session, known: Known, now: datetime) -> Glance:
    """Read a catalogue; its topics only where the book has a Row of them."""
    wanted = any(row.kind is RowKind.TOPICS and row.on for row in known.book.rows)
    found = stored_topics.open_items(session, known.tenant, now) if wanted else ()
    there = [one for one in found if one.url or _has_a_page(one, known.hosts)]
    judged = known.book.preference.include + known.book.preference.exclude
    by_viewer = any(name.startswith("viewer.") for rule in judged for name in rule.when.names)
    return Glance(
        until=stored_topics.next_change(session, known.tenant, now),
        names=_names(there),
        on=_by_topic(there),
        items=known.items(session, {one.id for one in there}) if judged else {},
        asked=None if by_viewer else frozenset(name for one in there for name in one.audience),
        came=newly.offered_since(session, known.tenant, now - NEW_FOR, MOST_NEW),
    )


def _has_a_page(one: OnTopic, hosts: frozenset[str]) -> bool:
    plain = Item(one.id, one.iri, one.family, ItemStatus.SHOWN, one.url, _TITLED, page=one.page)
    return bool(with_start_link(plain, hosts).url)


def _may_see(one: OnTopic, viewer: frozenset[str]) -> bool:
    return not one.audience or not viewer.isdisjoint(one.audience)


def _by_topic(there: Iterable[OnTopic]) -> dict[str, tuple[OnTopic, ...]]:
    found: defaultdict[str, list[OnTopic]] = defaultdict(list)
    for one in there:
        for key in dict.fromkeys(map(_folded, one.topics)):
            found[key].append(one)
    return {key: tuple(on) for key, on in found.items() if key}


def _names(there: Iterable[OnTopic]) -> dict[str, str]:
    """Spell each topic as most Items do; of equally many spellings the first by letter."""
    spelled: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in there:
        for name in one.topics:
            spelled[_folded(name)][name.strip()] += 1
    return {key: min(names, key=lambda name: (-names[name], name)) for key, names in spelled.items()}


def _folded(topic: str) -> str:
    return topic.strip().casefold()
