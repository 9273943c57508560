"""The console in Chromium: by keyboard, at 320 pixels, in the dark, without script, under the policy of production."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe

from connector.store import leases
from connector.sync import JOB
from tests.e2e.console.served import PASSWORD, serving
from tests.lti.harness import NOON

pytestmark = pytest.mark.browser

ROOMS = ("/admin", "/admin/setup", *(f"/admin/setup/{key}" for key in ("address", "first", "page")))
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
CONTRAST = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}
"""All that a theme can change."""


def violations(page, rules=RULES) -> list[str]:
    found = Axe().run(page, options=rules).response["violations"]
    return [f"{rule['id']}: {[node['html'][:160] for node in rule['nodes']]}" for rule in found]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_any_room_and_none_scrolls_sideways(opened, served, theme):
    page = opened("/admin", bypass_csp=True, color_scheme=theme)
    for room in ROOMS:
        page.goto(f"{served.url}{room}")
        for width, height in ((1280, 900), (320, 700))[: 2 if theme == "light" else 1]:
            page.set_viewport_size({"width": width, "height": height})
            assert violations(page, RULES if theme == "light" else CONTRAST) == [], (room, width)
            assert page.evaluate("document.documentElement.scrollWidth") == width, (room, width)


def test_axe_finds_nothing_at_the_door_also_when_something_was_wrong(browser, served):
    context = browser.new_context(bypass_csp=True, viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(f"{served.url}/setup")
    assert violations(page) == []
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("Password").fill("not her password")
    page.keyboard.press("Enter")
    page.locator("#errors").wait_for()
    assert page.evaluate("document.activeElement.id") == "errors"
    assert violations(page) == []
    context.close()


def test_everything_is_reached_by_keyboard_and_the_focus_is_seen(opened):
    page = opened("/admin/setup/first")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    seen = set()
    for _ in range(25):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.textContent.trim()"))
        style = "getComputedStyle(document.activeElement).outlineStyle"
        assert page.evaluate(f"document.activeElement === document.body || {style} !== 'none'")
    assert {"Home", "Setup", "Sign out", "Read and train now"} <= seen


def test_targets_are_as_high_as_a_finger(opened, served):
    page = opened("/admin/setup", 320, 700)
    for room in ("/admin/setup", "/admin/setup/first", "/admin/setup/page", "/admin"):
        page.goto(f"{served.url}{room}")
        low = """[...document.querySelectorAll('main a, main button, header a, header button, nav a')]
          .filter((one) => { const box = one.getBoundingClientRect(); return box.height > 0 && box.height < 43; })
          .map((one) => one.outerHTML.slice(0, 120))"""
        assert page.evaluate(low) == [], room


@pytest.mark.parametrize("script", [True, False])
def test_progress_moves_by_itself_with_and_without_script(opened, served, script):
    site = served.stage.site
    page = opened("/admin/setup/first", java_script_enabled=script)
    with site.sessions.begin() as session:
        leases.take(session, site.tenant, JOB, "campus", "elsewhere:1:1", NOON)
        leases.beat(session, site.tenant, JOB, "campus", "elsewhere:1:1", {"read": 4321, "share": 0.25})
    page.get_by_text("4,321 statements read").wait_for(timeout=9000)
    assert page.locator("progress").get_attribute("value") == "25"
    with site.sessions.begin() as session:
        leases.put_down(session, site.tenant, JOB, "campus", "elsewhere:1:1", NOON)


def test_a_page_that_looks_again_leaves_the_focus_where_it_is(opened):
    page = opened("/admin/setup/first")
    page.get_by_role("link", name="Look again now").focus()
    page.wait_for_timeout(3500)
    assert page.evaluate("document.activeElement.textContent") == "Look again now"


def test_the_browser_tells_its_clock_with_script_and_says_so_without(opened, served):
    page = opened("/admin/setup/address")
    page.get_by_role("button", name="Compare with this browser's clock").click()
    page.get_by_text("The server's clock is").wait_for()
    page = opened("/admin/setup/address", java_script_enabled=False)
    page.get_by_role("button", name="Compare with this browser's clock").click()
    page.get_by_role("alert").get_by_text("did not tell its time").wait_for()


def test_who_was_signed_out_meanwhile_is_told_so_on_a_page_that_looks_again(opened, served):
    page = opened("/admin/setup/first")
    served.accounts.set_password("Ada", f"{PASSWORD} too")
    try:
        page.get_by_text("This page is not up to date any more").wait_for(timeout=9000)
    finally:
        served.accounts.set_password("Ada", PASSWORD)


def test_the_whole_way_from_the_code_to_signing_out_needs_no_script(browser, tmp_path):
    with serving(f"sqlite:///{tmp_path / 'onward.db'}") as fresh:
        code = fresh.accounts.new_code().code
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{fresh.url}/setup")
        page.get_by_label("Setup code").fill(code)
        page.get_by_label("Your name here").fill("Ada")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Setup").wait_for()
        page.get_by_role("link", name="Address").click()
        page.get_by_role("link", name="Next:").click()
        page.get_by_role("link", name="Home").click()
        page.get_by_role("heading", name="Is everything well?").wait_for()
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("heading", name="Sign in").wait_for()
        fresh.stage.scene.now += timedelta(minutes=1)
        context.close()
