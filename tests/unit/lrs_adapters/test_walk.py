"""The walk over a reader whose answers are written down: what it asks, what it stores, where it stops."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from lrs_adapters.base import LRSProtocolError, LRSUnavailable, MoreExpired
from lrs_adapters.ending import CANNOT_BE_CHECKED, ENDED_EARLY, ONE_MOMENT
from lrs_adapters.profiles import XAPI, EndCheck, SinceField
from lrs_adapters.walk import Answer, Reach, from_the_beginning, pages

MILLI = timedelta(milliseconds=1)
UNORDERED = replace(XAPI, delivers_order=False)


def at(minute: int, second: int = 0) -> datetime:
    return datetime(2026, 3, 1, 12, minute, second, tzinfo=UTC)


def page(*minutes: int, more: str = "", clock: datetime | None = None, through: datetime | None = None) -> Answer:
    statements = (json.dumps({"id": f"s{minute}", "stored": at(minute).isoformat()}).encode() for minute in minutes)
    return Answer(tuple(statements), more, clock, through)


class Script:
    """Answers from a dict: since (or None) and ``more`` to an Answer or an error; notes what was asked."""

    def __init__(self, answers):
        self.answers = answers
        self.asked = []

    def first(self, since):
        return self._answer(since)

    def following(self, more):
        return self._answer(more)

    def _answer(self, asked):
        self.asked.append(asked)
        answer = self.answers[asked]
        if isinstance(answer, Exception):
            raise answer
        return answer


def walked(script, position=None, reach=Reach.TAIL, profile=XAPI):
    return list(pages(script, position, reach, profile))


def test_empty_and_short_pages_are_not_the_end_and_no_more_is():
    script = Script({None: page(0, 1, more="a"), "a": page(more="b"), "b": page(2, more="c"), "c": page()})
    assert [len(got.statements) for got in walked(script)] == [2, 0, 1, 0]


def test_a_tail_asks_ten_seconds_before_the_high_water():
    script = Script({at(4, 50): page(5, 7)})
    (got,) = walked(script, {"high": "2026-03-01T12:05:00Z"})
    assert got.next_position == {"high": "2026-03-01T12:07:00Z"}


def test_a_tail_leaves_the_low_mark_alone():
    script = Script({at(4, 50): page(7, clock=at(8))})
    (got,) = walked(script, {"high": "2026-03-01T12:05:00Z", "low": "2026-03-01T12:03:00Z"})
    assert got.next_position["low"] == "2026-03-01T12:03:00Z"


def test_a_sweep_moves_the_low_mark_to_a_minute_before_the_clock_at_its_start():
    script = Script({at(3): page(5, more="a", clock=at(6)), "a": page(9, clock=at(10))})
    *_, got = walked(script, {"high": "2026-03-01T12:05:00Z", "low": "2026-03-01T12:03:00Z"}, Reach.SWEEP)
    assert got.next_position == {"high": "2026-03-01T12:09:00Z", "low": "2026-03-01T12:05:00Z"}


def test_consistent_through_counts_before_the_clock():
    script = Script({at(3): page(9, clock=at(10), through=at(8))})
    (got,) = walked(script, {"high": "2026-03-01T12:05:00Z", "low": "2026-03-01T12:03:00Z"}, Reach.SWEEP)
    assert got.next_position["low"] == "2026-03-01T12:07:00Z"


def test_in_a_quiet_lrs_the_low_mark_stays_a_minute_before_the_newest():
    script = Script({at(3): page(5, clock=at(50))})
    (got,) = walked(script, {"high": "2026-03-01T12:05:00Z", "low": "2026-03-01T12:03:00Z"}, Reach.SWEEP)
    assert got.next_position["low"] == "2026-03-01T12:04:00Z"


def test_an_lrs_that_never_tells_the_time_moves_the_low_mark_by_the_high_water_before_the_sweep():
    script = Script({at(3): page(9)})
    (got,) = walked(script, {"high": "2026-03-01T12:05:00Z", "low": "2026-03-01T12:03:00Z"}, Reach.SWEEP)
    assert got.next_position["low"] == "2026-03-01T12:04:00Z"


def test_without_any_clock_the_second_sweep_reads_everything_once_more():
    script = Script({None: page(1, 2)})
    (got,) = walked(script)
    assert got.next_position == {"high": "2026-03-01T12:02:00Z", "low": "1970-01-01T00:00:00Z"}


def test_an_empty_sweep_moves_no_mark():
    marks = {"high": "2026-03-01T12:05:00Z", "low": "2026-03-01T12:03:00Z"}
    (got,) = walked(Script({at(3): page(clock=at(50))}), marks, Reach.SWEEP)
    assert got.next_position == marks


def test_no_mark_moves_before_the_end_of_the_walk():
    script = Script({None: page(1, 2, more="a", clock=at(9)), "a": page(3)})
    first, last = walked(script)
    assert (first.high_water, last.high_water) == (None, at(3))
    assert "low" not in first.next_position


def test_a_walk_goes_on_with_the_more_of_its_last_page():
    script = Script({None: page(1, more="a"), "a": page(2, more="b"), "b": page(3)})
    (first,) = islice(pages(script, None, Reach.TAIL, XAPI), 1)
    walked(script, first.next_position)
    assert script.asked == [None, "a", "b"]


def test_the_clock_of_the_walk_is_that_of_its_first_page_even_after_a_stop():
    script = Script({None: page(1, more="a", clock=at(2)), "a": page(8, clock=at(9))})
    (first,) = islice(pages(script, None, Reach.SWEEP, XAPI), 1)
    (last,) = walked(script, first.next_position, Reach.SWEEP)
    assert last.next_position["low"] == "2026-03-01T12:01:00Z"


def test_an_expired_more_asks_again_from_ten_seconds_before_where_an_ordered_walk_stood():
    script = Script({None: page(0, more="a"), "a": page(2, more="b"), "b": MoreExpired(), at(1, 50): page(2, 3)})
    assert [len(got.statements) for got in walked(script)] == [1, 1, 2]


def test_one_page_in_order_proves_no_order_so_an_expired_more_asks_again_from_the_beginning():
    script = Script({None: page(8, 9, more="a"), "a": MoreExpired()})
    with pytest.raises(LRSProtocolError, match="expired 3 times"):
        walked(script)
    assert script.asked == [None, "a", None, "a", None, "a"]


def test_a_more_that_expires_again_and_again_ends_no_walk_that_gets_on():
    answers = {None: page(0, more="a"), "a": page(1, more="b"), "b": MoreExpired()}
    for minute in range(1, 6):
        answers[at(minute - 1, 50)] = page(minute, minute + 1, more="b")
    script = Script({**answers, at(5, 50): page(6)})
    assert [got.last for got in walked(script)] == [False] * 7 + [True]


def test_where_the_overlap_would_lead_back_the_walk_asks_just_before_its_newest():
    answers = {at(0, 50): page(1, more="a"), "a": page(1, more="b"), "b": MoreExpired(), at(1) - MILLI: page(1)}
    script = Script(answers)
    walked(script, {"high": "2026-03-01T12:01:00Z"})
    assert script.asked == [at(0, 50), "a", "b", at(1) - MILLI]


def test_an_expired_more_of_a_walk_without_order_asks_again_from_where_it_began():
    script = Script({at(3): page(9, 5, more="a"), "a": MoreExpired()})
    with pytest.raises(LRSProtocolError, match="expired 3 times"):
        walked(script, {"high": "2026-03-01T12:05:00Z", "low": "2026-03-01T12:03:00Z"}, Reach.SWEEP)
    assert script.asked == [at(3), "a", at(3), "a", at(3), "a"]


def test_order_is_not_believed_where_the_profile_denies_it():
    script = Script({None: page(1, 2, more="a"), "a": MoreExpired()})
    with pytest.raises(LRSProtocolError):
        walked(script, profile=UNORDERED)
    assert set(script.asked) == {None, "a"}


def test_pages_in_order_that_go_back_in_time_between_them_are_not_in_order():
    script = Script({None: page(4, 5, more="a"), "a": page(1, 2)})
    assert [got.in_order for got in walked(script)] == [True, False]


def test_a_restarted_sweep_keeps_the_clock_of_its_first_page():
    answers = {None: page(1, more="a", clock=at(6)), "a": page(5, more="b"), "b": MoreExpired()}
    script = Script({**answers, at(4, 50): page(5, 9, clock=at(20))})
    *_, last = walked(script)
    assert last.next_position["low"] == "2026-03-01T12:05:00Z"


def stored_walk(more: str):
    return {"high": "2026-03-01T12:05:00Z", "tail": {"since": "2026-03-01T12:04:50Z", "more": more}}


def test_an_internal_error_at_a_stored_more_asks_anew_as_its_point_in_time_may_be_gone():
    script = Script({"a": LRSUnavailable("500", 500), at(4, 50): page(6)})
    (got,) = walked(script, stored_walk("a"))
    assert got.high_water == at(6)


@pytest.mark.parametrize("error", [LRSUnavailable("503", 503), LRSUnavailable("no answer")])
def test_an_lrs_that_is_away_does_not_restart_the_walk(error):
    script = Script({"a": error})
    with pytest.raises(LRSUnavailable):
        walked(script, stored_walk("a"))
    assert script.asked == ["a"]


def test_an_internal_error_in_the_middle_of_a_run_does_not_restart_the_walk():
    script = Script({None: page(1, more="a"), "a": LRSUnavailable("500", 500)})
    with pytest.raises(LRSUnavailable):
        walked(script)


def test_an_empty_end_at_a_stored_more_is_not_believed():
    script = Script({"a": page(), at(4, 50): page(6)})
    assert [len(got.statements) for got in walked(script, stored_walk("a"))] == [1]


def test_a_sweep_from_the_beginning_asks_for_everything_and_the_tail_does_not():
    position = from_the_beginning({"high": "2026-03-01T12:05:00Z", "low": "2026-03-01T12:03:00Z"})
    script = Script({None: page(1, 5, clock=at(9)), at(4, 50): page(5)})
    walked(script, position, Reach.TAIL)
    walked(script, position, Reach.SWEEP)
    assert script.asked == [at(4, 50), None]


PAIRS = replace(XAPI, page_size=2)


def test_a_full_page_without_more_is_asked_on_from_its_newest_and_what_comes_then_is_told():
    script = Script({None: page(1, 2), at(2) - MILLI: page(2, 3), at(3) - MILLI: page(3)})
    got = walked(script, profile=PAIRS)
    assert [len(one.statements) for one in got] == [2, 2, 1]
    assert [one.warnings for one in got] == [(), (ENDED_EARLY,), ()]
    assert got[-1].next_position["high"] == "2026-03-01T12:03:00Z"


def test_a_full_page_that_was_the_end_says_nothing():
    script = Script({None: page(1, 2), at(2) - MILLI: page(2)})
    assert [one.warnings for one in walked(script, profile=PAIRS)] == [(), ()]


def test_no_mark_moves_while_the_end_is_in_doubt_and_the_doubt_outlives_a_stop():
    script = Script({None: page(1, 2), at(2) - MILLI: page(2)})
    (first,) = islice(pages(script, None, Reach.TAIL, PAIRS), 1)
    assert (first.last, first.high_water) == (False, None)
    (last,) = walked(script, json.loads(json.dumps(first.next_position)), profile=PAIRS)
    assert (last.last, last.high_water) == (True, at(2))


def test_a_page_as_long_as_the_lrs_s_own_limit_is_full():
    ten, ten_more = page(*range(10), more="a"), page(*range(10, 20))
    script = Script({None: ten, "a": ten_more, at(19) - MILLI: page(19, 20)})
    assert walked(script)[-1].warnings == (ENDED_EARLY,)


def test_a_full_page_of_one_moment_is_told_and_passed():
    script = Script({None: page(2, 2), at(2) - MILLI: page(2, 2), at(2): page(3)})
    got = walked(script, profile=PAIRS)
    assert [one.warnings for one in got] == [(), (ONE_MOMENT,), (ENDED_EARLY,)]


def test_an_lrs_that_ignores_since_is_left_after_one_more_request():
    same = page(1, 2)
    script = Script({None: same, at(2) - MILLI: same})
    assert [one.warnings for one in walked(script, profile=PAIRS)] == [(), (CANNOT_BE_CHECKED,)]


def test_without_order_a_full_end_cannot_be_checked_and_that_is_told():
    script = Script({None: page(2, 1), at(2) - MILLI: page()})
    assert walked(script, profile=PAIRS)[0].warnings == (CANNOT_BE_CHECKED,)


def test_an_lrs_known_to_end_early_is_asked_on_after_each_page_that_brought_something():
    script = Script({None: page(1), at(1) - MILLI: page(1, 2), at(2) - MILLI: page(2)})
    got = walked(script, profile=replace(XAPI, end_check=EndCheck.ALWAYS))
    assert [one.warnings for one in got] == [(), (ENDED_EARLY,), ()]


UNFILTERED = replace(XAPI, since_field=SinceField.NONE, page_size=2)


def test_without_a_filter_each_walk_reads_everything_and_goes_on_where_it_was_stopped():
    script = Script({None: page(1, 2, more="a"), "a": page(3)})
    (first,) = islice(pages(script, None, Reach.TAIL, UNFILTERED), 1)
    (last,) = walked(script, first.next_position, profile=UNFILTERED)
    assert (last.last, last.next_position, last.high_water) == (True, {}, None)
    assert [len(one.statements) for one in walked(script, last.next_position, profile=UNFILTERED)] == [2, 1]


def test_without_a_filter_a_full_end_cannot_be_checked():
    (only,) = walked(Script({None: page(1, 2)}), profile=UNFILTERED)
    assert (only.last, only.warnings) == (True, (CANNOT_BE_CHECKED,))
