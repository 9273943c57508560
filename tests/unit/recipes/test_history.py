from connector.domain import Signal
from connector.recipes.history import Unfinished, read
from tests.unit.recipes.shelves import act, completed


def items_of(entries):
    return [entry.item for entry in entries]


def test_completed_and_passed_items_are_done_and_positive_latest_first():
    past = read([completed(1, days=9), act(Signal.PASSED, 2, days=3)])
    assert past.done == {1, 2}
    assert items_of(past.positives) == [2, 1]
    assert past.unfinished == ()


def test_moodles_uncompleted_in_the_same_second_leaves_the_item_done_in_either_order():
    undo, done = act(Signal.RETRACTED, 1, days=2), completed(1, days=2)
    assert read([undo, done]).done == read([done, undo]).done == {1}


def test_a_later_retraction_takes_the_completion_back():
    past = read([completed(1, days=2), act(Signal.RETRACTED, 1, days=1)])
    assert past.done == frozenset()
    assert past.positives == past.unfinished == ()


def test_a_completion_after_the_retraction_counts_again():
    assert read([completed(1, days=3), act(Signal.RETRACTED, 1, days=2), completed(1, days=1)]).done == {1}


def test_of_several_completions_the_latest_one_dates_the_anchor():
    past = read([completed(1, days=3), act(Signal.PASSED, 1, days=1), completed(1, days=8)])
    assert past.positives[0].at == completed(1, days=1).at


def test_a_failure_alone_is_no_completion_but_unfinished():
    past = read([act(Signal.FAILED, 1)])
    assert past.done == frozenset()
    assert items_of(past.unfinished) == [1]


def test_a_failure_after_the_completion_leaves_the_item_done_but_not_positive():
    past = read([completed(1, days=3), act(Signal.FAILED, 1, days=1)])
    assert past.done == {1}
    assert past.positives == past.unfinished == ()


def test_a_completion_after_the_failure_is_positive():
    assert items_of(read([act(Signal.FAILED, 1, days=3), completed(1, days=1)]).positives) == [1]


def test_a_single_view_is_too_weak_and_the_same_second_twice_is_a_single_view():
    assert read([act(Signal.VIEWED, 1), act(Signal.VIEWED, 1)]).unfinished == ()


def test_two_views_are_a_beginning_dated_by_the_later():
    past = read([act(Signal.VIEWED, 1, days=5), act(Signal.VIEWED, 1, days=2)])
    assert past.unfinished == (Unfinished(1, act(Signal.VIEWED, 1, days=2).at, None),)


def test_an_enrolment_or_a_rating_or_a_search_begins_nothing():
    signals = (Signal.ENROLLED, Signal.RATED, Signal.SEARCHED, Signal.NEUTRAL)
    assert read([act(signal, 1) for signal in signals]).unfinished == ()


def test_leaving_the_course_ends_it():
    assert read([act(Signal.STARTED, 1, days=5), act(Signal.UNENROLLED, 1, days=5)]).unfinished == ()


def test_enrolling_again_or_going_on_after_leaving_brings_it_back():
    left = [act(Signal.STARTED, 1, days=5), act(Signal.UNENROLLED, 1, days=4)]
    assert items_of(read([*left, act(Signal.ENROLLED, 1, days=3)]).unfinished) == [1]
    assert items_of(read([*left, act(Signal.VIEWED, 1, days=3)]).unfinished) == [1]


def test_progress_is_the_latest_word_and_of_two_at_one_time_the_higher():
    steps = [(30, 5), (80, 9), (40, 2), (45, 2)]
    past = read([act(Signal.PROGRESSED, 1, days, progress) for progress, days in steps])
    assert past.unfinished[0].progress == 45


def test_full_progress_of_an_item_that_is_not_done_is_not_told():
    assert read([act(Signal.PROGRESSED, 1, progress=100)]).unfinished[0].progress is None


def test_unfinished_items_are_latest_first_and_equal_times_by_number():
    past = read([act(Signal.STARTED, 9, days=2), act(Signal.SUBMITTED, 4, days=2), act(Signal.STARTED, 5, days=1)])
    assert items_of(past.unfinished) == [5, 4, 9]


def test_an_empty_history_says_nothing():
    past = read([])
    assert (past.done, past.positives, past.unfinished) == (frozenset(), (), ())
