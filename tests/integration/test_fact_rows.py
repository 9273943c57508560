"""Rows of Facts on both databases, in every way that a database takes them: exact values, exact counts, one order."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import select

from connector.store import fact_rows, tables
from connector.store.fact_rows import FactRow
from tests.integration.canonical import state_of
from tests.integration.stating import account, said


def test_what_is_new_is_counted_exactly_however_many_come(take_in):
    page = [said(number, f"learner {number}", about=number) for number in range(1, 61)]
    assert take_in(*page[:40]).facts == 40
    assert take_in(*page, *page[:5]).facts == 20
    assert take_in(*page).facts == 0


PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"
TOLD_VALUES = {
    "nothing": ({}, (None, None, None)),
    "zeros": (
        {
            "result": {"score": {"scaled": 0}, "extensions": {PROGRESS: 0}},
            "context": {"registration": str(UUID(int=0))},
        },
        (UUID(int=0), 0.0, 0),
    ),
    "values": (
        {
            "result": {"score": {"scaled": 0.75}, "extensions": {PROGRESS: 40}},
            "context": {"registration": str(UUID(int=7))},
        },
        (UUID(int=7), 0.75, 40),
    ),
}


@pytest.mark.parametrize("name", TOLD_VALUES)
def test_values_come_out_as_they_went_in(take_in, engine, name):
    fields, expected = TOLD_VALUES[name]
    moment = "9999-12-31T23:59:59.999999+00:00"
    take_in(said(1, **fields, timestamp=moment))
    take_in({key: value for key, value in said(2, **fields).items() if key != "stored"})
    (one, two) = state_of(engine)["facts"]
    assert (one[6], one[8], one[9]) == (two[6], two[8], two[9]) == expected
    assert one[11].isoformat() == moment
    assert one[10].isoformat() == "2026-11-01T09:01:00+00:00"
    assert two[10] is None


def test_an_anonymous_statement_about_nothing_with_an_address_is_a_fact_too(take_in, engine):
    agent = {"objectType": "Agent", **account("ben")}
    take_in(said(1, actor={"name": "Somebody"}, object=agent))
    assert state_of(engine)["facts"][0][3:5] == (None, None)


def test_two_who_bring_the_same_names_in_opposite_orders_wait_for_each_other(take_in):
    """Without one order of work, PostgreSQL would end one of them as a deadlock."""
    told = [said(number, f"learner {number}", f"https://v.example/{number}", number) for number in range(1, 41)]
    pages = (told[:30], told[29::-1], told[10:], told[:9:-1])
    with ThreadPoolExecutor(4) as pool:
        assert sum(done.facts for done in pool.map(lambda page: take_in(*page), pages)) == 40


def test_two_who_bring_the_same_statements_in_opposite_orders_wait_for_each_other(take_in, sessions, tenant, source):
    take_in(said(1))
    with sessions.begin() as session:
        verb = session.scalar(select(tables.verb.c.id))
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    rows = [FactRow(UUID(int=n), 0, None, None, verb, None, 0, None, None, None, moment) for n in range(10, 3010)]
    together = Barrier(2)

    def insert(mine: list[FactRow]) -> int:
        together.wait(timeout=20)
        with sessions.begin() as session:
            return fact_rows.insert_new(session, tenant, source, mine)

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(insert, (rows, rows[::-1]))) == 3000
