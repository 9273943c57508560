"""Serve: the live history and the current Model in, a Slate out, in one read-only transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import (
    Audience,
    Interaction,
    Item,
    ItemId,
    NeighbourKind,
    NeighbourList,
    Row,
    RowKind,
    Signal,
    SlateState,
    Visit,
)
from connector.errors import VisitRefused
from connector.recipes.anchors import PLACE_KINDS, lists_to_read
from connector.recipes.base import Limits, ListKey, PageInput, Shelf, WhyNot
from connector.recipes.compose import compose, compose_alone, compose_row, compose_topic
from connector.recipes.filters import read_past, undone
from connector.recipes.why import Inquiry, Missing, inquire
from connector.serve.glance import Glance, Glances
from connector.serve.links import course_iris, platform_hosts, with_start_link
from connector.serve.placement import Wish, anchor_iris, read_wish
from connector.serve.served import ServedPage, Table, freshness_of, notes_of
from connector.serve.shelves import Known, Shelves
from connector.statements.iris import fold_item
from connector.store import interactions, items, newly, platforms, revisions
from connector.store.platforms import PlatformRecord

DEFAULT_LIMITS = Limits()
TEACHES = frozenset({Audience.INSTRUCTOR, Audience.TEST_USER})
"""For whom a page is a sample: nothing of any learner is in it."""
SHOWN_FROM = (*PLACE_KINDS, NeighbourKind.TOGETHER, NeighbourKind.UNTRIED, NeighbourKind.SUCCEEDED)
"""The kinds of lists whose Items may stand in a Row; the others say in which order."""
SAMPLED = (Signal.ENROLLED, Signal.COMPLETED)
"""What the invented learner of a sample did: every Deed shows in it."""


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
        What this process remembers of Tenants.
    glances : Glances
        What it remembers of whole catalogues.
    """

    readers: sessionmaker[Session]
    clock: Clock
    hosts: frozenset[str]
    late_after: timedelta
    shelves: Shelves
    limits: Limits = DEFAULT_LIMITS
    glances: Glances = field(default_factory=Glances)

    def page(self, visit: Visit) -> ServedPage:
        """Make the page of a Visit: all that fits, or the Row that its link was made for."""
        wish = read_wish(visit.link)
        with self.readers.begin() as session:
            anchor = self._anchor(session, visit, wish)
            served = self._sample(session, visit, anchor) or self._page(session, visit, wish, anchor)
        return replace(served, arrangement=wish.arrangement, notes=notes_of(served, wish, anchor))

    def _page(self, session: Session, visit: Visit, wish: Wish, anchor: ItemId | None) -> ServedPage:
        table = self._lay(session, visit, anchor)
        slate = compose(table.input)
        if slate.state is SlateState.ALL_DONE:  # of the Items near the history; count those of the whole catalogue
            slate = compose(replace(table.input, undone=self._undone(session, visit, table.input)))
        alone = _alone(table.input, wish, anchor)
        return table.served(replace(slate, rows=(alone,)) if alone else slate)

    def _sample(self, session: Session, visit: Visit, anchor: ItemId | None) -> ServedPage | None:
        """Show who teaches what a learner sees who completed ``anchor``, and nothing else: nobody's history is read."""
        if anchor is None or visit.audience not in TEACHES or visit.own_rows:
            return None
        table = self._lay(session, visit, anchor, as_if_completed=True)
        row = compose_alone(table.input, RowKind.BECAUSE, anchor)
        slate = replace(compose(table.input), state=SlateState.PREVIEW, rows=(row,) if row else ())
        return replace(table.served(slate), sample_of=anchor) if row else None

    def why_not(self, visit: Visit, item: ItemId) -> WhyNot | None:
        """Name what keeps an Item off the page of a Visit now; None if it is on it."""
        answer = self.looked_into(visit)[1].answer(item)
        return answer.ground if isinstance(answer, Missing) else None

    def rule_against(self, visit: Visit, item: ItemId) -> str:
        """Return what the rule of the recipes is called that keeps an Item off the page of a Visit now; "" for none."""
        answer = self.looked_into(visit)[1].answer(item)
        return answer.rule if isinstance(answer, Missing) else ""

    def looked_into(self, visit: Visit) -> tuple[ServedPage, Inquiry]:
        """Make the page of a Visit, and what can be asked about it: any Item of the catalogue, looked at or not."""
        with self.readers.begin() as session:
            table, catalogue = self._lay(session, visit), self._catalogue(session, visit)
        slate = compose(table.input)
        return table.served(slate), inquire(table.input, slate, catalogue)

    def row(self, visit: Visit, kind: RowKind, anchor: ItemId | None) -> ServedPage:
        """Make one Row in full length; the page when there is no such Row any more."""
        sampled = visit.audience in TEACHES and not visit.own_rows and kind is RowKind.BECAUSE and anchor is not None
        with self.readers.begin() as session:
            table = self._lay(session, visit, anchor, as_if_completed=sampled)
            row = compose_row(table.input, kind, anchor)
        if row is None:
            return self.page(visit)
        slate = compose(table.input)
        served = replace(table.served(slate), row=row, sample_of=anchor if sampled else None)
        return replace(served, slate=replace(slate, state=SlateState.PREVIEW)) if sampled else served

    def topic(self, visit: Visit, topic: str) -> ServedPage:
        """Make the list behind a tile of a topic; the page when there is nothing of it any more."""
        with self.readers.begin() as session:
            table = self._lay(session, visit, topic=topic)
        row = compose_topic(table.input, topic)
        return replace(table.served(compose(table.input)), row=row) if row else self.page(visit)

    def _anchor(self, session: Session, visit: Visit, wish: Wish) -> ItemId | None:
        """Return the Item that a link names; None when it names none, or none that is known."""
        if not wish.anchor:
            return None
        platform = platforms.by_id(session, visit.platform)
        iris = anchor_iris(wish.anchor, platform.issuer if platform else "")
        found = items.numbers(session, visit.tenant, iris)
        return next((found[iri] for iri in iris if iri in found), None)

    def _lay(
        self,
        session: Session,
        visit: Visit,
        pinned: ItemId | None = None,
        *,
        as_if_completed: bool = False,
        topic: str = "",
    ) -> Table:
        """Read everything that one page is made from, and all Items of a ``topic``.

        ``as_if_completed`` makes the page of an invented learner who completed ``pinned`` and nothing else.
        """
        pulse, now = revisions.pulse(session, visit.tenant, visit.learner), self.clock()
        known = self.shelves.of(session, visit.tenant, pulse.revision, self.hosts)
        platform = next((one for one in known.platforms if one.id == visit.platform), None)
        if platform is not None and not platform.active:
            raise VisitRefused("visit_expired")
        on_record = pulse.personal_rows is not None
        own = _history(session, visit, known) if on_record else None
        history, audience = _whose(visit, own, pinned if as_if_completed else None, now)
        course, by_hand = _course(session, visit, known, platform), _pin_items(session, known, now)
        glance = self.glances.of(session, known, now)
        new = _new_to(session, visit, glance, now) if history and pulse.personal_rows else {}
        viewer = viewer_of(visit, audience, platform.name if platform else "")
        besides = (*by_hand.values(), *new, *(glance.items_on(topic) if topic else ()))
        page = PageInput(
            shelf=self._shelf(session, known, history, course, (pinned, *besides)),
            history=history,
            audience=audience,
            personal_rows=pulse.personal_rows is not False or as_if_completed,
            now=now,
            course=course,
            viewer=viewer,
            pinned=pinned,
            limits=self.limits,
            book=known.book,
            pin_items=by_hand,
            arrivals=new,
            topics=glance.topics(known.book, viewer),
        )
        switch = pulse.personal_rows if visit.audience is Audience.LEARNER else None
        fresh = freshness_of(pulse.read_at, known.sources, now - self.late_after)
        return Table(page, visit, fresh, switch, platform, visit.audience is Audience.INSTRUCTOR and bool(own))

    def _undone(self, session: Session, visit: Visit, page: PageInput) -> int:
        """Count what is left of the whole catalogue; asked for once somebody has done all that is near."""
        whole = replace(page, shelf=replace(page.shelf, items=self._catalogue(session, visit)))
        return undone(whole, read_past(whole))

    def _catalogue(self, session: Session, visit: Visit) -> dict[ItemId, Item]:
        """Return every Item of the Tenant, with the links under which people can open it."""
        hosts = self.hosts | platform_hosts(platforms.all_of(session, visit.tenant))
        return {number: with_start_link(item, hosts) for number, item in items.all_of(session, visit.tenant).items()}

    def _shelf(
        self,
        session: Session,
        known: Known,
        history: tuple[Interaction, ...],
        course: Item | None,
        asked: tuple[ItemId | None, ...],
    ) -> Shelf:
        """Put what a page may need on a shelf: the history's Items, their Neighbours, and what those ask for first.

        ``asked`` are the Item that is asked for as an Anchor and those put into Rows by hand.
        """
        found = known.items(session, {one.item for one in history} | {one for one in asked if one is not None})
        model, lists = known.model, dict[ListKey, NeighbourList]()
        if model is not None:
            wanted = lists_to_read(history, found, course, self.limits, asked[0], model.blending, model.deed)
            lists = self.shelves.lists(session, known.tenant, model.id, wanted)
        near = {item for (kind, _), one in lists.items() if kind in SHOWN_FROM for item, _ in one.pairs()}
        found |= known.items(session, near - found.keys())
        first = {iri for item in found.values() for iri in item.prerequisites} - {item.iri for item in found.values()}
        if first:
            found |= known.items(session, set(known.numbers(session, first).values()) - found.keys())
        return Shelf(model, lists, found)


def _history(session: Session, visit: Visit, known: Known) -> tuple[Interaction, ...]:
    """Return what the person of the Visit did, and nobody else: who teaches may be learning, too."""
    if visit.audience not in {Audience.LEARNER, Audience.INSTRUCTOR} or visit.learner is None:
        return ()
    return interactions.of_learner(session, visit.tenant, visit.learner, known.meanings, known.rules)


def _new_to(session: Session, visit: Visit, glance: Glance, now: datetime) -> dict[ItemId, datetime]:
    """Return what is new to the person of a Visit; asks when they were here last only where something is new at all."""
    if visit.audience is not Audience.LEARNER or visit.learner is None or not glance.came:
        return {}
    before = newly.previous_visit(session, visit.tenant, visit.learner, min(visit.launched_at, now))
    return glance.since(before, now) if before else {}


def _course(session: Session, visit: Visit, known: Known, platform: PlatformRecord | None) -> Item | None:
    if visit.course is None or platform is None:
        return None
    candidates = course_iris(platform.issuer, visit.course.id)
    found = known.numbers(session, candidates)
    numbers = [found[iri] for iri in candidates if iri in found]
    return known.items(session, set(numbers[:1])).get(numbers[0]) if numbers else None


def _pin_items(session: Session, known: Known, now: datetime) -> Mapping[str, ItemId]:
    """Return the Items of the pins that hold now, where they are known; asks nothing where nothing is pinned."""
    folded = {pin.iri: fold_item(pin.iri) for pin in known.book.pins if pin.season.covers(now)}
    found = known.numbers(session, set(folded.values()))
    return {iri: found[key] for iri, key in folded.items() if key in found}


def _alone(page: PageInput, wish: Wish, anchor: ItemId | None) -> Row | None:
    """Make the one Row that a link is for; None for the whole page, and where this person has no such Row."""
    if wish.kind is None or (wish.anchor and anchor is None):
        return None
    return compose_alone(page, wish.kind, anchor)


def _shows_own(visit: Visit) -> bool:
    """Whether the Rows are those of the person's own learning; for who teaches only once they asked for it."""
    return visit.audience is Audience.LEARNER or (visit.audience is Audience.INSTRUCTOR and visit.own_rows)


def _whose(
    visit: Visit, own: tuple[Interaction, ...] | None, sampled: ItemId | None, now: datetime
) -> tuple[tuple[Interaction, ...], Audience]:
    """Return the history that a page is made of, and for whom it is; ``own`` is None of who is not on record.

    ``sampled`` is the Item that the invented learner of a sample did.
    """
    if sampled is not None:
        return tuple(Interaction(sampled, did, now) for did in SAMPLED), Audience.LEARNER
    if own is None or not _shows_own(visit):
        return (), _nobody(visit.audience)
    return own, Audience.LEARNER


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
