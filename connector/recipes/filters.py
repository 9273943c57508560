"""What may be shown at all, whatever the Recipe: the invariants on done, blocked and unavailable Items live here."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from connector.domain import Deed, Item, ItemId, ItemStatus
from connector.recipes.base import Bar, PageInput, WhyNot, is_personal
from connector.recipes.history import Lapsed, Past, read
from connector.recipes.judging import barred
from connector.recipes.recipe import NO_PREFERENCE, Preference
from connector.recipes.rules import NOWHERE, Around, viewer_facts


@dataclass(frozen=True, slots=True)
class Showable:
    """The Items that may stand on this page: ``item in showable``.

    ``closed`` holds the Families that are done, ``fulfilled`` the IRIs of their Items, ``course`` the Family of the
    Course that the Launch came from, ``inside`` the Items that the learner is in already. ``preference``
    is what the recipes say of every Row, asked with ``around``.
    """

    items: Mapping[ItemId, Item]
    done: frozenset[ItemId]
    closed: frozenset[int]
    course: int | None
    now: datetime
    viewer: frozenset[str] = frozenset()
    inside: frozenset[ItemId] = frozenset()
    fulfilled: frozenset[str] = frozenset()
    preference: Preference = NO_PREFERENCE
    around: Around = NOWHERE
    _answers: dict[ItemId, bool] = field(default_factory=dict, repr=False, compare=False)

    def __contains__(self, item: ItemId) -> bool:
        answer = self._answers.get(item)  # several Rows ask for the same Items
        if answer is None:
            answer = self._answers[item] = self._is_plain(item) or self.refusal(item) is None
        return answer

    def those_of(self, asked: Iterable[ItemId], known: Collection[int] = ()) -> set[ItemId]:
        """Return those of the Items ``asked`` that may be shown, and are of none of the Families ``known``."""
        items, shut = self.items, self.closed.union(known)
        there = [item for item in asked if item in items and items[item].family not in shut]
        return {item for item in there if item in self}

    def refusal(self, item: ItemId) -> WhyNot | None:
        """Name the first thing that forbids ``item``; None if nothing does."""
        known = self.items.get(item)
        if item in self.done or (known is not None and known.family in self.closed):
            return WhyNot.DONE
        if known is None:
            return WhyNot.UNKNOWN
        if known.status is not ItemStatus.SHOWN:
            return WhyNot(known.status.value)
        if not known.url:
            return WhyNot.NO_URL
        shut = self._unavailable(known) or (WhyNot.CURRENT_COURSE if known.family == self.course else None)
        bar = None if shut else self.bar(known)
        return bar.why if bar else shut

    def _is_plain(self, item: ItemId) -> bool:
        """Tell whether an Item says nothing that could forbid it, as most do: all that `refusal` asks, at once."""
        one = self.items.get(item)
        if one is None or self.preference.exclude or self.preference.include or one.status is not ItemStatus.SHOWN:
            return False
        if one.starts_at or one.ends_at or one.audience or one.prerequisites or item in self.done:
            return False
        is_open = bool(one.url) and one.visible and one.enrolable
        return is_open and one.family not in self.closed and one.family != self.course

    def bar(self, item: Item) -> Bar | None:
        """Name the rule of the recipes that keeps ``item`` off every Row."""
        return barred(self.preference, item, self.around)

    def _unavailable(self, item: Item) -> WhyNot | None:
        """Name what keeps this learner out now: a door that the LMS has shut, or not opened for them."""
        if not item.visible:
            return WhyNot.NOT_VISIBLE
        if item.starts_at is not None and self.now < item.starts_at:
            return WhyNot.NOT_STARTED
        if item.ends_at is not None and self.now >= item.ends_at:
            return WhyNot.ENDED
        if item.audience and self.viewer.isdisjoint(item.audience):
            return WhyNot.NOT_FOR_THEM
        if not item.enrolable and item.id not in self.inside:
            return WhyNot.NOT_ENROLABLE
        return None if self.fulfilled.issuperset(item.prerequisites) else WhyNot.PREREQUISITES


def read_past(page: PageInput) -> Past:
    """Read the history of a page, with the completions that have to be renewed by now as expired."""
    return read(page.history, lapsed_by(page.now, page.shelf.items), deed_of(page))


def deed_of(page: PageInput) -> Deed:
    """Return what Anchors and reasons go by."""
    return page.shelf.model.deed if page.shelf.model else Deed.COMPLETED


def lapsed_by(now: datetime, items: Mapping[ItemId, Item]) -> Lapsed:
    """Return what tells whether a completion is as old as its Item's ``renewal_days``, or older."""
    terms = {number: timedelta(days=item.renewal_days) for number, item in items.items() if item.renewal_days}
    return lambda item, at: item in terms and now - at >= terms[item]


def showable(page: PageInput, past: Past) -> Showable:
    """Close the Families of all that is done, and that of the Course the learner is in."""
    items = page.shelf.items
    closed = families_of(past.done, items)
    return Showable(
        items=items,
        done=past.done,
        closed=closed,
        course=page.course.family if page.course else None,
        now=page.now,
        viewer=page.viewer,
        inside=past.inside if is_personal(page) else frozenset(),
        fulfilled=frozenset(item.iri for item in items.values() if item.family in closed),
        preference=page.book.preference,
        around=Around(viewer_facts(page.viewer)),
    )


def first_of_each_family(ranked: Iterable[ItemId], items: Mapping[ItemId, Item]) -> tuple[ItemId, ...]:
    """Keep the best of each Family, in the same order; every Item has to be in ``items``."""
    best: dict[int, ItemId] = {}
    for item in ranked:
        best.setdefault(items[item].family, item)
    return tuple(best.values())


def families_of(wanted: Iterable[ItemId], items: Mapping[ItemId, Item]) -> frozenset[int]:
    """Return the Families of the Items that are known."""
    return frozenset(items[item].family for item in wanted if item in items)


def undone(page: PageInput, past: Past) -> int:
    """Count the Items on the shelf that the learner could do now, that of the Course they are in too."""
    anywhere = showable(replace(page, course=None), past)
    return sum(1 for item in page.shelf.items if item in anywhere)
