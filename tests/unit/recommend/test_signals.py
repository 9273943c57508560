"""What each signal says, once, by hand; and who cannot push an item."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain import Deed, Signal
from connector.recommend.base import MICROSECONDS_PER_DAY as DAY
from connector.recommend.signals import evidence, weighed

CODES = {signal: code for code, signal in enumerate(Signal)}
nan = float("nan")


def said(*deeds):
    """Weight by (learner, item); a deed is learner, item, signal, day and a value."""
    rows = [
        (learner, item, CODES[signal], int(day * DAY), *(value or (nan,)))
        for learner, item, signal, day, *value in deeds
    ]
    found = weighed(*zip(*rows, strict=True))
    pairs = zip(found.learners.tolist(), found.items.tolist(), strict=True)
    return dict(zip(pairs, found.weights.tolist(), strict=True))


COMPLETED = (99, 99, Signal.COMPLETED, 0)
"""With this one completions lead: nobody did anything with two items."""


@pytest.mark.parametrize(
    ("deeds", "weight"),
    [
        ([(Signal.COMPLETED, 1)], 1.0),
        ([(Signal.PASSED, 1), (Signal.VIEWED, 0)], 1.0),
        ([(Signal.SUBMITTED, 1)], 0.6),
        ([(Signal.PROGRESSED, 1, 0.5)], 0.25),
        ([(Signal.PROGRESSED, 1)], 0.5),
        ([(Signal.ENROLLED, 1), (Signal.STARTED, 2)], 0.4),
        ([(Signal.RATED, 1, 0.75)], 0.6),
        ([(Signal.COMPLETED, 1), (Signal.RATED, 1, 0.2)], 0.7),
        ([(Signal.COMPLETED, 1), (Signal.FAILED, 2)], 0.7),
        ([(Signal.VIEWED, 1)], 0.1),
        ([(Signal.VIEWED, 1), (Signal.VIEWED, 1.2), (Signal.VIEWED, 1.4)], 0.1),
        ([(Signal.VIEWED, day) for day in range(3)], 0.2),
        ([(Signal.VIEWED, day) for day in range(40)], 0.3),
        ([(Signal.COMPLETED, 1), (Signal.RETRACTED, 2), (Signal.STARTED, 3)], 0.4),
        ([(Signal.RETRACTED, 2), (Signal.COMPLETED, 2)], 1.0),
    ],
)
def test_the_strongest_signal_counts_and_doubts_take_off(deeds, weight):
    assert said(COMPLETED, *((1, 5, *deed) for deed in deeds))[1, 5] == pytest.approx(weight)


@pytest.mark.parametrize("signal", [Signal.FAILED, Signal.SEARCHED, Signal.NEUTRAL, Signal.UNENROLLED])
def test_what_is_no_sign_of_interest_leaves_nothing(signal):
    assert said(COMPLETED, (1, 5, signal, 1)) == {(99, 99): 1.0}


def test_where_there_are_only_views_a_view_leads():
    rows = [(learner, 5, CODES[Signal.VIEWED], learner, nan) for learner in range(30)]
    found = weighed(*zip(*rows, strict=True))
    assert found.deed is Deed.OPENED
    assert set(found.weights.tolist()) == {1.0}
    assert evidence(found) == (
        "Rows go by what people opened: 0 of 30 learners did so with two items or more, 0 completed two or more."
    )


def columns_of(*deeds):
    """Weigh learner, item, signal, day."""
    return weighed(*zip(*((who, what, CODES[signal], at * DAY, nan) for who, what, signal, at in deeds), strict=True))


def seen(learner, items=(5, 6)):
    return [(learner, item, Signal.VIEWED, item) for item in items]


def finished(learner, items=(5, 6)):
    return [(learner, item, Signal.COMPLETED, item) for item in items]


def test_completions_lead_once_a_third_of_the_learners_have_two():
    views = [row for learner in range(4) for row in seen(learner)]
    one = columns_of(*views, *finished(18), *finished(19, items=(5,)))
    assert (one.deed, one.people[Deed.COMPLETED], one.everybody) == (Deed.OPENED, 1, 6)
    two = columns_of(*views, *finished(18), *finished(19))
    assert (two.deed, two.people[Deed.COMPLETED], two.people[Deed.OPENED]) == (Deed.COMPLETED, 2, 6)
    assert evidence(two) == "Rows go by what people completed: 2 of 6 learners completed two items or more."
    assert two.did.tolist() == [False] * 8 + [True] * 4


def test_who_completed_something_has_opened_it_too_and_enrolments_are_a_deed_of_their_own():
    views = [row for learner in range(18) for row in seen(learner)]
    opened = columns_of(*views, *finished(18), (3, 7, Signal.ENROLLED, 1))
    pairs = dict(zip(zip(opened.learners.tolist(), opened.items.tolist(), strict=True), opened.did, strict=True))
    assert pairs[18, 5]
    assert not pairs[3, 7]
    enrolled = columns_of(*((learner, item, Signal.ENROLLED, item) for learner in range(5) for item in (5, 6)))
    assert enrolled.deed is Deed.ENROLLED


def test_the_first_of_the_deed_is_not_the_first_of_the_strongest():
    opened = columns_of(*seen(1), *seen(2), *((3, 5, signal, day) for signal, day in (LATE, EARLY)), *seen(4, (8, 9)))
    place = opened.learners.tolist().index(3)
    assert opened.deed is Deed.OPENED
    assert (opened.since[place], opened.times[place]) == (2 * DAY, 7 * DAY)


LATE, EARLY = (Signal.COMPLETED, 7), (Signal.VIEWED, 2)


def test_a_completion_that_was_taken_back_is_none():
    found = columns_of(*finished(1), *finished(2), (1, 5, Signal.RETRACTED, 9), (1, 5, Signal.STARTED, 1))
    assert found.deed is Deed.COMPLETED
    assert found.did.tolist() == [False, True, True, True]


def test_the_time_is_that_of_the_first_of_the_strongest():
    rows = [(1, 5, Signal.VIEWED, 1), (1, 5, Signal.COMPLETED, 7), (1, 5, Signal.COMPLETED, 9)]
    found = weighed(*zip(*((who, what, CODES[signal], day * DAY, nan) for who, what, signal, day in rows), strict=True))
    assert found.times.tolist() == [7 * DAY]


def test_a_burst_of_fifty_items_says_as_much_as_five():
    second = 1 / 86_400
    clicked = [(1, item, Signal.COMPLETED, item * second) for item in range(50)]
    calm = [(2, item, Signal.COMPLETED, item * 60 * second) for item in range(50)]
    found = said(*clicked, *calm)
    assert sum(weight for (who, _), weight in found.items() if who == 1) == pytest.approx(5)
    assert sum(weight for (who, _), weight in found.items() if who == 2) == pytest.approx(50)


def test_where_times_are_days_nothing_is_a_burst():
    assert set(said(*((1, item, Signal.COMPLETED, 3) for item in range(50))).values()) == {1.0}


def test_a_thousand_repeats_of_one_person_count_once():
    once = said(COMPLETED, (1, 5, Signal.COMPLETED, 1))
    assert said(COMPLETED, *((1, 5, Signal.COMPLETED, 1 + n / 10) for n in range(1_000))) == once


def test_nothing_gives_nothing_and_unequal_columns_are_refused():
    assert weighed([], [], [], [], []).did.size == 0
    with pytest.raises(ValueError, match="equally long"):
        weighed([1], [1, 2], [0], [0], [nan])


DEEDS = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 4), st.sampled_from(list(Signal)), st.integers(0, 9), st.floats(0, 1)),
    min_size=1,
)


@given(DEEDS, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=80)
def test_the_order_of_the_columns_changes_no_byte_and_weights_lie_in_0_to_1(deeds, random):
    def columns(rows):
        return weighed(
            *zip(*((who, what, CODES[signal], at * DAY, came) for who, what, signal, at, came in rows), strict=True)
        )

    one, other = columns(deeds), columns(random.sample(deeds, len(deeds)))
    for name in ("learners", "items", "times", "weights", "did", "since"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert np.all((one.weights > 0) & (one.weights <= 1))
