"""Login initiations are unsigned: anybody can send one."""

from dataclasses import replace

import pytest

from connector.domain import PlatformId
from connector.errors import LaunchRefused
from tests.lti.harness import ABSENT, MOODLE, Scene

LOGIN_CASES = [
    ("no issuer", {"iss": ABSENT}, "issuer_missing"),
    ("empty issuer", {"iss": ""}, "issuer_missing"),
    ("unknown issuer", {"iss": "https://evil.example"}, "issuer_unknown"),
    ("issuer with a slash at the end", {"iss": "https://moodle.example/"}, "issuer_unknown"),
    ("issuer in capitals", {"iss": "HTTPS://MOODLE.EXAMPLE"}, "issuer_unknown"),
    ("unknown issuer without client id", {"iss": "https://evil.example", "client_id": ABSENT}, "issuer_unknown"),
    ("unknown client id", {"client_id": "client-9"}, "client_id_unknown"),
    ("no login hint", {"login_hint": ABSENT}, "login_hint_missing"),
    ("no target", {"target_link_uri": ABSENT}, "target_link_uri_missing"),
    ("target on another host", {"target_link_uri": "https://evil.example/"}, "target_link_uri_foreign"),
    ("target on another port", {"target_link_uri": "https://tool.example:444/"}, "target_link_uri_foreign"),
    (
        "target with our host as user",
        {"target_link_uri": "https://tool.example@evil.example/"},
        "target_link_uri_foreign",
    ),
    ("target with a backslash", {"target_link_uri": "https://evil.example\\.tool.example/"}, "target_link_uri_foreign"),
    ("hint over 4,096 characters", {"login_hint": "h" * 4097}, "parameter_too_long"),
    ("message hint over 4,096 characters", {"lti_message_hint": "h" * 4097}, "parameter_too_long"),
    ("issuer with NUL", {"iss": "https://moodle.example\x00"}, "parameter_malformed"),
]


@pytest.mark.parametrize(("changes", "code"), [case[1:] for case in LOGIN_CASES], ids=[c[0] for c in LOGIN_CASES])
def test_a_login_that_fails_a_check_is_refused_and_keeps_no_state(changes, code):
    scene = Scene()
    with pytest.raises(LaunchRefused) as refused:
        scene.begin(scene.login_fields(**changes).items())
    assert refused.value.code == code
    assert scene.states.waiting == {}


@pytest.mark.parametrize("name", ["iss", "client_id", "login_hint", "lti_message_hint", "target_link_uri"])
def test_a_login_with_a_field_twice_is_refused(name):
    scene = Scene()
    fields = scene.login_fields()
    with pytest.raises(LaunchRefused, match="parameter_repeated"):
        scene.begin([*fields.items(), (name, fields[name])])


def test_a_login_of_a_disabled_registration_is_refused():
    scene = Scene()
    scene.switch(active=False)
    with pytest.raises(LaunchRefused, match="registration_disabled"):
        scene.login()


def test_a_shared_issuer_without_client_id_is_refused():
    scene = Scene()
    scene.book.registrations.append(replace(MOODLE, platform_id=PlatformId(2), client_id="client-2"))
    with pytest.raises(LaunchRefused, match="client_id_needed"):
        scene.begin(scene.login_fields(client_id=ABSENT).items())
