"""NeighbourLists as bytes: one packed list per (tenant, model, kind, anchor), read by the light worker without numpy.

Layout, little-endian, no padding::

    offset  size  type     what
    0       1     u8       0x4E, the letter N
    1       1     u8       layout version, 1
    2       4     u32      base: learners who completed the anchor (popularity: people of the site or cohort)
    6       2     u16      count of neighbours
    8       16 n  n times  best first (n: the count):
                  u32      item number
                  f32      score, 0..1
                  u32      support, at most base
                  u32      followed, at most support

A list is 8 + 16 n bytes, to the byte. Kind and anchor are columns beside it, not in it.
"""

import operator
import struct
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import starmap
from math import isfinite

from connector.domain import ItemId, Neighbour, NeighbourKind, NeighbourList

MAGIC = 0x4E
VERSION = 1
_HEADER = struct.Struct("<BBIH")
_NEIGHBOUR = struct.Struct("<IfII")
_PAIR = struct.Struct("<If8x")


class InvalidNeighbours(ValueError):
    """Bytes that are no packed list, or a list that cannot be packed: train again, the Model is not to be used."""


def pack(neighbours: NeighbourList) -> bytes:
    """Return ``neighbours`` as bytes; scores are rounded to 32-bit floats.

    Raises
    ------
    InvalidNeighbours
        Where a number does not fit its field or breaks the layout's ranges.
    """
    rows = [(near.item, near.score, near.support, near.followed) for near in neighbours.neighbours]
    _check_ranges(rows, neighbours.base)
    try:
        header = _HEADER.pack(MAGIC, VERSION, neighbours.base, len(rows))
        return header + b"".join(starmap(_NEIGHBOUR.pack, rows))
    except struct.error as error:
        raise InvalidNeighbours(f"The list of item {neighbours.anchor} does not fit the layout: {error}.") from error


def unpack(kind: NeighbourKind, anchor: ItemId, packed: bytes) -> NeighbourList:
    """Return the NeighbourList that ``pack`` was given, scores rounded to 32-bit floats.

    Raises
    ------
    InvalidNeighbours
        Where ``packed`` is cut, too long, of another version, or holds numbers outside the layout's ranges.
    """
    base = _checked_base(packed)
    rows = list(_NEIGHBOUR.iter_unpack(memoryview(packed)[_HEADER.size :]))
    _check_ranges(rows, base)
    return NeighbourList(kind, anchor, base, tuple(starmap(Neighbour, rows)))


class PackedList(NeighbourList):
    """A NeighbourList that stays packed: its Neighbours are made when somebody asks for them.

    A page adds up thousands of scores and names a few dozen of the Items; so only Items and scores are read for all.
    Raises InvalidNeighbours where the bytes are no packed list; the ranges of the numbers were checked when it was
    packed.
    """

    __slots__ = ("_made", "_packed", "_scores")
    _packed: bytes

    def __init__(self, kind: NeighbourKind, anchor: ItemId, packed: bytes) -> None:
        for name, value in (("kind", kind), ("anchor", anchor), ("base", _checked_base(packed)), ("_packed", packed)):
            object.__setattr__(self, name, value)

    @property
    def neighbours(self) -> tuple[Neighbour, ...]:
        """The Neighbours, best first."""
        made: tuple[Neighbour, ...] | None = getattr(self, "_made", None)
        if made is None:
            made = tuple(starmap(Neighbour, _NEIGHBOUR.iter_unpack(self._rows())))
            object.__setattr__(self, "_made", made)
        return made

    @property
    def size(self) -> int:
        """The bytes of the packed form."""
        return len(self._packed)

    def pairs(self) -> Iterable[tuple[ItemId, float]]:
        """Give the Items and their scores, best first."""
        return _PAIR.iter_unpack(self._rows())

    def items(self) -> Sequence[ItemId]:
        """Give the Items, best first."""
        count = (len(self._packed) - _HEADER.size) // _NEIGHBOUR.size
        return _items_of(count).unpack_from(self._packed, _HEADER.size)

    def positive(self) -> tuple[Sequence[ItemId], Sequence[float]]:
        """Give the Items that score over 0, best first, and their scores."""
        count = (len(self._packed) - _HEADER.size) // _NEIGHBOUR.size
        flat = _pairs_of(count).unpack_from(self._packed, _HEADER.size)
        items, scores = flat[::2], flat[1::2]
        return (items, scores) if not count or min(scores) > 0 else super().positive()

    def score_of(self, item: ItemId) -> float:
        """Return the score of an Item, 0 where it is no Neighbour."""
        scores: dict[ItemId, float] | None = getattr(self, "_scores", None)
        if scores is None:
            scores = dict(self.pairs())
            object.__setattr__(self, "_scores", scores)
        return scores.get(item, 0.0)

    def find(self, item: ItemId) -> Neighbour | None:
        """Return the Neighbour that is this Item, None where there is none."""
        places = (place for place, (one, _) in enumerate(self.pairs()) if one == item)
        place = next(places, None)
        return None if place is None else Neighbour(*_NEIGHBOUR.unpack_from(self._rows(), place * _NEIGHBOUR.size))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, NeighbourList):
            return NotImplemented
        mine, theirs = ((one.kind, one.anchor, one.base, one.neighbours) for one in (self, other))
        return mine == theirs

    def __hash__(self) -> int:
        return hash((self.kind, self.anchor, self._packed))

    def _rows(self) -> memoryview:
        return memoryview(self._packed)[_HEADER.size :]


@lru_cache(maxsize=512)
def _pairs_of(count: int) -> struct.Struct:
    """Return what reads Items and scores of a whole list at once."""
    return struct.Struct("<" + "If8x" * count)


@lru_cache(maxsize=512)
def _items_of(count: int) -> struct.Struct:
    """Return what reads the Items of a whole list at once."""
    return struct.Struct("<" + "I12x" * count)


def _checked_base(packed: bytes) -> int:
    """Return the header's base, once magic, version and length are what the layout says."""
    if len(packed) < _HEADER.size:
        raise InvalidNeighbours(f"A packed list has at least {_HEADER.size} bytes, this one {len(packed)}.")
    magic, version, base, count = _HEADER.unpack_from(packed)
    if (magic, version) != (MAGIC, VERSION):
        raise InvalidNeighbours(f"Not a packed list of version {VERSION}: begins with {magic:#04x} {version:#04x}.")
    expected = _HEADER.size + count * _NEIGHBOUR.size
    if len(packed) != expected:
        raise InvalidNeighbours(f"{count} neighbours take {expected} bytes, here are {len(packed)}.")
    return int(base)


def _check_ranges(rows: list[tuple[ItemId, float, int, int]], base: int) -> None:
    """Refuse scores outside 0..1 (or NaN) and counts out of order; whole columns at a time, for speed."""
    if not rows:
        return
    _, scores, supports, followeds = zip(*rows, strict=True)
    if not (isfinite(sum(scores)) and min(scores) >= 0.0 and max(scores) <= 1.0):
        raise InvalidNeighbours("A score lies outside 0..1.")
    if max(supports) > base or not all(map(operator.le, followeds, supports)):
        raise InvalidNeighbours("The counts of a neighbour must rise: followed, support, base.")
