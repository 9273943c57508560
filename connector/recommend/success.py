"""What people who succeeded at an Item did, more often than those who tried it and did not succeed.

What success is the site says (`connector.domain.Success`). Of everybody who tried an Item, those who succeeded are held
against the others: within strata of activity (who does more of everything succeeds more often, too) chance gives both
groups the same share of whoever did another Item. What is more than that is decided by the rule of *together*
(`connector.recommend.chance`): the binomial tail at 1.1 times the expected number, Benjamini and Hochberg (1995) over
an Anchor's Items, at a level at which noise gives any Anchor a row with a chance of 5 %.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from connector.domain import ItemId, Neighbour, NeighbourKind, NeighbourList, Signal, Success, SuccessKind
from connector.recommend.base import Floats, Integers, checked_positive
from connector.recommend.chance import MARGIN, discoveries, level, strata, tail
from connector.recommend.matrix import InteractionMatrix

ALPHA = 0.05
SHRINKAGE = 20.0
TRIED = (Signal.COMPLETED, Signal.PASSED, Signal.FAILED, Signal.SUBMITTED, Signal.STARTED, Signal.PROGRESSED)
SCORED = (Signal.COMPLETED, Signal.PASSED, Signal.FAILED, Signal.SUBMITTED)
"""The Signals whose score says whether somebody succeeded, where success is a score."""
SUCCEEDED: Mapping[SuccessKind, tuple[Signal, ...]] = {
    SuccessKind.COMPLETED: (Signal.COMPLETED, Signal.PASSED),
    SuccessKind.PASSED: (Signal.PASSED,),
    SuccessKind.SCORE: SCORED,
}
"""The Signals that success shows in; with a score, those whose score is looked at."""
_CODES = {signal: code for code, signal in enumerate(Signal)}


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Who tried what, one row for each pair, by item and learner, and whether they succeeded; equally long."""

    items: Integers
    learners: Integers
    succeeded: NDArray[np.bool_]


def outcomes(
    learners: ArrayLike, items: ArrayLike, signals: ArrayLike, values: ArrayLike, success: Success
) -> Outcomes:
    """Say who tried what and who succeeded, from equally long columns in any order.

    Parameters
    ----------
    learners, items : array-like of int, shape (n,)
        Numbers.
    signals : array-like of int, shape (n,)
        Places in ``tuple(Signal)``.
    values : array-like of float, shape (n,)
        Scores in 0..1 where ``success`` is by score, NaN where none came.
    success : Success
        What counts.
    """
    meant = np.asarray(signals)
    tried = np.isin(meant, [_CODES[signal] for signal in TRIED])
    succeeded = np.isin(meant, [_CODES[signal] for signal in SUCCEEDED[success.kind]])
    if success.kind is SuccessKind.SCORE:
        succeeded &= np.asarray(values, dtype=np.float64) >= success.score  # what is not a number is not
    who, what = (np.asarray(column, dtype=np.int64)[tried] for column in (learners, items))
    did = succeeded[tried]
    order = np.lexsort((~did, who, what))
    who, what, did = who[order], what[order], did[order]
    first = np.concatenate(([True], (np.diff(what) != 0) | (np.diff(who) != 0)))[: who.size]
    return Outcomes(what[first], who[first], did[first])


def succeeded_lists(matrix: InteractionMatrix, known: Outcomes, *, k: int = 5, n: int = 50) -> Iterator[NeighbourList]:
    """Yield what those did who succeeded at each Item, in rising order of item number.

    Parameters
    ----------
    matrix : InteractionMatrix
        Who did what, when first. Success at what is not (or no more) done is none.
    known : Outcomes
        Who tried what.
    k : int, default=5
        Of those who succeeded at an Item, and of the others, there have to be so many; fewer of them doing another Item
        are not looked at.
    n : int, default=50
        At most so many Items a list.

    Yields
    ------
    NeighbourList
        Kind ``SUCCEEDED``; base counts those who succeeded at the Anchor, support those of them who did the Item,
        followed those who did it after the Anchor. A score is by how much their share is above that of the others,
        shrunken by support, in 0..1. An Anchor of which nothing is more than chance gives no list.
    """
    checked_positive(k=k, n=n)
    rooms = list(_rooms(matrix, known, k))
    q = level(ALPHA, len(rooms))
    for room in rooms:
        found = _Contrast.of(matrix, room).list_of(room, matrix, q, k, n)
        if found.neighbours:
            yield found


@dataclass(frozen=True, slots=True)
class _Room:
    """Who tried one Item: its column, rows of the matrix, whether they succeeded."""

    column: int
    rows: Integers
    succeeded: NDArray[np.bool_]


def _rooms(matrix: InteractionMatrix, known: Outcomes, k: int) -> Iterator[_Room]:
    """Yield the Items that enough people succeeded at, and enough did not."""
    places = np.searchsorted(matrix.learners, known.learners)
    inside = places < matrix.learners.size
    inside[inside] = matrix.learners[places[inside]] == known.learners[inside]
    who, what, won = places[inside], known.items[inside], known.succeeded[inside]
    columns = matrix.when.tocsc()
    for column, item in enumerate(matrix.items.tolist()):
        here = slice(*np.searchsorted(what, (item, item + 1)))
        done = columns.indices[columns.indptr[column] : columns.indptr[column + 1]]
        succeeded = won[here] & np.isin(who[here], done)
        if k <= succeeded.sum() <= succeeded.size - k:
            yield _Room(column, who[here], succeeded)


@dataclass(frozen=True, slots=True)
class _Contrast:
    """By item column: who did it of those who succeeded and of all, and what chance gives the first; (n_items,) each.

    ``entries`` are the histories of those who succeeded, the Anchor left out.
    """

    support: Integers
    everybody: Integers
    expected: Floats
    entries: csr_array

    @classmethod
    def of(cls, matrix: InteractionMatrix, room: _Room) -> "_Contrast":
        items = matrix.items.size
        whole = _without(matrix.when[room.rows], room.column)
        activity = np.diff(whole.indptr)
        groups = np.zeros(activity.size, dtype=np.int64)
        groups[activity > 0] = strata(activity[activity > 0]) + 1
        sizes, won = (np.bincount(groups, weights) for weights in (None, room.succeeded.astype(np.float64)))
        owners = np.repeat(np.arange(activity.size), activity)
        share = np.divide(won, sizes, out=np.zeros(sizes.size), where=sizes > 0)[groups[owners]]
        mine = room.succeeded[owners]
        return cls(
            np.bincount(whole.indices[mine], minlength=items),
            np.bincount(whole.indices, minlength=items),
            np.bincount(whole.indices, share, minlength=items).astype(np.float64),
            whole[np.flatnonzero(room.succeeded)],
        )

    def list_of(self, room: _Room, matrix: InteractionMatrix, q: float, k: int, n: int) -> NeighbourList:
        won = int(room.succeeded.sum())
        tests = int((self.everybody >= k).sum())
        kept = self._more_than_chance(won, tests, q, k)
        scores = self._scores(kept, won, room.rows.size - won)
        order = np.lexsort((kept, -scores))[:n]
        best = kept[order]
        followed = self._followed(matrix, room)[best]
        columns = (matrix.items[best], scores[order], self.support[best], followed)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        neighbours = tuple(Neighbour(ItemId(item), *numbers) for item, *numbers in rows)
        return NeighbourList(NeighbourKind.SUCCEEDED, ItemId(int(matrix.items[room.column])), won, neighbours)

    def _more_than_chance(self, won: int, tests: int, q: float, k: int) -> Integers:
        granted = MARGIN * self.expected
        looked_at = np.flatnonzero((self.support >= k) & (self.support >= granted + 1.0))
        trials = np.minimum(self.everybody[looked_at], won)
        chances = tail(self.support[looked_at], granted[looked_at], trials)
        return looked_at[discoveries(chances, tests, q)] if looked_at.size else looked_at

    def _scores(self, columns: Integers, won: int, lost: int) -> Floats:
        support = self.support[columns]
        above = support / won - (self.everybody[columns] - support) / lost
        return np.asarray(support / (support + SHRINKAGE) * np.clip(above, 0.0, 1.0), dtype=np.float64)

    def _followed(self, matrix: InteractionMatrix, room: _Room) -> Integers:
        """Count who did each Item after the Anchor."""
        own = matrix.when[room.rows[room.succeeded]][:, [room.column]].toarray()[:, 0]
        later = self.entries.data > np.repeat(own, np.diff(self.entries.indptr))
        return np.bincount(self.entries.indices[later], minlength=matrix.items.size)


def _without(whole: csr_array, column: int) -> csr_array:
    kept = whole.indices != column
    starts = np.concatenate(([0], np.cumsum(kept)))[whole.indptr]
    return csr_array((whole.data[kept], whole.indices[kept], starts), shape=whole.shape)
