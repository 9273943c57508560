r"""Which anchors as a whole depart from chance, and which of their neighbours then come through.

Pair by pair, a small site can prove next to nothing: thousands of tests share too few learners. An anchor's whole row
of counts can be telling where no single pair is.

**The model.** ``ChanceModel`` says for each pair how many learners E chance gives both, and the variance V. The row is
*balanced*: E and V are multiplied by one factor, so that the row's expected counts sum to its true counts. So it does
not matter whether an anchor's learners are more active than others, only whom they share.

**The anchor.** With :math:`V' = V + (E / 10)^2`, as expected counts may be off by 10 %, each pair of support s adds

.. math:: \frac{\sqrt E}{V'} \left[(s - E)^2 - (2 V / E - 1) (s - E) - V'\right]

whose mean under chance is 0 at most. The brackets are the second orthogonal (Krawtchouk, Charlier) polynomial of a
binomial or Poisson count, so variance and third moment are nearly those of a Poisson count: 2 V'^2 and 8 V'^3 + 4 V'^2.
A gamma distribution with the sum's three moments gives the anchor's p-value. Benjamini and Hochberg (1995) over all
anchors at ``ANCHOR_LEVEL`` selects those with structure: the one step that needs all blocks.

**Its neighbours.** In a selected anchor, the binomial tail of each pair at the balanced E is divided by a weight
(Genovese, Roeder and Wasserman 2006) that rises with sqrt(E), mean 1: support among rare items is hardly ever more than
three and would use up the tests. Benjamini and Hochberg at ``OPEN_LEVEL`` decides. Only support of at least
E + max(1, sqrt(E)) is looked at. An anchor that is not selected keeps what ``connector.recommend.chance`` proves.

**Measured** (``tests.bench.generate``; in brackets by the pairs' own proof alone, where it was measured too). Noise,
data sets where any anchor gets three neighbours: 0 of 300 (30 learners x 40 items, 30 x 40 dense, 60 x 40, 100 x 60),
0 of 100 (400 x 120, 12 items a learner), 1 of 100 (the same with 6), 0 of 6 (2,000 x 400), 0 of 1 (10,000 x 2,000).

========================================================  ================================  ==========================
data                                                      anchors with three                of the pairs found
========================================================  ================================  ==========================
half of the items noise, 100, 150, 400, 1,500 learners    noise 0.1 %, 0.3 %, 0.4 %, 0.2 %
                                                          others 25 %, 47 %, 95 %, 100 %
six tastes, 400 learners x 120 items, 70 % and 85 % own   73 % (34 %), 99 % (74 %)          0.9 %, 0.2 % cross tastes
six tastes, 100 x 120, 85 % own, 8 items a learner        30 %                              0.6 % cross tastes
========================================================  ================================  ==========================
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc

from connector.recommend.base import Floats, Integers

ANCHOR_LEVEL = 0.1
OPEN_LEVEL = 0.5
TOLERANCE = 0.1


def balance(support: Integers, expected: Floats) -> Floats:
    """Return what each row of ``expected`` is multiplied with to sum to the row of ``support``, shape (n_rows, 1)."""
    truly, by_chance = support.sum(axis=1), expected.sum(axis=1)
    factors: Floats = np.divide(truly, by_chance, out=np.zeros(truly.size), where=by_chance > 0)
    return factors[:, np.newaxis]


def anchor_chances(support: Integers, expected: Floats, variance: Floats) -> Floats:
    """Return the chance that noise gives a row as uneven as each row of ``support``, shape (n_rows,).

    Parameters
    ----------
    support : ndarray of int64, shape (n_rows, n_items)
        Learners with both; 0 at the anchor itself.
    expected, variance : ndarray of float64, shape (n_rows, n_items)
        Balanced; 0 at the anchor itself.
    """
    roots, wide = np.sqrt(expected), variance + (TOLERANCE * expected) ** 2
    weight = np.divide(roots, wide, out=np.zeros_like(wide), where=wide > 0)
    slope = np.divide(2.0 * variance, expected, out=np.ones_like(wide), where=expected > 0) - 1.0
    off = support - expected
    surplus = np.einsum("ij,ij,ij->i", weight, off, off - slope) - roots.sum(axis=1)
    third = 8.0 * np.einsum("ij,ij->i", roots, expected) + 4.0 * np.einsum("ij,ij->i", weight, expected)
    return _gamma_tail(surplus, 2.0 * expected.sum(axis=1), third)


def weights_of_tests(expected: Floats, testable: NDArray[np.bool_]) -> Floats:
    """Return weights like sqrt(E) whose mean over each row's ``testable`` columns is 1; 0 elsewhere."""
    roots = np.sqrt(expected) * testable
    means = roots.sum(axis=1, keepdims=True) / max(int(testable.sum()) - 1, 1)
    weights: Floats = np.divide(roots, means, out=np.zeros_like(roots), where=means > 0)
    return weights


def least_support(expected: Floats) -> Floats:
    """Return the support from which a pair of a selected anchor is looked at."""
    return np.asarray(expected + np.maximum(1.0, np.sqrt(expected)), dtype=np.float64)


def _gamma_tail(value: Floats, second: Floats, third: Floats) -> Floats:
    """Return P(X >= value) for a gamma variable shifted to mean 0 with these moments; 1 where there is no variance."""
    known = second > 0
    spread, lean = np.where(known, second, 1.0), np.where(known, third, 1.0)
    shape = 4.0 * spread**3 / lean**2
    place = shape + value / np.sqrt(spread) * np.sqrt(shape)
    return np.where(known, gammaincc(shape, np.maximum(place, 0.0)), 1.0)
