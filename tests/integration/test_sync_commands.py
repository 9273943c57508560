"""``onward sync`` and ``onward status`` on the command line: everything again, days compared, stopped, in trouble."""

import json
import os
import signal
from datetime import timedelta

import pytest
from werkzeug import Response

from connector.clock import now as the_time
from connector.store import database, leases, site
from tests.integration.command import SECRET
from tests.integration.stating import said


def late(number, days_ago):
    """A Statement that was stored so many days ago at noon."""
    at = (the_time() - timedelta(days=days_ago)).replace(hour=12, minute=0).isoformat()
    return said(number, stored=at, timestamp=at)


@pytest.fixture
def lacking(connected, lrs):
    """A site that lacks one Statement of four days ago."""
    lrs.hold([late(1, 3), late(2, 2)])
    assert json.loads(connected("sync", "--json").out)["lrs"]["added"] == 2
    lrs.hold([late(3, 4)])
    return connected


def test_reading_from_the_start_finds_what_a_sync_does_not(lacking):
    assert "0 facts new" in lacking("sync").out
    assert json.loads(lacking("sync", "--from-start", "--json").out)["lrs"]["added"] == 1
    assert "0 facts new" in lacking("sync", "--from-start", "--source", "lrs").out


def test_comparing_days_says_what_lacked_and_repairs_it(lacking):
    day = (the_time() - timedelta(days=4)).strftime("%Y-%m-%d")
    answer = lacking("sync", "--reconcile", "7")
    assert answer.code == 0
    assert "  7 days compared, 3 statements there: 1 facts lacked." in answer.out
    assert f"  ! {day}: 1 facts lacked, and are there now." in answer.out
    assert "7 days compared in the last 30, 1 facts had lacked" in lacking("status").out
    again = json.loads(lacking("sync", "--reconcile", "7", "--json").out)["lrs"]
    assert (again["added"], again["compared"]["repaired"], len(again["compared"]["days"])) == (0, 0, 7)


def test_what_cannot_be_compared_is_told_with_the_remedy(connected, lrs):
    both = connected("sync", "--from-start", "--reconcile", "3")
    assert (both.code, "choose --from-start or --reconcile" in both.err) == (1, True)
    far = connected("sync", "--reconcile", "61")
    assert (far.code, "from yesterday (1) to 60 days back" in far.err) == (1, True)


def test_an_error_names_its_source_and_key(connected, lrs):
    options = ("--url", lrs.url, "--key", "another reader", "--secret-stdin")
    connected("source", "add", "second", *options, told="wrong\n")
    answer = connected("sync")
    assert answer.code == 1
    assert "onward: second: 401: key or secret wrong" in answer.err
    assert "key 'another reader'" in answer.err
    assert "wrong\n" not in answer.err
    assert "lrs: 0 statements" in answer.out
    status = connected("status").out
    assert "! second: 1 tries without a good end and never read well." in status


@pytest.fixture
def heeds_ctrl_c():
    """What runs in the background of a shell was started with SIGINT ignored; this test needs it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeds_ctrl_c")
def test_ctrl_c_stops_at_once_says_that_nothing_is_lost_and_the_next_run_goes_on(connected, lrs, httpserver):
    statements = [late(number, 3) for number in range(1, 101)]
    lrs.hold(statements)
    pages = []

    def interrupted(request):
        pages.append(request.url)
        if len(pages) == 2:
            os.kill(os.getpid(), signal.SIGINT)
        status, headers, body = lrs.stub.answer(request.path, request.args.to_dict())
        return Response(body, status, headers)

    httpserver.clear()
    httpserver.expect_request("/xapi/statements").respond_with_handler(interrupted)
    answer = connected("sync")
    assert answer.code == 130
    assert "Stopped. Nothing is lost" in answer.err
    told = json.loads(connected("status", "--json").out)
    assert (told["jobs"][0]["state"], told["sources"][0]["failures"]) == ("stopped", 0)
    seen = told["statements"]["seen"]
    assert seen in {0, 50}, "the first page is kept whole or not at all"
    assert json.loads(connected("sync", "--json").out)["lrs"]["added"] == 100 - seen


def test_status_shows_a_read_that_runs(connected, environment):
    engine = database.create_engine(environment["DATABASE_URL"])
    progress = {"walk": "first", "read": 1200, "added": 1100, "per_second": 300, "share": 0.25}
    with database.sessions_of(engine).begin() as session:
        tenant = site.tenant(session)
        leases.take(session, tenant, "sync", "lrs", "far-away:1:1", the_time())
        leases.beat(session, tenant, "sync", "lrs", "far-away:1:1", progress)
        leases.take(session, tenant, "train", "", "far-away:1:1", the_time())
    engine.dispose()
    shown = connected("status").out
    assert "Running: lrs (first read): 1,200 statements read, 1,100 new, 300/s, about 25% of the time span." in shown
    assert "Running: train." in shown
    (job, _) = json.loads(connected("status", "--json").out)["jobs"]
    assert (job["progress"], job["state"]) == (progress, "running")


def test_a_source_that_is_down_does_not_keep_others_from_being_read(connected, lrs, httpserver):
    httpserver.expect_request("/down/statements").respond_with_data("no", status=410)
    options = ("--url", httpserver.url_for("/down"), "--key", "k", "--secret-stdin")
    connected("source", "add", "a source that is down", *options, told=f"{SECRET}\n")
    lrs.hold([said(1)])
    answer = connected("sync", "--json")
    assert (answer.code, json.loads(answer.out)["lrs"]["added"]) == (1, 1)
    assert "onward: a source that is down: 410" in answer.err
