"""What was done by weaker signals than the Deed: which of it ranks beside Anchors, and what is read for it."""

from dataclasses import replace
from datetime import timedelta

from connector.domain import Blending, Interaction, NeighbourKind, Share, Signal
from connector.recipes.anchors import done_beside, lists_to_read
from connector.recipes.base import Limits
from connector.recipes.history import read
from tests.unit.recipes.shelves import NOW, item

LIMITS = Limits()
NEXT = NeighbourKind.NEXT
READ = Blending({NEXT: Share(1.0, timedelta(days=1)), NeighbourKind.TREND: Share(0.1, timedelta(days=1))}, beside=0.5)
ITEMS = {number: item(number) for number in range(1, 8)} | {8: replace(item(8), sensitive=True)}


def did(number, signal, days):
    return Interaction(number, signal, NOW - timedelta(days=days))


HISTORY = (
    did(1, Signal.COMPLETED, 9),
    did(1, Signal.VIEWED, 1),
    did(2, Signal.STARTED, 5),
    did(2, Signal.VIEWED, 3),
    did(3, Signal.ENROLLED, 4),
    did(4, Signal.ENROLLED, 4),
    did(4, Signal.UNENROLLED, 2),
    did(8, Signal.VIEWED, 1),
)


def beside(history=HISTORY, blending=READ, limits=LIMITS):
    return [(one.item, (NOW - one.at).days) for one in done_beside(history, read(history), ITEMS, limits, blending)]


def test_what_was_begun_ranks_beside_latest_first_but_not_what_is_done_left_or_sensitive():
    assert beside() == [(2, 3), (3, 4)]


def test_only_the_latest_are_read_and_none_where_the_blend_reads_none():
    assert beside(limits=Limits(anchors_scored=1)) == [(2, 3)]
    assert beside(blending=replace(READ, beside=0.0)) == []
    assert beside(blending=None) == []


def test_their_lists_of_the_kinds_that_hang_on_anchors_are_read_and_no_proofs():
    keys = set(lists_to_read(HISTORY, ITEMS, None, Limits(), blending=READ))
    assert {(NEXT, 1), (NEXT, 2), (NEXT, 3)} <= keys
    assert not {(NEXT, 4), (NEXT, 8), (NeighbourKind.TOGETHER, 2), (NeighbourKind.UNTRIED, 2)} & keys
    without = lists_to_read(HISTORY, ITEMS, None, Limits(), blending=replace(READ, beside=0.0))
    assert (NEXT, 2) not in without


def test_who_has_no_anchor_has_nothing_beside_it():
    assert (NEXT, 2) not in lists_to_read(HISTORY[2:], ITEMS, None, Limits(), blending=READ)
