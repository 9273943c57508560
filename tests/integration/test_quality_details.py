"""What settling a fault spares, and what is no fault; on SQLite only: test_quality.py asks both databases the same."""

import pytest
from sqlalchemy import select

from connector.administer import quality
from connector.clock import fixed
from connector.errors import BadInput, UnknownName
from connector.store import interactions, rules, tables
from tests.integration.faults import UNFINISHED, at_once, newest, ordinary, stored_after
from tests.integration.site_under_test import open_site, synced
from tests.integration.stating import said, voids


@pytest.fixture
def database_url(sqlite_url):
    return sqlite_url


def test_a_settled_completion_leaves_the_learners_own_history_at_the_next_request(site, now, look):
    synced(site, [*ordinary(), *at_once()], now)
    assert longest_history(site) == 6 + 11  # ann's
    quality.settle(look()["burst"].id, site.tenant, site.sessions, fixed(now))
    assert longest_history(site) == 6


def longest_history(site):
    with site.readers.begin() as session:
        people = set(session.scalars(select(tables.identity.c.learner_id)))
        return max(len(interactions.of_learner(session, site.tenant, one)) for one in people)


def test_a_rule_for_unfinished_completions_spares_those_that_are_whole(site, now, look, numbers):
    synced(
        site, [said(1), said(2, "bob", **UNFINISHED), said(3, "bob"), said(4, "cleo", verb="passed", **UNFINISHED)], now
    )
    two = sorted(one.id for one in quality.listed(site.tenant, site.readers))
    assert len(two) == 2
    for one in two:
        quality.settle(one, site.tenant, site.sessions, fixed(now))
    assert numbers()[:3] == (2, {"ignored_by_rule": 2}, {"completed": 2})


def test_one_in_a_hundred_from_the_future_is_enough_and_one_in_two_hundred_is_not(site, now, look):
    synced(site, [stored_after(number, 5) for number in range(1, 100)], now, page_size=500)
    assert look() == {}
    synced(site, [*(stored_after(number, 5) for number in range(1, 100)), stored_after(1000, -700)], now, page_size=500)
    assert look()["clock_skew"].count == 1
    more = [stored_after(number, 5) for number in range(2000, 2100)]
    synced(site, [*more, *(stored_after(number, 5) for number in range(1, 101))], now, page_size=500)
    assert look() == {}


def test_statements_that_come_hours_late_by_turns_are_no_wrong_clock(site, now, look):
    synced(site, [stored_after(number, 300 * number) for number in range(1, 200)], now, page_size=500)
    assert look() == {}


def test_a_voided_fault_is_none(site, now, look):
    synced(site, [*ordinary(), said(1000, **UNFINISHED), voids(1001, 1000)], now)
    assert look() == {}


def test_what_is_not_there_cannot_be_settled_nor_taken_back(site, now):
    with pytest.raises(UnknownName, match="no finding 'burst-1'"):
        quality.settle("burst-1", site.tenant, site.sessions, fixed(now))
    for nothing in ("7", "burst-1", "clock_skew-1"):
        with pytest.raises(UnknownName, match="Nothing was settled"):
            quality.unsettle(nothing, site.tenant, site.sessions, fixed(now))


def test_no_more_rules_are_made_than_a_reading_can_bear(site, now, look, monkeypatch):
    synced(site, [*ordinary(), *at_once()], now)
    with site.sessions.begin() as session:
        rules.add(session, site.tenant, [{"source_id": 99}] * rules.MOST_RULES, "made-before", now)
    assert newest(site)
    with pytest.raises(BadInput, match="100 rules at most"):
        quality.settle(look()["burst"].id, site.tenant, site.sessions, fixed(now))


def test_a_rule_of_one_tenant_hides_nothing_of_another(site, engine, now):
    other = open_site(engine, now, "other")
    for one in (site, other):
        synced(one, [*ordinary(), *at_once()], now)
    (found,) = quality.listed(site.tenant, site.readers)
    quality.settle(found.id, site.tenant, site.sessions, fixed(now))
    assert quality.listed(site.tenant, site.readers) == []
    assert len(quality.listed(other.tenant, other.readers)) == 1
    with pytest.raises(UnknownName):
        quality.unsettle(found.id, other.tenant, other.sessions, fixed(now))
