"""What fits a learner first and what is popular below it: for Rows that hold more than the Neighbours of Anchors."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from connector.domain import SITE, Card, ItemId, Neighbour, NeighbourKind, NeighbourList, Reason, TracePart
from connector.recipes import reasons
from connector.recipes.blend import ranked
from connector.recipes.desk import Desk
from connector.recipes.top_picks import strongest_reason


@dataclass(frozen=True, slots=True)
class Fitting:
    """The scores of some Items: the desk's, and below all of these how popular the others are.

    ``fits`` are the Candidates with a true reason; ``liked`` holds the Neighbour of each popular Item. ``step`` is what
    the most popular one scores where the desk says nothing of it: half of the lowest of the desk's scores, 1 without
    any. ``most`` is the largest number of people who did one of them.
    """

    desk: Desk
    fits: frozenset[ItemId]
    liked: Mapping[ItemId, tuple[NeighbourList, Neighbour]]
    step: float
    most: int = field(init=False)

    def __post_init__(self) -> None:
        """Count once what is asked for each Card."""
        object.__setattr__(self, "most", max((one.support for _, one in self.liked.values()), default=0) or 1)

    def card(self, item: ItemId, reason: Reason | None = None) -> Card:
        """Make a Card with ``reason``, else with what can be said: who completed it, after what or at all."""
        said = reason or self._reason(item)
        return Card(item, self.score(item), said, self.parts(item), self.desk.progress.get(item))

    def score(self, item: ItemId) -> float:
        """Return the sum of the parts; 0 for what neither fits nor is popular."""
        return self.desk.scores[item] if item in self.fits else sum(part.value for part in self.parts(item))

    def parts(self, item: ItemId) -> tuple[TracePart, ...]:
        """Return the summands of a score."""
        if item in self.fits:
            return self.desk.parts(item)
        if item not in self.liked:
            return ()
        near, neighbour = self.liked[item]
        value = self.step * neighbour.support / self.most
        return (TracePart(NeighbourKind.POPULAR.value, reasons.place_of(near), value),) if value else ()

    def ranked(self, items: Iterable[ItemId]) -> tuple[ItemId, ...]:
        """Order by score, best first; equal scores by item number."""
        return tuple(ranked({item: self.score(item) for item in items}))

    def _reason(self, item: ItemId) -> Reason:
        if item in self.fits:
            return strongest_reason(self.desk, item)
        near, neighbour = self.liked[item]
        return reasons.popular(near, neighbour, self.desk.page.limits.k, self.desk.deed)


def fitting(desk: Desk, is_wanted: Callable[[ItemId], bool]) -> Fitting:
    """Read what a desk knows of wanted Items: those with a true reason, and the most popular ones of the place."""
    fits = frozenset(item for item in desk.told if is_wanted(item))
    lowest = min((desk.scores[item] for item in fits), default=2.0)
    return Fitting(desk, fits, {item: found for item, found in _popular(desk).items() if is_wanted(item)}, lowest / 2)


def _popular(desk: Desk) -> dict[ItemId, tuple[NeighbourList, Neighbour]]:
    """Return the popular Items of the Course that may be shown and are news, then those of the whole site."""
    course = desk.page.course
    found: dict[ItemId, tuple[NeighbourList, Neighbour]] = {}
    for place in (SITE,) if course is None else (course.id, SITE):
        near = desk.lists.get((NeighbourKind.POPULAR, place))
        for one in near.neighbours if near else ():
            if one.item in desk.showable and desk.is_news(one.item) and near is not None:
                found.setdefault(one.item, (near, one))
    return found
