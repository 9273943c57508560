"""A real launch in Chromium: Pictures come from our own address, and no request leaves it."""

from urllib.parse import urlsplit

import pytest

from tests.lti.http.picturing import give_pictures
from tests.lti.http.stage import TOOL, staged

pytestmark = pytest.mark.browser


@pytest.fixture
def stage(sqlite_url):
    with staged(sqlite_url) as stage:
        stage.stock(history_of="4")
        give_pictures(stage)
        yield stage


def test_a_learners_browser_asks_nobody_else_for_a_picture(browser, stage):
    launched, asked = stage.launch(), []

    def answer(route):
        asked.append(route.request.url)
        parts = urlsplit(route.request.url)
        if f"{parts.scheme}://{parts.netloc}" != TOOL:
            route.abort()
            return
        found = launched if parts.path == "/here" else stage.browser().get(parts.path, base_url=TOOL)
        route.fulfill(status=found.status_code, headers=dict(found.headers), body=found.data)

    page = browser.new_page(viewport={"width": 1280, "height": 900}, device_scale_factor=2)
    page.route("**/*", answer)
    page.goto(f"{TOOL}/here")
    page.wait_for_function(
        "[...document.querySelectorAll('img.poster')].some((one) => one.complete && one.naturalWidth)"
    )
    sizes = page.evaluate("[...document.images].map((one) => [one.currentSrc.endsWith('/2'), one.naturalWidth])")
    assert [True, 320] in sizes  # 640 pixels at a density of two
    assert [one for one in asked if not one.startswith(f"{TOOL}/")] == []
    assert sum("/image/" in one for one in asked) >= 1
    page.close()
