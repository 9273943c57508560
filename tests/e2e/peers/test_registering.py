"""A tool registered through a frame on another site, then launched from there; cookies blocked and allowed.

No platform at hand that we did not write registers tools by itself: the LMS's side of the registration is a stub of
ours, and what it was told is what ``lti1p3platform`` launches.
"""

import pytest
from sqlalchemy import select

from connector.administer import invites
from connector.administer.invites import NewInvite
from connector.clock import now
from connector.store import tables
from tests.e2e.peers.stock import stock

pytestmark = [pytest.mark.browser, pytest.mark.peers, pytest.mark.xdist_group("lti-peers")]
CLOSE = {"subject": "org.imsglobal.lti.close"}


@pytest.fixture(scope="module")
def catalogue(stocked, demo_lms):
    stock(stocked.site, {demo_lms.issuer: ["102"]})
    return stocked


def test_what_was_registered_in_a_frame_is_launched_from_the_course(person, catalogue, demo_lms):
    page, name = person.context.new_page(), f"cookies allowed: {person.allows_cookies}"
    register(page, catalogue, demo_lms, name)
    assert person.context.cookies() == []
    assert launched_as(catalogue, name) == ""
    demo_lms.open(page, "learner")
    frame = page.frame_locator("iframe")
    frame.get_by_role("heading", name="Because you completed Course 1").wait_for()
    assert launched_as(catalogue, name) == "learner"


def register(page, tool, lms, name):
    """Open an invite as the LMS's administrator does, and agree."""
    site = tool.site
    invite = invites.invite(NewInvite(name=name), tool.url, site.tenant, site.sessions, now)
    page.goto(f"{lms.issuer}/tools?invite={invite.url}")
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="Register").click()
    frame.get_by_role("heading", name="Registered").wait_for()
    frame.get_by_role("button", name="Done: close this page").click()
    page.wait_for_function("heard.length > 0")
    assert page.evaluate("heard") == [[tool.url, CLOSE]]


def launched_as(tool, name):
    with tool.site.readers.begin() as session:
        found = session.execute(select(tables.platform).where(tables.platform.c.name == name))
        return found.one().launched_as
