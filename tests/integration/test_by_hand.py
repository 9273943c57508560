"""``onward platform paste`` and ``platform add --lms``: the words of each LMS at the command line."""

import json

import pytest

KEYS = {"keys": [{"kty": "RSA", "use": "sig", "kid": "k1", "n": "AQAB", "e": "AQAB"}]}
CLIENT = "2c2Mj0x5sHdexS4"


@pytest.fixture
def database_url(sqlite_url):
    """Words do not depend on the database; what is stored is tested on both with the other commands."""
    return sqlite_url


@pytest.fixture
def lms(httpserver):
    httpserver.expect_request("/mod/lti/certs.php").respond_with_json(KEYS)
    return httpserver.url_for("").rstrip("/")


def listed(onward):
    return {one["name"]: one for one in json.loads(onward("platform", "list", "--json").out)}


def test_our_side_is_shown_in_the_words_of_each_lms(onward):
    moodle = onward("platform", "paste").out
    assert "Initiate login URL" in moodle
    assert "https://onward.example/lti/login" in moodle
    assert "--client-id" in moodle
    canvas = onward("platform", "paste", "--lms", "canvas").out
    assert "https://onward.example/lti/canvas.json" in canvas
    assert "OpenID Connect Initiation Url" in canvas
    told = json.loads(onward("platform", "paste", "--lms", "sakai", "--json").out)
    assert {"field": "LTI 1.3 Tool Keyset / JWK URL", "value": "https://onward.example/lti/jwks"} in told["paste"]
    assert {"option": "--client-id", "field": "LTI 1.3 Client ID"} in told["give"]


def test_show_is_still_moodles_form(onward):
    shown = json.loads(onward("platform", "show", "--json").out)
    assert shown["Public keyset"] == "https://onward.example/lti/jwks"
    assert shown["Share launcher's name with tool"].startswith("Never")


def test_a_moodle_is_added_by_its_address_and_client_id(onward, lms):
    added = onward("platform", "add", "--lms", "moodle", "--site", f"{lms}/", "--client-id", CLIENT)
    assert added.code == 0, added.err
    assert f"Registered platform moodle: issuer {lms}, keys at {lms}/mod/lti/certs.php." in added.out
    record = listed(onward)["moodle"]
    assert (record["issuer"], record["product"], record["deployments"]) == (lms, "moodle", {})


def test_name_deployment_and_rules_can_be_said_with_it(onward, lms):
    more = ("--deployment", "2", "--match", "username", "--frame-origin", "https://portal.example.edu")
    added = onward("platform", "add", "campus", "--lms", "moodle", "--site", lms, "--client-id", CLIENT, *more)
    assert added.code == 0, added.err
    record = listed(onward)["campus"]
    assert (record["deployments"], record["match"]) == ({"2": "approved"}, {"username": lms})
    assert record["frame_origins"] == sorted([lms, "https://portal.example.edu"])


def test_each_wrong_field_is_named_on_its_own_line(onward, lms):
    answer = onward("platform", "add", "--lms", "moodle", "--site", f"{lms}/my/", "--client-id", "1")
    assert answer.code == 1
    lines = answer.err.splitlines()
    assert lines[0].startswith("onward: Platform ID: This is the address of a page of Moodle")
    assert lines[1].startswith("Client ID: This looks like Deployment ID.")
    assert listed(onward) == {}


def test_keys_that_are_a_page_leave_nothing(onward, httpserver):
    httpserver.expect_request("/mod/lti/certs.php").respond_with_data("<html>", content_type="text/html")
    site = httpserver.url_for("").rstrip("/")
    answer = onward("platform", "add", "--lms", "moodle", "--site", site, "--client-id", CLIENT)
    assert "Platform ID: " in answer.err
    assert "answers with a page for people" in answer.err
    assert listed(onward) == {}


def test_what_is_missing_without_an_lms_is_said_by_option(onward):
    answer = onward("platform", "add", "--client-id", "c1")
    assert answer.code == 2
    assert "Missing NAME, --issuer, --auth-url, --jwks-url. With --lms most of it follows from --site." in answer.err


def test_two_deployments_are_not_said_with_an_lms(onward, lms):
    twice = ("--deployment", "1", "--deployment", "2")
    answer = onward("platform", "add", "--lms", "moodle", "--site", lms, "--client-id", CLIENT, *twice)
    assert answer.code == 2
    assert "one deployment" in answer.err


def test_the_roster_switch_of_an_invite_prints_its_sentence(onward):
    made = onward("platform", "invite", "--roster")
    assert "so it needs no roster" in made.out
