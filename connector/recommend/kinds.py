"""The kinds of Neighbours of a site, over one set of columns: every Item that was used or is in the catalogue."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from connector.domain import ItemId, Neighbour, NeighbourKind, NeighbourList
from connector.recommend.base import Floats, Integers, NearColumns
from connector.recommend.latent import EaseNeighbours
from connector.recommend.like import Content, LikeItems
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.newcomers import USUAL, Pace
from connector.recommend.next_ import NextItems
from connector.recommend.scale import STRONG

LATENT_ITEMS = 3_000
"""EASE costs the cube of the number of items: above this it is not tried."""
LONGER = 2
"""EASE's lists are so many times as long as the others: what is near through a third is spread over more Items."""
LONGEST = 4
"""The same where more of a history is read than is usual, for people with long ones."""
WHOLE_HISTORY = 500
"""Moments before and after an anchor that count as together with it."""


class Near(Protocol):
    """A fitted kind; column c's neighbours stand at ``starts_[c]:starts_[c + 1]`` in the other two, best first."""

    starts_: Integers
    columns_: Integers
    scores_: Floats

    def neighbours(self, column: int, n: int) -> NearColumns:
        """Return at most ``n`` columns near ``column``, best first."""
        ...


class Order(NamedTuple):
    """How *next* reads an order: power of the decay by moments, and what an item before the anchor counts."""

    distance: float
    backward: float


LOOSE = Order(0.75, 0.35)
"""Items are done side by side: near in time says much, which was first says less."""
AHEAD = Order(0.75, 0.0)
"""Only what follows counts, be it a few steps on."""


@dataclass(frozen=True, slots=True)
class Design:
    """What a fit can be told.

    Parameters
    ----------
    n_neighbours : int, default=50
        At most so many Neighbours an Anchor.
    half_life : float or None, default=None
        Days after which an interaction counts half in *next* and *near*; None: they never fade.
    latent : bool, default=False
        Whether EASE is fitted, where there are at most `LATENT_ITEMS`.
    penalty : float, default=250
        EASE's doubt.
    order : Order, default=LOOSE
        How *next* reads an order.
    trend : float or None, default=365
        Days after which an interaction counts half in what people do of late; None: of all time.
    newcomers : Pace
        How popularity forgets, and how much what people did first counts in it (`connector.recommend.newcomers`).
    weaker : float, default=0
        What weaker signals are multiplied with (a weight above 1 is 1) in *next*, *near* and *latent*; 0 leaves them
        out.
    """

    n_neighbours: int = 50
    half_life: float | None = None
    latent: bool = False
    penalty: float = 250.0
    order: Order = LOOSE
    trend: float | None = 365.0
    weaker: float = 0.0
    newcomers: Pace = USUAL


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """Who did what, when, and what is written about it, with one column for each Item.

    Attributes
    ----------
    matrix : InteractionMatrix
        Its items are those of the interactions and of the catalogue together.
    words, titles : tuple of str
        Of each column, "" where nothing is written.
    aside : InteractionMatrix or None
        What people did by weaker signals alone: other pairs of the same learners and items.
    """

    matrix: InteractionMatrix
    words: tuple[str, ...]
    titles: tuple[str, ...]
    aside: InteractionMatrix | None = None

    @classmethod
    def of(cls, matrix: InteractionMatrix, contents: Sequence[Content], aside: InteractionMatrix | None = None) -> Self:
        """Join interactions and catalogue."""
        written = {content.item: content for content in contents}
        known = np.fromiter(written, np.int64, len(written))
        both = [matrix] if aside is None else [matrix, aside]
        items = np.unique(np.concatenate([known, *(one.items for one in both)]))
        learners = np.unique(np.concatenate([one.learners for one in both]))
        wide = [_widened(one, learners, items) for one in both]
        found = [written.get(ItemId(item)) for item in items.tolist()]
        words = tuple(content.words if content else "" for content in found)
        return cls(wide[0], words, tuple(content.title if content else "" for content in found), *wide[1:])

    @property
    def aside_when(self) -> csr_array | None:
        """When people did what they did by weaker signals alone."""
        return None if self.aside is None else self.aside.when

    def before(self, moment: int) -> "Site":
        """Return the same columns with what was done before ``moment`` (microseconds) only."""
        aside = None if self.aside is None else _without(self.aside, np.flatnonzero(self.aside.when.data >= moment))
        return replace(self.without(np.flatnonzero(self.matrix.when.data >= moment)), aside=aside)

    def with_weaker(self, times: float) -> InteractionMatrix:
        """Return the interactions with those of weaker signals, whose weights are multiplied; none at 0."""
        if self.aside is None or not times:
            return self.matrix
        both = [self.matrix, self.aside]
        columns = (np.concatenate([one.weights.indices for one in both]), np.concatenate([_rows(one) for one in both]))
        order, shape = np.lexsort(columns), self.matrix.weights.shape
        starts = np.concatenate(([0], np.cumsum(np.bincount(columns[1], minlength=shape[0]))))
        values = np.concatenate((self.matrix.weights.data, np.minimum(times * self.aside.weights.data, 1.0)))
        when = np.concatenate([one.when.data for one in both])
        laid = (csr_array((one[order], columns[0][order], starts), shape=shape) for one in (values, when))
        return InteractionMatrix(self.matrix.learners, self.matrix.items, *laid)

    def without(self, places: Integers) -> "Site":
        """Return the same columns without the interactions at these places of the matrix."""
        return replace(self, matrix=_without(self.matrix, places))


def fitted(site: Site, design: Design, wanted: Collection[NeighbourKind]) -> dict[NeighbourKind, Near]:
    """Fit every kind that is wanted and has something to learn from."""
    every = {kind: fitted_one(kind, site, design) for kind in NEAR_KINDS if kind in wanted}
    return {kind: near for kind, near in every.items() if near is not None}


def fitted_one(kind: NeighbourKind, site: Site, design: Design) -> Near | None:
    """Fit one kind; None where it has nothing to learn from, or is not wanted."""
    if kind is NeighbourKind.LIKE:
        return _like(site, design) if any(site.words) else None
    if not site.matrix.interactions or (kind is NeighbourKind.LATENT and not _latent_fits(site, design)):
        return None
    matrix = site.with_weaker(design.weaker)
    found: Near = _BY_USE[kind](design).fit(matrix.weights, when=matrix.when)
    return found


def _latent_fits(site: Site, design: Design) -> bool:
    return design.latent and site.matrix.items.size <= LATENT_ITEMS


def _like(site: Site, design: Design) -> Near:
    return LikeItems(design.n_neighbours).fit(site.words, titles=site.titles)


def _next(design: Design) -> NextItems:
    distance, backward = design.order
    return NextItems(design.n_neighbours, distance=distance, backward=backward, half_life=design.half_life)


def _near(design: Design) -> NextItems:
    n, fading = design.n_neighbours, design.half_life
    return NextItems(n, window=WHOLE_HISTORY, distance=0.0, backward=1.0, gap=None, damping=0.3, half_life=fading)


def _ease(design: Design) -> EaseNeighbours:
    return EaseNeighbours(LONGEST * design.n_neighbours, penalty=design.penalty)


_BY_USE: Mapping[NeighbourKind, Callable[[Design], Any]] = {
    NeighbourKind.NEXT: _next,
    NeighbourKind.NEAR: _near,
    NeighbourKind.LATENT: _ease,
}
NEAR_KINDS = (*_BY_USE, NeighbourKind.LIKE)
"""The kinds whose Neighbours hang on an Item."""


def longest(kind: NeighbourKind, design: Design, anchors: int | None) -> int:
    """Return how many Neighbours a list of a kind has at most, where so many Anchors are read (None: as usual)."""
    times = 1 if kind is not NeighbourKind.LATENT else LONGEST if anchors else LONGER
    return times * design.n_neighbours


def lists_of(kind: NeighbourKind, near: Near, site: Site, most: int) -> Iterator[NeighbourList]:
    """Yield the NeighbourList of each Anchor that has Neighbours, ``most`` at most, in rising order of item number."""
    items = site.matrix.items.tolist()
    base = np.bincount(site.matrix.weights.indices, minlength=len(items)).tolist()
    sizes = np.minimum(np.diff(near.starts_), most)
    for column in np.flatnonzero(sizes).tolist():
        found = near.neighbours(column, int(sizes[column]))
        rows = zip(
            *(part.tolist() for part in (found.columns, found.scores, found.support, found.followed)), strict=True
        )
        neighbours = tuple(Neighbour(ItemId(items[other]), *numbers) for other, *numbers in rows)
        yield NeighbourList(kind, ItemId(items[column]), base[column], neighbours)


def scaled(near: Near, columns: int, most: int) -> csr_array:
    """Return a kind as anchors x items, ``most`` each, divided by its scale constant (`connector.recommend.scale`)."""
    bests = near.scores_[near.starts_[:-1][np.diff(near.starts_) > 0]]
    constant = float(np.quantile(bests, STRONG, method="higher")) if bests.size else 1.0
    sizes = np.diff(near.starts_)
    kept = np.arange(near.scores_.size) - np.repeat(near.starts_[:-1], sizes) < most
    starts = np.concatenate(([0], np.cumsum(np.minimum(sizes, most))))
    return csr_array((near.scores_[kept] / constant, near.columns_[kept], starts), shape=(columns, columns))


def _widened(matrix: InteractionMatrix, learners: Integers, items: Integers) -> InteractionMatrix:
    """Return the same in more rows and columns."""
    places = np.searchsorted(items, matrix.items)
    counts = np.zeros(learners.size, dtype=np.int64)
    counts[np.searchsorted(learners, matrix.learners)] = np.diff(matrix.weights.indptr)
    starts, shape = np.concatenate(([0], np.cumsum(counts))).astype(np.int32), (learners.size, items.size)
    moved = (
        csr_array((one.data, places[one.indices].astype(np.int32), starts), shape=shape)
        for one in (matrix.weights, matrix.when)
    )
    return InteractionMatrix(learners, items, *moved)


def _without(matrix: InteractionMatrix, places: Integers) -> InteractionMatrix:
    kept = np.ones(matrix.interactions, dtype=np.bool_)
    kept[places] = False
    weights, when = _kept(matrix.weights, kept), _kept(matrix.when, kept)
    return InteractionMatrix(matrix.learners, matrix.items, weights, when)


def _rows(matrix: InteractionMatrix) -> Integers:
    return np.repeat(np.arange(matrix.weights.shape[0]), np.diff(matrix.weights.indptr))


def _kept(matrix: csr_array, kept: NDArray[np.bool_]) -> csr_array:
    starts = np.concatenate(([0], np.cumsum(kept)))[matrix.indptr].astype(np.int32)
    return csr_array((matrix.data[kept], matrix.indices[kept], starts), shape=matrix.shape)
