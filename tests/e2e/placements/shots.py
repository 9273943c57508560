"""Write pictures of placements: ``python -m tests.e2e.placements.shots FOLDER [NAME …]``."""

import sys
import tempfile
from pathlib import Path

from tests.e2e.placements.lms import campus
from tests.e2e.widgets.chromium import chromium

SIZES = ((883, 652), (750, 220), (390, 844))
TEACHER = {"role": "Instructor", "sub": "77"}
ANCHOR = "https://moodle.example/course/view.php?id=2"
LAUNCHES = {
    "page": {},
    "compact": {"custom": {"layout": "compact"}},
    "grid": {"custom": {"row": "popular", "layout": "grid"}},
    "teacher": TEACHER,
    "sample": TEACHER | {"custom": {"row": "because", "anchor": ANCHOR}},
    "fault": TEACHER | {"custom": {"row": "carousel", "layout": "compact"}},
    "own": {"role": "Instructor"},
    "newcomer": {"sub": "9"},
    "choosing": TEACHER | {"deep_linking": True},
}
MORE = {
    "page-300x450": (300, 450, {}),
    "page-450x450": (450, 450, {}),
    "page-900x450": (900, 450, {}),
    "choosing-766x575": (766, 575, LAUNCHES["choosing"]),
}


def plan():
    """Yield name, width, height, launch and theme of each picture."""
    for theme in ("light", "dark"):
        for name, launch in LAUNCHES.items():
            for width, height in SIZES:
                yield f"{name}-{width}x{height}-{theme}", width, height, launch, theme
        for name, (width, height, launch) in MORE.items():
            yield f"{name}-{theme}", width, height, launch, theme


def main(folder: str, *names: str) -> None:
    """Write the pictures whose name begins with one of ``names``, or all."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as place,
        campus(f"sqlite:///{place}/onward.db", theme="auto") as lms,
        chromium() as browser,
    ):
        for name, width, height, launch, theme in plan():
            if names and not name.startswith(names):
                continue
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
            page = context.new_page()
            page.goto(lms.page_url(height=str(height), **launch))
            page.frame_locator("iframe").locator("main").wait_for()
            page.wait_for_timeout(200)
            page.screenshot(path=target / f"{name}.png")
            context.close()
            print(name)


if __name__ == "__main__":
    main(*sys.argv[1:])
