"""What stops a walk that goes in circles: a repeated ``more``, pages that bring nothing new, too many restarts."""

from collections import deque
from datetime import datetime

from lrs_adapters.base import LRSProtocolError

PAGES_WITHOUT_NEW = 20
RESTARTS = 3
REMEMBERED_PAGES = 50


class Watch:
    """Watches one run of one walk; keeps the ids of the last pages only, so its memory is bounded.

    Parameters
    ----------
    more : str
        The ``more`` IRL with which the run starts, "" for none.
    """

    def __init__(self, more: str) -> None:
        self._followed = {more} - {""}
        self._recent: deque[frozenset[str]] = deque(maxlen=REMEMBERED_PAGES)
        self._without_new = 0
        self._restarts = 0
        self._restarted_at: datetime | None = None

    def page(self, ids: frozenset[str], more: str) -> None:
        """Take note of a page and of the ``more`` that it gave.

        Raises
        ------
        LRSProtocolError
            ``more`` was followed before, or too many pages in a row brought no new id.
        """
        self._count_new(ids)
        if not more:
            return
        if self._without_new >= PAGES_WITHOUT_NEW:
            raise LRSProtocolError(
                f"{PAGES_WITHOUT_NEW} pages in a row brought no new statement, yet the LRS says there is more: "
                "its paging goes in circles. Report it there."
            )
        if more in self._followed:
            raise LRSProtocolError("The LRS gave the same `more` twice: its paging goes in circles. Report it there.")
        self._followed.add(more)

    def asked_on(self) -> None:
        """Take note that the walk asks from a later moment: the LRS may write the same ``more`` as before."""
        self._followed.clear()

    def restart(self, since: datetime | None = None) -> None:
        """Take note that the walk asks anew, from ``since``, because its ``more`` has expired.

        Raises
        ------
        LRSProtocolError
            It is the third time without having got on.
        """
        self._restarts = 1 if _later(since, self._restarted_at) else self._restarts + 1
        self._restarted_at = since
        if self._restarts >= RESTARTS:
            raise LRSProtocolError(
                f"The LRS's `more` expired {RESTARTS} times in one walk: it forgets pages faster than they are read. "
                "Raise the life of its `more`, or ask for larger pages."
            )
        self._followed.clear()
        self._recent.clear()
        self._without_new = 0

    def _count_new(self, ids: frozenset[str]) -> None:
        new = ids.difference(*self._recent)
        self._recent.append(ids)
        self._without_new = 0 if new else self._without_new + 1


def _later(since: datetime | None, before: datetime | None) -> bool:
    return since is not None and (before is None or since > before)
