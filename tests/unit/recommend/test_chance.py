"""The relevance floor: noise gives no row, planted tastes come through, and the parts are what the docstring says."""

import numpy as np
import pytest
from scipy.stats import binom

from connector.recommend.chance import ChanceModel, discoveries, hopeless, least_squares, level, strata, tail
from connector.recommend.together import CosineNeighbours, lists
from tests.bench.generate import Columns, Shape, generated

SMALL_AND_DENSE = [Shape(30, 40, 10), Shape(30, 40, 20), Shape(60, 40, 10, zipf=0.5, sigma=0.5), Shape(100, 60, 8)]
LARGER = [Shape(400, 120, 12), Shape(1_500, 300, 20), Shape(1_500, 100, 20, zipf=1.3)]


def neighbours_each(columns):
    matrix = columns.matrix()
    return np.diff(CosineNeighbours().fit(matrix.weights, when=matrix.when).starts_)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("shape", SMALL_AND_DENSE, ids=str)
def test_noise_of_a_small_site_gives_no_anchor_three_neighbours(shape, seed):
    assert neighbours_each(generated(shape, seed)).max() < 3


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("shape", LARGER, ids=str)
def test_noise_of_a_larger_site_gives_no_anchor_three_neighbours(shape, seed):
    assert neighbours_each(generated(shape, seed)).max() < 3


@pytest.mark.parametrize("seed", range(3))
def test_tastes_are_found_and_not_mixed_up(seed):
    matrix = generated(Shape(400, 120, 12, zipf=0.7, tastes=6, loyalty=0.85), seed).matrix()
    fitted = CosineNeighbours().fit(matrix.weights, when=matrix.when)
    found = list(lists(fitted, matrix))
    same = [(near.item - each.anchor) % 6 == 0 for each in found for near in each.neighbours]
    assert sum(len(each.neighbours) >= 3 for each in found) > 60
    assert sum(same) / len(same) > 0.99


@pytest.mark.parametrize("seed", range(5))
def test_a_pair_planted_in_noise_comes_first_and_alone(seed):
    """Eight in ten who did item 30 did item 31 a day later; all else is chance."""
    noise = generated(Shape(600, 100, 8), seed)
    random = np.random.default_rng(seed)
    planted = random.permutation(np.unique(noise.learners))[:60]
    both = planted[:48]
    columns = Columns(
        np.concatenate((noise.learners, planted, both)),
        np.concatenate((noise.items, np.full(60, 130), np.full(48, 131))),
        np.concatenate((noise.times, np.full(60, 10), np.full(48, 20))),
    )
    matrix = columns.matrix()
    found = {each.anchor: each.neighbours for each in lists(CosineNeighbours().fit(matrix.weights), matrix)}
    assert found[130][0].item == 131
    assert found[131][0].item == 130
    assert found[130][0].support == 48
    assert len(found[130]) < 3


def test_learners_of_like_activity_are_in_one_stratum_and_equal_activity_is_never_cut():
    activity = np.array([2] * 25 + [3] * 10 + [50] * 12 + [400] * 3)
    assert strata(activity).tolist() == [0] * 25 + [1] * 10 + [2] * 15


def test_fewer_than_ten_learners_are_one_stratum_and_nobody_is_none():
    assert strata(np.array([2, 9, 100])).tolist() == [0, 0, 0]
    assert strata(np.array([], dtype=np.int64)).tolist() == []


def model_of(chosen):
    by_item = [np.flatnonzero(column) for column in chosen.T]
    bounds = np.cumsum([0, *(each.size for each in by_item)])
    return ChanceModel.of(chosen.sum(axis=1), bounds, np.concatenate(by_item).astype(np.uint32))


def test_what_is_expected_sums_to_the_pairs_that_learners_truly_have():
    """Activities 2, 2, 3 in one stratum: 2 + 2 + 6 ordered pairs."""
    model = model_of(np.array([[1, 1, 0, 0], [0, 1, 1, 0], [1, 0, 1, 1], [1, 0, 0, 0]]))
    expected = model.expected(slice(0, 4))
    assert expected.sum() - np.trace(expected) == pytest.approx(10.0)
    assert model.totals() == pytest.approx(expected.sum(axis=1) - np.diag(expected))


def test_learners_with_one_item_or_none_expect_no_pair():
    assert model_of(np.eye(4, dtype=np.int64)).expected(slice(0, 4)).max() == 0.0


def test_the_tail_is_the_binomials():
    """Three heads or more in four throws: 5 / 16; four: 1 / 16."""
    assert tail(np.array([3, 4]), np.array([2.0, 2.0]), np.array([4, 4])).tolist() == pytest.approx([5 / 16, 1 / 16])


def test_more_support_makes_chance_less_likely():
    chances = tail(np.arange(3, 41), np.full(38, 2.0), np.full(38, 40))
    assert np.all(np.diff(chances) < 0)


def test_the_tail_is_scipys_for_many_and_for_few():
    support, trials, granted = np.array([3, 40, 700, 5_000]), np.array([50, 60, 2_000, 90_000]), [0.5, 20.0, 600, 4_800]
    expected = binom.sf(support - 1, trials, np.array(granted) / trials)
    assert tail(support, np.array(granted), trials) == pytest.approx(expected, rel=1e-8)


def test_what_is_hopeless_is_above_the_chance_that_was_asked_for():
    squares, told = least_squares(), 0
    for trials, mean in [(20, 2.0), (200, 2.0), (200, 60.0), (5_000, 40.0), (5_000, 3_000.0)]:
        for support in range(int(mean) + 1, min(trials, int(mean + 6 * mean**0.5)) + 1):
            for chance in (0.9, 0.3, 0.05, 0.01, 1e-3, 1e-5, 1e-8):
                if hopeless(float(support), trials, mean, chance, squares):
                    told += 1
                    assert binom.sf(support - 1, trials, mean / trials) > chance
    assert told > 100


def test_discoveries_step_up_over_all_tests():
    """q / tests = 0.01: 0.018 fails its own step 1 (0.01), but passes as the second of 0.02."""
    assert discoveries(np.array([0.018, 0.5, 0.015]), tests=10, q=0.1).tolist() == [True, False, True]
    assert discoveries(np.array([0.018, 0.5]), tests=10, q=0.1).tolist() == [False, False]
    assert discoveries(np.array([]), tests=10, q=0.1).tolist() == []


def test_the_level_falls_with_the_number_of_anchors():
    """0.05 / (4.5 x 40) = 0.000278, whose cube root is 0.0652."""
    assert level(0.05, 40) == pytest.approx(0.0652, abs=1e-4)
    assert level(0.05, 2_000) < level(0.05, 40)
