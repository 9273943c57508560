"""Debian's Chromium, driven by Playwright; one that hangs is ended, and the next test gets another."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer
from typing import Self

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
    with Browsers() as browsers:
        yield browsers.running()


class Browsers:
    """Browsers without a window, one for each set of switches, started when they are first asked for."""

    def __init__(self) -> None:
        self._driver = sync_playwright()
        self._started = {}

    def __enter__(self) -> Self:
        self._playwright = self._driver.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        with ended_after(60):
            for browser in self._started.values():
                browser.close()
        self._driver.__exit__()

    def running(self, *more: str):
        """Return the browser with ``more`` switches; another one if that one has ended."""
        browser = self._started.get(more)
        if browser is None or not browser.is_connected():
            args = [*SWITCHES, *more]
            browser = self._started[more] = self._playwright.chromium.launch(executable_path=str(PROGRAM), args=args)
        return browser


@contextmanager
def ended_after(seconds: float) -> Iterator[None]:
    """End every browser of this process that still keeps us after so long: what waits for it then fails at once."""
    watch = Timer(seconds, end_browsers)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def end_browsers() -> None:
    """Kill the browsers that descend from this process."""
    parents = dict(_parents())
    for number in parents:
        if _is_browser(number) and os.getpid() in _ancestors(number, parents):
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)


def _parents() -> Iterator[tuple[int, int]]:
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            yield int(folder.name), int((folder / "stat").read_text().rpartition(")")[2].split()[1])


def _ancestors(number: int, parents: dict[int, int]) -> Iterator[int]:
    while number := parents.get(number, 0):
        yield number


def _is_browser(number: int) -> bool:
    try:
        return "chromium" in str(Path(f"/proc/{number}/exe").readlink())
    except OSError:
        return False
