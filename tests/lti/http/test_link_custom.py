"""What custom parameters make a link show: a row, a layout, an anchor; and that no value breaks or lies."""

import re

import pytest

from connector.serve.placement import ROW_NAMES
from tests.lti.harness import CLAIM
from tests.lti.http.asking import ask
from tests.lti.http.stage import course, items_of, visit_of

HEADINGS = re.compile(r'<h2 class="(\w+)"')
INSTRUCTOR = ["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"]
FAULT = re.compile(r'<div class="note fault"><p><b>(.*?)</b>')


@pytest.fixture(scope="module")
def stocked(shared):
    """One tool with courses for all tests here: launches leave it as it is."""
    shared.stock(history_of="4")
    return shared


WHOLE = ["because", "because", "top_picks", "because"]
"""Rows of the whole page, the strongest first."""


def link(**custom):
    return {CLAIM + "custom": custom}


def shown(stage, **custom):
    """The kinds of rows on the page of the person who completed courses 1 to 4."""
    return HEADINGS.findall(stage.launch(**link(**custom)).text)


def faults(stage, **custom):
    page = stage.launch(**{CLAIM + "roles": INSTRUCTOR}, **link(**custom))
    assert page.status_code == 200
    return [re.sub("&#39;|&#34;", "'", one) for one in FAULT.findall(page.text)]


def test_without_parameters_a_link_shows_the_whole_page(stocked):
    assert shown(stocked) == WHOLE


@pytest.mark.parametrize(
    ("row", "kinds"),
    [
        ("because", ["because"]),
        ("top-picks", ["top_picks"]),
        ("Top_Picks", ["top_picks"]),
        (" top picks ", ["top_picks"]),
        ("POPULAR", ["popular"]),
        ("page", WHOLE),
    ],
)
def test_row_chooses_one_row_however_it_is_spelled(stocked, row, kinds):
    assert shown(stocked, row=row) == kinds


def test_a_row_that_a_learner_has_not_gives_the_whole_page(stocked):
    assert shown(stocked, row="continue") == WHOLE


def test_a_row_alone_keeps_the_cards_that_a_stronger_row_would_have_taken(stocked):
    popular = stocked.launch(**link(row="popular"))
    assert len(items_of(popular.text)) == 12


@pytest.mark.parametrize("name", ["row", "ROW", "Row", " row "])
def test_platforms_write_the_name_as_they_like(stocked, name):
    assert shown(stocked, **{name: "popular"}) == ["popular"]


def test_our_spelling_goes_before_another(stocked):
    assert shown(stocked, ROW="popular", row="top-picks") == ["top_picks"]


@pytest.mark.parametrize(
    "value", ["$Foo.bar", "", "  ", None, 7, ["popular"], {"a": 1}, "x" * 5000, "<b>", "because:1"]
)
def test_a_value_that_means_nothing_shows_the_page_as_usual(stocked, value):
    assert shown(stocked, row=value, layout=value, anchor=value)[:2] == ["because", "because"]


# --- the anchor --------------------------------------------------------------------------------------------------


def heading(page) -> str:
    return re.sub("<[^>]+>", "", re.search(r"<h2[^>]*>(.*?)</h2>", page.text)[1])


@pytest.mark.parametrize("anchor", [course(3), "3", course(3).replace("https", "http"), course(3) + "&utm_source=x"])
def test_an_anchor_is_known_by_its_address_and_by_the_courses_number_in_the_platform(stocked, anchor):
    page = stocked.launch(**link(row="because", anchor=anchor))
    assert heading(page) == "Because you completed Course 3"
    assert HEADINGS.findall(page.text) == ["because"]


def test_an_anchor_alone_asks_for_its_row(stocked):
    assert heading(stocked.launch(**link(anchor=course(4)))) == "Because you completed Course 4"


@pytest.mark.parametrize("number", [9, 99])
def test_who_did_not_complete_the_anchor_is_never_told_so(stocked, number):
    page = stocked.launch(**link(row="because", anchor=course(number)))
    assert f"completed <bdi>Course {number}<" not in page.text
    assert HEADINGS.findall(page.text) == WHOLE


def test_a_newcomer_sees_the_page_of_newcomers_where_the_anchor_is_not_theirs(stocked):
    page = stocked.launch(sub="9", **link(row="because", anchor=course(3)))
    assert "Because you completed" not in page.text
    assert "Good places to start" in page.text


def test_with_another_row_the_anchor_says_nothing(stocked):
    assert shown(stocked, row="popular", anchor=course(3)) == ["popular"]


# --- layout ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("layout", "sign"), [("grid", '<ul class="grid"'), ("Track", '<ul class="track"')])
def test_layout_says_how_cards_lie(stocked, layout, sign):
    assert sign in stocked.launch(**link(layout=layout)).text


def test_compact_is_one_lying_row_at_any_height(stocked):
    page = stocked.launch(**link(layout="compact"))
    assert '<main class="rows compact"' in page.text
    assert page.text.count('media="all"') == 2


# --- kept --------------------------------------------------------------------------------------------------------


def test_a_refresh_and_the_way_back_from_see_all_keep_what_the_link_shows(stocked):
    token = visit_of(stocked.launch(**link(row="popular", layout="grid")))
    for _ in range(2):
        page = ask(stocked, "/page", token)
        assert HEADINGS.findall(page.text) == ["popular"]
        assert '<ul class="grid"' in page.text
        token = visit_of(page)
    whole = ask(stocked, "/page", form={"visit": token, "row": "popular"})
    back = ask(stocked, "/page", form={"visit": visit_of(whole)})
    assert HEADINGS.findall(back.text) == ["popular"]


# --- who teaches is told -----------------------------------------------------------------------------------------


def test_who_teaches_is_told_which_parameter_is_wrong_and_what_it_can_be(stocked):
    assert faults(stocked, row="carousel", layout="tiles") == [
        f"This link says row=carousel, which means nothing; it can be {', '.join(ROW_NAMES)}.",
        "This link says layout=tiles, which means nothing; it can be track, grid, compact.",
    ]


def test_a_learner_is_told_nothing_about_parameters(stocked):
    assert "means nothing" not in stocked.launch(**link(row="carousel")).text


def test_who_teaches_is_told_of_an_anchor_that_is_not_known(stocked):
    told = faults(stocked, anchor=course(9999))
    assert len(told) == 1
    assert told[0].startswith(f"This link says anchor={course(9999)}, but no such course is known here")


def test_who_teaches_is_told_that_nothing_follows_an_anchor_yet(stocked):
    assert "nothing can be recommended after it yet" in faults(stocked, anchor=course(19))[0]


def test_hostile_values_are_shown_as_text(stocked):
    told = faults(stocked, row="<script>alert(1)</script>")
    assert "&lt;script&gt;" in told[0]


def test_a_right_link_leaves_no_note(stocked):
    assert faults(stocked, row="popular", layout="compact") == []


def test_who_teaches_is_told_what_learners_see_where_there_is_no_sample(stocked):
    told = faults(stocked, row="continue")
    assert told == ["This link says row=continue: a learner who has that row sees it alone, others see the whole page."]
