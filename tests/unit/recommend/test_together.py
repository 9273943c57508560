"""CosineNeighbours against a slow reference in plain Python, and what it promises about order, support and learners."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import parametrize_with_checks

from connector.domain import NeighbourKind
from connector.recipes.packed import pack
from connector.recommend.base import MICROSECONDS_PER_DAY as DAY
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.together import CosineNeighbours, lists
from tests.unit.recommend import slow

LEARNED = ("base_", "starts_", "columns_", "scores_", "support_", "followed_")
STRAYS = st.lists(
    st.tuples(st.integers(1, 12), st.integers(1, 6), st.integers(0, 5).map(lambda day: day * DAY)), max_size=40
)


@parametrize_with_checks([CosineNeighbours(block=2)])
def test_scikit_learns_own_contract_holds(estimator, check):
    check(estimator)


def matrix_of(rows):
    return InteractionMatrix.from_columns(*(np.array([row[n] for row in rows], dtype=np.int64) for n in range(3)))


def fitted(matrix, **parameters):
    return CosineNeighbours(**parameters).fit(matrix.weights, when=matrix.when)


def neighbour_lists(rows, **parameters):
    matrix = matrix_of(rows)
    return list(lists(fitted(matrix, **parameters), matrix))


def packed(rows):
    return [(found.anchor, pack(found)) for found in neighbour_lists(rows)]


def people(count, *items, first=1_000):
    """``count`` learners who did ``items`` in this order, one a day."""
    return [(first + learner, item, day * DAY) for learner in range(count) for day, item in enumerate(items)]


def two_tastes(count=40):
    """So many people did 1, 2, 3, 4 and as many 11, 12, 13, 14."""
    return people(count, 1, 2, 3, 4, first=1_000) + people(count, 11, 12, 13, 14, first=2_000)


@given(STRAYS, st.integers(1, 9))
@settings(deadline=None, max_examples=60)
def test_who_is_a_neighbour_and_every_number_is_what_the_slow_reference_says(strays, block):
    rows = two_tastes(12) + strays
    found = neighbour_lists(rows, half_life=3.0, shrinkage=2.0, block=block)
    expected = {anchor: near for anchor, near in slow.significant(rows).items() if near}
    assert {each.anchor: {near.item for near in each.neighbours} for each in found} == expected
    for each in found:
        for near in each.neighbours:
            score, support, followed = slow.pair(rows, each.anchor, near.item, half_life=3.0, shrinkage=2.0)
            assert near.score == pytest.approx(score, abs=1e-8)  # whole numbers: a packed score is rounded more
            assert (near.support, near.followed) == (support, followed)


@given(STRAYS, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
def test_shuffled_input_gives_the_same_packed_bytes(strays, random):
    rows = two_tastes(12) + strays
    assert packed(random.sample(rows, len(rows))) == packed(rows) != []


@given(STRAYS)
@settings(deadline=None, max_examples=40)
def test_a_learner_emptied_leaves_what_never_having_had_them_leaves(strays):
    known = [(learner, item, at) for learner, item, at in strays if item <= 4]
    matrix = matrix_of(two_tastes(12) + known)
    emptied = matrix.learners < 1_000
    times, weights = (rows_emptied(csr, emptied) for csr in (matrix.when, matrix.weights))
    erased, never = CosineNeighbours().fit(weights, when=times), fitted(matrix_of(two_tastes(12)))
    for name in LEARNED:
        assert np.array_equal(getattr(erased, name), getattr(never, name)), name


def rows_emptied(csr, emptied):
    lengths = np.diff(csr.indptr)
    kept = np.repeat(~emptied, lengths)
    starts = np.concatenate(([0], np.cumsum(np.where(emptied, 0, lengths))))
    return csr_array((csr.data[kept], csr.indices[kept], starts), shape=csr.shape)


@given(st.integers(0, 2**32))
@settings(deadline=None, max_examples=40)
def test_more_support_never_lowers_a_score_where_the_margins_stay(seed):
    """One learner gives item 2 away for item 1, another item 1 for item 2: items 0 and 1 gain a learner with both."""
    before = np.random.default_rng(seed).random((200, 8)) < 0.3
    before[:, :3] = False
    before[:20, :2] = before[20:24, [0, 2]] = before[24:28, 1] = True
    after = before.copy()
    after[[20, 24], [1, 2]], after[[20, 24], [2, 1]] = True, False
    assert np.array_equal(before.sum(axis=0), after.sum(axis=0))
    assert np.array_equal(before.sum(axis=1), after.sum(axis=1))
    (old_score, old_support), (new_score, new_support) = first_pair(before), first_pair(after)
    assert (old_support, new_support) == (20, 21)
    assert new_score > old_score


def first_pair(chosen):
    near = CosineNeighbours(alpha=0.999).fit(chosen.astype(float)).neighbours(0, 50)
    place = near.columns.tolist().index(1)
    return near.scores[place], near.support[place]


def test_items_of_one_taste_are_near_each_other_and_of_two_are_not():
    found = {each.anchor: [near.item for near in each.neighbours] for each in neighbour_lists(two_tastes())}
    assert sorted(found) == [1, 2, 3, 4, 11, 12, 13, 14]
    assert set(found[1]) == {2, 3, 4}
    assert set(found[13]) == {11, 12, 14}


def test_a_list_carries_kind_anchor_base_support_and_who_followed():
    third = next(each for each in neighbour_lists(two_tastes()) if each.anchor == 3)
    assert (third.kind, third.base) == (NeighbourKind.TOGETHER, 40)
    counts = {near.item: (near.support, near.followed) for near in third.neighbours}
    assert counts == {1: (40, 0), 2: (40, 0), 4: (40, 40)}


def test_the_score_of_a_perfect_pair_is_what_shrinkage_leaves():
    near = fitted(matrix_of(two_tastes(40)), half_life=None, shrinkage=20.0).neighbours(0, 1)
    assert near.scores.tolist() == pytest.approx([40 / 60])


def test_ties_go_to_the_lower_item_number():
    near = fitted(matrix_of(two_tastes()), half_life=None).neighbours(1, 50)
    assert near.columns.tolist() == [0, 2, 3]


def test_equal_times_are_not_followed():
    rows = [(learner, item, 5 * DAY) for learner in range(40) for item in (1, 2, 3)]
    near = fitted(matrix_of(rows + people(40, 11, 12, 13))).neighbours(0, 50)
    assert (near.columns.tolist(), near.support.tolist(), near.followed.tolist()) == ([1, 2], [40, 40], [0, 0])


def test_without_times_nothing_is_followed_and_nothing_decays():
    near = CosineNeighbours().fit(matrix_of(two_tastes()).weights).neighbours(0, 50)
    assert near.followed.tolist() == [0, 0, 0]
    assert near.scores.tolist() == pytest.approx([40 / 60] * 3)


def test_a_three_user_coincidence_does_not_outrank_a_three_hundred_user_pattern():
    """1 and 2: 300 of 400 and 400. 7 and 8: the same three people and nobody else, a cosine of 1."""
    rows = people(300, 1, 2) + people(100, 1, 30, first=2_000) + people(100, 2, 40, first=3_000)
    rows += people(500, 30, 40, 50, first=4_000) + people(3, 7, 8, first=5_000)
    found = {each.anchor: each.neighbours[0] for each in neighbour_lists(rows, half_life=None)}
    assert (found[1].item, found[1].support, found[7].item, found[7].support) == (2, 300, 8, 3)
    assert found[1].score == pytest.approx(300 / 400 * 300 / 320, abs=0.05)
    assert found[7].score == pytest.approx(3 / 23)


def test_a_recent_pair_outranks_an_old_one_of_the_same_size():
    old = [(learner, item, 0) for learner in range(30) for item in (1, 2)]
    new = [(100 + learner, item, 700 * DAY) for learner in range(30) for item in (1, 3)]
    rest = [(200 + learner, item, 700 * DAY) for learner in range(300) for item in (4, 5)]
    near = fitted(matrix_of(old + new + rest), half_life=100.0).neighbours(0, 50)
    assert near.columns.tolist() == [2, 1]


def test_ages_count_from_the_newest_interaction_so_a_shift_of_all_times_changes_no_byte():
    shifted = [(learner, item, at + 10_000 * DAY) for learner, item, at in two_tastes()]
    assert packed(shifted) == packed(two_tastes())


def test_at_most_n_neighbours_are_kept_and_given():
    matrix = matrix_of(two_tastes())
    assert fitted(matrix, n_neighbours=2, half_life=None).neighbours(0, 50).columns.tolist() == [1, 2]
    assert fitted(matrix, half_life=None).neighbours(0, 1).columns.tolist() == [1]


def test_times_at_other_places_than_weights_are_refused():
    matrix = matrix_of([(1, 1, 5), (2, 2, 6)])
    other = csr_array(([5, 6], ([0, 1], [1, 0])), shape=(2, 2))
    with pytest.raises(ValueError, match="exactly where X is positive"):
        CosineNeighbours().fit(matrix.weights, when=other)


@pytest.mark.parametrize(
    "parameters",
    [
        {"alpha": 0.0},
        {"alpha": 1.0},
        {"shrinkage": -1.0},
        {"half_life": 0.0},
        {"block": 0},
        {"n_neighbours": 0},
        {"asymmetry": 1.1},
        {"cap": 0},
        {"cap": 65_536},
        {"threads": 0},
    ],
)
def test_a_parameter_out_of_range_is_refused_by_name(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        CosineNeighbours(**parameters).fit(np.eye(3))


def test_neighbours_are_asked_of_a_fitted_estimator_and_a_known_column():
    with pytest.raises(NotFittedError):
        CosineNeighbours().neighbours(0, 5)
    with pytest.raises(IndexError, match=r"outside 0\.\.2"):
        CosineNeighbours().fit(np.eye(3)).neighbours(3, 5)
