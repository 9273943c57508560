"""Serve: the live history and the current Model in, a Slate out, in one read-only transaction."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import (
    Audience,
    Interaction,
    Item,
    ItemId,
    NeighbourKind,
    Row,
    RowKind,
    Slate,
    SlateState,
    Visit,
)
from connector.errors import VisitRefused
from connector.recipes.anchors import lists_to_read
from connector.recipes.base import Limits, ListKey, PageInput, Shelf, WhyNot
from connector.recipes.compose import compose, compose_row
from connector.recipes.filters import read_past, undone
from connector.recipes.trace import why_not
from connector.serve.links import course_iris, platform_hosts, with_start_link
from connector.serve.shelves import Shelves
from connector.store import interactions, items, learners, models, platforms, sources
from connector.store.platforms import PlatformRecord

DEFAULT_LIMITS = Limits()


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
            if slate.state is SlateState.ALL_DONE:  # of the Items near the history; count those of the whole catalogue
                slate = compose(replace(table.input, undone=self._undone(session, visit, table.input)))
        return table.served(slate)

    def why_not(self, visit: Visit, item: ItemId) -> WhyNot | None:
        """Name what keeps an Item off the page of a Visit now; None if it is on it."""
        with self.readers.begin() as session:
            table = self._lay(session, visit, {item})
        return why_not(item, table.input, compose(table.input))

    def row(self, visit: Visit, kind: RowKind, anchor: ItemId | None) -> ServedPage:
        """Make one Row in full length; the whole page when there is no such Row any more."""
        with self.readers.begin() as session:
            table = self._lay(session, visit)
        served = table.served(compose(table.input))
        return replace(served, row=compose_row(table.input, kind, anchor))

    def _lay(self, session: Session, visit: Visit, also: Collection[ItemId] = ()) -> "_Table":
        """Read everything that one page is made from; ``also`` names Items to look at besides."""
        platform, now = platforms.by_id(session, visit.platform), self.clock()
        if platform is not None and not platform.active:
            raise VisitRefused("visit_expired")
        record = learners.record(session, visit.tenant, visit.learner) if visit.learner is not None else None
        history = self._history(session, visit) if record is not None else ()
        course = self._course(session, visit, platform)
        audience = visit.audience if record is not None else _nobody(visit.audience)
        page = PageInput(
            shelf=self._shelf(session, visit, history, course, now, also),
            history=history,
            audience=audience,
            personal_rows=record.personal_rows if record is not None else True,
            now=now,
            course=course,
            viewer=viewer_of(visit, audience, platform.name if platform else ""),
            limits=self.limits,
        )
        switch = record.personal_rows if record and visit.audience is Audience.LEARNER else None
        return _Table(page, visit, _freshness(session, visit, now - self.late_after), switch, platform)

    def _undone(self, session: Session, visit: Visit, page: PageInput) -> int:
        """Count what is left of the whole catalogue; asked for once somebody has done all that is near."""
        hosts = self.hosts | platform_hosts(platforms.all_of(session, visit.tenant))
        known = {number: with_start_link(item, hosts) for number, item in items.all_of(session, visit.tenant).items()}
        whole = replace(page, shelf=replace(page.shelf, items=known))
        return undone(whole, read_past(whole))

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
        course: Item | None,
        now: datetime,
        also: Collection[ItemId],
    ) -> Shelf:
        """Put what a page may need on a shelf: the history's Items, their Neighbours, and what those ask for first."""
        hosts = self.hosts | platform_hosts(platforms.all_of(session, visit.tenant))
        standings = items.standings(session, visit.tenant, now)
        fetch = partial(self.shelves.items, session, visit.tenant, hosts=hosts, standings=standings)
        known = fetch({interaction.item for interaction in history})
        model, lists = models.current(session, visit.tenant), {}
        if model is not None:
            wanted = lists_to_read(history, known, course, self.limits)
            lists = models.neighbour_lists(session, visit.tenant, model.id, _by_kind(wanted))
        near = {neighbour.item for one in lists.values() for neighbour in one.neighbours} | set(also)
        known |= fetch(near - known.keys())
        first = {iri for item in known.values() for iri in item.prerequisites} - {item.iri for item in known.values()}
        if first:
            numbers = self.shelves.numbers(session, visit.tenant, first, hosts)
            known |= fetch(set(numbers.values()) - known.keys())
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


def viewer_of(visit: Visit, audience: Audience, platform: str) -> frozenset[str]:
    """Return what an Item's ``audience`` is compared with: the role, course, platform and languages of a Visit.

    "de-AT" is language:de-at and language:de (RFC 4647, 3.4); a role is the one that the page is made for.
    """
    tags = visit.locale.casefold().split("-") if visit.locale else []
    said = {f"language:{'-'.join(tags[:length])}" for length in range(1, len(tags) + 1)}
    said.add(f"role:{audience.value}")
    if visit.course is not None:
        said.add(f"course:{visit.course.id}")
    return frozenset(said | {f"platform:{platform}"} if platform else said)


def _by_kind(wanted: Collection[ListKey]) -> dict[NeighbourKind, set[ItemId]]:
    kinds: dict[NeighbourKind, set[ItemId]] = {}
    for kind, anchor in wanted:
        kinds.setdefault(kind, set()).add(anchor)
    return kinds


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
