"""What newcomers are shown: what people do first and of late, at the pace that the site's past says."""

import numpy as np
import pytest

from connector.recommend.matrix import InteractionMatrix
from connector.recommend.newcomers import USUAL, Pace, earliness, pace_of
from connector.recommend.popular import site_list

DAY = 86_400_000_000


def matrix_of(rows):
    return InteractionMatrix.from_columns(*(np.array([row[n] for row in rows], dtype=np.int64) for n in range(3)))


def test_the_second_moment_of_a_learner_counts_half_and_what_is_of_one_moment_alike():
    matrix = matrix_of([(1, 10, 0), (1, 20, 5), (1, 30, 5), (1, 40, 9), (2, 20, 7)])
    assert earliness(matrix, 1.0).tolist() == pytest.approx([1, 1 / 2, 1 / 2, 1 / 3, 1])
    assert earliness(matrix, 0.0).tolist() == [1] * 5


def test_what_two_begin_with_stands_before_what_three_go_on_to():
    rows = [(n, 1 if n < 3 else 2, 0) for n in range(3)] + [(n, 9, 5) for n in range(3)] + [(7, 9, 0), (8, 1, 0)]
    matrix = matrix_of(rows)
    # 1: four begin with it, 4; 9: one begins, three go on, 1 + 3 / 2
    assert [near.item for near in site_list(matrix, half_life=None, early=1.0).neighbours] == [1, 9]
    assert [near.score * 5 for near in site_list(matrix, half_life=None, early=1.0).neighbours] == pytest.approx(
        [4, 2.5]
    )


def test_too_few_first_steps_leave_the_usual_pace():
    assert pace_of(matrix_of([(n, n % 3, n * DAY) for n in range(60)]), 5) == USUAL


def test_a_site_whose_fashions_last_days_forgets_faster():
    # each fortnight everybody begins with another dozen items, so what was done before is of no use
    random = np.random.default_rng(0)
    rows = [(n, int(n // 100 * 12 + random.integers(12)), n * DAY // 8) for n in range(3_000)]
    assert pace_of(matrix_of(rows), 1).half_life == 14.0


def test_where_all_go_on_to_the_same_only_what_they_begin_with_counts():
    # one of thirty beginnings, then the same thirty for everybody
    rows = [(n, n * 7 % 30, n * DAY) for n in range(600)]
    rows += [(n, 100 + step, n * DAY + step + 1) for n in range(600) for step in range(30)]
    assert pace_of(matrix_of(rows), 5).earliness > Pace().earliness
