"""Launches of ``lti1p3platform`` in Firefox and WebKit, in a frame on another site.

Firefox as it comes keeps a partitioned cookie. Told to refuse every cookie of another site it refuses that one, too,
and so does WebKitGTK as it comes: there the honest state is the step into a new tab. What WebKit shows in that tab is
not tried: it keeps no Secure cookie over plain http, not even on loopback, and these tests have no certificate.
"""

import pytest

from tests.e2e.peers import firefox, webkit
from tests.e2e.peers.kept import kept_since
from tests.e2e.peers.stock import stock

pytestmark = [pytest.mark.browser, pytest.mark.peers, pytest.mark.xdist_group("lti-peers")]
REFUSES_ALL = {"network.cookie.cookieBehavior": 1}
FIRST_ROW = "return document.querySelector('onward-page section.row h2')?.innerText"
OWN = "Because you completed Course 1"


@pytest.fixture(scope="module")
def catalogue(stocked, demo_lms):
    stock(stocked.site, {demo_lms.issuer: ["102"]})
    return stocked


def firefox_that(folder, preferences):
    if not firefox.PROGRAM.exists():
        pytest.skip("Firefox is not installed: `apt-get install firefox-esr`")
    return firefox.firefox(folder, preferences)


def webkit_as_it_comes(folder):
    if not (webkit.PROGRAM.exists() and webkit.SCREEN.exists() and webkit.BROWSERS):
        pytest.skip("WebKit is not installed: `apt-get install webkit2gtk-driver xvfb`")
    return webkit.webkit(folder)


def launched(browser, lms):
    """Open the course page of somebody who completed course 1, and enter its frame."""
    browser.open(f"{lms.issuer}/")
    browser.click('button[value="102"]')
    browser.wait_for("return !!document.querySelector('iframe')")
    browser.enter_first_frame()


def test_firefox_shows_a_learner_their_own_page_in_the_frame(catalogue, demo_lms, tmp_path):
    since = kept_since(catalogue)
    with firefox_that(tmp_path, {}) as browser:
        launched(browser, demo_lms)
        assert browser.wait_for(FIRST_ROW) == OWN
        browser.click("button[name=row]")
        assert browser.wait_for("return document.querySelector('h1.because')?.innerText") == OWN
        assert browser.run("return document.querySelectorAll('.card').length") == 16
    assert len(since()["slate"]) == 2


def test_a_firefox_that_refuses_every_cookie_gets_there_in_a_new_tab(catalogue, demo_lms, tmp_path):
    since = kept_since(catalogue)
    with firefox_that(tmp_path, REFUSES_ALL) as browser:
        is_offered_a_new_tab(browser, demo_lms)
        assert since()["slate"] == []
        known = browser.windows()
        browser.click("button")
        browser.enter_new_tab(known)
        assert browser.wait_for(FIRST_ROW) == OWN
    assert len(since()["slate"]) == 1


def test_webkit_is_offered_a_new_tab(catalogue, demo_lms, tmp_path):
    since = kept_since(catalogue)
    with webkit_as_it_comes(tmp_path) as browser:
        is_offered_a_new_tab(browser, demo_lms)
    assert since()["slate"] == []


def is_offered_a_new_tab(browser, lms):
    launched(browser, lms)
    assert browser.wait_for("return document.querySelector('h1')?.innerText") == "One more click"
    assert browser.run("return document.querySelector('button').innerText") == "Open in a new tab"
