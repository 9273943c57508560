"""Launches that must pass: what a real Moodle sent, signed by a test key, and the edges of what the papers allow."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connector.domain import Audience, Course, PlatformId
from connector.lti.claims import PersonNames
from connector.lti.ports import DeploymentStanding
from tests.lti.harness import ABSENT, CLAIM, LAUNCH_URL, MOODLE, NOON, Scene, jwk_of, rsa_key

RECORDED = Path(__file__).parent / "recorded"
SECOND = int(NOON.timestamp())


def recorded_launch(name: str):
    """Launch with a real Moodle's claims, at the time they were sent."""
    sent = json.loads((RECORDED / f"{name}.json").read_text())
    registration = replace(MOODLE, issuer=sent["iss"], client_id=sent["aud"])
    scene = Scene(registration, "http://localhost:9000/launch")
    scene.now = datetime.fromtimestamp(sent["iat"] + 1, UTC)
    login = scene.login()
    token = scene.token({**sent, "nonce": login.nonce})
    return scene.post({"state": login.state, "id_token": token}, login.cookies)


def test_a_moodle_student_is_a_learner_in_a_course():
    claims = recorded_launch("moodle-student").claims
    assert (claims.subject, claims.audience, claims.placement) == ("4", Audience.LEARNER, "1")
    assert claims.course == Course("4", "Introduction to Data Literacy")
    assert (claims.given_name, claims.locale, claims.document_target) == ("Ann", "en", "iframe")
    assert claims.return_url == "http://localhost:8080/mod/lti/return.php?course=4&launch_container=3&instanceid=1"
    assert claims.names == PersonNames("student1", "S-001", "student1@example.test")


def test_a_moodle_administrator_is_an_instructor():
    claims = recorded_launch("moodle-admin").claims
    assert claims.audience is Audience.INSTRUCTOR
    assert claims.names.person_sourcedid == ""


def test_a_moodle_student_without_shared_name_and_mail_is_still_a_learner():
    claims = recorded_launch("moodle-no-name").claims
    assert (claims.subject, claims.audience, claims.given_name) == ("5", Audience.LEARNER, "")
    assert claims.names == PersonNames("student2", "S-002", "")


def test_a_moodle_launch_on_a_phone_says_frame():
    assert recorded_launch("moodle-mobile").claims.document_target == "frame"


def test_a_moodle_launch_in_a_new_window_says_window():
    assert recorded_launch("moodle-new-window").claims.document_target == "window"


def test_a_moodle_site_home_is_a_course_of_its_own_kind():
    claims = recorded_launch("moodle-site-home").claims
    assert (claims.course, claims.deployment) == (Course("1", "Test Moodle"), "4")


GOOD_CASES = [
    ("audience as list of us", {"aud": ["client-1"]}),
    ("azp of us", {"azp": "client-1"}),
    ("our audience twice with azp", {"aud": ["client-1", "client-1"], "azp": "client-1"}),
    ("ended 59 s ago by our clock", {"iat": SECOND - 119, "exp": SECOND - 59}),
    ("issued 60 s ahead of our clock", {"iat": SECOND + 60, "exp": SECOND + 120}),
    ("not before 60 s from now", {"nbf": SECOND + 60}),
    ("life of an hour", {"exp": SECOND + 3600}),
    ("life of a day", {"exp": SECOND + 86400}),
    ("times with fractions", {"iat": SECOND - 0.5, "exp": SECOND + 59.5}),
    ("no roles", {CLAIM + "roles": []}),
    ("roles of other vocabularies", {CLAIM + "roles": ["https://vendor.example/roles#Parent", ""]}),
    ("no context", {CLAIM + "context": ABSENT}),
    ("context null", {CLAIM + "context": None}),
    ("custom null", {CLAIM + "custom": None}),
    ("custom with null and number", {CLAIM + "custom": {"course_sourced": None, "n": 1}}),
    ("no presentation", {CLAIM + "launch_presentation": ABSENT}),
    ("empty return URL", {CLAIM + "launch_presentation": {"return_url": ""}}),
    ("resource link with null title", {CLAIM + "resource_link": {"id": "r", "title": None}}),
    ("ids of 255 characters", {"sub": "s" * 255, CLAIM + "resource_link": {"id": "r" * 255}}),
    ("target with path and query", {CLAIM + "target_link_uri": "https://tool.example:443/x?row=because"}),
    ("names of the wrong type", {"given_name": 7, "email": [], CLAIM + "lis": "x", CLAIM + "ext": [1]}),
    ("claims that nobody knows", {"https://vendor.example/claim": {"a": [1, {}]}}),
]


@pytest.mark.parametrize("changes", [case[1] for case in GOOD_CASES], ids=[case[0] for case in GOOD_CASES])
def test_a_launch_within_the_papers_is_accepted(changes):
    message = Scene().launch(**changes)
    assert message.registration is MOODLE


@pytest.mark.parametrize("subject", [ABSENT, None, "", "  "])
def test_a_launch_without_subject_is_anonymous_and_has_no_names(subject):
    claims = Scene().launch(sub=subject, email="ann@example.test", **{CLAIM + "ext": {"user_username": "ann"}}).claims
    assert (claims.subject, claims.audience) == (None, Audience.ANONYMOUS)
    assert (claims.given_name, claims.names) == ("", PersonNames())


def test_a_new_deployment_is_admitted_and_marked_as_new():
    message = Scene().launch(**{CLAIM + "deployment_id": "dep-2"})
    assert message.standing is DeploymentStanding.NEW


def test_a_new_key_of_the_platform_is_found_by_asking_again():
    scene = Scene()
    new = rsa_key("new")
    scene.keys.after_refetch = [jwk_of(rsa_key()), jwk_of(new, kid="new")]
    message = scene.launch_under({"kid": "new"}, key=new)
    assert message.claims.subject == "4"


@pytest.mark.parametrize("bare", [{"use": ABSENT, "alg": ABSENT}, {"use": None, "alg": None, "key_ops": []}])
def test_a_key_that_does_not_say_what_it_is_for_is_used(bare):
    scene = Scene()
    scene.keys.published = [jwk_of(rsa_key(), **bare)]
    assert scene.launch().claims.subject == "4"


def test_a_token_without_typ_is_accepted():
    assert Scene().launch_under({"typ": ABSENT}).claims.subject == "4"


def test_two_frames_of_one_browser_launch_side_by_side():
    scene = Scene()
    one, two = scene.login(), scene.login()
    cookies = {**one.cookies, **two.cookies}
    for login in (two, one):
        token = scene.token(scene.claims(login.nonce))
        assert scene.post({"state": login.state, "id_token": token}, cookies).claims.subject == "4"


def test_the_same_subject_of_two_platforms_is_two_registrations():
    other = replace(MOODLE, platform_id=PlatformId(2), issuer="https://other.example")
    mine, theirs = Scene().launch(), Scene(other, LAUNCH_URL).launch()
    assert mine.claims.subject == theirs.claims.subject
    assert mine.registration.platform_id != theirs.registration.platform_id


def test_a_person_is_not_in_what_is_printed_of_a_launch():
    message = Scene().launch(sub="subject-4711", email="ann@example.test")
    assert not [word for word in ("subject-4711", "ann@", "Ann") if word in repr(message)]
