"""Sync from a Source in memory: every Statement is accounted for once, and a stop anywhere costs nothing."""

import time
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import update

from connector.clock import fixed
from connector.errors import Busy
from connector.store import database, leases
from connector.store.tables import job
from connector.sync import JOB, Stopped, sync
from lrs_adapters.base import LRSRefused, LRSUnavailable
from tests.integration.canonical import state_of
from tests.integration.site_under_test import FailingSource, open_site, reading, synced, told
from tests.integration.stating import LMS, LOGGED_IN, START, course_iri, group, page_in, said, voids


def test_every_statement_is_kept_ignored_voided_or_set_aside(site, now):
    statements = [
        said(1),
        said(2, "ben", about=2),
        said(3, "ben", "initialized"),
        said(4, verb=LOGGED_IN, object={"id": LMS, "definition": {"type": "http://id.tincanapi.com/activitytype/lms"}}),
        said(5, verb="https://verbs.example/unheard-of"),
        said(6, verb="terminated"),
        said(7, actor=group("ann", "ben")),
        said(8, actor=group()),
        voids(9, 2),
        voids(10, 77),
        said(1),
        said(11) | {"verb": {"id": "no-iri"}},
        said(12, actor={"mbox": "nobody"}),
        said(13, verb="progressed", about=3),
    ]
    report = synced(site, statements, now, page_size=4)
    account = told(site, now)
    assert account["statements"] == {"seen": 11, "kept": 3, "ignored": 7, "quarantined": 2, "voided": 1}
    assert account["ignored_because"] == {
        "group": 2,
        "not_an_item": 1,
        "verb_neutral": 1,
        "verb_unknown": 1,
        "voiding": 2,
    }
    assert account["quarantined_because"] == {"bad_mbox": 1, "bad_verb": 1}
    assert (report.read, report.voided, report.quarantined) == (14, 2, 2)
    assert account["sources"][0]["cursor"] == "2026-11-01T09:13:00+00:00"


def test_a_second_sync_adds_nothing(site, now, engine):
    statements = [said(number, f"learner {number % 5}") for number in range(1, 60)]
    assert synced(site, statements, now, page_size=10).added == 59
    before = state_of(engine)
    assert synced(site, statements, now + timedelta(minutes=5), page_size=10).added == 0
    assert state_of(engine) == before


def test_what_is_appended_later_is_read_later(site, now):
    statements = [said(1), said(2, "ben")]
    synced(site, statements, now)
    statements.append(said(3, "cem"))
    assert synced(site, statements, now).added == 1
    assert told(site, now)["learners"] == 3


def test_a_sweep_finds_what_was_stored_late_and_the_tail_does_not(site, now):
    statements = [said(number) for number in range(1, 10)]
    synced(site, statements, now)
    late = (START + timedelta(minutes=8, seconds=30)).isoformat()  # 30 s behind the newest: beyond the tail's 10 s
    statements.append(said(10, "late", stored=late))
    assert synced(site, statements, now + timedelta(seconds=29)).added == 0
    assert synced(site, statements, now + timedelta(seconds=31)).added == 1


def test_an_lrs_that_fails_midway_keeps_what_was_read_and_says_why(site, now):
    statements = [said(number) for number in range(1, 21)]
    one = reading(site, statements, fixed(now), page_size=5)
    pages = list(one.source.tail(None))[:2]
    object.__setattr__(one, "source", FailingSource(pages, LRSUnavailable("The LRS answered 503: try later.")))
    with pytest.raises(LRSUnavailable):
        sync(one)
    account = told(site, now)
    assert account["statements"]["seen"] == 10
    assert account["sources"][0]["last_error"] == "The LRS answered 503: try later."
    assert [(job["state"], job["last_error"]) for job in account["jobs"]] == [
        ("failed", "The LRS answered 503: try later.")
    ]
    report = synced(site, statements, now, page_size=5)
    # the second half, the sweep that the failed run still owed, and the last moment asked for once more
    assert (report.read, report.added) == (12, 10)
    assert told(site, now)["sources"][0]["last_error"] is None


def test_an_lrs_that_refuses_before_its_first_page_leaves_no_position(site, now):
    one = reading(site, [], fixed(now))
    object.__setattr__(one, "source", FailingSource([], LRSRefused("401: key or secret wrong.")))
    with pytest.raises(LRSRefused):
        sync(one)
    source = told(site, now)["sources"][0]
    assert (source["cursor"], source["lag_seconds"], source["last_error"]) == (None, None, "401: key or secret wrong.")


def test_a_source_that_is_being_read_is_not_read_by_a_second_process(site, now):
    one = reading(site, [said(1)], fixed(now))
    with site.sessions.begin() as session:
        leases.take(session, site.tenant, JOB, "lrs", "far-away:9:9", now)
    with pytest.raises(Busy):
        sync(one)
    assert told(site, now)["statements"]["seen"] == 0


def test_a_process_whose_lease_was_stolen_stops_and_adds_nothing_more(site, now):
    one = reading(site, [said(number) for number in range(1, 21)], fixed(now), page_size=5)

    def steal(_report):
        run_out(site)
        with site.sessions.begin() as session:
            leases.take(session, site.tenant, JOB, "lrs", "far-away:9:9", now)

    with pytest.raises(Busy, match="went to another process"):
        sync(one, steal)
    assert told(site, now)["statements"]["seen"] == 5
    assert told(site, now)["jobs"][0]["state"] == "running"


def run_out(site, left=timedelta(seconds=-1)):
    """Let the lease end ``left`` from now: as if it had not been lengthened for a minute."""
    with site.sessions.begin() as session:
        session.execute(update(job).values(leased_until=leases.database_time(session) + left))


class SlowSource(FailingSource):
    """Calls ``meanwhile`` before its one page."""

    def tail(self, position):
        self.meanwhile()
        yield from self.pages


def test_a_living_reader_keeps_its_lease_while_the_lrs_is_slow(site, now):
    one = reading(site, [said(1)], fixed(now))
    object.__setattr__(one, "source", SlowSource(list(one.source.tail(None)), LRSUnavailable("")))
    object.__setattr__(one, "beat_every", timedelta(seconds=0.05))
    refused = []

    def wait_for_the_lrs():
        run_out(site, timedelta(seconds=0.3))
        time.sleep(0.5)
        with pytest.raises(Busy) as busy, site.sessions.begin() as session:
            leases.take(session, site.tenant, JOB, "lrs", "far-away:9:9", now)
        refused.append(busy)

    one.source.meanwhile = wait_for_the_lrs
    assert sync(one).added == 1
    assert refused


def test_a_run_that_is_stopped_between_two_pages_has_not_failed_and_the_next_goes_on(site, now):
    statements = [said(number) for number in range(1, 21)]

    def stop(_report):
        raise Stopped

    with pytest.raises(Stopped):
        sync(reading(site, statements, fixed(now), page_size=5), stop)
    account = told(site, now)
    assert [(one["state"], one["last_error"]) for one in account["jobs"]] == [("stopped", "")]
    source = account["sources"][0]
    assert (source["last_error"], source["failures"], account["statements"]["seen"]) == (None, 0, 5)
    assert synced(site, statements, now, page_size=5).added == 15


def test_tries_without_a_good_end_are_counted_for_status_until_one_ends_well(site, now):
    failing = reading(site, [], fixed(now))
    object.__setattr__(failing, "source", FailingSource([], LRSUnavailable("The LRS answered 503.")))
    for _ in range(3):
        with pytest.raises(LRSUnavailable):
            sync(failing)
    assert told(site, now)["sources"][0]["failures"] == 3
    with site.sessions.begin() as session:
        leases.ask(session, site.tenant, JOB, "lrs", now + timedelta(minutes=4))
    assert told(site, now)["sources"][0]["next_try_at"] == "2026-11-22T12:04:00+00:00"
    synced(site, [said(1)], now)
    source = told(site, now)["sources"][0]
    assert (source["failures"], source["next_try_at"]) == (0, None)
    assert source["last_success_at"] == "2026-11-22T12:00:00+00:00"


def test_a_sweep_that_a_clock_ahead_of_ours_noted_does_not_put_off_the_next(site, now):
    statements = [said(number) for number in range(1, 10)]
    synced(site, statements, now + timedelta(minutes=10))
    statements.append(said(10, "late", stored=(START + timedelta(minutes=8, seconds=30)).isoformat()))
    assert synced(site, statements, now).added == 1


def test_two_sources_that_bring_the_same_names_in_opposite_order_are_read_at_once(site, engine, now):
    """Whatever each waits for, neither waits in a circle; the names are made once."""
    forth = [said(number, f"learner {number % 9}", **page_in(number % 11, number % 5)) for number in range(1, 60)]
    back = [
        one | {"stored": forth[-number]["stored"], "timestamp": forth[0]["timestamp"]}
        for number, one in enumerate(forth, 1)
    ]
    ready, failures = Barrier(2), []

    def read(one):
        ready.wait()
        try:
            sync(one)
        except Exception as error:  # noqa: BLE001 - told by the assertion below
            failures.append(error)

    threads = [
        Thread(target=read, args=(reading(site, told_by, fixed(now), name=name, page_size=60),))
        for name, told_by in (("forth", forth), ("back", back))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    state = state_of(engine)
    assert (len(state["facts"]), len(state["activities"]), len(state["identities"])) == (118, 11, 9)
    assert {row[0] for row in state["items"]} == {course_iri(number) for number in range(5)}


def test_statements_of_a_thousand_learners_give_a_thousand_learners(site, now):
    synced(site, [said(number, f"learner {number}") for number in range(1, 1001)], now, page_size=500)
    assert told(site, now)["learners"] == 1000


def test_a_database_of_another_site_knows_nothing_of_this_one(site, engine, now):
    synced(site, [said(1)], now)
    other = open_site(engine, now, "another")
    assert told(other, now)["statements"]["seen"] == 0
    assert database.schema_of(engine) == database.newest_schema()
