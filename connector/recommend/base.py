"""What every item recommender is: the port, what it answers, and the checks that they share."""

from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MICROSECONDS_PER_DAY = 86_400_000_000
OLDEST_HALVINGS = 50.0
"""A weight is halved at most this often: old interactions become faint, never absent."""


@dataclass(frozen=True, slots=True)
class NearColumns:
    """The columns near one anchor column, best first; four arrays of one length.

    ``scores`` lie in 0..1. ``support`` counts learners with both, ``followed`` those among them who did the column
    strictly after the anchor (0 where no times were given). ``proven`` says which are more than chance; None where all
    are, or nobody asked.
    """

    columns: Integers
    scores: Floats
    support: Integers
    followed: Integers
    proven: NDArray[np.bool_] | None = None


class ItemRecommender(Protocol):
    """A scikit-learn estimator that learns which item columns are near each other."""

    def fit(self, X: Any, y: None = None, when: csr_array | None = None) -> Self:  # noqa: N803 - scikit-learn's name
        """Learn from ``X``, learners x items, non-negative, with ``when`` in microseconds, of the same sparsity."""
        ...

    def neighbours(self, column: int, n: int) -> NearColumns:
        """Return at most ``n`` columns near ``column``, best first."""
        ...


def checked_weights(X: Any) -> csr_array:  # noqa: N803 - scikit-learn's name
    """Return ``X`` as a CSR array of its own with sorted columns, no duplicates and no stored zeros."""
    weights = csr_array(X, copy=True)
    weights.sum_duplicates()
    weights.eliminate_zeros()
    return weights


def checked_times(when: csr_array, weights: csr_array) -> csr_array:
    """Return ``when`` as CSR of int64 with sorted columns.

    Raises
    ------
    ValueError
        Where ``when`` does not store exactly the places that ``weights`` stores.
    """
    times = csr_array(when, dtype=np.int64, copy=True)
    times.sort_indices()
    same = times.shape == weights.shape and np.array_equal(times.indptr, weights.indptr)
    if not same or not np.array_equal(times.indices, weights.indices):
        raise ValueError("when must store a time exactly where X is positive, and nowhere else.")
    return times


def checked_positive(**parameters: float | None) -> None:
    """Refuse a parameter that is not above zero (None passes); the ValueError names it."""
    for name, value in parameters.items():
        if value is not None and not value > 0:
            raise ValueError(f"{name} must be above 0, got {value!r}.")


def checked_column(column: int, columns: int) -> int:
    """Return ``column`` where it lies in 0..columns-1, else raise an IndexError that says the range."""
    if not 0 <= column < columns:
        raise IndexError(f"column {column} is outside 0..{columns - 1}.")
    return column


def decay(times: Integers, half_life: float | None) -> Floats:
    """Return what each interaction counts by its age: 1 for the newest of all, half for each ``half_life`` before it.

    Parameters
    ----------
    times : ndarray of int64, shape (n_interactions,)
        Microseconds.
    half_life : float or None
        Days; None counts all alike.

    Returns
    -------
    ndarray of float64, shape (n_interactions,)
        In (0, 1]. Ages are relative to the newest time given, never to the clock: the same input gives the same bytes.
    """
    if half_life is None or times.size == 0:
        return np.ones(times.shape)
    halvings = (times.max() - times) / (half_life * MICROSECONDS_PER_DAY)
    return np.asarray(np.exp2(-np.minimum(halvings, OLDEST_HALVINGS)), dtype=np.float64)
