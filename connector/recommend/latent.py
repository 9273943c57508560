r"""Items that explain each other, all at once: EASE with weights that are not below 0.

(Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data"; weights not below 0 as in Ning and Karypis 2011,
"SLIM: Sparse Linear Methods for Top-N Recommender Systems".)

Each item is written as a weighted sum of all others, so that the learners' sets come out as well as they can; with
:math:`G = X^T X` and :math:`P = (G + \lambda I)^{-1}` the weight of i for j is :math:`-P_{ij} / P_{jj}`. What two items
share only through a third counts for the third.

A Neighbour is never a reason against, so no weight may be under 0. To leave those out that are would be to forget what
they made up for: the others are too large without them. So the `CANDIDATES` largest weights of each item j are fitted
anew, at 0 or above, to the same end,

.. math:: w_j = \arg\min_{w \ge 0} \; w^T (G + \lambda I) w - 2 w^T G_{\cdot j}

one weight after the other until none moves much. Most of them end at 0: lists are short of themselves.
It costs the cube of the number of items in time and the square in memory, so it is for some thousand items.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

import numpy as np
from scipy.linalg import lapack
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from connector.recommend.base import (
    Floats,
    Integers,
    NearColumns,
    checked_column,
    checked_positive,
    checked_times,
    checked_weights,
)
from connector.recommend.compiled import compiled, reducing
from connector.recommend.order import Histories

CANDIDATES = 256
"""So many weights of an item are fitted anew: those of the others are near 0."""
ROUNDS = 30
STILL = 1e-4
"""Where no weight moves by more in a round, they are taken."""
AT_ONCE = 64
THREADS = 2


class EaseNeighbours(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Item columns by how much each explains the others.

    Scores lie in 0..1; ties go to the lower column; no floor: these scores rank, they prove nothing.

    Parameters
    ----------
    n_neighbours : int, default=50
        At most so many neighbours an anchor.
    penalty : float, default=100
        Learners' worth of doubt against each weight (the λ above).

    Attributes
    ----------
    n_features_in_ : int
        Item columns seen in fit.
    starts_ : ndarray of int64, shape (n_items + 1,)
        Column c's neighbours stand at ``starts_[c]:starts_[c + 1]`` in the next four.
    columns_, scores_, support_, followed_ : ndarray
        As in ``NearColumns``; support may be 0: two items can be near through a third.
    """

    def __init__(self, n_neighbours: int = 50, *, penalty: float = 100.0) -> None:
        self.n_neighbours = n_neighbours
        self.penalty = penalty

    def fit(self, X: Any, y: None = None, when: csr_array | None = None) -> Self:  # noqa: ARG002, N803 - scikit-learn's
        """Learn the weights of each column.

        Parameters
        ----------
        X : array-like or sparse, shape (n_learners, n_items)
            Non-negative weights.
        y : None
            Ignored.
        when : csr_array of int64, shape (n_learners, n_items), optional
            Microseconds, stored exactly where ``X`` is positive; only ``followed_`` depends on them.

        Raises
        ------
        ValueError
            Where a parameter, ``X`` or ``when`` is outside of what is said above.
        """
        checked_positive(n_neighbours=self.n_neighbours, penalty=self.penalty)
        seen = validate_data(self, X, accept_sparse="csr", dtype=np.float64, ensure_non_negative=True)
        weights = checked_weights(seen)
        histories = None if when is None else Histories.of(checked_times(when, weights))
        support = _support(weights)
        found = [_best(row, self.n_neighbours) for row in _explaining(weights, self.penalty)]
        self.starts_ = np.cumsum([0, *(best.size for best, _ in found)])
        self.columns_ = np.concatenate([best for best, _ in found])
        self.scores_ = np.concatenate([scores for _, scores in found])
        self.support_ = np.concatenate([support[anchor, best] for anchor, (best, _) in enumerate(found)])
        self.followed_ = np.concatenate([_followed(histories, anchor, best) for anchor, (best, _) in enumerate(found)])
        return self

    def neighbours(self, column: int, n: int) -> NearColumns:
        """Return at most ``n`` columns that ``column`` explains, best first; IndexError where there is none such."""
        check_is_fitted(self)
        start, end = self.starts_[checked_column(column, self.starts_.size - 1) :][:2]
        kept = slice(start, min(end, start + n))
        return NearColumns(self.columns_[kept], self.scores_[kept], self.support_[kept], self.followed_[kept])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = True
        return tags


def _explaining(weights: csr_array, penalty: float) -> Floats:
    """Return what each row item gives each column item, 0 on the diagonal."""
    gram = (weights.T @ weights).toarray()
    weighty = _unbound(gram, penalty)
    given = np.zeros_like(gram)
    with ThreadPoolExecutor(THREADS) as threads:
        parts = range(0, gram.shape[0], AT_ONCE)
        list(threads.map(lambda first: _fit_anew(first, AT_ONCE, gram, weighty, penalty, given), parts))
    return np.asarray(np.minimum(given.T, 1.0), dtype=np.float64)


def _unbound(gram: Floats, penalty: float) -> Floats:
    """Return EASE's own weights, row: the item that is explained; under 0 too, and 0 on the diagonal."""
    doubted = gram + penalty * np.eye(gram.shape[0])
    inverse = lapack.dpotri(lapack.dpotrf(doubted, lower=1)[0], lower=1)[0]
    lower = np.tril(inverse)
    given = -(lower + np.tril(lower, -1).T) / np.diag(inverse)[:, np.newaxis]
    np.fill_diagonal(given, 0.0)
    return np.asarray(given, dtype=np.float64)


@compiled
def _fit_anew(first: Any, count: Any, gram: Any, unbound: Any, penalty: Any, given: Any) -> None:
    """Fill the rows from ``first`` on: what explains each of these items, at 0 or above."""
    for item in range(first, min(first + count, gram.shape[0])):
        some = _largest(unbound[item])
        square, aims, found = np.empty((some.size, some.size)), np.empty(some.size), np.empty(some.size)
        for place, other in enumerate(some):
            found[place], aims[place] = unbound[item, other], gram[item, other]
            for beside in range(some.size):
                square[place, beside] = gram[other, some[beside]]
        _descend(square, aims, penalty, found)
        for place, other in enumerate(some):
            given[item, other] = found[place]


@compiled
def _largest(row: Any) -> Any:
    """Return the places of the `CANDIDATES` largest weights above 0, largest first, equal ones as they stand."""
    order = np.argsort(-row, kind="mergesort")[:CANDIDATES]
    return order[row[order] > 0.0]


@compiled
def _descend(square: Any, aims: Any, penalty: Any, found: Any) -> None:
    """Improve ``found``, one weight after the other (coordinate descent), until none moves much."""
    open_aims = aims.copy()
    for place in range(found.size):
        _subtract(open_aims, found[place], square[place])
    for _ in range(ROUNDS):
        moved = 0.0
        for place in range(found.size):
            own = square[place, place]
            step = max((open_aims[place] + own * found[place]) / (own + penalty), 0.0) - found[place]
            if step != 0.0:
                found[place] += step
                _subtract(open_aims, step, square[place])
                moved = max(moved, abs(step))
        if moved < STILL:
            break


@reducing
def _subtract(left: Any, times: Any, row: Any) -> None:
    for place in range(left.size):
        left[place] -= times * row[place]


def _support(weights: csr_array) -> Integers:
    pattern = csr_array((np.ones(weights.nnz, np.int64), weights.indices, weights.indptr), shape=weights.shape)
    return np.asarray((pattern.T @ pattern).toarray(), dtype=np.int64)


def _best(scores: Floats, n: int) -> tuple[Integers, Floats]:
    columns = np.flatnonzero(scores > 0)
    best = columns[np.lexsort((columns, -scores[columns]))][:n]
    return best, scores[best]


def _followed(histories: Histories | None, anchor: int, columns: Integers) -> Integers:
    if histories is None or columns.size == 0:
        return np.zeros(columns.size, dtype=np.int64)
    return histories.followers(anchor)[columns]
