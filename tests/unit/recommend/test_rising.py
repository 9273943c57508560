"""What rises is what more people do of late than the site's pace gives; what is popular all the time does not."""

import numpy as np
import pytest

from connector.domain import SITE, NeighbourKind
from connector.recommend.base import MICROSECONDS_PER_DAY as DAY
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.rising import rising_lists

UNTIL = 1_000 * DAY
STEADY, NEW, BUSY = 10, 20, 30


def matrix_of(*rows):
    return InteractionMatrix.from_columns(*(np.array([row[n] for row in rows], dtype=np.int64) for n in range(3)))


def did(item, ago, people):
    """Each of the people did the item so many days ago."""
    return [(learner, item, UNTIL - ago * DAY) for learner in people]


def steady(item, each, start=1):
    """So many people in each of the last four months."""
    return [
        row
        for month in range(4)
        for row in did(item, 10 + 30 * month, range(start + month * each, start + (month + 1) * each))
    ]


def rising(*rows, members=(), courses=(), **changes):
    return {one.anchor: one for one in rising_lists(matrix_of(*rows), members, courses, until=UNTIL, **changes)}


def test_what_is_new_rises_and_what_is_popular_all_the_time_does_not():
    found = rising(*steady(STEADY, 25), *did(NEW, 5, range(200, 212)))[SITE]
    assert (found.kind, found.base) == (NeighbourKind.RISING, 112)
    assert [(near.item, near.support, near.followed) for near in found.neighbours] == [(NEW, 12, 0)]
    # twelve people of five days ago count 2 ** (-5 / 30) each
    assert found.neighbours[0].score == pytest.approx(12 * 2 ** (-5 / 30) / 112)


def test_a_busy_month_makes_nothing_rise():
    before = [row for item in (10, 20, 30) for row in did(item, 50, range(item, item + 12))]
    late = [row for item in (10, 20, 30) for row in did(item, 3, range(100 + item, 100 + item + 12 * 3))]
    assert rising(*before, *late) == {}


def test_in_a_quiet_month_what_keeps_its_pace_does_not_rise():
    quiet = [
        row for month in (1, 2, 3) for row in did(BUSY, 10 + 30 * month, range(500 + 90 * month, 590 + 90 * month))
    ]
    rows = [*steady(STEADY, 25), *quiet]  # of the last month's 25 all are of the one that went on as ever
    assert rising(*rows) == {}


def test_a_rise_that_is_sure_and_small_is_none():
    # 3,000 of 9,000 come to everything in the window; 1,300 of 3,600 are surely more, and 1.1 times the pace
    rows = [*did(10, 50, range(6_000)), *did(10, 3, range(6_000, 9_000))]
    rows += [*did(20, 50, range(2_300)), *did(20, 3, range(2_300, 3_600))]
    assert rising(*rows) == {}
    more = [*did(30, 50, range(2_300)), *did(30, 3, range(2_300, 5_300))]  # 2.3 times what it was
    assert [near.item for near in rising(*rows, *more)[SITE].neighbours] == [30]


def test_under_k_people_nothing_is_said_and_so_where_there_was_no_before():
    assert rising(*steady(STEADY, 25), *did(NEW, 5, range(200, 204))) == {}
    assert rising(*did(10, 3, range(20)), *did(20, 3, range(9))) == {}


def test_what_comes_after_the_end_or_long_before_does_not_count():
    rows = [*steady(STEADY, 25), *did(NEW, -1, range(200, 230)), *did(BUSY, 121, range(300, 330))]
    assert rising(*rows) == {}


def test_a_course_has_a_list_of_its_own_people_without_itself():
    course = 40
    people = range(1, 101)
    rows = [*steady(STEADY, 25), *did(course, 4, people), *did(NEW, 5, range(1, 13))]
    found = rising(*rows, members=list(people), courses=[course] * 100)
    assert [near.item for near in found[course].neighbours] == [NEW]
    assert found[course].base == 100
    assert course in {near.item for near in found[SITE].neighbours}
    assert course not in rising(*rows, members=[1, 2, 3, 4], courses=[course] * 4)


def test_the_order_of_the_rows_changes_nothing_and_ties_go_to_the_lower_item():
    rows = [*steady(STEADY, 25), *did(25, 5, range(200, 212)), *did(22, 5, range(300, 312))]
    found = rising(*rows)
    assert [near.item for near in found[SITE].neighbours] == [22, 25]
    assert rising(*reversed(rows)) == found
    assert [near.item for near in rising(*rows, n=1)[SITE].neighbours] == [22]


@pytest.mark.parametrize("changes", [{"k": 0}, {"n": 0}, {"half_life": 0.0}])
def test_a_number_that_is_not_above_0_is_refused(changes):
    with pytest.raises(ValueError, match="must be above 0"):
        rising(**changes)


def test_noise_hardly_ever_rises():
    random = np.random.default_rng(3)
    said = 0
    for _ in range(60):
        items, days = random.zipf(1.5, 3_000) % 60, random.integers(0, 120, 3_000)
        matrix = InteractionMatrix.from_columns(random.integers(0, 400, 3_000), items, UNTIL - days * DAY)
        said += sum(len(one.neighbours) for one in rising_lists(matrix, [], [], until=UNTIL))
    assert said <= 6  # of some 1,200 tests at a false share of 5 %
