"""The definitions of ``connector.recommend`` read aloud: dictionaries and loops, no arrays. Slow, and easy to check."""

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import product

from scipy import stats

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
    """The set of neighbours of each anchor: what pairs prove, and more where the anchor's whole row has structure."""
    facts = Facts.of(rows, min_support)
    strict = (alpha / (4.5 * max(facts.tests, 1))) ** (1 / 3)
    near = {i: _passing(_proven(i, facts), strict / max(facts.tests - 1, 1)) for i in facts.base}
    rows_of = {i: _balanced(i, facts) for i in facts.base}
    chances = {i: _anchor_chance(rows_of[i]) for i in facts.base if facts.base[i] >= min_support}
    for i in _passing(chances, 0.1 / max(facts.tests, 1)):
        near[i] |= _passing(_opened(i, rows_of[i], facts), 0.5 / max(facts.tests - 1, 1))
    return near


@dataclass
class Facts:
    """Margins, supports, and the mean and variance of every ordered pair under chance."""

    base: Counter
    support: Counter
    expected: Counter
    variance: Counter
    min_support: int
    tests: int

    @classmethod
    def of(cls, rows, min_support):
        sets = [set(times) for times in histories(rows).values()]
        base = Counter(item for items in sets for item in items)
        support = Counter(pair for items in sets for pair in product(items, repeat=2))
        return cls(base, support, *_expected(sets), min_support, sum(count >= min_support for count in base.values()))


def _passing(chances, step):
    limit = max((p for rank, p in enumerate(sorted(chances.values()), 1) if p <= step * rank), default=-1)
    return {j for j, p in chances.items() if p <= limit}


def _proven(i, facts):
    found = {}
    for j in facts.base:
        support, mean = facts.support[i, j], 1.1 * facts.expected[i, j]
        if i != j and support >= max(facts.min_support, mean + 1):
            found[j] = _binomial_tail(support, min(facts.base[i], facts.base[j]), mean)
    return found


def _balanced(i, facts):
    """Support, mean and variance of each other item, scaled so that the means sum to the supports."""
    others = [j for j in facts.base if j != i]
    expected = sum(facts.expected[i, j] for j in others)
    factor = sum(facts.support[i, j] for j in others) / expected if expected else 0.0
    return {j: (facts.support[i, j], factor * facts.expected[i, j], factor * facts.variance[i, j]) for j in others}


def _anchor_chance(row):
    surplus = second = third = 0.0
    for support, mean, variance in row.values():
        wide = variance + mean**2 / 100
        if wide > 0:
            off, weight = support - mean, math.sqrt(mean) / wide
            surplus += weight * (off**2 - (2 * variance / mean - 1) * off - wide)
            second += weight**2 * 2 * wide**2
            third += weight**3 * (8 * wide**3 + 4 * wide**2)
    if second == 0:
        return 1.0
    shape = 4 * second**3 / third**2
    return stats.gamma.sf(shape + surplus * math.sqrt(shape / second), shape)


def _opened(i, row, facts):
    tried = [math.sqrt(mean) for j, (_, mean, _) in row.items() if facts.base[j] >= facts.min_support]
    found = {}
    for j, (support, mean, _) in row.items():
        if mean > 0 and support >= max(facts.min_support, mean + max(1, math.sqrt(mean))):
            weight = math.sqrt(mean) * (facts.tests - 1) / sum(tried)
            found[j] = _binomial_tail(support, min(facts.base[i], facts.base[j]), mean) / weight
    return found


def _binomial_tail(support, trials, mean):
    p = mean / trials
    return sum(math.comb(trials, s) * p**s * (1 - p) ** (trials - s) for s in range(support, trials + 1))


def _expected(sets):
    """Mean and variance of the learners with both: hypergeometric in each stratum."""
    expected, variance = Counter(), Counter()
    for stratum in _strata([items for items in sets if len(items) > 1]):
        counts, size = Counter(item for items in stratum for item in items), len(stratum)
        products = sum(counts[i] * counts[j] for i, j in product(counts, repeat=2) if i != j)
        truly = sum(len(items) * (len(items) - 1) for items in stratum)
        for i, j in product(counts, repeat=2):
            mean = counts[i] * counts[j] * truly / products
            expected[i, j] += mean
            variance[i, j] += mean * (size - counts[i]) * (size - counts[j]) / (size * max(size - 1, 1))
    return expected, variance


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
