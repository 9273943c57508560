"""Coverage, novelty and bootstrap intervals, by hand and against slow references."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.recommend.metrics import Interval, coverage_at, coverage_interval, mean_intervals, novelty_at


def test_coverage_is_the_share_of_items_that_anybody_is_shown():
    assert coverage_at(2, [[0, 1, 9], [1, 2, 8]], 10) == pytest.approx(0.3)
    assert math.isnan(coverage_at(2, [[0]], 0))


def test_what_everybody_has_is_no_news_and_what_nobody_has_is_the_most():
    """Of 7 learners all have item 0, one has item 1, none has item 2: log2(8/8), log2(8/2), log2(8/1)."""
    people = np.array([7, 1, 0])
    assert novelty_at(10, [0], people, 7) == 0.0
    assert novelty_at(10, [1, 2], people, 7) == pytest.approx((2 + 3) / 2)
    assert novelty_at(1, [1, 2], people, 7) == pytest.approx(2)
    assert math.isnan(novelty_at(10, [], people, 7))


def test_the_estimate_is_the_mean_over_questions_and_leaves_out_what_is_no_number():
    values = np.array([[1.0, np.nan], [0.0, 2.0], [1.0, 4.0], [1.0, np.nan]])
    first, second = mean_intervals(values, np.array([5, 5, 6, 7]), resamples=20)
    assert (first.estimate, second.estimate) == (0.75, 3.0)


def test_where_all_are_alike_the_interval_is_a_point():
    (found,) = mean_intervals(np.full((6, 1), 0.25), np.array([0, 0, 1, 2, 3, 3]))
    assert (found.low, found.estimate, found.high) == (0.25, 0.25, 0.25)


def test_the_interval_of_a_share_is_as_wide_as_theory_says():
    """400 learners, half of them hit: 2 x 1.96 x sqrt(0.25 / 400) = 0.098."""
    (found,) = mean_intervals(np.tile([[0.0], [1.0]], (200, 1)), np.arange(400), seed=1)
    assert found.high - found.low == pytest.approx(0.098, abs=0.01)
    assert (found.low + found.high) / 2 == pytest.approx(0.5, abs=0.01)


def test_learners_are_drawn_and_not_their_questions():
    """The same 400 answers of 20 learners who are always, or never, right tell less: sqrt(20) times as wide."""
    (found,) = mean_intervals(np.repeat([[0.0], [1.0]], 200, axis=0), np.repeat(np.arange(20), 20), seed=1)
    assert found.high - found.low == pytest.approx(0.098 * math.sqrt(20), abs=0.05)


def test_nothing_asked_gives_no_number():
    (found,) = mean_intervals(np.zeros((0, 1)), np.zeros(0, dtype=np.int64))
    assert math.isnan(found.estimate)
    (silent,) = mean_intervals(np.full((2, 1), np.nan), np.array([0, 1]))
    assert math.isnan(silent.low)


@given(
    shown=st.lists(st.lists(st.integers(0, 7), max_size=4, unique=True), min_size=1, max_size=12),
    seed=st.integers(0, 3),
)
def test_coverage_lies_in_its_interval_and_the_same_seed_gives_the_same(shown, seed):
    columns = [np.array(one, dtype=np.int64) for one in shown]
    learners = np.arange(len(shown)) % 5
    found = coverage_interval(columns, learners, 8, seed=seed, resamples=30)
    assert found.estimate == pytest.approx(coverage_at(4, shown, 8))
    assert 0 <= found.low <= found.estimate <= found.high <= 1
    assert found == coverage_interval(columns, learners, 8, seed=seed, resamples=30)


def test_coverage_draws_what_a_slow_loop_draws():
    shown = [np.array([0]), np.array([1]), np.array([1, 2]), np.array([3])]
    found = coverage_interval(shown, np.array([0, 0, 1, 2]), 10, seed=9, resamples=50)
    places = np.random.default_rng(9).integers(0, 3, (50, 3))
    seen = [{0, 1}, {1, 2}, {3}]
    drawn = np.array([len(set().union(*(seen[learner] for learner in row))) / 10 for row in places])
    low, high = np.percentile(drawn, [2.5, 97.5]) - drawn.mean() + 0.4
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


def test_intervals_that_touch_overlap():
    assert Interval(0.2, 0.1, 0.3).overlaps(Interval(0.4, 0.3, 0.5))
    assert not Interval(0.2, 0.1, 0.29).overlaps(Interval(0.4, 0.3, 0.5))
    assert not Interval(0.4, 0.3, 0.5).overlaps(Interval(0.2, 0.1, 0.29))
