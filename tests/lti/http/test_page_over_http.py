"""``POST /page`` and the switch of ``POST /act``: the Visit as Bearer or hidden field, and what is none."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import jwt
import pytest

from connector.domain import LearnerId
from connector.lti.own_tokens import SessionKey
from connector.lti.visit import encode_visit
from connector.store import tables
from tests.lti.harness import CLAIM, b64
from tests.lti.http.asking import ask, send
from tests.lti.http.stage import TOOL, acts, frames_of, items_of, visit_of

INSTRUCTOR = {CLAIM + "roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"]}


@pytest.mark.parametrize("how", ["header", "field"])
def test_a_visit_opens_the_page_by_header_and_by_hidden_field(stocked, how):
    token = stocked.visit()
    given = {"token": token} if how == "header" else {"form": {"visit": token}}
    page = ask(stocked, "/page", **given)
    assert page.status_code == 200
    assert "Because you completed" in page.text
    assert frames_of(page) == ["https://moodle.example"]
    assert "Access-Control-Allow-Origin" not in page.headers
    assert "Set-Cookie" not in page.headers


def test_a_page_refreshes_the_visit_for_an_hour_and_never_over_eight(stocked):
    token = stocked.visit()
    launched = stocked.clock()
    ends = []
    for _ in range(12):
        stocked.scene.wait(50 * 60)
        answer = ask(stocked, "/page", token)
        if answer.status_code != 200:
            break
        token = visit_of(answer)
        ends.append((stocked.decoded(token).expires_at - launched).total_seconds() / 3600)
    assert ends[0] == pytest.approx(110 / 60)
    assert ends[-1] == 8
    assert answer.status_code == 401
    assert "<code>visit_expired</code>" in answer.text


@pytest.mark.parametrize("path", ["/page", "/act"])
def test_a_token_in_the_address_is_not_read(shared, path):
    token = shared.visit()
    answer = ask(shared, path, query_string={"visit": token, "personal_rows": "off", "access_token": token})
    assert answer.status_code == 401
    assert token not in answer.text


def _expired(stage, _token):
    stage.scene.wait(3600)
    return _token


def _of_another_key(stage, token):
    return encode_visit(stage.decoded(token), SessionKey(b"k" * 32))


def _header(token):
    """What the token says of its kind and key."""
    return jwt.get_unverified_header(token)


def _without_algorithm(stage, token):
    payload = token.split(".")[1]
    header = json.dumps(_header(token) | {"alg": "none"})
    return f"{b64(header.encode())}.{payload}."


def _of_another_algorithm(stage, token):
    payload = json.loads(jwt.utils.base64url_decode(token.split(".")[1]))
    return jwt.encode(payload, stage.site.keys.session * 2, "HS512", headers=_header(token))


def _another_kind(stage, token):
    payload = json.loads(jwt.utils.base64url_decode(token.split(".")[1]))
    return jwt.encode(payload, stage.site.keys.session, "HS256", headers=_header(token) | {"typ": "JWT"})


def _exchanged(stage, token):
    head, payload, signature = token.split(".")
    claims = json.loads(jwt.utils.base64url_decode(payload)) | {"n": 99}
    return f"{head}.{b64(json.dumps(claims).encode())}.{signature}"


def _id_token(stage, _token):
    return stage.form(stage.login(stage.browser()))["id_token"]


def _long(_stage, token):
    return token + "a" * 40_000


def _endless(stage, token):
    visit = stage.decoded(token)
    endless = replace(visit, expires_at=visit.expires_at + timedelta(days=2))
    return encode_visit(endless, SessionKey(stage.site.keys.session))


TOKENS = [
    (_expired, "visit_expired"),
    (_of_another_key, "visit_foreign"),
    (_without_algorithm, "visit_foreign"),
    (_of_another_algorithm, "visit_foreign"),
    (_another_kind, "visit_foreign"),
    (_exchanged, "visit_foreign"),
    (_id_token, "visit_foreign"),
    (_long, "visit_malformed"),
    (_endless, "visit_malformed"),
    (lambda *_: "garbage", "visit_malformed"),
    (lambda *_: "a.b.c", "visit_malformed"),
    (lambda *_: "", "visit_malformed"),
]


@pytest.mark.parametrize("path", ["/page", "/act"])
@pytest.mark.parametrize(("forge", "code"), TOKENS, ids=[one[0].__name__.strip("_<>") for one in TOKENS])
def test_a_token_that_is_not_a_visit_of_ours_now_opens_nothing(stocked, path, forge, code):
    token = forge(stocked, stocked.visit())
    by_header = ask(stocked, path, token, form={"personal_rows": "off"})
    by_field = ask(stocked, path, form={"visit": token, "personal_rows": "off"})
    for answer in (by_header, by_field):
        assert answer.status_code == 401
        assert f"<code>{code}</code>" in answer.text
        assert frames_of(answer) == ["*"]
        assert "data-item" not in answer.text
    assert [row.personal_rows for row in stocked.rows(tables.learner)] == [True]


def test_script_is_told_in_json_why_its_visit_is_refused(shared):
    answer = send(shared, "garbage", acts(str(uuid4())))
    assert (answer.status_code, answer.json) == (401, {"error": "visit_malformed"})


def test_another_scheme_than_bearer_carries_no_visit(shared):
    answer = ask(shared, "/page", headers={"Authorization": f"Basic {shared.visit()}"})
    assert answer.status_code == 401


def test_a_cookie_carries_no_visit(shared):
    browser = shared.browser()
    browser.set_cookie("visit", shared.visit(), domain="tool.example")
    assert browser.post("/page", base_url=TOOL).status_code == 401


# --- one row alone -----------------------------------------------------------------------------------------------


def test_see_all_opens_one_row_in_full(stocked):
    page = ask(stocked, "/page", form={"visit": stocked.visit(), "row": "because:1"})
    assert page.status_code == 200
    assert items_of(page.text)


@pytest.mark.parametrize(
    "row", ["nothing", "because", "because:", "because:x", "because:9" * 40, "popular:٣", ":", "\0"]
)
def test_a_row_that_is_none_gives_the_page(stocked, row):
    page = ask(stocked, "/page", form={"visit": stocked.visit(), "row": row})
    assert page.status_code == 200
    assert items_of(page.text)


# --- the switch --------------------------------------------------------------------------------------------------


def test_personal_rows_off_and_on_work_at_the_next_page_and_for_nobody_else(stocked):
    mine, other = stocked.visit(), stocked.visit(sub="5")
    off = ask(stocked, "/act", form={"visit": mine, "personal_rows": "off"})
    assert "Because you completed" not in off.text
    assert "Because you completed" not in ask(stocked, "/page", mine).text
    assert 'value="on"' in ask(stocked, "/page", mine).text
    ask(stocked, "/act", form={"visit": other, "personal_rows": "on"})
    assert "Because you completed" not in ask(stocked, "/page", mine).text
    on = ask(stocked, "/act", form={"visit": mine, "personal_rows": "on"})
    assert "Because you completed" in on.text
    switched = {row.id: row.personal_rows for row in stocked.rows(tables.learner)}
    assert set(switched.values()) == {True}


@pytest.mark.parametrize("wanted", ["", "OFF", "maybe", "off "])
def test_a_switch_to_something_else_changes_nothing(stocked, wanted):
    answer = ask(stocked, "/act", form={"visit": stocked.visit(), "personal_rows": wanted})
    assert answer.status_code == 400
    assert [row.personal_rows for row in stocked.rows(tables.learner)] == [True]


@pytest.mark.parametrize("who", [{"sub": None}, INSTRUCTOR], ids=["anonymous", "instructor"])
def test_who_has_no_personal_rows_switches_none(stocked, who):
    before = [row.personal_rows for row in stocked.rows(tables.learner)]
    page = ask(stocked, "/act", form={"visit": stocked.visit(**who), "personal_rows": "off"})
    assert page.status_code == 200
    assert all(row.personal_rows for row in stocked.rows(tables.learner))
    assert len(before) <= stocked.count(tables.learner)
    assert stocked.count(tables.event) == 0


def test_the_page_of_a_learner_who_is_gone_is_the_page_that_everyone_sees(stocked):
    visit = stocked.decoded(stocked.visit())
    gone = encode_visit(replace(visit, learner=LearnerId(10**9)), SessionKey(stocked.site.keys.session))
    page = ask(stocked, "/page", gone)
    assert page.status_code == 200
    assert items_of(page.text)
    assert "Because you completed" not in page.text
