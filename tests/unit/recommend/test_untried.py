"""What nobody could prove yet stands near what is described like it, if people put it into the catalogue."""

import numpy as np

from connector.domain import ItemText, NeighbourKind
from connector.recommend.like import Content
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.untried import untried_lists

BUDGETS, MORE_BUDGETS, ROPES = "Budgets in spreadsheets", "Budgets in spreadsheets, second part", "Knots and ropes"


def content(item, title):
    return Content(item, (ItemText("en", title),))


def did(*rows):
    """Everybody who did something: learner, item."""
    learners, items = zip(*rows, strict=True)
    return InteractionMatrix.from_columns(learners, items, np.arange(len(rows)))


def near(rows, contents, offered, **more):
    found = untried_lists(did(*rows), contents, offered, **more)
    return {one.anchor: [neighbour.item for neighbour in one.neighbours] for one in found}


TRIED = [(learner, item) for learner in range(3) for item in (1, 3)]
THREE = [content(1, BUDGETS), content(2, MORE_BUDGETS), content(3, ROPES)]


def test_an_item_that_nobody_did_is_near_what_is_described_like_it_and_near_nothing_else():
    assert near(TRIED, THREE, {1, 2, 3}) == {1: [2]}


def test_what_statements_alone_name_and_what_three_people_did_join_nothing():
    assert near(TRIED, THREE, {1, 3}) == {}
    assert near([*TRIED, (0, 2), (1, 2)], THREE, {2}) == {1: [2]}
    assert near([*TRIED, (0, 2), (1, 2), (2, 2)], THREE, {2}) == {}


def test_what_nobody_did_is_no_anchor_and_no_item_is_near_itself():
    pair = [content(2, MORE_BUDGETS), content(4, MORE_BUDGETS)]
    assert near(TRIED, pair, {2, 4}) == {}
    assert near([*TRIED, (0, 2)], pair, {2, 4}) == {2: [4]}


def test_the_nearest_come_first_and_no_more_than_are_asked_for():
    alike = [content(item, f"{BUDGETS} part {item}") for item in (10, 11, 12)]
    assert near(TRIED, [*alike, content(1, BUDGETS), content(9, BUDGETS)], {9, 10, 11, 12}, n=2)[1] == [9, 10]


def test_nobody_is_counted_and_the_anchors_people_are():
    (found,) = untried_lists(did(*TRIED), THREE, {2})
    assert (found.kind, found.base) == (NeighbourKind.UNTRIED, 3)
    assert [(one.support, one.followed) for one in found.neighbours] == [(0, 0)]
    assert 0.2 <= found.neighbours[0].score <= 1
