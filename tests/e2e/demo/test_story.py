"""The story that a visitor of ``make demo`` lives through, in Chromium with third-party cookies blocked.

With ``ONWARD_SCREENSHOTS=FOLDER`` the pictures of the documentation are taken on the way.
"""

import os
import re
import socket
from pathlib import Path

import pytest

from tests.e2e.demo.conftest import start_demo

pytestmark = [
    pytest.mark.browser,
    pytest.mark.peers,
    pytest.mark.lrs,
    pytest.mark.slow,
    pytest.mark.xdist_group("demo"),
]

PICTURES = os.environ.get("ONWARD_SCREENSHOTS", "")
SIMULATED = "all people here are simulated"


def carousel(page):
    """Return the frame of our page, once it has drawn itself."""
    frame = page.frame_locator("iframe")
    frame.locator("main").wait_for()
    return frame


def picture(page, name: str, *, pause: bool = True) -> None:
    """Take a picture for the documentation; a page without script cannot be waited for and needs not."""
    if not PICTURES:
        return
    carousel(page)
    if pause:
        page.wait_for_timeout(700)
    page.screenshot(path=Path(PICTURES) / f"{name}.png")


def titles(frame) -> list[str]:
    return [text.strip() for text in frame.locator(".card .title").all_inner_texts()]


def headings(frame) -> list[str]:
    return frame.locator("section.row h2").all_inner_texts()


def test_a_newcomer_sees_an_honest_page(person):
    page = person("Robin Vale")
    frame = carousel(page)
    assert "Good places to start" in frame.locator("h1").inner_text()
    assert not any("Because" in heading for heading in headings(frame))
    assert SIMULATED in frame.locator("body").inner_text()
    assert SIMULATED in page.locator("body").inner_text()
    picture(page, "course-newcomer")


def test_many_completions_give_rows_and_show_nothing_done_or_twice(person):
    page = person("Jonas Berg", height=1500)
    frame = carousel(page)
    assert any("Because you completed" in heading for heading in headings(frame))
    shown = titles(frame)
    assert len(shown) == len(set(shown))
    assert "Dashboards that people read" not in shown
    picture(page, "course-desktop")


def test_another_language_gets_its_own_titles(person):
    page = person("Camille Ferrand")
    frame = carousel(page)
    because = frame.locator("section.row", has=frame.locator("h2.because")).first
    assert because.locator(".card .title bdi[lang=fr]").count() >= 3  # the page is English, its courses are French
    assert "Animer une réunion efficace" in because.locator("h2").inner_text()
    assert page.locator("html").get_attribute("lang") == "fr"


def test_a_teacher_sees_a_sample_and_no_persons_rows(person):
    frame = carousel(person("Nora Halloran"))
    assert not any("Because" in heading for heading in headings(frame))


def test_a_completion_reaches_the_row_within_seconds_and_leaves_all_rows(person):
    page = person("Amina Sorel")
    course = page.locator("h1").first.inner_text()
    page.get_by_role("button", name="Complete this course").click()
    page.wait_for_load_state()
    wanted = re.compile(re.escape(course))
    for _ in range(20):
        frame = carousel(page)
        if frame.locator("section.row h2", has_text=wanted).count():
            break
        page.wait_for_timeout(1_000)
        page.goto(page.url.partition("&")[0])
    assert any(course in heading for heading in headings(frame)), headings(frame)
    assert course not in titles(frame)


def test_the_page_is_whole_without_script(person):
    page = person("Jonas Berg", java_script_enabled=False)
    page.get_by_role("link", name="Open in a new tab").wait_for()
    page.frame_locator("iframe").get_by_role("button", name="Open the recommendations").click()  # the LMS's form post
    frame = carousel(page)
    assert frame.locator(".card a.title").count() >= 3
    picture(page, "course-nojs", pause=False)


def test_it_fits_a_phone_and_the_dark(person):
    page = person("Jonas Berg", width=320, height=900)
    frame = carousel(page)
    assert frame.locator("html").evaluate("(html) => html.scrollWidth <= html.clientWidth")
    picture(page, "course-320")
    dark = person("Jonas Berg", color_scheme="dark")
    carousel(dark)
    picture(dark, "course-dark")


def test_the_switch_turns_personal_rows_off_and_on_again(person):
    frame = carousel(person("Jonas Berg"))
    frame.locator("summary", has_text="What is this?").click()
    frame.locator("button[name=personal_rows][value=off]").click()
    frame.get_by_text("Personal rows are off.").first.wait_for()
    assert not any("Because" in heading for heading in headings(frame))
    frame.locator("button[name=personal_rows][value=on]").first.click()
    frame.locator("section.row h2", has_text="Because you completed").first.wait_for()


def test_no_token_is_ever_in_a_url(person):
    page = person("Jonas Berg")
    requested = []
    page.on("request", lambda request: requested.append(request.url))
    page.reload()
    carousel(page)
    assert requested
    assert not any("visit=" in url or "id_token=" in url for url in requested)


def test_a_second_start_finds_everything_and_a_busy_port_is_told(demo, demo_folder, tmp_path):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 8790))
        busy.listen()
        second = start_demo(tmp_path, 8790)
        told = second.log.read_text()
        second.stop()
    assert "Port 8790 is busy" in told
    assert "8790/" not in second.lms + "/"
    assert second.process.returncode == 0
