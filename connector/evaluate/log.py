"""Log and Catalogue: what is measured on, as columns in order of time, without a name of anybody."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from connector.domain import Signal
from connector.recommend.base import Floats, Integers

SIGNALS = tuple(Signal)
"""What a code in ``Log.signals`` means."""

Rows = Integers | slice
"""Which Interactions of a Log."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The Items that can be ranked; an Item's place here is its column.

    ``texts`` holds what is known of an Item's content beside its title, in one string; ``listed`` is how many of the
    first Items stood in a catalogue, the others were seen in Interactions only.
    """

    names: tuple[str, ...]
    titles: tuple[str, ...]
    summaries: tuple[str, ...]
    languages: tuple[str, ...]
    topics: tuple[str, ...]
    listed: int

    @property
    def size(self) -> int:
        """How many Items there are."""
        return len(self.names)


@dataclass(frozen=True, slots=True, eq=False)
class Log:
    """Interactions in order of time; equal times stay in the order in which they were given.

    Attributes
    ----------
    learners, items : ndarray of int64, shape (n,)
        0, 1, …: rows and columns of `matrix`; names of Learners are not kept.
    times : ndarray of int64, shape (n,)
        Microseconds since 1970, never falling.
    signals : ndarray of int64, shape (n,)
        Places in `SIGNALS`.
    values : ndarray of float64, shape (n,)
        What came with the Interaction (progress, score, rating), NaN where nothing did.
    first : ndarray of bool, shape (n,)
        Whether it is the first of its Learner and Item.
    """

    learners: Integers
    items: Integers
    times: Integers
    signals: Integers
    values: Floats
    first: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        learners: ArrayLike,
        items: ArrayLike,
        times: ArrayLike,
        signals: ArrayLike | None = None,
        values: ArrayLike | None = None,
    ) -> Self:
        """Sort equally long columns by time; where ``signals`` is left out, everything is a completion."""
        when = np.asarray(times, dtype=np.int64)
        order = np.argsort(when, kind="stable")
        who, what = (np.asarray(one, dtype=np.int64)[order] for one in (learners, items))
        meant = np.full(when.size, SIGNALS.index(Signal.COMPLETED)) if signals is None else np.asarray(signals)
        came = np.full(when.size, np.nan) if values is None else np.asarray(values, dtype=np.float64)
        return cls(who, what, when[order], meant[order].astype(np.int64), came[order], _first(who, what))

    def __len__(self) -> int:
        """How many Interactions there are."""
        return int(self.times.size)

    def take(self, rows: Rows) -> "Log":
        """Return some of the Interactions; ``first`` is still said of the whole."""
        who, what, when = self.learners[rows], self.items[rows], self.times[rows]
        return Log(who, what, when, self.signals[rows], self.values[rows], self.first[rows])

    def firsts(self) -> "Log":
        """Return the first Interaction of each Learner and Item only."""
        return self.take(np.flatnonzero(self.first))

    def matrix(self, items: int) -> csr_array:
        """Return ones where a Learner has an Item, shape (highest learner + 1, items)."""
        rows, columns = (column[self.first].astype(np.int32) for column in (self.learners, self.items))
        shape = (int(rows.max(initial=-1)) + 1, items)
        return csr_array((np.ones(rows.size), (rows, columns)), shape=shape)

    def people(self, items: int) -> Integers:
        """Return how many Learners have each Item, shape (items,)."""
        return np.bincount(self.items[self.first], minlength=items)

    def used_signals(self) -> dict[str, int]:
        """Return how many Interactions there are of each Signal that occurs, most first."""
        counts = np.bincount(self.signals, minlength=len(SIGNALS))
        order = np.argsort(-counts, kind="stable")
        return {SIGNALS[code].value: int(counts[code]) for code in order if counts[code]}


def shuffled(log: Log, seed: int) -> Log:
    """Return the first Interactions with their Items dealt out anew: who did what means nothing any more.

    How active each Learner is stays, and so does how popular each Item is, but for the pairs that now are there twice.
    """
    kept = log.firsts()
    dealt = np.random.default_rng(seed).permutation(kept.items)
    return Log.of(kept.learners, dealt, kept.times, kept.signals, kept.values)


def _first(learners: Integers, items: Integers) -> NDArray[np.bool_]:
    pairs = learners * (items.max(initial=0) + 1) + items
    first = np.zeros(pairs.size, dtype=np.bool_)
    first[np.unique(pairs, return_index=True)[1]] = True
    return first
