"""Serve: the live history and the current Model in, a Slate out, in one read-only transaction."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import (
    Audience,
    Interaction,
    Item,
    ItemId,
    ItemStatus,
    Model,
    NeighbourKind,
    Row,
    RowKind,
    Slate,
    SlateState,
    TenantId,
    Visit,
)
from connector.errors import VisitRefused
from connector.recipes import history as histories
from connector.recipes.anchors import lists_to_read
from connector.recipes.base import Limits, ListKey, PageInput, Shelf
from connector.recipes.compose import compose, compose_row
from connector.recipes.filters import showable
from connector.store import interactions, items, learners, models, platforms, sources
from connector.store.platforms import PlatformRecord

DEFAULT_LIMITS = Limits()


class Shelves:
    """The Items of each Tenant with their start links, kept by this process for a while; safe between threads.

    Titles and links may be as old as ``keep``; whether an Item may be shown is asked at every request, so a block works
    at the next one. With ``keep`` of zero nothing is remembered.
    """

    def __init__(self, keep: timedelta, clock: Clock) -> None:
        self._keep = keep
        self._clock = clock
        self._kept: dict[TenantId, tuple[datetime, frozenset[str], dict[ItemId, Item]]] = {}

    def items(
        self, session: Session, tenant: TenantId, wanted: Collection[ItemId], hosts: frozenset[str]
    ) -> dict[ItemId, Item]:
        """Return the Items ``wanted`` as they may be shown now."""
        known = self._remembered(session, tenant, hosts)
        missing = [number for number in wanted if number not in known]
        fresh = items.of_numbers(session, tenant, missing) if missing else {}
        found = {number: known[number] for number in wanted if number in known}
        found |= {number: with_start_link(item, hosts) for number, item in fresh.items()}
        return _as_they_stand(found, items.not_shown(session, tenant))

    def _remembered(self, session: Session, tenant: TenantId, hosts: frozenset[str]) -> dict[ItemId, Item]:
        if not self._keep:
            return {}
        kept = self._kept.get(tenant)
        if kept is None or kept[0] + self._keep < self._clock() or kept[1] != hosts:
            linked = {number: with_start_link(item, hosts) for number, item in items.all_of(session, tenant).items()}
            kept = self._kept[tenant] = (self._clock(), hosts, linked)
        return kept[2]


def _as_they_stand(found: dict[ItemId, Item], not_shown: Mapping[ItemId, ItemStatus]) -> dict[ItemId, Item]:
    for number, item in found.items():
        status = not_shown.get(number, ItemStatus.SHOWN)
        if item.status is not status:
            found[number] = replace(item, status=status)
    return found


@dataclass(frozen=True, slots=True)
class ServedPage:
    """A Slate with what is needed to draw it.

    ``row`` is set when one Row alone was asked for ("See all"). ``personal_rows`` is the Learner's switch, None when
    there is no Learner to have one. ``frame_origins`` are the Platform's, for ``frame-ancestors``.
    """

    id: UUID
    visit: Visit
    slate: Slate
    items: Mapping[ItemId, Item]
    personal_rows: bool | None
    frame_origins: tuple[str, ...]
    platform_url: str
    row: Row | None = None

    def shown(self) -> tuple[ItemId, ...]:
        """Return the Items of all Cards in page order."""
        rows = (self.row,) if self.row else self.slate.rows
        return tuple(card.item for row in rows for card in row.cards)


@dataclass(frozen=True, slots=True)
class Serve:
    """Makes pages; holds no state.

    Parameters
    ----------
    readers : sessionmaker
        Sessions that only read.
    hosts : frozenset of str
        Hosts, besides those of Platforms, whose Activity IRIs may be start links.
    late_after : timedelta
        After this long without a successful read of a Source the page says as of when it is.
    shelves : Shelves
        What this process remembers of Items.
    """

    readers: sessionmaker[Session]
    clock: Clock
    hosts: frozenset[str]
    late_after: timedelta
    shelves: Shelves
    limits: Limits = DEFAULT_LIMITS

    def page(self, visit: Visit) -> ServedPage:
        """Make the page of a Visit."""
        with self.readers.begin() as session:
            table = self._lay(session, visit)
            slate = compose(table.input)
            if (
                slate.state is SlateState.ALL_DONE
            ):  # of the Items near the history; ask for those of the whole catalogue
                slate = compose(replace(table.input, undone=self._undone(session, visit, table.input)))
        return table.served(slate)

    def row(self, visit: Visit, kind: RowKind, anchor: ItemId | None) -> ServedPage:
        """Make one Row in full length; the whole page when there is no such Row any more."""
        with self.readers.begin() as session:
            table = self._lay(session, visit)
        served = table.served(compose(table.input))
        return replace(served, row=compose_row(table.input, kind, anchor))

    def _lay(self, session: Session, visit: Visit) -> "_Table":
        platform = platforms.by_id(session, visit.platform)
        if platform is not None and not platform.active:
            raise VisitRefused("visit_expired")
        record = learners.record(session, visit.tenant, visit.learner) if visit.learner is not None else None
        history = self._history(session, visit) if record is not None else ()
        model = models.current(session, visit.tenant)
        course = self._course(session, visit, platform)
        shelf = self._shelf(session, visit, history, model, course)
        fresh = _freshness(session, visit, self.clock() - self.late_after)
        page = PageInput(
            shelf=shelf,
            history=history,
            audience=visit.audience if record is not None else _nobody(visit.audience),
            personal_rows=record.personal_rows if record is not None else True,
            now=self.clock(),
            course=course,
            limits=self.limits,
        )
        switch = record.personal_rows if record and visit.audience is Audience.LEARNER else None
        return _Table(page, visit, fresh, switch, platform)

    def _undone(self, session: Session, visit: Visit, page: PageInput) -> int:
        hosts = self.hosts | platform_hosts(platforms.all_of(session, visit.tenant))
        known = {number: with_start_link(item, hosts) for number, item in items.all_of(session, visit.tenant).items()}
        allowed = showable(known, histories.read(page.history).done, None)
        return sum(1 for number in known if number in allowed)

    def _history(self, session: Session, visit: Visit) -> tuple[Interaction, ...]:
        if visit.audience is not Audience.LEARNER or visit.learner is None:
            return ()
        return interactions.of_learner(session, visit.tenant, visit.learner)

    def _course(self, session: Session, visit: Visit, platform: PlatformRecord | None) -> Item | None:
        if visit.course is None or platform is None:
            return None
        candidates = course_iris(platform.issuer, visit.course.id)
        found = items.numbers(session, visit.tenant, candidates)
        numbers = [found[iri] for iri in candidates if iri in found]
        return items.of_numbers(session, visit.tenant, numbers[:1]).get(numbers[0]) if numbers else None

    def _shelf(
        self,
        session: Session,
        visit: Visit,
        history: tuple[Interaction, ...],
        model: Model | None,
        course: Item | None,
    ) -> Shelf:
        hosts = self.hosts | platform_hosts(platforms.all_of(session, visit.tenant))
        past = self.shelves.items(session, visit.tenant, {interaction.item for interaction in history}, hosts)
        lists = {}
        if model is not None:
            wanted = lists_to_read(history, past, course, self.limits)
            lists = models.neighbour_lists(session, visit.tenant, model.id, _by_kind(wanted))
        near = {neighbour.item for one in lists.values() for neighbour in one.neighbours}
        known = past | self.shelves.items(session, visit.tenant, near - past.keys(), hosts)
        return Shelf(model, lists, known)


@dataclass(frozen=True, slots=True)
class _Table:
    """Everything one page is made from, read in one transaction."""

    input: PageInput
    visit: Visit
    fresh: "_Freshness"
    personal_rows: bool | None
    platform: PlatformRecord | None

    def served(self, slate: Slate) -> ServedPage:
        return ServedPage(
            id=uuid4(),
            visit=self.visit,
            slate=replace(slate, as_of=self.fresh.as_of, late=self.fresh.late),
            items=self.input.shelf.items,
            personal_rows=self.personal_rows,
            frame_origins=self.platform.frame_origins if self.platform else (),
            platform_url=self.platform.issuer if self.platform else "",
        )


def _nobody(audience: Audience) -> Audience:
    return Audience.ANONYMOUS if audience is Audience.LEARNER else audience


def _by_kind(wanted: Collection[ListKey]) -> dict[NeighbourKind, set[ItemId]]:
    kinds: dict[NeighbourKind, set[ItemId]] = {}
    for kind, anchor in wanted:
        kinds.setdefault(kind, set()).add(anchor)
    return kinds


# --- start links -------------------------------------------------------------------------------------------------


def course_iris(issuer: str, course_id: str) -> tuple[str, ...]:
    """Return the IRIs under which Statements may know an LTI context: Moodle's course page, or the id itself."""
    moodle = f"{issuer.rstrip('/')}/course/view.php?id={course_id}"
    return (moodle, course_id) if ":" in course_id else (moodle,)


def platform_hosts(known: Collection[PlatformRecord]) -> frozenset[str]:
    """Return the hosts (with ports) of registered Platforms: their Activity IRIs are pages that people can open."""
    urls = [url for platform in known for url in (platform.issuer, *platform.frame_origins)]
    return frozenset(urlsplit(url).netloc.casefold() for url in urls if urlsplit(url).netloc)


def with_start_link(item: Item, hosts: frozenset[str]) -> Item:
    """Return ``item`` with its start link: the catalogue's URL, else its IRI if that is a page on one of ``hosts``.

    An Item with neither, or without any title, has ``url`` "" and is never recommended.
    """
    if not any(text.title for text in item.texts):
        return replace(item, url="")
    if item.url:
        return item
    return replace(item, url=item.iri) if not hosts.isdisjoint(_hosts_of(item.iri)) else item


@lru_cache(maxsize=50_000)
def _hosts_of(iri: str) -> tuple[str, ...]:
    """Return the host of an http(s) page, with its port and without; nothing for other IRIs."""
    try:
        parts = urlsplit(iri)
    except ValueError:  # an odd IRI, such as http://[oops/c: no page that anybody can open
        return ()
    return (parts.netloc.casefold(), parts.hostname or "") if parts.scheme in {"http", "https"} else ()


# --- freshness ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Freshness:
    as_of: datetime | None
    late: bool


def _freshness(session: Session, visit: Visit, oldest_good: datetime) -> _Freshness:
    """As of the Source that was read longest ago; late when that is before ``oldest_good``."""
    reads = [source.last_success_at for source in sources.all_of(session, visit.tenant) if source.active]
    known = [read for read in reads if read is not None]
    as_of = min(known, default=None)
    return _Freshness(as_of, late=as_of is not None and as_of < oldest_good)
