"""The doctor: each thing that can be wrong is provoked once, and what is well is said to be well."""

from datetime import timedelta
from uuid import UUID

import pytest

from connector import match
from connector.administer import platforms
from connector.administer.doctor import doctor
from connector.administer.finding import Severity
from connector.administer.platforms import NewPlatform
from connector.administer.quality import settle
from connector.clock import fixed
from connector.domain import Audience
from connector.statements.identity import hash_identifier
from connector.store import days, events, feeds, sources
from connector.store.days import DayRecord
from tests.integration.site_under_test import synced, trained
from tests.integration.stating import KEY, LMS, course, said


@pytest.fixture
def findings(site):
    """What the doctor finds at a moment, by code; only lms.example may be linked to."""

    def found(now):
        told = doctor(site.tenant, site.readers, fixed(now), frozenset({"lms.example"}), timedelta(hours=1))
        assert [one.severity for one in told] == sorted((one.severity for one in told), key=list(Severity).index)
        assert all(one.remedy for one in told if one.severity is not Severity.OK)
        return {one.code: one for one in told}

    return found


@pytest.fixture
def registered(site, now):
    new = NewPlatform("lms", LMS, "c1", f"{LMS}/auth", "", f"{LMS}/jwks", (), (), {})
    platforms.add(new, site.tenant, site.sessions, fixed(now), lambda _url: None)
    return site


@pytest.fixture
def launch(site, now):
    def launched(*subjects):
        for subject in subjects:
            with site.sessions.begin() as session:
                match.launched_learner(
                    session,
                    site.tenant,
                    issuer=LMS,
                    subject=subject,
                    audience=Audience.LEARNER,
                    names={},
                    rules={},
                    hash_identifier=lambda one: hash_identifier(KEY, one),
                    clock=fixed(now),
                )

    return launched


def test_an_empty_site_lacks_a_source_a_platform_and_a_model(findings, now):
    assert set(findings(now)) == {"no_source", "no_platform", "no_model", "retention"}


def test_a_site_that_is_well_has_nothing_to_mend(registered, findings, launch, now):
    synced(registered, [said(1)], now)
    trained(registered, now)
    launch("ann")
    found = findings(now)
    assert {one.severity for one in found.values()} == {Severity.OK}
    assert set(found) == {"source_fresh", "matching", "model", "retention"}


def test_a_source_that_was_never_read_failed_or_is_late(site, findings, now):
    with site.sessions.begin() as session:
        number = sources.add(session, site.tenant, {"name": "lrs", "kind": "xapi", "url": "https://l.example"}, now)
    assert "onward sync --source lrs" in findings(now)["source_unread"].remedy
    with site.sessions.begin() as session:
        sources.failed(session, site.tenant, number, "401: key or secret wrong.", now)
    assert "401" in findings(now)["source_failed"].seen
    with site.sessions.begin() as session:
        sources.succeeded(session, site.tenant, number, now)
    assert "source_fresh" in findings(now + timedelta(minutes=59))
    assert "2026-11-22 12:00 UTC" in findings(now + timedelta(minutes=61))["source_late"].seen


def test_statements_that_could_not_be_read_and_verbs_that_nobody_knows(site, findings, now):
    strange = "http://verbs.example/unheard-of"
    synced(site, [said(1), said(2, verb=strange), said(3, verb=strange), said(4) | {"verb": {"id": "none"}}], now)
    assert f"1 bad_verb (such as {UUID(int=4)})" in findings(now)["quarantine"].seen
    assert (
        f"2 statements have verbs that the verb map does not know: {strange} (2)."
        == findings(now)["verbs_unknown"].seen
    )
    assert "onward verbs set VERB SIGNAL" in findings(now)["verbs_unknown"].remedy


def test_items_without_a_link_or_a_title_are_named(site, findings, now):
    nowhere = {"id": "https://elsewhere.example/a", "definition": {"name": {"en": "A"}}}
    synced(site, [said(1), said(2, object=nowhere), said(3, object=course(2, kind=""))], now)
    assert "1 items have no start link" in findings(now)["items_without_link"].seen
    assert nowhere["id"] in findings(now)["items_without_link"].seen
    assert f"1 items have no title and are never recommended: {LMS}" in findings(now)["items_without_title"].seen


def test_a_model_that_is_two_days_old(site, findings, now):
    synced(site, [said(1)], now)
    assert findings(now)["no_model"].remedy == "Run `onward train`."
    trained(site, now)
    assert "model" in findings(now + timedelta(days=2))
    assert "Model 1 is of" in findings(now + timedelta(days=2, seconds=1))["model_old"].seen


def test_under_a_fifth_that_match_says_which_actor_forms_each_side_has(site, findings, launch, now):
    synced(site, [said(1, "1001"), said(2, "jo.lee"), said(3, actor={"mbox": "mailto:ann@post.example"})], now)
    launch("1001", "2002", "2003", "2004")
    assert findings(now)["matching"].seen == "1 of 4 launched learners match statements."
    launch("2005", "2006")
    low = findings(now)["matching_low"]
    assert low.severity is Severity.ERROR
    assert low.seen.startswith("1 of 6 launched learners match statements.")
    launches, _, statements = low.seen.partition("the LRS has ")
    assert f"account digits(4) at {LMS} (5)" in launches
    assert f"account a.a at {LMS} (1)" in statements
    assert "mbox a@host (1)" in statements or "mbox letters(3)@host (1)" in statements
    assert "onward match show" in low.remedy
    assert "ann" not in low.seen
    assert "2002" not in low.seen


def test_what_looks_wrong_in_the_data_is_told_with_an_example_the_bug_and_the_command(site, findings, now):
    synced(site, [said(1), said(2, result={"completion": False})], now)
    found = findings(now)["data_quality"]
    assert f"(1 statements, such as {UUID(int=2)}) It resembles xAPI-vle/moodle-logstore_xapi#834" in found.seen
    assert found.remedy.startswith("If so, run `onward quality settle unfinished_completions-")
    settle(found.seen.partition(":")[0], site.tenant, site.sessions, fixed(now))
    assert "data_quality" not in findings(now)


def test_more_findings_than_can_be_read_are_counted(site, now):
    module = {"definition": course(1)["definition"]}
    synced(site, [said(n, object=module | {"id": f"{LMS}/mod/quiz/view.php?id={n}"}) for n in range(1, 15)], now)
    told = doctor(site.tenant, site.readers, fixed(now), frozenset(), timedelta(hours=1))
    shown = [one.seen for one in told if one.code == "data_quality"]
    assert len(shown) == 11
    assert shown[-1] == "4 more findings of this kind are not shown here."


def test_what_a_comparison_repaired_in_the_last_week_is_told(site, findings, now):
    synced(site, [said(1)], now)
    with site.sessions.begin() as session:
        number = sources.by_name(session, site.tenant, "lrs").id
        for ago, repaired in ((1, 3), (2, 4), (3, 0)):
            day = DayRecord(now - timedelta(days=ago), 10, repaired, now)
            days.keep(session, site.tenant, number, day)
    assert "brought 7 statements that reading had missed" in findings(now)["reconcile_repaired"].seen
    assert "reconcile_repaired" in findings(now + timedelta(days=7))
    assert "reconcile_repaired" not in findings(now + timedelta(days=7, seconds=1))


def test_a_feed_that_failed_is_told_until_it_is_well_again(site, findings, now):
    with site.sessions.begin() as session:
        values = {"kind": "moodle", "url": LMS, "sealed_token": None, "options": {}}
        feed = feeds.put(session, site.tenant, {"name": "courses", **values}, now)
        feeds.failed(session, site.tenant, feed, "invalidtoken: the token is refused.", now)
    assert findings(now)["feed_failed"].seen == "Feed courses: invalidtoken: the token is refused."
    with site.sessions.begin() as session:
        feeds.succeeded(session, site.tenant, feed, {}, now)
    assert "feed_failed" not in findings(now)


def test_refused_launches_of_the_last_day_are_counted_by_code(site, findings, now):
    with site.sessions.begin() as session:
        for code, hours in (("nonce_used", 1), ("nonce_used", 2), ("bad_audience", 3), ("expired", 25)):
            events.audit(session, site.tenant, "launch_refused", code, {}, now - timedelta(hours=hours))
    assert "3 logins or launches were refused in the last day: nonce_used (2), bad_audience (1)." in (
        findings(now)["launches_refused"].seen
    )


def test_a_platform_that_is_switched_off_is_none(registered, findings, now):
    assert "no_platform" not in findings(now)
    platforms.disable("lms", registered.tenant, registered.sessions)
    assert "no_platform" in findings(now)
