"""Ours behind the port: the same lists and the same `blend` as a page has, asked from a Log instead of a database."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from connector.domain import SITE, ItemId, NeighbourList, Signal
from connector.evaluate.log import SIGNALS, Catalogue, Log
from connector.evaluate.ranker import SILENT, Answer
from connector.recipes import blend
from connector.recipes.base import Limits, ListKey
from connector.recommend.base import Floats
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.popular import site_list
from connector.recommend.scale import scale_of
from connector.recommend.together import CosineNeighbours, lists

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FEWEST_PEOPLE = 5
"""What fewer people have is in no popularity list, as at training."""
BELOW = 2.0
"""What is popular stands below everything that has a reason: its score, 0..1, less this."""


class Anchor(NamedTuple):
    """An Item that a Learner turned to, when last, and by which Signal."""

    item: ItemId
    at: datetime
    signal: Signal


class Together:
    """The engine of co-completion alone: cosine Neighbours with their chance floor, blended, popular Items after them.

    Anchors are the Items that a Learner completed; in data without a single completion, all Items that they turned to.
    """

    name = "together"

    def __init__(self, limits: Limits = Limits()) -> None:  # noqa: B008 - frozen
        self._limits = limits
        self._learned: tuple[int, int] | None = None

    def fit(self, log: Log, catalogue: Catalogue, now: int) -> None:  # noqa: ARG002 - the port's
        """Learn the lists, unless nothing is new since the last time."""
        kept = strongest(log)
        if self._learned != (len(kept), catalogue.size):
            self._codes = set(np.unique(kept.signals).tolist())
            self._size, self._learned = catalogue.size, (len(kept), catalogue.size)
            self._learn(kept)

    def _learn(self, kept: Log) -> None:
        matrix = matrix_of(kept)
        self._lists: dict[ListKey, NeighbourList] = {}
        self._scale: dict[str, float] = {}
        self._popular, self._open = np.full(self._size, SILENT), csr_array((self._size, self._size))
        if matrix.interactions:
            fitted = CosineNeighbours().fit(matrix.weights, when=matrix.when)
            found = tuple(lists(fitted, matrix))
            self._lists, self._scale = {(one.kind, one.anchor): one for one in found}, scale_of(found)
            self._popular = _popular(matrix, self._size)
            self._open = without_floors(fitted, matrix, self._size)

    def answer(self, learner: int, history: Log, at: int) -> Answer:  # noqa: ARG002 - the port's
        """Blend the lists of the latest Anchors; what is popular stands after everything that they lift."""
        anchors, most = anchors_of(history, self._codes), self._limits.anchors_scored
        weights, next_in_line = self._weights(anchors[:most], at), self._weights(anchors[most : most + 1], at)
        pulls = blend.pulls(weights, self._lists, self._scale, self._limits.floor)
        instead = blend.blend(next_in_line, self._lists, self._scale, self._limits.floor)
        seen = set(history.items.tolist())
        unseen = {item: found for item, found in pulls.items() if item - 1 not in seen}
        return Answer(
            above(self._unfloored(weights), self._popular),
            above(dense({item: blend.score(found) for item, found in unseen.items()}, self._size), self._popular),
            reasons=has_row(unseen.values(), instead, self._limits.row_min),
            signals=frozenset(anchor.signal for anchor in anchors[:most]),
        )

    def _weights(self, anchors: Iterable[Anchor], at: int) -> dict[ItemId, float]:
        now, half_life = moment(at), self._limits.half_life
        return {anchor.item: blend.recency(anchor.at, now, half_life) for anchor in anchors}

    def _unfloored(self, weights: Mapping[ItemId, float]) -> Floats:
        rows = np.array([item - 1 for item in weights], dtype=np.int64)
        say = np.fromiter(weights.values(), np.float64, rows.size)
        return np.asarray(say @ self._open[rows], dtype=np.float64).ravel()


def anchors_of(history: Log, codes: Collection[int]) -> list[Anchor]:
    """Return the Anchors of a history, latest first, equal times by Item; ``codes`` are the Signals that make them."""
    rows = np.flatnonzero(np.isin(history.signals, list(codes)))[::-1]
    items, last = np.unique(history.items[rows], return_index=True)
    order = np.lexsort((items, -history.times[rows[last]]))
    return [_anchor(history, int(row)) for row in rows[last[order]]]


def _anchor(history: Log, row: int) -> Anchor:
    signal = SIGNALS[int(history.signals[row])]
    return Anchor(ItemId(int(history.items[row]) + 1), moment(int(history.times[row])), signal)


def strongest(log: Log) -> Log:
    """Return the completions, each Item's first; where there is no completion at all, everything."""
    done = np.isin(log.signals, [SIGNALS.index(Signal.COMPLETED), SIGNALS.index(Signal.PASSED)])
    return log.take(np.flatnonzero(done)) if done.any() else log


def matrix_of(log: Log) -> InteractionMatrix:
    """Return who has what since when; Item numbers are columns and one, as 0 is the site's own."""
    return InteractionMatrix.from_columns(log.learners, log.items + 1, log.times)


def without_floors(fitted: CosineNeighbours, matrix: InteractionMatrix, size: int) -> csr_array:
    """Return the best scores of each Item whether above the floors or not, Items x Items."""
    found = [fitted.ranked(column, fitted.n_neighbours) for column in range(matrix.items.size)]
    rows = np.repeat(matrix.items - 1, [near.columns.size for near in found])
    columns = matrix.items[np.concatenate([near.columns for near in found])] - 1
    return csr_array((np.concatenate([near.scores for near in found]), (rows, columns)), shape=(size, size))


def has_row(pulls: Iterable[list[blend.Pull]], instead: Mapping[ItemId, float], least: int) -> bool:
    """Tell whether one Anchor is the true reason for ``least`` Items: it gives more than the next in line would."""
    anchors = (
        {pull.near.anchor for pull in found if pull.value > instead.get(pull.neighbour.item, 0.0)} for found in pulls
    )
    lifted = Counter(chain.from_iterable(anchors))
    return max(lifted.values(), default=0) >= least


def moment(microseconds: int) -> datetime:
    """Return a time of a Log as a datetime."""
    return EPOCH + timedelta(microseconds=microseconds)


def _popular(matrix: InteractionMatrix, size: int) -> Floats:
    found = site_list(matrix, k=FEWEST_PEOPLE).neighbours
    scores = np.full(size, SILENT)
    for near in found:
        scores[near.item - SITE - 1] = near.score - BELOW
    return scores


def dense(scores: Mapping[ItemId, float], size: int) -> Floats:
    """Return scores by column, 0 where there is none."""
    found = np.zeros(size)
    for item, score in scores.items():
        found[item - 1] = score
    return found


def above(scores: Floats, rest: Floats) -> Floats:
    """Return the scores over 0, and below them the ``rest``, whose own are under 0."""
    return np.where(scores > 0, scores, rest)
