"""What a real Moodle 5.1 sent, replayed: its login by form from a frame, the claims of each kind of person and place.

Moodle's signatures are not replayed (its tokens were removed): the claims are signed by a test key, at the time they
were sent. Deep linking and registration are in tests of their own.
"""

import json
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connector.domain import Audience, Course
from connector.errors import LaunchRefused
from tests.lti.harness import MOODLE, Login, Scene

RECORDED = Path(__file__).parent / "recorded"
LOGINS = [
    {
        "client_id": "2c2Mj0x5sHdexS4",
        "iss": "http://localhost:8080",
        "login_hint": "3",
        "lti_deployment_id": "1",
        "lti_message_hint": '{"launchid":"ltilaunch_ContentItemSelectionRequest170011397"}',
        "target_link_uri": "http://localhost:9000/launch?dl=1",
    },
    {
        "client_id": "1wwCQtr8cz7d1fq",
        "iss": "http://localhost:8080",
        "login_hint": "4",
        "lti_deployment_id": "2",
        "lti_message_hint": '{"cmid":27,"launchid":"ltilaunch3_1036986996"}',
        "target_link_uri": "http://127.0.0.1:9001/launch",
    },
]
"""The login request of the same site, and the one of another site (its Sec-Fetch-Site was cross-site)."""


def moodle(client_id: str, launch_url: str) -> Scene:
    return Scene(replace(MOODLE, issuer="http://localhost:8080", client_id=client_id), launch_url)


@pytest.mark.parametrize("sent", LOGINS, ids=["same site", "cross-site"])
def test_a_login_is_answered_with_moodles_own_hints(sent):
    launch_url = sent["target_link_uri"].split("?")[0]
    scene = moodle(sent["client_id"], launch_url)
    redirect = scene.begin(sent.items())
    (kept,) = scene.states.waiting.values()
    assert (kept.login.login_hint, kept.login.lti_message_hint) == (sent["login_hint"], sent["lti_message_hint"])
    assert kept.login.deployment_hint == sent["lti_deployment_id"]
    assert redirect.storage is None


# what was recorded → sub, audience, course, target, given name
WHO = {
    "moodle-student": ("4", Audience.LEARNER, Course("4", "Introduction to Data Literacy"), "iframe", "Ann"),
    "moodle-admin": ("2", Audience.INSTRUCTOR, Course("4", "Introduction to Data Literacy"), "iframe", "Admin"),
    "moodle-no-name": ("5", Audience.LEARNER, Course("4", "Introduction to Data Literacy"), "iframe", ""),
    "moodle-mobile": ("4", Audience.LEARNER, Course("4", "Introduction to Data Literacy"), "frame", "Ann"),
    "moodle-new-window": ("6", Audience.LEARNER, Course("4", "Introduction to Data Literacy"), "window", "Cyd"),
    "moodle-site-home": ("4", Audience.LEARNER, Course("1", "Test Moodle"), "iframe", "Ann"),
}


@pytest.mark.parametrize("name", WHO)
def test_the_claims_of_each_person_and_place_are_a_launch(name):
    sent = json.loads((RECORDED / f"{name}.json").read_text())
    scene = moodle(sent["aud"], "http://localhost:9000/launch")
    scene.now = datetime.fromtimestamp(sent["iat"] + 1, UTC)
    fields = LOGINS[0] | {"client_id": sent["aud"], "login_hint": sent["sub"]}
    redirect = scene.begin(fields.items())
    login = Login(redirect, redirect.url.split("nonce=")[1].split("&")[0])
    token = scene.token({**sent, "nonce": login.nonce})
    claims = scene.post({"state": login.state, "id_token": token}, login.cookies).claims
    assert (claims.subject, claims.audience, claims.course, claims.document_target, claims.given_name) == WHO[name]
    assert claims.locale == "en"
    assert claims.return_url.startswith("http://localhost:8080/mod/lti/return.php")
    assert "$" not in repr(claims.custom)


def test_moodles_token_lives_a_minute_and_a_second_one_by_our_leeway():
    sent = json.loads((RECORDED / "moodle-student.json").read_text())
    scene = moodle(sent["aud"], "http://localhost:9000/launch")
    for second, passes in ((119, True), (120, False)):
        scene.now = datetime.fromtimestamp(sent["iat"] + second, UTC)
        redirect = scene.begin((LOGINS[0] | {"client_id": sent["aud"]}).items())
        login = Login(redirect, redirect.url.split("nonce=")[1].split("&")[0])
        form = {"state": login.state, "id_token": scene.token({**sent, "nonce": login.nonce})}
        with nullcontext() if passes else pytest.raises(LaunchRefused, match="token_expired"):
            scene.post(form, login.cookies)
