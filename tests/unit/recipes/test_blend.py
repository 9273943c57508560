from datetime import timedelta
from math import fsum, nan

import pytest

from connector.domain import TracePart
from connector.recipes.blend import blend, proven, pulls, ranked, recency, score
from connector.recipes.lifts import Lifts, strongest
from tests.unit.recipes.shelves import NOW, TOGETHER, neighbours

LISTS = {
    (TOGETHER, 1): neighbours(1, (10, 0.8), (11, 0.4), (12, 0.02)),
    (TOGETHER, 2): neighbours(2, (10, 0.2), (13, 0.6)),
}


def test_a_score_is_the_sum_over_anchors_of_weight_times_score_by_scale():
    # scale 2, floor 0.05: 10 gets 1·0.8/2 + 0.5·0.2/2, 11 gets 1·0.4/2, 13 gets 0.5·0.6/2; 12 (0.01) is under the floor
    scores = blend({1: 1.0, 2: 0.5}, LISTS, {"together": 2.0}, floor=0.05)
    assert scores == pytest.approx({10: 0.45, 11: 0.2, 13: 0.15})


def test_the_floor_is_held_against_the_scaled_score_and_not_the_weight():
    assert 11 in blend({1: 1 / 32}, LISTS, {"together": 2.0}, floor=0.2)
    assert 11 not in blend({1: 1.0}, LISTS, {"together": 2.0}, floor=0.21)


@pytest.mark.parametrize("value", [0.0, -0.5, nan])
def test_a_score_that_is_not_over_zero_gives_nothing_even_without_a_floor(value):
    assert blend({1: 1.0}, {(TOGETHER, 1): neighbours(1, (10, value))}, {}, floor=0.0) == {}


@pytest.mark.parametrize("scale", [{}, {"together": 0.0}, {"popular": 9.0}])
def test_a_kind_without_a_usable_constant_counts_as_one(scale):
    assert blend({2: 1.0}, LISTS, scale, floor=0.05) == {10: 0.2, 13: 0.6}


def test_an_anchor_without_a_list_gives_nothing():
    assert blend({3: 1.0}, LISTS, {}, floor=0.05) == {}


def test_parts_are_the_summands_largest_first():
    given = {2: 0.5, 1: 1.0}, LISTS, {}, 0.05
    found = Lifts(proven(*given), {10, 12})
    parts = found.parts(10)
    assert parts == (TracePart("together", 1, 0.8), TracePart("together", 2, 0.1))
    assert fsum(part.value for part in parts) == score(pulls(*given)[10]) == blend(*given)[10] == found.scores[10]
    assert [found.of(10, anchor) for anchor in (1, 2, 3)] == [0.8, 0.1, 0.0]
    assert found.by(2, [13, 10]) == {10: 0.1}
    assert set(found.scores) == {10}, "what is under the floor, and what nobody looks at, has no summand"
    assert (found.parts(12), found.parts(13), found.of(13, 2)) == ((), (), 0.0)


def test_the_order_of_the_anchors_is_not_seen_in_the_last_digit():
    # added up in turn, 0.1 + 0.2 + 0.3 is not 0.3 + 0.2 + 0.1
    lists = {(TOGETHER, anchor): neighbours(anchor, (10, anchor / 10)) for anchor in (1, 2, 3)}
    scores = [blend(dict.fromkeys(order, 1.0), lists, {}, floor=0.05)[10] for order in [(1, 2, 3), (3, 2, 1)]]
    assert scores == [0.6, 0.6]


def test_equal_parts_are_in_the_order_of_their_anchors():
    lists = {(TOGETHER, anchor): neighbours(anchor, (10, 0.5)) for anchor in (3, 1, 2)}
    found = Lifts(proven({3: 1.0, 1: 1.0, 2: 1.0}, lists, {}, floor=0.05), {10})
    assert [part.anchor for part in found.parts(10)] == [1, 2, 3]


def test_of_anchors_that_lift_alike_the_lowest_number_is_the_strongest():
    lists = {(TOGETHER, anchor): neighbours(anchor, (10, 0.5), (11, anchor / 10)) for anchor in (3, 1)}
    proofs = proven({3: 1.0, 1: 1.0}, lists, {}, floor=0.05)
    found = Lifts(proofs, {10, 11})
    best = strongest(proofs, {anchor: found.by(anchor, [10, 11]) for anchor in (3, 1)})
    assert {item: (one.near.anchor, one.lift) for item, one in best.items()} == {10: (1, 0.5), 11: (3, 0.3)}


def test_a_moment_weighs_one_now_half_after_a_half_life_and_a_quarter_after_two():
    half_life = timedelta(days=90)
    assert [recency(NOW - timedelta(days=days), NOW, half_life) for days in (0, 90, 180)] == [1.0, 0.5, 0.25]


def test_the_future_weighs_one_and_the_far_past_a_thirty_second_part():
    half_life = timedelta(days=90)
    assert recency(NOW + timedelta(days=3), NOW, half_life) == 1.0
    assert recency(NOW.replace(year=1), NOW, half_life) == 1 / 32


def test_ranks_go_by_score_and_then_by_item_number():
    assert ranked({5: 0.1, 9: 0.7, 2: 0.1, 7: 0.7}) == [7, 9, 2, 5]
