"""A page in German: numbers, days, lengths and plurals as Germany, Austria and Switzerland write them."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from markupsafe import Markup

from widgets import moments, render, sentences
from widgets.reasons import full_reason, short_reason
from widgets.samples import EXCEL, PERSONAL
from widgets.view import AboutView, Deed, ReasonCode, ReasonView, RowKind, RowView
from widgets.wording import wording_for

GERMAN, AUSTRIAN, SWISS = map(wording_for, ("de", "de-AT", "de-CH"))
TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
EXCEL_DE = '„<bdi lang="en">Excel basics</bdi>“'


def test_the_document_says_its_language_and_direction():
    assert '<html lang="de-AT" dir="ltr"' in render(replace(PERSONAL, language="de_AT"))
    assert '<html lang="de" dir="ltr"' in render(replace(PERSONAL, language="de_du"))


@pytest.mark.parametrize(
    ("wording", "number", "share"),
    [
        (GERMAN, "12.345", "60\xa0%"),
        (SWISS, "12\u2019345", "60%"),
        (wording_for("en"), "12,345", "60%"),
    ],
)
def test_numbers_and_shares_follow_the_whole_locale(wording, number, share):
    assert (sentences.number_text(12345, wording), sentences.share_text(60, wording)) == (number, share)


@pytest.mark.parametrize(
    ("minutes", "progress", "said"),
    [
        (45, None, "45 Min."),
        (60, None, "1 Std."),
        (70, None, "1 Std. 10 Min."),
        (60, 60, "Noch etwa 24 Min."),
    ],
)
def test_lengths(minutes, progress, said):
    assert sentences.length(minutes, progress, GERMAN) == said


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 11, 22, 6, 5, tzinfo=UTC), "Stand: heute, 06:05 UTC."),
        (datetime(2026, 11, 21, 18, 40, tzinfo=UTC), "Stand: gestern, 18:40 UTC."),
        (datetime(2026, 11, 9, 18, 40, tzinfo=UTC), "Stand: 9. November, 18:40 UTC."),
        (datetime(2025, 1, 2, 18, 40, tzinfo=UTC), "Stand: 2. Januar 2025, 18:40 UTC."),
    ],
)
def test_days_and_times(at, said):
    assert moments.as_of(at, NOON, GERMAN) == said


def test_january_is_called_otherwise_in_austria():
    assert sentences.filled("%(day)s", day=moments.day(date(2025, 1, 2), TODAY, AUSTRIAN)) == "2. Jänner 2025"


@pytest.mark.parametrize(
    ("deed", "heading"),
    [
        (Deed.COMPLETED, f"Weil Sie {EXCEL_DE} abgeschlossen haben"),
        (Deed.STARTED, f"Weil Sie {EXCEL_DE} begonnen haben"),
        (Deed.WATCHED, f"Weil Sie {EXCEL_DE} angesehen haben"),
        (Deed.ENROLLED, f"Weil Sie sich in {EXCEL_DE} eingeschrieben haben"),
        (Deed.OPENED, f"Weil Sie {EXCEL_DE} geöffnet haben"),
    ],
)
def test_headings_say_what_was_done(deed, heading):
    row = RowView(kind=RowKind.BECAUSE, anchor=EXCEL, deed=deed, cards=())
    assert sentences.heading(row, GERMAN) == Markup(heading)


def test_plurals_of_people():
    one, many = (ReasonView(code=ReasonCode.POPULAR, number=number) for number in (1, 12345))
    assert short_reason(one, TODAY, GERMAN) == "1 Person hat dies abgeschlossen"
    assert short_reason(many, TODAY, GERMAN) == "12.345 Personen haben dies abgeschlossen"
    assert short_reason(many, TODAY, SWISS) == "12\u2019345 Personen haben dies abgeschlossen"


def test_a_whole_reason_is_one_german_sentence():
    reason = ReasonView(code=ReasonCode.FOLLOWED, number=214, base=1312, anchor=EXCEL)
    said = f"Von 1.312 Personen, die {EXCEL_DE} abgeschlossen haben, schlossen 214 später auch dies ab."
    assert full_reason(reason, TODAY, GERMAN) == said
    assert short_reason(reason, TODAY, GERMAN) == "214 von 1.312 Personen schlossen dies später ab"


def test_lists_and_long_times_are_written_in_words():
    about = AboutView(sources=("Moodle", "Bibliothek", "HR"), slate_days=1000)
    german = render(replace(PERSONAL, language="de", about=about))
    assert "Quellen: Moodle, Bibliothek und HR." in german
    assert "wird 1.000 Tage lang aufbewahrt" in german
    assert "Sources: Moodle, Bibliothek and HR." in render(replace(PERSONAL, about=about))
    assert "wird 1 Tag lang aufbewahrt" in render(replace(PERSONAL, language="de", about=AboutView(slate_days=1)))
