"""Good tokens that answer no login of ours: state, browser, registration, error answers."""

from dataclasses import replace

import pytest

from connector.domain import PlatformId, TenantId
from connector.errors import LaunchRefused
from connector.lti.verify import LaunchUsed, NewTabNeeded
from tests.lti.harness import MOODLE, Scene


def test_a_launch_posted_again_in_its_browser_is_refused_and_says_how_to_start_again():
    scene = Scene()
    login = scene.login()
    form = {"state": login.state, "id_token": scene.token(scene.claims(login.nonce))}
    scene.post(form, login.cookies)
    with pytest.raises(LaunchUsed, match="state_used") as refused:
        scene.post(form, login.cookies)
    assert refused.value.login.login_hint == "4"


def test_a_launch_replayed_in_another_browser_is_refused():
    scene = Scene()
    login = scene.login()
    form = {"state": login.state, "id_token": scene.token(scene.claims(login.nonce))}
    scene.post(form, login.cookies)
    with pytest.raises(LaunchRefused, match="state_used") as refused:
        scene.post(form, {})
    assert not isinstance(refused.value, LaunchUsed)


def test_a_replay_is_refused_where_the_store_forgets_what_was_taken():
    scene = Scene()
    login = scene.login()
    form = {"state": login.state, "id_token": scene.token(scene.claims(login.nonce))}
    scene.post(form, login.cookies)
    scene.states.taken.clear()
    with pytest.raises(LaunchRefused, match="state_unknown"):
        scene.post(form, login.cookies)


def test_a_used_state_takes_no_fresh_token():
    scene = Scene()
    login = scene.login()
    scene.post({"state": login.state, "id_token": scene.token(scene.claims(login.nonce))}, login.cookies)
    fresh = scene.token(scene.claims(login.nonce, sub="5"))
    with pytest.raises(LaunchRefused, match="state_used"):
        scene.post({"state": login.state, "id_token": fresh}, login.cookies)


def test_an_old_token_is_refused_under_a_new_state():
    scene = Scene()
    first, second = scene.login(), scene.login()
    token = scene.token(scene.claims(first.nonce))
    scene.post({"state": first.state, "id_token": token}, first.cookies)
    with pytest.raises(LaunchRefused, match="nonce_wrong"):
        scene.post({"state": second.state, "id_token": token}, second.cookies)


def test_a_refused_launch_has_used_its_state_up():
    scene = Scene()
    login = scene.login()
    with pytest.raises(LaunchRefused, match="token_malformed"):
        scene.post({"state": login.state, "id_token": "garbage"}, login.cookies)
    with pytest.raises(LaunchRefused, match="state_used"):
        scene.post({"state": login.state, "id_token": scene.token(scene.claims(login.nonce))}, login.cookies)


def _no_state(scene, login, token):
    return [("id_token", token)]


def _empty_state(scene, login, token):
    return [("id_token", token), ("state", "")]


def _unknown_state(scene, login, token):
    return [("id_token", token), ("state", "s" * 43)]


def _state_twice(scene, login, token):
    return [("id_token", token), ("state", login.state), ("state", login.state)]


def _token_twice(scene, login, token):
    return [("id_token", token), ("id_token", token), ("state", login.state)]


def _long_state(scene, login, token):
    return [("id_token", token), ("state", "s" * 4097)]


def _state_with_nul(scene, login, token):
    return [("id_token", token), ("state", login.state + "\x00")]


def _state_with_half_pair(scene, login, token):
    return [("id_token", token), ("state", "\udfff")]


def _late(scene, login, token):
    scene.wait(600)
    return [("id_token", token), ("state", login.state)]


def _late_token(scene, login, token):
    scene.wait(120)
    return [("id_token", token), ("state", login.state)]


def _disabled(scene, login, token):
    scene.switch(active=False)
    return [("id_token", token), ("state", login.state)]


def _removed(scene, login, token):
    scene.book.registrations.clear()
    return [("id_token", token), ("state", login.state)]


def _refusal(scene, login, token):
    return [("error", "access_denied"), ("state", login.state)]


def _refusal_with_token(scene, login, token):
    return [("error", "access_denied"), ("id_token", token), ("state", login.state)]


def _sign_in(scene, login, token):
    return [("error", "login_required"), ("state", login.state)]


def _refusal_without_state(scene, login, token):
    return [("error", "invalid_request")]


FORM_CASES = [
    (_no_state, "state_missing"),
    (_empty_state, "state_missing"),
    (_unknown_state, "state_unknown"),
    (_state_twice, "parameter_repeated"),
    (_token_twice, "parameter_repeated"),
    (_long_state, "parameter_too_long"),
    (_state_with_nul, "parameter_malformed"),
    (_state_with_half_pair, "parameter_malformed"),
    (_late, "state_expired"),
    (_late_token, "token_expired"),
    (_disabled, "registration_disabled"),
    (_removed, "registration_disabled"),
    (_refusal, "platform_refused"),
    (_refusal_with_token, "platform_refused"),
    (_refusal_without_state, "platform_refused"),
    (_sign_in, "platform_login_required"),
]


@pytest.mark.parametrize(("form", "code"), FORM_CASES, ids=[case[0].__name__.strip("_") for case in FORM_CASES])
def test_a_form_that_answers_no_login_of_ours_is_refused(form, code):
    scene = Scene()
    login = scene.login()
    pairs = form(scene, login, scene.token(scene.claims(login.nonce)))
    with pytest.raises(LaunchRefused) as refused:
        scene.post(pairs, login.cookies)
    assert refused.value.code == code


def test_a_launch_in_another_browser_is_refused():
    scene = Scene()
    victim, attacker = scene.login(), scene.login()
    form = {"state": attacker.state, "id_token": scene.token(scene.claims(attacker.nonce))}
    mixed = {attacker.redirect.cookie_name: victim.redirect.browser_secret}
    with pytest.raises(LaunchRefused, match="state_other_browser"):
        scene.post(form, mixed)


def test_an_empty_cookie_binds_nothing():
    scene = Scene()
    login = scene.login()
    form = {"state": login.state, "id_token": scene.token(scene.claims(login.nonce))}
    with pytest.raises(LaunchRefused, match="state_other_browser"):
        scene.post(form, {login.redirect.cookie_name: ""})


def test_a_launch_without_its_cookie_is_not_accepted_but_offered_a_new_tab():
    scene = Scene()
    login = scene.login()
    answer = scene.post({"state": login.state, "id_token": scene.token(scene.claims(login.nonce))}, {"unrelated": "1"})
    assert isinstance(answer, NewTabNeeded)
    assert answer.login.lti_message_hint == '{"cmid":27}'


def test_a_token_of_another_platform_with_the_same_key_set_is_refused():
    scene = Scene()
    scene.book.registrations.append(
        replace(MOODLE, platform_id=PlatformId(2), tenant=TenantId(2), client_id="client-2")
    )
    with pytest.raises(LaunchRefused, match="aud_foreign"):
        scene.launch(aud="client-2")


def test_a_forged_error_answer_does_not_use_up_the_login():
    scene = Scene()
    login = scene.login()
    with pytest.raises(LaunchRefused, match="platform_refused"):
        scene.post({"error": "x", "state": login.state}, {})
    scene.post({"state": login.state, "id_token": scene.token(scene.claims(login.nonce))}, login.cookies)


def test_what_a_platform_says_with_its_error_reaches_the_log_without_identifiers_or_line_breaks():
    scene = Scene()
    with pytest.raises(LaunchRefused) as plain:
        scene.post({"error": "invalid_request", "error_description": "The redirect URI is not registered"}, {})
    with pytest.raises(LaunchRefused) as hostile:
        scene.post({"error": "a\nb", "error_description": "user 4711 <ann@example.test>"}, {})
    assert plain.value.detail == "invalid_request: The redirect URI is not registered"
    assert hostile.value.detail == "an error"
