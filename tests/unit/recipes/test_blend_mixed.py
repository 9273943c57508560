"""Several kinds of lists in one score: worked out by hand, and what always holds."""

from dataclasses import replace
from datetime import timedelta
from math import fsum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain import SITE, Blending, Neighbour, NeighbourKind, NeighbourList, Share, TracePart
from connector.recipes.blend import Trail, beside, faded, mixed, newcomers, score, voices
from connector.recipes.lifts import Lifts
from tests.unit.recipes.shelves import NOW, POPULAR, TOGETHER, neighbours

NEXT, TREND = NeighbourKind.NEXT, NeighbourKind.TREND
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BOTH = Blending({NEXT: Share(0.5, HOUR), TOGETHER: Share(0.25, DAY), TREND: Share(0.125, DAY)})


def listed(kind, anchor, *pairs):
    return NeighbourList(kind, anchor, 9, tuple(Neighbour(item, value, 3, 1) for item, value in pairs))


LISTS = {
    (NEXT, 1): listed(NEXT, 1, (10, 0.8), (11, 0.4)),
    (TOGETHER, 1): neighbours(1, (10, 0.6)),
    (NEXT, 2): listed(NEXT, 2, (11, 0.2)),
    (TREND, SITE): listed(TREND, SITE, (12, 0.5)),
}


def scores(history, lists=LISTS, scale=None, blending=BOTH):
    return {item: score(found) for item, found in mixed(history, NOW, lists, scale or {}, blending).items()}


def test_each_kind_has_its_own_weight_its_own_scale_and_its_own_half_life():
    # anchor 1, a day ago: next 1/25, together 1/2; anchor 2, now: 1 for all; the site's list counts as the freshest
    history = [Trail(1, NOW - DAY), Trail(2, NOW)]
    found = scores(history, scale={"next": 2.0})
    assert found[10] == pytest.approx(0.5 / 25 * 0.8 / 2 + 0.25 / 2 * 0.6)
    assert found[11] == pytest.approx(0.5 / 25 * 0.4 / 2 + 0.5 * 0.2 / 2)
    assert found[12] == pytest.approx(0.125 * 0.5)


def test_a_weaker_anchor_gives_its_share():
    assert scores([Trail(2, NOW, 0.5)])[11] == pytest.approx(0.5 * 0.5 * 0.2)


def test_a_kind_without_a_share_gives_nothing():
    assert scores([Trail(1, NOW)], blending=Blending({TOGETHER: Share(1.0, DAY)})) == {10: 0.6}


def test_the_summands_name_their_kind_and_anchor():
    given = [Trail(1, NOW)], NOW, LISTS, {}, BOTH
    parts = Lifts(voices(*given), {10}).parts(10)
    assert parts == (TracePart("next", 1, 0.4), TracePart("together", 1, 0.15))
    assert fsum(part.value for part in parts) == score(mixed(*given)[10])


def test_nobody_known_gets_no_score_but_what_is_popular_and_else_what_is_of_late():
    popular = listed(POPULAR, SITE, (13, 0.5))
    assert mixed([], NOW, LISTS, {}, BOTH) == {}
    assert newcomers(LISTS | {(POPULAR, SITE): popular}) == popular
    assert newcomers(LISTS | {(POPULAR, SITE): listed(POPULAR, SITE)}) == LISTS[TREND, SITE]


def test_what_was_done_by_weaker_signals_speaks_as_faintly_as_the_blend_says_and_is_called_so():
    faint = replace(BOTH, beside=0.5)
    found = beside([Trail(1, NOW)], NOW, LISTS, {}, faint)
    assert {voice.near.kind for voice in found} == {NeighbourKind.BESIDE}
    full = [voice for voice in voices([Trail(1, NOW)], NOW, LISTS, {}, BOTH) if voice.near.anchor != SITE]
    assert [voice.weight for voice in found] == [voice.weight / 2 for voice in full]
    assert [tuple(voice.near.pairs()) for voice in found] == [tuple(voice.near.pairs()) for voice in full]
    assert beside([Trail(1, NOW)], NOW, LISTS, {}, BOTH) == []


def test_nobody_at_all_is_shown_nothing():
    assert newcomers({}) is None


def test_a_moment_counts_one_now_half_after_a_half_life_and_a_third_after_two():
    assert [faded(NOW - hours * HOUR, NOW, HOUR) for hours in (-5, 0, 1, 2, 9)] == [1.0, 1.0, 1 / 2, 1 / 3, 1 / 10]


trails = st.lists(
    st.builds(
        Trail,
        st.integers(1, 6),
        st.integers(0, 90).map(lambda hours: NOW - hours * HOUR),
        st.floats(0.05, 1.0),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda trail: trail.anchor,
)
values = st.lists(st.tuples(st.integers(7, 12), st.floats(0.01, 1.0)), max_size=5, unique_by=lambda pair: pair[0])
shelves = st.dictionaries(
    st.tuples(st.sampled_from([NEXT, TOGETHER]), st.integers(1, 6)) | st.just((TREND, SITE)), values, max_size=9
).map(lambda found: {key: listed(*key, *pairs) for key, pairs in found.items()})


@given(trails, shelves, st.integers(0, 5))
@settings(deadline=None, max_examples=150)
def test_taking_an_anchor_out_can_only_lower_a_score(history, lists, place):
    less = [trail for number, trail in enumerate(history) if number != place % len(history)]
    whole, without = scores(history, lists), scores(less, lists)
    assert all(without[item] <= whole[item] for item in without)


@given(trails, shelves, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=60)
def test_the_order_of_the_history_is_not_seen_in_the_last_digit(history, lists, random):
    assert scores(random.sample(history, len(history)), lists) == scores(history, lists)
