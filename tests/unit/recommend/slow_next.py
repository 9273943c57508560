"""The formula of ``connector.recommend.next_`` read aloud: dictionaries and loops. Slow, and easy to check."""

import math
from collections import defaultdict

from connector.recommend.base import MICROSECONDS_PER_DAY as DAY
from tests.unit.recommend.slow import histories


def scores(rows, *, window, distance, backward, gap, damping, prior, half_life):
    """Score of j for the anchor i, by (i, j)."""
    people = histories(rows)
    counts, mass = defaultdict(float), defaultdict(float)
    newest = max(at for times in people.values() for at in times.values())
    faint = {at: 0.5 ** ((newest - at) / (half_life * DAY)) for times in people.values() for at in times.values()}
    for times in people.values():
        moments = sorted(set(times.values()))
        say = 1 / math.log2(1 + len(times))
        for i, at in times.items():
            mass[i] += say * faint[at]
            for j, then in times.items():
                apart = moments.index(then) - moments.index(at)
                if i != j and abs(apart) <= window:
                    order = 1 if apart > 0 else backward if apart < 0 else (1 + backward) / 2
                    near = max(abs(apart), 1) ** -distance / (1 + abs(then - at) / DAY / gap)
                    counts[i, j] += say * faint[at] * faint[then] * order * near
    around = defaultdict(float)
    for (i, _), count in counts.items():
        around[i] += count
    return {
        (i, j): count / ((around[i] + prior) ** (1 - damping) * (mass[j] + prior) ** damping)
        for (i, j), count in counts.items()
    }


def support(rows, i, j):
    """Learners with both, and those who did j strictly after i."""
    both = [times for times in histories(rows).values() if i in times and j in times]
    return len(both), sum(times[j] > times[i] for times in both)
