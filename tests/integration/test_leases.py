"""Leases: one does the work, a dead one never holds it up."""

import os
import socket
import subprocess
import sys
from datetime import timedelta

import pytest

from connector.errors import Busy
from connector.store import leases

HERE = socket.gethostname()[:40]
SOMEBODY, OTHER = "far-away:1:1", "far-away:2:1"


@pytest.fixture
def take(sessions, tenant, now):
    def taken(owner, after=timedelta(0)):
        with sessions.begin() as session:
            leases.take(session, tenant, "sync", "lrs", owner, now + after)

    return taken


@pytest.fixture
def beat(sessions, tenant, now):
    def beaten(owner, after=timedelta(0)):
        with sessions.begin() as session:
            leases.beat(session, tenant, "sync", "lrs", owner, now + after, {"read": 7})

    return beaten


@pytest.fixture
def job(sessions, tenant):
    def read():
        with sessions.begin() as session:
            (one,) = leases.jobs(session, tenant)
        return one

    return read


def test_a_lease_that_is_held_is_refused_with_until_when(take):
    take(SOMEBODY)
    with pytest.raises(Busy, match=r"`sync lrs` until 12:01:00 UTC"):
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


def test_a_lease_runs_out_after_a_minute_without_a_beat(take, beat):
    take(SOMEBODY)
    beat(SOMEBODY, timedelta(seconds=59))
    with pytest.raises(Busy):
        take(OTHER, timedelta(seconds=118))
    take(OTHER, timedelta(seconds=120))


def test_one_whose_lease_was_taken_over_stops_at_the_next_beat_and_cannot_give_it_back(
    take, beat, job, sessions, tenant, now
):
    take(SOMEBODY)
    take(OTHER, timedelta(seconds=61))
    with pytest.raises(Busy, match="went to another process"):
        beat(SOMEBODY, timedelta(seconds=62))
    with sessions.begin() as session:
        leases.give_back(session, tenant, "sync", "lrs", SOMEBODY, now)
    assert job().owner == OTHER
    beat(OTHER, timedelta(seconds=62))
    assert job().progress == {"read": 7}


def test_the_lease_of_a_process_of_this_machine_that_has_ended_is_free_at_once(take):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    take(f"{HERE}:{ended.pid}:123")
    take(OTHER)


def test_a_process_number_that_somebody_else_has_now_does_not_keep_a_lease(take):
    take(f"{HERE}:{os.getpid()}:1")
    take(OTHER)


def test_the_lease_of_a_living_process_of_this_machine_is_kept(take):
    take(leases.me())
    with pytest.raises(Busy):
        take(OTHER)
    take(leases.me())


def test_work_that_is_asked_for_is_due_now_and_asked_once(job, sessions, tenant, now):
    for _ in range(2):
        with sessions.begin() as session:
            leases.ask(session, tenant, "train", "", now)
    assert (job().kind, job().state, job().started_at) == ("train", "waiting", None)
