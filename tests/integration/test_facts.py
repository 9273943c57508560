"""Facts on both databases: what comes twice counts once, what is voided does not count, who is gone stays gone."""

import json
from dataclasses import replace
from itertools import permutations
from uuid import UUID

import pytest
from msgspec import structs
from sqlalchemy import func, select, update

from connector.domain import ItemText, Rejected, Signal
from connector.statements.identity import hash_identifier, parse_identifier
from connector.store import facts, interactions, items, learners, meaning, sources, tables, texts
from connector.store.facts import KnownNames
from connector.store.seal import Seal
from tests.integration.canonical import state_of
from tests.integration.stating import KEY, LMS, account, course, course_iri, group, page_in, read, said, voids


@pytest.fixture
def done(sessions, tenant):
    """What the learner with an account name did, as (course IRI, Signal)."""

    def of(name: str) -> list[tuple[str, Signal]]:
        identity = hash_identifier(KEY, parse_identifier(f"account:{LMS}|{name}"))
        with sessions.begin() as session:
            learner = learners.by_identity(session, tenant, identity)
            if learner is None:
                return []
            found = interactions.of_learner(session, tenant, learner)
            named = items.of_numbers(session, tenant, {one.item for one in found})
        return [(named[one.item].iri, one.signal) for one in found]

    return of


def test_the_same_page_twice_adds_nothing_the_second_time(take_in, engine):
    page = [said(1), said(2, "ben"), voids(3, 2)]
    first = take_in(*page)
    before = state_of(engine)
    second = take_in(*page)
    assert (first.facts, first.voidings) == (3, 1)
    assert (second.facts, second.voidings) == (0, 0)
    assert state_of(engine) == before


def test_duplicates_within_a_page_count_once(take_in):
    added = take_in(said(1), said(1), voids(2, 1), voids(2, 1))
    assert (added.facts, added.voidings) == (2, 1)


def test_an_id_in_capitals_is_the_same_statement(take_in):
    capitals = said(171) | {"id": str(UUID(int=171)).upper()}
    assert take_in(said(171), capitals).facts == 1


def test_a_statement_is_voided_whether_its_voiding_comes_after_or_before(take_in, done):
    take_in(said(1, about=1), said(2, about=2))
    take_in(voids(3, 1), voids(4, 5))
    take_in(said(5, about=3))
    assert done("ann") == [(course_iri(2), Signal.COMPLETED)]


def test_a_voiding_takes_back_only_what_came_from_its_own_source(take_in, done, sessions, tenant, now):
    with sessions.begin() as session:
        other = sources.add(session, tenant, {"name": "other", "kind": "xapi", "url": "https://o.example"}, now)
    take_in(said(1))
    take_in(voids(2, 1), into=other)
    assert done("ann") == [(course_iri(1), Signal.COMPLETED)]


def test_members_of_a_group_count_for_no_person_unless_the_source_says_so(take_in, done, sessions, source):
    take_in(said(1, actor=group("ann", "ben")), said(2, "ann", about=2))
    assert done("ben") == []
    assert done("ann") == [(course_iri(2), Signal.COMPLETED)]
    with sessions.begin() as session:
        session.execute(update(tables.source).where(tables.source.c.id == source).values(groups_count=True))
    assert done("ben") == [(course_iri(1), Signal.COMPLETED)]
    assert len(done("ann")) == 2


def test_a_group_with_an_account_of_its_own_is_no_person_either(take_in, done):
    take_in(said(1, actor=group("ben", **account("team"))))
    assert done("team") == []


def test_one_activity_in_two_courses_belongs_to_the_same_one_in_any_order(take_in, engine):
    take_in(said(1, **page_in(7, 2)))
    take_in(said(2, **page_in(7)))
    take_in(said(3, **page_in(7, 1)))
    rolled = {row[0]: row[2:] for row in state_of(engine)["activities"]}
    assert rolled[f"{LMS}/mod/page/view.php?id=7"] == (course_iri(1), True)


def test_a_type_that_an_earlier_statement_left_out_is_taken_from_a_later_one(take_in, engine):
    known = KnownNames()
    take_in(said(1, object=course(1, kind="")), known=known)
    take_in(said(2, object=course(1)), known=known)
    assert state_of(engine)["activities"][0][1] == course(1)["definition"]["type"]
    assert state_of(engine)["items"][0][1] == course(1)["definition"]["type"]


def titles(engine) -> dict[tuple[str, str], str]:
    return {(iri, language): title for iri, language, title, _, _ in state_of(engine)["texts"]}


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_the_newest_title_wins_in_any_order(take_in, engine, order):
    for number in order:
        take_in(said(number, object=course(1, f"Title of minute {number}")))
    assert titles(engine) == {(course_iri(1), "en"): "Title of minute 2"}


@pytest.mark.parametrize("words", [("a", "B"), ("B", "a")])
def test_of_two_titles_of_one_moment_the_same_one_wins_on_both_databases(take_in, engine, words):
    for number, word in enumerate(words, 1):
        take_in(said(number, object=course(1, word), timestamp="2026-11-01T09:00:00Z"))
    assert titles(engine) == {(course_iri(1), "en"): "a"}


def test_the_catalogue_beats_statements_before_and_after_it(take_in, engine, sessions, tenant, now):
    take_in(said(1, object=course(1, "From a statement")))
    with sessions.begin() as session:
        number = items.numbers(session, tenant, [course_iri(1)])[course_iri(1)]
        texts.add_from_catalog(session, tenant, number, [ItemText("en", "From the catalogue", "Short.")], now)
    take_in(said(2, object=course(1, "Newer"), timestamp="2027-01-01T00:00:00Z"))
    assert titles(engine) == {(course_iri(1), "en"): "From the catalogue"}


def test_names_of_a_page_that_was_rolled_back_are_not_remembered(take_in, sessions, tenant, source, now, engine):
    known = KnownNames()
    drafts, voidings, _ = read([said(1)])
    with pytest.raises(RuntimeError), sessions.begin() as session:  # noqa: PT012 - the transaction is the point
        facts.add(session, tenant, source, drafts, voidings, known=known, now=now)
        raise RuntimeError("killed before the commit")
    assert known == KnownNames()
    assert take_in(said(1), known=known).facts == 1
    assert len(known.identities) == 1
    assert take_in(said(2), known=known).facts == 1
    assert len(state_of(engine)["facts"]) == 2


def test_names_beyond_the_limit_are_forgotten_and_asked_again(take_in, engine):
    known = KnownNames(limit=2)
    for number in range(1, 8):
        take_in(said(number, f"learner {number % 4}", about=number % 3), known=known)
    assert len(known.identities) <= 4
    fresh = state_of(engine)
    take_in(*(said(number, f"learner {number % 4}", about=number % 3) for number in range(1, 8)))
    assert state_of(engine) == fresh


HOSTILE = {
    "a NUL in a title": said(1, object=course(1, "one\0two")),
    "a NUL in a language": said(2, object=course(1, "one", "e\0n")),
    "a lone surrogate in a title": said(3, object=course(1, "one \ud800 two")),
    "a NUL in an account": said(4, "a\0b"),
    "a lone surrogate in an account": said(5, "a\udc80b"),
    "a very long account": said(6, "a" * 990),
    "a very long home page": said(7, actor={"account": {"homePage": "https://h.example/" + "x" * 1900, "name": "1"}}),
    "a very long verb": said(8, verb="https://v.example/" + "x" * 1900),
    "a very long activity": said(9, object={"id": "https://a.example/" + "x" * 1900}),
    "a very long type": said(10, object=course(2, kind="https://t.example/" + "x" * 1900)),
    "a very long title": said(11, object=course(3, "x" * 5000)),
    "the last moment of all": said(12, timestamp="9999-12-31T23:59:59.999999Z"),
    "the first moment of all": said(13, timestamp="0001-01-01T00:00:00Z"),
    "a huge score": said(14, result={"score": {"raw": 1e308, "min": -1e308, "max": 1e308}}),
    "a huge progress": said(
        15, result={"extensions": {"https://w3id.org/xapi/cmi5/result/extensions/progress": 10**30}}
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_the_interpreter_lets_through_fits_into_both_databases(name, sessions, tenant, source, now):
    drafts, voidings, rejected = read([HOSTILE[name]])
    with sessions.begin() as session:
        added = facts.add(session, tenant, source, drafts, voidings, known=KnownNames(), now=now)
        aside = facts.set_aside(session, tenant, source, rejected, seal=Seal("k" * 32), now=now)
    assert added.facts + aside == 1


def test_what_cannot_be_read_is_sealed_and_kept_once(sessions, tenant, source, now):
    seal, raw = Seal("k" * 32), json.dumps(said(1, verb="no iri")).encode()
    for _ in range(2):
        with sessions.begin() as session:
            facts.set_aside(session, tenant, source, [Rejected("bad_verb", "1", raw)] * 2, seal=seal, now=now)
    with sessions.begin() as session:
        assert meaning.quarantined(session, tenant) == {"bad_verb": 1}
        sealed = bytes(session.scalar(select(tables.quarantine.c.sealed)))
    assert raw not in sealed
    assert b"ann" not in sealed
    assert seal.open(sealed) == raw


def test_removing_a_source_takes_its_facts_and_leaves_the_others(take_in, sessions, tenant, now):
    with sessions.begin() as session:
        other = sources.add(session, tenant, {"name": "other", "kind": "xapi", "url": "https://o.example"}, now)
    take_in(said(1), voids(2, 1))
    take_in(said(3), into=other)
    with sessions.begin() as session:
        sources.remove(session, tenant, "lrs")
        assert session.scalar(select(func.count()).select_from(tables.fact)) == 1
        assert session.scalar(select(func.count()).select_from(tables.voided_statement)) == 0


# --- what was fixed, and where a browser goes -------------------------------------------------------------------------


def test_an_activity_that_was_put_somewhere_by_hand_stays_there(take_in, sessions, engine):
    take_in(said(1, **page_in(7, 2)), said(2, about=9))
    with sessions.begin() as session:
        item = session.scalar(select(tables.item.c.id).where(tables.item.c.iri == course_iri(9)))
        page = tables.activity.c.iri.contains("/mod/page/")
        session.execute(update(tables.activity).where(page).values(item_id=item, part=False, by_hand=True))
    take_in(said(3, **page_in(7, 1)))
    rolled = {row[0]: row[2:] for row in state_of(engine)["activities"]}
    assert rolled[f"{LMS}/mod/page/view.php?id=7"] == (course_iri(9), False)


def test_the_best_address_of_an_item_is_kept_in_any_order(sessions, tenant, source, now):
    """https before http, then the smaller; none is worse than any."""
    pages = ["", "http://a.example/1", "https://b.example/1", "https://a.example/2"]
    known = KnownNames()
    for item, order in enumerate(permutations(pages)):
        drafts, _, _ = read([said(10 * item + number, about=item) for number in range(4)])
        for draft, page in zip(drafts, order, strict=True):
            paged = structs.replace(draft, activity=replace(draft.activity, item_page=page))
            with sessions.begin() as session:
                known.keep(facts.add(session, tenant, source, [paged], [], known=known, now=now).resolved)
    with sessions.begin() as session:
        assert session.scalars(select(tables.item.c.page)).all() == ["https://a.example/2"] * 24
