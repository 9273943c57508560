"""The engine of all kinds of Neighbours behind the port: `connector.recommend.engine` learns, `blend.mixed` serves."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from connector.domain import SIGNALS_OF, ItemId, ItemText, NeighbourKind, NeighbourList
from connector.evaluate.engines import above, anchors_of, dense, has_row, moment
from connector.evaluate.log import SIGNALS, Catalogue, Log
from connector.evaluate.ranker import SILENT, Answer
from connector.recipes import blend
from connector.recipes.base import Limits, ListKey
from connector.recommend.base import MICROSECONDS_PER_DAY, Floats, Integers
from connector.recommend.engine import EngineSettings, Learned, learn
from connector.recommend.kinds import Design
from connector.recommend.like import Content
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.search import PRIOR, Choice
from connector.recommend.signals import STRENGTHS, Weighed, weighed
from connector.recommend.together import CosineNeighbours

CHOOSE_AGAIN = 90 * MICROSECONDS_PER_DAY
"""After so long the weights are chosen anew, and texts are read anew; in between, each fit keeps them."""


NOTHING = Learned((), {}, Choice(PRIOR, Design(), "There is nothing to learn from."))


class Onward:
    """Everything that training learns, blended over the live history; what is of late for who has none.

    With the floors on, an Item is lifted only by Anchors whose pair with it is more than chance
    (`connector.recommend.chance`); what nobody lifts stands below, by what is of late.
    """

    name = "onward"

    def __init__(self, limits: Limits = Limits()) -> None:  # noqa: B008 - frozen
        self._limits = limits
        self._choice: Choice | None = None
        self._chosen_at = 0
        self._like: tuple[NeighbourList, ...] = ()
        self._like_scale: dict[str, float] = {}

    def fit(self, log: Log, catalogue: Catalogue, now: int) -> None:
        """Learn the lists; choose the weights where it is time to."""
        found = weighed(log.learners, log.items, log.signals, log.times, log.values)
        self._codes, self._size = {SIGNALS.index(one) for one in SIGNALS_OF[found.deed]}, catalogue.size
        self._weaker = {SIGNALS.index(one) for one in STRENGTHS} - self._codes
        matrix, aside = _matrix(found, found.did, found.since), _matrix(found, ~found.did, found.times)
        learned = self._learned(matrix, aside, catalogue, now)
        every = (*learned.lists, *self._like)
        self._lists: dict[ListKey, NeighbourList] = {(one.kind, one.anchor): one for one in every}
        self._scale, self._blending = {**self._like_scale, **learned.scale}, learned.blending
        self._floored, self._rest = _floored(matrix), _rest(self._lists, catalogue.size)

    def _learned(self, matrix: InteractionMatrix, aside: InteractionMatrix, catalogue: Catalogue, now: int) -> Learned:
        """Learn; texts do not change, so their lists are kept as long as the choice is."""
        if not matrix.interactions:
            return NOTHING
        if self._choice is None or now - self._chosen_at >= CHOOSE_AGAIN:
            learned = learn(matrix, contents(catalogue), aside=aside)
            self._choice, self._chosen_at = learned.choice, now
            self._like = tuple(one for one in learned.lists if one.kind is NeighbourKind.LIKE)
            self._like_scale = {kind: one for kind, one in learned.scale.items() if kind == NeighbourKind.LIKE}
            return learned
        return learn(matrix, wordless(catalogue), EngineSettings(choice=self._choice), aside)

    def answer(self, learner: int, history: Log, at: int) -> Answer:  # noqa: ARG002 - the port's
        """Blend all lists over the latest Anchors."""
        every = anchors_of(history, self._codes)
        anchors = every[: self._blending.anchors or self._limits.anchors_scored]
        trails = [blend.Trail(anchor.item, anchor.at) for anchor in anchors]
        beside = self._beside(history, {anchor.item for anchor in every})
        seen = set(history.items.tolist())
        pulls = {item: found for item, found in self._pulls(trails, beside, moment(at)).items() if item - 1 not in seen}
        proven = {item: kept for item, found in pulls.items() if (kept := self._proven(item, found))}
        shown = {item: pulls[item] for item in proven}
        return Answer(
            self._scores(pulls),
            self._scores(shown),
            reasons=has_row(proven.values(), {}, self._limits.row_min),
            signals=frozenset(anchor.signal for anchor in anchors),
        )

    def _beside(self, history: Log, anchors: Collection[ItemId]) -> list[blend.Trail]:
        """Return what a Learner did by weaker signals alone, latest first."""
        others = (one for one in anchors_of(history, self._weaker) if one.item not in anchors)
        return [blend.Trail(one.item, one.at) for one in islice(others, self._limits.anchors_scored)]

    def _pulls(
        self, trails: Iterable[blend.Trail], beside: Iterable[blend.Trail], now: datetime
    ) -> dict[ItemId, list[blend.Pull]]:
        known = now, self._lists, self._scale, self._blending
        return blend.gathered((*blend.voices(trails, *known), *blend.beside(beside, *known)))

    def _proven(self, item: ItemId, found: Iterable[blend.Pull]) -> list[blend.Pull]:
        """Return the summands of an Item whose Anchor may name it."""
        return [pull for pull in found if item in self._floored.get(pull.near.anchor, ())]

    def _scores(self, pulls: Mapping[ItemId, list[blend.Pull]]) -> Floats:
        return above(dense({item: blend.score(found) for item, found in pulls.items()}, self._size), self._rest)


def _matrix(found: Weighed, chosen: NDArray[np.bool_], times: Integers) -> InteractionMatrix:
    """Return some of who did what; Items are one higher than the log's: 0 is the site."""
    learners, items, when = (one[chosen] for one in (found.learners, found.items, times))
    return InteractionMatrix.from_columns(learners, items + 1, when, found.weights[chosen])


def contents(catalogue: Catalogue) -> list[Content]:
    """Return what is written about each Item."""
    columns = zip(catalogue.titles, catalogue.summaries, catalogue.languages, catalogue.topics, strict=True)
    return [
        Content(ItemId(place + 1), (ItemText(language or "und", title, summary),), (topics,) if topics else ())
        for place, (title, summary, language, topics) in enumerate(columns)
    ]


def wordless(catalogue: Catalogue) -> list[Content]:
    """Return the Items of a catalogue with nothing written about them."""
    return [Content(ItemId(place + 1), ()) for place in range(catalogue.size)]


def _floored(matrix: InteractionMatrix) -> dict[ItemId, set[ItemId]]:
    """Return, by Anchor, the Items that are more than chance."""
    if not matrix.interactions:
        return {}
    fitted = CosineNeighbours().fit(matrix.weights, when=matrix.when)
    near = np.split(matrix.items[fitted.columns_], fitted.starts_[1:-1])
    return {ItemId(anchor): set(found.tolist()) for anchor, found in zip(matrix.items.tolist(), near, strict=True)}


def _rest(known: Mapping[ListKey, NeighbourList], size: int) -> Floats:
    """Return scores under 0 by what is of late: those of Items that no Anchor lifts."""
    found, scores = blend.newcomers(known), np.full(size, SILENT)
    for rank, near in enumerate(found.neighbours if found else ()):
        scores[near.item - 1] = -1.0 - rank
    return scores
