"""Small pages, by hand, of the six Rows that need what serving knows."""

from datetime import timedelta

import pytest

from connector.domain import NeighbourKind, Reason, RowKind, Signal, Tile, TracePart
from connector.recipes.compose import compose, compose_topic
from connector.recipes.recipe import RecipeBook, RowRecipe
from tests.unit.recipes.shelves import (
    NOW,
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

NEAR = neighbours(1, (10, 0.8, 35, 31), (11, 0.6, 25, 12), (12, 0.4), (13, 0.3))


def rows(*kinds, **changes):
    """A book of these kinds alone."""
    return {"book": RecipeBook(tuple(RowRecipe(kind) for kind in kinds))} | changes


def only(*history, kind, on=None, **changes):
    """The one Row of that kind, None where there is none."""
    made = compose(page(*history, shelf=on or shelf(NEAR), **rows(kind, **changes))).rows
    return made[0] if made else None


# --- up next ------------------------------------------------------------------------------------------------------


def test_the_strongest_candidate_is_up_next_and_in_no_other_row():
    slate = compose(page(completed(1, days=0), shelf=shelf(NEAR), **rows(RowKind.UP_NEXT, RowKind.BECAUSE)))
    assert [(row.kind, shown(row)) for row in slate.rows] == [(RowKind.UP_NEXT, [10]), (RowKind.BECAUSE, [11, 12, 13])]
    assert slate.rows[0].cards[0].reason == Reason("followed", 1, 31, 44)


def test_what_people_did_after_the_latest_anchor_comes_before_what_is_stronger():
    order = neighbours(1, (12, 0.9), kind=NeighbourKind.NEXT)
    assert shown(only(completed(1, days=0), kind=RowKind.UP_NEXT, on=shelf(NEAR, order))) == [12]


@pytest.mark.parametrize(("progress", "days", "first"), [(75, 3, 20), (74, 3, 10), (99, 31, 10)])
def test_what_is_nearly_finished_of_late_comes_first(progress, days, first):
    begun = act(Signal.PROGRESSED, 20, days=days, progress=progress)
    assert shown(only(completed(1, days=0), begun, kind=RowKind.UP_NEXT)) == [first]


def test_the_last_card_that_a_row_needs_is_never_up_next():
    latest = neighbours(1, (10, 0.9), (11, 0.8), (12, 0.7))
    older = neighbours(2, (20, 0.3), (21, 0.2), (22, 0.2), (23, 0.1))
    history = completed(1, days=0), completed(2, days=30)
    slate = compose(page(*history, shelf=shelf(latest, older), **rows(RowKind.UP_NEXT, RowKind.BECAUSE)))
    assert [shown(row) for row in slate.rows] == [[20], [10, 11, 12], [21, 22, 23]]


def test_three_candidates_stay_a_row():
    near = neighbours(1, (10, 0.8), (11, 0.6), (12, 0.4))
    slate = compose(page(completed(1), shelf=shelf(near), **rows(RowKind.UP_NEXT, RowKind.BECAUSE)))
    assert [(row.kind, len(row.cards)) for row in slate.rows] == [(RowKind.BECAUSE, 3)]


# --- renew --------------------------------------------------------------------------------------------------------


def test_what_has_lapsed_is_shown_with_its_day_longest_overdue_first_and_what_holds_is_not():
    items = catalog(*range(1, 40), a=item(2, renewal_days=10), b=item(3, renewal_days=10), c=item(4, renewal_days=10))
    history = (completed(2, days=100), completed(3, days=30), completed(4, days=9))
    row = only(*history, kind=RowKind.RENEW, on=shelf(items=items))
    assert [(card.item, card.reason) for card in row.cards] == [
        (2, Reason("expired", at=NOW - timedelta(days=90))),
        (3, Reason("expired", at=NOW - timedelta(days=20))),
    ]
    assert row.cards[0].parts == (TracePart("overdue", None, 0.5),)  # one half-life of 90 days


# --- new ----------------------------------------------------------------------------------------------------------


def test_what_is_new_comes_by_fit_and_then_the_newest_and_what_was_touched_is_not_new():
    items = catalog(*range(1, 40), a=item(1, topics=("Data",)), b=item(30, topics=("data",)), c=item(31), d=item(32))
    days = {30: 9, 31: 3, 32: 2, 33: 1}
    arrivals = {number: NOW - timedelta(days=ago) for number, ago in days.items()}
    history = (completed(1), act(Signal.VIEWED, 33))
    row = only(*history, kind=RowKind.NEW, on=shelf(NEAR, items=items), arrivals=arrivals)
    assert [(card.item, card.score) for card in row.cards] == [(30, 0.5), (32, 0.0), (31, 0.0)]
    assert row.cards[0].reason == Reason("added", at=NOW - timedelta(days=9))


def test_who_has_no_history_or_no_personal_rows_has_nothing_new():
    arrivals = {30: NOW - timedelta(days=1)}
    assert only(kind=RowKind.NEW, arrivals=arrivals) is None
    assert only(completed(1), kind=RowKind.NEW, arrivals=arrivals, personal_rows=False) is None


# --- short --------------------------------------------------------------------------------------------------------


def test_what_is_short_and_fits_comes_before_what_is_short_and_popular():
    lengths = {10: 15, 11: 16, 12: 5, 20: 15, 21: 10, 22: None}
    items = catalog(*range(1, 40)) | {number: item(number, minutes=minutes) for number, minutes in lengths.items()}
    on = shelf(NEAR, popular((20, 60), (21, 30), (22, 90)), items=items)
    row = only(completed(1, days=0), kind=RowKind.SHORT, on=on)
    assert [(card.item, card.score) for card in row.cards] == [(10, 0.8), (12, 0.4), (20, 0.2), (21, 0.1)]
    longer = RecipeBook((RowRecipe(RowKind.SHORT, minutes_max=16),))
    row = compose(page(completed(1, days=0), shelf=on, book=longer)).rows[0]
    assert (shown(row), row.minutes) == ([10, 11, 12, 20, 21], 16)


# --- topics -------------------------------------------------------------------------------------------------------


def test_a_tile_counts_what_is_left_of_a_topic_and_small_topics_have_none():
    items = catalog(*range(1, 40)) | {number: item(number, topics=("Data",)) for number in (1, 10, 11, 12, 14)}
    topics = {"Data": frozenset({1, 10, 11, 12, 14}), "Law": frozenset({20, 21})}
    whole = page(completed(1, days=0), shelf=shelf(NEAR, items=items), **rows(RowKind.TOPICS, topics=topics))
    assert compose(whole).rows[0].tiles == (Tile("Data", 4),)
    behind = compose_topic(whole, "Data")
    assert [(card.item, card.reason.code) for card in behind.cards] == [
        (10, "also_completed"),
        (11, "also_completed"),
        (12, "also_completed"),
        (14, "on_topic"),
    ]
    assert compose_topic(whole, "Law of the sea") is None


# --- different ----------------------------------------------------------------------------------------------------


def test_different_is_what_is_popular_on_topics_and_from_providers_that_were_never_taken():
    items = catalog(*range(1, 40), a=item(1, topics=("Data",), provider="Moodle"))
    items |= {number: item(number, topics=("Law",)) for number in (20, 21)}
    items |= {22: item(22, topics=("data",)), 23: item(23, provider="edX"), 24: item(24, provider="moodle")}
    liked = popular((20, 60), (21, 50), (22, 90), (23, 40), (24, 30), (10, 80), (25, 70))
    row = only(completed(1), kind=RowKind.DIFFERENT, on=shelf(NEAR, liked, items=items))
    assert [(card.item, card.reason.code) for card in row.cards] == [
        (20, "other_topic"),
        (21, "other_topic"),
        (23, "other_provider"),
    ]
    assert only(kind=RowKind.DIFFERENT, on=shelf(liked, items=items)) is None
