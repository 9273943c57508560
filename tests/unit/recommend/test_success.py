"""What those did who succeeded, against those who tried and did not: more than chance, or nothing."""

import numpy as np
import pytest

from connector.domain import NeighbourKind, Signal, Success, SuccessKind
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.success import Outcomes, outcomes, succeeded_lists

NAN = float("nan")
CODES = {signal: code for code, signal in enumerate(Signal)}
EXAM, PRACTICE = 1, 2


def told(success, *rows):
    """Rows are (learner, item, signal, value)."""
    who, what, signals, values = zip(*rows, strict=True)
    found = outcomes(who, what, [CODES[one] for one in signals], values, success)
    return list(zip(found.learners.tolist(), found.items.tolist(), found.succeeded.tolist(), strict=True))


ROWS = (
    (1, EXAM, Signal.COMPLETED, 0.4),
    (2, EXAM, Signal.PASSED, 0.9),
    (3, EXAM, Signal.FAILED, 0.5),
    (3, EXAM, Signal.STARTED, NAN),
    (4, EXAM, Signal.VIEWED, NAN),
    (5, EXAM, Signal.SUBMITTED, 0.8),
    (5, 9, Signal.PROGRESSED, 1.0),
)


@pytest.mark.parametrize(
    ("success", "who"),
    [
        (Success(), {1, 2}),
        (Success(SuccessKind.PASSED), {2}),
        (Success(SuccessKind.SCORE, 0.8), {2, 5}),
        (Success(SuccessKind.SCORE, 0.5), {2, 3, 5}),
    ],
)
def test_who_succeeded_is_what_the_site_says_and_a_view_is_no_try(success, who):
    found = told(success, *ROWS)
    assert [(learner, item) for learner, item, _ in found] == [(1, 1), (2, 1), (3, 1), (5, 1), (5, 9)]
    assert {learner for learner, _, did in found if did} == who


def test_a_progress_is_no_score():
    assert told(Success(SuccessKind.SCORE, 0.5), (1, EXAM, Signal.PROGRESSED, 1.0)) == [(1, EXAM, False)]


def site(practised=(38, 12), fillers=20):
    """100 tried the exam and half succeeded; so many of each half practised; all else is spread alike."""
    rows = []
    for learner in range(100):
        won = learner < 50
        rows += [(learner, EXAM, 500)] if won else []
        rows += [(learner, PRACTICE, 100)] if learner % 50 < practised[0 if won else 1] else []
        rows += [(learner, 10 + (7 * learner + step) % fillers, 600) for step in range(5 + learner % 9)]
    who, what, when = np.array(rows).T
    tried = Outcomes(np.full(100, EXAM), np.arange(100), np.arange(100) < 50)
    return InteractionMatrix.from_columns(who, what, when), tried


def test_what_those_who_succeeded_did_more_often_is_near_with_its_counts():
    (found,) = succeeded_lists(*site())
    assert (found.kind, found.anchor, found.base) == (NeighbourKind.SUCCEEDED, EXAM, 50)
    (near,) = found.neighbours
    assert (near.item, near.support, near.followed) == (PRACTICE, 38, 0)  # all practised before the exam
    assert near.score == pytest.approx(38 / 58 * (38 / 50 - 12 / 50))


def test_what_both_did_alike_is_not_near_however_many_did_it():
    assert list(succeeded_lists(*site(practised=(40, 40)))) == []


def test_what_those_who_did_not_succeed_did_more_often_is_not_near():
    assert list(succeeded_lists(*site(practised=(12, 38)))) == []


def test_without_k_people_on_either_side_there_is_no_list():
    matrix, tried = site()
    for first, end, least in ((46, 100, 4), (0, 54, 50)):  # four who succeeded; four who did not
        few = Outcomes(*(column[first:end] for column in (tried.items, tried.learners, tried.succeeded)))
        assert few.succeeded.sum() == least
        assert list(succeeded_lists(matrix, few)) == []


def test_success_at_what_is_not_done_any_more_is_none():
    matrix, tried = site()
    everyone = Outcomes(tried.items, tried.learners, np.ones(100, dtype=np.bool_))
    (found,) = succeeded_lists(matrix, everyone)
    assert found.base == 50  # the others' exams were taken back


def test_who_is_more_active_in_everything_proves_nothing():
    random = np.random.default_rng(5)
    rows = [(learner, EXAM, 1) for learner in range(150)]
    for learner in range(300):
        many = 24 if learner < 150 else 6
        rows += [(learner, 10 + item, 2) for item in random.choice(40, many, replace=False).tolist()]
    matrix = InteractionMatrix.from_columns(*np.array(rows).T)
    tried = Outcomes(np.full(300, EXAM), np.arange(300), np.arange(300) < 150)
    assert list(succeeded_lists(matrix, tried)) == []


def test_noise_gives_hardly_any_anchor_a_row():
    random = np.random.default_rng(8)
    rows = 0
    for _ in range(12):
        who, what = random.integers(0, 200, 2_500), random.zipf(1.4, 2_500) % 50
        matrix = InteractionMatrix.from_columns(who, what, np.arange(2_500))
        pairs = np.unique(np.column_stack((what, who)), axis=0)
        tried = Outcomes(pairs[:, 0], pairs[:, 1], random.random(len(pairs)) < 0.5)
        rows += sum(len(found.neighbours) >= 3 for found in succeeded_lists(matrix, tried))
    assert rows <= 1  # of 12 data sets, at 5 % each


def test_the_order_of_the_rows_changes_nothing():
    assert told(Success(), *reversed(ROWS)) == told(Success(), *ROWS)
