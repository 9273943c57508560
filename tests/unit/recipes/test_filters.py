import pytest

from connector.domain import ItemStatus
from connector.recipes.base import WhyNot
from connector.recipes.filters import first_of_each_family, read_past, showable, undone
from tests.unit.recipes.shelves import catalog, completed, item, page, shelf

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


GROUNDS = pytest.mark.parametrize(
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


def allowed(*history, items=ITEMS, **changes):
    asked = page(*history, shelf=shelf(items=items), **changes)
    return showable(asked, read_past(asked))


def left(*history, items=ITEMS, **changes):
    asked = page(*history, shelf=shelf(items=items), **changes)
    return undone(asked, read_past(asked))


@GROUNDS
def test_each_ground_for_refusal_has_its_name(number, refusal):
    found = allowed(completed(1), completed(10), course=ITEMS[8])
    assert found.refusal(number) is refusal
    assert (number in found) is (refusal is None)


def test_a_course_that_is_no_item_refuses_nothing():
    assert 8 in allowed()


def test_of_a_family_the_best_ranked_is_kept():
    assert first_of_each_family([2, 6, 1, 7, 8], ITEMS) == (2, 6, 7)


def test_what_is_left_to_do_counts_neither_done_families_nor_what_cannot_be_shown():
    assert left(completed(1), completed(2), completed(8)) == 0
    assert left(completed(1), completed(2)) == 2
    assert left(completed(1), course=ITEMS[8]) == 3
