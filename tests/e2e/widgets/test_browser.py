"""The page in Chromium, under the content security policy of production."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.widgets.states import STATES
from widgets import asset_names
from widgets.samples import BECAUSE, VISIT

pytestmark = pytest.mark.browser

SIZES = ((1280, 900), (320, 700), (750, 240))
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
CONTRAST = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}
"""All that a theme can change."""
IN_EVERY_FRAME = {"personal", "up-next", "topics", "newcomer"}
FOCUSED = "document.activeElement"


def forms(site) -> list[tuple[str, str]]:
    return [(path, body) for path, _, body in site.posted if not body.startswith("{")]


def violations(page, rules=RULES) -> list[str]:
    found = Axe().run(page, options=rules).response["violations"]
    return [f"{rule['id']}: {[node['html'][:160] for node in rule['nodes']]}" for rule in found]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", [*STATES, "arabic"])
def test_axe_finds_nothing(visit, name, theme):
    page = visit(f"{name}?theme={theme}&cards=5", bypass_csp=True)
    for width, height in SIZES if theme == "light" and name in IN_EVERY_FRAME else SIZES[:1]:
        page.set_viewport_size({"width": width, "height": height})
        assert violations(page, RULES if theme == "light" else CONTRAST) == [], (width, height)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_axe_finds_nothing_on_the_back_of_a_card_or_in_what_is_this(visit, width, height):
    page = visit("personal?cards=5", width, height, bypass_csp=True)
    page.locator(".acts summary").first.click()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.locator("a[href='#about']:visible").click()
    page.locator("#about").wait_for(state="visible")
    assert violations(page) == []


@pytest.mark.parametrize("name", [*STATES, "arabic"])
def test_no_page_scrolls_sideways(visit, name):
    page = visit(name)
    for width, height in ((320, 700), (750, 240), (883, 652), (1280, 900)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_policy_is_enforced_and_the_page_asks_for_nothing_beyond_its_own_files(browser, site):
    page = browser.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1]))
    page.goto(f"{site.url}/personal")
    own = [asset_names()[name] for name in ("onward.css", "low.css", "lying.css", "onward.js")]
    assert (asked[0], sorted(asked[1:])) == ("personal", sorted(own))
    refused = page.evaluate("try { document.body.innerHTML = '<b>x</b>'; 'ran' } catch (error) { error.name }")
    assert refused == "TypeError"
    page.close()


def test_without_script_it_is_a_list_of_links_with_reasons(visit):
    page = visit("personal", java_script_enabled=False)
    row = page.get_by_role("region", name="Because you completed Excel basics")
    assert row.get_by_role("listitem").count() == 12
    first = row.get_by_role("link").first
    assert first.get_attribute("href") == BECAUSE.cards[0].url
    name = "Pivot tables in 30 minutes 214 of 312 people completed this later"
    assert row.get_by_role("link", name=name, exact=True).count() == 1
    assert page.locator(".pager button").count() == 0
    row.get_by_role("button", name="See all").click()
    assert page.locator("h1").inner_text() == "Because you completed Excel basics"


def test_without_script_the_switch_posts_the_visit_and_the_choice(visit, site):
    page = visit("personal", java_script_enabled=False)
    page.locator(".about > summary").click()
    page.get_by_role("button", name="Switch personal rows off").click()
    assert ("/act", f"visit={VISIT}&personal_rows=off") in forms(site)


def test_see_all_asks_for_its_row(visit, site):
    page = visit("personal")
    page.get_by_role("button", name="See all").first.click()
    assert forms(site) == [("/page", f"visit={VISIT}&row=because%3A7")]


def test_back_returns_to_the_rows(visit, site):
    page = visit("see-all")
    page.get_by_role("button", name="Back", exact=True).click()
    assert forms(site) == [("/page", f"visit={VISIT}")]


def test_buttons_page_by_whole_cards_and_stay_at_the_ends(visit):
    page = visit("personal", 1280, reduced_motion="reduce")
    row = page.get_by_role("region", name="Because you completed Excel basics")
    earlier, more = row.get_by_role("button", name="Show earlier"), row.get_by_role("button", name="Show more")
    assert (earlier.get_attribute("aria-disabled"), more.get_attribute("aria-disabled")) == ("true", "false")
    more.click()
    fifth = row.locator(".card").nth(4)
    page.wait_for_function("document.querySelectorAll('.track')[0].scrollLeft > 0")
    assert fifth.bounding_box()["x"] == pytest.approx(40, abs=1)
    more.click()
    more.click(force=True)  # it may be at the end already: then this does nothing
    page.wait_for_function("document.querySelector('.pager button:last-child').ariaDisabled === 'true'")
    last = row.locator(".card").nth(11).bounding_box()
    assert last["x"] + last["width"] == pytest.approx(1240, abs=1)
    more.click(force=True)
    assert more.count() == 1


def test_a_row_that_fits_has_no_buttons(visit):
    page = visit("personal")
    assert page.get_by_role("region", name="Continue").locator(".pager button").count() == 0


def test_in_a_page_from_right_to_left_more_lies_to_the_left(visit):
    page = visit("arabic", 883, 652, reduced_motion="reduce")
    page.locator(".pager button:last-child").first.click()
    page.wait_for_function("document.querySelector('.track').scrollLeft < -100")
    assert page.locator(".pager button").first.get_attribute("aria-disabled") == "false"


def test_the_keyboard_reaches_everything_in_order_and_escape_closes_why(visit):
    page = visit("personal")
    names = []
    for _ in range(6):
        page.keyboard.press("Tab")
        names.append(page.evaluate(f"{FOCUSED}.ariaLabel || {FOCUSED}.innerText.trim().split('\\n')[0]"))
    assert names == ["What is this?", "See all", "Show earlier", "Show more", "Pivot tables in 30 minutes", "Why this?"]
    page.keyboard.press("Enter")
    assert page.locator("details[name=why][open]").count() == 1
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert page.locator("details[name=why][open]").count() == 0
    assert page.evaluate(f"{FOCUSED}.tagName") == "SUMMARY"


def test_focus_brings_a_card_into_sight_and_rings_it(visit):
    page = visit("personal", reduced_motion="reduce")
    link = page.locator(".track").first.locator("a.title").nth(8)
    page.locator(".track").first.locator(".acts summary").nth(7).focus()
    page.keyboard.press("Tab")
    box = link.bounding_box()
    assert 0 <= box["x"] <= 1280 - box["width"]
    ring = link.evaluate("link => getComputedStyle(link, '::after').outlineWidth")
    assert ring == "3px"


def test_opening_one_why_closes_the_other_and_its_front_leaves_the_tab_order(visit):
    page = visit("personal")
    page.locator(".acts summary").nth(0).click()
    page.locator(".acts summary").nth(1).click()
    page.wait_for_function("document.querySelectorAll('details[name=why][open]').length === 1")
    second = page.locator(".card").nth(1)
    assert "186 of the 312 people who completed Excel basics completed this later." in second.inner_text()
    assert second.locator("a.title").evaluate("link => getComputedStyle(link).visibility") == "hidden"


@pytest.mark.parametrize(("width", "height"), [(750, 220), (750, 240), (750, 300), (750, 360), (883, 450), (883, 520)])
@pytest.mark.parametrize("name", ["personal", "late", "preview", "newcomer", "arabic"])
def test_a_low_frame_shows_one_whole_row_and_hides_the_rest_from_everyone(visit, name, width, height):
    page = visit(name, width, height)
    assert page.locator(".row:visible").count() == 1
    assert page.get_by_role("region").count() <= 2
    assert page.evaluate("document.documentElement.scrollHeight") <= height
    assert page.locator(".row:visible .card").first.bounding_box()["height"] > 100


def test_a_low_frame_leads_to_what_is_this_and_back_without_script(visit):
    page = visit("personal", 750, 240, java_script_enabled=False)
    page.locator(".about-link").click()
    assert page.get_by_role("button", name="Switch personal rows off").is_visible()
    assert page.locator(".row:visible").count() == 0
    page.get_by_role("link", name="Back to the rows").click()
    assert page.locator(".row:visible").count() == 1


@pytest.mark.parametrize("name", ["personal", "newcomer", "opted-out", "see-all"])
def test_every_target_is_44_pixels_high_on_a_phone(visit, name):
    page = visit(name, 320, 700)
    low = page.evaluate(
        "[...document.querySelectorAll('button, summary, a:not(.title)')].filter(e => e.checkVisibility())"
        ".filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 120))"
    )
    assert low == []


@pytest.mark.parametrize("width", [320, 883, 1280])
def test_nothing_moves_when_the_script_draws_its_buttons(visit, width):
    page = visit("personal", width, 900)
    before = "document.querySelectorAll('.pager').forEach(pager => pager.replaceChildren())"
    tops = "[...document.querySelectorAll('.track')].map(track => track.getBoundingClientRect().top)"
    after = page.evaluate(tops)
    page.evaluate(before)
    assert page.evaluate(tops) == after


def test_impressions_and_clicks_are_sent_with_the_visit_as_bearer_and_nothing_is_stored(visit, site):
    page = visit("personal", 1280, 400)
    page.route("https://learn.example/**", lambda route: route.fulfill(body="course"))
    headers, body = site.first(lambda path, _: path == "/act")
    seen = json.loads(body)
    assert headers["Authorization"] == f"Bearer {VISIT}"
    assert "Cookie" not in headers
    assert seen["slate"] == "s-7f3a"
    assert seen["clicks"] == []
    assert seen["impressions"] == [{"item": card.key, "position": n} for n, card in enumerate(BECAUSE.cards[:4])]
    assert page.evaluate("localStorage.length + sessionStorage.length + document.cookie.length") == 0
    page.locator("a.title").nth(1).click()
    page.wait_for_url("https://learn.example/**")
    _, body = site.first(lambda _, body: '"clicks":[{' in body)
    assert json.loads(body)["clicks"] == [{"item": BECAUSE.cards[1].key, "position": 1}]


def test_an_expired_visit_is_silent_and_ends_the_counting(visit, site):
    site.answer = 401
    page = visit("personal", 1280, 400)
    site.first(lambda path, _: path == "/act")
    page.wait_for_timeout(500)
    page.mouse.wheel(0, 900)
    page.wait_for_timeout(3600)
    assert len(site.posted) == 1
    assert [line for line in visit.complaints if "401" not in line] == []
    visit.complaints.clear()


def heard(page, least=0) -> list:
    page.wait_for_function("least => heard.length >= least", arg=least)
    page.wait_for_timeout(600)
    return page.evaluate("heard")


def test_the_platform_hears_the_height_in_both_forms(visit, site):
    page = visit_as_platform(visit, site, "frame/personal?height=652")
    told = heard(page, least=2)
    as_object, as_text = told[0], json.loads(told[1])
    assert as_object == as_text
    assert as_object["subject"] == "lti.frameResize"
    assert as_object["height"] > 1200


def test_a_canvas_frame_of_450_asks_for_the_height_of_all_rows(visit, site):
    page = visit_as_platform(visit, site, "frame/personal?height=450")
    assert heard(page, least=1)[0]["height"] > 1200


def test_a_low_frame_asks_for_nothing(visit, site):
    page = visit_as_platform(visit, site, "frame/personal?height=240")
    assert heard(page) == []


def test_a_stranger_hears_nothing(visit, site):
    page = visit("frame/personal?height=652")
    assert heard(page) == []


def visit_as_platform(visit, site, path):
    page = visit("plain")
    page.goto(f"{site.platform}/{path}")
    return page
