import pytest

from connector.domain import Neighbour, Reason
from connector.recipes import reasons
from tests.unit.recipes.shelves import neighbours, popular


def because(support, followed, base):
    return reasons.because(neighbours(1, base=base), Neighbour(2, 0.5, support, followed), k=5)


@pytest.mark.parametrize(
    ("number", "base", "told"), [(5, 10, True), (4, 10, False), (6, 10, False), (5, 9, False), (31, 44, True)]
)
def test_a_number_is_told_if_it_and_its_complement_are_at_least_k(number, base, told):
    assert reasons.may_be_told(number, base, k=5) is told


def test_most_did_it_later():
    assert because(support=35, followed=31, base=44) == Reason("followed", 1, 31, 44)


def test_half_of_both_did_it_later_is_enough_to_say_so():
    assert because(support=20, followed=10, base=44) == Reason("followed", 1, 10, 44)


def test_most_did_it_before_so_together_tells_more():
    assert because(support=25, followed=12, base=44) == Reason("together", 1, 25, 44)


def test_too_few_followed_but_enough_did_both():
    assert because(support=8, followed=4, base=44) == Reason("together", 1, 8, 44)


def test_followed_may_be_told_where_support_would_single_out_the_others():
    assert because(support=41, followed=30, base=44) == Reason("followed", 1, 30, 44)


@pytest.mark.parametrize(("support", "followed", "base"), [(4, 4, 44), (41, 12, 44), (44, 44, 44)])
def test_without_a_tellable_number_the_words_stand_alone(support, followed, base):
    assert because(support, followed, base) == Reason("together", 1)


def test_also_completed_gives_support_under_the_same_rule():
    near = neighbours(1, base=44)
    assert reasons.also_completed(near, Neighbour(2, 0.5, 25, 3), k=5) == Reason("also_completed", 1, 25, 44)
    assert reasons.also_completed(near, Neighbour(2, 0.5, 4, 3), k=5) == Reason("also_completed", 1)


def test_popular_counts_people_or_keeps_quiet():
    near = popular(base=100)
    assert reasons.popular(near, Neighbour(2, 9, 31, 0), k=5) == Reason("popular", None, 31, 100)
    assert reasons.popular(near, Neighbour(2, 9, 4, 0), k=5) == Reason("popular_quiet", None)
    assert reasons.popular(near, Neighbour(2, 9, 96, 0), k=5) == Reason("popular_quiet", None)


def test_popular_in_a_course_names_the_course():
    assert reasons.popular(popular(place=3, base=40), Neighbour(2, 9, 31, 0), k=5).anchor == 3
