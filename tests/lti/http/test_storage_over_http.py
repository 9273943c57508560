"""The two pages of the platform's storage, and the link under which a page stays in the history, over HTTP."""

import re

import pytest

from connector.store import tables
from tests.lti.http.stage import MOODLE, TOOL, begun, frames_of, hidden_fields, visit_of

DATA = re.compile(r'data-(frame|origin|key|secret|again)="([^"]*)"')
NEXT = re.compile(r'id="next" href="([^"]+)"')
OURS = {"Origin": TOOL, "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def without_cookies(shared):
    return shared.app.test_client(use_cookies=False)


class Told:
    """What the answer to a login with storage says to its page's script."""

    def __init__(self, answer) -> None:
        assert answer.status_code == 200, answer.text
        self.answer, self.data = answer, dict(DATA.findall(answer.text))
        answer.headers["Location"] = NEXT.search(answer.text)[1].replace("&amp;", "&")
        self.login = begun(answer)


def told(stage, browser, **changes):
    return Told(stage.login_answer(browser, lti_storage_target="_parent", **changes))


def test_a_login_with_storage_is_a_page_that_only_its_platform_may_frame_and_sets_the_cookie_too(shared):
    said = told(shared, shared.browser())
    assert said.data["frame"] == "_parent"
    assert said.data["origin"] == MOODLE
    assert said.data["key"].startswith("onward-")
    assert f"={said.data['secret']};" in said.answer.headers["Set-Cookie"]
    assert said.login.sent["redirect_uri"] == f"{TOOL}/lti/launch"
    assert said.data["secret"] not in said.answer.headers["Location"]
    assert frames_of(said.answer) == [MOODLE]
    assert said.answer.headers["Cache-Control"] == "no-store"
    assert said.answer.headers["Referrer-Policy"] == "no-referrer"
    assert "<script>" not in said.answer.text
    assert "style=" not in said.answer.text


def test_a_launch_without_cookie_asks_the_storage_and_the_second_post_opens_the_page(shared, without_cookies):
    said = told(shared, without_cookies)
    form = shared.form(said.login)
    asks = shared.post(without_cookies, form)
    assert asks.headers["Referrer-Policy"] == "same-origin"
    assert frames_of(asks) == [MOODLE]
    assert said.data["secret"] not in asks.text
    fields = hidden_fields(asks.text)
    assert (fields["state"], fields["id_token"], fields["browser"]) == (form["state"], form["id_token"], "")
    page = shared.post(without_cookies, form | {"browser": said.data["secret"]}, headers=OURS)
    assert visit_of(page)
    assert said.data["secret"] not in page.text


def test_the_secret_that_another_site_posts_opens_nothing(shared, without_cookies):
    said = told(shared, without_cookies)
    form = shared.form(said.login) | {"browser": said.data["secret"]}
    answer = shared.post(without_cookies, form, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 401
    assert "<code>state_other_browser</code>" in answer.text


def test_the_new_tab_that_is_offered_instead_needs_no_storage(shared, without_cookies):
    said = told(shared, without_cookies)
    asks = shared.post(without_cookies, shared.form(said.login))
    offered = asks.text.partition('action="/lti/login"')[2].partition("</form>")[0]
    tab = shared.browser()
    login = begun(tab.post("/lti/login", base_url=TOOL, data=hidden_fields(offered)))
    assert visit_of(shared.post(tab, shared.form(login)))


def test_hostile_names_of_frames_stand_as_text(shared):
    answer = shared.login_answer(shared.browser(), lti_storage_target='"><script>alert(1)</script>')
    assert "<script>alert" not in answer.text
    assert answer.status_code == 200


# --- the link in the history -------------------------------------------------------------------------------------


def test_a_page_names_the_link_that_launches_again_and_it_does_without_telling_the_hints(shared):
    browser = shared.browser()
    page = shared.post(browser, shared.form(shared.login(browser, login_hint="hint-4711")))
    again = dict(DATA.findall(page.text))["again"]
    assert again.startswith("/lti/again?login=")
    assert "4711" not in again
    login = begun(browser.get(again, base_url=TOOL))
    assert login.sent["login_hint"] == "hint-4711"
    assert visit_of(shared.post(browser, shared.form(login)))


def test_a_link_that_asks_the_storage_asks_it_again(shared, without_cookies):
    said = told(shared, without_cookies)
    form = shared.form(said.login) | {"browser": said.data["secret"]}
    page = shared.post(without_cookies, form, headers=OURS)
    again = dict(DATA.findall(page.text))["again"]
    assert Told(without_cookies.get(again, base_url=TOOL)).data["frame"] == "_parent"


@pytest.mark.parametrize("login", ["", "x", "gAAAAA", "é", "\ud800", "A" * 3000])
def test_a_link_that_is_not_ours_is_refused(shared, login):
    before = shared.count(tables.launch_state)
    answer = shared.browser().get("/lti/again", base_url=TOOL, query_string={"login": login.encode("utf-8", "replace")})
    assert answer.status_code == 400
    assert "<code>parameter_malformed</code>" in answer.text
    assert shared.count(tables.launch_state) == before


def test_what_the_site_sealed_for_another_purpose_is_no_login(shared):
    sealed = shared.site.seal.close(b'["a list"]').decode()
    answer = shared.browser().get("/lti/again", base_url=TOOL, query_string={"login": sealed})
    assert answer.status_code == 400


def test_a_look_ahead_at_the_link_mints_nothing(shared):
    before = shared.count(tables.launch_state)
    page = shared.launch()
    again = dict(DATA.findall(page.text))["again"]
    assert shared.browser().head(again, base_url=TOOL).status_code == 204
    looks = shared.browser().get(again, base_url=TOOL, headers={"Sec-Purpose": "prefetch"})
    assert looks.status_code == 204
    assert shared.count(tables.launch_state) == before + 1


def test_hints_too_long_for_a_link_leave_the_page_without_one(shared):
    browser = shared.browser()
    page = shared.post(browser, shared.form(shared.login(browser, lti_message_hint="h" * 4000)))
    assert visit_of(page)
    assert "data-again" not in page.text
