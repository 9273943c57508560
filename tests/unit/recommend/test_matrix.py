"""InteractionMatrix: what a column is, what a repeat counts, and that order never matters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.domain import ItemId
from connector.errors import UnknownName
from connector.recommend.matrix import InteractionMatrix

ROWS = st.lists(
    st.tuples(st.integers(1, 6), st.integers(10, 15), st.integers(0, 9), st.sampled_from([0.5, 1.0, 2.0])), max_size=40
)


def matrix_of(rows):
    return InteractionMatrix.from_columns(*(np.array([row[n] for row in rows]) for n in range(4)))


def as_bytes(matrix):
    arrays = (matrix.learners, matrix.items)
    for csr in (matrix.weights, matrix.when):
        arrays += (csr.indptr, csr.indices, csr.data)
    return b"|".join(array.tobytes() for array in arrays)


def test_item_and_learner_numbers_become_rising_columns_and_rows():
    matrix = InteractionMatrix.from_columns([70, 3, 70], [900, 900, 20], [5, 6, 7])
    assert matrix.learners.tolist() == [3, 70]
    assert matrix.items.tolist() == [20, 900]
    assert matrix.weights.toarray().tolist() == [[0.0, 1.0], [1.0, 1.0]]
    assert matrix.when.toarray().tolist() == [[0, 6], [7, 5]]


def test_a_repeat_counts_once_with_its_first_time_and_its_largest_weight():
    matrix = InteractionMatrix.from_columns([1, 1, 1], [9, 9, 9], [30, 10, 20], [1.0, 0.5, 2.0])
    assert (matrix.interactions, matrix.when.data.tolist(), matrix.weights.data.tolist()) == (1, [10], [2.0])


def test_a_completion_at_the_epoch_is_kept():
    matrix = InteractionMatrix.from_columns([1], [9], [0])
    assert (matrix.when.nnz, matrix.when.data.tolist()) == (1, [0])


@given(ROWS, st.randoms(use_true_random=False))
def test_the_same_interactions_in_any_order_give_the_same_bytes(rows, random):
    shuffled = random.sample(rows, len(rows))
    assert as_bytes(matrix_of(shuffled)) == as_bytes(matrix_of(rows))


@given(ROWS)
def test_times_and_weights_are_stored_at_the_same_places(rows):
    matrix = matrix_of(rows)
    assert matrix.weights.indptr.tolist() == matrix.when.indptr.tolist()
    assert matrix.weights.indices.tolist() == matrix.when.indices.tolist()
    assert matrix.interactions == len({row[:2] for row in rows})


def test_an_item_is_found_by_its_number_and_an_unknown_one_is_refused():
    matrix = InteractionMatrix.from_columns([1, 1], [20, 40], [0, 0])
    assert matrix.column(ItemId(40)) == 1
    for unknown in (10, 30, 50):
        with pytest.raises(UnknownName, match=f"Item {unknown}"):
            matrix.column(ItemId(unknown))


def test_no_interactions_make_an_empty_matrix():
    matrix = InteractionMatrix.from_columns([], [], [])
    assert (matrix.weights.shape, matrix.interactions) == ((0, 0), 0)


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        (([1, 2], [1], [0, 0]), "equally long"),
        (([1], [1], [0], [1.0, 1.0]), "equally long"),
        (([1.5], [1], [0]), "learners must be one column of integers"),
        (([1], [[1]], [0]), "items must be one column of integers"),
        (([1], [1], [0], [0.0]), "above 0"),
        (([1], [1], [0], [float("nan")]), "finite"),
    ],
)
def test_columns_that_cannot_be_used_are_refused_with_a_sentence(columns, sentence):
    with pytest.raises(ValueError, match=sentence):
        InteractionMatrix.from_columns(*columns)
