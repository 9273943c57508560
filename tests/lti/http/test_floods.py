"""Who posts without end fills neither the database nor the memory nor the way of others."""

import gc
import tracemalloc
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from connector.store import logins, tables
from tests.lti.http.stage import TOOL, visit_of

FLOOD = 1_000
BAD = 400


def counted(code: str) -> float:
    return REGISTRY.get_sample_value("onward_launches_refused_total", {"code": code}) or 0


def garbage(number: int) -> dict[str, str]:
    return {"state": f"{number:043}", "id_token": "a.b.c"}


def good_launch(stage, browser=None):
    browser = browser or stage.browser()
    return stage.post(browser, stage.form(stage.login(browser)))


def test_of_a_flood_of_bad_launches_few_are_written_down_and_good_ones_pass_from_the_same_address(stage_on_both):
    stage = stage_on_both
    before = counted("too_many_refused")
    for number in range(BAD):
        answer = stage.post(stage.browser(), garbage(number))
        assert answer.status_code == (401 if number < 120 else 429)
        if number % 100 == 99:
            assert visit_of(good_launch(stage))
    assert counted("too_many_refused") - before == BAD - 120
    assert stage.audited().count("state_unknown") == 120
    assert stage.audited().count("too_many_refused") == 1
    assert stage.count(tables.launch_state) == BAD // 100


def test_who_has_too_many_refused_gets_a_plain_page_that_says_when_to_come_back(stage):
    stage.forget_floods(refusals=1)
    stage.post(stage.browser(), garbage(1))
    for answer in (stage.post(stage.browser(), garbage(2)), stage.login_answer(stage.browser(), iss="https://x.test")):
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "60"
        assert "<code>too_many_refused</code>" in answer.text
        assert "Wait a minute" in answer.text


def test_after_a_minute_refusals_are_explained_again_and_another_address_is_another_matter(stage):
    stage.forget_floods(refusals=1)
    one, other = {"REMOTE_ADDR": "192.0.2.1"}, {"REMOTE_ADDR": "192.0.2.2"}

    def status(address):
        return stage.post(stage.browser(), garbage(1), environ_overrides=address).status_code

    assert [status(one), status(one), status(other)] == [401, 429, 401]
    stage.scene.wait(60)
    assert status(one) == 401


def test_a_reload_of_a_used_launch_is_no_failure(stage):
    stage.forget_floods(refusals=1)
    browser = stage.browser()
    form = stage.form(stage.login(browser))
    visit_of(stage.post(browser, form))
    assert [stage.post(browser, form).status_code for _ in range(5)] == [302] * 5


def test_refusals_over_an_hour_write_five_hundred_lines(stage):
    stage.forget_floods()
    for number in range(520):
        stage.post(stage.browser(), garbage(number))
    assert len(stage.audited()) == 500
    stage.scene.now += timedelta(minutes=61)
    stage.post(stage.browser(), garbage(1))
    assert len(stage.audited()) == 501


@pytest.mark.slow
def test_a_thousand_open_logins_of_one_address_leave_the_table_flat_and_everybody_elses_alone(stage):
    stage.forget_floods(open_logins=100)
    patient, campus = stage.browser(), {"REMOTE_ADDR": "192.0.2.1"}
    begun = stage.login(patient)
    for number in range(FLOOD):
        stage.app.test_client().post(
            "/lti/login", base_url=TOOL, data=stage.scene.login_fields(), environ_overrides=campus
        )
        if number % 200 == 0:
            browser = stage.browser()
            login = stage.login(browser)
            assert visit_of(stage.post(browser, stage.form(login), environ_overrides=campus))
    assert stage.count(tables.launch_state) == 1 + 100 + 5
    assert visit_of(stage.post(patient, stage.form(begun)))


def test_floods_leave_the_memory_flat(stage):
    stage.forget_floods(refusals=10, open_logins=50)
    address = "2001:db8:0:{:x}::1".format

    def flood(first: int) -> None:
        for number in range(first, first + 60):
            stage.post(stage.browser(), garbage(number), environ_overrides={"REMOTE_ADDR": address(number)})
            stage.login(stage.browser())

    flood(0)
    gc.collect()
    tracemalloc.start()
    try:
        flood(60)
        gc.collect()
        grown, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert grown < 1_000_000
    assert len(stage.parts.launches.limits.logins) == 50


def test_logins_that_nobody_ends_are_forgotten_and_never_many_more_than_the_bound(stage, monkeypatch):
    monkeypatch.setattr(logins, "MOST_LOGINS", 50)
    for _ in range(80):
        stage.login(stage.browser())
        stage.scene.wait(1)
    assert stage.count(tables.launch_state) <= 52
    assert visit_of(good_launch(stage))
    stage.scene.wait(601)
    stage.login(stage.browser())
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
