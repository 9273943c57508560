"""A heart: keeps a lease alive from a thread of its own while the work that holds it waits for somebody else."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread
from types import TracebackType
from typing import Self

import structlog

from connector.errors import Busy

log = structlog.get_logger()

EVERY = timedelta(seconds=15)
"""A quarter of a lease: three beats in a row may fail before it ends."""
_GOODBYE = 5.0


class Heart:
    """Calls ``beat`` again and again between ``with`` and its end.

    Once ``beat`` raises Busy the lease is another's: the heart stops for good, and the work learns of it from its own
    beat, which belongs into the transaction of whatever it wants to keep. Any other error may pass and is told.

    Parameters
    ----------
    beat : callable
        Lengthens the lease in a transaction of its own; raises Busy when it is lost.
    every : timedelta
        From one beat to the next.
    """

    def __init__(self, beat: Callable[[], None], every: timedelta = EVERY) -> None:
        self._beat = beat
        self._every = every.total_seconds()
        self._stop = Event()
        self._thread = Thread(target=self._run, name="heart", daemon=True)

    def __enter__(self) -> Self:
        """Begin to beat, the first time after ``every``."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop beating."""
        self._stop.set()
        self._thread.join(_GOODBYE)

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            try:
                self._beat()
            except Busy:
                return
            except Exception as error:  # noqa: BLE001 - a database that is away for a moment must not end the beats
                log.warning("lease_not_lengthened", why=type(error).__name__)
