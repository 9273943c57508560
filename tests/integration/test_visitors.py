"""Launch states, Learners who launch, and the record of what they were shown: on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import select

from connector.domain import Identifier, IfiKind, ItemId
from connector.statements.identity import hash_identifier
from connector.store import database, events, items, learners, logins, newcomers, platforms, site, tables
from connector.store.logins import LoginRecord
from tests.integration.stating import KEY, LMS, said

SLATE = UUID(int=99)


def identity(name: str):
    return hash_identifier(KEY, Identifier(IfiKind.ACCOUNT, name, LMS))


@pytest.fixture
def platform(sessions, tenant, now):
    values = {
        "name": "lms",
        "issuer": LMS,
        "client_id": "1",
        "auth_url": f"{LMS}/auth",
        "jwks_url": f"{LMS}/jwks",
        "frame_origins": [LMS],
        "match_rules": {},
        "switches": {},
    }
    with sessions.begin() as session:
        return platforms.add(session, tenant, values, now)


# --- states of logins --------------------------------------------------------------------------------------------


@pytest.fixture
def state(sessions, tenant, platform, now):
    with sessions.begin() as session:
        logins.keep(session, tenant, platform, b"s" * 32, {"nonce": "n"}, now + timedelta(minutes=10))
    return b"s" * 32


def test_of_two_that_take_a_state_at_once_one_gets_it(sessions, state, now):
    together = Barrier(2)

    def take(_number):
        together.wait()
        with sessions.begin() as session:
            return logins.take(session, state, now)

    with ThreadPoolExecutor(2) as pool:
        taken = list(pool.map(take, range(2)))
    assert sorted(taken) == [False, True]


def test_a_state_is_found_with_its_record_whether_it_was_used_or_not(sessions, state, now):
    with sessions.begin() as session:
        assert logins.find(session, state) == LoginRecord({"nonce": "n"}, used=False)
        logins.take(session, state, now)
        assert logins.find(session, state) == LoginRecord({"nonce": "n"}, used=True)
        assert logins.find(session, b"t" * 32) is None


def test_a_login_is_given_up_unless_a_launch_has_used_it(sessions, tenant, platform, state, now):
    with sessions.begin() as session:
        logins.keep(session, tenant, platform, b"t" * 32, {}, now + timedelta(minutes=10))
        logins.take(session, state, now)
        logins.give_up(session, (state, b"t" * 32))
        assert logins.find(session, state) is not None
        assert logins.find(session, b"t" * 32) is None


def test_states_that_expired_are_purged_and_the_others_stay(sessions, state, now):
    with sessions.begin() as session:
        assert logins.purge(session, now) == 0
        assert logins.purge(session, now + timedelta(minutes=11)) == 1
        assert not logins.take(session, state, now)


def test_logins_beyond_the_bound_go_from_the_platform_that_has_most_used_and_old_ones_first(
    sessions, tenant, platform, now, monkeypatch
):
    monkeypatch.setattr(logins, "MOST_LOGINS", 4)
    values = {"name": "other", "issuer": "https://other.example", "client_id": "c", "auth_url": "", "jwks_url": ""}
    with sessions.begin() as session:
        json = {"frame_origins": [], "match_rules": {}, "switches": {}}
        other = platforms.add(session, tenant, values | json, now)
        logins.keep(session, tenant, other, b"o" * 32, {}, now)
        for number in range(5):
            until = now + timedelta(minutes=number)
            logins.keep(session, tenant, platform, bytes([number]) * 32, {}, until)
        logins.take(session, bytes([3]) * 32, now)
        assert logins.purge(session, now) == 2
        left = session.scalars(select(tables.launch_state.c.state_hash))
        assert sorted(bytes(one)[:1] for one in left) == [b"\1", b"\2", b"\4", b"o"]


# --- learners ----------------------------------------------------------------------------------------------------


def test_who_launches_is_the_learner_whom_statements_brought(take_in, sessions, tenant, now):
    take_in(said(1, "ann"))
    with sessions.begin() as session:
        known = learners.by_identity(session, tenant, identity("ann"))
        assert learners.launched(session, tenant, identity("ann"), now, trains=True) == known
        assert learners.matching(session, tenant).rate == 1.0


def test_an_instructor_who_launches_trains_no_longer(take_in, sessions, tenant, now):
    take_in(said(1, "ann"))
    with sessions.begin() as session:
        learner = learners.launched(session, tenant, identity("ann"), now, trains=False)
        assert not learners.record(session, tenant, learner).trains


@pytest.mark.postgres
def test_a_launch_while_a_page_brings_the_same_person_ends_in_one_learner(postgres_url, now):
    """The launch waits for the page's commit and then is the learner whom the page made, not a second one."""
    engine = database.create_engine(postgres_url)
    database.upgrade(engine)
    sessions = database.sessions_of(engine)
    launched: list[int] = []
    with sessions.begin() as session:
        tenant = site.add_tenant(session, "site", now)

    def launch():
        with sessions.begin() as session:
            launched.append(learners.launched(session, tenant, identity("ann"), now, trains=True))

    waiting = Thread(target=launch)
    with sessions.begin() as session:
        newcomers.numbers(session, tenant, [identity("ann")], now)
        waiting.start()
        waiting.join(1)
    waiting.join()
    with sessions.begin() as session:
        assert learners.by_identity(session, tenant, identity("ann")) == launched[0]
        assert learners.matching(session, tenant).matched == 1
    engine.dispose()


# --- what was shown ----------------------------------------------------------------------------------------------


@pytest.fixture
def shown(sessions, tenant, platform, take_in, now):
    """A page with nine Cards that ann got; her number and the Items'."""
    take_in(*(said(number, about=number) for number in range(1, 10)))
    with sessions.begin() as session:
        ann = learners.by_identity(session, tenant, identity("ann"))
        numbers = sorted(items.all_of(session, tenant), reverse=True)
        events.keep_slate(
            session,
            tenant,
            slate=SLATE,
            learner=ann,
            model_version=1,
            platform=platform,
            placement="p",
            state="personal",
            items=numbers,
            now=now,
        )
    return ann, numbers


def test_cards_that_were_seen_are_bits_and_seeing_twice_changes_nothing(shown, sessions, tenant):
    ann, _ = shown
    for positions in ([0, 8], [8, 1], [9, 70, -1]):
        with sessions.begin() as session:
            assert events.mark_seen(session, tenant, SLATE, ann, positions)
    with sessions.begin() as session:
        assert bytes(session.scalar(select(tables.slate.c.seen))) == bytes([0b11, 0b1])


def test_a_page_belongs_to_the_learner_who_got_it(shown, sessions, tenant):
    ann, numbers = shown
    somebody = type(ann)(ann + 1000)
    with sessions.begin() as session:
        assert not events.mark_seen(session, tenant, SLATE, somebody, [0])
        assert not events.mark_seen(session, tenant, SLATE, None, [0])
        assert events.shown_at(session, tenant, SLATE, somebody, 0) is None
        assert events.shown_at(session, tenant, SLATE, ann, 2) == ItemId(numbers[2])
        assert events.shown_at(session, tenant, SLATE, ann, 9) is None
        assert events.shown_at(session, tenant, SLATE, ann, -1) is None
