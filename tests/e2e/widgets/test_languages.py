"""German, and a pseudo-locale a third longer than English, in Chromium: nothing overflows, is cut or collides."""

import pytest

from tests.e2e.widgets.forms import FORMS
from tests.e2e.widgets.states import STATES
from tests.e2e.widgets.test_browser import RULES, violations
from widgets.pseudo import TAG

pytestmark = pytest.mark.browser

EVERY = [name for name in (*STATES, *FORMS) if name not in {"demo", "window", "all-done"}]
WIDTHS = ((320, 700), (750, 240), (1280, 900))
WITH_AXE = {"personal", "preview-of-a-link", "newcomer", "new-tab", *FORMS}
"""Pages that between them have every kind of part."""
CUT = """() => [...document.querySelectorAll('h1, h2, .btn, .link, .count, .note, .home, label, dt, dd, summary')]
  .filter((one) => one.checkVisibility() && getComputedStyle(one).display !== 'inline')
  .filter((one) => one.scrollWidth > one.clientWidth + 1
    || (!one.closest('.track') && one.getBoundingClientRect().right > innerWidth + 1))
  .map((one) => `${one.tagName} ${one.className}: ${one.innerText.slice(0, 60)}`)"""
"""What is wider than its box or, unless it stands in a row that pages, than the window."""
COLLIDING = """() => [...document.querySelectorAll('.head, .top, .foot, .do, .note')].flatMap((box) => {
  const parts = [...box.children].filter((part) => part.checkVisibility() && part.getBoundingClientRect().width);
  const places = parts.map((part) => part.getBoundingClientRect());
  return places.flatMap((a, at) => places.slice(at + 1).map((b, more) => [a, b, parts[at], parts[at + 1 + more]]))
    .filter(([a, b]) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
    .map(([, , one, other]) => `${box.className}: ${one.innerText.slice(0, 40)} / ${other.innerText.slice(0, 40)}`);
})"""
"""What stands in one line and lies over its neighbour."""


@pytest.mark.parametrize("name", EVERY)
def test_a_longer_language_is_neither_cut_nor_collides_and_axe_finds_nothing(visit, site, name):
    page = visit(f"{name}?language=de&cards=3", 320, 700, bypass_csp=True)
    assert page.locator("html").get_attribute("lang") == "de"
    assert name not in WITH_AXE or violations(page, RULES) == []
    assert trouble(page) == {}
    page.goto(f"{site.url}/{name}?language={TAG}&theme=dark&cards=3")
    assert trouble(page) == {}


def trouble(page) -> dict[tuple[int, int], list[str]]:
    """What is wrong at which size of the window."""
    found = {}
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        sideways = page.evaluate("document.documentElement.scrollWidth") - width
        found[width, height] = [*page.evaluate(CUT), *page.evaluate(COLLIDING), *([sideways] if sideways else [])]
    return {size: wrong for size, wrong in found.items() if wrong}


def test_the_check_sees_what_is_cut_and_what_collides(visit):
    page = visit("personal?language=de&cards=3", 320, 700, bypass_csp=True)
    page.add_style_tag(content=".head h2{white-space:nowrap;display:block!important;overflow:hidden;inline-size:90px}")
    page.add_style_tag(content=".top{flex-wrap:nowrap!important}.top .link{margin-inline-start:-90px!important}")
    wrong = trouble(page)[320, 700]
    assert any(each.startswith("H2 because: Weil Sie") for each in wrong)
    assert any(each.startswith("top: Als Nächstes lernen / Was ist das?") for each in wrong)


@pytest.mark.parametrize("language", ["de", TAG])
def test_without_script_the_page_fits_too(visit, language):
    page = visit(f"personal?language={language}&cards=3", 320, 700, java_script_enabled=False)
    assert page.locator("h1").bounding_box()["width"] <= 320
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_keyboard_reaches_a_german_page_in_order(visit):
    page = visit("personal?language=de&cards=5")
    names = []
    for _ in range(6):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.ariaLabel || document.activeElement.innerText.trim()"))
    assert [name.split("\n")[0] for name in names] == [
        "Was ist das?",
        "Alle anzeigen",
        "Vorherige zeigen",
        "Weitere zeigen",
        "Pivot tables in 30 minutes",
        "Warum das?",
    ]
