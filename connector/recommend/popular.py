"""What many people completed: on the whole site, and among the people of one course.

Popularity has no anchor column to be near to, so it is two functions and not an ``ItemRecommender``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from connector.domain import SITE, ItemId, Neighbour, NeighbourKind, NeighbourList
from connector.recommend.base import Floats, Integers, checked_positive, decay
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.newcomers import earliness


def site_list(
    matrix: InteractionMatrix, *, half_life: float | None = 365.0, early: float = 0.0, k: int = 1, n: int = 200
) -> NeighbourList:
    """Return the ``n`` most popular Items of the site.

    Parameters
    ----------
    matrix : InteractionMatrix
        Who completed what.
    half_life : float or None, default=365
        Days after which a completion counts half in the ranking; None counts all alike.
    early : float, default=0
        A learner's k-th moment counts k to minus this in the ranking: what people do first is what newcomers do next.
    k : int, default=1
        An Item that fewer people completed is left out; training asks for 5.
    n : int, default=200
        At most so many Items.

    Returns
    -------
    NeighbourList
        Anchor ``SITE``; base counts all learners of the matrix. A score is the decayed number of people over base, in
        0..1; support is the plain number of people. Best first, ties to the lower item number.
    """
    checked_positive(half_life=half_life, k=k, n=n)
    counts = _Counts.of(_decayed(matrix, half_life, early)).quiet(SITE, matrix, k)
    return _ranked(SITE, matrix, counts, base=matrix.learners.size, n=n)


def cohort_lists(
    matrix: InteractionMatrix,
    members: ArrayLike,
    courses: ArrayLike,
    *,
    half_life: float | None = 365.0,
    k: int = 5,
    n: int = 50,
) -> Iterator[NeighbourList]:
    """Yield the ``n`` most popular Items among the people of each course, in rising order of course.

    Parameters
    ----------
    matrix : InteractionMatrix
        Who completed what.
    members, courses : array-like of int, shape (n_memberships,)
        Learner number and the course's item number, in any order; repeats count once.
    half_life : float or None, default=365
        As in ``site_list``; ages are relative to the newest completion of the site.
    k : int, default=5
        A cohort of fewer people gives no list; an Item with fewer people is left out.
    n : int, default=50
        At most so many Items a cohort.

    Yields
    ------
    NeighbourList
        Anchor: the course's Item, which is left out of its own list; base counts the distinct members, with
        completions or without. A cohort in which no Item reaches k gives no list.
    """
    checked_positive(half_life=half_life, k=k, n=n)
    completions = _decayed(matrix, half_life)
    for course, people in cohorts(members, courses):
        if people.size >= k:
            counts = _Counts.of(completions[rows_of(matrix, people)]).quiet(course, matrix, k)
            found = _ranked(course, matrix, counts, base=people.size, n=n)
            if found.neighbours:
                yield found


@dataclass(frozen=True, slots=True)
class _Counts:
    """People by item column, plain and decayed; shape (n_items,) each."""

    people: Integers
    decayed: Floats

    @classmethod
    def of(cls, completions: csr_array) -> "_Counts":
        columns, items = completions.indices, completions.shape[1]
        decayed = np.bincount(columns, completions.data, minlength=items)
        return cls(np.bincount(columns, minlength=items), decayed.astype(np.float64))

    def quiet(self, course: ItemId, matrix: InteractionMatrix, k: int) -> "_Counts":
        """Leave out the course itself and what fewer than ``k`` people completed."""
        shown = (self.people >= k) & (matrix.items != course)
        return _Counts(self.people * shown, self.decayed * shown)


def _decayed(matrix: InteractionMatrix, half_life: float | None, early: float = 0.0) -> csr_array:
    when, weights = matrix.when, decay(matrix.when.data, half_life)
    if early:
        weights = weights * earliness(matrix, early)
    return csr_array((weights, when.indices, when.indptr), shape=when.shape)


def cohorts(members: ArrayLike, courses: ArrayLike) -> Iterator[tuple[ItemId, Integers]]:
    """Yield each course with its distinct members, both rising."""
    where, who = np.asarray(courses, dtype=np.int64), np.asarray(members, dtype=np.int64)
    order = np.lexsort((who, where))
    where, who = where[order], who[order]
    new = np.concatenate(([True], (np.diff(where) != 0) | (np.diff(who) != 0)))[: who.size]
    numbers, starts = np.unique(where[new], return_index=True)
    for course, people in zip(numbers.tolist(), np.split(who[new], starts[1:]), strict=False):
        yield ItemId(course), people


def rows_of(matrix: InteractionMatrix, people: Integers) -> Integers:
    """Return the rows of those who have completed anything."""
    return np.flatnonzero(np.isin(matrix.learners, people, assume_unique=True))


def _ranked(anchor: ItemId, matrix: InteractionMatrix, counts: _Counts, *, base: int, n: int) -> NeighbourList:
    columns = np.flatnonzero(counts.people)
    best = columns[np.lexsort((columns, -counts.decayed[columns]))][:n]
    scores = counts.decayed[best] / max(base, 1)
    rows = zip(matrix.items[best].tolist(), scores.tolist(), counts.people[best].tolist(), strict=True)
    neighbours = tuple(Neighbour(ItemId(item), score, people, followed=0) for item, score, people in rows)
    return NeighbourList(NeighbourKind.POPULAR, anchor, int(base), neighbours)
