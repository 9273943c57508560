"""Items that are completed together: damped, shrunken, time-decayed cosine, with chance cut away."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from connector.domain import ItemId, Neighbour, NeighbourKind, NeighbourList
from connector.recommend.base import (
    Floats,
    Integers,
    NearColumns,
    checked_column,
    checked_positive,
    checked_times,
    checked_weights,
    decay,
)
from connector.recommend.chance import MARGIN, ChanceModel, discoveries, level, tail
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.order import Histories
from connector.recommend.structure import (
    ANCHOR_LEVEL,
    OPEN_LEVEL,
    anchor_chances,
    balance,
    least_support,
    weights_of_tests,
)


class CosineNeighbours(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Item columns near each other by who completed both, each list cut at what chance would give.

    With w the weights after time decay, h_u = 1 / log2(1 + d_u) the say of a learner with d_u items (one who has
    completed everything tells little), s the learners with both items:

        score(i, j) = s / (s + shrinkage) * sum_u(h_u w_ui w_uj) / sqrt(sum_u(h_u w_ui**2) * sum_u(h_u w_uj**2))

    It lies in 0..1 and, margins kept, more support never lowers it. Only pairs above the floor of
    ``connector.recommend.chance`` become neighbours, and in anchors whose whole row shows structure those that
    ``connector.recommend.structure`` lets through; ties go to the lower column. Nothing depends on ``block`` but the
    memory: each block of columns is computed by itself in O(block x n_items); only which anchors have structure is
    decided after all blocks.

    Parameters
    ----------
    n_neighbours : int, default=50
        At most so many neighbours an anchor.
    shrinkage : float, default=20
        Support at which half of the cosine is believed.
    half_life : float or None, default=365
        Days after which an interaction counts half, relative to the newest; None, or no times, counts all alike.
    min_support : int, default=3
        Fewer learners with both never make a neighbour.
    alpha : float, default=0.05
        Chance that pure noise gives any anchor three neighbours by the pairs' own proof, in (0, 1).
    block : int, default=256
        Item columns computed at once.

    Attributes
    ----------
    n_features_in_ : int
        Item columns seen in fit.
    base_ : ndarray of int64, shape (n_items,)
        Learners with the item.
    starts_ : ndarray of int64, shape (n_items + 1,)
        Column c's neighbours stand at ``starts_[c]:starts_[c + 1]`` in the next four.
    columns_, scores_, support_, followed_ : ndarray
        As in ``NearColumns``.
    """

    def __init__(
        self,
        n_neighbours: int = 50,
        *,
        shrinkage: float = 20.0,
        half_life: float | None = 365.0,
        min_support: int = 3,
        alpha: float = 0.05,
        block: int = 256,
    ) -> None:
        self.n_neighbours = n_neighbours
        self.shrinkage = shrinkage
        self.half_life = half_life
        self.min_support = min_support
        self.alpha = alpha
        self.block = block

    def fit(self, X: Any, y: None = None, when: csr_array | None = None) -> Self:  # noqa: ARG002, N803 - scikit-learn's
        """Learn the neighbours of each column.

        Parameters
        ----------
        X : array-like or sparse, shape (n_learners, n_items)
            Non-negative weights; 0 where a learner has not completed the item.
        y : None
            Ignored.
        when : csr_array of int64, shape (n_learners, n_items), optional
            Microseconds, stored exactly where ``X`` is positive. Without it nothing decays and nothing is followed.

        Raises
        ------
        ValueError
            Where a parameter, ``X`` or ``when`` is outside of what is said above.
        """
        self._check_parameters()
        seen = validate_data(self, X, accept_sparse="csr", dtype=np.float64, ensure_non_negative=True)
        weights = checked_weights(seen)
        times = None if when is None else checked_times(when, weights)
        task = _Task.of(self, weights, times)
        found = [one for start in range(0, task.items, self.block) for one in task.found(start, start + self.block)]
        self.base_ = task.base
        self._keep(list(task.chosen(found)))
        return self

    def neighbours(self, column: int, n: int) -> NearColumns:
        """Return at most ``n`` columns near ``column``, best first; IndexError where there is no such column."""
        check_is_fitted(self)
        start, end = self.starts_[checked_column(column, self.base_.size) :][:2]
        kept = slice(start, min(end, start + n))
        return NearColumns(self.columns_[kept], self.scores_[kept], self.support_[kept], self.followed_[kept])

    def _check_parameters(self) -> None:
        checked_positive(n_neighbours=self.n_neighbours, block=self.block, half_life=self.half_life, alpha=self.alpha)
        checked_positive(min_support=self.min_support)
        if self.alpha >= 1 or self.shrinkage < 0:
            raise ValueError("alpha must be below 1 and shrinkage must not be negative.")

    def _keep(self, found: list[NearColumns]) -> None:
        self.starts_ = np.cumsum([0, *(near.columns.size for near in found)])
        self.columns_ = np.concatenate([near.columns for near in found])
        self.scores_ = np.concatenate([near.scores for near in found])
        self.support_ = np.concatenate([near.support for near in found])
        self.followed_ = np.concatenate([near.followed for near in found])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = True
        return tags


def lists(fitted: CosineNeighbours, matrix: InteractionMatrix) -> Iterator[NeighbourList]:
    """Yield the NeighbourList of each Anchor that has Neighbours, in rising order of item number."""
    items = matrix.items.tolist()
    for column in np.flatnonzero(np.diff(fitted.starts_)).tolist():
        near = fitted.neighbours(column, fitted.n_neighbours)
        neighbours = tuple(
            Neighbour(ItemId(items[other]), score, support, followed) for other, score, support, followed in _rows(near)
        )
        yield NeighbourList(NeighbourKind.TOGETHER, ItemId(items[column]), int(fitted.base_[column]), neighbours)


def _rows(near: NearColumns) -> Iterator[tuple[int, float, int, int]]:
    return zip(near.columns.tolist(), near.scores.tolist(), near.support.tolist(), near.followed.tolist(), strict=True)


class _Found(NamedTuple):
    """What is near one anchor by proof pair by pair, what if the anchor is selected, and the chance of its row."""

    proven: NearColumns
    opened: NearColumns
    chance: float


class _Counts(NamedTuple):
    """One block of anchors against all columns, 0 at the anchor itself; five dense arrays of one shape."""

    start: int
    support: Integers
    cosine: Floats
    granted: Floats
    expected: Floats
    variance: Floats


class _Pairs(NamedTuple):
    """Pairs of columns that may be more than chance, by anchor."""

    anchors: Integers
    columns: Integers
    chances: Floats

    def passing(self, anchors: range, tests: int, q: float) -> Iterator[Integers]:
        """Yield the columns that pass for each anchor."""
        bounds = np.searchsorted(self.anchors, np.arange(anchors.start, anchors.stop + 1))
        for first, last in pairwise(bounds):
            yield self.columns[first:last][discoveries(self.chances[first:last], tests, q)]


@dataclass(frozen=True, slots=True)
class _Task:
    """What one fit needs of the data, computed once and shared by the blocks.

    ``pattern`` and ``unit`` are learners x items, of ones and of columns of length 1; ``..._by_item`` are transposed.
    """

    settings: CosineNeighbours
    pattern: csr_array
    pattern_by_item: csr_array
    unit: csr_array
    unit_by_item: csr_array
    histories: Histories | None
    chance: ChanceModel
    base: Integers

    @classmethod
    def of(cls, settings: CosineNeighbours, weights: csr_array, times: csr_array | None) -> Self:
        pattern = _like(weights, np.ones(weights.nnz, dtype=np.int32))
        by_item = pattern.T.tocsr()
        unit = _unit_columns(weights, 1.0 if times is None else decay(times.data, settings.half_life))
        histories = None if times is None else Histories.of(times)
        base = np.diff(by_item.indptr).astype(np.int64)
        return cls(settings, pattern, by_item, unit, unit.T.tocsr(), histories, ChanceModel.of(pattern), base)

    @property
    def items(self) -> int:
        return self.base.size

    @property
    def testable(self) -> NDArray[np.bool_]:
        return np.asarray(self.base >= self.settings.min_support, dtype=np.bool_)

    def chosen(self, found: list[_Found]) -> Iterator[NearColumns]:
        """Yield what is near each column, now that all anchors' chances are known."""
        testable, chances = self.testable, np.array([one.chance for one in found])
        selected = np.zeros(testable.size, dtype=np.bool_)
        selected[testable] = discoveries(chances[testable], int(testable.sum()), ANCHOR_LEVEL)
        for one, has_structure in zip(found, selected, strict=True):
            yield one.opened if has_structure else one.proven

    def found(self, start: int, end: int) -> Iterator[_Found]:
        """Yield what may be near each column of a block."""
        anchors, tests = range(start, min(end, self.items)), int(self.testable.sum())
        counts = self._counts(slice(anchors.start, anchors.stop))
        proven = self._proven(counts).passing(anchors, tests - 1, level(self.settings.alpha, tests))
        opened = self._opened(counts).passing(anchors, tests - 1, OPEN_LEVEL)
        chances = anchor_chances(counts.support, counts.expected, counts.variance)
        for anchor, strict, more, chance in zip(anchors, proven, opened, chances.tolist(), strict=True):
            near = self._best(anchor, counts, strict)
            every = np.union1d(strict, more)
            yield _Found(near, near if every.size == strict.size else self._best(anchor, counts, every), chance)

    def _counts(self, block: slice) -> _Counts:
        support = (self.pattern_by_item[block] @ self.pattern).toarray().astype(np.int64)
        by_chance, variance = self.chance.expected(block), self.chance.variance(block)
        for each in (support, by_chance, variance):
            each[np.arange(support.shape[0]), np.arange(block.start, block.stop)] = 0
        factor = balance(support, by_chance)
        cosine = (self.unit_by_item[block] @ self.unit).toarray()
        return _Counts(block.start, support, cosine, MARGIN * by_chance, factor * by_chance, factor * variance)

    def _proven(self, counts: _Counts) -> _Pairs:
        """Return pairs with more support than is granted to chance."""
        return self._pairs(counts, counts.granted, counts.granted + 1.0)

    def _opened(self, counts: _Counts) -> _Pairs:
        """Return pairs with more support than their row's balance expects, chances divided by the tests' weights."""
        pairs = self._pairs(counts, counts.expected, least_support(counts.expected))
        weights = weights_of_tests(counts.expected, self.testable)[pairs.anchors - counts.start, pairs.columns]
        never = np.full(weights.size, 2.0)
        return pairs._replace(chances=np.divide(pairs.chances, weights, out=never, where=weights > 0))

    def _pairs(self, counts: _Counts, mean: Floats, least: Floats) -> _Pairs:
        rows, columns = np.nonzero(counts.support >= np.maximum(least, self.settings.min_support))
        both, anchors = counts.support[rows, columns], rows + counts.start
        trials = np.minimum(self.base[anchors], self.base[columns])
        return _Pairs(anchors, columns, tail(both, mean[rows, columns], trials))

    def _best(self, anchor: int, counts: _Counts, columns: Integers) -> NearColumns:
        row = anchor - counts.start
        both = counts.support[row, columns]
        scores = np.minimum(counts.cosine[row, columns], 1.0) * both / (both + self.settings.shrinkage)
        best = np.lexsort((columns, -scores))[: self.settings.n_neighbours]
        return NearColumns(columns[best], scores[best], both[best], self._followed(anchor, columns[best]))

    def _followed(self, anchor: int, columns: Integers) -> Integers:
        if self.histories is None or columns.size == 0:
            return np.zeros(columns.size, dtype=np.int64)
        return self.histories.followers(anchor)[columns]


def _like(matrix: csr_array, values: Any) -> csr_array:
    return csr_array((values, matrix.indices, matrix.indptr), shape=matrix.shape)


def _unit_columns(weights: csr_array, decays: Floats | float) -> csr_array:
    """Return the weights, decayed and damped by activity, each column of length 1."""
    activity = np.diff(weights.indptr)
    say = np.repeat(np.sqrt(1.0 / np.log2(1.0 + np.maximum(activity, 1))), activity)
    values = weights.data * decays * say
    lengths = np.sqrt(np.bincount(weights.indices, values**2, minlength=weights.shape[1]))
    return _like(weights, values / lengths[weights.indices])
