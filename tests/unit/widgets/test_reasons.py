"""The sentences, word by word: a number stands only where one was given."""

from datetime import date, datetime

import pytest

from widgets.moments import as_of, day
from widgets.reasons import full_reason, short_reason
from widgets.samples import DATA_FR, EXCEL, ZONE
from widgets.sentences import count, heading, language, length, level
from widgets.view import Deed, ReasonCode, ReasonView, RowKind, RowView, Scope
from widgets.wording import wording_for

ENGLISH = wording_for("en")
TODAY = date(2026, 11, 22)
FRIDAY = datetime(2026, 11, 20, 16, 0, tzinfo=ZONE)
XL = "<bdi>Excel basics</bdi>"


@pytest.mark.parametrize("deed", list(Deed))
def test_each_deed_has_its_own_words_in_every_sentence(deed):
    did = {"enrolled": "enrolled in", "watched": "started"}.get(deed.value, deed.value)
    whole = {"number": 31, "base": 44, "anchor": EXCEL, "deed": deed}
    assert said("followed", **whole) == (
        f"31 of 44 people {did} this later",
        f"31 of the 44 people who {did} {XL} {did} this later.",
    )
    assert said("together", anchor=EXCEL, deed=deed) == (
        f"Other people {did} both",
        f"People who {did} {XL} {did} this too.",
    )
    assert said("popular", number=31, base=44, deed=deed)[0] == f"31 people {did} this"
    assert said("popular_quiet", deed=deed)[0].casefold().startswith((did, "people here enrolled in"))
    assert said("completed", anchor=EXCEL, deed=deed)[1] == f"You {did} {XL}."
    row = RowView(kind=RowKind.BECAUSE, cards=(), anchor=EXCEL, deed=deed)
    assert heading(row, ENGLISH) == f"Because you {'enrolled in' if deed is Deed.ENROLLED else deed.value} {XL}"


def said(code: ReasonCode, **facts) -> tuple[str, str]:
    reason = ReasonView(code=code, **facts)
    return str(short_reason(reason, TODAY, ENGLISH)), str(full_reason(reason, TODAY, ENGLISH))


@pytest.mark.parametrize(
    ("code", "facts", "short", "full"),
    [
        (
            "followed",
            {"number": 31, "base": 44, "anchor": EXCEL},
            "31 of 44 people completed this later",
            f"31 of the 44 people who completed {XL} completed this later.",
        ),
        (
            "followed",
            {"anchor": EXCEL},
            "Other people completed this later",
            f"People who completed {XL} completed this later.",
        ),
        ("followed", {}, "Other people completed this later", "Other people completed this later."),
        (
            "together",
            {"anchor": EXCEL},
            "Other people completed both",
            f"People who completed {XL} completed this too.",
        ),
        (
            "also_completed",
            {"anchor": DATA_FR},
            'People who completed <bdi lang="fr">Comprendre les données</bdi> completed this too',
            'People who completed <bdi lang="fr">Comprendre les données</bdi> completed this too.',
        ),
        (
            "also_completed",
            {"number": 31, "base": 44, "anchor": EXCEL},
            f"31 of the 44 people who completed {XL} completed this too",
            f"31 of the 44 people who completed {XL} completed this too.",
        ),
        ("also_completed", {}, "Other people completed this too", "Other people completed this too."),
        ("started", {"at": FRIDAY}, "You were last here on 20 November", "You were last here on 20 November."),
        ("started", {}, "You started this", "You started this."),
        ("popular", {"number": 1412}, "1,412 people completed this", "1,412 people completed this."),
        ("popular", {"number": 1}, "1 person completed this", "1 person completed this."),
        (
            "popular",
            {"number": 12, "scope": Scope.COURSE},
            "12 people in this course completed this",
            "12 people in this course completed this.",
        ),
        ("popular", {}, "Completed by people here", "Completed by people here."),
        ("popular_quiet", {"number": 3}, "Completed by people here", "Completed by people here."),
        (
            "popular_quiet",
            {"scope": Scope.COURSE},
            "Completed by people in this course",
            "Completed by people in this course.",
        ),
    ],
)
def test_each_reason_is_said_exactly(code, facts, short, full):
    assert said(ReasonCode(code), **facts) == (short, full)


def test_what_the_learner_completed_is_said_with_its_day():
    assert said(ReasonCode.COMPLETED, anchor=EXCEL, at=FRIDAY)[1] == f"You completed {XL} on 20 November."
    assert said(ReasonCode.COMPLETED, anchor=EXCEL)[1] == f"You completed {XL}."
    assert said(ReasonCode.COMPLETED)[1] == ""


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        (datetime(2026, 11, 22, 8, 0, tzinfo=ZONE), "You were here today"),
        (datetime(2026, 11, 21, 8, 0, tzinfo=ZONE), "You were here yesterday"),
        (datetime(2025, 12, 31, 8, 0, tzinfo=ZONE), "You were last here on 31 December 2025"),
    ],
)
def test_near_days_have_names_and_far_ones_a_year(at, sentence):
    assert said(ReasonCode.STARTED, at=at)[0] == sentence


def test_plural_forms_go_with_the_number():
    one = ReasonView(code=ReasonCode.FOLLOWED, number=1, base=1, anchor=EXCEL)
    assert short_reason(one, TODAY, ENGLISH) == "1 of 1 person completed this later"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"kind": RowKind.BECAUSE, "anchor": EXCEL}, f"Because you completed {XL}"),
        ({"kind": RowKind.CONTINUE}, "Continue"),
        ({"kind": RowKind.TOP_PICKS, "given_name": "<Amina>"}, "Top picks for <bdi>&lt;Amina&gt;</bdi>"),
        ({"kind": RowKind.TOP_PICKS}, "Top picks"),
        ({"kind": RowKind.POPULAR}, "Popular with people here"),
        ({"kind": RowKind.POPULAR, "scope": Scope.COURSE}, "Popular in this course"),
        ({"kind": RowKind.BECAUSE}, "Top picks"),
    ],
)
def test_each_row_has_its_heading_and_never_a_because_without_a_cause(row, words):
    assert heading(RowView(cards=(), **row), ENGLISH) == words


def test_a_count_is_said_in_whole_numbers():
    assert count(RowView(kind=RowKind.POPULAR, cards=(), total=2300), ENGLISH) == "0 of 2,300"


@pytest.mark.parametrize(
    ("minutes", "progress", "words"),
    [
        (45, None, "45 min"),
        (60, None, "1 h"),
        (70, None, "1 h 10 min"),
        (40, 25, "About 30 min left"),
        (40, 0, "40 min"),
        (40, 100, "40 min"),
        (1, 99, "About 1 min left"),
        (None, 50, ""),
        (0, None, ""),
        (-5, None, ""),
    ],
)
def test_lengths_are_hours_and_minutes_and_what_is_left(minutes, progress, words):
    assert length(minutes, progress, ENGLISH) == words


def test_levels_and_languages_are_named_where_they_are_known():
    assert level("BEGINNER", ENGLISH) == "Beginner"
    assert level("B2", ENGLISH) == "B2"
    assert language("de-AT", ENGLISH) == "German"
    assert language("zz-nonsense-zz", ENGLISH) == ""
    assert language("", ENGLISH) == ""


def test_dates_follow_the_language_as_it_is_spoken_there():
    assert day(date(2026, 11, 9), TODAY, ENGLISH) == "9 November"
    assert day(date(2026, 11, 9), TODAY, wording_for("en-US")) == "November 9"
    now = datetime(2026, 11, 22, 9, 0, tzinfo=ZONE)
    assert as_of(datetime(2026, 11, 9, 18, 40, tzinfo=ZONE), now, ENGLISH) == "As of 9 November, 18:40."
