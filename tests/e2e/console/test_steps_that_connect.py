"""The steps LMS, LRS and matching in a browser: they wait by themselves, fit a phone, and work without script."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.console.served import PASSWORD, serving
from tests.lti.harness import CLAIM

INSTRUCTOR = {CLAIM + "roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"]}
PAGES = ("lms", "lms/moodle", "lms/canvas", "lrs", "matching")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with serving(f"sqlite:///{tmp_path_factory.mktemp('steps') / 'onward.db'}") as served:
        served.accounts.add("Ada", PASSWORD)
        served.stage.scene.launch_url = f"{served.url}/lti/launch"
        yield served


RULES = {"light": {}, "dark": {"runOnly": {"type": "rule", "values": ["color-contrast"]}}}
"""A theme can change nothing but contrast."""


def signed_in(browser, served, **options):
    page = browser.new_context(**options).new_page()
    served.sign_in(page)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_steps_are_accessible_and_fit_320_pixels(browser, served, scheme):
    page = signed_in(browser, served, viewport={"width": 320, "height": 700}, color_scheme=scheme)
    complaints = []
    page.on("console", lambda line: complaints.append(line.text) if line.type in {"error", "warning"} else None)
    for path in PAGES:
        page.goto(f"{served.url}/admin/setup/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        assert [found["id"] for found in Axe().run(page, options=RULES[scheme]).response["violations"]] == [], path
    assert complaints == []
    page.context.close()


def test_a_value_is_copied_by_its_button_and_an_error_leads_to_its_field(browser, served):
    page = signed_in(browser, served, permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{served.url}/admin/setup/lms/moodle")
    page.get_by_role("button", name="Copy Initiate login URL").click()
    page.get_by_text("Copied").first.wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == f"{served.url}/lti/login"
    page.get_by_label("Platform ID").first.fill(f"{served.url}/my/")
    page.get_by_label("Client ID").fill("1")
    page.get_by_role("button", name="Look at it and register").click()
    page.get_by_role("link", name="Client ID: This looks like Deployment ID.").click()
    assert page.evaluate("document.activeElement.id") == "client_id"
    page.context.close()


def test_without_script_an_invite_is_made_and_its_address_can_be_selected(browser, served):
    page = signed_in(browser, served, java_script_enabled=False)
    page.goto(f"{served.url}/admin/setup/lms/canvas")
    assert page.get_by_role("button", name="Copy").count() == 0
    page.get_by_role("button", name="Make the address").click()
    assert page.get_by_role("textbox", name="Registration URL").input_value().startswith(f"{served.url}/lti/register/")
    page.get_by_role("link", name="I have pasted it").click()
    assert "waiting for your LMS…" in page.locator("main").inner_text()
    page.context.close()


def test_waiting_turns_to_a_launch_that_was_seen_by_itself(browser, served):
    page = signed_in(browser, served)
    page.goto(f"{served.url}/admin/setup/lms")
    page.get_by_text("Nobody has launched yet").wait_for()
    page.evaluate("window.here = true")
    assert served.stage.launch(**INSTRUCTOR).status_code == 200
    page.get_by_text("Launch seen as Instructor").wait_for(timeout=15_000)
    assert page.evaluate("window.here") is True
    page.context.close()
