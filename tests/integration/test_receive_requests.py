"""What is no push is refused with a sentence, and what is one may come in every form that xAPI has."""

import json
from uuid import UUID

import pytest

from connector.web.statement_body import MOST_STATEMENTS
from tests.integration.pushing_under_test import Pushed, done
from tests.lti.http.stage import TOOL, staged


@pytest.fixture(scope="module")
def pushed(tmp_path_factory):
    """One tool for all of these; what they push is the same statement."""
    with staged(f"sqlite:///{tmp_path_factory.mktemp('pushed') / 'onward.db'}") as stage:
        yield Pushed(stage)


@pytest.mark.parametrize(
    ("body", "content_type", "sentence"),
    [
        (b'[{"id": 1', "application/json", "no JSON"),
        (b"", "application/json", "no JSON"),
        (b"17", "application/json", "neither a statement"),
        (b"{}", "text/plain", "Content-Type"),
        (b"{}", "", "Content-Type"),
        (b"{}", "multipart/mixed", "boundary"),
        (b"--b\r\nContent-Type: text/plain\r\n\r\n{}\r\n--b--", "multipart/mixed; boundary=b", "first part"),
        (b"[" + b"1," * MOST_STATEMENTS + b"1]", "application/json", "more than 2000"),
    ],
)
def test_a_body_that_is_no_push_is_refused_with_a_sentence_and_nothing_is_kept(pushed, body, content_type, sentence):
    answer = pushed.send(body, content_type=content_type)
    assert answer.status_code == 400
    assert sentence in answer.json["error"]
    assert pushed.reasons() == []


def test_of_a_multipart_body_the_first_part_is_read_and_attachments_are_dropped(pushed):
    statement = json.dumps(done(1, "ann", 1)).encode()
    body = (
        b"--B x\r\nContent-Type: application/json\r\n\r\n" + statement + b"\r\n"
        b"--B x\r\nContent-Type: image/png\r\nX-Experience-API-Hash: 00\r\n\r\n\x89PNG\r\n--B x--\r\n"
    )
    answer = pushed.send(body, content_type='multipart/mixed; boundary="B x"')
    assert answer.json == [str(UUID(int=1))]


def test_versions_are_checked_and_said_and_a_request_without_one_is_taken(pushed):
    for version, status, said_back in (
        ("1.0", 200, "1.0.3"),
        ("1.0.0", 200, "1.0.3"),
        ("2.0.0", 200, "2.0.0"),
        ("0.95", 400, "1.0.3"),
        ("1.1.0", 400, "1.0.3"),
        ("20", 400, "1.0.3"),
    ):
        answer = pushed.send([], headers={"X-Experience-API-Version": version})
        assert (answer.status_code, answer.headers["X-Experience-API-Version"]) == (status, said_back)
    assert pushed.send([], headers={}).status_code == 200
    about = pushed.client.get("/xapi/about", base_url=TOOL)
    assert (about.status_code, about.json) == (200, {"version": ["1.0.3", "2.0.0"]})


def test_nothing_can_be_read_and_no_other_origin_s_script_is_let_in(pushed):
    answer = pushed.send([], method="GET")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST, PUT")
    assert "Nothing can be read here" in answer.json["error"]
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    preflight = pushed.client.options("/xapi/statements", base_url=TOOL, headers=asked)
    assert not [name for name in preflight.headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118


def test_a_push_may_be_larger_than_other_requests_but_not_without_end(pushed):
    padded = done(1, "ann", 1, result={"response": "x" * 300_000})
    assert pushed.send([padded]).status_code == 200
    too_large = pushed.send(b"[" + b" " * 8 * 1024 * 1024 + b"]", content_type="application/json")
    assert (too_large.status_code, "send fewer" in too_large.json["error"]) == (413, True)
    unknown = pushed.send(b" " * 300_000, content_type="application/json", auth=("x", "y"))
    assert unknown.status_code == 401  # before a byte of its body is read
    assert pushed.client.post("/act", base_url=TOOL, data=b"x" * 300_000).status_code == 413
