"""NextItems against a slow reference in plain Python, and what it promises about order, support and learners."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from sklearn.utils.estimator_checks import parametrize_with_checks

from connector.recommend.base import MICROSECONDS_PER_DAY as DAY
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.next_ import NextItems
from tests.unit.recommend import slow_next

LEARNED = ("base_", "starts_", "columns_", "scores_", "support_", "followed_")
ROWS = st.lists(
    st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(0, 9).map(lambda day: day * DAY)),
    min_size=1,
    max_size=40,
)
quick = settings(deadline=None, max_examples=40)


@parametrize_with_checks([NextItems(n_jobs=1)])
def test_scikit_learns_own_contract_holds(estimator, check):
    check(estimator)


def matrix_of(rows):
    return InteractionMatrix.from_columns(*(np.array([row[n] for row in rows], dtype=np.int64) for n in range(3)))


def fitted(rows, **parameters):
    matrix = matrix_of(rows)
    return NextItems(**parameters).fit(matrix.weights, when=matrix.when), matrix.items.tolist()


def near(rows, anchor, **parameters):
    estimator, items = fitted(rows, **parameters)
    found = estimator.neighbours(items.index(anchor), 50)
    numbers = (found.scores.tolist(), found.support.tolist(), found.followed.tolist())
    return {items[column]: each for column, *each in zip(found.columns.tolist(), *numbers, strict=True)}


def people(count, *items, first=1_000):
    """``count`` learners who did ``items`` in this order, one a day."""
    return [(first + learner, item, day * DAY) for learner in range(count) for day, item in enumerate(items)]


@given(ROWS, st.integers(1, 3), st.floats(0, 1), st.floats(0, 1))
@quick
def test_every_number_is_what_the_slow_reference_says(rows, window, backward, damping):
    told = {"window": window, "distance": 0.7, "backward": backward, "gap": 5.0, "damping": damping, "prior": 2.0}
    estimator, items = fitted(rows, half_life=4.0, **told)
    expected = {pair: score for pair, score in slow_next.scores(rows, half_life=4.0, **told).items() if score > 0}
    found = {}
    for column, item in enumerate(items):
        each = estimator.neighbours(column, 50)
        for place, other in enumerate(each.columns.tolist()):
            found[item, items[other]] = each.scores[place]
            counted = (each.support[place], each.followed[place])
            assert counted == slow_next.support(rows, item, items[other])
    assert found == pytest.approx(expected, abs=1e-9)


@given(ROWS, st.randoms(use_true_random=False), st.integers(1, 3))
@quick
def test_neither_the_order_of_the_input_nor_the_number_of_threads_changes_a_byte(rows, random, n_jobs):
    one, _ = fitted(rows, half_life=9.0)
    other, _ = fitted(random.sample(rows, len(rows)), half_life=9.0, n_jobs=n_jobs)
    for name in LEARNED:
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes(), name


@given(ROWS)
@quick
def test_a_learner_emptied_leaves_what_never_having_had_them_leaves(rows):
    known = people(9, 1, 2, 3, 4, 5, 6)
    matrix = matrix_of(known + rows)
    kept = np.repeat(matrix.learners >= 1_000, np.diff(matrix.weights.indptr))
    starts = np.concatenate(([0], np.cumsum(kept)))[matrix.weights.indptr]
    emptied = [
        csr_array((one.data[kept], one.indices[kept], starts), shape=one.shape) for one in (matrix.weights, matrix.when)
    ]
    erased = NextItems().fit(emptied[0], when=emptied[1])
    never, _ = fitted(known)
    for name in LEARNED:
        assert np.array_equal(getattr(erased, name), getattr(never, name)), name


@given(ROWS, st.integers(1, 6), st.integers(1, 6))
@quick
def test_one_more_learner_with_just_these_two_never_lowers_the_pair(rows, i, j):
    if i == j:
        return
    before = near([*rows, *people(1, 1, 2, 3, 4, 5, 6)], i, damping=0.0)
    after = near([*rows, *people(1, 1, 2, 3, 4, 5, 6), *people(1, i, j, first=5_000)], i, damping=0.0)
    assert after[j][0] >= before[j][0]
    assert after[j][1] == before[j][1] + 1


def test_what_comes_next_outranks_what_comes_later_and_that_what_came_before():
    # all three are 1 or 2 days and moments from 2; 3 follows at once, 4 later, 1 was before
    assert list(near(people(9, 1, 2, 3, 4), 2)) == [3, 4, 1]


def test_a_share_worked_out_by_hand():
    # 7 learners of two items each: say 1 / log2(3), together 4.4165; 0 days apart counts 1, forwards 1, backwards 0.35
    rows = [(learner, item, item) for learner in range(7) for item in (1, 2)]
    say = 7 / np.log2(3)
    assert near(rows, 1, damping=0.0)[2][0] == pytest.approx(say / (say + 3))
    assert near(rows, 2, damping=0.0)[1][0] == pytest.approx(0.35 * say / (0.35 * say + 3))


def test_items_of_one_moment_count_between_before_and_after_and_nobody_follows():
    rows = [(learner, item, 5 * DAY) for learner in range(7) for item in (1, 2)]
    say = 0.675 * 7 / np.log2(3)
    assert near(rows, 1, damping=0.0)[2] == pytest.approx([say / (say + 3), 7, 0])
    assert near(rows, 2, damping=0.0)[1] == pytest.approx([say / (say + 3), 7, 0])


def test_a_month_between_two_items_halves_what_they_say():
    rows = [(1, 1, 0), (1, 2, 30 * DAY), (2, 1, 0), (2, 3, 0 * DAY + 1)]
    found = near(rows, 1, damping=0.0)
    assert found[3][0] == pytest.approx(2 * found[2][0], rel=1e-6)


def test_support_and_followed_count_whole_histories_beyond_the_window():
    found = near([*people(5, 1, 2, 3), *people(2, 1, 3, first=2_000)], 1, window=1)
    assert found[3][1:] == [7, 7]
    assert found[2][1:] == [5, 5]


def test_a_three_learner_coincidence_does_not_outrank_a_three_hundred_learner_pattern():
    """300 of 400 go from 1 to 2; the same three people did 7 and then 8, and nobody else did either."""
    rows = people(300, 1, 2, 3) + people(100, 1, 30, first=2_000) + people(3, 7, 8, 9, first=5_000)
    assert near(rows, 1)[2][0] > near(rows, 7)[8][0]
    mixed = [*rows, *people(3, 1, 40, first=6_000)]
    assert next(iter(near(mixed, 1))) == 2


def test_ties_go_to_the_lower_item_number_and_at_most_n_are_kept():
    rows = [(learner, item, 0 if item == 5 else DAY) for learner in range(4) for item in (5, 9, 2, 7, 3)]
    assert list(near(rows, 5)) == [2, 3, 7, 9]
    assert list(near(rows, 5, n_neighbours=2)) == [2, 3]


@pytest.mark.parametrize(
    "parameters",
    [
        {"window": 0},
        {"distance": -1.0},
        {"backward": 1.5},
        {"gap": 0.0},
        {"damping": -0.1},
        {"prior": 0.0},
        {"n_jobs": 0},
    ],
)
def test_a_parameter_out_of_range_is_refused_by_name(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        NextItems(**parameters).fit(np.eye(3))
