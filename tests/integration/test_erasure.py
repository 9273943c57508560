"""Erasure: nothing is left of a person, in no table, no file and no log, and nothing brings them back."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from connector.domain import Identifier, IfiKind
from connector.errors import Busy, UnknownName
from connector.privacy import erase, erase_again, export
from connector.statements.identity import sha1_of_mbox
from connector.store import erase as erasing
from connector.store import leases, models, names, set_aside, tables
from connector.store.erase import Tombstone
from tests.integration.canonical import state_of
from tests.integration.person_under_test import (
    ANN,
    MAIL,
    PROFILE,
    desk_of,
    hashed,
    inhabited,
    of_ann,
    of_others,
    person_of,
    read_again,
    rows_of,
    unreadable,
)
from tests.integration.site_under_test import open_site, page_of, synced, trained
from tests.integration.stating import LMS, group, said


@pytest.fixture
def told():
    return [*of_others(), *of_ann(), *unreadable()]


@pytest.fixture
def ann(site, now, told):
    return inhabited(site, now, told)


def test_no_row_refers_to_the_person_any_more(site, ann, now):
    before = person_of(site)
    assert rows_of(site, *before)
    gone = erase(desk_of(site, now), ANN).gone
    assert rows_of(site, *before) == {}
    assert gone["fact"] == 6
    assert gone["quarantine"] == 4
    assert gone["launch_state"] == 1
    assert gone["voided_statement"] == 1
    assert gone["activity"] == 1


def test_nothing_of_anybody_else_changes(site, now):
    others = open_site(site.engine, now, "a site where ann never was")
    synced(others, of_others(), now)
    alone = state_of(site.engine, others.tenant)
    inhabited(site, now, [*of_others(), *of_ann()])
    assert state_of(site.engine, site.tenant) != alone
    erase(desk_of(site, now), ANN)
    left = state_of(site.engine, site.tenant)
    more = [fact for fact in left["facts"] if fact not in alone["facts"]]
    assert sorted(fact[2] for fact in more) == [0, 0, 2], "the Group's own Fact, its other member's, and the voiding"
    assert {name for name in left if left[name] != alone[name]} <= {"facts", "identities", "activities", "items"}
    assert {row[0] for row in alone["items"]} == {row[0] for row in left["items"]}


def test_somebody_with_half_of_the_same_mailbox_rows_goes_too(site, now):
    """A mailbox and its SHA-1 sum are one person's, also where nobody has linked them."""
    small = Identifier(IfiKind.MBOX, MAIL.value.casefold())
    by_sum = {"mbox_sha1sum": sha1_of_mbox(small).value}
    synced(site, [said(1, actor={"mbox": small.value}), said(2, about=2, actor=by_sum), said(3, "ben")], now)
    assert erase(desk_of(site, now), small).gone["fact"] == 2
    read_again(site, [said(1, actor={"mbox": MAIL.value}), said(2, actor=by_sum), said(3, "ben")], now)
    assert len(state_of(site.engine)["facts"]) == 1


def test_a_forced_reading_from_the_beginning_does_not_bring_the_person_back(site, ann, now, told):
    erase(desk_of(site, now), ANN)
    left = state_of(site.engine)["facts"]
    read_again(site, [*told, said(900, "ann-4711", about=4), said(901, about=2, actor={"mbox": MAIL.value})], now)
    assert state_of(site.engine)["facts"] == left
    with site.readers.begin() as session:
        aside = [site.seal.open(one.sealed) for one in set_aside.all_of(session, site.tenant)]
    assert not [raw for raw in aside if b"ann.other" in raw.lower() or b'"name": "ann-4711"}, "mbox"' in raw]
    assert len(aside) == 3, "ben's, and two that may be somebody else's: they name nobody for sure"
    with pytest.raises(UnknownName):
        export(desk_of(site, now), Identifier(IfiKind.ACCOUNT, "ann-4712", LMS))


def test_whoever_was_erased_can_be_erased_again_and_nobody_else_unknown_can(site, ann, now, told):
    erase(desk_of(site, now), ANN)
    read_again(site, told, now)
    again = erase(desk_of(site, now), ANN)
    assert (again.gone["fact"], again.gone["quarantine"], again.tombstones) == (0, 2, 0)
    with pytest.raises(UnknownName):
        erase(desk_of(site, now), Identifier(IfiKind.ACCOUNT, "zoe", LMS))


def test_the_number_of_erasures_grows_so_that_remembered_names_are_let_go(site, ann, now):
    with site.readers.begin() as session:
        before = erasing.erasures(session, site.tenant)
    erase(desk_of(site, now), ANN)
    with site.readers.begin() as session:
        assert erasing.erasures(session, site.tenant) == before + 1


def test_the_number_of_whoever_was_erased_is_never_somebody_elses(site, now):
    synced(site, [said(1, "ben"), said(2, "ann-4711")], now)
    (mine,), _ = person_of(site)
    erase(desk_of(site, now), ANN)
    synced(site, [said(1, "ben"), said(3, "zoe")], now, name="live")
    with site.readers.begin() as session:
        zoe = session.scalar(select(func.max(tables.identity.c.learner_id)))
    assert zoe > mine


# --- the model ----------------------------------------------------------------------------------------------------


def test_the_next_model_is_what_it_would_be_without_the_person(site, engine, now):
    told = [said(1 + 10 * who + about, f"p{who}", about=about) for who in range(8) for about in range(1, 6)]
    synced(site, told, now)
    trained(site, now)
    without = _packed(site)
    synced(site, [*told, said(900, "ann-4711", about=1), said(901, "ann-4711", about=3)], now, name="live")
    trained(site, now + timedelta(minutes=1))
    assert _packed(site) != without
    erase(desk_of(site, now + timedelta(minutes=2)), ANN)
    trained(site, now + timedelta(minutes=3))
    assert _packed(site) == without


def _packed(site):
    """The fingerprint and every packed byte of the current Model."""
    table = tables.neighbours
    with site.readers.begin() as session:
        current = models.current(session, site.tenant)
        rows = session.execute(
            select(table.c.kind, table.c.anchor_id, table.c.packed)
            .where(table.c.model_id == current.id)
            .order_by(table.c.kind, table.c.anchor_id)
        )
        fingerprint = session.scalar(select(tables.model.c.fingerprint).where(tables.model.c.id == current.id))
        return fingerprint, current.learners, [(row.kind, row.anchor_id, bytes(row.packed)) for row in rows]


def test_a_training_is_asked_for_and_models_that_counted_the_person_go(site, ann, now):
    for minute in range(3):
        trained(site, now - timedelta(minutes=3 - minute))
    erase(desk_of(site, now), ANN)
    with site.readers.begin() as session:
        left = session.scalars(select(tables.model.c.version)).all()
        due = session.scalar(select(tables.job.c.due_at).where(tables.job.c.kind == "train"))
    assert left == [3], "only the one that is served"
    assert due == now
    trained(site, now + timedelta(minutes=1))
    with site.sessions.begin() as session:
        assert erasing.forget_old_models(session, site.tenant) == 1


def test_while_a_training_runs_nobody_is_erased(site, ann, now):
    with site.sessions.begin() as session:
        leases.take(session, site.tenant, "train", "", "elsewhere:1:1", now)
    before = state_of(site.engine)
    with pytest.raises(Busy, match="A training runs"):
        erase(desk_of(site, now), ANN)
    assert state_of(site.engine) == before


def test_the_page_of_whoever_was_erased_says_nothing_about_them(site, ann, now):
    trained(site, now)
    assert page_of(site, ANN.value, now)["state"] == "opted_out"
    erase(desk_of(site, now), ANN)
    with pytest.raises(UnknownName):
        page_of(site, ANN.value, now)


# --- two at once, and by tombstones -------------------------------------------------------------------------------


def test_tombstones_erase_whom_they_name(site, ann, now):
    before = person_of(site)
    done = erase_again(desk_of(site, now), [Tombstone(hashed(ANN).exact, now - timedelta(days=3))])
    assert rows_of(site, *before) == {}
    assert done.gone["quarantine"] >= 2
    with site.readers.begin() as session:
        assert names.erased(session, site.tenant, [hashed(MAIL).exact])


def test_what_cannot_be_kept_apart_is_not_erased(site, ann, now):
    def full(_tombstones):
        raise OSError("the disk is full")

    before = state_of(site.engine)
    with pytest.raises(OSError, match="full"):
        erase(desk_of(site, now), ANN, full)
    assert state_of(site.engine) == before


def test_a_group_that_was_erased_as_such_leaves_its_members(site, now):
    together = said(1, actor=group("ben", "cem", account={"homePage": LMS, "name": "ann-4711"}))
    synced(site, [together], now)
    assert erase(desk_of(site, now), ANN).gone["fact"] == 1
    with site.readers.begin() as session:
        assert session.scalar(select(func.count()).select_from(tables.fact)) == 2
    assert PROFILE not in str(state_of(site.engine))
