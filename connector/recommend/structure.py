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

from typing import Any

import numpy as np
from scipy.special import gammaincc

from connector.recommend.base import Floats, Integers
from connector.recommend.compiled import compiled, reducing

ANCHOR_LEVEL = 0.1
OPEN_LEVEL = 0.5
TOLERANCE = 0.1
SMALLEST = 1e-300


def balance(pairs: Integers, expected: Floats) -> Floats:
    """Return what each anchor's expected counts are multiplied with to sum to its true ones.

    Parameters
    ----------
    pairs : ndarray of int64, shape (n_items,)
        Sum of each anchor's supports.
    expected : ndarray of float64, shape (n_items,)
        Sum of what chance gives each; where it is 0, so is the factor.
    """
    return np.divide(pairs, expected, out=np.zeros(pairs.size), where=expected > 0)


@reducing
def moments(support: Any, expected: Any, variance: Any, factor: Any, tested: Any) -> Any:
    """Return one row's sum, its second and third moment under chance, and the sum of the tested roots of E.

    Parameters
    ----------
    support : ndarray of float64, shape (n_items,)
        Learners with both; 0 at the anchor itself.
    expected, variance : ndarray of float64, shape (n_items,)
        0 at the anchor itself.
    factor : float
        Of ``balance``; both are multiplied with it.
    tested : ndarray of float64, shape (n_items,)
        1 for a column that is tested, else 0.
    """
    surplus = second = third = roots = 0.0
    for column in range(support.size):
        mean, spread = factor * expected[column], factor * variance[column]
        root, off = np.sqrt(mean), support[column] - mean
        wide = spread + (TOLERANCE * mean) ** 2
        weight = root / max(wide * mean, SMALLEST)
        surplus += weight * off * ((off + 1.0) * mean - 2.0 * spread) - root
        second += mean
        third += root * mean + 0.5 * weight * mean * mean
        roots += root * tested[column]
    return surplus, 2.0 * second, 8.0 * third, roots


def anchor_chances(surplus: Floats, second: Floats, third: Floats) -> Floats:
    """Return the chance that noise gives a row so uneven, for each anchor of which ``moments`` returned these.

    P(X >= surplus) of a gamma variable shifted to mean 0 with these moments; 1 where there is no variance.
    """
    known = second > 0
    spread, lean = np.where(known, second, 1.0), np.where(known, third, 1.0)
    shape = 4.0 * spread**3 / lean**2
    place = shape + surplus / np.sqrt(spread) * np.sqrt(shape)
    return np.where(known, gammaincc(shape, np.maximum(place, 0.0)), 1.0)


@compiled
def may_have_structure(surplus: Any, second: Any, third: Any) -> Any:
    """Return False where an anchor is surely not selected, at no cost: of the others a few more are.

    A gamma variable of shape 1 or more is one standard deviation above its mean with a chance above ``ANCHOR_LEVEL``.
    """
    shape_below_one = 4.0 * second**3 < third * third
    return shape_below_one or (surplus > 0.0 and surplus * surplus >= second)
