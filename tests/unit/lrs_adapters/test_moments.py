from datetime import UTC, datetime, timedelta, timezone

import pytest

from lrs_adapters.moments import before, earliest, latest, query_text, read_http_date, read_moment

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T12:00:00Z",
        "2026-03-01T12:00:00.000000000Z",
        "2026-03-01T14:00:00+02:00",
        "2026-03-01T14:00:00+0200",
        "2026-03-01T12:00:00",
        "20260301T120000Z",
    ],
)
def test_the_same_moment_is_read_from_every_iso_8601_form(text):
    assert read_moment(text) == NOON


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00:00Z", "2026-03-01T25:00:00Z", "\ud800"])
def test_what_is_no_moment_is_none(text):
    assert read_moment(text) is None


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z"])
def test_a_moment_before_1970_counts_as_1970(text):
    assert read_moment(text) == datetime(1970, 1, 1, tzinfo=UTC)


def test_a_moment_that_leaves_the_calendar_in_utc_is_none():
    assert read_moment("0001-01-01T00:00:00+14:00") is None


def test_an_http_date_is_read_and_anything_else_is_none():
    assert read_http_date("Sun, 01 Mar 2026 12:00:00 GMT") == NOON
    assert read_http_date("soon") is None
    assert read_http_date("") is None


def test_since_is_written_in_utc_with_z_and_cut_to_milliseconds():
    moment = datetime(2026, 3, 1, 14, 0, 0, 1999, tzinfo=timezone(timedelta(hours=2)))
    assert query_text(moment) == "2026-03-01T12:00:00.001Z"


def test_earliest_and_latest_leave_out_what_is_unknown():
    later = NOON + timedelta(hours=1)
    assert (earliest(None, later, NOON), latest(None, later, NOON)) == (NOON, later)
    assert (earliest(None), latest()) == (None, None)


def test_an_overlap_never_reaches_before_1970():
    start = datetime(1970, 1, 1, tzinfo=UTC)
    assert before(start + timedelta(seconds=5), timedelta(seconds=10)) == start
    assert before(NOON, timedelta(hours=1)) == datetime(2026, 3, 1, 11, tzinfo=UTC)
