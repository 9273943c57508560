"""*Trending* and *What people who succeeded at X took*: of the course, else of the site; with numbers, or none."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connector.domain import SITE, Deed, NeighbourKind, Reason, RowKind, TracePart
from connector.recipes.base import WhyNot
from connector.recipes.book_file import BookRefused, read_book
from connector.recipes.compose import compose, compose_alone
from connector.recipes.summary import summary
from connector.recipes.trace import why_not
from connector.recipes.trending import FRESH
from tests.unit.recipes.shelves import MODEL, NOW, catalog, completed, item, neighbours, page, shelf, shown

RISING, SUCCEEDED = NeighbourKind.RISING, NeighbourKind.SUCCEEDED
COURSE, EXAM = 30, 31
BOOK = '[[rows]]\nkind = "{}"\n'


def rising(*entries, place=SITE, base=100):
    """Entries are (item, people of late)."""
    return neighbours(place, *((one, people / base, people, 0) for one, people in entries), base=base, kind=RISING)


def succeeded(anchor, *entries, base=50):
    """Entries are (item, score, how many of those who succeeded)."""
    return neighbours(anchor, *((one, score, people, 0) for one, score, people in entries), base=base, kind=SUCCEEDED)


def made(kind, *history, lists, items=None, **changes):
    known = catalog(*range(1, 40)) if items is None else items
    course = known[COURSE] if changes.pop("in_course", False) else None
    stock = shelf(*lists, items=known, model=changes.pop("model", MODEL))
    return page(*history, shelf=stock, book=read_book(BOOK.format(kind)), course=course, **changes)


def rows(asked):
    return compose(asked).rows


# --- trending -----------------------------------------------------------------------------------------------------

SITE_LIST = rising((1, 40), (2, 30), (3, 20), (4, 4))
COURSE_LIST = rising((5, 12), (6, 9), (7, 6), place=COURSE, base=20)


def test_what_rises_on_the_site_stands_in_order_with_its_numbers():
    (row,) = rows(made("trending", lists=[SITE_LIST]))
    assert (row.kind, row.anchor, shown(row)) == (RowKind.TRENDING, None, [1, 2, 3, 4])
    assert row.cards[0].reason == Reason("trending", None, 40, 100)
    assert row.cards[0].parts == (TracePart("rising", None, 0.4),)
    assert row.cards[3].reason == Reason("trending_quiet")  # four are under k


def test_the_complement_of_a_number_is_k_people_too():
    (row,) = rows(made("trending", lists=[rising((1, 96), (2, 95), (3, 20))]))
    assert [card.reason.code for card in row.cards] == ["trending_quiet", "trending", "trending"]


def test_in_a_course_its_own_people_come_first_and_the_site_stands_in():
    both = [SITE_LIST, COURSE_LIST]
    (row,) = rows(made("trending", lists=both, in_course=True))
    assert (row.anchor, shown(row), row.cards[0].reason) == (COURSE, [5, 6, 7], Reason("trending", COURSE, 12, 20))
    (row,) = rows(made("trending", completed(5), lists=both, in_course=True))  # two are left: too short
    assert (row.anchor, shown(row)) == (None, [1, 2, 3, 4])


def test_a_model_that_is_a_week_old_says_nothing_of_late():
    fresh, old = (replace(MODEL, data_as_of=NOW - FRESH - timedelta(seconds=late)) for late in (0, 1))
    assert rows(made("trending", lists=[SITE_LIST], model=fresh))
    assert not rows(made("trending", lists=[SITE_LIST], model=old))
    unknown = replace(MODEL, data_as_of=None, trained_at=NOW - FRESH)
    assert rows(made("trending", lists=[SITE_LIST], model=unknown))


def test_where_nothing_rises_there_is_no_row():
    assert not rows(made("trending", lists=[]))
    assert not rows(made("trending", lists=[rising((1, 40), (2, 30))]))
    assert not rows(made("trending", lists=[SITE_LIST], model=None))


def test_what_was_taken_up_already_does_not_trend_for_them():
    opened = replace(MODEL, deed=Deed.OPENED)
    (row,) = rows(made("trending", completed(1, 3), lists=[SITE_LIST], model=opened))
    assert shown(row) == [2, 3, 4]
    assert {card.reason.deed for card in row.cards} == {Deed.OPENED}


# --- what people who succeeded took -------------------------------------------------------------------------------

AFTER_EXAM = succeeded(EXAM, (1, 0.4, 30), (2, 0.3, 25), (3, 0.2, 20), (4, 0.5, 4), (5, 0.5, 46))
IN_COURSE = succeeded(COURSE, (6, 0.4, 30), (7, 0.3, 25), (8, 0.2, 20))


def test_what_those_took_who_succeeded_at_what_the_learner_completed():
    (row,) = rows(made("succeeded", completed(EXAM), lists=[AFTER_EXAM]))
    assert (row.kind, row.anchor, shown(row)) == (RowKind.SUCCEEDED, EXAM, [1, 2, 3])
    assert row.cards[0].reason == Reason("succeeded", EXAM, 30, 50)
    assert row.cards[0].parts == (TracePart("succeeded", EXAM, 0.4),)


def test_no_card_stands_there_without_its_numbers():
    asked = made("succeeded", completed(EXAM), lists=[AFTER_EXAM])
    assert not {4, 5} & {card.item for row in rows(asked) for card in row.cards}  # 4, and 50 - 46: both under k


def test_the_course_comes_first_then_the_latest_anchor_that_has_a_row():
    lists = [AFTER_EXAM, IN_COURSE, succeeded(9, (10, 0.9, 20))]
    (row,) = rows(made("succeeded", completed(EXAM, 2), completed(9), lists=lists, in_course=True))
    assert (row.anchor, shown(row)) == (COURSE, [6, 7, 8])
    (row,) = rows(made("succeeded", completed(EXAM, 2), completed(9), lists=lists))
    assert row.anchor == EXAM
    assert compose_alone(made("succeeded", completed(EXAM), lists=lists), RowKind.SUCCEEDED, EXAM).anchor == EXAM


@pytest.mark.parametrize("number", [COURSE, EXAM])
def test_a_sensitive_item_is_nobodys_success(number):
    items = catalog(*range(1, 40), secret=item(number, sensitive=True))
    asked = made("succeeded", completed(EXAM), lists=[AFTER_EXAM, IN_COURSE], items=items, in_course=True)
    assert [row.anchor for row in rows(asked)] == [EXAM if number == COURSE else COURSE]
    alone = [AFTER_EXAM] if number == EXAM else [IN_COURSE]
    assert not rows(made("succeeded", completed(EXAM), lists=alone, items=items, in_course=True))


def test_without_the_completion_the_row_is_gone():
    assert not rows(made("succeeded", completed(9), lists=[AFTER_EXAM]))
    assert not rows(made("succeeded", completed(EXAM), lists=[AFTER_EXAM], personal_rows=False))


def test_an_item_of_the_row_has_a_ground_where_it_is_missing():
    asked = made("succeeded", completed(EXAM), completed(1), lists=[AFTER_EXAM])
    assert why_not(1, asked, compose(asked)) is WhyNot.DONE
    assert why_not(2, asked, compose(asked)) is WhyNot.ROW_TOO_SHORT


# --- what success is ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ('"completed"', []),
        ('"passed"', ["Who passed an item has succeeded at it."]),
        ("0.8", ["Who scored 80% or more at an item has succeeded at it."]),
        ("1", ["Who scored 100% or more at an item has succeeded at it."]),
    ],
)
def test_what_success_is_stands_in_the_book_and_in_its_words(said, words):
    book = read_book(f"success = {said}\n{BOOK.format('succeeded')}")
    assert summary(book)[:-1] == words


@pytest.mark.parametrize("said", ['"done"', "0", "1.5", "true", "[1]"])
def test_another_success_is_refused(said):
    with pytest.raises(BookRefused, match='success: write "completed", "passed", or the least score'):
        read_book(f"success = {said}\n{BOOK.format('succeeded')}")
