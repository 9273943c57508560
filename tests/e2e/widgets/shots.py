"""Write a picture of each state, size and theme: ``python -m tests.e2e.widgets.shots FOLDER [NAME …]``."""

import sys
from pathlib import Path

from tests.e2e.widgets.chromium import chromium
from tests.e2e.widgets.server import serving
from widgets.samples import MESSAGES, PAGES

FULL = {"full_page": True}
SIZES = ((883, 652), (750, 220), (750, 240), (750, 300), (883, 450), (320, 700))


def plan() -> dict[str, tuple[str, int, int, dict]]:
    """Return picture name → (path, width, height, options)."""
    shots = {f"{name}-1280": (name, 1280, 900, FULL) for name in [*PAGES, "arabic"]}
    shots |= {f"message-{name}-883": (name, 883, 500, {}) for name in MESSAGES}
    shots |= {f"personal-{width}x{height}": ("personal", width, height, {}) for width, height in SIZES}
    shots |= {f"{name}-{w}x{h}": (name, w, h, {}) for name in ("late", "newcomer") for w, h in ((750, 240), (883, 450))}
    shots |= {
        "personal-1280-dark": ("personal?theme=dark", 1280, 900, FULL),
        "personal-320-full": ("personal", 320, 700, FULL),
        "personal-320-dark": ("personal?theme=dark", 320, 700, {}),
        "personal-750x240-dark": ("personal?theme=dark", 750, 240, {}),
        "arabic-750x240": ("arabic", 750, 240, {}),
        "newcomer-320": ("newcomer", 320, 700, {}),
        "all-done-750x240": ("all-done", 750, 240, {}),
        "demo-750x220": ("demo", 750, 220, {}),
        "refused-320": ("refused", 320, 700, {}),
        "refused-750x240": ("refused", 750, 240, {}),
        "personal-883-nojs": ("personal", 883, 652, {"java_script_enabled": False}),
        "personal-883-forced": ("personal", 883, 900, {"forced_colors": "active"}),
        "personal-883-why": ("personal", 883, 652, {"press": ".acts summary >> nth=1"}),
        "personal-750x240-why": ("personal", 750, 240, {"press": ".acts summary >> nth=0"}),
        "personal-750x240-about": ("personal", 750, 240, {"press": ".about-link"}),
        "personal-1280-about": ("personal", 1280, 900, FULL | {"press": ".foot .about > summary"}),
        "personal-883-focus": ("personal", 883, 652, {"keys": ["Tab"] * 4}),
    }
    return shots


def shoot(browser, address: str, file: Path, shot: tuple[str, int, int, dict]) -> None:
    """Take one picture."""
    path, width, height, options = shot
    settings = {name: options[name] for name in ("java_script_enabled", "forced_colors") if name in options}
    context = browser.new_context(viewport={"width": width, "height": height}, **settings)
    page = context.new_page()
    page.goto(f"{address}/{path}")
    if "press" in options:
        page.locator(options["press"]).click()
    for key in options.get("keys", []):
        page.keyboard.press(key)
    page.wait_for_timeout(150)
    page.screenshot(path=file, full_page=options.get("full_page", False))
    context.close()


def main(folder: str, *names: str) -> None:
    """Write the named pictures, or all."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    with serving() as server, chromium() as browser:
        for name, shot in plan().items():
            if not names or name in names:
                shoot(browser, server.url, target / f"{name}.png", shot)
                print(name)


if __name__ == "__main__":
    main(*sys.argv[1:])
