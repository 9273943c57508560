"""Who is asked what, and what was known then, by a history made by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import BadInput
from connector.evaluate.log import Log, shuffled
from connector.evaluate.protocols import PROTOCOLS, planned

DAY = 86_400_000_000
HOUR = DAY // 24
ROWS = [  # learner, item, day: rows 3 and 6 repeat what rows 0 and 2 said first
    (0, 0, 0),
    (1, 0, 1),
    (0, 1, 2),
    (0, 0, 3),
    (1, 1, 4),
    (0, 2, 5),
    (0, 1, 6),
    (2, 2, 7),
]


@pytest.fixture
def log() -> Log:
    learners, items, days = zip(*ROWS, strict=True)
    return Log.of(learners, items, [day * DAY + HOUR for day in days])


def test_only_the_first_of_a_learner_and_an_item_is_first(log):
    assert log.first.tolist() == [True, True, True, False, True, True, False, True]


def test_a_log_is_in_order_of_time_and_equal_times_stay_as_they_were_given():
    log = Log.of([3, 1, 2], [0, 1, 2], [5, 4, 5])
    assert log.learners.tolist() == [1, 3, 2]


def test_last_out_asks_who_has_three_items_for_the_last_one(log):
    (sitting,) = planned(log, "last-out")
    (question,) = sitting.questions
    assert (question.learner, question.at, question.wanted.tolist()) == (0, 5 * DAY + HOUR, [2])
    assert question.history.tolist() == [0, 2, 3]


def test_last_out_hides_from_the_model_what_the_asked_learner_did_from_then_on(log):
    """Row 6 is a repeat by learner 0 after the question; row 7 is somebody else's and stays."""
    (sitting,) = planned(log, "last-out")
    assert sitting.known.tolist() == [0, 1, 2, 3, 4, 7]


def test_prequential_asks_for_each_first_after_the_cut_with_a_model_of_that_morning(log):
    """Firsts are on days 0, 1, 2, 4, 5, 7: the 0.8 quantile is at place 4 of 0…5, day 5; only day 7 is later."""
    (sitting,) = planned(log, "prequential")
    assert (sitting.now, sitting.known) == (7 * DAY, slice(0, 7))
    (question,) = sitting.questions
    assert (question.learner, question.cold, question.wanted.tolist()) == (2, True, [2])


def test_prequential_learns_once_a_day_and_its_histories_are_live():
    """Ten firsts, on days 0…7 and twice on day 8: the quantile is at place 7.2, so both of day 8 are asked for."""
    learners, items = [*range(8), 9, 9], [0] * 8 + [1, 2]
    log = Log.of(learners, items, [*(day * DAY for day in range(8)), 8 * DAY + HOUR, 8 * DAY + 2 * HOUR])
    (sitting,) = planned(log, "prequential")
    assert (sitting.now, sitting.known) == (8 * DAY, slice(0, 8))
    assert [question.history.tolist() for question in sitting.questions] == [[], [8]]


def test_time_split_cuts_once_and_freezes_histories():
    """Twelve firsts at 0…9, 9, 9: the quantile is at place 8.8, so all to 8 is known; learner 0 does two more."""
    log = Log.of([0, 1, 2, 3, 4, 0, 1, 2, 0, 5, 0, 0], [0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4], [*range(10), 9, 9])
    (sitting,) = planned(log, "time-split")
    asked = {one.learner: (one.history.tolist(), one.wanted.tolist()) for one in sitting.questions}
    assert asked == {0: ([0, 5, 8], [3, 4]), 5: ([], [2])}
    assert sitting.known == slice(0, 9)
    assert {one.at for one in sitting.questions} == {sitting.now}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_too_few_data_are_told_in_a_sentence(protocol):
    with pytest.raises(BadInput, match=f"nobody to ask under {protocol}"):
        planned(Log.of([0], [0], [0]), protocol)


logs = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5), st.integers(0, 12)), min_size=6, max_size=60).map(
    lambda rows: Log.of(*(list(column) for column in zip(*rows, strict=True)))
)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@given(log=logs, hours=st.sampled_from([1, HOUR, DAY]))
def test_nothing_that_is_asked_for_is_known(protocol, log, hours):
    log = Log.of(log.learners, log.items, log.times * hours)
    for sitting in PROTOCOLS[protocol](log):
        known = log.take(sitting.known)
        pairs = set(zip(known.learners.tolist(), known.items.tolist(), strict=True))
        for question in sitting.questions:
            history = log.take(question.history)
            assert not {(question.learner, item) for item in question.wanted.tolist()} & pairs
            assert not set(question.wanted.tolist()) & set(history.items.tolist())
            assert set(history.learners.tolist()) <= {question.learner}
            assert history.times.max(initial=0) <= question.at


@given(log=logs)
def test_prequential_models_know_nothing_of_their_day(log):
    log = Log.of(log.learners, log.items, log.times * HOUR * 7)
    for sitting in PROTOCOLS["prequential"](log):
        assert log.take(sitting.known).times.max(initial=-1) < sitting.now
        assert all(sitting.now <= question.at < sitting.now + DAY for question in sitting.questions)


@given(log=logs, seed=st.integers(0, 9))
def test_shuffling_keeps_who_was_how_active_and_what_was_how_popular(log, seed):
    kept, dealt = log.firsts(), shuffled(log, seed)
    assert np.bincount(dealt.learners, minlength=5).tolist() == np.bincount(kept.learners, minlength=5).tolist()
    assert np.bincount(dealt.items, minlength=6).tolist() == np.bincount(kept.items, minlength=6).tolist()
    assert shuffled(log, seed).items.tolist() == dealt.items.tolist()
