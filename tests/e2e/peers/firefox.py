"""Debian's Firefox, driven by its own Marionette protocol (JSON over a socket): no other program is needed."""

import json
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from connector.demo.processes import start, stop
from tests.e2e.peers.driven import ELEMENT, PATIENCE, Driven, Refused

PROGRAM = Path("/usr/bin/firefox-esr")
QUIET = {
    "marionette.port": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.normandy.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "http://127.0.0.1:9",
}
"""A free port of its own, and nothing asked of the network by itself."""


class Firefox(Driven):
    """A Firefox that listens on ``port``."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._stream, self._number = self._socket.makefile("rb"), 0
        self._read()
        self._ask("NewSession")

    def open(self, url: str) -> None:
        self._ask("Navigate", url=url)

    def run(self, body: str) -> Any:
        return self._ask("ExecuteScript", script=body, args=[])["value"]

    def click(self, selector: str) -> None:
        found = self._ask("FindElement", using="css selector", value=selector)["value"]
        self._ask("ElementClick", id=found[ELEMENT])

    def enter_first_frame(self) -> None:
        self._ask("SwitchToFrame", id=0)

    def windows(self) -> list[str]:
        return self._ask("GetWindowHandles")

    def enter_window(self, handle: str) -> None:
        self._ask("SwitchToWindow", handle=handle)

    def close(self) -> None:
        self._stream.close()
        self._socket.close()

    def _ask(self, command: str, **given: Any) -> Any:
        self._number += 1
        message = json.dumps([0, self._number, f"WebDriver:{command}", given])
        self._socket.sendall(f"{len(message)}:{message}".encode())
        _, number, error, answer = self._read()
        assert number == self._number
        if error:
            raise Refused(error["message"])
        return answer

    def _read(self) -> Any:
        length = b""
        while (one := self._stream.read(1)) != b":":
            assert one, "Firefox closed the connection"
            length += one
        return json.loads(self._stream.read(int(length)))


@contextmanager
def firefox(folder: Path, preferences: Mapping[str, Any]) -> Iterator[Firefox]:
    """Yield a browser without a window, with a profile of its own in ``folder``."""
    chosen = {**QUIET, **preferences}
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in chosen.items()]
    (folder / "user.js").write_text("".join(lines))
    command = [str(PROGRAM), "--headless", "--no-remote", "--profile", str(folder), "--marionette"]
    process = start(command, {"HOME": str(folder), "PATH": "/usr/bin:/bin"}, folder / "log")
    try:
        opened = Firefox(_port(folder / "MarionetteActivePort"))
        try:
            yield opened
        finally:
            opened.close()
    finally:
        stop(process)


def _port(file: Path) -> int:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(FileNotFoundError, ValueError):
            return int(file.read_text())
        time.sleep(0.1)
    raise AssertionError("Firefox did not start")
