"""Items that are completed together: damped, shrunken, time-decayed cosine, with chance cut away."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
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
from connector.recommend.chance import ChanceModel, discoveries, level, tail
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.order import Histories


class CosineNeighbours(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Item columns near each other by who completed both, each list cut at what chance would give.

    With w the weights after time decay, h_u = 1 / log2(1 + d_u) the say of a learner with d_u items (one who has
    completed everything tells little), s the learners with both items:

        score(i, j) = s / (s + shrinkage) * sum_u(h_u w_ui w_uj) / sqrt(sum_u(h_u w_ui**2) * sum_u(h_u w_uj**2))

    It lies in 0..1 and, margins kept, more support never lowers it. Only pairs above the floor of
    ``connector.recommend.chance`` become neighbours; ties go to the lower column. Nothing depends on ``block`` but the
    memory: each block of columns is computed by itself in O(block x n_items).

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
        Chance that pure noise gives any anchor three neighbours, in (0, 1).
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
        found = [near for start in range(0, task.items, self.block) for near in task.near(start, start + self.block)]
        self.base_ = task.base
        self._keep(found)
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


class _Pairs(NamedTuple):
    """Pairs of columns that may be more than chance, by anchor."""

    anchors: Integers
    columns: Integers
    scores: Floats
    support: Integers
    chances: Floats

    def part(self, first: int, last: int) -> "_Pairs":
        some = slice(first, last)
        return _Pairs(self.anchors[some], self.columns[some], self.scores[some], self.support[some], self.chances[some])


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

    def near(self, start: int, end: int) -> Iterator[NearColumns]:
        """Yield what is near each column of a block."""
        end = min(end, self.items)
        pairs = self._pairs(slice(start, end))
        testable = int(np.count_nonzero(self.base >= self.settings.min_support))
        q = level(self.settings.alpha, testable)
        bounds = np.searchsorted(pairs.anchors, np.arange(start, end + 1))
        for anchor, first, last in zip(range(start, end), bounds, bounds[1:], strict=False):
            mine = pairs.part(first, last)
            yield self._best(anchor, mine, discoveries(mine.chances, testable - 1, q))

    def _pairs(self, block: slice) -> _Pairs:
        """Return the block's pairs with enough support and more of it than is granted to chance."""
        support = (self.pattern_by_item[block] @ self.pattern).toarray()
        granted = self.chance.granted(block)
        support[np.arange(support.shape[0]), np.arange(block.start, block.stop)] = 0
        rows, columns = np.nonzero(support >= np.maximum(granted + 1.0, self.settings.min_support))
        both = support[rows, columns].astype(np.int64)
        trials = np.minimum(self.base[rows + block.start], self.base[columns])
        cosine = (self.unit_by_item[block] @ self.unit).toarray()[rows, columns]
        scores = np.minimum(cosine, 1.0) * both / (both + self.settings.shrinkage)
        return _Pairs(rows + block.start, columns, scores, both, tail(both, granted[rows, columns], trials))

    def _best(self, anchor: int, pairs: _Pairs, kept: Any) -> NearColumns:
        places = np.flatnonzero(kept)
        order = np.lexsort((pairs.columns[places], -pairs.scores[places]))
        best = places[order[: self.settings.n_neighbours]]
        columns = pairs.columns[best]
        return NearColumns(columns, pairs.scores[best], pairs.support[best], self._followed(anchor, columns))

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
