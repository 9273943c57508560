"""The gallery's own code, on two states: what `make gallery` would find, and that it would find it."""

import pytest
from PIL import Image

from connector.web import gallery
from tests.e2e.gallery import strips, table
from tests.e2e.gallery.served import serving, weights
from tests.e2e.gallery.walk import DARK, FRAMES, LIGHT, PLAIN, ROW, View, walk

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address():
    with serving() as url:
        yield url


@pytest.mark.parametrize("name", ["anonymous", "refused"])
def test_a_walk_finds_nothing_and_takes_a_picture_of_each_frame(browser, address, name):
    walked = walk(browser, address, name, views=(LIGHT, DARK))
    assert walked.found == []
    assert set(walked.shots) == {(view.query, frame) for view in (LIGHT, DARK) for frame in FRAMES}
    assert strips.strip(walked.shots).size == (1608, 667)


def test_pictures_come_from_our_own_address_and_stand_where_posters_do(browser, address):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/gallery/pictures")
    first = page.locator("img.poster").first
    page.wait_for_function("document.querySelector('img.poster').naturalWidth > 0")
    box, beside = first.bounding_box(), page.locator("svg.poster").first.bounding_box()
    assert (box["width"], box["height"]) == (beside["width"], beside["height"])
    assert first.get_attribute("alt") == ""
    loading = [one.get_attribute("loading") for one in page.locator("img.poster").all()]
    assert (loading[:2], set(loading[2:])) == ([None, None], {"lazy"})  # what is seen first is fetched at once
    assert all(one.startswith(f"{address}/") for one in asked)
    assert any("/gallery/picture/" in one for one in asked)
    page.close()


def test_a_fault_of_each_kind_is_found(browser, address, monkeypatch):
    drawn = '<!doctype html><html lang="en"><title>x</title><main><h1>x</h1>{}</main></html>'
    faults = {
        "image-alt": '<img src="/gallery/picture/1">',
        "sideways": '<p style="width:2000px">wide</p>',
        "asks": '<img alt="" src="http://localhost:9/elsewhere.png">',
        "opens nothing": '<div class="card">no link</div>',
    }
    monkeypatch.setattr(gallery, "render", lambda _page: drawn.format("".join(faults.values())))
    found = walk(browser, address, "personal", views=(View("theme=light", (ROW,)), PLAIN)).found
    assert [fault for fault in faults if not any(fault in one for one in found)] == []


def test_the_index_leads_to_every_state(browser, address):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{address}/gallery")
    assert page.locator(".state a").all_inner_texts() == list(gallery.states())
    page.locator(".state a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/gallery/personal?theme=light")
    page.close()


def test_weights_are_those_of_the_page_and_its_files(address):
    html, assets = weights(address, "personal")
    assert 2_000 < html < 15_000
    assert 5_000 < assets < 12_000


def test_lines_measured_anew_take_the_place_of_old_ones_and_states_that_are_gone_go():
    old = "head\n<!-- when --><!-- /when -->\n<!-- measured -->\n<!-- /measured -->\n\n## Pictures\n"
    first = table.written(old, [table.Line("a", 0, (1, 2)), table.Line("b", 0, (3, 4))], ["a", "b"], "then")
    again = table.written(first, [table.Line("b", 5, (1234, 6))], ["b", "c"], "now")
    assert table.known_lines(again) == {"b": ["[`b`](#b)", "5", "—", "—", "—", "—", "—", "1,234", "6"]}
    assert "<!-- when -->now<!-- /when -->" in again
    assert again.count("### ") == 1
    assert table.written(again, [], ["b"], "now") == again


def test_a_strip_is_small(tmp_path):
    noise = Image.effect_noise((1280, 900), 40).convert("RGB")
    shots = {(view.query, frame): noise.resize(frame) for view in (LIGHT, DARK) for frame in FRAMES}
    strips.save(shots, tmp_path / "one.webp")
    assert (tmp_path / "one.webp").stat().st_size < 400_000
