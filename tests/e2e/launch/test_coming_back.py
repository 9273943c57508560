"""F5, Back, two tabs, a late answer, a phone, third-party cookies blocked: each ends in the page or one clear step."""

from contextlib import suppress
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError as TookTooLong
from playwright.sync_api import expect

FRAME = "iframe.tool"
PAGE = "onward-page:defined main:not(.message)"
"""Once its script has put the link into the history."""
ONCE = ["POST /lti/login", "POST /lti/launch"]


@pytest.fixture(params=["cookie", "storage"])
def either(world, request):
    """The same tool once with the partitioned cookie, once with the platform's storage alone."""
    world.keeps_cookies = request.param == "cookie"
    world.platform.frame = "" if world.keeps_cookies else "_parent"
    return world


def course(page, world):
    page.goto(f"{world.platform.origin}/course")
    frame = page.frame_locator(FRAME).first
    frame.locator(PAGE).wait_for()
    return frame


def launched_again(page, world):
    """Wait until the platform has signed a second token."""
    for _ in range(150):
        if world.platform.launched == 2:
            return
        page.wait_for_timeout(100)
    raise AssertionError(world.paths())


def test_a_reload_of_the_course_ends_in_the_page(either, context):
    page = context().new_page()
    frame = course(page, either)
    page.reload()
    frame.locator(PAGE).wait_for()
    assert either.platform.launched == 2


def test_a_reload_of_the_frame_ends_in_the_page(either, context):
    page = context().new_page()
    frame = course(page, either)
    page.frames[1].evaluate("location.reload()")
    launched_again(page, either)
    frame.locator(PAGE).wait_for()


def test_back_from_another_page_ends_in_the_page(either, context):
    page = context().new_page()
    frame = course(page, either)
    page.goto(f"{either.platform.origin}/other")
    page.go_back()
    frame.locator(PAGE).wait_for()


def test_back_leaves_the_course_where_the_cookie_came_back(world, context):
    """At once; on a busy machine the platform's form may have left a step in the history, which ends in the page."""
    page = context().new_page()
    page.goto(f"{world.platform.origin}/other")
    page.locator("#on").click()
    page.frame_locator(FRAME).locator(PAGE).wait_for()
    for _ in range(3):
        page.evaluate("() => setTimeout(() => history.back())")
        with suppress(TookTooLong):
            page.locator("#on").wait_for(timeout=6000)
            return
        page.frame_locator(FRAME).locator(PAGE).wait_for()
    raise AssertionError(world.paths())


def test_back_inside_the_frame_ends_in_the_page_where_the_platform_keeps_the_secret(world, context):
    """Posting the secret is a step of its own in the history; browsers' buttons pass over it, a script does not."""
    world.keeps_cookies, world.platform.frame = False, "_parent"
    page = context().new_page()
    frame = course(page, world)
    page.evaluate("() => setTimeout(() => history.back())")
    launched_again(page, world)
    frame.locator(PAGE).wait_for()


def test_two_tabs_at_once_end_in_two_pages(either, context):
    person = context()
    tabs = [person.new_page() for _ in range(2)]
    for tab in tabs:
        tab.goto(f"{either.platform.origin}/course", wait_until="commit")
    for tab in tabs:
        tab.frame_locator(FRAME).locator(PAGE).wait_for()


def test_two_frames_of_one_course_end_in_two_pages(either, context):
    either.platform.frames = 2
    page = context().new_page()
    course(page, either)
    page.frame_locator(FRAME).nth(1).locator(PAGE).wait_for()


def test_a_launch_whose_form_is_sent_twice_ends_in_the_page(either, context):
    page = context().new_page()
    forms = []
    page.on("request", lambda sent: forms.append(sent.post_data) if sent.url.endswith("/lti/launch") else None)
    frame = course(page, either)
    fields = dict(pair.split("=", 1) for pair in forms[-1].split("&"))
    page.evaluate(
        "(fields) => {const form = document.createElement('form'); form.method = 'post';"
        "form.action = fields.to; delete fields.to; form.target = 'tool0';"
        "for (const [name, value] of Object.entries(fields)) {const one = document.createElement('input');"
        "one.name = name; one.value = value; form.append(one)} document.body.append(form); form.submit()}",
        fields | {"to": f"{either.tool}/lti/launch"},
    )
    launched_again(page, either)
    frame.locator(PAGE).wait_for()


def test_a_login_that_took_too_long_says_so_and_opening_the_course_again_works(either, context):
    either.platform.holds = True
    page = context().new_page()
    page.goto(f"{either.platform.origin}/course")
    frame = page.frame_locator(FRAME)
    frame.locator("#go").wait_for()
    either.late = timedelta(minutes=11)
    frame.locator("#go").click()
    expect(frame.locator("code")).to_have_text("state_expired")
    expect(frame.locator("main")).to_contain_text("open it from there again")
    assert [found["id"] for found in Axe().run(page).response["violations"]] == []
    either.platform.holds = False
    page.reload()
    frame.locator(PAGE).wait_for()


def test_a_phone_gets_the_tool_as_its_whole_window_with_a_way_back(world, context):
    world.platform.target = "frame"
    page = context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True).new_page()
    page.goto(f"{world.platform.origin}/start")
    page.locator(PAGE).wait_for()
    assert page.url.startswith(f"{world.tool}/lti/again?login=")
    page.get_by_role("link", name="Back to the course").first.click()
    page.wait_for_url(f"{world.platform.origin}/course")


def test_in_a_new_window_a_storage_that_was_named_is_not_needed(world, context):
    world.platform.frame = "_parent"
    page = context().new_page()
    page.goto(f"{world.platform.origin}/start")
    page.locator(PAGE).wait_for()
    assert world.paths() == ONCE


def test_a_reload_of_a_whole_window_ends_in_the_page(world, context):
    page = context().new_page()
    page.goto(f"{world.platform.origin}/start")
    page.locator(PAGE).wait_for()
    page.reload()
    launched_again(page, world)
    page.locator(PAGE).wait_for()


def test_a_browser_that_allows_no_cookie_at_all_and_no_storage_gets_the_new_tab(world, context):
    world.keeps_cookies = False
    page = context().new_page()
    page.goto(f"{world.platform.origin}/course")
    button = page.frame_locator(FRAME).get_by_role("button", name="Open in a new tab")
    with page.context.expect_page() as tab:
        button.click()
    tab.value.locator(PAGE).wait_for()
