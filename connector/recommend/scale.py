"""The constant that a Model's scores are divided by at serving, one per kind of list."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from connector.domain import NeighbourList

STRONG = 0.95
"""The share of anchors whose best Neighbour lies at or under the constant."""


def scale_of(lists: Iterable[NeighbourList]) -> dict[str, float]:
    """Return, by kind, the 95th percentile of the best score over anchors.

    Stored with the Model, so that a card's score never depends on what else is on its page: taking an anchor out can
    only lower a card. A kind without Neighbours has no entry. An observed score is taken (no interpolation), so the
    constant is above 0.
    """
    best: dict[str, list[float]] = defaultdict(list)
    for found in lists:
        if found.neighbours:
            best[found.kind.value].append(found.neighbours[0].score)
    return {kind: float(np.quantile(scores, STRONG, method="higher")) for kind, scores in sorted(best.items())}
