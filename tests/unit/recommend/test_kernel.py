"""The compiled parts by themselves: the heap of the best, the places, and what happens where nothing can be kept."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from connector.recommend.best import offer, put_in_order
from connector.recommend.compiled import compiled
from connector.recommend.layout import ONE, Layout


@settings(deadline=None)  # the first call compiles
@given(st.lists(st.integers(0, 9).map(float), max_size=40), st.integers(1, 12))
def test_the_best_come_out_in_order_and_ties_go_to_the_lower_column(scores, n):
    top, columns, size = np.empty(n), np.empty(n, np.int64), 0
    for column, score in enumerate(scores):
        size = offer(top, columns, size, score, column)
    put_in_order(top, columns, size)
    best = sorted(range(len(scores)), key=lambda column: (-scores[column], column))[:n]
    assert columns[:size].tolist() == best
    assert top[:size].tolist() == [scores[column] for column in best]


def laid_out(weights, times, cap=500):
    with ThreadPoolExecutor(1) as pool:
        return Layout.of(csr_array(weights), None if times is None else csr_array(times), None, cap, pool)


def test_a_history_is_laid_out_oldest_first_with_the_places_to_what_is_strictly_later():
    """Columns 0, 1, 2 at times 9, 5, 9: first 1; then 0 and 2, of which neither is later than the other."""
    layout = laid_out([[1.0, 1.0, 1.0]], [[9, 5, 9]])
    assert layout.columns.tolist() == [1, 0, 2]
    assert layout.laters.tolist() == [3, 1, 3]
    assert layout.heights.tolist() == layout.weights.tolist() == [int(ONE)] * 3


def test_columns_take_two_bytes_where_that_is_enough_and_give_the_same():
    """Item 65,536 is the first that two bytes cannot name."""
    narrow, wide = (
        laid_out(csr_array(([1.0, 1.0, 1.0], ([0, 0, 1], [0, 2, 2])), shape=(2, items)), None)
        for items in (65_536, 65_537)
    )
    assert (narrow.columns.dtype, wide.columns.dtype) == (np.uint16, np.uint32)
    assert narrow.columns.tolist() == wide.columns.tolist() == [0, 2, 2]
    assert narrow.heights.tolist() == wide.heights.tolist()


def test_the_learners_of_a_column_rise_whichever_part_entered_them():
    """Nine learners with the same two columns, in four parts; learner u has column 1 one moment before column 0."""
    layout = laid_out([[1.0, 1.0]] * 9, [[2, 1]] * 9)
    assert layout.learners.tolist() == [*range(9), *range(9)]
    assert layout.laters.tolist() == [2] * 9 + [1] * 9
    assert layout.pairs.tolist() == [9, 9]


def test_lengths_base_and_pairs_are_of_what_the_cap_leaves():
    layout = laid_out([[2.0, 1.0, 1.0], [0, 0, 1.0]], [[3, 1, 2], [0, 0, 1]], cap=2)
    assert layout.base.tolist() == [1, 0, 2]
    assert layout.pairs.tolist() == [1, 0, 1]
    say = 1 / np.log2(3)
    assert np.allclose(layout.lengths, [2 * say**0.5, 0, (say + 1) ** 0.5])


def test_a_function_is_compiled_where_there_is_no_folder_to_keep_it():
    namespace = {}
    exec(compile("def twice(n):\n    return 2 * n\n", "<nowhere>", "exec"), namespace)
    assert compiled(namespace["twice"])(21) == 42
