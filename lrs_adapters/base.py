"""The port through which Statements come in, and what can go wrong there; the type tells the caller what to do.

LRSError                the sentence says what to do
├── LRSUnavailable      timed out, 429 or 5xx after all retries: try again later, the position stands
├── LRSRefused          401, 403, wrong address, another origin: the operator has to act, do not retry
└── LRSProtocolError    the answer is not xAPI, or its paging goes in circles: report it, do not retry
    └── MoreExpired     a ``more`` IRL that the LRS has forgotten: the walk asks again, callers never see it
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

Position = dict[str, Any]
"""Where the reads of one source stand: opaque JSON of the adapter, stored by the caller, ``None`` at the start."""


class LRSError(Exception):
    """The root of what reading an LRS can raise; ``str(error)`` is a sentence that says what to do."""


class LRSUnavailable(LRSError):
    """The LRS does not answer now; a later run goes on from the stored position.

    Parameters
    ----------
    sentence : str
        What happened and what to do.
    status : int or None
        The HTTP status of the last try; None when there was no answer at all.
    wait : timedelta or None
        How long the LRS asked to be left alone (Retry-After); None when it did not say.
    """

    def __init__(self, sentence: str, status: int | None = None, wait: timedelta | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.wait = wait


class LRSRefused(LRSError):
    """The LRS or our own rule says no: key, secret, address or certificate must be corrected first."""


class LRSProtocolError(LRSError):
    """What came back is not what xAPI promises; retrying does not help."""


class MoreExpired(LRSProtocolError):
    """The LRS has forgotten the ``more`` IRL that it gave."""


@dataclass(frozen=True, slots=True)
class StatementPage:
    """One page of a walk, to be kept together with ``next_position`` in one transaction.

    Attributes
    ----------
    statements : tuple of bytes
        Each Statement as the LRS sent it, a JSON text of its own, in the LRS's order; may be empty. Statements that
        were read before come again: keep each id once.
    next_position : dict
        What to store, and to give to the next ``tail`` or ``sweep``.
    in_order : bool
        Whether this page and all before it in this walk came in ascending order (verified, not believed).
    oldest, newest : datetime or None
        The range of the page in the field by which the LRS filters; None when no Statement had it.
    high_water : datetime or None
        The newest Stored (or Timestamp) of all finished walks, in the LRS's time; None before the first walk ended.
    read_at : datetime or None
        The LRS's own clock when it sent the page, where it says so.
    last : bool
        Whether the walk ends with this page.
    warnings : tuple of str
        What the operator should know of this page although the walk goes on: sentences, without anyone's identifier.
    """

    statements: tuple[bytes, ...]
    next_position: Position
    in_order: bool
    oldest: datetime | None
    newest: datetime | None
    high_water: datetime | None
    read_at: datetime | None
    last: bool
    warnings: tuple[str, ...] = ()


class MoreShape(StrEnum):
    """How an LRS writes its ``more`` IRL (xAPI 1.0.3 part 3, 2.1.3 StatementResult)."""

    NONE = "none"
    ABSOLUTE = "absolute"
    PATH = "path"
    QUERY = "query"
    RELATIVE = "relative"


@dataclass(frozen=True, slots=True)
class Probe:
    """What the About resource and one page of Statements showed.

    Attributes
    ----------
    versions : tuple of str
        xAPI versions from About, else from the header of the page; empty when neither says.
    statements : int
        How many Statements the page held.
    asked : int
        How many were asked for: an LRS that holds more and sends fewer has a lower limit of its own.
    ascending : bool or None
        Whether the page came in ascending order of Stored; None when it held fewer than two Statements.
    consistent_through : bool
        Whether X-Experience-API-Consistent-Through was present.
    more : MoreShape
        How ``more`` is written.
    likely_kind : str
        The kind whose base path and ``more`` this looks like; "" when none or several do.
    warnings : tuple of str
        What the operator should know before the first read: sentences.
    """

    versions: tuple[str, ...]
    statements: int
    asked: int
    ascending: bool | None
    consistent_through: bool
    more: MoreShape
    likely_kind: str = ""
    warnings: tuple[str, ...] = ()


class StatementSource(Protocol):
    """One LRS to read from: a *tail* that only adds, often, and a *sweep* that finds what came late, seldom.

    Both take the one position that the caller stored last and yield pages; each page's ``next_position`` is stored in
    the same transaction as what was kept of its Statements. A walk that was stopped at any page, by kill -9 too, goes
    on from there, a walk of the other kind in between does not disturb it. Every Statement comes at least once.

    The first walk, from the beginning, serves as both, whichever is called. One caller at a time may walk a source.
    """

    @property
    def sweep_every(self) -> timedelta:
        """The shortest useful time between two sweeps: half of what one reads again."""
        ...

    def tail(self, position: Position | None) -> Iterator[StatementPage]:
        """Yield what is new since a little before the high water; at least one page, maybe an empty one.

        Raises
        ------
        LRSError
            One of its three kinds; the pages yielded before stand.
        """
        ...

    def sweep(self, position: Position | None) -> Iterator[StatementPage]:
        """Yield all since the low mark, which moves when the sweep ends; raises as ``tail``."""
        ...

    def between(self, since: datetime, until: datetime) -> Iterator[StatementPage] | None:
        """Yield what the source holds from ``since`` to ``until``, in the field by which it filters.

        Both ends are included, and what lies a millisecond beyond them may come too. No position is needed and no mark
        moves: ``next_position`` of these pages is empty and must not be stored. Nothing is asked before the first page
        is wanted. None where the source cannot be asked by time.

        Raises
        ------
        LRSError
            As ``tail``.
        """
        ...

    def probe(self) -> Probe:
        """Ask for About and one page of Statements; raises as ``tail``."""
        ...

    def close(self) -> None:
        """Give connections back."""
        ...
