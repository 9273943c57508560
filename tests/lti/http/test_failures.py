"""What goes wrong on our side: an honest page in the frame, a code for the help desk, a count, no values in the log."""

from dataclasses import replace

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from connector.app import create_app
from connector.errors import NotReady
from connector.store.unavailable import DatabaseUnavailable
from tests.lti.harness import CLAIM
from tests.lti.http.postgres import StoppableServer
from tests.lti.http.stage import TOOL, bearer, frames_of, settings_for, staged, visit_of

WORDS = ("Ann", "ann.s", "ann@example.test", "subject-4711")
PERSON = {
    "sub": "subject-4711",
    "given_name": "Ann",
    "email": "ann@example.test",
    CLAIM + "ext": {"user_username": "ann.s"},
}


def failed(why: str) -> float:
    return REGISTRY.get_sample_value("onward_pages_failed_total", {"why": why}) or 0.0


@pytest.mark.parametrize("path", ["launch", "page"])
def test_an_unexpected_error_is_a_page_with_a_code_in_the_frame_and_counted(stage, path):
    token = stage.visit()
    app = stage.app_with(pages=stage.broken(RuntimeError("boom")).pages)
    before = failed("error")
    browser = stage.browser(app)
    with capture_logs() as events:
        if path == "launch":
            answer = stage.post(browser, stage.form(stage.login(browser)))
        else:
            answer = browser.post("/page", base_url=TOOL, headers=bearer(token))
    (event,) = [event for event in events if event["event"] == "page_failed"]
    assert answer.status_code == 200
    assert f"<code>{event['code']}</code>" in answer.text
    assert "boom" not in answer.text
    assert frames_of(answer) == ["*"]
    assert "Set-Cookie" not in answer.headers
    assert failed("error") == before + 1


def test_the_event_of_a_failed_page_says_where_and_never_whose(stage):
    claims = PERSON | {"aud": "client-1"}
    parts = stage.broken(ValueError("Ann ann@example.test subject-4711 ann.s"))
    browser = stage.browser(create_app(stage.settings, parts))
    with capture_logs() as events:
        login = stage.login(browser)
        form = stage.form(login, **claims)
        stage.post(browser, form)
    text = repr(events)
    assert "test_failures.py" in text or "stage.py" in text
    assert "ValueError" in text
    for secret in (*WORDS, form["id_token"], form["state"], login.nonce):
        assert secret not in text


def test_an_unexpected_error_of_an_act_is_told_as_such(stage):
    token = stage.visit()
    parts = replace(stage.parts, pages=replace(stage.parts.pages, feedback=None))
    answer = stage.browser(create_app(stage.settings, parts)).post(
        "/act", base_url=TOOL, headers=bearer(token), data={"personal_rows": "off"}
    )
    assert answer.status_code == 500
    assert "<code>R-" in answer.text


def no_database(answer) -> None:
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "<h1" in answer.text
    assert "<code>database_unavailable</code>" in answer.text
    assert frames_of(answer) == ["*"]


def _emptied(path) -> None:
    path.write_bytes(b"")


def _garbage(path) -> None:
    path.write_bytes(b"this is no database" * 1000)


def _folder(path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("lose", [_emptied, _garbage, _folder], ids=["emptied", "garbage", "a folder"])
def test_without_its_database_the_tool_answers_a_static_page(tmp_path, lose):
    with staged(f"sqlite:///{tmp_path / 'onward.db'}") as stage:
        browser = stage.browser()
        token, form = stage.visit(), stage.form(stage.login(browser))
        stage.close()
        for rest in tmp_path.glob("onward.db-*"):
            rest.unlink()
        lose(tmp_path / "onward.db")
        before = failed("database")
        no_database(stage.login_answer(stage.browser()))
        no_database(stage.post(browser, form))
        no_database(browser.post("/page", base_url=TOOL, headers=bearer(token)))
        no_database(browser.post("/act", base_url=TOOL, headers=bearer(token), data={"personal_rows": "off"}))
        assert failed("database") == before + 4


def test_without_its_database_the_tool_lives_and_says_that_it_is_not_ready(tmp_path):
    with staged(f"sqlite:///{tmp_path / 'onward.db'}") as stage:
        stage.close()
        _folder_in_place_of(tmp_path)
        browser = stage.browser()
        ready = browser.get("/health/ready", base_url=TOOL)
        home = browser.get("/", base_url=TOOL)
        assert browser.get("/health/live", base_url=TOOL).status_code == 200
        assert (ready.status_code, ready.json["ready"]) == (503, False)
        assert "database" in ready.json["missing"][0]
        assert home.status_code == 200
        assert "database" in home.text


def _folder_in_place_of(tmp_path) -> None:
    for rest in tmp_path.glob("onward.db-*"):
        rest.unlink()
    _folder(tmp_path / "onward.db")


@pytest.mark.postgres
def test_a_postgresql_that_is_stopped_is_a_static_page_and_a_restarted_one_serves_again():
    with StoppableServer() as server, staged(server.url) as stage:
        token = stage.visit()
        server.stop()
        no_database(stage.login_answer(stage.browser()))
        no_database(stage.browser().post("/page", base_url=TOOL, headers=bearer(token)))
        server.start()
        assert stage.browser().post("/page", base_url=TOOL, headers=bearer(token)).status_code == 200
        visit_of(stage.launch())


def test_a_slate_that_cannot_be_kept_is_shown_all_the_same_and_counted(stocked):
    class Full:
        def shown(self, *_given: object) -> None:
            raise DatabaseUnavailable[0]("INSERT", {}, Exception("disk full"))

    before = REGISTRY.get_sample_value("onward_slates_not_kept_total")
    app = stocked.app_with(pages=replace(stocked.parts.pages, feedback=Full()))
    browser = stocked.browser(app)
    page = stocked.post(browser, stocked.form(stocked.login(browser)))
    assert "Because you completed" in page.text
    assert REGISTRY.get_sample_value("onward_slates_not_kept_total") == before + 1


def test_production_does_not_start_without_what_it_needs_and_names_it_all():
    with pytest.raises(NotReady) as missing:
        create_app(settings_for("", public_url="", secret_key="short"))
    for name in ("ONWARD_PUBLIC_URL", "ONWARD_DATABASE_URL", "secret key"):
        assert name in str(missing.value)


def test_production_does_not_start_without_https():
    with pytest.raises(NotReady, match="https"):
        create_app(settings_for("sqlite://", public_url="http://tool.example"))
