"""What a recipe says of a Row besides its rules: languages, levels, variety, and the Course of the launch."""

import math
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain import RowKind, TracePart
from connector.recipes.base import Limits, WhyNot
from connector.recipes.book_file import BookRefused, read_book
from connector.recipes.compose import compose, compose_row
from connector.recipes.levels import Level, Mastered, level_of
from connector.recipes.summary import summary
from connector.recipes.trace import rule_against, why_not
from connector.recipes.variety import likeness, varied
from tests.unit.recipes.shelves import catalog, completed, item, neighbours, page, popular, shelf, shown

LIST = neighbours(1, (10, 0.8), (11, 0.7), (12, 0.6), (13, 0.5), (14, 0.4), (15, 0.3))
BOOK = '[[rows]]\nkind = "{}"\n{}\n'


def asked(options="", *history, kind="because", lists=(LIST,), special=(), **changes):
    known = catalog(*range(1, 40), **{str(one.id): one for one in special})
    return page(
        *(history or (completed(1),)),
        shelf=shelf(*lists, items=known),
        book=read_book(BOOK.format(kind, options)),
        **changes,
    )


def first(made):
    return shown(compose(made).rows[0])


# --- languages ----------------------------------------------------------------------------------------------------

LANGUAGES = (item(10, language="fr"), item(12, language="de-AT"), item(13, language="de"), item(14, language="en"))
GERMAN = {"special": LANGUAGES, "viewer": frozenset({"language:de"})}


def test_the_language_of_the_launch_is_first_where_it_is_preferred_and_the_trace_says_so():
    assert first(asked(**GERMAN)) == [10, 11, 12, 13, 14, 15]
    made = asked('language = "prefer"', **GERMAN)
    assert first(made) == [12, 10, 13, 11, 14, 15]  # 0.9, 0.8, 0.75, 0.7
    card = compose(made).rows[0].cards[0]
    assert card.parts[-1].source == "boost:The language of the launch first"
    assert card.parts[-1].value == pytest.approx(0.3, abs=0.01)


def test_only_the_language_of_the_launch_keeps_out_what_is_surely_in_another():
    made = asked('language = "only"', **GERMAN)
    assert first(made) == [11, 12, 13, 15]
    assert (why_not(10, made, compose(made)), rule_against(10, made)) == (
        WhyNot.EXCLUDED,
        "Only the language of the launch",
    )
    assert first(asked('language = "only"', special=LANGUAGES)) == [10, 11, 12, 13, 14, 15]  # nobody asked for one


# --- levels -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "level"),
    [
        ("Beginner", Level("steps", 1)),
        (" intermediate ", Level("steps", 2)),
        ("Experte", Level("steps", 3)),
        ("B2", Level("framework", 4)),
        ("3", Level("number", 3)),
        ("Level 3", Level("number", 3)),
        ("Stufe-2", Level("number", 2)),
        ("for everybody", None),
        ("", None),
        ("3a", None),
    ],
)
def test_a_level_has_a_place_on_its_own_scale(word, level):
    assert level_of(word) == level


LEVELS = (
    item(1, level="advanced", topics=("Excel", "Office")),
    item(10, level="beginner", topics=("excel",)),
    item(11, level="advanced", topics=("excel",)),
    item(12, level="beginner", topics=("Law",)),
    item(13, level="A1", topics=("excel",)),
    item(14, topics=("excel",)),
    item(15, level="intermediate", topics=("Law", "office")),
)


def test_what_lies_below_a_level_that_is_done_in_its_topic_stays_away_unless_it_is_asked_for():
    made = asked(special=LEVELS)
    assert first(made) == [11, 12, 13, 14]
    assert [why_not(number, made, compose(made)) for number in (10, 15)] == [WhyNot.BELOW_LEVEL] * 2
    assert first(asked('levels = "any"', special=LEVELS)) == [10, 11, 12, 13, 14, 15]


def test_levels_are_the_learners_own_and_stay_out_of_what_was_selected():
    popular_ones = popular((10, 90), (11, 80), (12, 70))
    assert first(asked(kind="popular", lists=[popular_ones], special=LEVELS, limits=Limits(row_min=2))) == [11, 12]
    closed = asked(kind="popular", lists=[popular_ones], special=LEVELS, personal_rows=False)
    assert first(closed) == [10, 11, 12]


def test_the_highest_level_of_a_topic_counts():
    known = {number: item(number, level=f"level {number}", topics=("x",)) for number in (1, 2, 3)}
    mastered = Mastered([1, 3], known)
    assert [mastered.is_above(known[number]) for number in (1, 2, 3)] == [True, True, False]
    assert not Mastered([9], known)


# --- variety ------------------------------------------------------------------------------------------------------


def test_likeness_is_half_topics_and_half_provider_and_what_is_not_said_does_not_count():
    one = item(1, topics=("A", "b"), provider="Y")
    assert likeness(one, item(2, topics=("a", "C"), provider="y")) == pytest.approx((1 / 3 + 1) / 2)
    assert likeness(one, item(2, topics=("a", "C"))) == pytest.approx(1 / 3)
    assert likeness(one, item(2, provider="Z")) == 0.0
    assert likeness(item(1), item(2)) == 0.0


ALIKE = [item(number, topics=("excel",), provider="Y") for number in (10, 11, 12)]
OTHER = [item(number, topics=("law",), provider="Z") for number in (13, 14)]


def test_a_varied_row_lets_others_in_before_more_of_the_same():
    limits = Limits(cards_max=4)
    assert first(asked(special=[*ALIKE, *OTHER], limits=limits)) == [10, 11, 12, 13]
    # 10, then 13 (nothing of it is like 10), then 15; with a fourth, one pair of six may be alike
    assert first(asked("variety = 0.2", special=[*ALIKE, *OTHER], limits=limits)) == [10, 11, 13, 15]
    assert first(asked("variety = 0", special=[*ALIKE, *OTHER], limits=limits)) == [10, 13, 15]


def test_what_does_not_fit_is_no_card_and_has_a_ground():
    made = asked("variety = 0", special=[*ALIKE, *OTHER])
    assert first(made) == [10, 13, 15]
    assert why_not(11, made, compose(made)) is WhyNot.TOO_ALIKE


def test_see_all_shows_what_did_not_fit_too():
    row = compose_row(asked("variety = 0", special=[*ALIKE, *OTHER]), RowKind.BECAUSE, 1)
    assert shown(row) == [10, 11, 12, 13, 14, 15]


def test_a_row_that_is_too_short_once_it_is_varied_is_left_out():
    same = [item(number, topics=("excel",)) for number in range(10, 16)]
    assert not compose(asked("variety = 0.5", special=same)).rows


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(st.frozensets(st.sampled_from("abcd"), max_size=3), st.sampled_from(["", "Y", "Z"])), max_size=14
    ),
    st.integers(1, 6),
    st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.9, 1.0]),
)
def test_the_mean_likeness_of_a_row_is_at_most_what_is_set(told, most, variety):
    known = {number: item(number, topics=tuple(topics), provider=by) for number, (topics, by) in enumerate(told)}
    taken = varied(list(known), known, most, variety)
    pairs = [likeness(known[one], known[other]) for one, other in combinations(taken, 2)]
    assert len(taken) <= most
    assert taken == sorted(taken)
    assert taken[:1] == list(known)[:1]
    assert not pairs or math.fsum(pairs) / len(pairs) <= variety + 1e-6
    assert variety < 1 or taken == list(known)[:most]


# --- the course of the launch -------------------------------------------------------------------------------------

NEAR_A, NEAR_B = neighbours(30, (14, 0.9), (20, 0.9)), neighbours(31, (15, 0.8), (11, 0.01))
PICKS = (LIST, neighbours(2, (10, 0.1), (11, 0.1), (12, 0.1)), NEAR_A, NEAR_B)
TWO = (completed(1), completed(2, days=3))


def in_course(number, options="", **changes):
    known = catalog(number)[number]
    return asked(options, *TWO, kind="top_picks", lists=PICKS, course=known, **changes)


def test_the_same_learner_has_another_page_in_another_course_and_both_are_explained():
    anywhere = asked("", *TWO, kind="top_picks", lists=PICKS)
    nowhere, there, elsewhere = (compose(made).rows[0] for made in (anywhere, in_course(30), in_course(31)))
    assert len({tuple(shown(row)) for row in (nowhere, there, elsewhere)}) == 3
    for row, course, item_ in ((there, 30, 14), (elsewhere, 31, 15)):
        (raised,) = (card for card in row.cards if card.parts[-1].source == "context")
        plain = next(card for card in nowhere.cards if card.item == item_)
        share = 0.5 * (0.9 if course == 30 else 0.8)
        assert raised.item == item_
        assert raised.parts[-1] == TracePart("context", course, pytest.approx(plain.score * share))
        assert math.fsum(part.value for part in raised.parts) == pytest.approx(raised.score)
        assert raised.reason == plain.reason


def test_the_course_brings_nothing_onto_the_page_that_no_anchor_names():
    assert 20 not in first(in_course(30))


def test_how_much_the_course_says_can_be_set():
    assert first(in_course(30, "context = 0")) == [10, 11, 12, 13, 14, 15]
    assert first(in_course(30)) == [10, 11, 12, 14, 13, 15]  # 0.4 x 1.45 is more than 0.5
    assert first(in_course(30, "context = 1")) == [10, 11, 14, 12, 13, 15]  # 0.4 x 1.9 is more than 0.6 + 0.1


def test_a_sensitive_course_says_nothing():
    secret = item(30, sensitive=True)
    made = asked("", *TWO, kind="top_picks", lists=PICKS, course=secret, special=[secret])
    assert first(made) == [10, 11, 12, 13, 14, 15]


# --- the file -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ('kind = "because"\nlanguage = "prefr"', "rows 1 (because), language: Did you mean `prefer`?"),
        ('kind = "continue"\nlanguage = "prefer"', "rows 1 (continue), language: a row of kind `continue` has its own"),
        ('kind = "because"\nlevels = "zz"', "rows 1 (because), levels: one of rising, any is wanted."),
        ('kind = "because"\nlevels = [1]', "rows 1 (because), levels: one of rising, any is wanted."),
        ('kind = "because"\nvariety = 2', "rows 1 (because), variety: a number from 0 to 1 is wanted"),
        ('kind = "because"\ncontext = 0.2', "rows 1 (because), context: only top_picks asks for the course"),
    ],
)
def test_a_wrong_option_is_refused_with_its_place(row, problem):
    with pytest.raises(BookRefused) as refused:
        read_book(f"[[rows]]\n{row}\n")
    assert refused.value.problems[0].startswith(problem)


def test_options_in_plain_words():
    text = 'levels = "any"\nvariety = 0.4\ncontext = 0'
    (words,) = summary(read_book(BOOK.format("top_picks", text)))
    assert words == (
        "Top picks: also below a level that the learner has mastered, cards at most 40% alike on average, "
        "whatever the course of the launch."
    )
    assert summary(read_book(BOOK.format("top_picks", "context = 0.8"))) == [
        "Top picks: what is near the course of the launch up to 80% more."
    ]
    assert "first (times 1.5)" in summary(read_book(BOOK.format("because", 'language = "prefer"')))[0]


def test_rows_of_a_fixed_order_may_be_in_one_language_only():
    (row,) = read_book(BOOK.format("continue", 'language = "only"')).rows
    assert row.kind is RowKind.CONTINUE
    assert [rule.called() for rule in row.preference.exclude] == ["Only the language of the launch"]
