"""How far a walk is: said only where it can be known, and always "about"."""

from datetime import UTC, datetime, timedelta

import pytest

from connector.cli.progress import progress_line
from connector.sync.progress import Meter, WalkKind, began_at
from connector.worker import pause_after
from lrs_adapters.base import LRSProtocolError, LRSRefused, LRSUnavailable, StatementPage

START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def page(first, last, *, in_order=True, read_at=100):
    """A page from day ``first`` to day ``last``, sent by an LRS whose clock stands at day ``read_at``."""
    return StatementPage(
        statements=(b"{}",) * 10,
        next_position={},
        in_order=in_order,
        oldest=START + first * DAY,
        newest=START + last * DAY,
        high_water=None,
        read_at=None if read_at is None else START + read_at * DAY,
        last=False,
    )


def after(meter, one, *, read=10, seconds=10.0):
    return meter.after(one, read, read, seconds=seconds, now=NOW)


def test_a_walk_from_the_beginning_has_a_rate_a_share_and_an_end():
    meter = Meter(WalkKind.FIRST, began=0.0)
    first = after(meter, page(0, 10), seconds=10.0)
    assert (first.per_second, first.share, first.ends_at) == (1.0, 0.1, None)
    second = after(meter, page(10, 40), read=1000, seconds=40.0)
    # 30 days of the span in 30 seconds: the 60 days that are left take 60
    assert (second.per_second, second.share, second.ends_at) == (25.0, 0.4, NOW + timedelta(seconds=60))
    assert (second.oldest, second.reached) == (START, START + 40 * DAY)


@pytest.mark.parametrize(
    ("walk", "one"),
    [
        (WalkKind.FIRST, page(0, 10, in_order=False)),
        (WalkKind.FIRST, page(0, 10, read_at=None)),
        (WalkKind.FIRST, page(0, 10, read_at=0)),
        (WalkKind.TAIL, page(0, 10)),
        (WalkKind.SWEEP, page(0, 10)),
    ],
    ids=["no order", "no clock", "a clock that stands at the beginning", "a tail", "a sweep"],
)
def test_what_cannot_be_known_is_left_out(walk, one):
    meter = Meter(walk, began=0.0)
    after(meter, one)
    progress = after(meter, one, seconds=60.0)
    assert (progress.share, progress.ends_at) == (None, None)
    assert not {"share", "ends_at"} & progress.as_json().keys()


def test_no_end_is_told_after_a_moment_or_a_hundredth():
    meter = Meter(WalkKind.AGAIN, began=0.0)
    after(meter, page(0, 10), seconds=1.0)
    assert after(meter, page(10, 40), seconds=5.9).ends_at is None
    assert after(meter, page(10, 10.9), seconds=60.0).ends_at is None
    assert after(meter, page(10, 12), seconds=60.0).ends_at is not None


def test_a_walk_that_goes_on_is_measured_from_where_its_first_run_began():
    left = after(Meter(WalkKind.FIRST, began=0.0), page(0, 10)).as_json()
    assert began_at(left, WalkKind.FIRST) == START
    assert began_at(left, WalkKind.AGAIN) is None
    assert began_at({}, WalkKind.FIRST) is None
    resumed = Meter(WalkKind.FIRST, began=0.0, oldest=began_at(left, WalkKind.FIRST))
    assert after(resumed, page(50, 60)).share == 0.6


def test_a_newest_ahead_of_the_lrss_clock_is_no_more_than_everything():
    assert after(Meter(WalkKind.FIRST, began=0.0), page(0, 200)).share == 1.0


@pytest.mark.parametrize(
    ("progress", "line"),
    [
        (
            {"walk": "first", "read": 120_000, "added": 118_000, "per_second": 3100.4, "share": 0.4, "ends_at": 720},
            (
                "lrs (first read): 120,000 statements read, 118,000 new, 3,100/s, "
                "about 40% of the time span, about 12 minutes left"
            ),
        ),
        (
            {"walk": "reconcile", "read": 10, "added": 0, "per_second": 5, "share": 0.5, "ends_at": 20},
            "lrs (comparing days): 10 statements read, 0 new, 5/s, about 50% of the days, about a minute left",
        ),
        (
            {"walk": "again", "read": 1, "added": 0, "per_second": 0.2, "ends_at": 10_000},
            "lrs (everything again): 1 statements read, 0 new, 0/s, about 3 hours left",
        ),
        (
            {"walk": "tail", "read": 1, "added": 1, "per_second": 9, "reached": "2026-11-22T11:59:30+00:00"},
            "lrs: 1 statements read, 1 new, 9/s, up to 2026-11-22 11:59",
        ),
    ],
    ids=["first", "reconcile", "again", "tail"],
)
def test_the_line_says_about_of_all_that_is_estimated(progress, line):
    ends = {name: (NOW + timedelta(seconds=left)).isoformat() for name, left in progress.items() if name == "ends_at"}
    assert progress_line("lrs", progress | ends, NOW) == line


# --- when a source that failed is tried next ---------------------------------------------------------------------

USUAL = timedelta(seconds=30)
MINUTES = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("error", "failures", "pause"),
    [
        (LRSUnavailable("503"), 1, MINUTES),
        (LRSUnavailable("503"), 3, 4 * MINUTES),
        (LRSUnavailable("503"), 40, 10 * MINUTES),
        (LRSProtocolError("no xAPI"), 1, MINUTES),
        (LRSRefused("401"), 1, 10 * MINUTES),
        (LRSUnavailable("429", 429, 7 * MINUTES), 1, 7 * MINUTES),
        (LRSUnavailable("429", 429, timedelta(seconds=1)), 2, 2 * MINUTES),
        (LRSUnavailable("429", 429, timedelta(days=9)), 1, timedelta(days=1)),
    ],
)
def test_the_pause_grows_and_heeds_what_the_lrs_asked_for(error, failures, pause):
    assert pause_after(error, failures, USUAL) == pause
