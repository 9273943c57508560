r"""Items that explain each other, all at once: EASE.

(Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data".)

Each item is written as a weighted sum of all others, so that the learners' sets come out as well as they can; with
:math:`G = X^T X` and :math:`P = (G + \lambda I)^{-1}` the weight of i for j is :math:`-P_{ij} / P_{jj}`. What two items
share only through a third counts for the third. Weights under 0 are left out: a Neighbour is never a reason against.
It costs the cube of the number of items in time and the square in memory, so it is for some thousand items.
"""

from typing import Any, Self

import numpy as np
from scipy.linalg import cho_factor, cho_solve
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
from connector.recommend.order import Histories


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
    gram[np.diag_indices_from(gram)] += penalty
    precision = cho_solve(cho_factor(gram, lower=True), np.eye(gram.shape[0]))
    given = -precision / np.diag(precision)
    given[np.diag_indices_from(given)] = 0.0
    return np.asarray(np.clip(given, 0.0, 1.0), dtype=np.float64)


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
