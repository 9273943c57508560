"""Debian's Chromium, driven by Playwright."""

from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

PROGRAM = Path("/usr/bin/chromium")
SWITCHES = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium():
    """Yield a browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(PROGRAM), args=SWITCHES)
        try:
            yield browser
        finally:
            browser.close()
