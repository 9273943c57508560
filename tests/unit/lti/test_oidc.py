from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from connector.domain import PlatformId
from connector.lti.ports import LoginParameters
from connector.lti.states import digest, read_state, write_state
from tests.lti.harness import ABSENT, LAUNCH_URL, MOODLE, NOON, Scene


def asked(redirect):
    return {name: values[0] for name, values in parse_qs(urlsplit(redirect.url).query, keep_blank_values=True).items()}


def test_the_redirect_asks_for_a_token_by_form_post_and_passes_the_hints_unaltered():
    scene = Scene()
    hint = '{"cmid":27,"x":"a+b&c=ü"}'
    redirect = scene.begin(scene.login_fields(lti_message_hint=hint, login_hint="4 ü").items())
    sent = asked(redirect)
    nonce = sent.pop("nonce")
    assert redirect.url.startswith("https://moodle.example/auth?")
    assert len(nonce) == 43
    assert sent == {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": "client-1",
        "redirect_uri": LAUNCH_URL,
        "state": redirect.state,
        "login_hint": "4 ü",
        "lti_message_hint": hint,
    }


def test_a_message_hint_is_sent_back_only_if_it_was_sent():
    scene = Scene()
    without = asked(scene.begin(scene.login_fields(lti_message_hint=ABSENT).items()))
    empty = asked(scene.begin(scene.login_fields(lti_message_hint="").items()))
    assert "lti_message_hint" not in without
    assert empty["lti_message_hint"] == ""


def test_an_authorization_url_keeps_its_own_query():
    scene = Scene()
    scene.switch(auth_url="https://moodle.example/auth?tenant=7")
    assert scene.login().redirect.url.startswith("https://moodle.example/auth?tenant=7&scope=openid")


def test_only_hashes_of_the_secrets_are_kept_for_ten_minutes():
    scene = Scene()
    login = scene.login()
    (kept,) = scene.states.waiting.values()
    assert kept.state_hash == digest(login.state)
    assert kept.nonce_hash == digest(login.nonce)
    assert kept.browser_hash == digest(login.redirect.browser_secret)
    assert kept.expires_at == NOON + timedelta(minutes=10)
    assert login.redirect.max_age == timedelta(minutes=10)


def test_each_login_has_its_own_secrets_and_cookie():
    scene = Scene()
    one, two = scene.login(), scene.login()
    assert one.redirect.cookie_name.startswith("__Host-onward-")
    assert one.redirect.cookie_name != two.redirect.cookie_name
    assert len({one.state, two.state, one.nonce, two.nonce, *one.cookies.values(), *two.cookies.values()}) == 7


def test_a_login_without_client_id_finds_the_only_registration_of_its_issuer():
    scene = Scene()
    assert scene.begin(scene.login_fields(client_id=ABSENT).items()).state


def test_a_shared_issuer_is_told_apart_by_client_id():
    scene = Scene()
    scene.book.registrations.append(replace(MOODLE, platform_id=PlatformId(2), client_id="client-2"))
    scene.begin(scene.login_fields(client_id="client-2").items())
    (kept,) = scene.states.waiting.values()
    assert kept.platform_id == PlatformId(2)


def test_the_deployment_is_read_in_the_papers_word_and_in_canvas_word():
    scene = Scene()
    scene.begin(scene.login_fields(lti_deployment_id="d-1", deployment_id="d-2").items())
    scene.begin(scene.login_fields(deployment_id="d-2").items())
    assert [state.login.deployment_hint for state in scene.states.waiting.values()] == ["d-1", "d-2"]


def test_a_real_moodle_login_request_is_answered():
    scene = Scene(
        replace(MOODLE, issuer="http://localhost:8080", client_id="1wwCQtr8cz7d1fq"), "http://127.0.0.1:9001/launch"
    )
    redirect = scene.begin(
        {
            "client_id": "1wwCQtr8cz7d1fq",
            "iss": "http://localhost:8080",
            "login_hint": "4",
            "lti_deployment_id": "2",
            "lti_message_hint": '{"cmid":27,"launchid":"ltilaunch3_1036986996"}',
            "target_link_uri": "http://127.0.0.1:9001/launch",
        }.items()
    )
    (kept,) = scene.states.waiting.values()
    assert asked(redirect)["redirect_uri"] == "http://127.0.0.1:9001/launch"
    assert kept.login == LoginParameters(
        issuer="http://localhost:8080",
        login_hint="4",
        target_link_uri="http://127.0.0.1:9001/launch",
        client_id="1wwCQtr8cz7d1fq",
        lti_message_hint='{"cmid":27,"launchid":"ltilaunch3_1036986996"}',
        deployment_hint="2",
    )


def test_a_kept_login_survives_being_written_as_json():
    scene = Scene()
    scene.login()
    (kept,) = scene.states.waiting.values()
    assert read_state(write_state(kept)) == kept
