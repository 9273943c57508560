"""What is on the rise: what more people did of late than the site's own pace would have given.

An Item that is popular all the time is not trending. So the people who did it in the last `WINDOW` days are held
against those in the `BEFORE` days before: with all that was done in both, an Item whose pace did not change falls into
the window as everything does. The chance that it falls there so often is a binomial tail (at 1.1 times what is
expected, as in `connector.recommend.chance`), Benjamini and Hochberg (1995) over the Items of a place at `LEVEL`
decides, and its pace has to be at least `LEAST_RISE` times what it was: on a large site a rise of 3 % is significant,
and nobody would call it one. In a busy month everything is done more often; that makes nothing rise. In a quiet one
what keeps its pace is a larger part of what is done; that makes nothing rise either: it is held against the days, too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.special import betainc

from connector.domain import SITE, ItemId, Neighbour, NeighbourKind, NeighbourList
from connector.recommend.base import MICROSECONDS_PER_DAY, Floats, Integers, checked_positive
from connector.recommend.chance import MARGIN, discoveries
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.popular import cohorts, rows_of

WINDOW = 30
"""Days that count as of late: the sentence says so."""
BEFORE = 90
"""Days before those, which they are held against."""
LEVEL = 0.05
LEAST_RISE = 1.5


def rising_lists(
    matrix: InteractionMatrix,
    members: ArrayLike,
    courses: ArrayLike,
    *,
    until: int,
    half_life: float | None = 30.0,
    k: int = 5,
    n: int = 50,
) -> Iterator[NeighbourList]:
    """Yield what is on the rise on the site, and among the people of each course, in rising order of course.

    Parameters
    ----------
    matrix : InteractionMatrix
        Who did what, when first.
    members, courses : array-like of int, shape (n_memberships,)
        Learner number and the course's item number, in any order; repeats count once.
    until : int
        Microseconds: the end of the window, the newest that is known of the site.
    half_life : float or None, default=30
        Days after which somebody counts half in the order; None counts all of the window alike.
    k : int, default=5
        What fewer people did in the window is not looked at; a cohort of fewer people gives no list.
    n : int, default=50
        At most so many Items a list.

    Yields
    ------
    NeighbourList
        Kind ``RISING``; anchor ``SITE`` or the course's Item, which is left out of its own list. Base counts the
        learners of the matrix, or the members; support the people of the window. A score is their decayed number over
        base, in 0..1. Best first, ties to the lower item number; a place where nothing rose gives no list.
    """
    checked_positive(half_life=half_life, k=k, n=n)
    places = _Places(matrix, _ages(matrix, until), half_life, k, n)
    whole = places.list_of(SITE, places.ages, matrix.learners.size)
    if whole.neighbours:
        yield whole
    for course, people in cohorts(members, courses):
        found = places.list_of(course, places.ages[rows_of(matrix, people)], people.size)
        if people.size >= k and found.neighbours:
            yield found


def _ages(matrix: InteractionMatrix, until: int) -> csr_array:
    """Return what was done within both spans, as days before ``until`` plus one, so that none is 0."""
    ages = (until - matrix.when.data) / MICROSECONDS_PER_DAY
    kept = (ages >= 0) & (ages < WINDOW + BEFORE)
    starts = np.concatenate(([0], np.cumsum(kept)))[matrix.when.indptr]
    return csr_array((ages[kept] + 1.0, matrix.when.indices[kept], starts), shape=matrix.when.shape)


@dataclass(frozen=True, slots=True)
class _Places:
    """What is the same for the site and each course."""

    matrix: InteractionMatrix
    ages: csr_array
    half_life: float | None
    k: int
    n: int

    def list_of(self, anchor: ItemId, ages: csr_array, base: int) -> NeighbourList:
        counts = _Counts.of(ages, self.half_life)
        looked_at = np.flatnonzero((counts.late >= self.k) & (self.matrix.items != anchor))
        rose = looked_at[counts.rose(looked_at)]
        best = rose[np.lexsort((rose, -counts.decayed[rose]))][: self.n]
        scores = counts.decayed[best] / max(base, 1)
        rows = zip(self.matrix.items[best].tolist(), scores.tolist(), counts.late[best].tolist(), strict=True)
        neighbours = tuple(Neighbour(ItemId(item), score, people, followed=0) for item, score, people in rows)
        return NeighbourList(NeighbourKind.RISING, anchor, int(base), neighbours)


@dataclass(frozen=True, slots=True)
class _Counts:
    """People by item column: of the window, of the days before, and of the window decayed; shape (n_items,) each."""

    late: Integers
    before: Integers
    decayed: Floats

    @classmethod
    def of(cls, ages: csr_array, half_life: float | None) -> Self:
        days, items = ages.data - 1.0, ages.shape[1]
        late = days < WINDOW
        weights = np.ones(days.size) if half_life is None else np.exp2(-days / half_life)
        decayed = np.bincount(ages.indices[late], weights[late], minlength=items).astype(np.float64)
        before = np.bincount(ages.indices[~late], minlength=items)
        return cls(np.bincount(ages.indices[late], minlength=items), before, decayed)

    def rose(self, columns: Integers) -> NDArray[np.bool_]:
        """Return which of the columns did: surely, and by much."""
        late, before = self.late[columns], self.before[columns]
        all_late, all_before = int(self.late.sum()), int(self.before.sum())
        if not columns.size or not all_before:
            return np.zeros(columns.size, dtype=np.bool_)
        share = max(all_late / (all_late + all_before), WINDOW / (WINDOW + BEFORE))
        chances = betainc(late, before + 1.0, min(MARGIN * share, 1.0))
        surely: NDArray[np.bool_] = discoveries(chances, columns.size, LEVEL)
        return surely & (late * (1.0 - share) >= LEAST_RISE * before * share)
