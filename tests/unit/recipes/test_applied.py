"""What the book of recipes does to a page: rules, boosts, pins, seasons, audiences, sizes, and the kill switch."""

import math
from dataclasses import replace
from datetime import timedelta

import pytest

from connector.domain import Audience, ItemStatus, RowKind, Signal
from connector.recipes.base import Limits, WhyNot
from connector.recipes.book_file import read_book
from connector.recipes.compose import RECIPES, compose, compose_alone, compose_row
from connector.recipes.recipe import CLOSED_BOOK
from connector.recipes.trace import rule_against, why_not
from tests.unit.recipes.shelves import NOW, act, catalog, completed, item, neighbours, page, popular, shelf, shown

ROWS = "".join(f'[[rows]]\nkind = "{kind}"\n' for kind in ("curated", "because", "continue", "top_picks", "popular"))
SHELF = shelf(
    neighbours(1, (10, 0.8), (11, 0.7), (12, 0.6), (13, 0.5), (14, 0.4), (15, 0.3)),
    popular((20, 90), (21, 80), (22, 70), (23, 60)),
    items=catalog(
        *range(1, 40),
        y=item(11, provider="Vendor Y", minutes=60),
        short=item(14, minutes=20, topics=("Leadership",)),
        popular_y=item(21, provider="Vendor Y"),
        begun_y=item(30, provider="Vendor Y"),
        blocked=item(31, status=ItemStatus.BLOCKED),
    ),
)


def with_book(text, *pins, rows=ROWS, **changes):
    """A page of who completed 1 and began 30, under a book; ``pins`` are Items that pins name as "item:NUMBER"."""
    numbers = {f"item:{number}": number for number in pins}
    history = (completed(1), act(Signal.STARTED, 30))
    return page(*history, shelf=SHELF, book=read_book(text + "\n" + rows), pin_items=numbers, **changes)


def rows_of(asked):
    return {row.kind.value: shown(row) for row in compose(asked).rows}


def pin(number, more=""):
    return f'[[pins]]\nitem = "item:{number}"\n{more}\n'


EXCLUDE_Y = '[[exclude]]\nname = "Never Y"\nwhen = \'provider == "vendor y"\'\n'
PLAIN = {"because": [10, 11, 12, 13, 14, 15], "continue": [30], "popular": [20, 21, 22, 23]}


def test_a_book_that_only_lists_the_rows_changes_nothing():
    listed = with_book("")
    assert rows_of(listed) == PLAIN
    assert compose(listed) == compose(page(completed(1), act(Signal.STARTED, 30), shelf=SHELF))


def test_an_excluded_item_is_in_no_row_whatever_brought_it_there():
    asked = with_book(EXCLUDE_Y + pin(11), 11)
    assert rows_of(asked) == {"because": [10, 12, 13, 14, 15], "popular": [20, 22, 23]}
    assert why_not(11, asked, compose(asked)) is WhyNot.EXCLUDED
    assert rule_against(11, asked) == "Never Y"
    assert rule_against(10, asked) == ""


def test_with_an_include_nothing_else_is_in_and_why_names_the_rule():
    asked = with_book("[[include]]\nwhen = 'minutes <= 30 or iri contains \"id=2\"'\n")
    assert rows_of(asked) == {"popular": [20, 21, 22, 23]}
    assert why_not(10, asked, compose(asked)) is WhyNot.NOT_INCLUDED
    assert rule_against(10, asked) == 'minutes <= 30 or iri contains "id=2"'


def test_a_boost_changes_the_order_and_is_a_part_of_its_own():
    asked = with_book('[[boost]]\nname = "Short first"\nwhen = "minutes <= 30"\nfactor = 3\n')
    row = compose(asked).rows[0]
    assert shown(row) == [14, 10, 11, 12, 13, 15]
    card, plain = row.cards[0], compose(with_book("")).rows[0].cards[4]
    assert card.score == pytest.approx(3 * plain.score)
    assert card.reason == plain.reason
    assert [part.source for part in card.parts] == ["together", "boost:Short first"]
    assert card.parts[1].value == pytest.approx(2 * plain.score)


def test_boost_and_bury_multiply_and_the_parts_still_sum_to_the_score():
    boost = "[[boost]]\nwhen = 'topics contains \"leadership\"'\nfactor = 4\n"
    bury = "[[bury]]\nwhen = 'minutes <= 30'\nfactor = 0.5\n"
    row = compose(with_book(boost + bury)).rows[0]
    assert shown(row) == [10, 14, 11, 12, 13, 15]  # 0.4 x 4 x 0.5 is no more than 0.8
    for card in row.cards:
        assert math.fsum(part.value for part in card.parts) == pytest.approx(card.score, abs=1e-12)


def test_what_is_buried_by_zero_is_last_and_still_there():
    row = compose(with_book("[[bury]]\nwhen = 'iri contains \"id=10\"'\nfactor = 0\n")).rows[0]
    assert shown(row) == [11, 12, 13, 14, 15, 10]
    assert row.cards[-1].score == 0.0


def test_a_boost_in_one_row_leaves_the_others_as_they_are():
    rows = ROWS.replace(
        'kind = "popular"\n', 'kind = "popular"\n[[rows.boost]]\nwhen = \'provider == "Vendor Y"\'\nfactor = 2\n'
    )
    assert rows_of(with_book("", rows=rows)) == PLAIN | {"popular": [21, 20, 22, 23]}


def test_a_rule_of_a_row_may_look_at_its_anchor_and_at_what_lifted_an_item():
    rules = '[[rows.exclude]]\nname = "No one\'s own"\nwhen = \'anchor.iri contains "id=1" and iri contains "id=12"\'\n'
    asked = with_book("", rows=ROWS.replace('kind = "because"\n', f'kind = "because"\n{rules}'))
    assert rows_of(asked)["because"] == [10, 11, 13, 14, 15]
    assert (why_not(12, asked, compose(asked)), rule_against(12, asked)) == (WhyNot.EXCLUDED, "No one's own")
    lifted = with_book('[[boost]]\nwhen = \'lifted_by contains "together" and iri contains "id=15"\'\nfactor = 9\n')
    assert rows_of(lifted)["because"][0] == 15


# --- pins ---------------------------------------------------------------------------------------------------------


def test_pins_without_a_row_make_the_row_of_what_was_selected_in_their_order():
    asked = with_book(pin(33, "position = 2") + pin(32) + pin(34, "position = 2"), 32, 33, 34)
    first = compose(asked).rows[0]
    assert (first.kind, shown(first)) == (RowKind.CURATED, [32, 33, 34])
    assert {card.reason.code for card in first.cards} == {"selected"}
    assert why_not(32, asked, compose(asked)) is None


def test_a_pin_stands_at_its_place_of_its_row_with_its_label_and_no_more_than_the_cap():
    pins = pin(32, 'row = "because"\nposition = 2\nlabel = "Our choice"') + pin(33, 'row = "because"\nposition = 3')
    row = compose(with_book(pins, 32, 33)).rows[0]
    assert shown(row) == [10, 32, 11, 12, 13, 14, 15]
    card = row.cards[1]
    assert (card.reason.code, card.reason.label, card.score) == ("selected", "Our choice", 0.0)
    assert row.total == 7
    both = compose(with_book("[limits]\npins_max = 2\n" + pins, 32, 33)).rows[0]
    assert shown(both) == [10, 32, 33, 11, 12, 13, 14, 15]


def test_a_pin_takes_the_place_of_the_last_card_of_a_full_row():
    row = compose(with_book(pin(32, 'row = "because"'), 32, limits=Limits(cards_max=4))).rows[0]
    assert shown(row) == [32, 10, 11, 12]


def test_an_item_that_is_pinned_where_it_stands_anyway_moves_and_keeps_its_score():
    row = compose(with_book(pin(13, 'row = "because"'), 13)).rows[0]
    assert shown(row) == [13, 10, 11, 12, 14, 15]
    assert row.cards[0].score == pytest.approx(compose(with_book("")).rows[0].cards[3].score)
    assert math.fsum(part.value for part in row.cards[0].parts) == pytest.approx(row.cards[0].score)


@pytest.mark.parametrize(("number", "ground"), [(1, WhyNot.DONE), (31, WhyNot.BLOCKED), (99, WhyNot.UNKNOWN)])
def test_a_pin_never_shows_what_is_done_blocked_or_unknown(number, ground):
    asked = with_book(pin(number) + pin(number, 'row = "because"'), number)
    assert rows_of(asked) == PLAIN
    assert why_not(number, asked, compose(asked)) is ground


def test_a_pin_does_not_make_a_row_that_would_not_stand_by_itself():
    asked = with_book("[limits]\nrow_min = 7\n" + pin(32, 'row = "because"'), 32)
    assert "because" not in rows_of(asked)


def test_a_pin_begins_and_ends_to_the_second():
    book = pin(32, "from = 2026-11-22T12:00:00Z\nuntil = 2026-11-22T12:30:00Z")
    moments = {"before": -1, "first": 0, "last": 1799, "after": 1800}
    seen = {when: rows_of(with_book(book, 32, now=NOW + timedelta(seconds=s))) for when, s in moments.items()}
    assert [when for when in moments if "curated" in seen[when]] == ["first", "last"]


def test_a_pin_is_for_its_audience():
    book = pin(32, "audience = 'viewer.course == \"4\"'")
    assert "curated" not in rows_of(with_book(book, 32))
    assert rows_of(with_book(book, 32, viewer=frozenset({"course:4"})))["curated"] == [32]


# --- rows ---------------------------------------------------------------------------------------------------------


def test_rows_stand_in_the_order_of_the_book_and_what_is_off_is_off():
    rows = """
        [[rows]]
        kind = "popular"
        title = "Much done"
        [[rows]]
        kind = "continue"
        on = false
        [[rows]]
        kind = "because"
    """
    asked = with_book('order = "fixed"', rows=rows)
    slate = compose(asked)
    assert [(row.kind.value, row.title) for row in slate.rows] == [("popular", "Much done"), ("because", "")]
    assert why_not(30, asked, slate) is WhyNot.ROW_OFF
    assert compose_alone(asked, RowKind.CONTINUE) is None


def test_of_two_recipes_for_a_kind_the_first_that_is_for_who_looks_now_is_the_one():
    rows = """
        [[rows]]
        kind = "because"
        cards_max = 4
        audience = 'viewer.language == "de"'
        [[rows]]
        kind = "because"
        cards_max = 3
        until = 2026-11-22T12:00:01Z
        [[rows]]
        kind = "because"
    """
    lengths = {
        "German": len(rows_of(with_book("", rows=rows, viewer=frozenset({"language:de-at"})))["because"]),
        "now": len(rows_of(with_book("", rows=rows))["because"]),
        "later": len(rows_of(with_book("", rows=rows, now=NOW + timedelta(seconds=1)))["because"]),
    }
    assert lengths == {"German": 4, "now": 3, "later": 6}


def test_a_floor_of_twice_leaves_out_what_is_under_it_and_why_says_so():
    rows = ROWS.replace('kind = "because"\n', 'kind = "because"\nfloor = 10\n')
    asked = with_book("", rows=rows)  # ten times 0.05
    assert rows_of(asked)["because"] == [10, 11, 12, 13]
    assert why_not(14, asked, compose(asked)) is WhyNot.BELOW_FLOOR


def test_a_row_may_be_longer_or_shorter_than_the_page_has_it():
    rows = ROWS.replace('kind = "because"\n', 'kind = "because"\ncards_max = 2\n')
    assert rows_of(with_book("", rows=rows))["because"] == [10, 11]
    rows = ROWS.replace('kind = "popular"\n', 'kind = "popular"\ncards_min = 5\n')
    assert "popular" not in rows_of(with_book("", rows=rows))
    assert list(rows_of(with_book("[limits]\nrows_max = 1\n"))) == ["because"]


def test_the_kill_switch_leaves_nothing_but_what_was_selected():
    asked = with_book("curated_only = true\n" + pin(32), 32)
    assert rows_of(asked) == {"curated": [32]}
    assert compose_row(asked, RowKind.POPULAR, None) is None
    assert why_not(10, asked, compose(asked)) is WhyNot.ROW_OFF


def test_a_book_that_cannot_be_read_any_more_shows_nothing():
    asked = replace(with_book(""), book=CLOSED_BOOK)
    assert compose(asked).rows == ()


def test_see_all_and_a_row_alone_obey_the_same_rules():
    asked = with_book(EXCLUDE_Y + pin(32, 'row = "popular"'), 32)
    assert shown(compose_row(asked, RowKind.POPULAR, None)) == [32, 20, 22, 23]
    assert shown(compose_alone(asked, RowKind.BECAUSE)) == [10, 12, 13, 14, 15]


def test_who_is_not_known_sees_what_was_selected_too():
    asked = with_book(pin(32), 32, audience=Audience.ANONYMOUS)
    assert rows_of(asked)["curated"] == [32]


def test_every_kind_of_row_can_be_made():
    assert set(RECIPES) == set(RowKind)
