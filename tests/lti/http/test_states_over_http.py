"""Each emptiness has a page of its own: what is so, why, what can be done; from real data, in English and German."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from connector.administer.recipes import set_book
from connector.store import names, tables
from tests.lti.harness import NOON
from tests.lti.http.stage import MOODLE, TOOL, course, items_of, visit_of

TEACHER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
TEACHES = {"https://purl.imsglobal.org/spec/lti/claim/roles": [TEACHER]}
BACK = '<a class="btn" href="'
NOTHING_SELECTED = 'format = 1\ncurated_only = true\n\n[[rows]]\nkind = "curated"\n'
NO_ROWS = 'format = 1\n\n[[rows]]\nkind = "popular"\non = false\n'
BY_HAND = NOTHING_SELECTED + f'\n[[pins]]\nitem = "{course(15)}"\n'


@pytest.fixture
def say(stocked, tmp_path):
    """Give the site a book of recipes."""

    def set_to(text):
        file = tmp_path / "recipes.toml"
        file.write_text(text)
        set_book(file, stocked.site.tenant, stocked.site.sessions, stocked.clock)

    return set_to


def page_of(stage, **claims):
    answer = stage.launch(**claims)
    assert answer.status_code == 200
    return Page(answer.text)


class Page:
    def __init__(self, text):
        self.text = text
        self.words = html.unescape(re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", text)))

    def says(self, *sentences):
        for sentence in sentences:
            assert sentence in self.words, sentence
        return self

    def is_empty(self):
        """Without a card there is a panel with a title of its own, and a way back to the course."""
        assert not items_of(self.text)
        assert '<section class="quiet"' in self.text
        assert BACK in self.text
        return self

    def has_cards(self):
        assert items_of(self.text)
        return self


def forget(stage, *tables_):
    with stage.site.sessions.begin() as session:
        for table in tables_:
            session.execute(delete(table))


def german(**claims):
    presented = {"locale": "de", "return_url": f"{MOODLE}/course/1"}
    return {"https://purl.imsglobal.org/spec/lti/claim/launch_presentation": presented, **claims}


def switched_off(stage):
    visit = visit_of(stage.launch(sub="4"))
    answer = stage.browser().post("/act", data={"visit": visit, "personal_rows": "off"}, base_url=TOOL)
    return Page(answer.text).says("Personal rows are off.", "Switch on")


# --- who is known --------------------------------------------------------------------------------------------------


def test_a_newcomer_is_told_that_nothing_is_known_and_sees_what_is_the_same_for_everyone(stocked):
    page = page_of(stocked, sub="99").says("Good places to start", "Nothing is known about your learning yet")
    assert "when you complete something" in page.has_cards().words


def test_a_newcomer_where_nothing_is_popular_yet_is_told_so(stocked):
    forget(stocked, tables.neighbours)
    page = page_of(stocked, sub="99").is_empty()
    page.says("Nothing is known about your learning yet", "Not enough people have done the same things yet")
    assert "these rows are the same for everyone" not in page.words


def test_who_has_done_something_that_nothing_is_near_to_is_told_that_nothing_fits(stocked):
    forget(stocked, tables.neighbours)
    page_of(stocked, sub="4").is_empty().says("Nothing fits well enough today")


def test_who_has_done_everything_is_told_so(stocked):
    with stocked.site.sessions.begin() as session:
        numbers = names.items(session, stocked.site.tenant, {course(n): "" for n in range(5, 21)}, NOON)
        session.execute(update(tables.item).where(tables.item.c.id.in_(numbers.values())).values(status="blocked"))
    page_of(stocked, sub="4").is_empty().says("You have done everything here", "is completed")


# --- who is not ----------------------------------------------------------------------------------------------------


def test_personal_rows_that_are_off_leave_what_is_the_same_for_everyone_and_one_neutral_line(stocked):
    switched_off(stocked).has_cards().says("What you completed is left out; nothing else about you was used.")


def test_personal_rows_that_are_off_where_nothing_is_popular_say_so_and_can_be_switched_on(stocked):
    forget(stocked, tables.neighbours)
    switched_off(stocked).is_empty().says("There is nothing yet that everyone sees")


def test_without_a_name_the_page_is_the_same_for_everyone(stocked):
    page_of(stocked, sub=None).has_cards().says("Everyone sees these rows; nothing about you was used.")


def test_without_a_name_where_nothing_is_popular_the_page_speaks_of_no_rows(stocked):
    forget(stocked, tables.neighbours)
    page = page_of(stocked, sub=None).is_empty().says("Your learning platform did not say who you are.")
    assert "Everyone sees these rows" not in page.words


def test_who_teaches_sees_a_sample(stocked):
    page_of(stocked, sub="7", **TEACHES).has_cards().says("These rows are a sample")


def test_who_teaches_where_nothing_is_popular_is_told_that_there_is_no_sample(stocked):
    forget(stocked, tables.neighbours)
    page = page_of(stocked, sub="7", **TEACHES).is_empty().says("Preview.", "There is no sample to show yet")
    assert "These rows are a sample" not in page.words


# --- what the site has ---------------------------------------------------------------------------------------------


def test_before_the_first_model_the_page_says_that_records_have_to_be_read(stage):
    page_of(stage, sub="4").is_empty().says("There are no recommendations yet", "nothing that you need to do")


def test_an_lrs_that_is_away_leaves_the_last_good_rows_and_says_as_of_when(stocked):
    with stocked.site.sessions.begin() as session:
        session.execute(update(tables.source).values(last_success_at=NOON - timedelta(hours=20)))
    page = page_of(stocked, sub="4").has_cards()
    page.says("As of yesterday", "What you completed since then is not counted yet; nothing is lost.")


def test_recipes_that_show_nothing_have_a_page_that_says_so_whoever_looks(stocked, say):
    say(NO_ROWS)
    for claims in ({"sub": "4"}, {"sub": "99"}, {"sub": None}):
        page = page_of(stocked, **claims).is_empty()
        page.says("This page shows nothing at the moment", "Your courses and your progress are safe")


def test_where_only_what_was_selected_is_shown_the_page_says_so_and_that_there_is_nothing(stocked, say):
    say(BY_HAND)
    for claims in ({"sub": "4"}, {"sub": "99"}):
        page_of(stocked, **claims).has_cards().says("Selected by hand.", "only what your organisation selects")
    say(NOTHING_SELECTED)
    for claims in ({"sub": "4"}, {"sub": "99"}, {"sub": None}):
        page_of(stocked, **claims).is_empty().says("Nothing is selected at the moment")


# --- in the word of what the site goes by --------------------------------------------------------------------------


def test_on_a_site_that_goes_by_what_people_open_the_page_says_opened(stocked):
    with stocked.site.sessions.begin() as session:
        session.execute(update(tables.model).values(parameters={"deed": "opened"}))
        session.execute(update(tables.source).values(last_success_at=NOON))
    page = page_of(stocked, sub="99").says("when you open something", "From what was opened up to today")
    assert "completed up to" not in page.words


def test_the_empty_pages_are_german_too(stocked, say):
    forget(stocked, tables.neighbours)
    page_of(stocked, sub="99", **german()).is_empty().says("Über Ihr Lernen ist noch nichts bekannt")
    say(NO_ROWS)
    page_of(stocked, sub="99", **german()).is_empty().says("Diese Seite zeigt im Moment nichts")
    say(NOTHING_SELECTED)
    page_of(stocked, sub="99", **german()).is_empty().says("Im Moment ist nichts ausgewählt")
