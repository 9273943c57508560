"""Write a picture of each room, size and theme: ``python -m tests.e2e.console.shots FOLDER``."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.e2e.console.served import PASSWORD, serving
from tests.e2e.widgets.chromium import chromium

SIZES = {"1280": (1280, 900), "320": (320, 700)}
ROOMS = {
    "home": "/admin",
    "setup": "/admin/setup",
    "address": "/admin/setup/address",
    "lms": "/admin/setup/lms",
    "lrs": "/admin/setup/lrs",
    "matching": "/admin/setup/matching",
    "first": "/admin/setup/first",
    "page": "/admin/setup/page",
}


def main(folder: str) -> None:
    """Write the pictures."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as place, serving(f"sqlite:///{place}/onward.db") as served, chromium() as browser:
        shoot_doors(served, browser, target)
        served.stage.stock(history_of="4")
        shoot_rooms(served, browser, target)


def shoot_doors(served, browser, target: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{served.url}/setup")
    page.screenshot(path=target / "claim-1280.png", full_page=True)
    page.get_by_label("Setup code").fill("ABCDE-FGHJK")
    page.get_by_label("Your name here").fill("Ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    page.screenshot(path=target / "claim-refused-1280.png", full_page=True)
    page.set_viewport_size({"width": 320, "height": 700})
    page.screenshot(path=target / "claim-refused-320.png", full_page=True)
    served.accounts.add("Ada", PASSWORD)
    page.goto(f"{served.url}/setup")
    page.screenshot(path=target / "sign-in-320.png", full_page=True)
    page.close()


def shoot_rooms(served, browser, target: Path) -> None:
    for theme in ("light", "dark"):
        context = browser.new_context(color_scheme=theme)
        page = context.new_page()
        served.sign_in(page)
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            for name, path in ROOMS.items():
                answer = page.goto(f"{served.url}{path}")
                if answer.status == 200:
                    page.screenshot(path=target / f"{name}-{size}-{theme}.png", full_page=True)
        context.close()


if __name__ == "__main__":
    main(sys.argv[1])
