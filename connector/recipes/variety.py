"""Variety: a Row whose Cards are not all alike.

Best first, a Card is taken if the mean likeness of all pairs of the Row stays at most what the recipe says; what does
not fit is asked again after each Card that does. So relevance is given up only where it has to be, as in the greedy
re-ranking of Carbonell and Goldstein (1998, "The use of MMR"), with a bound in the place of a trade-off.
"""

from collections.abc import Callable, Mapping, Sequence

from connector.domain import Item, ItemId

LOOKED_AT = 5
"""Of so many times the Cards that are wanted the row is chosen: what ranks lower is not looked at."""

Likeness = Callable[[Item, Item], float]


def likeness(one: Item, other: Item) -> float:
    """Tell how alike two Items are, in 0..1: the topics that they share of all theirs, and whether one provider's.

    Each counts half; of what one of them does not say, nothing is known, and the other half counts alone. Two Items of
    which nothing can be compared are 0 alike.
    """
    known: list[float] = []
    if one.topics and other.topics:
        mine, theirs = _folded(one.topics), _folded(other.topics)
        known.append(len(mine & theirs) / len(mine | theirs))
    if one.provider and other.provider:
        known.append(float(one.provider.casefold() == other.provider.casefold()))
    return sum(known) / len(known) if known else 0.0


def varied(
    ranked: Sequence[ItemId], items: Mapping[ItemId, Item], most: int, variety: float, alike: Likeness = likeness
) -> list[ItemId]:
    """Return at most ``most`` of the ``ranked``, best first, whose mean likeness in pairs is at most ``variety``.

    Parameters
    ----------
    ranked : sequence of ItemId
        Best first; of `LOOKED_AT` times ``most`` the first are looked at.
    items : mapping of ItemId to Item
        All of them.
    most : int
        At most so many.
    variety : float
        0..1; 1 lets everything in.
    alike : callable
        How alike two Items are, in 0..1, whichever comes first.

    Returns
    -------
    list of ItemId
        In the order of ``ranked``; the first always is among them.
    """
    waiting = dict.fromkeys(ranked[: LOOKED_AT * most], 0.0)
    taken: list[ItemId] = []
    total = 0.0
    while len(taken) < most:
        room = variety * (len(taken) + 1) * len(taken) / 2 - total
        fitting = next((item for item, sum_ in waiting.items() if sum_ <= room + _ROUNDING), None)
        if fitting is None:
            break
        total += waiting.pop(fitting)
        taken.append(fitting)
        for item in waiting:
            waiting[item] += alike(items[item], items[fitting])
    kept = set(taken)
    return [item for item in ranked if item in kept]


_ROUNDING = 1e-9


def _folded(topics: Sequence[str]) -> frozenset[str]:
    return frozenset(topic.casefold() for topic in topics)
