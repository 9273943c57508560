"""No page has a sentence that cannot be translated: in the pseudo-locale every message stands in brackets."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from tests.unit.widgets.brackets import hard_coded, texts_of
from widgets import render, render_message
from widgets.choosing import (
    COURSE,
    AnswerView,
    ChoosingView,
    OptionView,
    link_text,
    render_answer,
    render_choosing,
    row_options,
    row_title,
)
from widgets.pseudo import pseudo, pseudo_text
from widgets.registration import FactView, RegistrationView, render_registration
from widgets.samples import DONE, EXCEL, MESSAGES, NOW, PAGES, PERSONAL, card
from widgets.storage import StorageView, render_get, render_put
from widgets.view import (
    Deed,
    FormView,
    MessageKind,
    MessageView,
    NoteCode,
    NoteView,
    OwnRows,
    PersonalRows,
    ReasonCode,
    ReasonView,
    RowKind,
    RowView,
    Scope,
    State,
    Target,
)

WORDS = pseudo()
FACTS = ("Feedback that helps", "fr", "people", 70, "beginner", "HR Academy")
NOTES = tuple(NoteView(code=code, parameter="layout", value="tiles", known=("track", "grid")) for code in NoteCode)


def left_over(view) -> list[str]:
    return hard_coded(render(view, WORDS), texts_of(view, WORDS))


@pytest.mark.parametrize("name", PAGES)
def test_no_sample_page_has_a_sentence_that_is_no_message(name):
    assert left_over(PAGES[name]) == []


@pytest.mark.parametrize("name", MESSAGES)
def test_no_sample_message_has_a_sentence_that_is_no_message(name):
    view = MESSAGES[name]
    assert hard_coded(render_message(view, WORDS), texts_of(view, WORDS)) == []


@pytest.mark.parametrize("kind", MessageKind)
def test_every_kind_of_message_is_made_of_messages(kind):
    form = FormView(action="/x", fields=(("secret", "value"),))
    view = MessageView(kind=kind, form=form, code="R-1", return_url="https://learn.example/", demo=True)
    assert hard_coded(render_message(view, WORDS), {"R-1"}) == []


@pytest.mark.parametrize(("state", "switch"), [*product(State, [None, *PersonalRows])])
def test_every_state_is_made_of_messages(state, switch):
    as_of = datetime(2025, 1, 2, 3, 4, tzinfo=UTC)
    view = replace(PERSONAL, state=state, personal_rows=switch, as_of=as_of, console_ticket="t", notes=NOTES)
    assert left_over(view) == []
    assert left_over(replace(view, rows=(), late=True, in_window=True, demo=True)) == []


@pytest.mark.parametrize("own", OwnRows)
def test_what_who_teaches_is_told_is_made_of_messages(own):
    assert left_over(replace(PAGES["preview-of-a-link"], own_rows=own, notes=NOTES)) == []


@pytest.mark.parametrize("deed", Deed)
def test_every_reason_in_every_form_is_a_message(deed):
    forms = product(ReasonCode, (None, 7), (None, EXCEL), (None, NOW, datetime(2025, 3, 4, tzinfo=UTC)), Scope)
    reasons = [
        ReasonView(code=code, number=number, base=number and 2 * number, anchor=anchor, at=at, scope=scope, deed=deed)
        for code, number, anchor, at, scope in forms
    ]
    cards = tuple(card(FACTS, each, parts=(each, DONE), target=Target.BLANK) for each in reasons)
    assert (
        left_over(replace(PERSONAL, rows=(RowView(kind=RowKind.BECAUSE, deed=deed, anchor=EXCEL, cards=cards),))) == []
    )


@pytest.mark.parametrize(("kind", "scope", "name"), [*product(RowKind, Scope, ("", "Amina"))])
def test_every_heading_is_a_message(kind, scope, name):
    row = replace(PERSONAL.rows[0], kind=kind, scope=scope, given_name=name, anchor=EXCEL)
    assert left_over(replace(PERSONAL, rows=(row,))) == []
    assert left_over(replace(PERSONAL, rows=(row,), alone=True)) == []


@pytest.mark.parametrize("level", ["beginner", "Intermediate", "ADVANCED"])
@pytest.mark.parametrize(("minutes", "progress"), [(45, None), (60, 10), (135, 50)])
def test_lengths_levels_and_shares_are_messages(level, minutes, progress):
    facts = (*FACTS[:3], minutes, level, "HR Academy")
    shown = RowView(kind=RowKind.CONTINUE, cards=(card(facts, ReasonView(code=ReasonCode.STARTED), progress=progress),))
    view = replace(PERSONAL, rows=(shown,))
    assert hard_coded(render(view, WORDS), texts_of(view, WORDS) - {level}) == []


@pytest.mark.parametrize("words", ["", "data"])
@pytest.mark.parametrize("demo", [True, False])
def test_the_page_of_the_choice_is_made_of_messages(words, demo):
    course = OptionView("7", "Excel basics")
    view = ChoosingView(action="/a", selection="s", courses=(course,), fitting=1200, words=words, demo=demo)
    assert hard_coded(render_choosing(view, WORDS), {"Excel basics"}) == []


@pytest.mark.parametrize("chosen", ["", "Excel basics"])
def test_the_page_that_takes_the_answer_back_is_made_of_messages(chosen):
    view = AnswerView(return_url="https://learn.example/", token="t", chosen=chosen, demo=True)
    assert hard_coded(render_answer(view, WORDS)) == []


def test_titles_and_texts_of_links_are_messages():
    titles = [row_title(option.value, "", WORDS) for option in row_options(WORDS)]
    assert hard_coded("".join([*titles, row_title(COURSE, "Excel basics", WORDS), link_text(WORDS)])) == []


def test_the_page_of_a_registration_adds_nothing_that_is_no_message():
    view = RegistrationView(
        title="Title",
        lead="Lead",
        facts=(FactView("Issuer", "https://lms.example", "Meaning"),),
        form=FormView(action="/a", label="Label"),
        next_step="Next",
        close_origins=("https://lms.example",),
        demo=True,
    )
    given = texts_of(view, WORDS)
    assert hard_coded(render_registration(view, WORDS), given) == []


def test_the_pages_of_a_platforms_storage_are_made_of_messages():
    view = StorageView(frame="f", origin="https://lms.example", key="k", demo=True)
    form = FormView(action="/lti/login")
    put = render_put(view, secret="s", next_url="https://lms.example/auth", words=WORDS)
    got = render_get(view, form=form, new_tab=form, again="", words=WORDS)
    assert hard_coded(put) == hard_coded(got) == []


def test_the_check_finds_text_attributes_and_brackets_that_do_not_close():
    said = pseudo_text("Said")
    assert hard_coded(f"<p>{said} <b>Not said</b></p>") == ["Not said"]
    assert hard_coded(f'<a aria-label="Close" title="{said}">{said}.</a>') == ["Close", "."]
    assert hard_coded(f"<p>{said[:-1]}</p><p>Hidden by it</p>")[1:] == ["Hidden by it"]
    assert hard_coded("<p><bdi>Excel basics</bdi></p>", {"Excel basics"}) == []


def test_a_message_is_a_third_longer_keeps_its_placeholders_and_is_none_if_it_was_not_extracted():
    longer = pseudo_text("Top picks for %(name)s, 5 %%")
    assert longer == "⟦Ţöþ þîçķš ƒöŕ %(name)s, 5 %% öñé ţŵ⟧"  # 18 letters and signs; with a space and six more 25
    assert WORDS.gettext("No template has this") == "No template has this"
