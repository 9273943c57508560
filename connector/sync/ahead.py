"""Reading ahead: the next pages are fetched and understood while the database still works on those before."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Generic, TypeVar

PAGES = 3
"""Pages that wait at the most, beside the one that is being fetched: reading ahead costs their memory."""
_LOOK = 0.2
"""Seconds from one look at whether anybody still wants a page to the next."""
GOODBYE = 120.0
"""Seconds after which a request that does not end is left to itself; every request ends earlier by its own time-out."""

P = TypeVar("P")
T = TypeVar("T")


@contextmanager
def read_ahead(pages: Iterator[P], understand: Callable[[P], T]) -> Iterator["Ahead[T]"]:
    """Read ``pages`` in a thread of their own, a few ahead.

    Both are used in that thread only, and not any more when the ``with`` ends: what was read and not taken is dropped.
    """
    reader = _Reader(pages, understand)
    reader.start()
    try:
        yield Ahead(reader.waiting)
    except KeyboardInterrupt:
        reader.unwanted.set()  # the person does not wait for the LRS; the thread ends with its request or the process
        raise
    except BaseException:
        reader.end()
        raise
    reader.end()


class Ahead(Generic[T]):
    """What was read ahead, in order.

    Raises
    ------
    Exception
        Whatever reading or understanding raised, after everything that was read before it.
    """

    def __init__(self, waiting: "Queue[_Read[T]]") -> None:
        self._waiting = waiting
        self._next: _Read[T] | None = None

    def together(self, size: Callable[[T], int], most: int) -> Iterator[list[T]]:
        """Yield whatever waits, together: at least one, and not beyond ``most`` by ``size`` where there are more."""
        while (one := self._taken()) is not None:
            some, room = [one], most - size(one)
            while (more := self._waits(size, room)) is not None:
                some.append(more)
                room -= size(more)
            yield some

    def _taken(self) -> T | None:
        read = self._next or self._waiting.get()
        self._next = None
        return read.value()

    def _waits(self, size: Callable[[T], int], room: int) -> T | None:
        """Return one more that is there already and fits; what does not comes next time."""
        try:
            self._next = self._waiting.get_nowait()
        except Empty:
            return None
        fits = self._next.page is not None and size(self._next.page) <= room
        return self._taken() if fits else None


class _Read(Generic[T]):
    """A page, or how reading ended: by an error, or with nothing more."""

    def __init__(self, page: T | None = None, error: BaseException | None = None) -> None:
        self.page = page
        self._error = error

    def value(self) -> T | None:
        if self._error is not None:
            raise self._error
        return self.page


class _Reader(Thread, Generic[P, T]):
    """The thread that reads; it stops at the next page once nobody wants any."""

    def __init__(self, pages: Iterator[P], understand: Callable[[P], T]) -> None:
        super().__init__(name="reading-ahead", daemon=True)
        self._pages = pages
        self._understand = understand
        self.waiting: Queue[_Read[T]] = Queue(PAGES)
        self.unwanted = Event()

    def run(self) -> None:
        try:
            for page in self._pages:
                self._put(_Read(self._understand(page)))
                if self.unwanted.is_set():
                    break
        except BaseException as error:  # noqa: BLE001 - it is raised again where the pages are taken
            self._put(_Read(error=error))
        else:
            self._put(_Read())
        finally:
            _close(self._pages)

    def _put(self, read: _Read[T]) -> None:
        while not self.unwanted.is_set():
            try:
                self.waiting.put(read, timeout=_LOOK)
            except Full:
                continue
            return

    def end(self) -> None:
        self.unwanted.set()
        self.join(GOODBYE)


def _close(pages: Iterator[P]) -> None:
    """Let a generator clean up in the thread that ran it."""
    close = getattr(pages, "close", None)
    if close is not None:
        close()
