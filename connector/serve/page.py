"""Serve: the live history and the current Model in, a Slate out, in one read-only transaction."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

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
    Signal,
    SlateState,
    Visit,
)
from connector.errors import VisitRefused
from connector.recipes.anchors import lists_to_read
from connector.recipes.base import Limits, ListKey, PageInput, Shelf, WhyNot
from connector.recipes.compose import compose, compose_alone, compose_row
from connector.recipes.filters import read_past, undone
from connector.recipes.recipe import RecipeBook
from connector.recipes.trace import rule_against, why_not
from connector.serve.books import Books
from connector.serve.links import course_iris, platform_hosts, with_start_link
from connector.serve.placement import Wish, anchor_iris, read_wish
from connector.serve.served import ServedPage, Table, freshness_of, notes_of
from connector.serve.shelves import Shelves
from connector.statements.iris import fold_item
from connector.store import interactions, items, learners, models, platforms
from connector.store.platforms import PlatformRecord

DEFAULT_LIMITS = Limits()
TEACHES = frozenset({Audience.INSTRUCTOR, Audience.TEST_USER})
"""For whom a page is a sample: nothing of any learner is in it."""
SHOWN_FROM = (NeighbourKind.TOGETHER, NeighbourKind.UNTRIED, NeighbourKind.POPULAR)
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
        What this process remembers of Items.
    books : Books
        What this process remembers of recipes.
    """

    readers: sessionmaker[Session]
    clock: Clock
    hosts: frozenset[str]
    late_after: timedelta
    shelves: Shelves
    limits: Limits = DEFAULT_LIMITS
    books: Books = field(default_factory=Books)

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
        with self.readers.begin() as session:
            table = self._lay(session, visit, also=item)
        return why_not(item, table.input, compose(table.input))

    def rule_against(self, visit: Visit, item: ItemId) -> str:
        """Return what the rule of the recipes is called that keeps an Item off the page of a Visit now; "" for none."""
        with self.readers.begin() as session:
            table = self._lay(session, visit, also=item)
        return rule_against(item, table.input)

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
        also: ItemId | None = None,
        as_if_completed: bool = False,
    ) -> Table:
        """Read everything that one page is made from; ``also`` is an Item to look at besides.

        ``as_if_completed`` makes the page of an invented learner who completed ``pinned`` and nothing else.
        """
        known, now = platforms.all_of(session, visit.tenant), self.clock()
        platform = next((one for one in known if one.id == visit.platform), None)
        if platform is not None and not platform.active:
            raise VisitRefused("visit_expired")
        record = learners.record(session, visit.tenant, visit.learner) if visit.learner is not None else None
        own = self._history(session, visit) if record is not None else None
        history, audience = _whose(visit, own, pinned if as_if_completed else None, now)
        course, hosts = self._course(session, visit, platform), self.hosts | platform_hosts(known)
        book = self.books.current(session, visit.tenant)
        by_hand = self._pin_items(session, visit, book, hosts)
        page = PageInput(
            shelf=self._shelf(session, visit, history, course, (pinned, also, *by_hand.values()), hosts),
            history=history,
            audience=audience,
            personal_rows=record.personal_rows if record is not None and not as_if_completed else True,
            now=now,
            course=course,
            viewer=viewer_of(visit, audience, platform.name if platform else ""),
            pinned=pinned,
            limits=self.limits,
            book=book,
            pin_items=by_hand,
        )
        switch = record.personal_rows if record and visit.audience is Audience.LEARNER else None
        fresh = freshness_of(session, visit, now - self.late_after)
        return Table(page, visit, fresh, switch, platform, visit.audience is Audience.INSTRUCTOR and bool(own))

    def _undone(self, session: Session, visit: Visit, page: PageInput) -> int:
        """Count what is left of the whole catalogue; asked for once somebody has done all that is near."""
        hosts = self.hosts | platform_hosts(platforms.all_of(session, visit.tenant))
        known = {number: with_start_link(item, hosts) for number, item in items.all_of(session, visit.tenant).items()}
        whole = replace(page, shelf=replace(page.shelf, items=known))
        return undone(whole, read_past(whole))

    def _history(self, session: Session, visit: Visit) -> tuple[Interaction, ...]:
        """Return what the person of the Visit did, and nobody else: who teaches may be learning, too."""
        if visit.audience not in {Audience.LEARNER, Audience.INSTRUCTOR} or visit.learner is None:
            return ()
        return interactions.of_learner(session, visit.tenant, visit.learner)

    def _course(self, session: Session, visit: Visit, platform: PlatformRecord | None) -> Item | None:
        if visit.course is None or platform is None:
            return None
        candidates = course_iris(platform.issuer, visit.course.id)
        found = items.numbers(session, visit.tenant, candidates)
        numbers = [found[iri] for iri in candidates if iri in found]
        return items.of_numbers(session, visit.tenant, numbers[:1]).get(numbers[0]) if numbers else None

    def _pin_items(
        self, session: Session, visit: Visit, book: RecipeBook, hosts: frozenset[str]
    ) -> Mapping[str, ItemId]:
        """Return the Items of the pins that hold now, where they are known; asks nothing where nothing is pinned."""
        now = self.clock()
        folded = {pin.iri: fold_item(pin.iri) for pin in book.pins if pin.season.covers(now)}
        found = self.shelves.numbers(session, visit.tenant, set(folded.values()), hosts)
        return {iri: found[key] for iri, key in folded.items() if key in found}

    def _shelf(
        self,
        session: Session,
        visit: Visit,
        history: tuple[Interaction, ...],
        course: Item | None,
        asked: tuple[ItemId | None, ...],
        hosts: frozenset[str],
    ) -> Shelf:
        """Put what a page may need on a shelf: the history's Items, their Neighbours, and what those ask for first.

        ``asked`` are the Item that is asked for as an Anchor, another one that is looked at, and those put into Rows by
        hand; ``hosts`` those whose pages people can open.
        """
        standings = items.standings(session, visit.tenant, self.clock())
        fetch = partial(self.shelves.items, session, visit.tenant, hosts=hosts, standings=standings)
        known = fetch({interaction.item for interaction in history} | {one for one in asked if one is not None})
        model, lists = models.current(session, visit.tenant), {}
        if model is not None:
            wanted = lists_to_read(history, known, course, self.limits, asked[0], model.blending, model.deed)
            lists = models.neighbour_lists(session, visit.tenant, model.id, _by_kind(wanted))
        near = {item for (kind, _), one in lists.items() if kind in SHOWN_FROM for item, _ in one.pairs()}
        known |= fetch(near - known.keys())
        first = {iri for item in known.values() for iri in item.prerequisites} - {item.iri for item in known.values()}
        if first:
            numbers = self.shelves.numbers(session, visit.tenant, first, hosts)
            known |= fetch(set(numbers.values()) - known.keys())
        return Shelf(model, lists, known)


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


def _by_kind(wanted: Collection[ListKey]) -> dict[NeighbourKind, set[ItemId]]:
    kinds: dict[NeighbourKind, set[ItemId]] = {}
    for kind, anchor in wanted:
        kinds.setdefault(kind, set()).add(anchor)
    return kinds
