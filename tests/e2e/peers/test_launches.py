"""Launches of platforms that we did not write, in a frame on another site, third-party cookies blocked and allowed.

The LMS is on ``localhost``, the tool on 127.0.0.1: two sites, as a browser sees them. What a platform cannot launch
stands with it in ``campus.py``.
"""

import os
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from connector.lti.origin import origin_of
from tests.e2e.peers.kept import PERSONAL, kept_since

pytestmark = [pytest.mark.browser, pytest.mark.peers, pytest.mark.xdist_group("lti-peers")]
LAUNCHES = [
    *(("demo_lms", role) for role in ("learner", "teacher", "admin", "anonymous")),
    ("mock", "learner"),
    *(("openedx", role) for role in ("learner", "teacher", "admin")),
]
SAMPLE = "Preview. These rows are a sample; each learner sees rows of their own. Your visit is not counted."
NOBODY = "Your learning platform did not say who you are. Everyone sees these rows; nothing about you was used."
OWN = "Because you completed Course 1"
POPULAR = "Popular with people here"
PAGES = {
    "learner": ([], OWN, 16),
    "teacher": ([SAMPLE], POPULAR, 20),
    "admin": ([SAMPLE], POPULAR, 20),
    "anonymous": ([NOBODY], POPULAR, 20),
}
"""By role: the line above the rows, the first row (a learner has Up next above), and its courses in full, of twenty."""
PLAIN_COOKIE = "document.cookie = 'plain=1; Secure; SameSite=None', document.cookie.includes('plain=1')"


@pytest.fixture(params=LAUNCHES, ids="-".join)
def launch(request, person, peers, stocked):
    """A launch in the frame of an LMS's page: the role, the page, the frame, and what the tool has kept since."""
    peer, role = request.param
    if person.allows_cookies and role != "learner" and os.environ.get("ONWARD_SOAK") != "1":
        pytest.skip("Who is no learner, where cookies are allowed: with ONWARD_SOAK=1")
    page, since = person.context.new_page(), kept_since(stocked)
    peers[peer].open(page, role)
    frame = page.frame_locator("iframe")
    frame.locator("onward-page main").wait_for()
    return role, page, frame, since


def test_a_launch_ends_in_the_page_of_its_role_and_no_cookie_is_needed_after(launch, person, stocked):
    role, page, frame, since = launch
    line, heading, items = PAGES[role]
    assert (urlsplit(page.url).hostname, origin_of(page.frames[1].url)) == ("localhost", stocked.url)
    assert page.frames[1].evaluate(PLAIN_COOKIE) is person.allows_cookies
    assert frame.locator(".note:not(.fault) p").all_inner_texts() == line
    assert frame.locator("section.row h2").first.inner_text() == heading
    assert frame.get_by_text(OWN).count() == (role == "learner")
    person.context.clear_cookies()
    opens_a_course(page, frame)
    frame.get_by_role("button", name="See all").first.click()
    expect(frame.locator("h1")).to_have_text(heading)
    assert frame.locator(".card").count() == items
    assert person.context.cookies() == []
    is_kept_as_it_should_be(role, since())


def opens_a_course(page, frame):
    """Click on a title: the page's own script tells the tool."""
    with page.expect_response("**/act") as told:
        frame.locator("a.title").first.click()
    assert told.value.status == 204
    assert "cookie" not in told.value.request.all_headers()


def is_kept_as_it_should_be(role, new):
    """Of a learner the two pages and the click; of who teaches no visit; of nobody nothing at all."""
    if role == "learner":
        assert (len(new["slate"]), [row.kind for row in new["event"]]) == (2, ["click"])
        assert len({row.learner_id for row in (*new["slate"], *new["event"])} - {None}) == 1
        return
    assert (new["slate"], new["event"]) == ([], [])
    if role == "anonymous":
        assert new == {table.name: [] for table in PERSONAL}
