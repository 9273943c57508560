"""The language of an answer: that of the launch, else the browser's first that we write, else English."""

import pytest

from tests.lti.harness import CLAIM
from tests.lti.http.stage import visit_of
from tests.lti.http.test_deep_linking import claims
from tests.unit.widgets.brackets import hard_coded
from widgets.pseudo import TAG, pseudo
from widgets.wording import offer


@pytest.fixture(scope="module")
def stocked(shared):
    """One tool with courses for all tests here: launches leave it as it is."""
    shared.stock(history_of="4")
    return shared


def said_in(locale: str) -> dict:
    return {CLAIM + "launch_presentation": {"locale": locale, "return_url": "https://moodle.example/course/1"}}


@pytest.mark.parametrize(
    ("locale", "tag", "heading"),
    [
        ("de", "de", "Als Nächstes lernen"),
        ("de_AT.UTF-8", "de-AT", "Als Nächstes lernen"),
        ("de_du", "de", "Als Nächstes lernen"),
        ("en_us", "en-US", "Learn next"),
        ("fi", "en", "Learn next"),
    ],
)
def test_a_page_is_written_in_the_language_of_its_launch_and_says_so(stocked, locale, tag, heading):
    page = stocked.launch(**said_in(locale)).text
    assert f'<html lang="{tag}" dir="ltr"' in page
    assert f"<h1>{heading}</h1>" in page


def test_a_page_that_is_opened_again_by_its_visit_keeps_its_language(stocked):
    token = visit_of(stocked.launch(**said_in("de")))
    assert "Weil Sie „" in stocked.browser().post("/page", data={"visit": token}).text


def test_a_whole_page_from_the_database_has_no_sentence_that_is_no_message(stocked):
    offer(pseudo())
    page = stocked.launch(**said_in(TAG)).text
    titles = {"Course", *(f"Course {number}" for number in range(1, 41))}  # on posters without their number
    assert hard_coded(page, titles) == []


def test_choosing_and_a_refusal_are_german_too(stocked):
    german = claims() | {CLAIM + "launch_presentation": {"locale": "de"}}
    assert "Was soll dieser Link zeigen?" in stocked.launch(**german).text
    refused = stocked.browser().post("/lti/launch", data={}, headers={"Accept-Language": "fi, de-AT;q=0.7"})
    assert '<html lang="de-AT"' in refused.text
    assert "Diese Seite konnte nicht geöffnet werden" in refused.text
