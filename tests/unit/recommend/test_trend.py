"""What is done of late outranks what was done by more people long ago; under k people nothing is said."""

import numpy as np
import pytest

from connector.domain import SITE, NeighbourKind
from connector.recommend.base import MICROSECONDS_PER_DAY as DAY
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.trend import trend_list


def matrix_of(*rows):
    return InteractionMatrix.from_columns(*(np.array([row[n] for row in rows], dtype=np.int64) for n in range(3)))


def did(item, day, *learners):
    return [(learner, item, day * DAY) for learner in learners]


def test_what_is_of_late_comes_first_and_the_old_is_gone():
    # 90 days are two half-lives: four people count 4 · 1/4 = 1 of six, two fresh ones 2 of six
    found = trend_list(matrix_of(*did(10, 210, 1, 2, 3, 4), *did(20, 300, 5, 6), *did(30, 100, 1, 2, 3, 4, 5, 6)))
    assert (found.kind, found.anchor, found.base) == (NeighbourKind.TREND, SITE, 6)
    assert [(near.item, near.support) for near in found.neighbours] == [(20, 2), (10, 4)]
    assert [near.score for near in found.neighbours] == pytest.approx([2 / 6, 1 / 6])


def test_an_item_of_fewer_than_k_people_is_left_out_even_if_more_did_it_long_ago():
    rows = [*did(10, 0, 1, 2, 3, 4, 5), *did(10, 300, 6, 7), *did(20, 300, 1, 2, 3)]
    assert [near.item for near in trend_list(matrix_of(*rows), k=3).neighbours] == [20]


def test_ties_go_to_the_lower_item_and_at_most_n_are_kept():
    rows = [*did(20, 5, 1, 2), *did(10, 5, 3, 4), *did(30, 5, 1, 4)]
    assert [near.item for near in trend_list(matrix_of(*rows), n=2).neighbours] == [10, 20]


def test_an_empty_site_has_no_trend():
    assert trend_list(InteractionMatrix.from_columns([], [], [])).neighbours == ()
