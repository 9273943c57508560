"""What the console asks for is begun by a worker that runs, at once and not only when its pause is over."""

import time
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

import pytest
from pydantic import SecretStr

from connector.administer import sources
from connector.administer.first_run import FirstRuns, is_overdue
from connector.administer.sources import NewSource
from connector.clock import now as the_time
from connector.errors import NotReady
from connector.settings import Environment, Settings
from connector.store import leases
from connector.sync import JOB
from connector.worker import Worker
from tests.integration.command import SECRET
from tests.integration.site_under_test import SECRET as SITE_SECRET
from tests.integration.stating import said

PAUSE = timedelta(hours=1)


@pytest.fixture
def runs(site):
    return FirstRuns(site.tenant, site.sessions, site.readers, the_time, PAUSE)


def connect(site, url):
    sources.add(NewSource("lrs", "xapi", url, "reader", SECRET), site.tenant, site.sessions, site.seal, the_time)


@contextmanager
def working(site, database_url):
    settings = Settings(
        env=Environment.DEVELOPMENT, database_url=database_url, secret_key=SecretStr(SITE_SECRET), sync_seconds=3600
    )
    worker = Worker(settings, site, stop=Event())
    thread = Thread(target=worker.run)
    thread.start()
    try:
        yield
    finally:
        worker.stop.set()
        thread.join()


def until(seen, seconds=30):
    end = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_worker_reads_at_once_what_was_asked_for_and_the_end_has_its_numbers(site, lrs, runs, database_url):
    lrs.hold([said(number, f"learner {number % 4}", about=number % 3) for number in range(1, 21)])
    connect(site, lrs.url)
    with working(site, database_url):
        until(lambda: runs.standing().is_done and not runs.standing().runs)
        lrs.hold([said(21, "learner 1")])
        runs.ask()
        until(lambda: (told := runs.counted().told) is not None and told.seen == 21)
    done = runs.counted()
    assert done.told.seen == 21
    assert not done.worker_missing


def test_without_an_lrs_nothing_can_be_asked_for(runs):
    with pytest.raises(NotReady, match="connect one first"):
        runs.ask()
    assert runs.standing().readings == ()


def test_work_is_overdue_when_it_was_asked_for_and_not_begun_or_not_begun_again(site, now):
    def job():
        with site.readers.begin() as session:
            return leases.jobs(session, site.tenant)[0]

    assert not is_overdue(None, now, PAUSE)
    with site.sessions.begin() as session:
        leases.ask(session, site.tenant, JOB, "lrs", now)
    assert not is_overdue(job(), now + timedelta(seconds=15), PAUSE)
    assert is_overdue(job(), now + timedelta(seconds=16), PAUSE)
    with site.sessions.begin() as session:
        leases.take(session, site.tenant, JOB, "lrs", "elsewhere:1:1", now)
    assert not is_overdue(job(), now + timedelta(days=1), PAUSE)
    with site.sessions.begin() as session:
        leases.give_back(session, site.tenant, JOB, "lrs", "elsewhere:1:1", now)
    assert not is_overdue(job(), now + PAUSE + timedelta(minutes=1), PAUSE)
    assert is_overdue(job(), now + PAUSE + timedelta(seconds=61), PAUSE)


def test_work_that_is_put_off_is_not_overdue_until_then(site, now):
    with site.sessions.begin() as session:
        leases.take(session, site.tenant, JOB, "lrs", "elsewhere:1:1", now)
        leases.give_back(session, site.tenant, JOB, "lrs", "elsewhere:1:1", now, error="down")
        leases.ask(session, site.tenant, JOB, "lrs", now + timedelta(hours=24))
        assert leases.asked(session, site.tenant, JOB, now + timedelta(hours=23)) == {}
        (job,) = leases.jobs(session, site.tenant)
    assert not is_overdue(job, now + timedelta(hours=24), timedelta(seconds=30))
