from dataclasses import replace
from datetime import timedelta

import pytest

from connector.domain import Audience, ItemStatus, NeighbourKind, Reason, RowKind, Signal, TracePart
from connector.recipes.anchors import lists_to_read
from connector.recipes.base import Limits
from connector.recipes.compose import compose
from tests.unit.recipes.shelves import (
    MODEL,
    NOW,
    POPULAR,
    TOGETHER,
    act,
    catalog,
    completed,
    item,
    neighbours,
    page,
    popular,
    shelf,
    shown,
)

RISING, SUCCEEDED = NeighbourKind.RISING, NeighbourKind.SUCCEEDED


def rows_of(slate, kind):
    return [row for row in slate.rows if row.kind is kind]


# --- because ------------------------------------------------------------------------------------------------------


def test_a_completion_makes_a_row_of_its_neighbours_with_true_numbers():
    near = neighbours(1, (10, 0.8, 35, 31), (11, 0.6, 25, 12), (12, 0.4, 4, 4))
    (row,) = compose(page(completed(1, days=0), shelf=shelf(near))).rows
    assert (row.kind, row.anchor, row.total) == (RowKind.BECAUSE, 1, 3)
    assert [(card.item, card.score, card.reason) for card in row.cards] == [
        (10, 0.8, Reason("followed", 1, 31, 44)),
        (11, 0.6, Reason("together", 1, 25, 44)),
        (12, 0.4, Reason("together", 1)),
    ]


def test_cards_are_ranked_by_what_the_whole_history_says():
    lists = (neighbours(1, (10, 0.5), (11, 0.4), (12, 0.3)), neighbours(2, (12, 0.6)))
    row = compose(page(completed(1, days=0), completed(2, days=90), shelf=shelf(*lists))).rows[0]
    # 12: 0.3 from 1 and 0.6 / 2 from 2, which was completed one half-life ago
    assert shown(row) == [12, 10, 11]
    assert row.cards[0].score == pytest.approx(0.6)
    assert row.cards[0].parts == (TracePart("together", 1, 0.3), TracePart("together", 2, 0.3))


def three_neighbours(anchor):
    return neighbours(anchor, *((anchor * 10 + step, 0.5 + step / 100) for step in range(3)))


LONG = catalog(*range(1, 100))


def test_the_three_latest_anchors_get_a_row_each_latest_first():
    lists = [three_neighbours(anchor) for anchor in (1, 2, 3, 4)]
    history = [completed(anchor, days=anchor) for anchor in (4, 2, 1, 3)]
    slate = compose(page(*history, shelf=shelf(*lists, items=LONG)))
    assert [row.anchor for row in rows_of(slate, RowKind.BECAUSE)] == [1, 2, 3]


@pytest.mark.parametrize(
    "changes",
    [{"sensitive": True}, {"status": ItemStatus.HIDDEN}, {"status": ItemStatus.BLOCKED}],
)
def test_what_may_not_be_named_is_no_anchor_and_moves_no_card(changes):
    lists = (three_neighbours(1), neighbours(2, (10, 0.9), (11, 0.9), (12, 0.9)))
    items = LONG | {2: item(2, **changes)}
    row, *others = compose(page(completed(1, days=0), completed(2, days=0), shelf=shelf(*lists, items=items))).rows
    assert row.anchor == 1
    assert others == []
    assert {part.anchor for card in row.cards for part in card.parts} == {1}


def test_an_anchor_with_too_few_neighbours_left_is_passed_over_for_the_next():
    lists = (neighbours(1, (10, 0.8), (11, 0.8), (5, 0.8)), three_neighbours(2))
    history = (completed(1, days=1), completed(2, days=2), completed(5, days=400))
    slate = compose(page(*history, shelf=shelf(*lists, items=LONG)))
    assert [row.anchor for row in rows_of(slate, RowKind.BECAUSE)] == [2]


def test_a_retracted_completion_is_no_anchor():
    history = (completed(1, days=2), act(Signal.RETRACTED, 1, days=1))
    assert compose(page(*history, shelf=shelf(three_neighbours(1), items=LONG))).rows == ()


def test_two_runs_of_one_family_give_one_row():
    items = LONG | {2: item(2, family=1)}
    slate = compose(
        page(completed(1, 1), completed(2, 2), shelf=shelf(three_neighbours(1), three_neighbours(2), items=items))
    )
    assert [row.anchor for row in rows_of(slate, RowKind.BECAUSE)] == [1]


def test_neighbours_under_the_floor_are_none():
    near = neighbours(1, (10, 0.04), (11, 0.04), (12, 0.04), (13, 0.04))
    assert compose(page(completed(1), shelf=shelf(near))).rows == ()


def test_an_anchor_is_not_named_for_a_card_that_the_anchor_in_waiting_would_lift_as_much():
    # one Anchor scores, 2 waits: without 1 in the history, 2 would give 10 more than 1 does, and 11 less
    lists = (
        neighbours(1, (10, 0.5), (11, 0.5), (12, 0.5), (13, 0.5)),
        neighbours(2, (10, 0.6), (11, 0.4)),
    )
    limits = Limits(anchors_scored=1)
    (row,) = compose(page(completed(1, 0), completed(2, 0), shelf=shelf(*lists), limits=limits)).rows
    assert shown(row) == [11, 12, 13]


# --- continue -----------------------------------------------------------------------------------------------------


def test_continue_shows_what_was_begun_latest_first_with_its_progress():
    begun = (act(Signal.PROGRESSED, 5, days=90, progress=40), act(Signal.STARTED, 6, days=0))
    (row,) = compose(page(*begun, shelf=shelf())).rows
    assert (row.kind, row.anchor, row.total) == (RowKind.CONTINUE, None, 2)
    newer, older = row.cards
    assert (newer.item, newer.score, newer.progress, newer.reason) == (6, 1.0, None, Reason("started", at=NOW))
    assert (older.item, older.score, older.progress) == (5, 0.5, 40)
    assert older.parts == (TracePart("recency", None, 0.5),)


def test_continue_has_three_cards_at_most_and_says_how_many_there_are():
    (row,) = compose(page(*(act(Signal.STARTED, number, days=number) for number in range(1, 6)), shelf=shelf())).rows
    assert (shown(row), row.total) == ([1, 2, 3], 5)


def test_continue_leaves_out_the_course_the_learner_is_in_and_done_families():
    items = catalog(1, 2, rerun=item(3, family=1))
    history = (completed(1), act(Signal.STARTED, 3), act(Signal.STARTED, 2))
    assert compose(page(*history, shelf=shelf(items=items), course=items[2])).rows == ()


# --- top picks ----------------------------------------------------------------------------------------------------


def test_top_picks_gathers_what_no_because_row_could_hold_and_names_the_strongest_anchor():
    lists = (neighbours(1, (10, 0.5, 25, 1), (11, 0.4, 4, 1)), neighbours(2, (10, 0.4), (12, 0.2, 30, 2)))
    (row,) = compose(page(completed(1, 0), completed(2, 0), shelf=shelf(*lists))).rows
    assert (row.kind, row.anchor) == (RowKind.TOP_PICKS, None)
    assert [(card.item, card.reason) for card in row.cards] == [
        (10, Reason("also_completed", 1, 25, 44)),
        (11, Reason("also_completed", 1)),
        (12, Reason("also_completed", 2, 30, 44)),
    ]
    assert row.cards[0].score == pytest.approx(0.9)


def test_one_completion_gives_no_top_picks():
    near = neighbours(1, *((number, 0.5) for number in range(10, 30)))
    slate = compose(page(completed(1), shelf=shelf(near)))
    assert [row.kind for row in slate.rows] == [RowKind.BECAUSE]


def test_top_picks_leaves_out_what_the_anchor_in_waiting_would_lift_as_much():
    lists = (
        neighbours(1, (10, 0.5), (11, 0.5)),
        neighbours(2, (12, 0.5), (13, 0.5)),
        neighbours(3, (10, 0.9)),
    )
    history = (completed(1, 0), completed(2, 0), completed(3, 0))
    (row,) = compose(page(*history, shelf=shelf(*lists), limits=Limits(anchors_scored=2))).rows
    assert shown(row) == [11, 12, 13]


# --- popular ------------------------------------------------------------------------------------------------------


def test_popular_shows_what_most_people_completed_with_their_number():
    (row,) = compose(page(shelf=shelf(popular((10, 31), (11, 97), (12, 4))))).rows
    assert (row.kind, row.anchor) == (RowKind.POPULAR, None)
    assert [(card.item, card.reason) for card in row.cards] == [
        (11, Reason("popular_quiet")),
        (10, Reason("popular", None, 31, 100)),
        (12, Reason("popular_quiet")),
    ]


def test_popular_scores_are_scaled_by_the_models_constant():
    scaled = replace(MODEL, scale={"popular": 40.0})
    (row,) = compose(page(shelf=shelf(popular((10, 31), (11, 30), (12, 20)), model=scaled))).rows
    assert row.cards[2].score == 0.5
    assert row.cards[2].parts == (TracePart("popular", None, 0.5),)


def test_in_a_course_its_cohorts_list_comes_before_the_sites():
    lists = (popular((10, 31), (11, 30), (12, 20)), popular((13, 9), (14, 8), (15, 7), place=3, base=20))
    (row,) = compose(page(shelf=shelf(*lists), course=item(3))).rows
    assert (row.anchor, shown(row)) == (3, [13, 14, 15])
    assert row.cards[0].reason == Reason("popular", 3, 9, 20)


def test_a_cohorts_list_that_is_too_short_gives_way_to_the_sites():
    lists = (popular((10, 31), (11, 30), (12, 20)), popular((13, 9), (3, 8), (15, 7), place=3, base=20))
    (row,) = compose(page(shelf=shelf(*lists), course=item(3))).rows
    assert (row.anchor, shown(row)) == (None, [10, 11, 12])


@pytest.mark.parametrize("changes", [{"personal_rows": False}, {"audience": Audience.INSTRUCTOR}])
def test_a_page_that_is_not_personal_uses_nothing_of_the_history_but_what_is_done(changes):
    lists = (popular((1, 50), (5, 40), (10, 31), (11, 30)), three_neighbours(1))
    history = (completed(1), act(Signal.PROGRESSED, 5, progress=40))
    (row,) = compose(page(*history, shelf=shelf(*lists), **changes)).rows
    assert (row.kind, shown(row)) == (RowKind.POPULAR, [5, 10, 11])
    assert [card.progress for card in row.cards] == [None, None, None]


def test_an_unfinished_item_shows_its_progress_in_any_row_of_a_personal_page():
    near = neighbours(1, (10, 0.8), (11, 0.6), (12, 0.4))
    history = (completed(1), act(Signal.PROGRESSED, 11, progress=40))
    row = compose(page(*history, shelf=shelf(near))).rows[0]
    assert [card.progress for card in row.cards] == [None, 40, None]


# --- what has to be read ------------------------------------------------------------------------------------------


def test_the_lists_to_read_are_the_latest_nameable_anchors_one_more_and_popularity():
    items = catalog(1, 2, 3, 4, taboo=item(5, sensitive=True))
    history = [completed(number, days=number) for number in (1, 2, 3, 4)] + [completed(5, days=0)]
    wanted = lists_to_read(history, items, item(9), Limits(anchors_scored=2))
    ranking, places = (
        ((TOGETHER, 1), (TOGETHER, 2), (TOGETHER, 3)),
        ((POPULAR, 9), (POPULAR, 0), (RISING, 9), (RISING, 0)),
    )
    course = ((TOGETHER, 9), (SUCCEEDED, 9), (SUCCEEDED, 1), (SUCCEEDED, 2))
    assert wanted == (*ranking, *places, *course)
    assert lists_to_read([], items, None, Limits()) == ((POPULAR, 0), (RISING, 0))


def test_a_half_life_can_be_chosen():
    near = neighbours(1, (10, 0.8), (11, 0.6), (12, 0.4))
    limits = Limits(half_life=timedelta(days=10))
    row = compose(page(completed(1, days=20), shelf=shelf(near), limits=limits)).rows[0]
    assert row.cards[0].score == pytest.approx(0.2)
