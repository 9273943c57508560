"""Anchors as a whole: what their p-values are, and that structure opens rows which noise beside it does not."""

import numpy as np
import pytest

from connector.recommend.chance import ChanceModel
from connector.recommend.structure import ANCHOR_LEVEL, anchor_chances, balance, may_have_structure, moments
from connector.recommend.together import CosineNeighbours
from tests.bench.generate import Shape, generated


def chances_of(supports, expected):
    """Rows whose variance is their mean, as of Poisson counts."""
    ones = np.ones(expected.shape[1])
    rows = [
        moments(each.astype(float), mean, mean, 1.0, ones)[:3] for each, mean in zip(supports, expected, strict=True)
    ]
    return anchor_chances(*np.array(rows).T)


def test_a_balanced_row_expects_as_many_as_it_has():
    """6 seen where 4 were expected: times 1.5; a row that expects nothing is not scaled."""
    assert balance(np.array([6, 0]), np.array([4.0, 0.0])).tolist() == [1.5, 0.0]


def test_an_even_row_is_likely_and_an_uneven_one_is_not():
    expected = np.full((2, 40), 4.0)
    uneven = [10] * 8 + [2] * 24 + [4] * 8
    even, found = chances_of(np.array([[4] * 40, uneven]), expected)
    assert even > 0.9
    assert found < 0.001


def test_a_row_without_any_expectation_has_chance_one():
    assert chances_of(np.zeros((1, 3)), np.zeros((1, 3))).tolist() == [1.0]


def test_under_chance_one_row_in_a_hundred_has_a_chance_of_one_in_a_hundred():
    expected = np.tile(np.geomspace(0.2, 8, 100), (20_000, 1))
    chances = chances_of(np.random.default_rng(1).poisson(expected), expected)
    assert 0.002 < np.mean(chances < 0.01) < 0.012
    assert np.mean(chances < 0.0001) < 0.0003


def test_the_moments_are_those_of_the_definition():
    """E = 4, V = 2, s = 7: V' = 2.16, off = 3; 2 / 2.16 (9 - 0 - 2.16); the root counts where a column is tested."""
    found = moments(np.array([7.0, 7.0]), np.array([2.0, 2.0]), np.array([1.0, 1.0]), 2.0, np.array([1.0, 0.0]))
    third = 8 * 8 + 4 * 4 * 2 / 2.16
    assert found == pytest.approx((2 * 2 / 2.16 * (9 - 2.16), 2 * 8, 2 * third, 2.0))


def test_no_anchor_is_passed_over_that_could_be_selected():
    for shape in np.geomspace(0.01, 1e6, 400):
        second = 4.0
        third = np.sqrt(4.0 * second**3 / shape)
        for surplus in np.linspace(-2, 4, 61):
            chance = anchor_chances(*np.array([[surplus], [second], [third]]))[0]
            assert may_have_structure(surplus, second, third) or chance > ANCHOR_LEVEL


def test_an_anchor_like_chance_is_passed_over():
    assert not may_have_structure(1.9, 4.0, 1.0)
    assert may_have_structure(2.1, 4.0, 1.0)


def test_the_variance_is_the_hypergeometrics():
    """One stratum of 4: 2 and 2 of 4 have the items; mean 1 x r, variance r x 1 x (2 / 4) x (2 / 4) x 4 / 3."""
    model = ChanceModel(np.array([[2.0, 2.0]]), np.array([0.25]), np.array([4.0]), np.array([[1.0, 1.0]]))
    assert model.expected(slice(0, 2))[0, 1] == pytest.approx(1.0)
    assert model.variance(slice(0, 2))[0, 1] == pytest.approx(1 / 3)


def half_noise(learners, seed):
    """Who chose what of 120 items: 0..59 by four tastes, 60..119 by popularity alone; eleven or so choices each."""
    random = np.random.default_rng(seed)
    popular = np.arange(1, 61) ** -0.7
    own = random.integers(4, size=learners)[:, np.newaxis] == np.arange(60) % 4
    tasted = popular * np.where(own, 0.85, 0.05)
    weights = np.hstack((tasted / tasted.sum(axis=1, keepdims=True), np.tile(popular / popular.sum(), (learners, 1))))
    keys = np.log(weights) + random.gumbel(size=weights.shape)
    ranks = np.argsort(np.argsort(-keys, axis=1), axis=1)
    return (ranks < np.clip(random.lognormal(2.2, 0.6, learners), 1, 120)[:, np.newaxis]).astype(float)


@pytest.mark.parametrize("learners", [150, 400])
@pytest.mark.parametrize("seed", range(4))
def test_noise_items_beside_items_of_tastes_hardly_ever_get_a_row(learners, seed):
    has_row = np.diff(CosineNeighbours().fit(half_noise(learners, seed)).starts_) >= 3
    assert has_row[60:].sum() <= 2
    assert has_row[:60].sum() > 10


@pytest.mark.parametrize("seed", range(3))
def test_small_sites_with_tastes_get_rows(seed):
    matrix = generated(Shape(150, 60, 8, zipf=0.7, tastes=4, loyalty=0.85), seed).matrix()
    fitted = CosineNeighbours().fit(matrix.weights)
    assert (np.diff(fitted.starts_) >= 3).sum() >= 10


@pytest.mark.parametrize("block", [1, 7, 60])
def test_blocks_change_nothing(block):
    matrix = generated(Shape(150, 60, 8, zipf=0.7, tastes=4, loyalty=0.85), 1).matrix()
    whole, parts = (CosineNeighbours(block=size).fit(matrix.weights) for size in (256, block))
    assert np.array_equal(whole.columns_, parts.columns_)
    assert np.array_equal(whole.starts_, parts.starts_)


def test_an_empty_model_expects_nothing():
    model = ChanceModel.of(np.ones(3, dtype=np.int64), np.arange(4), np.arange(3, dtype=np.uint32))
    assert model.variance(slice(0, 3)).max() == 0.0
