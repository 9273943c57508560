"""How far a page reaches: read from the raw bytes of its Statements, of which only three fields are named."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import le

import msgspec

from lrs_adapters.moments import earliest, read_moment
from lrs_adapters.profiles import SinceField


@dataclass(frozen=True, slots=True)
class Extent:
    """The ids and the range of one page, in the field by which the LRS filters.

    ``first`` is the moment of the first Statement, ``top`` the newest moment that may count as high water: never ahead
    of the LRS's own clock, whatever clock a learner's device had. ``in_order`` is false where a moment is missing.
    """

    ids: frozenset[str]
    first: datetime | None
    oldest: datetime | None
    newest: datetime | None
    top: datetime | None
    in_order: bool


def measure(statements: Sequence[bytes], field: SinceField, read_at: datetime | None) -> Extent:
    """Measure a page by ``field``; ``read_at`` is the LRS's clock, or None.

    A Statement that cannot be read has no moment and never spoils the page: it goes to quarantine further on.
    """
    heads = [_head(raw) for raw in statements]
    read = _READERS[field]
    moments = [read(head) for head in heads]
    known = [moment for moment in moments if moment is not None]
    credible = known if field is SinceField.STORED else _credible(heads, moments)
    return Extent(
        ids=frozenset(head.id.lower() if head.id else raw.hex() for head, raw in zip(heads, statements, strict=True)),
        first=moments[0] if moments else None,
        oldest=min(known, default=None),
        newest=max(known, default=None),
        top=earliest(max(credible), read_at) if credible else None,
        in_order=len(known) == len(moments) and all(map(le, known, known[1:])),
    )


class _Head(msgspec.Struct, frozen=True):
    id: str | None = None
    stored: str | None = None
    timestamp: str | None = None


_decoder = msgspec.json.Decoder(_Head)
_UNREADABLE = _Head()


def _head(raw: bytes) -> _Head:
    try:
        return _decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _UNREADABLE


def _stored(head: _Head) -> datetime | None:
    return None if head.stored is None else read_moment(head.stored)


def _timestamp(head: _Head) -> datetime | None:
    return None if head.timestamp is None else read_moment(head.timestamp)


def _none(_head: _Head) -> None:
    """Read nothing: this LRS filters by no time."""


_READERS: dict[SinceField, Callable[[_Head], datetime | None]] = {
    SinceField.STORED: _stored,
    SinceField.TIMESTAMP: _timestamp,
    SinceField.NONE: _none,
}


def _credible(heads: Sequence[_Head], moments: Sequence[datetime | None]) -> list[datetime]:
    """Cut moments that lie ahead of the LRS's clock: a high water in the future would hide all that follows."""
    cut = (earliest(moment, _stored(head)) for head, moment in zip(heads, moments, strict=True) if moment is not None)
    return [moment for moment in cut if moment is not None]
