"""The definitions of ``connector.recommend`` read aloud: dictionaries and loops, no arrays. Slow, and easy to check."""

import math
from collections import Counter, defaultdict
from itertools import product

from connector.recommend.base import MICROSECONDS_PER_DAY as DAY


def histories(rows):
    """First time of each item, by learner."""
    found = defaultdict(dict)
    for learner, item, at in rows:
        found[learner][item] = min(at, found[learner].get(item, at))
    return found


def pair(rows, i, j, half_life, shrinkage):
    """Score, support and followed of j for the anchor i."""
    people = histories(rows)
    newest = max(at for times in people.values() for at in times.values())
    dot = length_i = length_j = 0.0
    support = followed = 0
    for times in people.values():
        say = 1 / math.log2(1 + len(times))
        weight = {item: 0.5 ** ((newest - at) / (half_life * DAY)) for item, at in times.items()}
        length_i += say * weight.get(i, 0) ** 2
        length_j += say * weight.get(j, 0) ** 2
        if i in times and j in times:
            support += 1
            followed += times[j] > times[i]
            dot += say * weight[i] * weight[j]
    return dot / math.sqrt(length_i * length_j) * support / (support + shrinkage), support, followed


def significant(rows, min_support=3, alpha=0.05):
    """The set of neighbours of each anchor: expected counts by strata, binomial tail, Benjamini and Hochberg."""
    sets = [set(times) for times in histories(rows).values()]
    base = Counter(item for items in sets for item in items)
    expected = _expected(sets)
    tests = sum(count >= min_support for count in base.values())
    level = (alpha / (4.5 * max(tests, 1))) ** (1 / 3)
    return {i: _passing(_chances(i, sets, base, expected, min_support), level / max(tests - 1, 1)) for i in base}


def _passing(chances, step):
    limit = max((p for rank, p in enumerate(sorted(chances.values()), 1) if p <= step * rank), default=-1)
    return {j for j, p in chances.items() if p <= limit}


def _chances(i, sets, base, expected, min_support):
    found = {}
    for j in base:
        support, mean = sum({i, j} <= items for items in sets), 1.1 * expected[i, j]
        if i != j and support >= max(min_support, mean + 1):
            found[j] = _binomial_tail(support, min(base[i], base[j]), mean)
    return found


def _binomial_tail(support, trials, mean):
    p = mean / trials
    return sum(math.comb(trials, s) * p**s * (1 - p) ** (trials - s) for s in range(support, trials + 1))


def _expected(sets):
    expected = Counter()
    for stratum in _strata([items for items in sets if len(items) > 1]):
        counts = Counter(item for items in stratum for item in items)
        products = sum(counts[i] * counts[j] for i, j in product(counts, repeat=2) if i != j)
        truly = sum(len(items) * (len(items) - 1) for items in stratum)
        for i, j in product(counts, repeat=2):
            expected[i, j] += counts[i] * counts[j] * truly / products
    return expected


def _strata(sets):
    """Ten learners at least, of like activity (steps of 20 %); what is left at the top joins the one below."""
    steps = defaultdict(list)
    for items in sets:
        steps[math.floor(math.log(len(items)) / math.log(1.2))].append(items)
    strata, filling = [], []
    for step in sorted(steps):
        filling += steps[step]
        if len(filling) >= 10:
            strata.append(filling)
            filling = []
    if strata:
        strata[-1] += filling
    return strata or [filling] * bool(filling)
