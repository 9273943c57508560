"""``lti-provider-mock``: a small platform of others that sends no roles at all."""

import json

import pytest

from connector.domain import Audience, Course
from tests.lti.peers.browser import Browser, form_of
from tests.lti.peers.tool import is_accepted_once

pytestmark = [pytest.mark.peers, pytest.mark.xdist_group("lti-peers")]
CLIENT_ID = "lti-provider-mock"
USERS = [{"id": "u-1", "given_name": "Mila", "family_name": "Mock", "email": "mila@example.test"}]
COURSES = [{"id": "c-9", "name": "Mocking for beginners", "users": []}]


@pytest.fixture(scope="module")
def issuer(mock_python, peer, tool, port):
    issuer = f"http://localhost:{port}"
    lti = {"iss": issuer, "login_url": tool.login_url, "launch_url": tool.launch_url}
    environment = {
        "LTI_PROVIDER_MOCK__USERS": json.dumps(USERS),
        "LTI_PROVIDER_MOCK__COURSES": json.dumps(COURSES),
        "LTI_PROVIDER_MOCK__LTI": json.dumps(lti),
    }
    serve = ["-m", "uvicorn", "lti_provider_mock.server:app", "--host", "127.0.0.1", "--port", str(port)]
    peer([str(mock_python), *serve], "/jwks", environment, port)
    tool.register("mock", issuer, CLIENT_ID, f"{issuer}/authorize", f"{issuer}/jwks")
    return issuer


def launch_form(browser, issuer):
    browser.post(f"{issuer}/login", data={"userid": "u-1"}, timeout=20)
    login = form_of(browser.open(f"{issuer}/courses/c-9"))
    return form_of(browser.submit(login))


def test_a_launch_without_roles_is_a_learners_and_is_accepted_once(tool, issuer):
    with Browser() as browser:
        form = launch_form(browser, issuer)
        visit = tool.visit(browser.submit(form))
        assert visit.audience is Audience.LEARNER
        assert visit.learner is not None
        assert visit.course == Course("c-9", "Mocking for beginners")
        assert (visit.deployment, visit.placement, visit.given_name) == ("1", "1", "Mila")
        is_accepted_once(tool, browser, form, issuer)


def test_the_same_person_is_the_same_learner_at_the_next_launch(tool, issuer):
    learners = []
    for _ in range(2):
        with Browser() as browser:
            learners.append(tool.visit(browser.submit(launch_form(browser, issuer))).learner)
    assert learners[0] == learners[1]


def test_a_launch_in_another_browser_is_not_accepted(tool, issuer):
    with Browser() as browser, Browser() as other:
        answer = other.submit(launch_form(browser, issuer))
        assert answer.status_code == 200
        assert form_of(answer).action == tool.login_url
