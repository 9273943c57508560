r"""Which co-completions are more than chance: the relevance floor under every "because".

**The null.** Learners of like activity choose independently of each other's taste. Learners with two items or more are
cut into *strata* of activity (at least 10 learners, steps of 20 % in items per learner). Inside stratum g, items i and
j fall independently: with n_gi of its m_g learners having i, n_gi n_gj / m_g have both on average, and the number is
hypergeometric. One factor per stratum, close to 1, makes the expected pairs of items sum to the pairs that its learners
truly have, :math:`\sum_u d_u (d_u - 1)`. With one stratum this is the configuration model. Strata respect that active
learners have everything together, that popular items saturate among them, and that some items attract the active.

**The test.** A sum of independent hypergeometric counts is a sum of independent yes-or-no trials (Vatutin and Mikhailov
1982), no more than min(n_i, n_j) of them; from its mean plus one on, the upper tail of such a sum is at most that of
the binomial with the same mean (Hoeffding 1956). A pair's p-value is that binomial tail, at 1.1 times the expected
count: what is left of unequal activity inside strata biases expected counts by some per cent, and among thousands of
learners any bias would be "significant".

**The correction.** Benjamini and Hochberg (1995) over the pairs of one anchor, so that an anchor's list depends on no
other anchor's and blocks stay independent. By chance three pairs pass at level q with a probability of about
(3 q)**3 / 6 = 4.5 q**3; q is set so that this sums to ``alpha`` over all anchors: the chance that noise gives *any*
anchor three neighbours, which is what makes a row. One procedure over all pairs of all anchors would let strong
pairs of some anchors open the door to chance pairs of others.

**Measured.** Noise (independent tastes, Zipf items, log-normal activity): data sets where any anchor got three or more.
Tastes (400 learners x 120 items, six tastes, 70 % and 85 % of choices from the own): anchors that get three or more;
of the pairs found, at most 0.02 % cross tastes under every rule.

==============================  =========  ========  =========  ===========  ==============  ==========
rule                            30 x 40    100 x 60  400 x 120  2,000 x 400  10,000 x 2,000  tastes
==============================  =========  ========  =========  ===========  ==============  ==========
configuration model, Poisson,
0.05 / tests                    0 of 600   0 of 300  22 of 100  10 of 10     2 of 2          19 %, 51 %
this, but 0.05 / tests          0 of 600   0 of 300  0 of 100   0 of 10      0 of 2          20 %, 55 %
this, but Poisson tail          0 of 600   0 of 300  0 of 100   0 of 10      0 of 2          10 %, 21 %
this, but strata of 30          9 of 600   6 of 300  0 of 100   0 of 10      0 of 2          40 %, 82 %
this, but no margin             0 of 600   0 of 300  0 of 100   0 of 10      2 of 2          48 %, 89 %
**this**                        0 of 600   0 of 300  0 of 100   0 of 10      0 of 2          34 %, 74 %
==============================  =========  ========  =========  ===========  ==============  ==========

The price: on small sites tastes are hardly ever provable pair by pair. ``connector.recommend.structure`` adds what can
be said of an anchor as a whole; where that is nothing either, a site shows what is popular, and says so.
"""

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, ndtri

from connector.recommend.base import Floats, Integers
from connector.recommend.compiled import compiled

STRATUM_LEARNERS = 10
STRATUM_RATIO = 1.2
MARGIN = 1.1
NEGLIGIBLE = 1e-17
STEPS = 1_024
FINEST = 64


@dataclass(frozen=True, slots=True)
class ChanceModel:
    """How many learners would have two items both, were tastes independent within strata of activity.

    Attributes
    ----------
    counts : ndarray of float64, shape (n_strata, n_items)
        Learners of the stratum who have the item.
    rates : ndarray of float64, shape (n_strata,)
        What n_gi n_gj is multiplied with.
    sizes : ndarray of float64, shape (n_strata,)
        Learners of the stratum.
    spread : ndarray of float64, shape (n_strata, n_items)
        n_gi (1 - n_gi / m_g): what the variance has in the place of n_gi.
    """

    counts: Floats
    rates: Floats
    sizes: Floats
    spread: Floats

    @classmethod
    def of(cls, activity: Integers, bounds: Integers, learners: NDArray[Any]) -> Self:
        """Read margins from items per learner, and from who has each column.

        Parameters
        ----------
        activity : ndarray of int64, shape (n_learners,)
            Items of each learner.
        bounds : ndarray of int64, shape (n_items + 1,)
            Column c's learners are ``learners[bounds[c]:bounds[c + 1]]``.
        learners : ndarray of unsigned int, shape (n_interactions,)
            Row numbers.
        """
        active = np.flatnonzero(activity > 1)
        stratum = strata(activity[active])
        pairs = np.bincount(stratum, activity[active] * (activity[active] - 1.0)).astype(np.float64)
        counts = np.zeros((_size(stratum) + 1, bounds.size - 1))
        everyone = np.full(activity.size, counts.shape[0] - 1)
        everyone[active] = stratum
        _count(everyone, bounds, learners, counts)
        counts = counts[:-1]
        sizes = np.bincount(stratum).astype(np.float64)
        return cls(counts, _rates(counts, pairs), sizes, counts * (1.0 - counts / sizes[:, np.newaxis]))

    def totals(self) -> Floats:
        """Return the mean number of learners with both, summed over all other columns, shape (n_items,)."""
        others = self.counts.sum(axis=1, keepdims=True) - self.counts
        return np.asarray(self.rates @ (self.counts * others), dtype=np.float64)

    def expected(self, block: slice) -> Floats:
        """Return the mean number of learners with both, shape (columns in block, n_items)."""
        scaled = self.counts[:, block] * self.rates[:, np.newaxis]
        return np.asarray(scaled.T @ self.counts, dtype=np.float64)

    def variance(self, block: slice) -> Floats:
        """Return the hypergeometric variance of that number, shape (columns in block, n_items)."""
        sizes = self.sizes[:, np.newaxis]
        scaled = self.spread[:, block] * self.rates[:, np.newaxis] * sizes / np.maximum(sizes - 1.0, 1.0)
        return np.asarray(scaled.T @ self.spread, dtype=np.float64)


def strata(activity: Integers) -> Integers:
    """Return the stratum (0, 1, …) of each learner; equal activity is never cut apart.

    Parameters
    ----------
    activity : ndarray of int64, shape (n_learners,)
        Items per learner, at least 1.
    """
    steps = np.floor(np.log(activity) / np.log(STRATUM_RATIO)).astype(np.int64)
    levels, level_of_each, sizes = np.unique(steps, return_inverse=True, return_counts=True)
    return _merged(sizes)[level_of_each] if levels.size else steps


def tail(support: Integers, granted: Floats, trials: Integers) -> Floats:
    """Return the binomial chance of ``support`` or more among ``trials`` with mean ``granted``.

    A bound on the pair's true chance, where ``support`` is at least ``granted`` plus one: give no other pairs.
    """
    logs, pairs = log_factorials(int(trials.max(initial=0))), zip(support, trials, granted, strict=True)
    return np.array([binomial_tail(both, of, mean, logs) for both, of, mean in pairs], dtype=np.float64)


@compiled
def binomial_tail(support: Any, trials: Any, mean: Any, logs: Any) -> Any:
    """Return the chance of one pair as ``tail`` does, its terms added one by one from ``support`` on.

    ``logs`` are ``log_factorials`` up to ``trials`` at least.
    """
    p = mean / trials
    odds, missed = p / (1.0 - p), trials - support
    ways = logs[int(trials)] - logs[int(support)] - logs[int(missed)]
    total = term = 1.0
    for more in range(1, int(missed) + 1):
        term *= (missed - more + 1.0) / (support + more) * odds
        total += term
        if term < NEGLIGIBLE * total:
            break
    return np.exp(ways + support * np.log(p) + missed * np.log1p(-p)) * total


def log_factorials(largest: int) -> Floats:
    """Return log(n!) for n = 0 … ``largest``."""
    return np.asarray(gammaln(np.arange(largest + 1) + 1.0), dtype=np.float64)


def level(alpha: float, anchors: int) -> float:
    """Return q, so that noise gives any of ``anchors`` three neighbours with a chance of about ``alpha``."""
    return float(np.cbrt(alpha / (4.5 * max(anchors, 1))))


@compiled
def discoveries(chances: Any, tests: Any, q: Any) -> Any:
    """Return which of an anchor's p-values pass (Benjamini and Hochberg 1995, step-up), of ``tests`` tests in all."""
    rising, limit = np.sort(chances), -1.0
    for rank in range(rising.size):
        if rising[rank] <= q * (rank + 1) / max(tests, 1):
            limit = rising[rank]
    return chances <= limit


@compiled
def hopeless(support: Any, trials: Any, mean: Any, chance: Any, squares: Any) -> Any:
    """Return whether a pair's tail is surely above ``chance``, at the cost of one division.

    The tail is at least that of a normal variable beyond sqrt(2 n D), D the divergence of support / n from mean / n
    (Zubkov and Serov 2013), and 2 n D is at most (support - mean)**2 / (mean (1 - support / n)).
    """
    place = min(int(chance * STEPS), STEPS - 1)
    if place == 0:
        place = STEPS + min(-math.frexp(chance)[1], FINEST)
    return (support - mean) ** 2 < squares[place] * mean * (1.0 - support / trials)


def least_squares() -> Floats:
    """Return the squared normal deviations whose tails are (n + 1) / ``STEPS``, then those with tails of 2**-n.

    For n = 0 … ``STEPS`` - 1, and n = 0 … ``FINEST``.
    """
    tails = np.concatenate(((np.arange(STEPS) + 1.0) / STEPS, 2.0 ** -np.arange(FINEST + 1.0)))
    return np.asarray(np.minimum(ndtri(tails), 0.0) ** 2, dtype=np.float64)


@compiled
def _count(strata_of_learners: Any, bounds: Any, learners: Any, counts: Any) -> Any:
    for column in range(counts.shape[1]):
        for entry in range(bounds[column], bounds[column + 1]):
            counts[strata_of_learners[learners[entry]], column] += 1.0


def _size(stratum: Integers) -> int:
    return int(stratum.max()) + 1 if stratum.size else 0


def _rates(counts: Floats, pairs: Floats) -> Floats:
    """Return pairs / (sum over i != j of n_gi n_gj), 0 where a stratum has no pair."""
    products = counts.sum(axis=1) ** 2 - (counts**2).sum(axis=1)
    return np.where(products > 0, pairs / np.where(products > 0, products, 1.0), 0.0)


def _merged(sizes: Integers) -> Integers:
    """Return the stratum of each level: neighbours are joined until each has ``STRATUM_LEARNERS``."""
    stratum, filled, number = np.zeros(sizes.size, dtype=np.int64), 0, 0
    for place, size in enumerate(sizes):
        stratum[place] = number
        filled += int(size)
        if filled >= STRATUM_LEARNERS:
            number, filled = number + 1, 0
    return np.minimum(stratum, max(number - 1, 0))
