"""``lti1p3platform`` through the demo LMS: real launches by a browser without script."""

import re
from html import unescape

import pytest

from connector.demo.lms import LrsAccess, ToolRegistration, lms_issuer, start_lms
from connector.domain import Audience
from tests.lti.peers.browser import Browser, form_of
from tests.lti.peers.tool import is_accepted_once

pytestmark = [pytest.mark.peers, pytest.mark.xdist_group("lti-peers")]
FRAME = re.compile(r'<iframe src="([^"]+)"')


@pytest.fixture(scope="module")
def lms(lms_python, tool, port, tmp_path_factory):
    issuer = lms_issuer(port)
    tool.register("demo-lms", issuer, "onward-demo", f"{issuer}/auth", f"{issuer}/jwks")
    registration = ToolRegistration(tool.login_url, tool.launch_url, "onward-demo", "1")
    access = LrsAccess("http://127.0.0.1:9/xAPI", "k", "s")
    with start_lms(lms_python, tmp_path_factory.mktemp("lms"), port, registration, access) as running:
        yield running


def launch_form(browser, lms, person):
    """Choose a person, open their course, follow the frame to the platform's form."""
    course = browser.post(f"{lms.issuer}/person", data={"user_id": person}, timeout=20)
    frame = unescape(FRAME.search(course.text)[1])
    return form_of(browser.open(f"{lms.issuer}{frame}"))


PEOPLE = [
    ("newcomer", "101", Audience.LEARNER, "en", ""),
    ("learner", "102", Audience.LEARNER, "en", "Amina"),
    ("French", "104", Audience.LEARNER, "fr", "Camille"),
    ("instructor", "105", Audience.INSTRUCTOR, "en", ""),
]


@pytest.mark.parametrize(
    ("person", "audience", "locale", "given_name"), [one[1:] for one in PEOPLE], ids=[one[0] for one in PEOPLE]
)
def test_a_person_of_the_demo_lms_gets_the_page_once(tool, lms, person, audience, locale, given_name):
    with Browser() as browser:
        form = launch_form(browser, lms, person)
        assert form.action == tool.launch_url
        visit = tool.visit(browser.submit(form))
        assert (visit.audience, visit.locale, visit.given_name) == (audience, locale, given_name)
        assert visit.course is not None
        assert visit.return_url.startswith(lms.issuer)
        is_accepted_once(tool, browser, form, lms.issuer)


def test_the_page_of_the_demo_lms_may_be_framed_by_it_alone(tool, lms):
    with Browser() as browser:
        page = browser.submit(launch_form(browser, lms, "103"))
        assert f"frame-ancestors {lms.issuer};" in page.headers["Content-Security-Policy"]


def test_a_reload_in_the_frame_ends_at_the_page_again(tool, lms):
    with Browser() as browser:
        form = launch_form(browser, lms, "102")
        tool.visit(browser.submit(form))
        anew = form_of(browser.submit(form))
        assert anew.fields["state"] != form.fields["state"]
        assert tool.visit(browser.submit(anew)).given_name == "Amina"


def test_a_browser_that_keeps_no_cookie_gets_to_the_page_in_a_new_tab(tool, lms):
    with Browser() as browser, Browser() as tab:
        form = launch_form(browser, lms, "102")
        browser.cookies.clear()
        offer = form_of(browser.submit(form))
        assert offer.action == tool.login_url
        tab.cookies.update(browser.cookies)
        tab.post(f"{lms.issuer}/person", data={"user_id": "102"}, timeout=20)
        assert tool.visit(tab.submit(form_of(tab.submit(offer)))).given_name == "Amina"


def test_a_token_changed_on_its_way_is_refused(tool, lms):
    with Browser() as browser:
        form = launch_form(browser, lms, "102")
        head, payload, signature = form.fields["id_token"].split(".")
        changed = f"{head}.{payload}.{signature[:-8]}{signature[-8:].swapcase()}"
        answer = browser.submit(form, id_token=changed)
        assert answer.status_code == 401
        assert "<code>signature_wrong</code>" in answer.text
