"""How far a page reaches: read from the raw bytes of its Statements, of which only three fields are named."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import msgspec

from lrs_adapters.moments import earliest, latest, read_moment
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
    moments = [_moment(head, field) for head in heads]
    return Extent(
        ids=frozenset(_identity(head, raw) for head, raw in zip(heads, statements, strict=True)),
        first=moments[0] if moments else None,
        oldest=earliest(*moments),
        newest=latest(*moments),
        top=latest(*(_credible(head, moment, read_at) for head, moment in zip(heads, moments, strict=True))),
        in_order=_ascending(moments),
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


def _moment(head: _Head, field: SinceField) -> datetime | None:
    text = _TEXTS[field](head)
    return None if text is None else read_moment(text)


_TEXTS: dict[SinceField, Callable[[_Head], str | None]] = {
    SinceField.STORED: lambda head: head.stored,
    SinceField.TIMESTAMP: lambda head: head.timestamp,
    SinceField.NONE: lambda _head: None,
}


def _identity(head: _Head, raw: bytes) -> str:
    return head.id.lower() if head.id else raw.hex()


def _credible(head: _Head, moment: datetime | None, read_at: datetime | None) -> datetime | None:
    """Cut a moment that lies ahead of the LRS's clock: a high water in the future would hide all that follows."""
    return None if moment is None else earliest(moment, _moment(head, SinceField.STORED), read_at)


def _ascending(moments: Sequence[datetime | None]) -> bool:
    return all(a is not None and b is not None and a <= b for a, b in pairwise(moments)) and None not in moments
