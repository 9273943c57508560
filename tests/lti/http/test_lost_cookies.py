"""The cookie that does not come back, the form that comes twice, the browser that is another."""

import pytest

from connector.store import tables
from tests.lti.http.stage import TOOL, VISIT, begun, frames_of, hidden_fields, visit_of


@pytest.fixture
def without_cookies(shared):
    """A browser that keeps no cookie in a frame."""
    return shared.app.test_client(use_cookies=False)


def test_a_launch_without_its_cookie_is_not_accepted_but_offered_in_a_new_tab(shared, without_cookies):
    before = shared.count(tables.slate)
    page = shared.post(without_cookies, shared.form(shared.login(without_cookies)))
    assert page.status_code == 200
    assert 'action="/lti/login"' in page.text
    assert 'target="_blank"' in page.text
    assert "Open in a new tab" in page.text
    assert not VISIT.search(page.text)
    assert frames_of(page) == ["*"]
    assert shared.count(tables.slate) == before


def test_the_form_of_the_new_tab_restarts_the_login_and_ends_at_the_page(shared, without_cookies):
    offer = shared.post(without_cookies, shared.form(shared.login(without_cookies)))
    tab = shared.browser()
    login = begun(tab.post("/lti/login", base_url=TOOL, data=hidden_fields(offer.text)))
    assert login.sent["lti_message_hint"] == '{"cmid":27}'
    assert login.sent["login_hint"] == "4"
    assert visit_of(shared.post(tab, shared.form(login)))


def test_the_page_that_offers_a_tab_may_send_its_form_on_to_the_platform_alone(shared, without_cookies):
    offer = shared.post(without_cookies, shared.form(shared.login(without_cookies)))
    policy = offer.headers["Content-Security-Policy"]
    assert "form-action 'self' https://moodle.example;" in policy


def test_the_offer_holds_neither_the_state_nor_the_token(shared, without_cookies):
    form = shared.form(shared.login(without_cookies))
    offer = shared.post(without_cookies, form)
    assert form["state"] not in offer.text
    assert form["id_token"] not in offer.text


def test_the_offer_speaks_the_language_of_the_browser(shared, without_cookies):
    form = shared.form(shared.login(without_cookies))
    offer = shared.post(without_cookies, form, headers={"Accept-Language": "en-US,en;q=0.8"})
    assert '<html lang="en-US"' in offer.text


def test_who_cannot_prove_to_be_the_browser_of_the_login_does_not_use_it_up(shared):
    browser = shared.browser()
    form = shared.form(shared.login(browser))
    for _ in range(3):
        assert "Open in a new tab" in shared.post(shared.browser(), form).text
    assert visit_of(shared.post(browser, form))


def test_a_form_posted_again_by_reload_restarts_the_login_by_itself(shared):
    browser = shared.browser()
    form = shared.form(shared.login(browser))
    visit_of(shared.post(browser, form))
    again = shared.post(browser, form)
    assert again.status_code == 302
    login = begun(again)
    assert login.state != form["state"]
    assert login.sent["login_hint"] == "4"
    assert visit_of(shared.post(browser, shared.form(login)))


def test_a_form_posted_again_in_another_browser_restarts_nothing(shared):
    browser = shared.browser()
    form = shared.form(shared.login(browser))
    visit_of(shared.post(browser, form))
    states = shared.count(tables.launch_state)
    answer = shared.post(shared.browser(), form)
    assert answer.status_code == 401
    assert shared.count(tables.launch_state) == states


def test_a_page_that_was_offered_hostile_hints_shows_them_as_text(shared, without_cookies):
    login = shared.login(without_cookies, lti_message_hint='"><script>alert(1)</script>')
    offer = shared.post(without_cookies, shared.form(login))
    assert "<script>alert" not in offer.text
    assert hidden_fields(offer.text)["lti_message_hint"] == '"><script>alert(1)</script>'


def test_a_whole_window_without_cookies_is_told_so_and_not_sent_to_another_tab_for_ever(shared, without_cookies):
    form = shared.form(shared.login(without_cookies))
    window = {"Sec-Fetch-Dest": "document"}
    page = without_cookies.post("/lti/launch", base_url=TOOL, data=form, headers=window)
    assert page.status_code == 200
    assert "Your browser keeps no cookies here" in page.text
    assert 'target="_blank"' not in page.text
    assert not VISIT.search(page.text)
