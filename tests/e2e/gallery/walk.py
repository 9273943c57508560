"""Each state in each frame, theme and language, in Chromium: what axe finds, what scrolls sideways, what complains."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

from axe_playwright_python.sync_playwright import Axe
from PIL import Image

DESKTOP, PHONE, ROW = (1280, 900), (320, 700), (750, 240)
FRAMES = (DESKTOP, PHONE, ROW)
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
CONTRAST = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}
"""All that a theme can change."""
WIDTH = "document.documentElement.scrollWidth"


@dataclass(frozen=True)
class View:
    """How a state is looked at: the query, in which frames, by which rules of axe, with script or without."""

    query: str
    frames: tuple[tuple[int, int], ...] = FRAMES
    script: bool = True

    @property
    def rules(self) -> dict:
        return CONTRAST if "dark" in self.query else RULES


LIGHT, DARK = View("theme=light"), View("theme=dark")
VIEWS = (LIGHT, DARK, View("language=de", (PHONE,)), View("language=en-XA", (PHONE, ROW)))
PLAIN = View("theme=light", (DESKTOP,), script=False)
WITHOUT_SCRIPT = "personal"


def views_of(name: str) -> tuple[View, ...]:
    return (*VIEWS, PLAIN) if name == WITHOUT_SCRIPT else VIEWS


@dataclass
class Walked:
    """What a walk over one state found: sentences by view, pictures by theme and frame, requests beyond our origin."""

    found: list[str]
    shots: dict[tuple[str, tuple[int, int]], Image.Image]
    looked: int = 0


def walk(browser, address: str, name: str, *, views: tuple[View, ...] | None = None) -> Walked:
    """Look at one state in all its views."""
    walked = Walked([], {})
    for view in views or views_of(name):
        with _opened(browser, f"{address}/gallery/{name}?{view.query}", view, walked) as page:
            for frame in view.frames:
                _look(page, view, frame, walked)
    return walked


@contextmanager
def _opened(browser, url: str, view: View, walked: Walked) -> Iterator:
    """Yield the page; what its console says and what it asks of other origins is found."""
    context = browser.new_context(
        viewport=dict(zip(("width", "height"), view.frames[0], strict=True)),
        java_script_enabled=view.script,
        bypass_csp=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.on("console", lambda line: _complained(walked, view, line))
    page.on("request", lambda request: _asked(walked, view, url, request.url))
    page.goto(url)
    yield page
    context.close()


def _complained(walked: Walked, view: View, line) -> None:
    if line.type in {"error", "warning"}:
        walked.found.append(f"{view.query}: the console says {line.text}")


def _asked(walked: Walked, view: View, own: str, asked: str) -> None:
    if not asked.startswith((own.partition("/gallery")[0], "data:")):
        walked.found.append(f"{view.query}: it asks {asked}")


def _look(page, view: View, frame: tuple[int, int], walked: Walked) -> None:
    page.set_viewport_size({"width": frame[0], "height": frame[1]})
    walked.found += [f"{view.query} {frame}: {one}" for one in (_axe(page, view) if view.script else _dead_ends(page))]
    if page.evaluate(WIDTH) > frame[0]:
        walked.found.append(f"{view.query} {frame}: it scrolls sideways")
    walked.looked += 1
    if view in {LIGHT, DARK}:
        page.evaluate("scrollTo(0, 0)")
        walked.shots[view.query, frame] = Image.open(BytesIO(page.screenshot())).convert("RGB")


def _axe(page, view: View) -> list[str]:
    violations = Axe().run(page, options=view.rules).response["violations"]
    return [f"{one['id']} {one['nodes'][0]['html'][:160]}" for one in violations]


def _dead_ends(page) -> list[str]:
    """Return the Cards that open nothing; axe needs script, so without it this is looked at instead."""
    cards = page.locator(".card").count()
    return [] if cards == page.locator(".card a.title[href]").count() > 0 else ["a card opens nothing"]
