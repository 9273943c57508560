"""Comparing days with the LRS: what is found lacking is there afterwards, is counted once, and nothing is doubled."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connector.clock import fixed
from connector.errors import BadInput, Busy, NotReady
from connector.store import days, leases, retention
from connector.sync import JOB, Stopped, comparing_is_due, quiet, reconcile, sync
from lrs_adapters.base import LRSUnavailable
from lrs_adapters.memory import MemorySource
from lrs_adapters.profiles import XAPI, SinceField
from lrs_adapters.ralph import RALPH
from tests.integration.canonical import state_of
from tests.integration.site_under_test import reading, synced, told
from tests.integration.stating import said

HOUR = timedelta(hours=1)
YESTERDAY = datetime(2026, 11, 21, tzinfo=UTC)


def at(number, moment, **fields):
    """Statement ``number``, stored and said at ``moment``."""
    text = moment.isoformat()
    return said(number, f"learner {number % 3}", about=number % 4, stored=text, timestamp=text) | fields


@pytest.fixture
def hourly():
    """Three days of Statements, one an hour: numbers 1 to 72, the last of them yesterday at 23:00."""
    return [at(number, YESTERDAY + (number - 49) * HOUR) for number in range(1, 73)]


@pytest.fixture
def lacking(site, now, hourly):
    """The LRS after three Statements became visible a day late: two of yesterday, one of the day before."""
    late = [hourly.pop(place) for place in (70, 60, 30)]
    synced(site, hourly, now, page_size=10)
    hourly += late
    assert synced(site, hourly, now, page_size=10).added == 0
    return hourly


def compared(site, statements, now, *back, tell=quiet, **options):
    return reconcile(reading(site, statements, fixed(now), page_size=10), back, tell, **options)


def test_what_is_lacking_of_a_day_is_counted_and_repaired(site, lacking, now, engine):
    report = compared(site, lacking, now, 1, 2, 3)
    assert [(f"{one.day:%d}", one.statements, one.repaired) for one in report.days] == [
        ("21", 24, 2),
        ("20", 25, 1),  # the midnight after it too: the border is read twice and kept once
        ("19", 25, 0),
    ]
    assert (report.repaired, report.left, told(site, now)["statements"]["seen"]) == (3, 0, 72)
    before = state_of(engine)
    assert compared(site, lacking, now, 1, 2, 3).repaired == 0
    assert state_of(engine) == before


def test_status_shows_what_was_compared_and_what_lacked(site, lacking, now):
    assert told(site, now)["sources"][0]["compared"] is None
    compared(site, lacking, now, 1, 2)
    assert told(site, now)["sources"][0]["compared"] == {
        "days": 2,
        "statements": 49,
        "repaired": 3,
        "checked_at": "2026-11-22T12:00:00+00:00",
        "repaired_days": {"2026-11-21": 2, "2026-11-20": 1},
    }
    assert {one["kind"]: one["state"] for one in told(site, now)["jobs"]} == {"reconcile": "done", "sync": "done"}
    assert told(site, now + timedelta(days=31))["sources"][0]["compared"] is None


def test_a_day_and_its_position_do_not_disturb_each_other(site, lacking, now):
    one = reading(site, lacking, fixed(now), page_size=10)
    before = told(site, now)["sources"][0]["cursor"]
    reconcile(one, [3])
    assert told(site, now)["sources"][0]["cursor"] == before
    lacking.append(at(73, YESTERDAY + 30 * HOUR))
    assert sync(one).added == 1


@pytest.mark.parametrize("pages", [1, 2, 3, 4, 5, 6])
def test_a_round_that_was_stopped_goes_on_and_counts_what_was_repaired_before(site, lacking, now, pages):
    seen = []

    def stop(_report):
        seen.append(1)
        if len(seen) == pages:
            raise Stopped

    with pytest.raises(Stopped):
        compared(site, lacking, now, 1, 2, tell=stop)
    assert [(one["kind"], one["state"]) for one in told(site, now)["jobs"]] == [
        ("reconcile", "stopped"),
        ("sync", "stopped"),
    ]
    later = now + HOUR
    report = compared(site, lacking, later, 1, 2)
    assert len(report.days) == (2 if pages <= 3 else 1)  # three pages a day: the fourth is of the second
    source = told(site, later)["sources"][0]
    assert source["compared"]["repaired_days"] == {"2026-11-21": 2, "2026-11-20": 1}
    assert len(compared(site, lacking, later + HOUR, 1, 2).days) == 2


def test_a_round_of_long_ago_is_begun_anew(site, lacking, now):
    compared(site, lacking, now, 1, 2, 3, at_most=1)
    assert len(compared(site, lacking, now + HOUR, 1, 2, 3, at_most=2).days) == 2
    compared(site, lacking, now + HOUR, 1, 2, 3, at_most=2)
    assert len(compared(site, lacking, now + timedelta(days=2), 3, 4).days) == 2


def test_one_day_at_a_time_makes_a_whole_round(site, lacking, now):
    one = reading(site, lacking, fixed(now), page_size=10)
    day = timedelta(days=1)
    assert comparing_is_due(one, day)
    assert [reconcile(one, (1, 2, 3), at_most=1).left for _ in range(3)] == [2, 1, 0]
    assert not comparing_is_due(one, day)
    assert not comparing_is_due(replace(one, clock=fixed(now + 23 * HOUR)), day)
    assert comparing_is_due(replace(one, clock=fixed(now + 24 * HOUR)), day)
    with site.readers.begin() as session:
        known = days.all_of(session, site.tenant, one.record.id)
    assert [record.repaired for record in known] == [2, 1, 0]


def test_statements_that_reach_a_timestamp_lrs_after_more_than_two_days_are_found(site, now):
    """Ralph filters by Timestamp: what a device without network sends days later lies behind every sweep."""
    statements = [at(number, YESTERDAY - timedelta(days=10) + number * HOUR) for number in range(1, 200)]
    one = replace(reading(site, statements, fixed(now)), source=MemorySource(statements, replace(RALPH, page_size=20)))
    sync(one)
    said_at = YESTERDAY - timedelta(days=6) + HOUR / 2  # the seventh day back
    statements.append(at(500, said_at, stored=(now - HOUR).isoformat()))
    later = replace(one, clock=fixed(now + timedelta(days=1)))
    assert sync(later).added == 0
    report = reconcile(replace(one, clock=fixed(now)), (1, 2, 7, 30))
    assert [one.repaired for one in report.days] == [0, 0, 1, 0]


def test_an_lrs_that_fails_in_a_day_says_so_of_the_comparison_and_not_of_the_source(site, lacking, now):
    one = reading(site, lacking, fixed(now), page_size=10)

    class Failing(MemorySource):
        def between(self, since, until):
            yield from list(super().between(since, until))[:1]
            raise LRSUnavailable("The LRS answered 503.")

    object.__setattr__(one, "source", Failing(lacking, replace(XAPI, page_size=10)))
    with pytest.raises(LRSUnavailable):
        reconcile(one, [1])
    account = told(site, now)
    assert account["sources"][0]["last_error"] is None
    assert {job["kind"]: job["last_error"] for job in account["jobs"]} == {
        "reconcile": "The LRS answered 503.",
        "sync": "",
    }
    assert compared(site, lacking, now, 1).repaired == 2


def test_days_are_compared_only_by_the_one_who_reads_the_source(site, lacking, now):
    with site.sessions.begin() as session:
        leases.take(session, site.tenant, JOB, "lrs", "far-away:9:9", now)
    with pytest.raises(Busy):
        compared(site, lacking, now, 1)


def test_nothing_is_compared_before_a_source_was_read_to_its_end(site, hourly, now):
    with pytest.raises(NotReady, match="was not read to its end yet"):
        compared(site, hourly, now, 1)
    assert not comparing_is_due(reading(site, hourly, fixed(now)), HOUR)


def test_a_source_that_cannot_be_asked_by_time_is_not_compared(site, hourly, now):
    source = MemorySource(hourly, replace(XAPI, since_field=SinceField.NONE, page_size=500))
    one = replace(reading(site, hourly, fixed(now)), source=source)
    sync(one)
    assert not comparing_is_due(one, HOUR)
    with pytest.raises(NotReady, match="--from-start"):
        reconcile(one, [1])


def test_no_day_is_compared_of_whose_ignored_facts_only_counts_may_be_left(site, lacking, now):
    with site.sessions.begin() as session:
        retention.keep_for(session, site.tenant, "ignored", 30)
    assert len(compared(site, lacking, now, 28).days) == 1
    with pytest.raises(BadInput, match=r"to 28 days back"):
        compared(site, lacking, now, 29)


@pytest.mark.parametrize("back", [[], [0], [-1], [61]])
def test_days_that_cannot_be_compared_are_refused(site, hourly, now, back):
    with pytest.raises(BadInput, match=r"from yesterday \(1\) to 60 days back"):
        compared(site, hourly, now, *back)
