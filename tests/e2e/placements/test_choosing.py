"""A teacher chooses what a new link shows, in a frame of another site; with script and without."""

import jwt
import pytest
from axe_playwright_python.sync_playwright import Axe

from connector.lti.deep_linking import CONTENT_ITEMS

pytestmark = pytest.mark.browser

CHOOSE = {"role": "Instructor", "sub": "77", "deep_linking": True}


def said(lms) -> dict:
    """Return the last answer's claims, verified by the tool's published key for this LMS."""
    token = lms.returned[-1]
    key = lms.stage.parts.keyring.signing_key(lms.stage.site.tenant)
    assert jwt.get_unverified_header(token)["kid"] == key.id
    options = {"verify_exp": False, "verify_iat": False}
    return jwt.decode(token, key.private.public_key(), ["RS256"], audience=lms.origin, options=options)


def frame_of(page):
    return page.frame_locator("iframe")


def test_two_clicks_and_the_row_is_in_the_course(opened, lms):
    page = opened(lms.page_url(height="575", **CHOOSE), 766, 575)
    frame = frame_of(page)
    frame.get_by_text("Top picks", exact=True).click()
    frame.get_by_role("button", name="Add to the course").click()
    frame.get_by_role("heading", name="Content was added").wait_for()
    assert [link["custom"] for link in said(lms)[CONTENT_ITEMS]] == [{"row": "top-picks"}]


def test_a_course_that_is_picked_is_the_choice(opened, lms):
    frame = frame_of(opened(lms.page_url(**CHOOSE)))
    frame.get_by_label("Which course").select_option(index=1)
    assert frame.get_by_role("radio", name="Because you completed one course").is_checked()
    frame.get_by_role("button", name="Add to the course").click()
    frame.get_by_role("heading", name="Content was added").wait_for()
    (link,) = said(lms)[CONTENT_ITEMS]
    assert link["custom"]["row"] == "because"
    assert link["custom"]["anchor"].startswith("https://moodle.example/course/view.php?id=")


def test_without_script_the_same_is_chosen_by_keyboard_and_a_button_takes_it_back(opened, lms):
    page = opened(lms.start_url(**CHOOSE), java_script_enabled=False)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("radio", name="Popular with people here").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Add to the course").press("Enter")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("heading", name="Content was added").wait_for()
    assert [link["custom"] for link in said(lms)[CONTENT_ITEMS]] == [{"row": "popular"}]


def test_cancel_goes_back_with_nothing(opened, lms):
    frame = frame_of(opened(lms.page_url(**CHOOSE)))
    frame.get_by_role("button", name="Cancel").click()
    frame.get_by_role("heading", name="Content was added").wait_for()
    assert said(lms)[CONTENT_ITEMS] == []


def test_a_learner_is_told_that_it_is_not_for_them(opened, lms):
    frame = frame_of(opened(lms.page_url(**(CHOOSE | {"role": "Learner", "sub": "4"}))))
    frame.get_by_text("deep_linking_not_for_learners").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_choice_is_accessible_and_fits_320_pixels(opened, lms, scheme):
    for width, height in ((766, 575), (320, 700)):
        page = opened(lms.page_url(height=str(height), **CHOOSE), width, height, color_scheme=scheme, bypass_csp=True)
        frame_of(page).locator(".choosing").wait_for()
        inner = next(one for one in page.frames if one.url.startswith("http://127.0.0.1"))
        assert inner.evaluate("document.documentElement.scrollWidth <= innerWidth")
        low = "[...document.querySelectorAll('button, select, .option')].filter(e => e.offsetHeight < 44).length"
        assert inner.evaluate(low) == 0
        assert [found["id"] for found in Axe().run(inner).response["violations"]] == []
