"""Who did what after what, counted without a loop over pairs."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.sparse import csr_array

from connector.recommend.base import Integers


@dataclass(frozen=True, slots=True)
class Histories:
    """Each learner's items in order of time, laid end to end.

    Attributes
    ----------
    columns : ndarray of int64, shape (n_interactions,)
        Item columns, by learner, then time.
    later : ndarray of int64, shape (n_interactions,)
        Where the learner's strictly later interactions begin.
    ends : ndarray of int64, shape (n_interactions,)
        Where the learner's history ends.
    places, starts : ndarray of int64, shapes (n_interactions,) and (n_items + 1,)
        ``places[starts[c]:starts[c + 1]]`` are where column c stands.
    """

    columns: Integers
    later: Integers
    ends: Integers
    places: Integers
    starts: Integers

    @classmethod
    def of(cls, when: csr_array) -> Self:
        """Lay out ``when``, learners x items, microseconds."""
        rows = np.repeat(np.arange(when.shape[0]), np.diff(when.indptr))
        order = np.lexsort((when.indices, when.data, rows))
        columns = when.indices[order].astype(np.int64)
        starts = np.concatenate(([0], np.cumsum(np.bincount(columns, minlength=when.shape[1]))))
        return cls(
            columns,
            _next_times(rows, when.data[order]),
            when.indptr[rows + 1].astype(np.int64),
            np.argsort(columns, kind="stable"),
            starts,
        )

    def followers(self, column: int) -> Integers:
        """Return, for each item column, how many learners did it strictly after ``column``; shape (n_items,).

        Costs the lengths of the histories of those who have ``column``, in time and in memory.
        """
        places = self.places[self.starts[column] : self.starts[column + 1]]
        after = _ranges(self.later[places], self.ends[places])
        return np.bincount(self.columns[after], minlength=self.starts.size - 1)


def _next_times(rows: Integers, times: Integers) -> Integers:
    """Return where, after each place, the next time of the same row (or the next row) begins."""
    if times.size == 0:
        return np.zeros(0, dtype=np.int64)
    changes = np.flatnonzero((np.diff(times) != 0) | (np.diff(rows) != 0)) + 1
    lengths = np.diff(np.concatenate(([0], changes, [times.size])))
    return np.repeat(np.cumsum(lengths), lengths)


def _ranges(starts: Integers, ends: Integers) -> Integers:
    """Return start, start + 1, …, end - 1 of each pair, one after the other."""
    lengths = ends - starts
    shifts = starts - (np.cumsum(lengths) - lengths)
    return np.repeat(shifts, lengths) + np.arange(lengths.sum())
