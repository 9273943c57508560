"""Where the walks of one LRS stand, and what a page or the end of a walk makes of that; the caller stores it."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from lrs_adapters.base import LRSProtocolError, Position
from lrs_adapters.moments import before, earliest, latest
from lrs_adapters.profiles import Profile


class Reach(StrEnum):
    """How far back a walk goes."""

    TAIL = "tail"
    SWEEP = "sweep"


class Walk(msgspec.Struct, frozen=True, omit_defaults=True):
    """A walk in progress.

    ``since`` is where it began and ``ask`` where it asks now without a ``more``; ``mark`` is the LRS's clock when it
    began, ``top`` the newest moment seen so far; ``pages`` counts its pages, ``width`` is the longest of those that had
    a ``more``; ``again`` says that its end is not believed yet.
    """

    since: datetime | None = None
    ask: datetime | None = None
    more: str = ""
    mark: datetime | None = None
    top: datetime | None = None
    in_order: bool = True
    pages: int = 0
    width: int = 0
    again: bool = False

    @property
    def goes_on(self) -> bool:
        """Whether there is something to ask for."""
        return bool(self.more) or self.again

    @property
    def asks_since(self) -> datetime | None:
        """What ``since`` is when the walk asks without a ``more``."""
        return latest(self.since, self.ask)


class Cursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """The two marks of a source, and the walks in progress beside them."""

    high: datetime | None = None
    low: datetime | None = None
    tail: Walk | None = None
    sweep: Walk | None = None


JUST_BEFORE = timedelta(milliseconds=1)
"""LRSs compare ``since`` by milliseconds and leave out what is equal."""


def read_cursor(position: Position | None) -> Cursor:
    """Read a stored position; raises LRSProtocolError for one that this version cannot read."""
    try:
        return msgspec.convert(position or {}, Cursor)
    except msgspec.ValidationError as error:
        raise LRSProtocolError(
            "The stored position of this source cannot be read. Remove the source and add it again; "
            "statements that are already known are not doubled."
        ) from error


def write_cursor(cursor: Cursor) -> Position:
    """Return ``cursor`` as JSON can hold it."""
    position: Position = msgspec.to_builtins(cursor)
    return position


def from_the_beginning(position: Position) -> Position:
    """Return ``position`` with the low mark taken away: the next sweep reads everything again.

    The remedy for Statements that came later than the overlap.
    """
    return write_cursor(msgspec.structs.replace(read_cursor(position), low=None, sweep=None))


def under_way(cursor: Cursor, reach: Reach) -> Walk | None:
    """Return the walk in progress of this kind."""
    return cursor.tail if reach is Reach.TAIL else cursor.sweep


def begun(cursor: Cursor, reach: Reach, profile: Profile) -> Walk:
    """Return a new walk of this kind."""
    if reach is Reach.TAIL and cursor.high is not None:
        return Walk(since=before(cursor.high, profile.tail_overlap), in_order=profile.delivers_order)
    return Walk(since=cursor.low, in_order=profile.delivers_order)


def restarted(walk: Walk, profile: Profile) -> Walk:
    """Ask anew from where the walk stood if two pages and more came in order, else from where it began.

    Where the overlap of a tail would lead back to what was asked before, it is left out: what comes late is the next
    sweep's, but the walk has to get on.
    """
    ask = _stood_at(walk, profile)
    return Walk(
        since=walk.since,
        ask=ask,
        mark=walk.mark,
        in_order=profile.delivers_order,
        pages=walk.pages if ask else 0,
        width=walk.width,
    )


def _stood_at(walk: Walk, profile: Profile) -> datetime | None:
    if not walk.in_order or walk.pages < _PAGES_OF_PROOF or walk.top is None:
        return None
    resume = before(walk.top, profile.tail_overlap)
    asked = walk.asks_since
    return resume if asked is None or resume > asked else before(walk.top, JUST_BEFORE)


_PAGES_OF_PROOF = 2


def committed(cursor: Cursor, reach: Reach, walk: Walk, profile: Profile) -> Cursor:
    """Return the cursor after one more page: the walk as it stands, or, at its end, the marks that it moves."""
    if walk.goes_on:
        return _with_walk(cursor, reach, walk)
    ended = msgspec.structs.replace(_with_walk(cursor, reach, None), high=latest(cursor.high, walk.top))
    seen_to = earliest(walk.mark, walk.top)
    if reach is Reach.TAIL or walk.top is None or seen_to is None:
        return ended
    return msgspec.structs.replace(ended, low=before(seen_to, profile.overlap))


def _with_walk(cursor: Cursor, reach: Reach, walk: Walk | None) -> Cursor:
    if reach is Reach.TAIL:
        return msgspec.structs.replace(cursor, tail=walk)
    return msgspec.structs.replace(cursor, sweep=walk)
