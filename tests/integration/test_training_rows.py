"""Reading for training in long columns gives what reading Fact by Fact gives, on both databases."""

import math
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, update

from connector.administer.verbs import set_signal
from connector.domain import Signal
from connector.recommend.columns import Columns
from connector.store import interactions, rules, tables, training_rows
from tests.integration.site_under_test import synced
from tests.integration.stating import ADL, group, page_in, said, voids

RATED = "http://verbs.example/rated"
PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"


def progressed(number, who, percent, **fields):
    return said(number, who, "progressed", result={"extensions": {PROGRESS: percent}}, **fields)


STATEMENTS = [
    said(1, "ann"),
    progressed(2, "ann", 40, about=2),
    progressed(3, "ann", 70, **page_in(5, 3)),
    said(4, "bob", RATED, 2, result={"score": {"scaled": 0.75}}),
    said(5, "bob", "failed", 3),
    said(6, "cleo"),
    voids(7, 6),
    said(8, actor=group("ann", "bob"), about=4),
    said(9, "dora", "http://verbs.example/unknown"),
    said(10, "ann", "completed", 2, stored="2026-11-02T09:00:00+00:00"),
]


def rows(training):
    values = [None if math.isnan(value) else value for value in training.values]
    found = zip(training.learners, training.items, training.signals, training.times, values, strict=True)
    return sorted(found, key=repr)


def read(session, site, **options):
    return rows(Columns.of(training_rows.read(session, site.tenant, **options)))


def both(site):
    with site.readers.begin() as session:
        return [read(session, site), rows(interactions.for_training(session, site.tenant))]


@pytest.fixture
def filled(site, now):
    synced(site, STATEMENTS, now)
    set_signal(RATED, "rated", site.tenant, site.sessions)
    return site


def change(site, table, **values):
    with site.sessions.begin() as session:
        session.execute(update(table).values(**values))


def test_the_columns_are_those_of_reading_fact_by_fact(filled):
    found, wanted = both(filled)
    assert found == wanted
    kinds = {tuple(Signal)[row[2]] for row in found}
    assert {Signal.COMPLETED, Signal.PROGRESSED, Signal.RATED} <= kinds
    assert {row[4] for row in found} == {None, 0.4, 0.75}  # the part's 70 % are none of its course


def test_the_scores_of_completions_are_read_where_success_goes_by_them(site, now):
    scores = [said(20, "ann", "passed", result={"score": {"scaled": 0.9}}), said(21, "bob", "completed", 2)]
    synced(site, [*scores, said(22, "bob", "failed", result={"score": {"scaled": 0.25}})], now)
    scored = (Signal.COMPLETED, Signal.PASSED)
    with site.readers.begin() as session:
        found = read(session, site, scored=scored)
        assert found == rows(interactions.for_training(session, site.tenant, scored))
        plain = read(session, site)
    assert {row[4] for row in found} == {0.9, None}  # the failure's score is not asked for
    assert {row[4] for row in plain} == {None}


@pytest.mark.parametrize("size", [1, 3])
def test_how_many_are_read_at_a_time_changes_nothing(filled, size):
    with filled.readers.begin() as session:
        assert read(session, filled, rows=size, facts=size) == read(session, filled) != []


def test_groups_and_the_time_of_storing_count_where_the_source_says_so(filled):
    before, _ = both(filled)
    change(filled, tables.source, groups_count=True, time_field="stored")
    found, wanted = both(filled)
    assert found == wanted
    assert len(found) == len(before) + 2
    assert {row[3] for row in found} != {row[3] for row in before}


def test_nothing_is_read_of_who_does_not_train(filled):
    change(filled, tables.learner, trains=False)
    assert both(filled) == [[], []]


def test_numbers_too_large_for_one_column_are_read_in_several(filled):
    before, _ = both(filled)
    far = 1 << 40
    with filled.sessions.begin() as session:
        for table in (tables.activity, tables.identity, tables.verb):
            session.execute(update(table).values(id=table.c.id + far))
        numbers = ("activity_id", "identity_id", "verb_id")
        session.execute(update(tables.fact).values({name: tables.fact.c[name] + far for name in numbers}))
    with filled.readers.begin() as session:
        reading = training_rows.read(session, filled.tenant)
        assert [field.column for field in reading.fields] == [0, 1, 2]
    assert both(filled) == [before, before]


@pytest.mark.parametrize("column", ["activity_id", "identity_id"])
def test_a_fact_that_names_what_is_gone_is_nobody_elses(filled, column):
    before, _ = both(filled)
    with filled.sessions.begin() as session:
        first = session.scalar(select(func.min(tables.fact.c.id)))
        session.execute(update(tables.fact).where(tables.fact.c.id == first).values({column: (1 << 30) + 1}))
    found, wanted = both(filled)
    assert found == wanted
    assert len(found) == len(before) - 1


def test_what_a_rule_names_is_not_read(filled):
    before, _ = both(filled)
    moment = datetime(2026, 10, 1, tzinfo=UTC)
    with filled.sessions.begin() as session:
        rules.add(session, filled.tenant, [{"source_id": 0, "since": moment}], "by hand", moment)
    found, wanted = both(filled)
    assert found == wanted
    assert len(found) < len(before)


def test_a_site_without_facts_gives_empty_columns(site):
    assert both(site) == [[], []]


def test_a_verb_that_is_mapped_anew_means_so_at_the_next_reading(filled):
    before, _ = both(filled)
    set_signal(ADL + "failed", "neutral", filled.tenant, filled.sessions)
    found, wanted = both(filled)
    assert found == wanted
    assert len(found) == len(before) - 1
