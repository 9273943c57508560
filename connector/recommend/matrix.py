"""InteractionMatrix: who completed what, when, as sparse columns. Only here item numbers become matrix columns."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from connector.domain import ItemId
from connector.errors import UnknownName
from connector.recommend.base import Floats, Integers


@dataclass(frozen=True, slots=True, eq=False)
class InteractionMatrix:
    """Learners x items, one entry for each pair of a learner and an item.

    Attributes
    ----------
    learners : ndarray of int64, shape (n_learners,)
        Learner numbers, rising; row r is ``learners[r]``.
    items : ndarray of int64, shape (n_items,)
        Item numbers, rising; column c is ``items[c]``.
    weights : csr_array of float64, shape (n_learners, n_items)
        Above 0, raw (no time decay).
    when : csr_array of int64, shape (n_learners, n_items)
        Microseconds of the first completion; stores exactly the places that ``weights`` stores.
    """

    learners: Integers
    items: Integers
    weights: csr_array
    when: csr_array

    @classmethod
    def from_columns(
        cls, learners: ArrayLike, items: ArrayLike, times: ArrayLike, weights: ArrayLike | None = None
    ) -> Self:
        """Build from equally long columns in any order; the order never changes a byte of the result.

        A repeated pair counts once, with its earliest time and its largest weight.

        Parameters
        ----------
        learners, items, times : array-like of int, shape (n_interactions,)
            Learner numbers, item numbers, microseconds.
        weights : array-like of float, shape (n_interactions,), optional
            Finite and above 0; 1 for each where left out.

        Raises
        ------
        ValueError
            Where lengths differ, a number is no integer or a weight is not finite and above 0.
        """
        entries = _Entries.checked(learners, items, times, weights)
        known_learners, rows = np.unique(entries.learners, return_inverse=True)
        known_items, columns = np.unique(entries.items, return_inverse=True)
        shape = (known_learners.size, known_items.size)
        pairs, firsts, heaviest = _collapsed(rows * np.int64(shape[1]) + columns, entries.times, entries.weights)
        return cls(known_learners, known_items, _csr(heaviest, pairs, shape), _csr(firsts, pairs, shape))

    @property
    def interactions(self) -> int:
        """How many pairs of a learner and an item are stored."""
        return int(self.weights.nnz)

    def column(self, item: ItemId) -> int:
        """Return the column of ``item``; raise UnknownName where nobody completed it."""
        place = int(np.searchsorted(self.items, item))
        if place == self.items.size or self.items[place] != item:
            raise UnknownName(f"Item {item} is not in this matrix: nobody completed it.")
        return place


@dataclass(frozen=True, slots=True)
class _Entries:
    learners: Integers
    items: Integers
    times: Integers
    weights: Floats

    @classmethod
    def checked(cls, learners: ArrayLike, items: ArrayLike, times: ArrayLike, weights: ArrayLike | None) -> Self:
        who, what, moments = _integers("learners", learners), _integers("items", items), _integers("times", times)
        heavy = np.ones(who.size) if weights is None else np.asarray(weights, dtype=np.float64)
        if not who.shape == what.shape == moments.shape == heavy.shape:
            raise ValueError("learners, items, times and weights must be equally long.")
        if not np.all(np.isfinite(heavy) & (heavy > 0)):
            raise ValueError("weights must be finite and above 0.")
        return cls(who, what, moments, heavy)


def _integers(name: str, column: ArrayLike) -> Integers:
    numbers = np.asarray(column)
    if numbers.ndim != 1 or (numbers.size and numbers.dtype.kind not in "iu"):
        raise ValueError(f"{name} must be one column of integers.")
    return numbers.astype(np.int64)


def _collapsed(pairs: Integers, times: Integers, weights: Floats) -> tuple[Integers, Integers, Floats]:
    """Return each pair once, rising, with its earliest time and its largest weight."""
    order = np.lexsort((times, pairs))
    unique, starts = np.unique(pairs[order], return_index=True)
    if unique.size == 0:
        return unique, times, weights
    return unique, times[order][starts], np.maximum.reduceat(weights[order], starts)


def _csr(values: Any, pairs: Integers, shape: tuple[int, int]) -> csr_array:
    rows, columns = np.divmod(pairs, max(shape[1], 1))
    starts = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=shape[0]))))
    return csr_array((values, columns.astype(np.int32), starts.astype(np.int32)), shape=shape)
