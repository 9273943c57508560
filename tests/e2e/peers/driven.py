"""What tests ask of a browser that is not Chromium."""

import time
from abc import ABC, abstractmethod
from contextlib import suppress
from typing import Any

PATIENCE = 30
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The name that WebDriver (section 12) gives to references of elements."""


class Refused(Exception):
    """A command that the browser did not carry out."""


class Driven(ABC):
    """One window; ``run`` runs a function's body in the page, or in the frame that was entered."""

    @abstractmethod
    def open(self, url: str) -> None: ...

    @abstractmethod
    def run(self, body: str) -> Any: ...

    @abstractmethod
    def click(self, selector: str) -> None: ...

    @abstractmethod
    def enter_first_frame(self) -> None: ...

    @abstractmethod
    def windows(self) -> list[str]: ...

    @abstractmethod
    def enter_window(self, handle: str) -> None: ...

    def wait_for(self, body: str) -> Any:
        """Run the body until it returns something true; a page that goes away meanwhile is no failure."""
        until, found = time.monotonic() + PATIENCE, None
        while not found and time.monotonic() < until:
            with suppress(Refused):
                found = self.run(body)
            time.sleep(0.1)
        assert found, body
        return found

    def enter_new_tab(self, known: list[str]) -> None:
        """Wait for a window besides the known ones, and go there."""
        until = time.monotonic() + PATIENCE
        while not (others := [one for one in self.windows() if one not in known]):
            assert time.monotonic() < until, "no tab was opened"
            time.sleep(0.1)
        self.enter_window(others[0])
