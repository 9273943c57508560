import pytest

from connector.domain import ItemStatus
from connector.recipes.base import WhyNot
from connector.recipes.filters import everything_is_done, first_of_each_family, showable
from tests.unit.recipes.shelves import catalog, item

ITEMS = catalog(
    1,
    2,
    blocked=item(3, status=ItemStatus.BLOCKED),
    hidden=item(4, status=ItemStatus.HIDDEN),
    linkless=item(5, url=""),
    rerun=item(6, family=1),
    sister=item(7, family=8),
    course=item(8),
)


@pytest.mark.parametrize(
    ("number", "refusal"),
    [
        (1, WhyNot.DONE),
        (2, None),
        (3, WhyNot.BLOCKED),
        (4, WhyNot.HIDDEN),
        (5, WhyNot.NO_URL),
        (6, WhyNot.DONE),
        (7, WhyNot.CURRENT_COURSE),
        (8, WhyNot.CURRENT_COURSE),
        (9, WhyNot.UNKNOWN),
        (10, WhyNot.DONE),
    ],
)
def test_each_ground_for_refusal_has_its_name(number, refusal):
    allowed = showable(ITEMS, frozenset({1, 10}), ITEMS[8])
    assert allowed.refusal(number) is refusal
    assert (number in allowed) is (refusal is None)


def test_a_course_that_is_no_item_refuses_nothing():
    assert 8 in showable(ITEMS, frozenset(), None)


def test_of_a_family_the_best_ranked_is_kept():
    assert first_of_each_family([2, 6, 1, 7, 8], ITEMS) == (2, 6, 7)


def test_all_is_done_when_only_unshowable_items_are_left():
    assert everything_is_done(ITEMS, frozenset({1, 2, 8}))
    assert not everything_is_done(ITEMS, frozenset({1, 2}))


def test_nothing_done_is_not_all_done_even_with_an_empty_catalog():
    assert not everything_is_done({}, frozenset())
