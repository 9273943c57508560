"""Reading everything again: what was missing is added, nothing is doubled, and it can be stopped anywhere."""

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from connector.clock import fixed
from connector.store.tables import ignored_count
from connector.sync import Stopped, quiet, read_again, sync
from tests.integration.canonical import state_of
from tests.integration.site_under_test import reading, synced, told
from tests.integration.stating import said


@pytest.fixture
def lacking(site, now, engine):
    """Twenty Statements, of which five became visible long after the overlap; what there would be without that."""
    statements = [said(number, f"learner {number % 3}", about=number) for number in range(1, 21)]
    late = [statements.pop(place) for place in (16, 11, 7, 3, 0)]
    synced(site, statements, now, page_size=5)
    statements += late
    assert synced(site, statements, now + timedelta(days=1)).added == 0
    return statements


def again(site, statements, now, tell=quiet):
    return read_again(reading(site, statements, fixed(now), page_size=5), tell)


def test_reading_everything_again_adds_what_was_missing_and_doubles_nothing(site, lacking, now, engine):
    report = again(site, lacking, now)
    assert (report.added, told(site, now)["statements"]["seen"]) == (5, 20)
    before = state_of(engine)
    assert again(site, lacking, now).added == 0
    assert state_of(engine) == before
    assert not told(site, now)["sources"][0]["reading_again"]


@pytest.mark.parametrize("pages", [1, 2, 3])
@pytest.mark.parametrize("then", [again, synced], ids=["asked once more", "an ordinary sync"])
def test_reading_everything_again_goes_on_where_it_was_stopped(site, lacking, now, pages, then):
    seen = []

    def stop(report):
        seen.append(report.read)
        if len(seen) == pages + 1:  # the first page is the tail's
            raise Stopped

    with pytest.raises(Stopped):
        again(site, lacking, now, stop)
    assert told(site, now)["sources"][0]["reading_again"]
    report = then(site, lacking, now)
    assert told(site, now)["statements"]["seen"] == 20
    assert report.read <= 20 - 5 * pages + 2  # the rest, and the tail's one Statement
    assert not told(site, now)["sources"][0]["reading_again"]


def test_reading_everything_again_forgets_the_counts_of_ignored_facts_first(site, now):
    """What is left of Facts that are read again would be counted beside them."""
    statements = [said(1, verb="https://verbs.example/unheard-of")]
    one = reading(site, statements, fixed(now))
    sync(one)
    count = {"tenant_id": site.tenant, "source_id": one.record.id, "reason": "verb_unknown", "verb_iri": "v:1"}
    with site.sessions.begin() as session:
        session.execute(insert(ignored_count), count | {"statements": 3})
    read_again(one)
    with site.readers.begin() as session:
        assert session.scalar(select(func.count()).select_from(ignored_count)) == 0


def test_a_first_read_that_was_stopped_goes_on_when_everything_is_asked_for_again(site, now):
    statements = [said(number) for number in range(1, 21)]

    def stop(_report):
        raise Stopped

    with pytest.raises(Stopped):
        sync(reading(site, statements, fixed(now), page_size=5), stop)
    report = again(site, statements, now)
    assert report.added == 15
    assert report.read <= 15 + 2  # the rest, and the last moment once more


def test_what_is_new_does_not_wait_for_the_end_of_reading_everything_again(site, lacking, now):
    seen = []

    def tell(report):
        if not seen:
            lacking.append(said(30, "newcomer"))
        seen.append(told(site, now)["learners"])

    one = reading(site, lacking, fixed(now), page_size=5)
    assert read_again(one, tell, between_tails=timedelta(0)).added == 6
    assert seen[:2] == [3, 3]  # the tail that begins, a page of the sweep
    assert seen[2] == 4  # a tail that was let in
    assert len(seen) > 5
    assert told(site, now)["statements"]["seen"] == 21
