"""Placements in frames of another site: what shows at which size, who scrolls, where links open."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

SCROLLS = "document.documentElement.scrollHeight > innerHeight"
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"
ANCHOR = "https://moodle.example/course/view.php?id=2"
TEACHER = {"role": "Instructor", "sub": "77"}


def frame_of(page):
    page.frame_locator("iframe").locator("main").wait_for()
    return next(one for one in page.frames if one.url.startswith("http://127.0.0.1"))


@pytest.mark.parametrize("kind", ["canvas", "sakai"])
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_a_frame_that_follows_our_height_has_no_scroll_bar_of_its_own(opened, lms, kind, width):
    page = opened(lms.page_url(kind, height="450"), width, 900)
    frame = frame_of(page)
    page.wait_for_function("heard.length > 1 && document.querySelector('iframe').clientHeight > 450")
    page.wait_for_function("document.documentElement.scrollHeight >= document.querySelector('iframe').clientHeight")
    frame.wait_for_function(f"!({SCROLLS})")
    assert not frame.evaluate(SIDEWAYS)
    assert not page.evaluate(SIDEWAYS)


@pytest.mark.parametrize(("width", "height"), [(320, 700), (768, 652), (883, 652), (1280, 652)])
def test_a_frame_of_fixed_height_scrolls_inside_and_the_page_around_it_does_not(opened, lms, width, height):
    page = opened(lms.page_url("moodle", height=str(height)), width, height)
    frame = frame_of(page)
    assert not page.evaluate(SCROLLS)
    assert not page.evaluate(SIDEWAYS)
    assert not frame.evaluate(SIDEWAYS)


@pytest.mark.parametrize(("width", "height"), [(300, 450), (450, 450), (900, 450), (750, 220), (300, 260)])
@pytest.mark.parametrize("launch", [{}, {"custom": {"layout": "compact"}}], ids=["page", "compact"])
def test_a_low_frame_shows_one_whole_row_and_nobody_scrolls(opened, lms, width, height, launch):
    page = opened(lms.page_url(height=str(height), **launch), width, height)
    frame = frame_of(page)
    assert frame.locator(".row:visible").count() == 1
    assert not frame.evaluate(SCROLLS)
    assert not frame.evaluate(SIDEWAYS)


def test_a_compact_link_asks_for_the_height_of_its_one_row(opened, lms):
    page = opened(lms.page_url("sakai", height="652", custom={"layout": "compact"}), 883, 900)
    frame = frame_of(page)
    page.wait_for_function("heard.length > 1 && document.querySelector('iframe').clientHeight < 300")
    assert frame.locator(".row:visible").count() == 1
    assert not frame.evaluate(SCROLLS)
    as_object, as_text = page.evaluate("heard.slice(0, 2)")
    assert as_object == json.loads(as_text)


def test_a_grid_shows_all_cards_without_paging(opened, lms):
    page = opened(lms.page_url(custom={"row": "popular", "layout": "grid"}), 883, 652)
    frame = frame_of(page)
    assert frame.locator(".grid .card").count() == 12
    assert frame.locator(".pager").count() == 0
    assert not frame.evaluate(SIDEWAYS)


def test_every_link_leaves_the_frame(opened, lms):
    for launch in ({}, TEACHER, {"sub": "9"}, {"sub": None}):
        frame = frame_of(opened(lms.page_url(**launch)))
        links = frame.evaluate("[...document.links].map(one => [one.getAttribute('href'), one.target])")
        assert [href for href, target in links if not href.startswith("#") and target not in {"_top", "_blank"}] == []
        assert len(links) > 5


def test_in_a_window_of_its_own_the_way_back_to_the_course_comes_first_and_a_low_window_hides_nothing(opened, lms):
    page = opened(lms.start_url(), 844, 390)
    page.locator("onward-page").wait_for()
    back = page.get_by_role("link", name="Back to the course").first
    assert back.get_attribute("href") == f"{lms.origin}/course/back"
    assert back.bounding_box()["y"] < 60
    assert page.locator(".row:visible").count() > 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText.trim()") == "Back to the course"


def test_in_a_frame_there_is_no_second_way_back_at_the_top(opened, lms):
    frame = frame_of(opened(lms.page_url()))
    assert frame.locator(".home").count() == 0
    assert frame.get_by_role("link", name="Back to the course").count() == 1


def test_who_teaches_sees_a_sample_then_their_own_rows_then_the_sample(opened, lms):
    page = opened(lms.page_url(role="Instructor", custom={"row": "because", "anchor": ANCHOR}))
    frame = page.frame_locator("iframe")
    frame.get_by_text("A learner who completed").wait_for()
    frame.get_by_role("button", name="Show my own rows").click()
    frame.get_by_text("Your own rows.").wait_for()
    frame.get_by_role("button", name="Show the sample").click()
    frame.get_by_text("A learner who completed").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_sample_with_a_fault(opened, lms, scheme):
    launch = TEACHER | {"custom": {"row": "carousel", "layout": "compact"}}
    for width, height in ((883, 652), (750, 220), (320, 700))[: 3 if scheme == "light" else 1]:
        page = opened(lms.page_url(height=str(height), **launch), width, height, color_scheme=scheme, bypass_csp=True)
        found = Axe().run(frame_of(page)).response["violations"]
        assert [rule["id"] for rule in found] == []
