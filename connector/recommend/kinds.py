"""The kinds of Neighbours of a site, over one set of columns: every Item that was used or is in the catalogue."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from connector.domain import ItemId, Neighbour, NeighbourKind, NeighbourList
from connector.recommend.base import Floats, Integers, NearColumns
from connector.recommend.latent import EaseNeighbours
from connector.recommend.like import Content, LikeItems
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.next_ import NextItems
from connector.recommend.scale import STRONG

LATENT_ITEMS = 3_000
"""EASE costs the cube of the number of items: above this it is not tried."""
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


@dataclass(frozen=True, slots=True)
class Design:
    """What a fit can be told: how many neighbours, how fast interactions fade (days or None), and whether EASE."""

    n_neighbours: int = 50
    half_life: float | None = None
    latent: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """Who did what, when, and what is written about it, with one column for each Item.

    Attributes
    ----------
    matrix : InteractionMatrix
        Its items are those of the interactions and of the catalogue together.
    words, titles : tuple of str
        Of each column, "" where nothing is written.
    """

    matrix: InteractionMatrix
    words: tuple[str, ...]
    titles: tuple[str, ...]

    @classmethod
    def of(cls, matrix: InteractionMatrix, contents: Sequence[Content]) -> Self:
        """Join interactions and catalogue."""
        written = {content.item: content for content in contents}
        known = np.fromiter(written, np.int64, len(written))
        items = np.union1d(matrix.items, known)
        places = np.searchsorted(items, matrix.items)
        wide = InteractionMatrix(
            matrix.learners, items, *(_moved(one, places, items.size) for one in (matrix.weights, matrix.when))
        )
        found = [written.get(ItemId(item)) for item in items.tolist()]
        words = tuple(content.words if content else "" for content in found)
        return cls(wide, words, tuple(content.title if content else "" for content in found))

    def before(self, moment: int) -> "Site":
        """Return the same columns with what was done before ``moment`` (microseconds) only."""
        whole = self.matrix
        kept = whole.when.data < moment
        weights, when = _kept(whole.weights, kept), _kept(whole.when, kept)
        return replace(self, matrix=InteractionMatrix(whole.learners, whole.items, weights, when))


def fitted(site: Site, design: Design) -> dict[NeighbourKind, Near]:
    """Fit every kind that has something to learn from."""
    used = _by_use(site.matrix, design) if site.matrix.interactions else {}
    if any(site.words):
        return used | {NeighbourKind.LIKE: LikeItems(design.n_neighbours).fit(site.words, titles=site.titles)}
    return used


def _by_use(matrix: InteractionMatrix, design: Design) -> dict[NeighbourKind, Near]:
    n = design.n_neighbours
    after = NextItems(n, half_life=design.half_life)
    together = NextItems(
        n, window=WHOLE_HISTORY, distance=0.0, backward=1.0, gap=None, damping=0.3, half_life=design.half_life
    )
    kinds: dict[NeighbourKind, Near] = {
        NeighbourKind.NEXT: after.fit(matrix.weights, when=matrix.when),
        NeighbourKind.NEAR: together.fit(matrix.weights, when=matrix.when),
    }
    if design.latent and matrix.items.size <= LATENT_ITEMS:
        kinds[NeighbourKind.LATENT] = EaseNeighbours(n).fit(matrix.weights, when=matrix.when)
    return kinds


def lists_of(kind: NeighbourKind, near: Near, site: Site, n: int) -> Iterator[NeighbourList]:
    """Yield the NeighbourList of each Anchor that has Neighbours, in rising order of item number."""
    items = site.matrix.items.tolist()
    base = np.bincount(site.matrix.weights.indices, minlength=len(items)).tolist()
    for column in np.flatnonzero(np.diff(near.starts_)).tolist():
        found = near.neighbours(column, n)
        rows = zip(
            *(part.tolist() for part in (found.columns, found.scores, found.support, found.followed)), strict=True
        )
        neighbours = tuple(Neighbour(ItemId(items[other]), *numbers) for other, *numbers in rows)
        yield NeighbourList(kind, ItemId(items[column]), base[column], neighbours)


def scaled(kinds: Mapping[NeighbourKind, Near], columns: int) -> dict[NeighbourKind, csr_array]:
    """Return each kind as anchors x items, divided by its scale constant (see `connector.recommend.scale`)."""
    found = {}
    for kind, near in kinds.items():
        bests = near.scores_[near.starts_[:-1][np.diff(near.starts_) > 0]]
        constant = float(np.quantile(bests, STRONG, method="higher")) if bests.size else 1.0
        found[kind] = csr_array((near.scores_ / constant, near.columns_, near.starts_), shape=(columns, columns))
    return found


def _moved(matrix: csr_array, places: Integers, columns: int) -> csr_array:
    return csr_array(
        (matrix.data, places[matrix.indices].astype(np.int32), matrix.indptr), shape=(matrix.shape[0], columns)
    )


def _kept(matrix: csr_array, kept: NDArray[np.bool_]) -> csr_array:
    starts = np.concatenate(([0], np.cumsum(kept)))[matrix.indptr].astype(np.int32)
    return csr_array((matrix.data[kept], matrix.indices[kept], starts), shape=matrix.shape)
