"""The walk through an LRS's pages: what is asked next, where it may stop and go on, which marks it moves.

Pure decisions over a PageReader; the same for every LRS. Two marks are kept, both in the LRS's own time:

* *high*: the newest moment of all finished walks. A tail asks since ``high - tail_overlap``.
* *low*: the moment before which nothing can appear any more. A sweep asks since ``low``, and when it ends, ``low``
  becomes the smaller of the LRS's clock when the sweep *began* and the newest moment that it saw, less the overlap.

A walk in progress stands beside the marks with the ``more`` to follow, so that it can stop after any page. Marks move
only when a walk ends: an LRS that does not deliver order cannot lose anything by a stop.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from lrs_adapters.base import LRSProtocolError, LRSUnavailable, MoreExpired, Position, StatementPage
from lrs_adapters.extent import Extent, measure
from lrs_adapters.moments import EARLIEST, before, earliest, latest
from lrs_adapters.profiles import Profile
from lrs_adapters.watch import Watch


class Reach(StrEnum):
    """How far back a walk goes."""

    TAIL = "tail"
    SWEEP = "sweep"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an LRS sent for one page.

    ``more`` is verbatim, "" at the end. ``read_at`` is the LRS's clock, ``consistent_through`` what it promises to have
    committed (xAPI 1.0.3 part 3, 2.1.3), each None where it does not say.
    """

    statements: tuple[bytes, ...]
    more: str
    read_at: datetime | None = None
    consistent_through: datetime | None = None


class PageReader(Protocol):
    """Fetches single pages of one LRS; raises LRSError."""

    def first(self, since: datetime | None) -> Answer:
        """Ask for the first page of what came after ``since``, ascending."""
        ...

    def following(self, more: str) -> Answer:
        """Follow ``more`` verbatim; raises MoreExpired when the LRS has forgotten it."""
        ...


def pages(reader: PageReader, position: Position | None, reach: Reach, profile: Profile) -> Iterator[StatementPage]:
    """Walk from ``position`` to the end, or to where the caller stops.

    Raises
    ------
    LRSError
        As ``StatementSource.tail`` says; also for a position that this version cannot read.
    """
    cursor = _read_cursor(position)
    reach = Reach.SWEEP if cursor.high is None else reach
    for step in _steps(reader, _under_way(cursor, reach) or _begun(cursor, reach, profile), cursor, profile):
        cursor = _committed(cursor, reach, step.walk, profile)
        yield _page(step, cursor)


def from_the_beginning(position: Position) -> Position:
    """Return ``position`` with the low mark taken away: the next sweep reads everything again.

    The remedy for Statements that came later than the overlap.
    """
    return _write_cursor(msgspec.structs.replace(_read_cursor(position), low=None, sweep=None))


class _Walk(msgspec.Struct, frozen=True, omit_defaults=True):
    """A walk in progress; ``mark`` is the LRS's clock when it began, ``top`` the newest moment seen so far."""

    since: datetime | None = None
    more: str = ""
    mark: datetime | None = None
    top: datetime | None = None
    in_order: bool = True


class _Cursor(msgspec.Struct, frozen=True, omit_defaults=True):
    high: datetime | None = None
    low: datetime | None = None
    tail: _Walk | None = None
    sweep: _Walk | None = None


@dataclass(frozen=True, slots=True)
class _Step:
    walk: _Walk
    answer: Answer
    extent: Extent


def _read_cursor(position: Position | None) -> _Cursor:
    try:
        return msgspec.convert(position or {}, _Cursor)
    except msgspec.ValidationError as error:
        raise LRSProtocolError(
            "The stored position of this source cannot be read. Remove the source and add it again; "
            "statements that are already known are not doubled."
        ) from error


def _write_cursor(cursor: _Cursor) -> Position:
    position: Position = msgspec.to_builtins(cursor)
    return position


def _under_way(cursor: _Cursor, reach: Reach) -> _Walk | None:
    return cursor.tail if reach is Reach.TAIL else cursor.sweep


def _begun(cursor: _Cursor, reach: Reach, profile: Profile) -> _Walk:
    if reach is Reach.TAIL and cursor.high is not None:
        return _Walk(since=before(cursor.high, profile.tail_overlap), in_order=profile.delivers_order)
    return _Walk(since=cursor.low, in_order=profile.delivers_order)


def _steps(reader: PageReader, walk: _Walk, cursor: _Cursor, profile: Profile) -> Iterator[_Step]:
    watch = Watch(walk.more)
    from_store = bool(walk.more)
    ended = False
    while not ended:
        answer = _asked(reader, walk, from_store=from_store)
        from_store = False
        if answer is None:
            watch.restart()
            walk = _restarted(walk, profile)
            continue
        extent = measure(answer.statements, profile.since_field, answer.read_at)
        watch.page(extent.ids, answer.more)
        walk = _advanced(walk, answer, extent, cursor.high or EARLIEST)
        yield _Step(walk, answer, extent)
        ended = not walk.more


def _asked(reader: PageReader, walk: _Walk, *, from_store: bool) -> Answer | None:
    """Ask for the next page; None when ``more`` has expired and the walk must ask anew.

    A ``more`` from an earlier run may have expired in ways that xAPI does not foresee: Ralph's answers 500 once its
    point in time is closed, others an empty page and the end. Asking anew costs little and cannot lose anything.
    """
    if not walk.more:
        return reader.first(walk.since)
    try:
        answer = reader.following(walk.more)
    except MoreExpired:
        return None
    except LRSUnavailable as error:
        if from_store and error.status == _INTERNAL_ERROR:
            return None
        raise
    return None if from_store and not answer.statements and not answer.more else answer


_INTERNAL_ERROR = 500


def _restarted(walk: _Walk, profile: Profile) -> _Walk:
    """Ask anew from where the walk stood if all came in order, else from where it began."""
    resume = before(walk.top, profile.tail_overlap) if walk.in_order and walk.top is not None else None
    return _Walk(since=latest(walk.since, resume), mark=walk.mark, in_order=profile.delivers_order)


def _advanced(walk: _Walk, answer: Answer, extent: Extent, fallback: datetime) -> _Walk:
    """Take one page into the walk; ``fallback`` stands for the LRS's clock where it never tells the time."""
    return msgspec.structs.replace(
        walk,
        more=answer.more,
        mark=walk.mark or earliest(answer.consistent_through, answer.read_at) or fallback,
        top=latest(walk.top, extent.top),
        in_order=walk.in_order and extent.in_order and _continues(walk.top, extent.first),
    )


def _continues(top: datetime | None, first: datetime | None) -> bool:
    return top is None or first is None or top <= first


def _committed(cursor: _Cursor, reach: Reach, walk: _Walk, profile: Profile) -> _Cursor:
    """Return the cursor after one more page: the walk as it stands, or, at its end, the marks that it moves."""
    if walk.more:
        return _with_walk(cursor, reach, walk)
    ended = msgspec.structs.replace(_with_walk(cursor, reach, None), high=latest(cursor.high, walk.top))
    seen_to = earliest(walk.mark, walk.top)
    if reach is Reach.TAIL or walk.top is None or seen_to is None:
        return ended
    return msgspec.structs.replace(ended, low=before(seen_to, profile.overlap))


def _with_walk(cursor: _Cursor, reach: Reach, walk: _Walk | None) -> _Cursor:
    if reach is Reach.TAIL:
        return msgspec.structs.replace(cursor, tail=walk)
    return msgspec.structs.replace(cursor, sweep=walk)


def _page(step: _Step, cursor: _Cursor) -> StatementPage:
    return StatementPage(
        statements=step.answer.statements,
        next_position=_write_cursor(cursor),
        in_order=step.walk.in_order,
        oldest=step.extent.oldest,
        newest=step.extent.newest,
        high_water=cursor.high,
        read_at=step.answer.read_at,
        last=not step.walk.more,
    )
