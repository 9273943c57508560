"""What may be shown at all, whatever the Recipe: the invariants on done, blocked and hidden Items live here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from connector.domain import Item, ItemId, ItemStatus
from connector.recipes.base import WhyNot


@dataclass(frozen=True, slots=True)
class Showable:
    """The Items that may stand on this page: ``item in showable``.

    ``closed`` holds the Families that are done, ``course`` the Family of the Course that the Launch came from.
    """

    items: Mapping[ItemId, Item]
    done: frozenset[ItemId]
    closed: frozenset[int]
    course: int | None

    def __contains__(self, item: ItemId) -> bool:
        return self.refusal(item) is None

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
        return WhyNot.CURRENT_COURSE if known.family == self.course else None


def showable(items: Mapping[ItemId, Item], done: frozenset[ItemId], course: Item | None) -> Showable:
    """Close the Families of all that is done, and that of the Course the learner is in."""
    closed = frozenset(items[item].family for item in done if item in items)
    return Showable(items, done, closed, course.family if course else None)


def first_of_each_family(ranked: Iterable[ItemId], items: Mapping[ItemId, Item]) -> tuple[ItemId, ...]:
    """Keep the best of each Family, in the same order; every Item has to be in ``items``."""
    best: dict[int, ItemId] = {}
    for item in ranked:
        best.setdefault(items[item].family, item)
    return tuple(best.values())


def everything_is_done(items: Mapping[ItemId, Item], done: frozenset[ItemId]) -> bool:
    """Tell whether something was done and nothing that could be shown is left."""
    anywhere = showable(items, done, course=None)
    return bool(done) and not any(item in anywhere for item in items)
