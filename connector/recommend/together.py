"""Items that are completed together: damped, shrunken, time-decayed cosine, with chance cut away."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from connector.domain import ItemId, Neighbour, NeighbourKind, NeighbourList
from connector.recommend.base import (
    NearColumns,
    checked_column,
    checked_positive,
    checked_times,
    checked_weights,
)
from connector.recommend.chance import ChanceModel, discoveries, least_squares, level, log_factorials
from connector.recommend.kernel import OPENED, PROVEN, Desk, Found, Rule, find
from connector.recommend.layout import LONGEST, Layout
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.ragged import Lists
from connector.recommend.structure import ANCHOR_LEVEL, OPEN_LEVEL, anchor_chances, balance
from connector.recommend.sums import Histories


class CosineNeighbours(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Item columns near each other by who completed both, each list cut at what chance would give.

    With w the weights after time decay, h_u = 1 / log2(1 + d_u) the say of a learner with d_u items (one who has
    completed everything tells little), s the learners with both items:

        score(i, j) = s / (s + shrinkage) * sum_u(h_u w_ui w_uj) / (n_i**(2 a) n_j**(2 - 2 a))
        n_i = sqrt(sum_u(h_u w_ui**2)), a the asymmetry

    where a fraction above 1 counts as 1. At a = 1/2 it is a cosine; at a = 1 it asks how many of the anchor's learners
    have j, however popular j is; at a = 0 how many of j's have the anchor. It lies in 0..1 and, margins kept, more
    support never lowers it. Of a learner with more than ``cap`` items only the latest count, for everything here.

    Only pairs above the floor of
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
    asymmetry : float, default=0.5
        As above, in 0..1.
    cap : int, default=500
        Of a learner's items at most so many count: the latest; of equal times, or without, the higher columns.
        1..65,535. What is learned is exact for the matrix that this leaves.
    block : int, default=64
        Item columns computed at once, by each thread.
    threads : int or None, default=None
        Threads that compute blocks; None: as many as there are processors. They never change a byte.

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
    ranked_ : Lists
        The best columns of each anchor by score, whether they are above the floor or not, and which of them are.
    """

    def __init__(
        self,
        n_neighbours: int = 50,
        *,
        shrinkage: float = 20.0,
        half_life: float | None = 365.0,
        min_support: int = 3,
        alpha: float = 0.05,
        asymmetry: float = 0.5,
        cap: int = 500,
        block: int = 64,
        threads: int | None = None,
    ) -> None:
        self.n_neighbours = n_neighbours
        self.shrinkage = shrinkage
        self.half_life = half_life
        self.min_support = min_support
        self.alpha = alpha
        self.asymmetry = asymmetry
        self.cap = cap
        self.block = block
        self.threads = threads

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
        weights = csr_array(seen) if _is_clean(seen) else checked_weights(seen)
        times = None if when is None else _times(when, weights)
        with ThreadPoolExecutor(self.threads or os.cpu_count()) as pool, threadpool_limits(1, "blas"):
            task = _Task.of(self, Layout.of(weights, times, self.half_life, self.cap, pool))
            blocks = list(pool.map(task.found, range(0, task.rule.base.size, self.block)))
        self.base_ = task.rule.base
        self._keep(blocks, task.selected(blocks))
        return self

    def neighbours(self, column: int, n: int) -> NearColumns:
        """Return at most ``n`` columns near ``column`` that are more than chance, best first.

        Raises
        ------
        IndexError
            Where there is no such column.
        """
        check_is_fitted(self)
        start, end = self.starts_[checked_column(column, self.base_.size) :][:2]
        kept = slice(start, min(end, start + n))
        return NearColumns(self.columns_[kept], self.scores_[kept], self.support_[kept], self.followed_[kept])

    def ranked(self, column: int, n: int) -> NearColumns:
        """Return the ``n`` columns with the best scores for ``column``, of all that share a learner with it.

        ``proven`` says which of them are above the floor: claim nothing of the others. Raises as ``neighbours``.
        """
        check_is_fitted(self)
        return self.ranked_.near(checked_column(column, self.base_.size), n)

    def _check_parameters(self) -> None:
        checked_positive(n_neighbours=self.n_neighbours, block=self.block, half_life=self.half_life, alpha=self.alpha)
        checked_positive(min_support=self.min_support, cap=self.cap, threads=self.threads)
        if self.alpha >= 1 or self.shrinkage < 0:
            raise ValueError("alpha must be below 1 and shrinkage must not be negative.")
        if not 0 <= self.asymmetry <= 1 or self.cap > LONGEST:
            raise ValueError(f"asymmetry must be in 0..1 and cap at most {LONGEST}.")

    def _keep(self, blocks: list[Found], selected: NDArray[np.bool_]) -> None:
        bits = np.where(selected, OPENED, PROVEN)
        kept = Lists.of(blocks, bits, bits)
        self.starts_, self.scores_ = kept.starts, kept.scores
        self.columns_, self.support_ = kept.columns.astype(np.int64), kept.support.astype(np.int64)
        self.followed_ = kept.followed.astype(np.int64)
        self.ranked_ = Lists.of(blocks, np.zeros_like(bits), bits)

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


def _is_clean(given: Any) -> bool:
    """Return whether it can be read as it is: nothing here writes to what was given, so it is not copied either."""
    return issparse(given) and given.format == "csr" and given.has_canonical_format and bool(np.all(given.data))


def _times(when: csr_array, weights: csr_array) -> csr_array:
    same = (
        when.format == "csr"
        and when.dtype == np.int64
        and when.shape == weights.shape
        and np.array_equal(when.indices, weights.indices)
    )
    return when if same and np.array_equal(when.indptr, weights.indptr) else checked_times(when, weights)


def _rows(near: NearColumns) -> Iterator[tuple[int, float, int, int]]:
    return zip(near.columns.tolist(), near.scores.tolist(), near.support.tolist(), near.followed.tolist(), strict=True)


AT_ONCE = 16
"""Of so many anchors at a time the expected counts are at hand: more would not stay near the processor."""


@dataclass(frozen=True, slots=True)
class _Task:
    """What one fit needs of the data, computed once and shared by the blocks."""

    settings: CosineNeighbours
    histories: Histories
    chance: ChanceModel
    rule: Rule

    @classmethod
    def of(cls, settings: CosineNeighbours, layout: Layout) -> Self:
        chance = ChanceModel.of(layout.activity, layout.bounds, layout.learners)
        tested = layout.base >= settings.min_support
        rule = Rule(
            base=layout.base,
            sizes=layout.base.astype(np.float64),
            tested=tested.astype(np.float64),
            factors=balance(layout.pairs, chance.totals()),
            tilts=np.where(layout.lengths > 0, layout.lengths, 1.0) ** (2.0 * settings.asymmetry - 1.0),
            shrinkage=float(settings.shrinkage),
            min_support=int(settings.min_support),
            tests=int(tested.sum()),
            strict=level(settings.alpha, int(tested.sum())),
            open=OPEN_LEVEL,
            logs=log_factorials(int(layout.base.max(initial=0))),
            squares=least_squares(),
        )
        return cls(settings, Histories(*(getattr(layout, name) for name in Histories._fields)), chance, rule)

    def found(self, start: int) -> Found:
        """Return what may be near each column of the block from ``start`` on."""
        block = slice(start, min(start + self.settings.block, self.rule.base.size))
        items = self.rule.base.size
        n = min(self.settings.n_neighbours, items)
        found, desk = Found.empty(block.stop - start, n), Desk.of(items, n)
        for first in range(start, block.stop, AT_ONCE):
            some = slice(first, min(first + AT_ONCE, block.stop))
            means = self.chance.expected(some), self.chance.variance(some)
            find(first, first - start, self.histories, *means, self.rule, desk, found)
        return found

    def selected(self, found: list[Found]) -> NDArray[np.bool_]:
        """Return which anchors have structure, now that all anchors' chances are known."""
        chances = anchor_chances(*np.concatenate([one.moments for one in found])[:, :3].T)
        tested = self.rule.tested > 0
        selected = np.zeros(tested.size, dtype=np.bool_)
        selected[tested] = discoveries(chances[tested], self.rule.tests, ANCHOR_LEVEL)
        return selected
