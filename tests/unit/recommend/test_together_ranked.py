"""What CosineNeighbours offers beyond the floor: all neighbours by score, asymmetry, the cap, threads."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.recommend.base import MICROSECONDS_PER_DAY as DAY
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.together import CosineNeighbours
from tests.bench.generate import Shape, generated
from tests.unit.recommend import slow

ROWS = st.lists(
    st.tuples(st.integers(1, 12), st.integers(1, 6), st.integers(0, 5).map(lambda day: day * DAY)),
    min_size=1,
    max_size=60,
)


def fitted(rows, **parameters):
    matrix = InteractionMatrix.from_columns(*(np.array([row[n] for row in rows], dtype=np.int64) for n in range(3)))
    return CosineNeighbours(**parameters).fit(matrix.weights, when=matrix.when), matrix.items.tolist()


@given(ROWS)
@settings(deadline=None, max_examples=60)
def test_every_item_that_shares_a_learner_is_ranked_by_the_score_of_the_slow_reference(rows):
    model, items = fitted(rows, half_life=3.0, shrinkage=2.0)
    for column, anchor in enumerate(items):
        near = model.ranked(column, 50)
        found = [items[other] for other in near.columns]
        numbers = {
            item: slow.pair(rows, anchor, item, half_life=3.0, shrinkage=2.0) for item in items if item != anchor
        }
        assert set(found) == {item for item, (_, support, _) in numbers.items() if support}
        for item, *given_numbers in zip(found, near.scores, near.support, near.followed, strict=True):
            assert given_numbers == pytest.approx(list(numbers[item]), abs=1e-8)
        places = list(zip(-near.scores, near.columns, strict=True))
        assert places == sorted(places)


@pytest.mark.parametrize("tastes", [1, 6])
def test_the_proven_ones_of_a_long_ranking_are_the_neighbours(tastes):
    matrix = generated(Shape(400, 120, 12, zipf=0.7, tastes=tastes, loyalty=0.85), 3).matrix()
    model = CosineNeighbours(n_neighbours=200).fit(matrix.weights, when=matrix.when)
    for column in range(len(matrix.items)):
        ranked, near = model.ranked(column, 200), model.neighbours(column, 200)
        assert ranked.columns[ranked.proven].tolist() == near.columns.tolist()
        assert ranked.scores[ranked.proven].tolist() == near.scores.tolist()
        assert ranked.columns.size > near.columns.size


def test_as_many_are_ranked_as_were_asked_for():
    matrix = generated(Shape(400, 120, 12), 3).matrix()
    model, longer = (CosineNeighbours(n_neighbours=n).fit(matrix.weights) for n in (7, 50))
    assert model.ranked(0, 50).columns.tolist() == longer.ranked(0, 7).columns.tolist()
    assert model.ranked(0, 3).columns.size == 3
    with pytest.raises(IndexError):
        model.ranked(120, 3)


def test_asymmetry_asks_how_many_of_the_anchors_learners_have_the_other():
    """40 have both, 60 more have only item 2, and all have two items: 40 / 40 and 40 / 100."""
    rows = [(n, item, 0) for n in range(40) for item in (1, 2)] + [
        (40 + n, item, 0) for n in range(60) for item in (2, 3)
    ]
    whole, _ = fitted(rows, asymmetry=1.0, shrinkage=0.0)
    back, _ = fitted(rows, asymmetry=0.0, shrinkage=0.0)
    assert whole.ranked(0, 1).scores.tolist() == pytest.approx([1.0])
    assert dict(zip(whole.ranked(1, 2).columns, whole.ranked(1, 2).scores, strict=True)) == pytest.approx(
        {0: 0.4, 2: 0.6}
    )
    assert back.ranked(0, 1).scores.tolist() == pytest.approx([0.4])


def test_of_a_learner_above_the_cap_only_the_latest_items_count():
    """Items 1, 2, 3 on days 0, 1, 2: with a cap of two, nobody has item 1."""
    rows = [(learner, item, item * DAY) for learner in range(9) for item in (1, 2, 3)]
    model, _ = fitted(rows, cap=2)
    assert model.base_.tolist() == [0, 9, 9]
    assert model.ranked(0, 9).columns.size == 0
    assert model.ranked(1, 9).columns.tolist() == [2]


def test_without_times_or_at_one_time_the_cap_keeps_the_higher_columns():
    assert CosineNeighbours(cap=2).fit(np.ones((5, 3))).base_.tolist() == [0, 5, 5]
    assert fitted([(n, item, DAY) for n in range(5) for item in (1, 2, 3)], cap=1)[0].base_.tolist() == [0, 0, 5]


@pytest.mark.parametrize(("threads", "block"), [(1, 64), (3, 5), (8, 1)])
def test_threads_and_blocks_change_no_byte(threads, block):
    matrix = generated(Shape(300, 90, 10, zipf=0.7, tastes=5, loyalty=0.85), 2).matrix()
    one, other = (
        CosineNeighbours(threads=count, block=size).fit(matrix.weights, when=matrix.when)
        for count, size in ((1, 90), (threads, block))
    )
    assert one.columns_.size > 0
    assert [getattr(one, name).tobytes() for name in ("starts_", "columns_", "scores_", "followed_")] == [
        getattr(other, name).tobytes() for name in ("starts_", "columns_", "scores_", "followed_")
    ]
    assert all(mine.tobytes() == theirs.tobytes() for mine, theirs in zip(one.ranked_, other.ranked_, strict=True))


def test_what_was_given_is_not_written_to_and_its_disorder_does_not_matter():
    matrix = generated(Shape(300, 90, 10, zipf=0.7, tastes=5, loyalty=0.85), 2).matrix()
    before = matrix.weights.data.tobytes(), matrix.when.data.tobytes(), matrix.when.indices.tobytes()
    tidy = CosineNeighbours().fit(matrix.weights, when=matrix.when)
    assert before == (matrix.weights.data.tobytes(), matrix.when.data.tobytes(), matrix.when.indices.tobytes())
    untidy = CosineNeighbours().fit(matrix.weights[:, ::-1][:, ::-1].tocoo(), when=matrix.when.tocoo().tocsr())
    assert tidy.scores_.tobytes() == untidy.scores_.tobytes()
