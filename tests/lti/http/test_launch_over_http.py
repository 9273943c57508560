"""A whole launch: login by GET and by POST, the cookie, the page itself."""

from urllib.parse import parse_qs, urlsplit

import pytest

from connector.domain import Audience
from connector.store import tables
from tests.lti.harness import ABSENT, CLAIM
from tests.lti.http.stage import MOODLE, TOOL, begun, frames_of, items_of, visit_of

METHODS = ["GET", "POST"]
INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"


@pytest.mark.parametrize("method", METHODS)
def test_a_login_is_answered_by_the_platforms_address_with_all_that_the_papers_ask(shared, method):
    answer = shared.login_answer(shared.browser(), method=method)
    sent = parse_qs(urlsplit(answer.location).query)
    assert answer.status_code == 302
    assert answer.location.startswith(f"{MOODLE}/auth?")
    assert len(sent.pop("state")[0]) == len(sent.pop("nonce")[0]) == 43
    assert sent == {
        "scope": ["openid"],
        "response_type": ["id_token"],
        "response_mode": ["form_post"],
        "prompt": ["none"],
        "client_id": ["client-1"],
        "redirect_uri": [f"{TOOL}/lti/launch"],
        "login_hint": ["4"],
        "lti_message_hint": ['{"cmid":27}'],
    }


@pytest.mark.parametrize("method", METHODS)
def test_the_cookie_of_a_login_is_the_one_that_frames_keep(shared, method):
    answer = shared.login_answer(shared.browser(), method=method)
    (cookie,) = answer.headers.getlist("Set-Cookie")
    named, *attributes = [part.strip() for part in cookie.split(";")]
    name, value = named.split("=", 1)
    assert name.startswith("__Host-onward-")
    assert len(value) == 43
    assert value not in answer.location
    kept = {part for part in attributes if not part.startswith("Expires=")}
    assert kept == {"Max-Age=600", "Secure", "HttpOnly", "Path=/", "SameSite=None", "Partitioned"}


@pytest.mark.parametrize("method", METHODS)
def test_a_launch_answers_with_the_page_itself_and_keeps_its_token_out_of_every_url(stocked, method):
    browser = stocked.browser()
    login = stocked.login(browser, method=method)
    form = stocked.form(login)
    page = stocked.post(browser, form)
    token = visit_of(page)
    assert page.mimetype == "text/html"
    assert "Because you completed" in page.text
    assert page.text.count(token) == 1
    assert form["id_token"] not in page.text
    assert "Location" not in page.headers
    assert "Set-Cookie" not in page.headers
    assert f"?{token}" not in page.text
    assert "visit=" not in page.text


def test_the_page_may_be_framed_by_its_platform_alone_and_is_kept_nowhere(shared):
    page = shared.launch()
    policy = page.headers["Content-Security-Policy"]
    assert frames_of(page) == [MOODLE]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Strict-Transport-Security"].startswith("max-age=")
    assert "X-Frame-Options" not in page.headers
    assert "Access-Control-Allow-Origin" not in page.headers


def test_the_visit_holds_what_the_platform_said(shared):
    token = shared.visit()
    visit = shared.decoded(token)
    assert (visit.audience, visit.deployment, visit.placement) == (Audience.LEARNER, "dep-1", "rl-1")
    assert (visit.course.id, visit.course.title) == ("c-1", "Statistics")
    assert (visit.given_name, visit.locale) == ("Ann", "en")
    assert visit.return_url == "https://moodle.example/course/1"


def test_the_page_greets_by_the_given_name_where_the_platform_shares_it(stocked):
    assert "Top picks for <bdi>Ann</bdi>" in stocked.launch().text
    nameless = stocked.launch(given_name=ABSENT).text
    assert "Top picks" in nameless
    assert ">Ann<" not in nameless


def test_the_language_of_the_presentation_counts_before_that_of_the_person(shared):
    presentation = {CLAIM + "launch_presentation": {"locale": "fr_CA"}, "locale": "de"}
    assert shared.decoded(shared.visit(**presentation)).locale == "fr-CA"
    assert shared.decoded(shared.visit(**presentation | {CLAIM + "launch_presentation": ABSENT})).locale == "de"


def test_a_second_person_is_a_second_learner_and_the_same_person_is_the_same(stage):
    ids = [stage.decoded(stage.visit(sub=sub)).learner for sub in ("4", "5", "4")]
    assert ids[0] == ids[2] != ids[1]
    assert stage.count(tables.learner) == 2


def test_a_launch_works_on_both_databases_and_only_once(stage_on_both):
    stage = stage_on_both
    stage.stock(history_of="4")
    browser = stage.browser()
    form = stage.form(stage.login(browser))
    first = stage.post(browser, form)
    again = stage.post(browser, form)
    assert "Because you completed" in first.text
    assert again.status_code == 302
    assert begun(again).state != form["state"]
    assert stage.count(tables.slate) == 1
    assert stage.audited() == ["state_used"]


@pytest.mark.parametrize("nobody", [ABSENT, None, "", " "])
def test_an_anonymous_launch_gets_the_page_that_everyone_sees_and_makes_no_learner(stocked, nobody):
    before = stocked.count(tables.learner)
    page = stocked.launch(sub=nobody)
    visit = stocked.decoded(visit_of(page))
    assert (visit.audience, visit.learner, visit.given_name) == (Audience.ANONYMOUS, None, "")
    assert items_of(page.text)
    assert "Because you completed" not in page.text
    assert ">Ann<" not in page.text
    assert 'name="personal_rows"' not in page.text
    assert stocked.count(tables.learner) == before
    assert stocked.count(tables.slate) == 0


@pytest.mark.parametrize(("role", "audience"), [(INSTRUCTOR, Audience.INSTRUCTOR), (TEST_USER, Audience.TEST_USER)])
def test_who_does_not_learn_sees_a_preview_and_never_trains(stage, role, audience):
    page = stage.launch(**{CLAIM + "roles": [role]})
    assert stage.decoded(visit_of(page)).audience is audience
    assert [row.trains for row in stage.rows(tables.learner)] == [False]
    assert stage.count(tables.slate) == 0


def test_a_test_user_who_is_a_learner_too_never_trains(stage):
    stage.launch(**{CLAIM + "roles": [TEST_USER, "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"]})
    assert [row.trains for row in stage.rows(tables.learner)] == [False]


def test_an_instructor_who_comes_back_as_learner_trains_again(stage):
    trains = []
    for roles in ([INSTRUCTOR], ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"], [INSTRUCTOR]):
        stage.launch(**{CLAIM + "roles": roles})
        trains += [row.trains for row in stage.rows(tables.learner)]
    assert trains == [False, True, False]


def test_two_frames_on_one_page_do_not_disturb_each_other(shared):
    browser = shared.browser()
    first, second = shared.login(browser), shared.login(browser)
    assert visit_of(shared.post(browser, shared.form(second)))
    assert visit_of(shared.post(browser, shared.form(first)))
