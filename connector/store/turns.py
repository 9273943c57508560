"""Writers of one process take turns at SQLite, where there can be one writer at a time.

SQLite itself lets who waits sleep, longer each time and in no order: with several threads, most of the time nobody
writes though many want to. Here they queue; between processes SQLite goes on deciding. Whoever waits for too long, or
writes while its own thread writes already, goes on to SQLite, which then waits or refuses as ever.
"""

from datetime import timedelta
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, event

WAIT = timedelta(seconds=5)
_HELD = "onward_turn"


class Turns:
    """Gives one writing transaction of an engine after the other its turn.

    Parameters
    ----------
    wait : timedelta
        How long to wait for a turn before going on without.
    """

    def __init__(self, wait: timedelta = WAIT) -> None:
        self._wait = wait.total_seconds()
        self._lock = Lock()

    def watch(self, engine: Engine) -> None:
        """End the turn of each transaction of ``engine`` with it."""
        for end in ("commit", "rollback"):
            event.listen(engine, end, self.end)

    def begin(self, connection: Connection) -> None:
        """Wait for the turn of a transaction that is about to write."""
        connection.info[_HELD] = self._lock.acquire(timeout=self._wait)

    def end(self, connection: Any) -> None:
        """Let the next one write; does nothing for who has no turn."""
        if connection.info.pop(_HELD, False):
            self._lock.release()
