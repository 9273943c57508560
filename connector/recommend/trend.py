"""What people do of late: popularity that forgets in weeks."""

import numpy as np

from connector.domain import SITE, ItemId, Neighbour, NeighbourKind, NeighbourList
from connector.recommend.base import MICROSECONDS_PER_DAY, checked_positive, decay
from connector.recommend.matrix import InteractionMatrix


def trend_list(
    matrix: InteractionMatrix, *, half_life: float = 45.0, days: float = 180.0, k: int = 1, n: int = 200
) -> NeighbourList:
    """Return the ``n`` Items that most people did of late.

    Parameters
    ----------
    matrix : InteractionMatrix
        Who did what, when.
    half_life : float, default=45
        Days after which an interaction counts half, relative to the newest of all.
    days : float, default=180
        Older interactions do not count at all.
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
    checked_positive(half_life=half_life, days=days, k=k, n=n)
    times, items = matrix.when.data, matrix.items.size
    fresh = times > times.max(initial=0) - days * MICROSECONDS_PER_DAY
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
