"""Debian's WebKitGTK: its small browser on a screen that nobody sees, driven by WebDriver over HTTP."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests

from connector.demo.processes import free_port, start, stop, wait_until_ready
from tests.e2e.peers.driven import ELEMENT, PATIENCE, Driven, Refused

PROGRAM = Path("/usr/bin/WebKitWebDriver")
SCREEN = Path("/usr/bin/Xvfb")
BROWSERS = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser"))
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
    "LIBGL_ALWAYS_SOFTWARE": "1",
    "NO_AT_BRIDGE": "1",
}
"""Its sandbox needs rights that a container does not give; all pages here are ours."""


class WebKit(Driven):
    """A browser that the driver at ``url`` starts."""

    def __init__(self, url: str) -> None:
        self._http = requests.Session()
        self._http.trust_env = False
        options = {"binary": str(BROWSERS[0]), "args": ["--automation"]}
        self._url = f"{url}/session"
        session = self._post("", capabilities={"alwaysMatch": {"webkitgtk:browserOptions": options}})
        self._url = f"{url}/session/{session['sessionId']}"

    def open(self, url: str) -> None:
        self._post("/url", url=url)

    def run(self, body: str) -> Any:
        return self._post("/execute/sync", script=body, args=[])

    def click(self, selector: str) -> None:
        found = self._post("/element", using="css selector", value=selector)
        self._post(f"/element/{found[ELEMENT]}/click")

    def enter_first_frame(self) -> None:
        self._post("/frame", id=0)

    def windows(self) -> list[str]:
        return self._http.get(f"{self._url}/window/handles", timeout=PATIENCE).json()["value"]

    def enter_window(self, handle: str) -> None:
        self._post("/window", handle=handle)

    def close(self) -> None:
        self._http.delete(self._url, timeout=PATIENCE)
        self._http.close()

    def _post(self, command: str, **given: Any) -> Any:
        answer = self._http.post(self._url + command, json=given, timeout=PATIENCE).json()["value"]
        if isinstance(answer, dict) and "error" in answer:
            raise Refused(answer["message"])
        return answer


@contextmanager
def webkit(folder: Path) -> Iterator[WebKit]:
    """Yield a browser with a home of its own in ``folder``."""
    with ExitStack() as running:
        home = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "DISPLAY": running.enter_context(_screen())}
        port, log = free_port(), folder / "log"
        driver = start([str(PROGRAM), f"--port={port}", "--host=127.0.0.1"], ENVIRONMENT | home, log)
        running.callback(stop, driver)
        wait_until_ready(driver, f"http://127.0.0.1:{port}/status", log, timedelta(seconds=PATIENCE))
        opened = WebKit(f"http://127.0.0.1:{port}")
        running.callback(opened.close)
        yield opened


@contextmanager
def _screen() -> Iterator[str]:
    """Yield the name of a screen in memory, a free one that the server itself chose."""
    read, write = os.pipe()
    command = [str(SCREEN), "-displayfd", str(write), "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as told:
            yield f":{told.readline().strip()}"
    finally:
        stop(server)
