"""Who posts without end fills neither the database nor the way of others."""

from datetime import timedelta

import pytest

from connector.store import platforms, tables
from tests.lti.http.stage import TOOL, visit_of

FLOOD = 2_000


@pytest.mark.slow
def test_two_thousand_bad_launches_leave_five_hundred_lines_and_no_state(stage):
    browser = stage.browser()
    form = stage.form(stage.login(browser))
    garbage = {"state": "s" * 43, "id_token": form["id_token"]}
    for number in range(FLOOD):
        answer = (
            stage.post(stage.browser(), garbage) if number % 2 else stage.login_answer(browser, iss="https://x.example")
        )
        assert answer.status_code in {401, 403}
        assert "<code>" in answer.text
    assert len(stage.audited()) == 500
    assert stage.count(tables.launch_state) == 1
    assert visit_of(stage.post(browser, form))
    stage.scene.now += timedelta(minutes=61)
    stage.post(stage.browser(), garbage)
    assert len(stage.audited()) == 501


def test_logins_that_nobody_ends_are_forgotten_and_never_more_than_the_bound(stage, monkeypatch):
    monkeypatch.setattr(platforms, "MOST_STATES", 50)
    for _ in range(80):
        stage.login(stage.browser())
        stage.scene.wait(1)
    assert stage.count(tables.launch_state) <= 51
    browser = stage.browser()
    assert visit_of(stage.post(browser, stage.form(stage.login(browser))))
    stage.scene.wait(601)
    stage.login(browser)
    assert stage.count(tables.launch_state) == 1


def test_used_logins_are_forgotten_when_they_expire(stage):
    for _ in range(5):
        visit_of(stage.launch())
    assert stage.count(tables.launch_state) == 5
    stage.scene.wait(601)
    stage.login(stage.browser())
    assert stage.count(tables.launch_state) == 1


def test_a_body_over_the_bound_is_refused_before_it_is_read(shared):
    for path in ("/lti/login", "/lti/launch", "/page", "/act"):
        answer = shared.browser().post(path, base_url=TOOL, data={"id_token": "a" * 300_000})
        assert answer.status_code == 413
        assert "<h1" in answer.text
        assert "<code>413</code>" in answer.text
