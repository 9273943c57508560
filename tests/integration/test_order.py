"""Invariant 10: what is known in the end does not depend on order, paging, duplicates or restarts."""

from collections import defaultdict
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select, text

from connector.store import database, facts, site, sources, tables
from connector.store.facts import KnownNames
from tests.integration.canonical import state_of
from tests.integration.stating import VIEWED, course, group, page_in, read, said, spellings, voids

TOLD = [
    *(said(number, f"learner {number % 7}", about=number % 5) for number in range(1, 16)),
    *(said(number, f"learner {number % 3}", VIEWED, **page_in(number % 3, number % 2)) for number in range(16, 22)),
    said(22, "learner 1", VIEWED, **page_in(0)),
    said(23, "learner 2", VIEWED, **page_in(0, 4, 3)),
    said(24, "learner 3", object=course(1, kind="")),
    said(25, "learner 3", object=course(6, kind="")),
    said(26, "learner 3", object=course(6, kind="http://adlnet.gov/expapi/activities/course")),
    said(27, object=course(1, "Alt", "de"), timestamp="2026-10-01T00:00:00Z"),
    said(28, object=course(1, "Neu", "de"), timestamp="2026-10-02T00:00:00Z"),
    said(29, object=course(1, "Auch neu", "de"), timestamp="2026-10-02T00:00:00Z"),
    said(30, actor=group("ann", "learner 1")),
    voids(31, 3),
    voids(32, 3),
    voids(33, 900),
    voids(34, 30),
    said(35, "learner 5", "failed", about=2, result={"success": False, "score": {"scaled": 0.25}}),
    said(36, "Learner 5", "progressed", about=2),
    said(37, "learner 6", "https://verbs.example/unheard-of", about=2),
    said(38, "learner 6", about=2),
    *(said(40 + number, actor=actor) for number, actor in enumerate(spellings("ann"))),
    *(said(50 + number, actor=actor, about=number) for number, actor in enumerate(reversed(spellings("ben")))),
]


def taken_in(engine, now, pages, *, restarts):
    """Take ``pages`` in under a Tenant of their own and return what is known in the end."""
    sessions, known = database.sessions_of(engine), KnownNames()
    with sessions.begin() as session:
        tenant = site.add_tenant(session, uuid4().hex, now)
        source = sources.add(session, tenant, {"name": "lrs", "kind": "xapi", "url": "https://lrs.example"}, now)
    for page in pages:
        drafts, voidings, rejected = read(page)
        assert not rejected
        with sessions.begin() as session:
            added = facts.add(session, tenant, source, drafts, voidings, known=known, now=now)
        known = KnownNames() if restarts else known
        known.keep(added.resolved)
    return state_of(engine, tenant) | {"people": people_of(engine, tenant)}


def people_of(engine, tenant):
    """Who is one Learner: sets of Identities by their exact hashes."""
    table = tables.identity
    with engine.connect() as connection:
        rows = connection.execute(select(table.c.learner_id, table.c.exact).where(table.c.tenant_id == tenant))
        people = defaultdict(set)
        for learner, exact in rows:
            people[learner].add(bytes(exact).hex())
    return sorted(map(sorted, people.values()))


@pytest.fixture
def undisturbed(engine, now):
    state = taken_in(engine, now, [TOLD], restarts=False)
    assert [len(person) for person in state["people"]].count(3) == 2, "ann's three spellings, and ben's"
    return state


@given(
    order=st.permutations(range(len(TOLD))),
    again=st.lists(st.integers(0, len(TOLD) - 1), max_size=8),
    cuts=st.lists(st.integers(1, len(TOLD) - 1), max_size=6, unique=True),
    restarts=st.booleans(),
)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_state_is_the_same_for_any_order_paging_duplicates_and_restarts(
    engine, now, undisturbed, order, again, cuts, restarts
):
    told = [TOLD[number] for number in [*order, *again]]
    pages = [told[begin:end] for begin, end in pairwise([0, *sorted(cuts), len(told)])]
    assert taken_in(engine, now, pages, restarts=restarts) == undisturbed


@pytest.mark.postgres
def test_a_database_that_sorts_by_a_language_comes_to_the_same_titles(postgres_server, now):
    """In English "a" sorts before "B", in bytes after it: equal times must not fall apart by that."""
    name = f"t{uuid4().hex}"
    admin = create_engine(
        postgres_server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en'"))
    engine = database.create_engine(postgres_server.replace("/postgres?", f"/{name}?"))
    database.upgrade(engine)
    both = [
        said(1, object=course(1, "a"), timestamp="2026-10-02T00:00:00Z"),
        said(2, object=course(1, "B"), timestamp="2026-10-02T00:00:00Z"),
    ]
    found = {
        state[0][2]
        for pages in ([both], [both[:1], both[1:]], [both[1:], both[:1]])
        for state in (taken_in(engine, now, pages, restarts=True)["texts"],)
    }
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()
    assert found == {"a"}
