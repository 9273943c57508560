"""Popularity: plain counts for sentences, decayed ones for the order, and k people or silence."""

import numpy as np
import pytest

from connector.domain import SITE, NeighbourKind
from connector.recommend.base import MICROSECONDS_PER_DAY as DAY
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.popular import cohort_lists, site_list


def matrix_of(*rows):
    return InteractionMatrix.from_columns(*(np.array([row[n] for row in rows]) for n in range(3)))


def completed(item, *learners, day=0):
    return [(learner, item, day * DAY) for learner in learners]


def people_by_item(found):
    return [(near.item, near.support) for near in found.neighbours]


def test_the_site_list_ranks_items_by_people_and_ties_by_number():
    matrix = matrix_of(*completed(30, 1, 2, 3), *completed(20, 1, 2), *completed(10, 2, 4))
    found = site_list(matrix)
    assert (found.kind, found.anchor, found.base) == (NeighbourKind.POPULAR, SITE, 4)
    assert people_by_item(found) == [(30, 3), (10, 2), (20, 2)]
    assert [near.score for near in found.neighbours] == pytest.approx([3 / 4, 2 / 4, 2 / 4])
    assert {near.followed for near in found.neighbours} == {0}


def test_one_person_counts_once_however_often_they_completed_it():
    matrix = matrix_of(*completed(10, 1, 1, 1), *completed(20, 1, 2))
    assert people_by_item(site_list(matrix)) == [(20, 2), (10, 1)]


def test_fresh_completions_rank_above_as_many_old_ones_while_the_count_stays_plain():
    """Two half-lives ago: each of three old completions counts a quarter."""
    matrix = matrix_of(*completed(10, 1, 2, 3, day=0), *completed(20, 4, day=200))
    found = site_list(matrix, half_life=100.0)
    assert people_by_item(found) == [(20, 1), (10, 3)]
    assert [near.score for near in found.neighbours] == pytest.approx([1 / 4, 0.75 / 4])
    assert people_by_item(site_list(matrix, half_life=None)) == [(10, 3), (20, 1)]


def test_a_site_list_has_at_most_n_items_and_an_empty_site_an_empty_one():
    assert people_by_item(site_list(matrix_of(*completed(10, 1), *completed(20, 1)), n=1)) == [(10, 1)]
    empty = site_list(InteractionMatrix.from_columns([], [], []))
    assert (empty.base, empty.neighbours) == (0, ())


def test_a_cohort_counts_its_own_people_and_leaves_out_its_course_and_what_fewer_than_k_did():
    matrix = matrix_of(
        *completed(10, 1, 2, 3, 4, 5, 99),
        *completed(20, 1, 2, 3, 4),
        *completed(30, 1, 2, 3, 4, 5, 6),
        *completed(7, 1, 2, 3, 4, 5, 6),
    )
    members = [1, 2, 3, 4, 5, 6, 6, 555]
    (found,) = cohort_lists(matrix, members, [7] * 8)
    assert (found.anchor, found.base) == (7, 7)
    assert people_by_item(found) == [(30, 6), (10, 5)]
    assert [near.score for near in found.neighbours] == pytest.approx([6 / 7, 5 / 7])


def test_a_cohort_under_k_people_gives_no_list():
    matrix = matrix_of(*completed(10, 1, 2, 3, 4, 5))
    assert list(cohort_lists(matrix, [1, 2, 3, 4], [7] * 4)) == []
    assert len(list(cohort_lists(matrix, [1, 2, 3, 4, 5], [7] * 5))) == 1


def test_cohorts_come_in_rising_order_of_course_whatever_the_order_of_members():
    matrix = matrix_of(*completed(10, *range(1, 11)))
    members, courses = np.array([*range(1, 6), *range(6, 11)]), np.repeat([9, 8], 5)
    found = list(cohort_lists(matrix, members, courses))
    assert [each.anchor for each in found] == [8, 9]
    assert list(cohort_lists(matrix, members[::-1], courses[::-1])) == found


def test_no_members_give_no_lists_and_a_cohort_without_shown_items_neither():
    matrix = matrix_of(*completed(10, 1, 2, 3, 4, 5))
    assert list(cohort_lists(matrix, [], [])) == []
    assert list(cohort_lists(matrix, [1, 2, 3, 4, 5], [10] * 5)) == []
