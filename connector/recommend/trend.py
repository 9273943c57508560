"""What people do of late: popularity that forgets in weeks."""

import numpy as np
from numpy.typing import NDArray

from connector.domain import SITE, ItemId, Neighbour, NeighbourKind, NeighbourList
from connector.recommend.base import MICROSECONDS_PER_DAY, Integers, checked_positive, decay
from connector.recommend.matrix import InteractionMatrix

WINDOW = 4
"""Half-lives: what is older is no fashion."""


def trend_list(matrix: InteractionMatrix, *, half_life: float | None = 45.0, k: int = 1, n: int = 200) -> NeighbourList:
    """Return the ``n`` Items that most people did of late.

    Parameters
    ----------
    matrix : InteractionMatrix
        Who did what, when.
    half_life : float or None, default=45
        Days after which an interaction counts half, relative to the newest of all; what is older than four times that
        does not count at all. None counts all alike.
    k : int, default=1
        An Item that fewer people did in these days is left out; training asks for 5.
    n : int, default=200
        At most so many Items.

    Returns
    -------
    NeighbourList
        Anchor ``SITE``; base counts the learners who did anything in these days. A score is the decayed sum of weights
        over base, in 0..1 where weights are; support is the plain number of people. Best first, ties to the lower item
        number.
    """
    checked_positive(half_life=half_life, k=k, n=n)
    times, items = matrix.when.data, matrix.items.size
    fresh = _fresh(times, half_life)
    columns = matrix.weights.indices[fresh]
    people = np.bincount(columns, minlength=items)
    counted = np.minimum(matrix.weights.data[fresh], 1.0) * decay(times[fresh], half_life)
    scores = np.bincount(columns, counted, minlength=items)
    rows = np.repeat(np.arange(matrix.weights.shape[0]), np.diff(matrix.weights.indptr))
    base = np.unique(rows[fresh]).size
    shown = np.flatnonzero(people >= k)
    best = shown[np.lexsort((shown, -scores[shown]))][:n]
    values = zip(
        matrix.items[best].tolist(), (scores[best] / max(base, 1)).tolist(), people[best].tolist(), strict=True
    )
    neighbours = tuple(Neighbour(ItemId(item), score, support, followed=0) for item, score, support in values)
    return NeighbourList(NeighbourKind.TREND, SITE, base, neighbours)


def _fresh(times: Integers, half_life: float | None) -> NDArray[np.bool_]:
    if half_life is None:
        return np.ones(times.size, dtype=np.bool_)
    return np.asarray(times > times.max(initial=0) - WINDOW * half_life * MICROSECONDS_PER_DAY)
