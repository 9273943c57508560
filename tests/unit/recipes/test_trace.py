from dataclasses import replace

import pytest

from connector.domain import ItemStatus, Signal
from connector.recipes.base import Limits, WhyNot
from connector.recipes.compose import compose
from connector.recipes.recipe import Order
from connector.recipes.trace import why_not
from tests.unit.recipes.shelves import act, catalog, completed, item, neighbours, page, popular, shelf

ITEMS = catalog(
    *range(1, 30),
    blocked=item(20, status=ItemStatus.BLOCKED),
    hidden=item(21, status=ItemStatus.HIDDEN),
    linkless=item(22, url=""),
    sister=item(23, family=10),
)
SHELF = shelf(
    neighbours(1, (10, 0.9), (11, 0.8), (12, 0.7), (13, 0.6), (14, 0.01), *((number, 0.5) for number in (20, 21, 22))),
    neighbours(2, (15, 0.9), (16, 0.8), (10, 0.7)),
    items=ITEMS,
)
ASKED = page(completed(1, 0), completed(2, 1), shelf=SHELF, course=ITEMS[9], limits=Limits(cards_max=3))


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (10, None),
        (1, WhyNot.DONE),
        (99, WhyNot.UNKNOWN),
        (20, WhyNot.BLOCKED),
        (21, WhyNot.HIDDEN),
        (22, WhyNot.NO_URL),
        (9, WhyNot.CURRENT_COURSE),
        (23, WhyNot.DUPLICATE),
        (14, WhyNot.BELOW_FLOOR),
        (17, WhyNot.NOT_A_NEIGHBOUR),
    ],
)
def test_each_missing_item_has_its_code(number, code):
    assert why_not(number, ASKED, compose(ASKED)) is code


def test_what_came_after_the_last_card_ranked_below():
    asked = page(completed(1, 0), shelf=SHELF, limits=Limits(cards_max=3))
    assert why_not(13, asked, compose(asked)) is WhyNot.RANKED_BELOW


def test_a_row_that_did_not_reach_its_minimum_was_too_short():
    asked = page(completed(2, 0), shelf=shelf(neighbours(2, (15, 0.9), (16, 0.8))))
    assert why_not(15, asked, compose(asked)) is WhyNot.ROW_TOO_SHORT


def test_a_row_for_which_the_page_had_no_room_says_so():
    people = popular((25, 30), (26, 20), (27, 10))
    asked = page(completed(1, 0), shelf=shelf(*SHELF.lists.values(), people, items=ITEMS), limits=Limits(rows_max=1))
    assert why_not(25, asked, compose(asked)) is WhyNot.WEAKER
    fixed = replace(asked, book=replace(asked.book, order=Order.FIXED))
    assert why_not(25, fixed, compose(fixed)) is WhyNot.NO_ROOM


def test_a_sibling_of_what_ranked_below_ranked_below_as_well():
    begun = [act(Signal.STARTED, number, days=number) for number in (3, 4, 5, 6)]
    asked = page(*begun, shelf=shelf(items=catalog(3, 4, 5, 6, sister=item(7, family=6))))
    assert why_not(7, asked, compose(asked)) is WhyNot.RANKED_BELOW


def test_a_card_that_no_anchor_could_truly_explain_says_so():
    lists = (neighbours(1, (10, 0.5), (11, 0.5)), neighbours(2, (10, 0.9)))
    asked = page(completed(1, 0), completed(2, 0), shelf=shelf(*lists), limits=Limits(anchors_scored=1))
    assert why_not(10, asked, compose(asked)) is WhyNot.NO_TRUE_REASON
