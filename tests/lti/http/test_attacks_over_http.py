"""Malformed, forged and replayed launches over HTTP: each refused with its code, none accepted, none a blank frame."""

import hashlib
import hmac
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from connector.lti.codes import REFUSALS
from connector.store import tables
from tests.lti.attack.test_forged_claims import CLAIM_CASES, PAYLOAD_CASES
from tests.lti.attack.test_forged_envelopes import ATTACKER, HEADER_CASES, KEY_CASES, TOKEN_CASES
from tests.lti.attack.test_forged_logins import LOGIN_CASES
from tests.lti.harness import ABSENT, CLAIM, NOON, b64, jwk_of, rsa_key
from tests.lti.http.stage import TOOL, VISIT, begun, frames_of

TOO_LARGE = {"a megabyte"}
"""Over the size of any request: refused before it is read, see test_floods.py."""


@pytest.fixture
def stage(shared):
    """The module's tool with an empty audit log; nothing that an attack changes in the scene outlives it."""
    shared.forget_audit()
    shared.forget_floods()
    published = shared.scene.keys.published
    yield shared
    shared.scene.keys.published = published
    shared.scene.now = NOON


def refused(stage, answer, code: str, audited: list[str] | None = None) -> None:
    """Assert everything that holds for every refusal."""
    assert answer.status_code == REFUSALS[code].status
    assert 400 <= answer.status_code < 500
    assert f"<code>{code}</code>" in answer.text
    assert "<h1" in answer.text
    assert not VISIT.search(answer.text)
    assert "data-item" not in answer.text
    assert frames_of(answer) == ["*"]
    assert "Set-Cookie" not in answer.headers
    assert "Location" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert stage.audited() == (audited or [code])
    assert (stage.count(tables.learner), stage.count(tables.slate), stage.count(tables.deployment)) == (0, 0, 0)


def post_text(stage, id_token: str):
    browser = stage.browser()
    login = stage.login(browser)
    return stage.post(browser, {"state": login.state, "id_token": id_token})


def post_under(stage, header, key=None):
    browser = stage.browser()
    login = stage.login(browser)
    token = stage.scene.token(stage.scene.claims(login.nonce), key=key, header=header)
    return stage.post(browser, {"state": login.state, "id_token": token})


def _named(cases):
    return {"argvalues": [case[1:] for case in cases], "ids": [case[0] for case in cases]}


@pytest.mark.parametrize(("claim", "value", "code"), **_named(CLAIM_CASES))
def test_a_wrong_claim_is_refused_with_its_code(stage, claim, value, code):
    refused(stage, stage.launch(**{claim: value}), code)


@pytest.mark.parametrize(("payload", "code"), **_named(PAYLOAD_CASES))
def test_a_payload_that_is_no_clean_object_is_refused(stage, payload, code):
    refused(stage, post_text(stage, stage.scene.token(payload)), code)


@pytest.mark.parametrize(("header", "code"), **_named(HEADER_CASES))
def test_a_header_that_asks_for_something_else_is_refused(stage, header, code):
    refused(stage, post_under(stage, header), code)


@pytest.mark.parametrize(("changes", "code"), **_named(KEY_CASES))
def test_a_key_that_may_not_be_used_is_refused(stage, changes, code):
    stage.scene.keys.published = [jwk_of(rsa_key(), **changes)]
    refused(stage, stage.launch(), code)


@pytest.mark.parametrize(("text", "code"), **_named([case for case in TOKEN_CASES if case[0] not in TOO_LARGE]))
def test_what_is_no_token_is_refused(stage, text, code):
    refused(stage, post_text(stage, text), code)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("changes", "code"), **_named(LOGIN_CASES))
def test_a_login_that_fails_a_check_is_refused_and_keeps_no_state(stage, method, changes, code):
    before = stage.count(tables.launch_state)
    answer = stage.login_answer(stage.browser(), method=method, **changes)
    refused(stage, answer, code)
    assert stage.count(tables.launch_state) == before


@pytest.mark.parametrize("name", ["iss", "client_id", "login_hint", "lti_message_hint", "target_link_uri"])
def test_a_login_field_in_the_query_and_in_the_form_is_refused(stage, name):
    fields = stage.scene.login_fields()
    answer = stage.browser().post("/lti/login", base_url=TOOL, query_string={name: fields[name]}, data=fields)
    refused(stage, answer, "parameter_repeated")


def test_the_public_key_as_shared_secret_is_refused(stage):
    browser = stage.browser()
    login = stage.login(browser)
    public = rsa_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header = {"alg": "HS256", "kid": jwk_of(rsa_key())["kid"]}
    head = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(stage.scene.claims(login.nonce)).encode())}"
    forged = f"{head}.{b64(hmac.new(public, head.encode(), hashlib.sha256).digest())}"
    refused(stage, stage.post(browser, {"state": login.state, "id_token": forged}), "alg_wrong")


def test_an_unsigned_token_is_refused(stage):
    browser = stage.browser()
    login = stage.login(browser)
    head = b64(b'{"alg":"none","kid":"k"}')
    token = f"{head}.{b64(json.dumps(stage.scene.claims(login.nonce)).encode())}."
    refused(stage, stage.post(browser, {"state": login.state, "id_token": token}), "token_malformed")


def test_the_signature_of_another_key_is_refused(stage):
    refused(stage, post_under(stage, {}, key=rsa_key(ATTACKER)), "signature_wrong")


def test_a_payload_exchanged_after_signing_is_refused(stage):
    browser = stage.browser()
    login = stage.login(browser)
    head, _, signature = stage.form(login)["id_token"].split(".")
    forged = b64(json.dumps(stage.scene.claims(login.nonce, sub="1")).encode())
    answer = stage.post(browser, {"state": login.state, "id_token": f"{head}.{forged}.{signature}"})
    refused(stage, answer, "signature_wrong")


def _form_without(name):
    return lambda form: {key: value for key, value in form.items() if key != name}


FORM_CASES = [
    ("no state", _form_without("state"), "state_missing"),
    ("empty state", lambda form: form | {"state": ""}, "state_missing"),
    ("unknown state", lambda form: form | {"state": "s" * 43}, "state_unknown"),
    ("state in capitals", lambda form: form | {"state": form["state"].swapcase()}, "state_unknown"),
    ("state twice", lambda form: form | {"state": [form["state"]] * 2}, "parameter_repeated"),
    ("token twice", lambda form: form | {"id_token": [form["id_token"]] * 2}, "parameter_repeated"),
    ("state over 4,096 characters", lambda form: form | {"state": "s" * 4097}, "parameter_too_long"),
    ("state with NUL", lambda form: form | {"state": form["state"] + "\x00"}, "parameter_malformed"),
    ("no token", _form_without("id_token"), "token_missing"),
    ("an error", lambda form: {"error": "access_denied", "state": form["state"]}, "platform_refused"),
    ("an error with a token", lambda form: form | {"error": "access_denied"}, "platform_refused"),
    ("sign in", lambda form: {"error": "login_required", "state": form["state"]}, "platform_login_required"),
    ("nothing", lambda _form: {}, "state_missing"),
]


@pytest.mark.parametrize(("change", "code"), **_named(FORM_CASES))
def test_a_form_that_answers_no_login_is_refused(stage, change, code):
    browser = stage.browser()
    refused(stage, stage.post(browser, change(stage.form(stage.login(browser)))), code)


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/xml", "multipart/form-data"])
def test_a_form_of_another_type_is_not_read(stage, content_type):
    browser = stage.browser()
    body = json.dumps(stage.form(stage.login(browser)))
    refused(stage, stage.post(browser, body, content_type=content_type), "state_missing")


def test_what_stands_in_the_query_is_not_a_field_of_the_form(stage):
    browser = stage.browser()
    form = stage.form(stage.login(browser))
    refused(stage, browser.post("/lti/launch", base_url=TOOL, query_string=form), "state_missing")


def test_half_of_the_form_in_the_query_is_not_read(stage):
    browser = stage.browser()
    form = stage.form(stage.login(browser))
    answer = stage.post(browser, {"state": form["state"]}, query_string={"id_token": form["id_token"]})
    refused(stage, answer, "token_missing")


# --- replays, other browsers, late answers -----------------------------------------------------------------------


def test_the_nonce_of_another_login_is_refused(stage):
    browser = stage.browser()
    other, mine = stage.login(browser), stage.login(browser)
    form = stage.form(other) | {"state": mine.state}
    refused(stage, stage.post(browser, form), "nonce_wrong")


def test_a_launch_in_another_browser_is_refused(stage):
    victim, attacker = stage.browser(), stage.browser()
    login = stage.login(attacker)
    name = login.answer.headers["Set-Cookie"].split("=")[0]
    own = stage.login(victim).answer.headers["Set-Cookie"].split("=")[1].split(";")[0]
    victim.set_cookie(name, own, domain="tool.example", secure=True)
    refused(stage, stage.post(victim, stage.form(login)), "state_other_browser")


def test_an_empty_cookie_binds_nothing(stage):
    browser = stage.browser()
    login = stage.login(browser)
    name = login.answer.headers["Set-Cookie"].split("=")[0]
    answer = stage.app.test_client(use_cookies=False).post(
        "/lti/launch", base_url=TOOL, data=stage.form(login), headers={"Cookie": f"{name}="}
    )
    refused(stage, answer, "state_other_browser")


def test_a_refused_launch_has_used_its_state_up(stage):
    browser, stranger = stage.browser(), stage.browser()
    login = stage.login(browser)
    refused(stage, stage.post(browser, {"state": login.state, "id_token": "garbage"}), "token_malformed")
    again = stage.post(stranger, stage.form(login))
    refused(stage, again, "state_used", audited=["token_malformed", "state_used"])


def test_a_launch_after_ten_minutes_is_refused(stage):
    browser = stage.browser()
    login = stage.login(browser)
    form = stage.form(login)
    stage.scene.wait(600)
    answer = stage.app.test_client(use_cookies=False).post(
        "/lti/launch",
        base_url=TOOL,
        data=form,
        headers={"Cookie": login.answer.headers["Set-Cookie"].split(";")[0]},
    )
    refused(stage, answer, "state_expired")


def test_a_late_token_is_refused(stage):
    browser = stage.browser()
    form = stage.form(stage.login(browser))
    stage.scene.wait(120)
    refused(stage, stage.post(browser, form), "token_expired")


@pytest.mark.parametrize("kid", ["nobody", "' OR 1=1 --", "<script>alert(1)</script>"])
def test_nothing_of_a_forged_token_stands_on_the_page_or_in_the_audit_line(stage, kid):
    answer = post_under(stage, {"kid": kid})
    refused(stage, answer, "key_unknown")
    assert kid not in answer.text
    assert all(kid not in json.dumps(row.detail) for row in stage.rows(tables.audit))


# --- these launch well once, so each has a tool of its own -------------------------------------------------------


def test_a_replay_in_another_browser_is_refused_and_makes_no_second_page(stage_on_both):
    stage = stage_on_both
    browser, thief = stage.browser(), stage.browser()
    form = stage.form(stage.login(browser))
    assert stage.post(browser, form).status_code == 200
    answer = stage.post(thief, form)
    assert answer.status_code == 401
    assert "<code>state_used</code>" in answer.text
    assert not VISIT.search(answer.text)
    assert stage.count(tables.slate) == 1


def test_a_fresh_token_for_a_used_state_gives_no_page(stage_on_both):
    stage = stage_on_both
    browser = stage.browser()
    login = stage.login(browser)
    stage.post(browser, stage.form(login))
    answer = stage.post(browser, stage.form(login, sub="5"))
    assert answer.status_code == 302
    assert begun(answer).state != login.state
    assert stage.count(tables.learner) == 1


def test_of_eight_equal_launches_at_once_one_alone_gets_the_page(stage_on_both):
    stage = stage_on_both
    login = stage.login(stage.browser())
    form, cookie = stage.form(login), login.answer.headers["Set-Cookie"].split(";")[0]

    def post(_number):
        browser = stage.app.test_client(use_cookies=False)
        return browser.post("/lti/launch", base_url=TOOL, data=form, headers={"Cookie": cookie})

    with ThreadPoolExecutor(8) as many:
        statuses = sorted(answer.status_code for answer in many.map(post, range(8)))
    assert statuses == [200] + [302] * 7
    assert stage.count(tables.slate) == 1


def test_a_claim_that_is_left_out_is_no_way_in_on_postgresql_either(stage_on_both):
    for claim in ("nonce", "exp", "iat", "aud", "iss", CLAIM + "deployment_id", CLAIM + "resource_link"):
        assert stage_on_both.launch(**{claim: ABSENT}).status_code in {400, 401}
    assert stage_on_both.count(tables.learner) == 0
    assert len(stage_on_both.audited()) == 7
