"""Packed lists: what goes in comes out, byte for byte as documented, and hostile bytes are refused."""

import struct
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.domain import ItemId, Neighbour, NeighbourKind, NeighbourList
from connector.recipes.packed import InvalidNeighbours, PackedList, pack, unpack

U32 = st.integers(0, 2**32 - 1)
THREE = (Neighbour(ItemId(4), 0.75, 8, 2), Neighbour(ItemId(9), 0.5, 6, 6), Neighbour(ItemId(2), 0.0, 1, 0))


@st.composite
def neighbour_lists(draw):
    base = draw(U32)
    return NeighbourList(
        draw(st.sampled_from(NeighbourKind)),
        ItemId(draw(U32)),
        base,
        tuple(draw(st.lists(neighbours(base), max_size=60))),
    )


@st.composite
def neighbours(draw, base):
    support = draw(st.integers(0, base))
    score = draw(st.floats(0.0, 1.0, width=32))
    return Neighbour(ItemId(draw(U32)), score, support, draw(st.integers(0, support)))


@given(neighbour_lists())
def test_what_is_packed_is_unpacked(found):
    packed = pack(found)
    assert unpack(found.kind, found.anchor, packed) == found
    assert len(packed) == 8 + 16 * len(found.neighbours)


def test_the_layout_is_the_documented_one():
    found = listing(Neighbour(ItemId(258), 0.5, 3, 2), base=44)
    assert pack(found).hex(" ") == "4e 01 2c 00 00 00 01 00 02 01 00 00 00 00 00 3f 03 00 00 00 02 00 00 00"


def test_a_score_is_rounded_to_32_bits_and_stays_within_one():
    packed = pack(listing(Neighbour(ItemId(1), 0.1, 1, 0), Neighbour(ItemId(2), 1 - 1e-12, 1, 0)))
    first, second = unpack(NeighbourKind.TOGETHER, ItemId(7), packed).neighbours
    assert first.score == pytest.approx(0.1, abs=1e-8)
    assert second.score == 1.0


@given(st.binary(max_size=64))
def test_any_bytes_are_a_list_or_a_clear_refusal(garbage):
    try:
        found = unpack(NeighbourKind.TOGETHER, ItemId(1), garbage)
    except InvalidNeighbours:
        return
    assert pack(found) == garbage


GOOD = struct.pack("<BBIHIfII", 0x4E, 1, 9, 1, 5, 0.5, 3, 2)


@pytest.mark.parametrize(
    ("packed", "sentence"),
    [
        (b"", "at least 8 bytes, this one 0"),
        (GOOD[:-1], "take 24 bytes, here are 23"),
        (GOOD + b"\0", "take 24 bytes, here are 25"),
        (GOOD[:6] + b"\xff\xff" + GOOD[8:], "65535 neighbours"),
        (b"\x4f" + GOOD[1:], "begins with 0x4f 0x01"),
        (b"\x4e\x02" + GOOD[2:], "begins with 0x4e 0x02"),
        (GOOD[:12] + struct.pack("<f", float("nan")) + GOOD[16:], "outside 0..1"),
        (GOOD[:12] + struct.pack("<f", float("inf")) + GOOD[16:], "outside 0..1"),
        (GOOD[:12] + struct.pack("<f", -0.25) + GOOD[16:], "outside 0..1"),
        (GOOD[:16] + struct.pack("<II", 10, 2), "must rise"),
        (GOOD[:16] + struct.pack("<II", 3, 4), "must rise"),
    ],
)
def test_hostile_bytes_are_refused_with_a_sentence(packed, sentence):
    with pytest.raises(InvalidNeighbours, match=sentence):
        unpack(NeighbourKind.TOGETHER, ItemId(1), packed)


@pytest.mark.parametrize(
    "near",
    [
        Neighbour(ItemId(2**32), 0.5, 3, 2),
        Neighbour(ItemId(-1), 0.5, 3, 2),
        Neighbour(ItemId(1), 1.5, 3, 2),
        Neighbour(ItemId(1), float("nan"), 3, 2),
        Neighbour(ItemId(1), 0.5, 10, 2),
        Neighbour(ItemId(1), 0.5, 3, -1),
    ],
)
def test_a_list_outside_of_the_layout_is_not_packed(near):
    with pytest.raises(InvalidNeighbours):
        pack(listing(near))


def test_more_neighbours_than_the_count_holds_are_not_packed():
    with pytest.raises(InvalidNeighbours, match="does not fit the layout"):
        pack(listing(*[Neighbour(ItemId(1), 0.5, 3, 2)] * 65_536))


def test_the_light_worker_reads_lists_without_the_numeric_libraries():
    heavy = "{'numpy', 'numba', 'scipy', 'sklearn'}"
    program = f"import sys, connector.recipes.packed; assert not {heavy} & set(sys.modules)"
    root = Path(__file__).parents[3]
    subprocess.run([sys.executable, "-c", program], check=True, cwd=root)


def listing(*near, base=9):
    return NeighbourList(NeighbourKind.TOGETHER, ItemId(7), base, near)


@given(neighbour_lists())
def test_a_list_that_stays_packed_says_what_the_unpacked_one_says(given_list):
    packed = pack(given_list)
    whole, served = (
        unpack(given_list.kind, given_list.anchor, packed),
        PackedList(given_list.kind, given_list.anchor, packed),
    )
    assert (served.kind, served.anchor, served.base) == (whole.kind, whole.anchor, whole.base)
    assert served.neighbours == whole.neighbours
    assert served == whole
    assert list(served.pairs()) == [(one.item, one.score) for one in whole.neighbours]
    for one in {near.item: near for near in reversed(whole.neighbours)}.values():
        assert served.find(one.item) == whole.find(one.item) == one
    missing = max((one.item for one in whole.neighbours), default=0) + 1
    assert served.find(missing) is None
    assert (served.score_of(missing), whole.score_of(missing)) == (0.0, 0.0)


def test_bytes_that_are_no_list_are_refused_at_once():
    with pytest.raises(InvalidNeighbours):
        PackedList(NeighbourKind.NEXT, 1, b"nothing")


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_packed_list_gives_its_columns_as_the_plain_one_does(count):
    plain = NeighbourList(NeighbourKind.TOGETHER, ItemId(7), 9, THREE[:count])
    packed = PackedList(NeighbourKind.TOGETHER, ItemId(7), pack(plain))
    assert list(packed.items()) == list(plain.items())
    for mine, theirs in zip(packed.positive(), plain.positive(), strict=True):
        assert list(mine) == list(theirs)
