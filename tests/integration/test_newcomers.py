"""Whose Facts are taken in, on both databases: one mailbox is one person, and who was erased stays away."""

from concurrent.futures import ThreadPoolExecutor
from itertools import permutations

import pytest
from sqlalchemy import delete, func, insert, select, update

from connector.domain import HashedIdentity
from connector.statements.identity import hash_identifier, parse_identifier
from connector.store import learners, tables
from connector.store.facts import KnownNames
from tests.integration.canonical import state_of
from tests.integration.stating import KEY, LMS, group, page_in, said, spellings

ANN, CAPITALS, SUM = spellings("ann")


def test_the_facts_of_erased_people_are_not_taken_in_again(take_in, sessions, tenant, now):
    gone = hash_identifier(KEY, parse_identifier(f"account:{LMS}|ann"))
    with sessions.begin() as session:
        session.execute(insert(tables.erased_person), {"tenant_id": tenant, "digest": gone.exact, "erased_at": now})
    assert take_in(said(1, "ann"), said(2, "ben")).facts == 1
    with sessions.begin() as session:
        assert learners.by_identity(session, tenant, gone) is None
        assert learners.count(session, tenant) == 1


def erase(sessions, tenant, now, *digests: bytes) -> None:
    """Do what an erasure does of the people known by ``digests``: rows go, digests stay, the count moves."""
    identity, learner, fact = tables.identity, tables.learner, tables.fact
    with sessions.begin() as session:
        session.execute(select(tables.tenant.c.id).where(tables.tenant.c.id == tenant).with_for_update())
        mine = session.execute(select(identity.c.id, identity.c.learner_id).where(identity.c.exact.in_(digests))).all()
        session.execute(delete(fact).where(fact.c.identity_id.in_([row.id for row in mine])))
        session.execute(delete(identity).where(identity.c.id.in_([row.id for row in mine])))
        session.execute(delete(learner).where(learner.c.id.in_([row.learner_id for row in mine])))
        for digest in digests:
            session.execute(insert(tables.erased_person), {"tenant_id": tenant, "digest": digest, "erased_at": now})
        session.execute(update(tables.tenant).values(erasures=tables.tenant.c.erasures + 1))


def hashed(identifier: str) -> HashedIdentity:
    return hash_identifier(KEY, parse_identifier(identifier))


def test_who_is_erased_while_a_process_remembers_them_does_not_come_back(take_in, sessions, tenant, now, engine):
    known = KnownNames()
    take_in(said(1, "ann"), said(2, "ben"), known=known)
    erase(sessions, tenant, now, hashed(f"account:{LMS}|ann").exact)
    again = [said(1, "ann"), said(3, "ann"), said(4, "ben"), said(5, actor=group("ann", "ben"))]
    assert take_in(*again, known=known).facts == 3
    state = state_of(engine)
    assert len(state["identities"]) == 1
    assert [fact[1].int for fact in state["facts"]] == [2, 4, 5, 5]
    assert known.erasures == 1
    assert take_in(said(6, "ann"), known=known).facts == 0


def test_numbers_of_names_that_an_erasure_took_are_not_used_again(take_in, sessions, tenant, now, engine):
    """An erasure also takes Activities of nobody else's, and a restored backup may give every number anew."""
    known = KnownNames()
    take_in(said(1, "ann", **page_in(7, 1)), said(2, "ben"), known=known)
    with sessions.begin() as session:
        session.execute(delete(tables.fact))
        for table in (tables.activity, tables.item, tables.verb):
            session.execute(delete(table))
    erase(sessions, tenant, now, b"x" * 32)
    assert take_in(said(1, "ann", **page_in(7, 1)), said(2, "ben"), known=known).facts == 2
    assert len(state_of(engine)["activities"]) == 2


@pytest.mark.parametrize("back", [ANN, CAPITALS, SUM], ids=["mailbox", "capitals", "sum"])
@pytest.mark.parametrize("digest", ["folded", "sha1"])
def test_who_was_erased_by_a_mailbox_does_not_come_back_by_a_spelling_of_it(
    take_in, sessions, tenant, now, back, digest
):
    erase(sessions, tenant, now, getattr(hashed("mbox:ann@lms.example"), digest))
    taken = take_in(said(1, actor=back), said(2, "ann")).facts
    assert taken == (2 if digest == "folded" and back is SUM else 1)


def test_who_was_erased_and_launches_again_gets_no_facts(take_in, sessions, tenant, now):
    ann = hashed(f"account:{LMS}|ann")
    erase(sessions, tenant, now, ann.exact)
    with sessions.begin() as session:
        learners.launched(session, tenant, ann, now, trains=True)
    assert take_in(said(1, "ann")).facts == 0


def test_look_alikes_of_an_erased_account_are_other_people(take_in, sessions, tenant, now):
    erase(sessions, tenant, now, hashed(f"account:{LMS}|ANN").folded)
    assert take_in(said(1, "Ann"), said(2, "ben")).facts == 2


# --- one mailbox is one person ----------------------------------------------------------------------------------------


def people(engine) -> list[int]:
    """How many Identities each Learner has, largest first."""
    with engine.connect() as connection:
        table = tables.identity
        counts = select(func.count()).select_from(table).group_by(table.c.learner_id, table.c.first_learner_id)
        return sorted(connection.scalars(counts), reverse=True)


@pytest.mark.parametrize("size", [1, 3, 36])
def test_the_spellings_of_one_mailbox_and_its_sum_are_one_learner_in_any_order(take_in, engine, size):
    orders = list(permutations(range(3)))
    actors = [spellings(f"ann{number}")[which] for number, order in enumerate(orders) for which in order]
    told = [said(number, actor=actor) for number, actor in enumerate(actors)]
    for begin in range(0, len(told), size):
        take_in(*told[begin : begin + size])
    take_in(said(100, "ann"), said(101, "ANN"))
    assert people(engine) == [3, 3, 3, 3, 3, 3, 1, 1]


def test_a_new_spelling_goes_with_the_old_one_where_it_was_given_to_somebody(take_in, sessions, engine):
    take_in(said(1, actor=ANN), said(2, "ann"))
    with sessions.begin() as session:
        table = tables.identity
        born = session.scalar(select(table.c.learner_id).where(table.c.kind == "mbox"))
        given = session.scalar(select(table.c.learner_id).where(table.c.kind == "account"))
        session.execute(update(table).where(table.c.kind == "mbox").values(learner_id=given))
    take_in(said(3, actor=CAPITALS))
    with sessions.begin() as session:
        mailboxes = select(table.c.learner_id, table.c.first_learner_id).where(table.c.kind == "mbox")
        assert session.execute(mailboxes).all() == [(given, born)] * 2


@pytest.mark.postgres
def test_two_spellings_that_come_at_the_same_moment_are_one_learner(take_in, engine):
    with ThreadPoolExecutor(6) as pool:
        actors = (ANN, CAPITALS, SUM, {"mbox": "mailto:ANN@lms.example"}, {"mbox": "mailto:ann@LMS.EXAMPLE"}, ANN)
        for one in [pool.submit(take_in, said(number, actor=actor)) for number, actor in enumerate(actors, 1)]:
            assert one.result().facts == 1
    assert people(engine) == [5]
