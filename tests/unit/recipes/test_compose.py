import pytest

from connector.domain import Audience, ItemStatus, RowKind, Signal, SlateState
from connector.recipes.base import Limits
from connector.recipes.compose import compose, compose_row
from tests.unit.recipes.shelves import MODEL, act, catalog, completed, item, neighbours, page, popular, shelf, shown

FULL = shelf(
    neighbours(1, *((number, 0.9) for number in range(10, 24))),
    neighbours(2, *((number, 0.5) for number in range(10, 30))),
    popular(*((number, 60 - number) for number in range(10, 35))),
)


def kinds(slate):
    return [row.kind for row in slate.rows]


# --- laying out ---------------------------------------------------------------------------------------------------


def test_rows_stand_in_the_order_because_continue_top_picks_popular_and_share_no_item():
    history = (completed(1, 0), completed(2, 0), act(Signal.STARTED, 33))
    slate = compose(page(*history, shelf=FULL, limits=Limits(anchors_shown=1)))
    assert kinds(slate) == [RowKind.BECAUSE, RowKind.CONTINUE, RowKind.TOP_PICKS, RowKind.POPULAR]
    because, begun, picks, people = map(shown, slate.rows)
    assert because == list(range(10, 22))
    assert begun == [33]
    assert picks == [22, 23, 24, 25, 26, 27, 28, 29]
    assert people == [30, 31, 32, 34]


def test_a_row_too_short_is_left_out_and_gives_its_items_back():
    lists = (
        neighbours(1, (10, 0.9), (11, 0.8), (12, 0.7)),
        neighbours(2, (10, 0.9), (11, 0.8), (13, 0.7), (14, 0.6)),
        popular((13, 50), (14, 40), (15, 30)),
    )
    slate = compose(page(completed(1, 0), completed(2, 1), shelf=shelf(*lists)))
    # 2's row and top picks have only 13 and 14 left; popular may then show both
    assert [(row.kind, shown(row)) for row in slate.rows] == [
        (RowKind.BECAUSE, [10, 11, 12]),
        (RowKind.POPULAR, [13, 14, 15]),
    ]


def test_a_family_stands_on_a_page_once():
    items = catalog(*range(1, 40), rerun=item(30, family=10), second=item(31, family=13))
    lists = (
        neighbours(1, (10, 0.9), (30, 0.8), (11, 0.7), (12, 0.6)),
        popular((30, 50), (31, 40), (13, 35), (14, 30), (15, 20)),
    )
    slate = compose(page(completed(1), shelf=shelf(*lists, items=items)))
    assert [shown(row) for row in slate.rows] == [[10, 11, 12], [31, 14, 15]]


def test_a_page_has_no_more_rows_than_its_limit():
    history = (completed(1, 0), completed(2, 0), act(Signal.STARTED, 33))
    slate = compose(page(*history, shelf=FULL, limits=Limits(rows_max=2, cards_max=4)))
    assert [(row.kind, row.anchor, len(row.cards)) for row in slate.rows] == [
        (RowKind.BECAUSE, 1, 4),
        (RowKind.BECAUSE, 2, 4),
    ]


def test_total_counts_what_qualified_before_the_limit():
    (row, _) = compose(page(completed(1), shelf=FULL)).rows
    assert (len(row.cards), row.total) == (12, 14)


def test_neither_the_order_of_the_history_nor_of_the_mappings_is_seen():
    history = (completed(1, 0), completed(2, 0), act(Signal.STARTED, 33), act(Signal.STARTED, 34))
    turned = shelf(*reversed(FULL.lists.values()), items=dict(reversed(FULL.items.items())))
    assert compose(page(*history, shelf=FULL)) == compose(page(*reversed(history), shelf=turned))


# --- states -------------------------------------------------------------------------------------------------------


def test_a_learner_with_a_because_row_has_a_personal_page_of_this_model():
    slate = compose(page(completed(1), shelf=FULL))
    assert (slate.state, slate.model_version, slate.as_of) == (SlateState.PERSONAL, 3, MODEL.data_as_of)
    assert not slate.late


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"audience": Audience.ANONYMOUS}, SlateState.ANONYMOUS),
        ({"audience": Audience.INSTRUCTOR}, SlateState.PREVIEW),
        ({"audience": Audience.TEST_USER}, SlateState.PREVIEW),
        ({"personal_rows": False}, SlateState.OPTED_OUT),
    ],
)
def test_pages_that_are_not_personal_have_popular_rows_only(changes, state):
    slate = compose(page(completed(1), act(Signal.STARTED, 33), shelf=FULL, **changes))
    assert (slate.state, kinds(slate)) == (state, [RowKind.POPULAR])


def test_a_newcomer_sees_what_is_popular():
    slate = compose(page(act(Signal.VIEWED, 12), shelf=FULL))
    assert (slate.state, kinds(slate)) == (SlateState.NEWCOMER, [RowKind.POPULAR])


def test_who_has_only_seen_the_course_of_the_launch_is_a_newcomer():
    views = (act(Signal.VIEWED, 3, days=1), act(Signal.VIEWED, 3, days=2))
    assert compose(page(*views, shelf=FULL, course=item(3))).state is SlateState.NEWCOMER


def test_something_begun_but_nothing_done_is_not_a_newcomer():
    slate = compose(page(act(Signal.STARTED, 12), shelf=FULL))
    assert (slate.state, kinds(slate)) == (SlateState.NOTHING_RELEVANT, [RowKind.CONTINUE, RowKind.POPULAR])


def test_a_completion_without_neighbours_leaves_nothing_relevant_but_what_is_popular():
    slate = compose(page(completed(5), shelf=FULL))
    assert (slate.state, kinds(slate)) == (SlateState.NOTHING_RELEVANT, [RowKind.POPULAR])


def test_all_done_when_nothing_that_may_be_shown_is_left():
    items = catalog(1, 2, off=item(3, status=ItemStatus.HIDDEN))
    slate = compose(page(completed(1), completed(2), shelf=shelf(items=items)))
    assert (slate.state, slate.rows) == (SlateState.ALL_DONE, ())


def test_the_callers_count_of_the_whole_catalog_decides_all_done():
    few = shelf(items=catalog(1))
    assert compose(page(completed(1), shelf=few, undone=4)).state is SlateState.NOTHING_RELEVANT
    assert compose(page(completed(1), shelf=FULL, undone=0)).state is SlateState.PERSONAL
    assert compose(page(completed(5), shelf=FULL, undone=0)).state is SlateState.ALL_DONE
    assert compose(page(shelf=few, undone=0)).state is SlateState.NEWCOMER


def test_without_a_model_a_learner_can_still_continue():
    untrained = shelf(*FULL.lists.values(), model=None)
    slate = compose(page(completed(1), act(Signal.STARTED, 12), shelf=untrained))
    assert (slate.state, kinds(slate)) == (SlateState.NO_MODEL, [RowKind.CONTINUE])
    assert (slate.model_version, slate.as_of) == (None, None)


# --- see all ------------------------------------------------------------------------------------------------------


def test_see_all_gives_the_whole_row_with_the_same_reasons():
    asked = page(completed(1), completed(2), shelf=FULL)
    short = compose(asked).rows[0]
    full = compose_row(asked, RowKind.BECAUSE, short.anchor)
    assert full.cards[:12] == short.cards
    assert len(full.cards) == full.total == short.total == 14


def test_see_all_is_not_narrowed_by_other_rows_and_has_its_own_limit():
    asked = page(completed(1), completed(2), shelf=FULL, limits=Limits(see_all_max=18))
    row = compose_row(asked, RowKind.TOP_PICKS, None)
    assert shown(row) == list(range(10, 28))
    assert row.total == 20


def test_see_all_of_popular_takes_the_place_that_the_row_named():
    both = shelf(*FULL.lists.values(), popular((13, 9), (14, 8), (15, 7), place=3))
    asked = page(shelf=both, course=item(3))
    assert shown(compose_row(asked, RowKind.POPULAR, 3)) == [13, 14, 15]
    assert len(compose_row(asked, RowKind.POPULAR, None).cards) == 25


@pytest.mark.parametrize(("kind", "anchor"), [(RowKind.BECAUSE, 5), (RowKind.BECAUSE, None), (RowKind.CONTINUE, None)])
def test_see_all_of_a_row_that_the_learner_does_not_have_is_none(kind, anchor):
    assert compose_row(page(completed(1), shelf=FULL), kind, anchor) is None
