"""Leases: one does the work, a dead one never holds it up, and only the database's clock counts."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import update

from connector.errors import Busy
from connector.store import leases
from connector.store.heart import Heart
from connector.store.tables import job as job_table

SOMEBODY, OTHER = "far-away:1:1", "far-away:2:1"
LATER = timedelta(minutes=10)


@pytest.fixture
def take(sessions, tenant, now):
    def taken(owner, clock=now):
        with sessions.begin() as session:
            return leases.take(session, tenant, "sync", "lrs", owner, clock)

    return taken


@pytest.fixture
def beat(sessions, tenant):
    def beaten(owner, **options):
        with sessions.begin() as session:
            leases.beat(session, tenant, "sync", "lrs", owner, **options)

    return beaten


@pytest.fixture
def passes(sessions):
    """Let time pass for the lease: it cannot be told from a lease that was lengthened so much earlier."""

    def passed(seconds):
        with sessions.begin() as session:
            until = session.scalars(job_table.select().with_only_columns(job_table.c.leased_until)).one()
            session.execute(update(job_table).values(leased_until=until - timedelta(seconds=seconds)))

    return passed


@pytest.fixture
def job(sessions, tenant):
    def read():
        with sessions.begin() as session:
            (one,) = leases.jobs(session, tenant)
        return one

    return read


def test_the_databases_clock_is_this_machines_to_a_second_and_runs_on_within_a_transaction(sessions):
    with sessions.begin() as session:
        first = leases.database_time(session)
        time.sleep(0.02)
        second = leases.database_time(session)
    assert abs(first - datetime.now(UTC)) < timedelta(seconds=1)
    assert timedelta(milliseconds=10) < second - first < timedelta(seconds=1)


def test_a_lease_that_is_held_is_refused_with_until_when(take):
    take(SOMEBODY)
    with pytest.raises(Busy, match=r"`sync lrs` until \d\d:\d\d:\d\d UTC"):
        take(OTHER)


def test_a_lease_of_other_work_is_free(take, sessions, tenant, now):
    take(SOMEBODY)
    with sessions.begin() as session:
        leases.take(session, tenant, "sync", "other", OTHER, now)
        leases.take(session, tenant, "train", "", OTHER, now)


def test_a_lease_that_was_given_back_is_free_and_its_error_is_kept(take, job, sessions, tenant, now):
    take(SOMEBODY)
    with sessions.begin() as session:
        leases.give_back(session, tenant, "sync", "lrs", SOMEBODY, now, error="the LRS is down")
    assert (job().state, job().last_error, job().owner) == ("failed", "the LRS is down", "")
    take(OTHER)
    assert (job().state, job().last_error, job().owner) == ("running", "", OTHER)


def test_a_lease_runs_out_after_a_minute_without_a_beat(take, beat, passes):
    take(SOMEBODY)
    passes(55)
    with pytest.raises(Busy):
        take(OTHER)
    beat(SOMEBODY)
    passes(55)
    with pytest.raises(Busy):
        take(OTHER)
    passes(6)
    take(OTHER)


@pytest.mark.parametrize("wrong", [LATER, -LATER], ids=["ahead", "behind"])
def test_a_clock_that_is_ten_minutes_wrong_neither_steals_a_lease_nor_keeps_one(take, beat, passes, now, wrong):
    take(SOMEBODY, now)
    with pytest.raises(Busy):
        take(OTHER, now + wrong)
    passes(61)
    take(OTHER, now + wrong)
    with pytest.raises(Busy):
        take(SOMEBODY, now)
    with pytest.raises(Busy, match="went to another process"):
        beat(SOMEBODY)


@pytest.mark.parametrize("wrong", [LATER, -LATER], ids=["ahead", "behind"])
def test_the_lease_that_a_wrong_clock_took_ends_like_any_other(take, beat, passes, now, wrong):
    take(SOMEBODY, now + wrong)
    passes(30)
    beat(SOMEBODY)
    passes(55)
    with pytest.raises(Busy):
        take(OTHER, now)
    passes(6)
    take(OTHER, now)


def test_one_whose_lease_was_taken_over_stops_at_the_next_beat_and_cannot_give_it_back(
    take, beat, job, passes, sessions, tenant, now
):
    take(SOMEBODY)
    passes(61)
    take(OTHER)
    with pytest.raises(Busy, match="went to another process"):
        beat(SOMEBODY)
    with sessions.begin() as session:
        leases.give_back(session, tenant, "sync", "lrs", SOMEBODY, now)
        leases.put_down(session, tenant, "sync", "lrs", SOMEBODY, now)
    assert job().owner == OTHER
    beat(OTHER, progress={"read": 7})
    beat(OTHER)
    assert job().progress == {"read": 7}


def test_who_takes_a_lease_learns_how_far_the_last_one_was(take, beat, passes):
    assert take(SOMEBODY) == {}
    beat(SOMEBODY, progress={"read": 7})
    passes(61)
    assert take(OTHER) == {"read": 7}


def test_tries_are_counted_until_a_good_end_and_a_stop_is_none(take, job, passes, sessions, tenant, now):
    def after(end, **options):
        take(SOMEBODY)
        with sessions.begin() as session:
            end(session, tenant, "sync", "lrs", SOMEBODY, now, **options)
        return job().state, job().tries

    assert after(leases.give_back, error="down") == ("failed", 1)
    assert after(leases.put_down) == ("stopped", 1)
    take(SOMEBODY)
    passes(61)  # it crashed: nobody gave the lease back
    assert (job().state, job().tries) == ("stopped", 2)
    assert after(leases.give_back, error="down") == ("failed", 3)
    assert after(leases.give_back) == ("done", 0)


def test_the_lease_of_a_process_of_this_machine_that_has_ended_is_free_at_once(take, job):
    machine, _, _ = leases.me().partition(":")
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    take(f"{machine}:{ended.pid}:123")
    assert job().state == "stopped"
    take(OTHER)


def test_a_process_number_that_somebody_else_has_now_does_not_keep_a_lease(take):
    machine, _, _ = leases.me().partition(":")
    take(f"{machine}:{os.getpid()}:1")
    take(OTHER)


def test_a_process_of_another_container_with_this_hosts_name_is_not_taken_for_dead():
    host, _, _ = leases.me().partition("/")
    assert not leases.is_dead(f"{host}/1:999999:1")


def test_the_lease_of_a_living_process_of_this_machine_is_kept(take):
    take(leases.me())
    with pytest.raises(Busy):
        take(OTHER)
    take(leases.me())


def test_work_that_is_asked_for_is_due_then_and_asked_once(job, sessions, tenant, now):
    for when in (now, now + LATER):
        with sessions.begin() as session:
            leases.ask(session, tenant, "train", "", when)
    assert (job().kind, job().state, job().started_at, job().due_at) == ("train", "waiting", None, now + LATER)


# --- the heart ---------------------------------------------------------------------------------------------------


def test_a_heart_keeps_a_lease_that_would_run_out(take, beat, sessions, tenant, now):
    with sessions.begin() as session:
        leases.take(session, tenant, "sync", "lrs", SOMEBODY, now, timedelta(seconds=0.3))
    beaten = Event()

    def once():
        beat(SOMEBODY)
        beaten.set()

    with Heart(once, timedelta(seconds=0.05)):
        assert beaten.wait(5)
        time.sleep(0.4)
        with pytest.raises(Busy):
            take(OTHER)


def test_a_heart_goes_on_after_an_error_and_stops_for_good_when_the_lease_is_lost():
    beats = []
    lost = Event()

    def beat():
        beats.append(len(beats))
        if len(beats) == 1:
            raise OSError("the database is away for a moment")
        if len(beats) == 3:
            lost.set()
            raise Busy("gone")

    with Heart(beat, timedelta(seconds=0.01)):
        assert lost.wait(5)
        time.sleep(0.1)
    assert beats == [0, 1, 2]


def test_work_is_asked_for_until_it_begins_again(sessions, tenant, now):
    def asked() -> bool:
        with sessions.begin() as session:
            return leases.is_asked(session, tenant, "train", "")

    assert not asked()
    with sessions.begin() as session:
        leases.ask(session, tenant, "train", "", now)
    assert asked()
    with sessions.begin() as session:
        leases.take(session, tenant, "train", "", leases.me(), now + timedelta(seconds=1))
    assert not asked()
    with sessions.begin() as session:
        leases.ask(session, tenant, "train", "", now + timedelta(seconds=2))
    assert not asked(), "it is being done; whoever asked meanwhile is heard when it ends"
    with sessions.begin() as session:
        leases.give_back(session, tenant, "train", "", leases.me(), now + timedelta(seconds=3))
    assert asked()
