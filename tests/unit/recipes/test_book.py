"""The book of recipes as a file: what it says, every mistake with its place, and what it means in English."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain import RowKind
from connector.recipes.book_file import BookRefused, read_book
from connector.recipes.default_book import DEFAULT_TEXT
from connector.recipes.recipe import DEFAULT_BOOK, PageLimits, Pin, Season
from connector.recipes.rules import read_rule
from connector.recipes.summary import summary

WHOLE = """
time_zone = "Europe/Berlin"
[limits]
rows_max = 4
[[exclude]]
name = "Never from Vendor Y"
when = 'provider == "Vendor Y"'
[[boost]]
name = "Short first"
when = "minutes <= 30"
factor = 3
[[rows]]
kind = "curated"
[[rows]]
kind = "because"
title = "Going on from here"
cards_max = 8
floor = 2
audience = 'viewer.role == "learner"'
until = 2026-12-31
[[rows.bury]]
when = 'level == "expert"'
factor = 0
[[pins]]
item = "https://lms.example/course/view.php?id=7"
from = 2026-12-01T09:30:00
until = 2026-12-01T17:00:00Z
label = "From your academy"
"""


def test_the_file_to_begin_from_says_what_is_served_without_any():
    assert read_book(DEFAULT_TEXT) == DEFAULT_BOOK
    used = read_book(re.sub(r"^# (?=\[\[|\w+ = )", "", DEFAULT_TEXT, flags=re.MULTILINE))
    assert [len(used.preference.exclude), len(used.preference.weighings), len(used.pins)] == [1, 1, 1]


def test_a_book_says_what_stands_in_its_file():
    book = read_book(WHOLE)
    assert book.limits == PageLimits(rows_max=4)
    assert [rule.called() for rule in book.preference.exclude] == ["Never from Vendor Y"]
    assert [(one.called(), one.factor) for one in book.preference.weighings] == [("Short first", 3.0)]
    curated, because = book.rows
    assert curated.kind is RowKind.CURATED
    assert (because.title, because.cards_max, because.floor) == ("Going on from here", 8, 2.0)
    assert because.audience == read_rule('viewer.role == "learner"')
    assert [(one.called(), one.factor) for one in because.preference.weighings] == [('level == "expert"', 0.0)]


def test_dates_are_in_the_zone_of_the_book_and_a_last_day_is_a_whole_day():
    book = read_book(WHOLE)
    assert book.rows[1].season.until == datetime(2026, 12, 31, 23, tzinfo=UTC)
    pin = book.pins[0]
    assert (pin.season.start, pin.season.until) == (
        datetime(2026, 12, 1, 8, 30, tzinfo=UTC),
        datetime(2026, 12, 1, 17, tzinfo=UTC),
    )
    assert pin == Pin(pin.iri, label="From your academy", season=pin.season)


def test_a_season_begins_with_its_first_moment_and_ends_before_its_last():
    start, until = datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 2, tzinfo=UTC)
    season = Season(start, until)
    assert season.covers(start)
    assert not season.covers(until)
    assert not season.covers(datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC))


ROW = '[[rows]]\nkind = "because"\n'
CURATED = '[[rows]]\nkind = "curated"\n'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("rows = ", "it is no TOML: Invalid value (at end of document)."),
        ("", "rows: there is no row: add a `[[rows]]` with a `kind`."),
        ("formt = 1\n" + ROW, "formt: there is no such key. Did you mean `format`?"),
        ("format = 2\n" + ROW, "format: this version reads format 1 only."),
        ('time_zone = "Mars"\n' + ROW, "time_zone: no time zone 'Mars' is known; names are like Europe/Berlin."),
        ('time_zone = "../etc"\n' + ROW, "time_zone: no time zone '../etc' is known; names are like Europe/Berlin."),
        ('curated_only = "yes"\n' + ROW, "curated_only: write true or false, without quotes."),
        ("curated_only = true\n" + ROW, "curated_only: no row of kind `curated` is on, so every page would be empty."),
        ("rows = 3", "rows: write each as a table of its own, `[[rows]]`, at most 40 of them."),
        ('[[rows]]\nkind = "becuase"', "rows 1, kind: Did you mean `because`?"),
        (ROW + "cards_max = 0", "rows 1 (because), cards_max: a whole number from 1 to 60 is wanted, not 0."),
        (ROW + "cards_min = 9\ncards_max = 3", "rows 1 (because), cards_min: 9 is more than `cards_max`, 3."),
        (ROW + "floor = 0.5", "rows 1 (because), floor: a number from 1 to 20 is wanted, not 0.5."),
        (
            ROW + "title = 3",
            "rows 1 (because), title: a text in quotes is wanted, on one line, of at most 120 characters.",
        ),
        (
            '[[rows]]\nkind = "popular"\nfloor = 2',
            "rows 1 (popular), floor: only because and top_picks have a floor; leave it out.",
        ),
        (
            '[[rows]]\nkind = "continue"\n[[rows.boost]]\nwhen = "begun"\nfactor = 2',
            "rows 1 (continue), boost, bury: a row of kind `continue` has its own order; leave them out.",
        ),
        (
            ROW + 'until = "soon"',
            "rows 1 (because), until: a date or a date with a time is wanted, without quotes: 2026-12-31T17:00:00.",
        ),
        (ROW + "from = 2026-12-02\nuntil = 2026-12-01", "rows 1 (because), until: it ends before it begins."),
        (
            ROW + '[[exclude]]\nname = "Y"\nwhen = "povider == 1"',
            'exclude 1 ("Y"), when: line 1, column 1: there is no `povider`. Did you mean `provider`?',
        ),
        (ROW + "[[exclude]]", "exclude 1, when: it is missing: write a rule, such as 'minutes <= 30'."),
        (
            ROW + "[[boost]]\nwhen = 'begun'\nfactor = 99",
            "boost 1, factor: a number from 1 to 10 is wanted, not 99.",
        ),
        (
            ROW + "[[bury]]\nwhen = 'begun'\nfactor = 1",
            "bury 1, factor: 1 changes nothing: leave the rule out, or give another factor.",
        ),
        (ROW + "[[bury]]\nwhen = 'begun'", "bury 1, factor: a number from 0 to 1 is wanted, it is missing."),
        (CURATED + "[[pins]]\nposition = 1", "pins 1, item: it is missing."),
        (
            ROW + CURATED + '[[pins]]\nitem = "x:y"\nrow = "because"\nposition = 5',
            "pins 1, position: a whole number from 1 to 4 is wanted, not 5.",
        ),
        (ROW + '[[pins]]\nitem = "x:y"', "pins 1, row: no `[[rows]]` has the kind `curated`."),
        (
            '[[rows]]\nkind = "continue"\n[[pins]]\nitem = "x:y"\nrow = "continue"',
            "pins 1, row: nothing is pinned into a row of kind `continue`: pin into another row.",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_to_do(text, problem):
    with pytest.raises(BookRefused) as refused:
        read_book(text)
    assert refused.value.problems == (problem,)


def test_a_rule_looks_at_nothing_that_is_not_known_where_it_stands():
    with pytest.raises(BookRefused, match=r"exclude 1, when: `begun` is not known here\. There are: title, "):
        read_book(ROW + "[[exclude]]\nwhen = 'begun'")
    with pytest.raises(BookRefused, match=r"audience: `minutes` is not known here\. There are: viewer\.role"):
        read_book(ROW + "audience = 'minutes < 3'")
    assert read_book(ROW + "[[rows.exclude]]\nwhen = 'begun'").rows[0].preference.exclude


def test_every_mistake_of_a_file_is_named_at_once():
    with pytest.raises(BookRefused, match=r"\(and 2 more\)") as refused:
        read_book('time_zone = "Mars"\n' + ROW + "floor = 99\nautience = 'x'")
    assert len(refused.value.problems) == 3


def test_a_book_is_said_in_english_a_sentence_for_each_row_and_pin():
    assert summary(read_book(WHOLE)) == [
        "Every row: never items from Vendor Y, items of 30 minutes or less first (times 3).",
        "A page: up to 4 rows.",
        "Selected by L&D: on.",
        (
            "“Going on from here” (because): up to 8 cards, only what is at least 2 times as near as usual, items of "
            "level expert last, for the role learner, until 2027-01-01 00:00 Europe/Berlin."
        ),
        (
            "Pinned in “Selected by L&D”, at place 1, labelled “From your academy”, from 2026-12-01 09:30 "
            "Europe/Berlin, until 2026-12-01 17:00 UTC: https://lms.example/course/view.php?id=7."
        ),
    ]


LINES = (*WHOLE.splitlines(), "curated_only = 7", "on = false", 'kind = "popular"', "[[include]]", "when = 3", "[rows]")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=20).map("\n".join) | st.text(max_size=40))
def test_any_text_is_a_book_or_is_refused_in_sentences(text):
    assert all(problem.endswith((".", "?", ")")) for problem in problems_of(text))


def problems_of(text):
    try:
        read_book(text)
    except BookRefused as refused:
        return refused.problems
    return ()
