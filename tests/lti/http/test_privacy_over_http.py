"""Who a person is stays in the page and its Visit: not in the database, not in any event, not in an address."""

import json
import sqlite3
from contextlib import closing

import pytest
from structlog.testing import capture_logs

from connector.app import create_app
from tests.lti.harness import CLAIM
from tests.lti.http.stage import TOOL, bearer, staged, visit_of

PERSON = {
    "sub": "subject-4711",
    "name": "Annabella Quillfeather",
    "given_name": "Annabella",
    "family_name": "Quillfeather",
    "email": "a.quillfeather@example.test",
    "picture": "https://example.test/quillfeather.png",
    CLAIM + "ext": {"user_username": "quill-user"},
    CLAIM + "lis": {"person_sourcedid": "sourced-4711"},
}
NAMES = ("subject-4711", "Annabella", "Quillfeather", "quillfeather", "quill-user", "sourced-4711")


def bytes_of(folder) -> bytes:
    """Return every byte of the database and the files beside it."""
    return b"".join(file.read_bytes() for file in sorted(folder.glob("onward.db*")))


def launched(stage, **changes):
    browser = stage.browser()
    form = stage.form(stage.login(browser), **(PERSON | changes))
    return form, stage.post(browser, form)


@pytest.mark.parametrize("match", [{}, {"username": "https://lms.example", "idnumber": "https://lms.example"}])
def test_a_launch_leaves_no_name_in_the_database_and_none_in_an_event(tmp_path, match):
    with staged(f"sqlite:///{tmp_path / 'onward.db'}", match=match) as stage, capture_logs() as events:
        stage.stock(history_of="subject-4711")
        form, page = launched(stage)
        token = visit_of(page)
        stage.browser().post("/page", base_url=TOOL, headers=bearer(token))
        stage.browser().post("/act", base_url=TOOL, headers=bearer(token), data={"personal_rows": "off"})
        kept, told = bytes_of(tmp_path), repr(events)
        assert "Annabella" in page.text
        assert "Quillfeather" not in page.text
        assert len(events) >= 3
        for name in (*NAMES, form["id_token"], token, form["state"]):
            assert name.encode() not in kept
            assert name not in told


@pytest.mark.parametrize(
    "change",
    [{"aud": "client-9"}, {"exp": 0}, {CLAIM + "roles": "x"}, {CLAIM + "version": "1.1"}, {"nonce": "n"}],
    ids=lambda change: next(iter(change)).rpartition("/")[2],
)
def test_a_refused_launch_leaves_no_name_either(tmp_path, change):
    with staged(f"sqlite:///{tmp_path / 'onward.db'}") as stage, capture_logs() as events:
        form, answer = launched(stage, **change)
        assert 400 <= answer.status_code < 500
        kept, told = bytes_of(tmp_path), repr(events) + answer.text
        for name in (*NAMES, form["id_token"], form["state"]):
            assert name.encode() not in kept
            assert name not in told


def test_a_page_that_fails_on_a_person_tells_nobody_whose_it_was(tmp_path):
    with staged(f"sqlite:///{tmp_path / 'onward.db'}") as stage, capture_logs() as events:
        error = KeyError("Annabella", PERSON)
        error.__cause__ = ValueError("a.quillfeather@example.test")
        stage.app = create_app(stage.settings, stage.broken(error))
        form, answer = launched(stage)
        told = repr(events) + answer.text
        assert "KeyError from ValueError" in told
        for name in (*NAMES, form["id_token"], form["state"]):
            assert name not in told


def test_what_the_platform_says_with_an_error_reaches_the_audit_line_without_addresses(stage):
    browser = stage.browser()
    login = stage.login(browser)
    sentence = "user subject-4711 <a.quillfeather@example.test> may not"
    stage.post(browser, {"state": login.state, "error": "access_denied", "error_description": sentence})
    with closing(sqlite3.connect(stage.settings.database_url.removeprefix("sqlite:///"))) as database:
        details = [json.loads(row[0]) for row in database.execute("SELECT detail FROM audit")]
    assert details == [{"where": "launch", "detail": "access_denied"}]
