"""Requests kept to a rate, so that an LRS has no reason to answer 429."""

import time
from collections.abc import Callable


class Pace:
    """Spaces requests evenly.

    Parameters
    ----------
    per_minute : int or None
        How many requests a minute the LRS allows; None for no limit.
    clock, sleep : callable
        Monotonic seconds, and how to wait for some.
    """

    def __init__(
        self,
        per_minute: int | None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._between = 60 / per_minute if per_minute else 0.0
        self._clock = clock
        self._sleep = sleep
        self._next = 0.0

    def wait(self) -> None:
        """Return when the next request may go out."""
        if not self._between:
            return
        now = self._clock()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + self._between
