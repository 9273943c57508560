"""Impressions and clicks that script sends to ``/act``: whose page they are of, and what is not kept."""

import json
from io import BytesIO

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from connector.store import tables
from tests.lti.harness import CLAIM
from tests.lti.http.asking import page_of, send
from tests.lti.http.stage import TOOL, acts, bearer

INSTRUCTOR = {CLAIM + "roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"]}


def test_impressions_and_clicks_are_kept_with_the_page(stocked):
    token, slate, shown = page_of(stocked)
    body = acts(
        slate,
        impressions=[{"item": shown[0], "position": 0}, {"item": shown[2], "position": 2}],
        clicks=[{"item": shown[2], "position": 2}],
    )
    answer = send(stocked, token, body)
    assert (answer.status_code, answer.data) == (204, b"")
    (kept,) = stocked.rows(tables.slate)
    assert kept.seen[0] == 0b101
    (event,) = stocked.rows(tables.event)
    assert (event.kind, event.item_id) == ("click", int(shown[2]))


BODIES = [
    ("nothing", ""),
    ("no JSON", "{"),
    ("no UTF-8", b'{"slate":"\xff"}'),
    ("a list", "[]"),
    ("null", "null"),
    ("no slate", "{}"),
    ("a slate that is none", '{"slate": "nobody"}'),
    ("a slate as number", '{"slate": 5}'),
    ("an unknown name", '{"slate": "%s", "learner": 1}'),
    ("a position below zero", '{"slate": "%s", "clicks": [{"item": "1", "position": -1}]}'),
    ("a position beyond any page", '{"slate": "%s", "clicks": [{"item": "1", "position": 10001}]}'),
    ("a position as text", '{"slate": "%s", "clicks": [{"item": "1", "position": "x"}]}'),
    ("an item as IRI", '{"slate": "%s", "clicks": [{"item": "https://x", "position": 1}]}'),
    ("an item of 19 digits", '{"slate": "%s", "clicks": [{"item": "1234567890123456789", "position": 1}]}'),
    ("an item in Arabic digits", '{"slate": "%s", "clicks": [{"item": "٣", "position": 1}]}'),
    ("an item and a line break", '{"slate": "%s", "clicks": [{"item": "1\\n", "position": 1}]}'),
    ("201 clicks", json.dumps({"slate": "%s", "clicks": [{"item": "1", "position": 1}] * 201})),
    ("clicks as object", '{"slate": "%s", "clicks": {"0": {"item": "1", "position": 1}}}'),
    ("deep lists", '{"slate": "%s", "clicks": ' + "[" * 5000 + "]" * 5000 + "}"),
]


@pytest.mark.parametrize("body", [body for _, body in BODIES], ids=[name for name, _ in BODIES])
def test_acts_of_another_shape_are_refused_in_json_and_have_no_effect(stocked, body):
    token, slate, _ = page_of(stocked)
    answer = send(stocked, token, body.replace("%s", slate) if isinstance(body, str) else body)
    assert answer.status_code == 400
    assert answer.json["error"]
    assert not any(stocked.rows(tables.slate)[0].seen)
    assert stocked.count(tables.event) == 0


@pytest.mark.parametrize("size", [64 * 1024 + 1, 300 * 1024])
def test_a_list_of_acts_that_is_too_large_is_refused(stocked, size):
    token, slate, _ = page_of(stocked)
    answer = send(stocked, token, acts(slate) + " " * size)
    assert answer.status_code in {400, 413}
    assert answer.json["error"]


def test_a_large_list_without_a_length_is_refused_too(stocked):
    token, slate, _ = page_of(stocked)
    body = (acts(slate) + " " * 70_000).encode()
    headers = bearer(token) | {"Transfer-Encoding": "chunked"}
    asked = EnvironBuilder("/act", TOOL, method="POST", content_type="application/json", headers=headers)
    environ = asked.get_environ()
    environ |= {"wsgi.input": BytesIO(body), "wsgi.input_terminated": True}
    assert "CONTENT_LENGTH" not in environ
    parts, status, _ = run_wsgi_app(stocked.app, environ)
    assert (status, json.loads(b"".join(parts))) == ("400 BAD REQUEST", {"error": "The list of acts is too long."})


def test_acts_on_the_page_of_somebody_else_have_no_effect(stocked):
    _, slate, shown = page_of(stocked)
    thief = stocked.visit(sub="5")
    body = acts(slate, impressions=[{"item": shown[0], "position": 0}], clicks=[{"item": shown[0], "position": 0}])
    assert send(stocked, thief, body).status_code == 204
    assert not any(any(row.seen) for row in stocked.rows(tables.slate))
    assert stocked.count(tables.event) == 0


@pytest.mark.parametrize("who", [{"sub": None}, INSTRUCTOR], ids=["anonymous", "instructor"])
def test_acts_of_who_does_not_learn_have_no_effect(stocked, who):
    token, slate, shown = page_of(stocked, **who)
    send(stocked, token, acts(slate, clicks=[{"item": shown[0], "position": 0}]))
    assert stocked.count(tables.event) == 0


def test_a_click_on_an_item_that_did_not_stand_there_is_not_kept(stocked):
    token, slate, shown = page_of(stocked)
    wrong = [{"item": shown[1], "position": 0}, {"item": shown[0], "position": 9999}, {"item": "9" * 18, "position": 0}]
    assert send(stocked, token, acts(slate, clicks=wrong)).status_code == 204
    assert stocked.count(tables.event) == 0


def test_no_other_site_may_read_a_page_or_act_by_script(stocked):
    token = stocked.visit()
    origin = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for path in ("/page", "/act", "/lti/launch", "/lti/login", "/lti/jwks"):
        for method in ("OPTIONS", "POST"):
            answer = stocked.browser().open(path, method=method, base_url=TOOL, headers=bearer(token) | origin)
            assert not [name for name in answer.headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118 - not a dict
