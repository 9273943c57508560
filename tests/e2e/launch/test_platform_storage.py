"""A browser that keeps no cookie in a frame, and a platform that keeps the secret: LTI platform storage in Chromium."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy import func, select

from connector.store import tables

FRAME = "iframe.tool"
PAGE = "onward-page main:not(.message)"
STORED = ["POST /lti/login", "POST /lti/launch", "POST /lti/launch"]


@pytest.fixture
def storing(world):
    """A world where only the platform's storage can carry the secret."""
    world.keeps_cookies = False
    world.platform.frame = "_parent"
    return world


def opened(context, world, **options):
    page = context(**{"patient": world.platform.temper not in {"silent", "hostile"}} | options).new_page()
    urls = []
    page.on("request", lambda request: urls.append(request.url))
    page.goto(f"{world.platform.origin}/course")
    return page, page.frame_locator(FRAME), urls


def used_logins(world) -> list[bool]:
    with world.site.readers.begin() as session:
        return [used is not None for used in session.scalars(select(tables.launch_state.c.used_at))]


def test_the_window_around_the_frame_keeps_the_secret_and_the_page_comes(storing, context):
    page, frame, _ = opened(context, storing)
    frame.locator(PAGE).wait_for()
    assert storing.paths() == STORED
    assert used_logins(storing) == [True]
    put, get = page.evaluate("heard")
    assert [put[1]["subject"], get[1]["subject"]] == ["lti.put_data", "lti.get_data"]
    assert put[0] == get[0] == storing.tool
    assert put[1]["key"] == get[1]["key"]


def test_the_secret_is_in_no_url(storing, context):
    page, frame, urls = opened(context, storing)
    frame.locator(PAGE).wait_for()
    (secret,) = page.evaluate("Object.values(kept)")
    assert len(secret) == 43
    assert not [url for url in [*urls, *(url for _, url in storing.asked)] if secret in url]
    assert page.frames[1].evaluate("document.documentElement.outerHTML.includes('" + secret + "')") is False


def test_a_frame_beside_ours_keeps_the_secret_as_canvas_does(storing, context):
    storing.platform.frame = "post_message_forwarding"
    _, frame, _ = opened(context, storing)
    frame.locator(PAGE).wait_for()
    assert storing.paths() == STORED


def test_where_the_cookie_comes_back_nobody_is_asked_for_the_secret(storing, context):
    storing.keeps_cookies = True
    page, frame, _ = opened(context, storing)
    frame.locator(PAGE).wait_for()
    assert storing.paths() == STORED[:2]
    assert [said[1]["subject"] for said in page.evaluate("heard")] == ["lti.put_data"]


@pytest.mark.parametrize("temper", ["silent", "error", "forgets"])
def test_a_storage_that_fails_ends_at_a_new_tab_which_works(storing, context, temper):
    storing.platform.temper = temper
    page, frame, _ = opened(context, storing)
    button = frame.get_by_role("button", name="Open in a new tab")
    expect(button).to_be_visible()
    assert storing.paths() == STORED[:2]
    assert used_logins(storing) == [False]
    with page.context.expect_page() as tab:
        button.click()
    tab.value.locator(PAGE).wait_for()
    assert sorted(used_logins(storing)) == [False, True]


@pytest.mark.parametrize("frame", ["nowhere", "length", "0", "location"])
def test_a_frame_that_is_not_there_is_not_waited_for(storing, context, frame):
    page = context(patient=False).new_page()
    page.route("**/course", lambda route: route.fulfill(body=_course(storing), content_type="text/html"))
    storing.platform.frame = frame
    page.goto(f"{storing.platform.origin}/course")
    expect(page.frame_locator(FRAME).get_by_role("button", name="Open in a new tab")).to_be_visible()


def _course(world) -> str:
    return f'<!doctype html><title>C</title><iframe class=tool src="{world.platform.origin}/start"></iframe>'


def test_a_frame_of_another_origin_hears_nothing_and_is_not_believed(storing, context):
    storing.platform.frame, storing.platform.temper = "post_message_forwarding", "hostile"
    storing.platform.storage_at = storing.platform.origin.replace("localhost", "127.0.0.1")
    page, frame, _ = opened(context, storing)
    expect(frame.get_by_role("button", name="Open in a new tab")).to_be_visible()
    hostile = next(one for one in page.frames if one.name == "post_message_forwarding")
    assert hostile.evaluate("heard") == []
    assert used_logins(storing) == [False]


def test_another_site_that_frames_our_pages_gets_neither_the_secret_nor_a_page(storing, context):
    page = context().new_page()
    complaints = []
    page.on("console", lambda line: complaints.append(line.text))
    elsewhere = storing.platform.origin.replace("localhost", "127.0.0.1")
    page.goto(f"{elsewhere}/course")
    expect(page.frame_locator(FRAME).locator("#storage")).to_have_count(0)
    page.wait_for_timeout(300)
    assert page.evaluate("heard") == []
    assert [line for line in complaints if "frame-ancestors" in line]


def test_the_secret_posted_by_another_page_is_not_believed(storing, context):
    """Login CSRF: whoever began a login knows its secret, and lets another person's browser post it."""
    storing.platform.holds = True
    attacker, frame, _ = opened(context, storing)
    frame.locator("#go").wait_for()
    (secret,) = attacker.evaluate("Object.values(kept)")
    address = frame.locator("#go").get_attribute("href")
    html = attacker.request.get(f"{storing.platform.origin}{address}").text()
    forged = re.sub("<script>.*?</script>", "", html).replace(
        "<button", f'<input name=browser value="{secret}"><button'
    )
    victim = context().new_page()
    victim.route("**/evil", lambda route: route.fulfill(body=forged, content_type="text/html"))
    victim.goto(f"{storing.platform.origin}/evil")
    victim.locator("#send").click()
    expect(victim.locator("code")).to_have_text("state_other_browser")
    with storing.site.readers.begin() as session:
        assert session.scalar(select(func.count()).select_from(tables.learner)) == 0


def test_a_reload_of_the_frame_starts_again_by_itself(storing, context):
    page, frame, _ = opened(context, storing)
    frame.locator(PAGE).wait_for()
    page.frames[1].evaluate("location.reload()")
    page.wait_for_function("heard.length === 4", polling=100)
    frame.locator(PAGE).wait_for()
    assert used_logins(storing) == [True, True]


def test_without_script_a_link_goes_on_and_the_new_tab_works(storing, context):
    page, frame, _ = opened(context, storing, java_script_enabled=False)
    frame.locator("#send").click()
    frame.get_by_role("link", name="Go on").click()
    frame.locator("#send").click()
    with page.context.expect_page() as tab:
        frame.get_by_role("button", name="Open in a new tab").click()
    tab.value.locator("#send").click(no_wait_after=True)
    tab.value.locator(PAGE).wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_pages_are_accessible_and_fit_320_pixels(storing, context, scheme):
    storing.platform.temper = "silent"
    page, frame, _ = opened(context, storing, viewport={"width": 320, "height": 652}, color_scheme=scheme)
    expect(frame.get_by_role("button", name="Open in a new tab")).to_be_visible()
    assert page.frames[1].evaluate("document.documentElement.scrollWidth") <= 320
    assert [found["id"] for found in Axe().run(page).response["violations"]] == []
