r"""What learners do around an item, in order: sequential rules "after X" with distance decay.

For anchor i and another item j let a learner u with d_u items have done both, k moments and g days apart, k at most
``window``. The learner then adds

.. math:: \frac{w_{ui} w_{uj}}{\log_2(1 + d_u)} \cdot k^{-distance} \cdot \frac{1}{1 + g / gap} \cdot r

to c(i, j), with r = 1 where j came after i, ``backward`` where it came before, and the mean of both where they came at
one moment. Who does two items one right after the other says more than who does them months apart, whichever was first:
courses are offered side by side, and an order that most keep is still no rule for all. The score is the share of what
people do around i that is j,

.. math:: s(i, j) = \frac{c(i, j)}{(c(i, \cdot) + prior)^{1 - damping} \, (b(j) + prior)^{damping}}

with c(i, ·) the sum over all j and b(j) the say of the learners with j. It lies in 0..1. Counting what follows at a
distance goes back to Kamehkhosh, Jannach and Ludewig (2017, "A Comparison of Frequent Pattern Techniques and a Deep
Learning Method for Session-Based Recommendation").
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from connector.recommend.around import Found, Histories, Rule, find_around, histories_of
from connector.recommend.base import (
    Integers,
    NearColumns,
    checked_column,
    checked_positive,
    checked_times,
    checked_weights,
)

AT_ONCE = 64
"""How many columns one thread takes at a time."""


class NextItems(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Item columns by what learners do after (and, less, before) each of them; the module says the formula.

    No floor: these scores rank, they prove nothing. Ties go to the lower column. Each column is
    computed by itself.

    Parameters
    ----------
    n_neighbours : int, default=50
        At most so many neighbours an anchor.
    window : int, default=20
        Moments of a learner that are looked at before and after an anchor; items of one moment are 0 apart.
    distance : float, default=0.5
        Power of the decay by moments; 0 counts every distance alike.
    backward : float, default=0.35
        What an item before the anchor counts, in 0..1.
    gap : float or None, default=30
        Days between two items after which the pair counts half; None counts all gaps alike.
    damping : float, default=0.1
        How much popular items are held down, in 0..1.
    prior : float, default=3
        Say of learners who are thought to have gone elsewhere before anybody is seen: few learners are believed less.
    half_life : float or None, default=None
        Days after which an interaction counts half, relative to the newest; None, or no times, counts all alike: what
        follows what is a matter of the material more than of the season.
    n_jobs : int, default=2
        Threads; their number changes no byte.

    Attributes
    ----------
    n_features_in_ : int
        Item columns seen in fit.
    base_ : ndarray of int64, shape (n_items,)
        Learners with the item.
    starts_ : ndarray of int64, shape (n_items + 1,)
        Column c's neighbours stand at ``starts_[c]:starts_[c + 1]`` in the next four.
    columns_, scores_, support_, followed_ : ndarray
        As in ``NearColumns``; support and followed are true counts over whole histories, whatever the window.
    """

    def __init__(
        self,
        n_neighbours: int = 50,
        *,
        window: int = 20,
        distance: float = 0.5,
        backward: float = 0.35,
        gap: float | None = 30.0,
        damping: float = 0.1,
        prior: float = 3.0,
        half_life: float | None = None,
        n_jobs: int = 2,
    ) -> None:
        self.n_neighbours = n_neighbours
        self.window = window
        self.distance = distance
        self.backward = backward
        self.gap = gap
        self.damping = damping
        self.prior = prior
        self.half_life = half_life
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: None = None, when: csr_array | None = None) -> Self:  # noqa: ARG002, N803 - scikit-learn's
        """Learn what is done around each column.

        Parameters
        ----------
        X : array-like or sparse, shape (n_learners, n_items)
            Non-negative weights; 0 where a learner has nothing to do with the item. Only their ratios matter.
        y : None
            Ignored.
        when : csr_array of int64, shape (n_learners, n_items), optional
            Microseconds, stored exactly where ``X`` is positive. Without it all is one moment.

        Raises
        ------
        ValueError
            Where a parameter, ``X`` or ``when`` is outside of what is said above.
        """
        self._check_parameters()
        seen = validate_data(self, X, accept_sparse="csr", dtype=np.float64, ensure_non_negative=True)
        weights = checked_weights(seen)
        times = _one_moment(weights) if when is None else checked_times(when, weights)
        task = _Task.of(self, weights, times)
        found = task.found()
        self.base_ = task.base
        self.starts_ = np.concatenate(([0], np.cumsum(np.concatenate([near.sizes for near in found]))))
        self.columns_ = np.concatenate([near.laid_out(near.columns).astype(np.int64) for near in found])
        self.scores_ = np.concatenate([near.laid_out(near.scores) for near in found])
        self.support_ = np.concatenate([near.laid_out(near.support).astype(np.int64) for near in found])
        self.followed_ = np.concatenate([near.laid_out(near.followed).astype(np.int64) for near in found])
        return self

    def neighbours(self, column: int, n: int) -> NearColumns:
        """Return at most ``n`` columns around ``column``, best first; IndexError where there is no such column."""
        check_is_fitted(self)
        start, end = self.starts_[checked_column(column, self.base_.size) :][:2]
        kept = slice(start, min(end, start + n))
        return NearColumns(self.columns_[kept], self.scores_[kept], self.support_[kept], self.followed_[kept])

    def _check_parameters(self) -> None:
        checked_positive(n_neighbours=self.n_neighbours, window=self.window, n_jobs=self.n_jobs, prior=self.prior)
        checked_positive(gap=self.gap, half_life=self.half_life)
        if self.distance < 0 or not 0 <= self.backward <= 1 or not 0 <= self.damping <= 1:
            raise ValueError("distance must not be negative; backward and damping must lie in 0..1.")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = True
        return tags


@dataclass(frozen=True, slots=True)
class _Task:
    """What one fit needs of the data, computed once and shared by the threads."""

    settings: NextItems
    histories: Histories
    rule: Rule

    @classmethod
    def of(cls, settings: NextItems, weights: csr_array, times: csr_array) -> Self:
        histories = histories_of(weights, times, settings.half_life)
        says = histories.values / histories.logs[histories.rows]
        mass = np.bincount(histories.columns, says, minlength=weights.shape[1])
        far = np.maximum(np.arange(settings.window + 1), 1.0) ** -settings.distance
        rule = Rule(
            far=far,
            per_day=0.0 if settings.gap is None else 1.0 / settings.gap,
            backward=float(settings.backward),
            flat=settings.distance == 0 and settings.gap is None and settings.backward == 1,
            popular=np.asarray((mass + settings.prior) ** settings.damping, dtype=np.float64),
            prior=float(settings.prior),
            power=1.0 - settings.damping,
        )
        return cls(settings, histories, rule)

    @property
    def base(self) -> Integers:
        return np.diff(self.histories.starts)

    def found(self) -> list[Found]:
        """Return what is around each column; threads share the columns, which changes no byte."""
        with ThreadPoolExecutor(self.settings.n_jobs) as threads:
            return list(threads.map(self._part, range(0, self.base.size, AT_ONCE)))

    def _part(self, first: int) -> Found:
        items = self.base.size
        n = min(self.settings.n_neighbours, items)
        found = Found.empty(min(AT_ONCE, items - first), n)
        find_around(first, self.histories, self.rule, np.empty(items), np.empty(items, np.uint64), found)
        return found


def _one_moment(weights: csr_array) -> csr_array:
    return csr_array((np.zeros(weights.nnz, dtype=np.int64), weights.indices, weights.indptr), shape=weights.shape)
