"""Retention: what is old enough goes, a bounded number at a time; of ignored Facts counts stay, and it adds up."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, func, insert, select

from connector.administer import keeping
from connector.administer.account import account
from connector.administer.finding import Severity
from connector.errors import BadInput
from connector.privacy import erase
from connector.store import events, ignored, retention, tables
from tests.integration.person_under_test import ANN, desk_of, inhabited, of_ann, of_others
from tests.integration.site_under_test import synced
from tests.integration.stating import LMS, START, VIEWED, group, said, voids

NO_ITEM = {"object": {"objectType": "Agent", "mbox": "mailto:x@example.edu"}}


def count(sessions, table) -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(table))


def forgotten(sessions, tenant, now) -> dict[str, int]:
    with sessions.begin() as session:
        return retention.forget_old(session, tenant, now)


def test_what_is_older_than_its_retention_goes_and_the_rest_stays(sessions, tenant, now):
    with sessions.begin() as session:
        events.audit(session, tenant, "launch_refused", "old", {}, now - timedelta(days=181))
        events.audit(session, tenant, "launch_refused", "new", {}, now - timedelta(days=179))
    gone = forgotten(sessions, tenant, now)
    assert {name for name, rows in gone.items() if rows} == {"audit"}
    assert gone["audit"] == 1
    assert count(sessions, tables.audit) == 1


def test_every_kind_of_row_goes_after_its_own_days(site, now):
    inhabited(site, now, [*of_others(), *of_ann(), said(900, "ben") | {"id": "no uuid"}])
    kinds = {"quarantine": 30, "slate": 180, "event": 180, "launch_claim": 180, "audit": 180}
    with site.sessions.begin() as session:
        events.audit(session, site.tenant, "launch_refused", "", {}, now)
    for table, days in sorted(kinds.items(), key=lambda kind: kind[1]):
        before = forgotten(site.sessions, site.tenant, now + timedelta(days=days))
        assert before[table] == 0, table
    gone = forgotten(site.sessions, site.tenant, now + timedelta(days=180, seconds=1))
    assert {table: gone[table] for table in kinds} == {
        "quarantine": 0,  # it went on the way, with the first that was older than 30 days
        "slate": 2,
        "event": 2,
        "launch_claim": 1,
        "audit": 1,
    }
    assert count(site.sessions, tables.quarantine) == 0


def test_the_site_chooses_within_bounds(sessions, tenant, now):
    with sessions.begin() as session:
        events.audit(session, tenant, "launch_refused", "", {}, now - timedelta(days=40))
        retention.keep_for(session, tenant, "audit", 39)
        assert retention.days(session, tenant)["audit"] == 39
        for name, days in (("audit", 29), ("audit", 3651), ("facts", 30)):
            with pytest.raises(BadInput):
                retention.keep_for(session, tenant, name, days)
    assert forgotten(sessions, tenant, now)["audit"] == 1


def test_no_more_goes_at_once_than_the_lock_may_be_held_for(sessions, tenant, now, monkeypatch):
    monkeypatch.setattr(retention, "MOST_AT_ONCE", 3)
    with sessions.begin() as session:
        for minutes in range(5):
            events.audit(session, tenant, str(minutes), "", {}, now - timedelta(days=200, minutes=minutes))
    for gone, left, more in ((3, {"0", "1"}, True), (2, set(), False)):
        with sessions.begin() as session:
            done = retention.forget_old(session, tenant, now)
            assert done["audit"] == gone
            assert retention.has_more(session, tenant, done) is more
            assert set(session.scalars(select(tables.audit.c.kind))) == left


# --- ignored Facts ------------------------------------------------------------------------------------------------

OLD = START + timedelta(days=91)
"""A day on which what was said in the minutes after START is old enough, and what was said two days later is not."""


@pytest.fixture
def told():
    """Statements 1 to 12: of the old ones 2 mean something, 7 are ignored for 4 reasons, 1 is voided; 2 are new."""
    new = 2 * 24 * 60
    return [
        said(1),
        said(2, verb=VIEWED),
        said(3, verb="http://x.example/unheard"),
        said(4, "ben", verb="http://x.example/unheard"),
        said(5, verb="suspended"),
        said(6, **NO_ITEM),
        said(7, actor=group("ann", "ben")),
        said(8, actor={"objectType": "Agent"}),
        said(9, verb="http://x.example/unheard"),
        voids(10, 9),
        said(new, verb="http://x.example/unheard"),
        said(new + 1),
    ]


def test_ignored_facts_become_counts_and_the_account_still_adds_up(site, now, told):
    synced(site, told, now)
    before = _account(site)
    assert before.seen == 12
    assert before.ignored["verb_unknown"] == 3
    gone = forgotten(site.sessions, site.tenant, OLD)
    assert gone["fact"] == 9, "seven Statements, one of them a Group with two members"
    with site.readers.begin() as session:
        left = session.scalars(select(tables.fact.c.statement_id)).all()
        counts = {(one.reason, one.verb.rpartition("/")[2]): one for one in ignored.counts(session, site.tenant)}
    assert sorted(one.int for one in left) == [1, 2, 9, 2880, 2881]
    assert {key: one.statements for key, one in counts.items()} == {
        ("verb_unknown", "unheard"): 2,
        ("verb_neutral", "suspended"): 1,
        ("not_an_item", "completed"): 1,
        ("group", "completed"): 1,
        ("no_actor", "completed"): 1,
        ("voiding", "voided"): 1,
    }
    assert counts["verb_unknown", "unheard"].sample == UUID(int=3)
    after = _account(site)
    assert (after.seen, after.kept, after.voided, after.signals) == (
        before.seen,
        before.kept,
        before.voided,
        before.signals,
    )
    assert after.ignored == before.ignored


def test_what_only_the_sites_own_map_ignores_stays_so_that_a_change_can_be_taken_back(site, now, told):
    synced(site, told, now)
    with site.sessions.begin() as session:
        row = {"tenant_id": site.tenant, "source_id": 0, "verb_iri": VIEWED, "signal": "neutral"}
        session.execute(insert(tables.verb_map), row)
    assert _account(site).ignored["verb_neutral"] == 2
    forgotten(site.sessions, site.tenant, OLD)
    with site.sessions.begin() as session:
        session.execute(delete(tables.verb_map))
    assert _account(site).signals["viewed"] == 1


def test_what_the_map_knows_meanwhile_stays_and_what_is_new_stays(site, now, told):
    synced(site, told, now)
    with site.sessions.begin() as session:
        row = {"tenant_id": site.tenant, "source_id": 0, "verb_iri": "http://x.example/unheard", "signal": "viewed"}
        session.execute(insert(tables.verb_map), row)
    assert forgotten(site.sessions, site.tenant, OLD)["fact"] == 7
    assert forgotten(site.sessions, site.tenant, START + timedelta(days=90))["fact"] == 0


def test_a_range_at_a_time_comes_round_to_every_fact_and_counts_each_once(site, now, told):
    synced(site, told, now)
    runs, gone = 0, 0
    while runs == 0 or not _at_end(site):
        with site.sessions.begin() as session:
            gone += ignored.forget_some(session, site.tenant, OLD - timedelta(days=90), OLD, size=3)
        runs += 1
    assert (runs, gone) == (5, 9)
    assert forgotten(site.sessions, site.tenant, OLD)["fact"] == 0
    with site.readers.begin() as session:
        assert sum(one.statements for one in ignored.counts(session, site.tenant)) == 7


def test_counts_add_up_over_runs_and_go_when_a_source_is_read_from_its_beginning(site, now, told):
    synced(site, told, now)
    forgotten(site.sessions, site.tenant, OLD)
    forgotten(site.sessions, site.tenant, OLD + timedelta(days=3))
    with site.sessions.begin() as session:
        counts = {one.verb.rpartition("/")[2]: one for one in ignored.counts(session, site.tenant)}
        assert counts["unheard"].statements == 3
        assert counts["unheard"].sample == UUID(int=3), "the first one stays the sample"
        ignored.forget_counts(session, site.tenant, counts["unheard"].source)
        assert ignored.counts(session, site.tenant) == []


def test_an_erasure_forgets_the_samples_because_nobody_knows_whose_they_are(site, now, told):
    inhabited(site, now, [*told, said(20, "ann-4711")])
    forgotten(site.sessions, site.tenant, OLD)
    erase(desk_of(site, now), ANN)
    with site.readers.begin() as session:
        assert {one.sample for one in ignored.counts(session, site.tenant)} == {None}


def _account(site):
    with site.readers.begin() as session:
        return account(session, site.tenant)


def _at_end(site) -> bool:
    with site.readers.begin() as session:
        return ignored.at_end(session, site.tenant)


# --- what doctor and the command say ------------------------------------------------------------------------------


def test_doctor_is_told_how_long_things_are_kept_and_what_is_overdue(sessions, tenant, now):
    with sessions.begin() as session:
        found = keeping.findings(session, tenant, now)
        assert [(one.severity, one.code) for one in found] == [(Severity.OK, "retention")]
        assert "quarantine 30, ignored 90, slates 180, events 180, claims 180, audit 180" in found[0].seen
        events.audit(session, tenant, "launch_refused", "", {}, now - timedelta(days=182))
        found = keeping.findings(session, tenant, now)
    assert [(one.code, one.seen) for one in found[1:]] == [
        ("retention_overdue", "Rows are older than they may be: 1 audit.")
    ]


def test_the_command_lists_sets_and_runs(onward, sessions):
    assert onward("retention", "set", "audit", 31).out == "audit are kept for 31 days.\n"
    assert "audit       31    30    3650  what was refused" in onward("retention", "list").out
    refused = onward("retention", "set", "audit", 5)
    assert (refused.code, refused.err) == (1, "onward: audit can be kept from 30 to 3650 days.\n")
    assert onward("retention", "run", "--scrub").out == "Deleted: nothing was old enough.\n"
    assert LMS
