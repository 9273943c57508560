"""EASE against its closed form by hand, and the numbers beside its weights."""

import numpy as np
import pytest
from scipy.optimize import nnls
from sklearn.utils.estimator_checks import parametrize_with_checks

from connector.recommend.base import MICROSECONDS_PER_DAY as DAY
from connector.recommend.latent import EaseNeighbours
from connector.recommend.matrix import InteractionMatrix


@parametrize_with_checks([EaseNeighbours()])
def test_scikit_learns_own_contract_holds(estimator, check):
    check(estimator)


def test_two_items_done_by_the_same_people_explain_each_other_as_far_as_the_penalty_lets_them():
    # G = [[4, 4], [4, 4]], λ = 2: P = 1/20 · [[6, -4], [-4, 6]], so each gives the other 4/6
    near = EaseNeighbours(penalty=2.0).fit(np.ones((4, 2))).neighbours(0, 5)
    assert (near.columns.tolist(), near.scores.tolist()) == ([1], pytest.approx([4 / 6]))


def test_support_counts_people_with_both_and_followed_those_who_did_it_later():
    rows = [(learner, item, item * DAY) for learner in range(7) for item in (1, 2)] + [(9, 1, 0), (9, 2, 0)]
    matrix = InteractionMatrix.from_columns(*zip(*rows, strict=True))
    fitted = EaseNeighbours().fit(matrix.weights, when=matrix.when)
    assert (fitted.neighbours(0, 5).support.tolist(), fitted.neighbours(0, 5).followed.tolist()) == ([8], [7])
    assert fitted.neighbours(1, 5).followed.tolist() == [0]


def test_what_speaks_against_an_item_is_left_out():
    never_both = np.array([[1, 0, 1]] * 9 + [[0, 1, 1]] * 9, dtype=float)
    assert EaseNeighbours(penalty=1.0).fit(never_both).neighbours(0, 5).columns.tolist() == [2]


def test_a_penalty_out_of_range_is_refused():
    with pytest.raises(ValueError, match="penalty"):
        EaseNeighbours(penalty=0.0).fit(np.eye(3))


def test_no_other_weights_at_0_or_above_explain_an_item_better():
    has = (np.random.default_rng(3).random((80, 12)) < np.linspace(0.1, 0.6, 12)).astype(float)
    fitted = EaseNeighbours(penalty=5.0).fit(has)
    given = np.zeros((12, 12))
    for anchor in range(12):
        near = fitted.neighbours(anchor, 50)
        given[anchor, near.columns] = near.scores
    for item in range(12):
        # min |x_j - X w|^2 + 5 |w|^2 with w_j = 0, as one problem of least squares
        rows = np.vstack([np.where(np.arange(12) == item, 0.0, has), np.sqrt(5.0) * np.eye(12)])
        best, _ = nnls(rows, np.concatenate([has[:, item], np.zeros(12)]))
        assert given[:, item] == pytest.approx(best, abs=2e-3)


def test_what_is_left_makes_up_for_weights_that_would_be_under_0():
    # 0 and 1 go with 2, never with each other: freely, each takes back what the other gives too much
    has = np.array([[1, 0, 1]] * 9 + [[0, 1, 1]] * 3, dtype=float)
    near = EaseNeighbours(penalty=1.0).fit(has).neighbours(2, 5)
    # alone, 2 explains 0 by 9 / (12 + 1) and 1 by 3 / (12 + 1)
    assert near.scores.tolist() == pytest.approx([9 / 13, 3 / 13])
