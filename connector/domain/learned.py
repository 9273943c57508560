"""What training learns: Neighbours, how they are blended, the Model."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from connector.domain.ids import ItemId, ModelId
from connector.domain.said import Deed


class NeighbourKind(StrEnum):
    """Which list a Neighbour is in.

    Only ``TOGETHER``, ``POPULAR`` and ``UNTRIED`` give Cards their reasons: what people completed together more often
    than chance, what many completed, and what too few did to say, but is described much like the Anchor. The others
    rank: ``NEAR`` (done by the same people, whether more than chance or not), ``NEXT``, ``LIKE``, ``LATENT``,
    ``TREND``. No list of a Model is ``BESIDE``: so a trace calls what hangs on an Item that the learner did by weaker
    signals than the Model's Deed.
    """

    TOGETHER = "together"
    POPULAR = "popular"
    NEAR = "near"
    NEXT = "next"
    LIKE = "like"
    LATENT = "latent"
    TREND = "trend"
    UNTRIED = "untried"
    RISING = "rising"
    SUCCEEDED = "succeeded"
    BESIDE = "beside"


class SuccessKind(StrEnum):
    """By what success is told: a completion, a pass, or a scaled score."""

    COMPLETED = "completed"
    PASSED = "passed"
    SCORE = "score"


@dataclass(frozen=True, slots=True)
class Success:
    """What a site calls success at an Item; ``score`` is the least that counts, in 0..1, with `SuccessKind.SCORE`."""

    kind: SuccessKind = SuccessKind.COMPLETED
    score: float = 0.0


SITE = ItemId(0)
"""The anchor of the whole site's popularity list; a course's cohort list hangs on the course's Item."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An Item near an Anchor.

    ``support`` counts learners with both, ``followed`` those who did this after the Anchor. In popularity lists
    ``support`` counts the learners who completed the Item and ``followed`` is 0.
    """

    item: ItemId
    score: float
    support: int
    followed: int


@dataclass(frozen=True, slots=True)
class NeighbourList:
    """The Neighbours of one Anchor, best first; ``base`` counts the learners who completed the Anchor."""

    kind: NeighbourKind
    anchor: ItemId
    base: int
    neighbours: tuple[Neighbour, ...]

    def pairs(self) -> Iterable[tuple[ItemId, float]]:
        """Give the Items and their scores, best first."""
        return [(near.item, near.score) for near in self.neighbours]

    def items(self) -> Sequence[ItemId]:
        """Give the Items, best first."""
        return [near.item for near in self.neighbours]

    def positive(self) -> tuple[Sequence[ItemId], Sequence[float]]:
        """Give the Items that score over 0, best first, and their scores; a score that is no number is not over 0."""
        over = [pair for pair in self.pairs() if pair[1] > 0]
        return [item for item, _ in over], [score for _, score in over]

    def score_of(self, item: ItemId) -> float:
        """Return the score of an Item, 0 where it is no Neighbour."""
        found = self.find(item)
        return found.score if found else 0.0

    def find(self, item: ItemId) -> Neighbour | None:
        """Return the Neighbour that is this Item, None where there is none."""
        return next((near for near in self.neighbours if near.item == item), None)


@dataclass(frozen=True, slots=True)
class Share:
    """How one kind of Neighbours counts in the blend: how much, and how long after the Anchor it counts half."""

    weight: float
    half_life: timedelta


@dataclass(frozen=True, slots=True)
class Blending:
    """What the score of a Candidate is blended from; a kind without a Share gives nothing.

    ``anchors`` of the latest Anchors give scores; None: as many as the page's limits say. What a learner did by weaker
    signals than the Model's Deed ranks beside them, ``beside`` times as strong: it lifts Cards, and is no Anchor.
    """

    shares: Mapping[NeighbourKind, Share]
    anchors: int | None = None
    beside: float = 0.0


@dataclass(frozen=True, slots=True)
class Model:
    """A published, versioned set of Neighbours; never changes once published.

    ``blending`` says how its lists rank, ``ranking`` in words why so; without a Blending, what people completed
    together ranks alone. ``deed`` is what its Anchors, its reasons and its popularity go by.
    """

    id: ModelId
    version: int
    trained_at: datetime
    data_as_of: datetime | None
    learners: int
    items: int
    interactions: int
    neighbours: int
    scale: Mapping[str, float]
    blending: Blending | None = None
    ranking: str = ""
    deed: Deed = Deed.COMPLETED
