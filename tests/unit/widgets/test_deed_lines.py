"""What a page says of itself follows what its site goes by: nobody completed anything where people only open things."""

import html
import re
from dataclasses import fields, replace

import pytest

from widgets import render, samples
from widgets.choosing import COURSE, ChoosingView, render_choosing, row_options, row_title
from widgets.deed_lines import LINES
from widgets.view import Deed, State
from widgets.wording import wording_for

ENGLISH = wording_for("en")
WEAK = [deed for deed in Deed if deed is not Deed.COMPLETED]


def words(markup):
    return html.unescape(re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", str(markup))))


@pytest.mark.parametrize("deed", WEAK)
def test_no_line_of_another_deed_speaks_of_completing(deed):
    lines = LINES[deed]
    assert not [line.name for line in fields(lines) if "complet" in getattr(lines, line.name)]


@pytest.mark.parametrize("deed", WEAK)
def test_the_choice_of_a_link_is_in_the_word_of_the_site(deed):
    view = ChoosingView(action="/x", selection="s", courses=(), fitting=1, deed=deed)
    assert "complet" not in words(render_choosing(view))
    assert "complet" not in row_title(COURSE, "Excel", ENGLISH, deed)


def test_by_itself_the_choice_speaks_of_completing():
    assert row_options(ENGLISH)[1].name == "Because you completed …"
    assert row_title(COURSE, "Excel", ENGLISH) == "Because you completed Excel"


def test_a_sample_and_the_foot_say_opened():
    page = replace(samples.PAGES["preview-of-a-link"], deed=Deed.OPENED)
    said = words(render(page))
    assert "A learner who opened Excel basics sees this." in said
    assert "From what was opened up to today" in said


def test_late_records_and_a_newcomer_are_spoken_to_in_that_word():
    late = replace(samples.PAGES["late"], deed=Deed.ENROLLED)
    assert "What you enrolled in since then is not counted yet" in words(render(late))
    assert "when you start something" in words(render(replace(samples.PAGES["newcomer"], deed=Deed.STARTED)))


@pytest.mark.parametrize("state", [state for state in State if state is not State.PERSONAL])
def test_every_state_without_a_card_has_a_panel_and_a_way_back(state):
    said = str(render(samples.page(state, ())))
    assert '<section class="quiet"' in said
    assert '<a class="btn" href="https://learn.example/course/view.php?id=2"' in said
