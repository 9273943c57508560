"""The worker: single-flight, not held up by what fails, gone soon after SIGTERM."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
import structlog
from pydantic import SecretStr
from pytest_httpserver import HTTPServer
from werkzeug import Response

from connector.administer import sources
from connector.administer.keys import make_keys
from connector.administer.sources import NewSource
from connector.cli.base import configure_log
from connector.clock import now as the_time
from connector.settings import Environment, Settings
from connector.store import events, leases
from connector.store import sources as stored
from connector.worker import Worker
from tests.integration.command import SECRET, LrsOverHttp
from tests.integration.site_under_test import SECRET as SITE_SECRET
from tests.integration.site_under_test import told
from tests.integration.stating import said

ROOT = Path(__file__).parents[2]


@pytest.fixture
def settings(database_url):
    return Settings(
        env=Environment.DEVELOPMENT, database_url=database_url, secret_key=SecretStr(SITE_SECRET), sync_seconds=2
    )


@pytest.fixture
def httpserver():
    """A server with a thread a request: one that hangs holds up no other."""
    with HTTPServer(host="127.0.0.1", port=0, threaded=True) as server:
        yield server


@pytest.fixture
def lrs(httpserver):
    held = LrsOverHttp(httpserver)
    held.hold([said(number, f"learner {number % 4}", about=number % 3) for number in range(1, 21)])
    return held


def connect(site, url, name="lrs", secret=SECRET):
    sources.add(NewSource(name, "xapi", url, "reader", secret), site.tenant, site.sessions, site.seal, the_time)


def until(seen: Callable[[], bool], seconds: float = 30) -> bool:
    """Wait until ``seen``; False when that takes too long."""
    end = time.monotonic() + seconds
    while not seen():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


@contextmanager
def working(settings, site, **options) -> Iterator[Worker]:
    worker = Worker(settings, site, stop=Event(), **options)
    thread = Thread(target=worker.run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop.set()
        thread.join()


def test_a_worker_reads_what_is_new_and_trains_by_itself(settings, site, lrs, now):
    connect(site, lrs.url)
    with working(settings, site):
        assert until(lambda: told(site, now)["model"] is not None)
        lrs.hold([said(21, "newcomer")])
        assert until(lambda: told(site, now)["learners"] == 5)


def test_a_worker_forgets_what_is_older_than_its_retention(settings, site):
    with site.sessions.begin() as session:
        events.audit(session, site.tenant, "launch_refused", "old", {}, the_time() - timedelta(days=181))

    def left():
        with site.readers.begin() as session:
            return events.audit_counts(session, site.tenant, "launch_refused", the_time() - timedelta(days=999))

    with working(settings, site):
        assert until(lambda: left() == {})


def test_the_first_completion_is_worth_a_training_at_once(settings, site, lrs, now):
    """The worker ran before any Source was connected; the first Model does not wait for the next hour."""
    with working(settings, site):
        time.sleep(1.5)
        connect(site, lrs.url)
        assert until(lambda: told(site, now)["model"] is not None)


def test_a_source_that_fails_or_hangs_does_not_hold_up_another(settings, site, lrs, httpserver, now):
    released = Event()

    def hang(_request):
        released.wait(20)
        return Response(status=503)

    httpserver.expect_request("/hanging/statements").respond_with_handler(hang)
    connect(site, httpserver.url_for("/hanging"), "a hanging one")
    connect(site, lrs.url, "a refused one", secret="wrong")
    connect(site, "https://lrs.example:1/xapi", "an unknown one")
    connect(site, lrs.url)
    began = time.monotonic()
    with working(settings, site, trains=False):
        assert until(lambda: told(site, now)["statements"]["seen"] == 20, 10)
        assert until(lambda: "401" in str(_errors(site, now)["a refused one"]), 10)
        lrs.hold([said(21)])
        assert until(lambda: told(site, now)["statements"]["seen"] == 21, 10)
    released.set()
    assert time.monotonic() - began < 20
    assert _errors(site, now)["lrs"] is None


def _errors(site, now):
    return {one["name"]: one["last_error"] for one in told(site, now)["sources"]}


def test_a_source_of_a_kind_that_this_version_does_not_know_is_told_and_ends_nothing(settings, site, lrs, now):
    sources.add(NewSource("odd", "unheard-of", lrs.url, "k", "s"), site.tenant, site.sessions, site.seal, the_time)
    connect(site, lrs.url)
    with working(settings, site, trains=False):
        assert until(lambda: told(site, now)["statements"]["seen"] == 20)
        assert until(lambda: "no kind of LRS named 'unheard-of'" in str(_errors(site, now)["odd"]))


def test_a_source_that_moves_is_read_at_its_new_address_without_a_restart(settings, site, lrs, httpserver, now):
    httpserver.expect_request("/old/statements").respond_with_data(status=404)
    connect(site, httpserver.url_for("/old"))
    with working(settings, site, trains=False):
        assert until(lambda: _errors(site, now)["lrs"] is not None)
        with site.sessions.begin() as session:
            stored.move_to(session, site.tenant, "lrs", lrs.url)
        assert until(lambda: told(site, now)["statements"]["seen"] == 20)


def test_what_its_operator_mends_is_read_at_once_and_until_then_status_tells_when_the_next_try_is(
    settings, site, lrs, now
):
    connect(site, lrs.url, secret="wrong")
    with working(settings, site, trains=False):
        assert until(lambda: _errors(site, now)["lrs"] is not None)
        source = told(site, the_time())["sources"][0]
        assert source["failures"] == 1
        left = datetime.fromisoformat(source["next_try_at"]) - the_time()
        assert timedelta(minutes=9) < left <= timedelta(minutes=10)
        with site.sessions.begin() as session:
            number = stored.by_name(session, site.tenant, "lrs").id
            stored.change(session, site.tenant, number, {"sealed_secret": site.seal.close(SECRET.encode())})
        assert until(lambda: told(site, now)["statements"]["seen"] == 20, 10)
    source = told(site, the_time())["sources"][0]
    assert (source["failures"], source["next_try_at"], source["last_error"]) == (0, None, None)


def test_a_worker_compares_days_one_after_the_other_and_repairs_them(settings, site, lrs):
    """Between two reads it compares one day; then not again before the day after."""
    old = (the_time() - timedelta(days=2)).isoformat()
    connect(site, lrs.url)
    with site.sessions.begin() as session:
        source = stored.by_name(session, site.tenant, "lrs").id
        position = {"high": the_time().isoformat(), "low": (the_time() - timedelta(hours=1)).isoformat()}
        for walk, kept in (("all", position), ("sweep", {})):
            stored.move(session, site.tenant, source, walk, kept, high_water=the_time(), now=the_time())
    lrs.hold([said(99, stored=old, timestamp=old)])

    def compared():
        return (told(site, the_time())["sources"][0]["compared"] or {}).get("days", 0)

    with working(settings, site, trains=False):
        assert until(lambda: compared() == 4)
        assert until(lambda: {job["state"] for job in told(site, the_time())["jobs"]} == {"done"}, 5)
    assert told(site, the_time())["sources"][0]["compared"]["repaired"] == 1
    asked = [one["until"] for one in lrs.stub.asked if "until" in one]
    assert len(asked) == len(set(asked)) == 4


def test_comparing_can_be_switched_off(settings, site, lrs):
    connect(site, lrs.url)
    with working(settings.model_copy(update={"reconcile_hours": 0}), site, trains=False):
        assert until(lambda: told(site, the_time())["statements"]["seen"] == 20)
        assert until(lambda: sum("since" in one for one in lrs.stub.asked) >= 2)  # further reads went by
    assert not [one for one in lrs.stub.asked if "until" in one]


def _process(settings, folder) -> "subprocess.Popen[bytes]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ONWARD_")}
    environment |= {
        "ONWARD_ENV": "development",
        "ONWARD_DATABASE_URL": settings.database_url,
        "ONWARD_SYNC_SECONDS": "2",
        "ONWARD_SECRET_KEY": SITE_SECRET,
        "PYTHONPATH": str(ROOT),
    }
    with (folder / "worker.log").open("ab") as log:
        return subprocess.Popen([sys.executable, "-m", "connector", "worker"], cwd=folder, env=environment, stderr=log)


@pytest.fixture
def keyed(site):
    """The site with its keys in the database, for processes of their own."""
    make_keys(site.sessions, site.tenant, site.seal, the_time)
    return site


def test_two_workers_never_read_one_source_at_once(settings, keyed, httpserver, tmp_path, now):
    inside, most, asked = [0], [0], [0]

    def slow(_request):
        inside[0] += 1
        asked[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(0.7)
        inside[0] -= 1
        return Response('{"statements": [], "more": ""}', content_type="application/json")

    httpserver.expect_request("/xapi/statements").respond_with_handler(slow)
    connect(keyed, httpserver.url_for("/xapi"))
    workers = [_process(settings, tmp_path) for _ in range(2)]
    assert until(lambda: asked[0] >= 5, 60)
    for worker in workers:
        worker.terminate()
        assert worker.wait(15) == 0, (tmp_path / "worker.log").read_text()
    assert most[0] == 1


def test_sigterm_ends_a_worker_that_does_not_wait_for_an_lrs_that_hangs(settings, keyed, httpserver, tmp_path, now):
    asked, released = Event(), Event()

    def hang(_request):
        asked.set()
        released.wait(30)
        return Response(status=503)

    httpserver.expect_request("/xapi/statements").respond_with_handler(hang)
    connect(keyed, httpserver.url_for("/xapi"))
    worker = _process(settings, tmp_path)
    assert asked.wait(60)
    worker.send_signal(signal.SIGTERM)
    code = worker.wait(15)  # the LRS answers after thirty seconds
    released.set()
    assert code == 0, (tmp_path / "worker.log").read_text()
    with keyed.sessions.begin() as session:
        leases.take(session, keyed.tenant, "sync", "lrs", "far-away:1:1", the_time())


@pytest.fixture(autouse=True)
def _quiet():
    configure_log("ERROR")
    yield
    structlog.reset_defaults()
