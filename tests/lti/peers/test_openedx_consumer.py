"""Open edX's own consumer (``lti-consumer-xblock``): its claims, its keys, its roles."""

from pathlib import Path

import pytest

from connector.domain import Audience, Course
from tests.lti.peers.browser import Browser, form_of
from tests.lti.peers.tool import is_accepted_once

pytestmark = [pytest.mark.peers, pytest.mark.xdist_group("lti-peers")]
PROGRAM = Path(__file__).with_name("openedx_peer.py")
CLIENT_ID = "9b3c1f0a-openedx"
COURSE = "course-v1:OnwardX+LTI101+2026"


@pytest.fixture(scope="module")
def issuer(openedx_python, peer, tool, port):
    issuer = f"http://localhost:{port}"
    command = [str(openedx_python), str(PROGRAM), str(port), CLIENT_ID, tool.login_url, tool.launch_url]
    peer(command, "/jwks", {}, port)
    tool.register("openedx", issuer, CLIENT_ID, f"{issuer}/authorize", f"{issuer}/jwks")
    return issuer


ROLES = [
    ("student", Audience.LEARNER),
    ("guest", Audience.LEARNER),
    ("staff", Audience.INSTRUCTOR),
    ("instructor", Audience.INSTRUCTOR),
    ("global_staff", Audience.INSTRUCTOR),
    ("Community TA", Audience.INSTRUCTOR),
]


@pytest.mark.parametrize(("role", "audience"), ROLES)
def test_a_person_of_open_edx_gets_the_page_once(tool, issuer, role, audience):
    with Browser() as browser:
        form = form_of(browser.open(f"{issuer}/start?role={role}"))
        assert form.action == tool.launch_url
        visit = tool.visit(browser.submit(form))
        assert visit.audience is audience
        assert visit.course == Course(COURSE, "Learning with LTI")
        assert visit.placement.startswith("block-v1:OnwardX")
        assert visit.given_name == ""
        is_accepted_once(tool, browser, form, issuer)


def test_what_open_edx_says_of_a_person_besides_the_subject_is_not_on_the_page(tool, issuer):
    with Browser() as browser:
        page = browser.submit(form_of(browser.open(f"{issuer}/start?role=student")))
        tool.visit(page)
        for word in ("Edda", "edda@example.test", "external-student"):
            assert word not in page.text
