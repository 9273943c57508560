"""Items that too few people did to be proven near anything: near what is written much like them."""

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from connector.domain import ItemId, Neighbour, NeighbourKind, NeighbourList
from connector.recommend.base import Floats, Integers, checked_positive
from connector.recommend.kinds import Site
from connector.recommend.like import Content, likeness
from connector.recommend.matrix import InteractionMatrix


def untried_lists(
    matrix: InteractionMatrix,
    contents: Sequence[Content],
    offered: Collection[ItemId],
    *,
    fewest: int = 3,
    least: float = 0.2,
    n: int = 5,
) -> Iterator[NeighbourList]:
    """Yield, for each Item that anybody did, the untried Items that are described most like it.

    Parameters
    ----------
    matrix : InteractionMatrix
        Who did what.
    contents : sequence of Content
        What is written about the Items of the catalogue.
    offered : collection of ItemId
        What people put into the catalogue: nothing else joins a row for its description, least of all what a Statement
        alone names.
    fewest : int, default=3
        An Item that fewer people did is untried: no support can prove it near another one.
    least : float, default=0.2
        Under this likeness (see `connector.recommend.like`) two descriptions are not much alike.
    n : int, default=5
        At most so many Items a list.

    Yields
    ------
    NeighbourList
        Of the kind ``UNTRIED``, in rising order of item number, best first; base counts the learners who did the
        Anchor, support and followed are 0: nobody is counted.
    """
    checked_positive(fewest=fewest, n=n)
    site = Site.of(matrix, contents)
    people = np.bincount(site.matrix.weights.indices, minlength=site.matrix.items.size)
    told = np.array([bool(words) for words in site.words], dtype=np.bool_)
    untried = np.flatnonzero((people < fewest) & told & np.isin(site.matrix.items, list(offered)))
    if untried.size and people.any():
        yield from _lists(site, people, *_alike(site, untried, people, least), n)


def _alike(site: Site, untried: Integers, people: Integers, least: float) -> tuple[Integers, Integers, Floats]:
    """Return anchors, untried columns and their likeness, where it is enough."""
    anchors, others, scores = [], [], []
    for column, found in zip(untried.tolist(), likeness(site.words, site.titles, untried), strict=True):
        near = np.flatnonzero((found >= least) & (people > 0))
        near = near[near != column]
        anchors.append(near)
        others.append(np.full(near.size, column))
        scores.append(np.minimum(found[near], 1.0))
    return np.concatenate(anchors), np.concatenate(others), np.concatenate(scores)


def _lists(
    site: Site, people: Integers, anchors: Integers, others: Integers, scores: Floats, n: int
) -> Iterator[NeighbourList]:
    order = np.lexsort((others, -scores, anchors))
    anchors, others, scores = anchors[order], others[order], scores[order]
    columns, starts = np.unique(anchors, return_index=True)
    ends = np.append(starts, anchors.size)[1:]
    items = site.matrix.items
    for column, start, end in zip(columns.tolist(), starts.tolist(), ends.tolist(), strict=True):
        kept = slice(start, min(end, start + n))
        rows = zip(items[others[kept]].tolist(), scores[kept].tolist(), strict=True)
        neighbours = tuple(Neighbour(ItemId(item), score, 0, 0) for item, score in rows)
        yield NeighbourList(NeighbourKind.UNTRIED, ItemId(int(items[column])), int(people[column]), neighbours)
