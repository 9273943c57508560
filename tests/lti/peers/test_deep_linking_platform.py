"""``lti1p3platform`` asks for content and takes our answer; what it does not check is checked here."""

from datetime import UTC, datetime
from pathlib import Path

import jwt
import pytest
import requests

from connector.lti.deep_linking import DATA
from tests.lti.peers.browser import Browser, form_of

pytestmark = [pytest.mark.peers, pytest.mark.xdist_group("lti-peers")]
CLIENT_ID = "onward-dl"
PROGRAM = Path(__file__).with_name("deep_linking_peer.py")


@pytest.fixture(scope="module")
def issuer(lms_python, peer, tool, port):
    keys = f"{tool.url}/lti/jwks"
    command = [str(lms_python), str(PROGRAM), str(port), CLIENT_ID, tool.login_url, tool.launch_url, keys]
    issuer = peer(command, "/jwks", {}, port)
    tool.register("deep-linking", issuer, CLIENT_ID, f"{issuer}/auth", f"{issuer}/jwks")
    return issuer


def choosing(browser, issuer, role="Instructor"):
    return browser.submit(form_of(browser.open(f"{issuer}/start?role={role}")))


def answer_of(browser, issuer, **choice):
    chosen = browser.submit(form_of(choosing(browser, issuer)), **choice)
    return form_of(chosen)


def test_a_choice_is_taken_by_the_platform_library(tool, issuer):
    with Browser() as browser:
        answer = answer_of(browser, issuer, row="popular", layout="compact", do="add")
        assert answer.action == f"{issuer}/return"
        (link,) = browser.submit(answer).json()
    assert link["type"] == "ltiResourceLink"
    assert link["url"] == tool.launch_url
    assert link["custom"] == {"row": "popular", "layout": "compact"}


def test_the_answer_is_for_this_platform_alone_for_five_minutes_and_brings_its_data_back(tool, issuer):
    with Browser() as browser:
        tokens = [answer_of(browser, issuer, row="page", layout="track", do="add").fields["JWT"] for _ in range(2)]
    published = {
        key["kid"]: jwt.PyJWK(key).key for key in requests.get(f"{tool.url}/lti/jwks", timeout=5).json()["keys"]
    }
    key = published[jwt.get_unverified_header(tokens[0])["kid"]]
    one, other = (jwt.decode(token, key, ["RS256"], audience=issuer, issuer=CLIENT_ID) for token in tokens)
    assert one["aud"] == [issuer]
    assert one["exp"] - one["iat"] == 300
    assert abs(one["iat"] - datetime.now(UTC).timestamp()) < 60
    assert one["nonce"] != other["nonce"]
    assert one[DATA] == {"opaque": "x=1&y"}
    with pytest.raises(jwt.InvalidAudienceError):
        jwt.decode(tokens[0], key, ["RS256"], audience="http://localhost:1")


def test_cancel_is_taken_as_nothing(tool, issuer):
    with Browser() as browser:
        answer = answer_of(browser, issuer, do="cancel")
        assert browser.submit(answer).json() == []


def test_a_learner_is_refused(tool, issuer):
    with Browser() as browser:
        page = choosing(browser, issuer, role="Learner")
        assert page.status_code == 403
        assert "<code>deep_linking_not_for_learners</code>" in page.text
        assert tool.refusals()[-1] == "deep_linking_not_for_learners"
