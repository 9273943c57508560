"""The walk through an LRS's pages: what is asked next, where it may stop and go on, which marks it moves.

Pure decisions over a PageReader; the same for every LRS. Two marks are kept, both in the LRS's own time:

* *high*: the newest moment of all finished walks. A tail asks since ``high - tail_overlap``.
* *low*: the moment before which nothing can appear any more. A sweep asks since ``low``, and when it ends, ``low``
  becomes the smaller of the LRS's clock when the sweep *began* and the newest moment that it saw, less the overlap.

A walk in progress stands beside the marks with the ``more`` to follow, so that it can stop after any page. Marks move
only when a walk ends: an LRS that does not deliver order cannot lose anything by a stop. An LRS that knows no ``since``
has no marks: each walk reads everything, and goes on where it was stopped.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import msgspec

from lrs_adapters.base import LRSUnavailable, MoreExpired, Position, StatementPage
from lrs_adapters.cursor import (
    JUST_BEFORE,
    Cursor,
    Reach,
    Walk,
    begun,
    committed,
    from_the_beginning,
    read_cursor,
    restarted,
    under_way,
    write_cursor,
)
from lrs_adapters.ending import Ending, believed
from lrs_adapters.extent import Extent, measure
from lrs_adapters.moments import EARLIEST, before, earliest, latest
from lrs_adapters.profiles import Profile
from lrs_adapters.watch import Watch

__all__ = ["Answer", "PageReader", "Reach", "from_the_beginning", "pages", "stretch"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an LRS sent for one page.

    ``more`` is verbatim, "" at the end. ``read_at`` is the LRS's clock, ``consistent_through`` what it promises to have
    committed (xAPI 1.0.3 part 3, 2.1.3), each None where it does not say. ``warnings`` are sentences on the page.
    """

    statements: tuple[bytes, ...]
    more: str
    read_at: datetime | None = None
    consistent_through: datetime | None = None
    warnings: tuple[str, ...] = ()


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
    cursor = read_cursor(position)
    reach = Reach.SWEEP if cursor.high is None else reach
    for step in _steps(reader, under_way(cursor, reach) or begun(cursor, reach, profile), cursor, profile):
        cursor = committed(cursor, reach, step.walk, profile)
        yield _page(step, cursor)


def stretch(reader: PageReader, since: datetime, until: datetime, profile: Profile) -> Iterator[StatementPage]:
    """Walk what lies between two moments, without any mark; ``reader`` asks for nothing later than ``until``.

    An LRS that does not heed ``until`` is left where it is seen to have gone beyond.

    Raises
    ------
    LRSError
        As ``StatementSource.tail``.
    """
    walk = Walk(since=before(since, JUST_BEFORE), in_order=profile.delivers_order)
    for step in _steps(reader, walk, Cursor(), profile):
        yield _page(step, Cursor())
        if step.walk.in_order and step.extent.oldest is not None and step.extent.oldest > until:
            return


@dataclass(frozen=True, slots=True)
class _Step:
    walk: Walk
    answer: Answer
    extent: Extent
    warnings: tuple[str, ...]


def _steps(reader: PageReader, walk: Walk, cursor: Cursor, profile: Profile) -> Iterator[_Step]:
    watch = Watch(walk.more)
    from_store = bool(walk.more)
    seen: frozenset[str] | None = None
    on_the_way = True
    while on_the_way:
        answer = _asked(reader, walk, from_store=from_store)
        from_store = False
        if answer is None:
            walk = restarted(walk, profile)
            watch.restart(walk.asks_since)
            continue
        extent = measure(answer.statements, profile.since_field, answer.read_at)
        watch.page(extent.ids, answer.more)
        advanced = _advanced(walk, answer, extent, cursor.high or EARLIEST)
        walk, warnings = believed(
            Ending(walk, extent.oldest, len(answer.statements), extent.ids, seen), advanced, profile
        )
        seen = extent.ids
        if walk.again:
            watch.asked_on()
        yield _Step(walk, answer, extent, answer.warnings + warnings)
        on_the_way = walk.goes_on


def _asked(reader: PageReader, walk: Walk, *, from_store: bool) -> Answer | None:
    """Ask for the next page; None when ``more`` has expired and the walk must ask anew.

    A ``more`` from an earlier run may have expired in ways that xAPI does not foresee: Ralph's answers 500 once its
    point in time is closed, others an empty page and the end. Asking anew costs little and cannot lose anything.
    """
    if not walk.more:
        return reader.first(walk.asks_since)
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


def _advanced(walk: Walk, answer: Answer, extent: Extent, fallback: datetime) -> Walk:
    """Take one page into the walk; ``fallback`` stands for the LRS's clock where it never tells the time."""
    return msgspec.structs.replace(
        walk,
        more=answer.more,
        mark=walk.mark or earliest(answer.consistent_through, answer.read_at) or fallback,
        top=latest(walk.top, extent.top),
        in_order=walk.in_order and extent.in_order and (walk.again or _continues(walk.top, extent.first)),
        pages=walk.pages + 1,
        width=max(walk.width, len(answer.statements) if answer.more else 0),
        again=False,
    )


def _continues(top: datetime | None, first: datetime | None) -> bool:
    return top is None or first is None or top <= first


def _page(step: _Step, cursor: Cursor) -> StatementPage:
    return StatementPage(
        statements=step.answer.statements,
        next_position=write_cursor(cursor),
        in_order=step.walk.in_order,
        oldest=step.extent.oldest,
        newest=step.extent.newest,
        high_water=cursor.high,
        read_at=step.answer.read_at,
        last=not step.walk.goes_on,
        warnings=step.warnings,
    )
