"""Feeds: Moodle's courses come in, change, hide and go, against a stub; never run against a Moodle."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from connector.catalog import feeds, import_catalog
from connector.catalog.feeds import Feeding, NewFeed
from connector.catalog.files import as_json
from connector.catalog.showing import show
from connector.clock import fixed
from connector.errors import BadInput, Busy, NotReady, UnknownName
from connector.outside.fetch import FetchFailed
from connector.outside.moodle import MoodleRefused
from connector.outside.urls import DEVELOPMENT
from connector.settings import Settings
from connector.store import feeds as stored
from connector.store import items, leases
from connector.worker import Worker
from tests.integration.moodle_stub import TOKEN, StubMoodle
from tests.integration.site_under_test import synced
from tests.integration.stating import COURSE, said

HOUR = timedelta(hours=1)


@pytest.fixture
def moodle(httpserver):
    stub = StubMoodle(httpserver)
    for number in (4, 5, 6):
        stub.hold(number)
    return stub


def feeding(site, now):
    return Feeding(site.tenant, site.sessions, site.readers, site.seal, fixed(now), DEVELOPMENT, "elsewhere:1:1")


@pytest.fixture
def connect(site, now, moodle):
    def call(token=TOKEN, **options):
        new = NewFeed("campus", "moodle", f"{moodle.url}/", token, {"language": "en"} | options)
        return feeds.connect(new, feeding(site, now))

    return call


@pytest.fixture
def refresh(site, now):
    return lambda hours=1: feeds.refresh("campus", feeding(site, now + hours * HOUR))


@pytest.fixture
def fields(site, moodle, now):
    return lambda number: show(moodle.page(number), site.tenant, site.readers, now)["fields"]


def imported(site, tmp_path, now, **row):
    (tmp_path / "c.json").write_text(as_json([row]))
    report = import_catalog(tmp_path / "c.json", site.tenant, site.sessions, fixed(now))
    assert not report.refused, report.refused


def titles(site, moodle, number, now):
    return {
        text["language"]: text["title"] for text in show(moodle.page(number), site.tenant, site.readers, now)["texts"]
    }


# --- what comes in ---------------------------------------------------------------------------------------------------


def test_courses_become_items_with_title_link_and_dates(connect, moodle, fields, site, now):
    moodle.hold(4, fullname="Data &amp; doubt", lang="de", enddate=1800000000)
    report = connect()
    assert (report.courses, report.hidden, report.gone, report.changes.new) == (3, 0, 0, 3)
    found = fields(4)
    assert (found["url"], found["page"], found["feed"]) == (moodle.page(4), moodle.page(4), "campus")
    assert (found["language"], found["topics"], found["in_catalog"]) == ("de", ["Statistics"], True)
    assert found["ends_at"] == datetime.fromtimestamp(1800000000, UTC).isoformat()
    assert titles(site, moodle, 4, now) == {"de": "Data & doubt"}
    assert titles(site, moodle, 5, now) == {"en": "Course 5"}


def test_a_refresh_without_news_writes_nothing(connect, refresh, fields):
    connect()
    before = [fields(number) for number in (4, 5, 6)]
    report = refresh()
    assert (report.changes.new, report.changes.changed) == (0, 0)
    assert [fields(number) for number in (4, 5, 6)] == before


def test_the_item_of_a_feed_is_that_of_the_statements_and_its_title_wins(connect, moodle, site, now):
    course = {"id": moodle.iri(4), "definition": {"type": COURSE, "name": {"en": "From a statement"}}}
    synced(site, [said(1, object=course)], now)
    report = connect()
    assert (report.changes.new, report.changes.changed, report.changes.replaced) == (2, 1, 1)
    assert titles(site, moodle, 4, now) == {"en": "Course 4"}


# --- what hides ------------------------------------------------------------------------------------------------------


def test_a_hidden_course_and_one_that_is_gone_are_not_visible_and_come_back(connect, moodle, refresh, fields):
    connect()
    moodle.hold(4, visible=0)
    gone = moodle.courses.pop(5)
    report = refresh()
    assert (report.courses, report.hidden, report.gone) == (2, 1, 1)
    assert [fields(number)["visible"] for number in (4, 5, 6)] == [False, False, True]
    assert refresh(2).gone == 0
    moodle.hold(4, visible=1)
    moodle.courses[5] = gone
    refresh(3)
    assert [fields(number)["visible"] for number in (4, 5, 6)] == [True, True, True]


def test_a_course_that_only_statements_knew_and_moodle_does_not_list_is_hidden_too(connect, moodle, fields, site, now):
    gone = {"id": moodle.iri(99), "definition": {"type": COURSE, "name": {"en": "Long gone"}}}
    other = {
        "id": "https://other.example/course/view.php?id=99",
        "definition": {"type": COURSE, "name": {"en": "Not its"}},
    }
    page = {"id": moodle.iri(99).replace("course", "mod/page"), "definition": {"name": {"en": "Not a course"}}}
    part = {"id": f"{moodle.iri(99)}&section=2", "definition": {"name": {"en": "A part"}}}
    synced(site, [said(1, object=gone), said(2, object=other), said(3, object=page), said(4, object=part)], now)
    assert connect().gone == 1
    assert fields(99)["visible"] is False
    with site.readers.begin() as session:
        assert sum(not item.visible for item in items.all_of(session, site.tenant).values()) == 1


def test_a_course_where_nobody_can_enrol_is_not_enrolable_unless_the_site_says_so(connect, moodle, fields):
    moodle.hold(4, enrollmentmethods=["manual", "cohort"])
    connect()
    assert [fields(number)["enrolable"] for number in (4, 5)] == [False, True]
    connect(enrolment="ignored")
    assert fields(4)["enrolable"] is True


def test_dates_can_be_ignored(connect, moodle, fields):
    moodle.hold(4, enddate=1700000001)
    connect()
    assert fields(4)["ends_at"] is not None
    connect(dates="ignored")
    assert (fields(4)["starts_at"], fields(4)["ends_at"]) == (None, None)


# --- files and feeds -------------------------------------------------------------------------------------------------


def test_a_file_stands_until_moodle_says_something_new(connect, moodle, refresh, fields, site, tmp_path, now):
    connect()
    said_by_file = {"title": "A better title", "language": "en", "topics": ["numbers"], "minutes": 90, "visible": False}
    imported(site, tmp_path, now + HOUR, iri=moodle.page(4), **said_by_file)
    refresh(2)
    assert titles(site, moodle, 4, now)["en"] == "A better title"
    assert (fields(4)["topics"], fields(4)["minutes"]) == (["numbers"], 90)
    assert fields(4)["visible"] is True  # whether the door is open is for Moodle to say
    moodle.hold(4, fullname="Renamed in Moodle")
    refresh(3)
    assert titles(site, moodle, 4, now)["en"] == "Renamed in Moodle"
    assert (fields(4)["topics"], fields(4)["minutes"]) == (["numbers"], 90)


def test_what_moodle_takes_away_goes_and_what_it_never_said_stays(
    connect, moodle, refresh, fields, site, tmp_path, now
):
    imported(site, tmp_path, now - HOUR, iri=moodle.page(4), ends_at="2030-01-01")
    moodle.hold(5, enddate=1800000000)
    connect()
    moodle.hold(5, enddate=0)
    refresh()
    assert (fields(4)["ends_at"], fields(5)["ends_at"]) == ("2030-01-02T00:00:00+00:00", None)


# --- when it goes wrong ----------------------------------------------------------------------------------------------


def test_a_feed_that_does_not_answer_is_not_kept(connect, moodle, site):
    moodle.down = True
    with pytest.raises(FetchFailed):
        connect()
    moodle.down = False
    with pytest.raises(MoodleRefused, match="onward catalog connect"):
        connect(token="wrong")
    moodle.courses.clear()
    with pytest.raises(FetchFailed, match="lists no course"):
        connect()
    with site.readers.begin() as session:
        assert stored.all_of(session, site.tenant) == []


def test_what_cannot_be_a_feed_is_refused_before_anybody_is_asked(site, now, moodle):
    for name, url in [("", moodle.url), ("x" * 81, moodle.url), ("a", "lms"), ("a", f"{moodle.url}/?id=4")]:
        with pytest.raises(BadInput):
            feeds.connect(NewFeed(name, "moodle", url, TOKEN), feeding(site, now))
    assert moodle.asked == 0


def test_an_error_is_kept_until_the_next_success_and_hides_nothing(connect, moodle, refresh, fields, site):
    def last_error():
        with site.readers.begin() as session:
            return stored.by_name(session, site.tenant, "campus").last_error

    connect()
    moodle.token = "another"
    with pytest.raises(MoodleRefused):
        refresh()
    assert "invalidtoken" in last_error()
    assert fields(4)["visible"] is True
    moodle.token = TOKEN
    refresh(2)
    assert last_error() == ""


def test_a_list_without_a_course_changes_nothing(connect, moodle, refresh, fields):
    connect()
    moodle.courses.clear()
    with pytest.raises(FetchFailed, match="Nothing was changed"):
        refresh()
    assert fields(4)["visible"] is True


def test_two_processes_do_not_refresh_at_once(connect, site, now, refresh, moodle):
    connect()
    with site.sessions.begin() as session:
        leases.take(session, site.tenant, feeds.JOB, "campus", "another:2:2", now, 10 * HOUR)
    asked = moodle.asked
    with pytest.raises(Busy):
        refresh(0)
    assert moodle.asked == asked


def test_the_token_is_sealed_and_connecting_again_changes_it(connect, moodle, site):
    connect()
    moodle.token = "f" * 32
    connect(token=moodle.token)
    with site.readers.begin() as session:
        (record,) = stored.all_of(session, site.tenant)
    assert TOKEN.encode() not in record.sealed_token
    assert site.seal.open(record.sealed_token).decode() == moodle.token
    assert "sealed_token" not in repr(record)


def test_one_feed_that_fails_keeps_none_of_the_others_from_it(connect, moodle, site, now):
    connect()
    feeds.connect(NewFeed("also", "moodle", moodle.url, TOKEN), feeding(site, now))
    with site.sessions.begin() as session:
        stored.put(session, site.tenant, {"name": "also", "kind": "moodle", "url": f"{moodle.url}/no"}, now)
    outcomes = feeds.refresh_all(feeding(site, now + HOUR))
    assert isinstance(outcomes["also"], NotReady)
    assert outcomes["campus"].courses == 3


def test_disconnecting_forgets_the_token_and_says_how_many_stay_hidden(connect, moodle, site):
    moodle.hold(4, visible=0)
    connect()
    assert feeds.disconnect("campus", site.tenant, site.sessions) == 1
    with pytest.raises(UnknownName):
        feeds.disconnect("campus", site.tenant, site.sessions)


# --- worker and commands ---------------------------------------------------------------------------------------------


def test_the_worker_refreshes_on_its_clock(connect, moodle, site, fields):
    connect()
    moodle.hold(4, visible=0)
    worker = Worker(Settings(env="development", database_url="sqlite://"), site)
    worker._refresh_catalog()
    assert fields(4)["visible"] is False


def test_the_commands_connect_read_list_and_forget(onward, moodle):
    made = onward(
        "catalog", "connect", "campus", "--kind", "moodle", "--url", moodle.url, "--token-stdin", told=f"{TOKEN}\n"
    )
    assert (made.code, made.out.startswith("Connected campus. 3 courses, 0 of them hidden; 0 no longer listed.")) == (
        0,
        True,
    )
    moodle.courses.pop(5)
    assert "campus: 2 courses, 0 of them hidden; 1 no longer listed" in onward("catalog", "refresh").out
    assert json.loads(onward("catalog", "refresh", "campus", "--json").out)["campus"]["gone"] == 0
    moodle.token = "another"
    failed = onward("catalog", "refresh")
    assert (failed.code, "invalidtoken" in failed.err, TOKEN in failed.err) == (1, True, False)
    (row,) = json.loads(onward("catalog", "feeds", "--json").out)
    assert (row["name"], "invalidtoken" in row["last_error"]) == ("campus", True)
    assert onward("catalog", "disconnect", "campus", "--yes").out.startswith("Forgot feed campus; 1 items stay hidden")
    assert "No feed is connected" in onward("catalog", "refresh").out
