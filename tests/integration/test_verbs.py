"""The verb map as data: a change counts at the next request and the next training, and no Fact changes."""

import csv
import json

import pytest
from sqlalchemy import select

from connector.administer.account import account
from connector.administer.verbs import Whence, export, import_map, listed, set_signal
from connector.domain import Signal
from connector.store import interactions, tables
from tests.integration.site_under_test import page_of, synced, trained
from tests.integration.stating import ADL, said
from tests.integration.test_invariants import tastes

OWN = "http://verbs.example/finished"
COMPLETED = "http://adlnet.gov/expapi/verbs/completed"


def signals(site):
    with site.readers.begin() as session:
        return dict(account(session, site.tenant).signals)


def told(site):
    with site.readers.begin() as session:
        return account(session, site.tenant)


def facts(site):
    with site.readers.begin() as session:
        return session.execute(select(tables.fact).order_by(tables.fact.c.id)).all()


def by_verb(site, **options):
    return {(line.verb, line.source): line for line in listed(site.tenant, site.readers, **options)}


def trained_completions(site):
    with site.readers.begin() as session:
        return len(interactions.for_training(session, site.tenant).completions)


# --- what counts --------------------------------------------------------------------------------------------------


def test_a_verb_that_is_mapped_counts_at_the_next_request_and_the_next_training_and_no_fact_changes(site, now):
    told = [one | {"verb": {"id": OWN}} for one in tastes()]
    synced(site, [*told, said(1000, "ann", OWN, 0), said(1001, "ann", OWN), said(1002, "bob")], now, page_size=500)
    before = facts(site)
    assert trained_completions(site) == 1
    assert page_of(site, "ann", now)["state"] == "no_model"
    set_signal(OWN, "completed", site.tenant, site.sessions)
    assert facts(site) == before
    assert trained_completions(site) == len(told) + 3
    trained(site, now)
    assert page_of(site, "ann", now)["state"] == "personal"
    set_signal(OWN, "default", site.tenant, site.sessions)
    assert trained_completions(site) == 1
    assert page_of(site, "ann", now)["state"] == "newcomer"
    assert facts(site) == before


def test_the_word_for_a_source_stands_above_the_word_for_all(site, now):
    synced(site, [said(1, verb=OWN)], now)
    synced(site, [said(2, verb=OWN)], now, name="second")
    set_signal(OWN, "viewed", site.tenant, site.sessions)
    set_signal(OWN, "completed", site.tenant, site.sessions, "second")
    assert signals(site) == {"viewed": 1, "completed": 1}
    assert by_verb(site)[OWN, ""].signal is Signal.VIEWED
    assert by_verb(site)[OWN, "second"].whence is Whence.SOURCE
    assert by_verb(site, source="lrs").keys() == {(OWN, "")}
    set_signal(OWN, "default", site.tenant, site.sessions, "second")
    assert signals(site) == {"viewed": 2}


# --- the list -----------------------------------------------------------------------------------------------------


def test_the_list_has_every_verb_with_its_number_unknown_ones_first(site, now):
    rare = "http://verbs.example/rare"
    synced(site, [said(1), said(2), said(3), said(4, verb=rare), said(5, verb=OWN), said(6, verb=OWN)], now)
    set_signal("http://verbs.example/never-seen", "viewed", site.tenant, site.sessions)
    lines = listed(site.tenant, site.readers)
    assert [(line.verb, line.statements, line.signal, line.whence.value) for line in lines] == [
        (OWN, 2, None, "unknown"),
        (rare, 1, None, "unknown"),
        (COMPLETED, 3, Signal.COMPLETED, "default"),
        ("http://verbs.example/never-seen", 0, Signal.VIEWED, "site"),
    ]


# --- files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["map.csv", "map.json"])
def test_what_is_exported_can_be_imported_and_says_the_same(site, now, tmp_path, name):
    synced(site, [said(1, verb=OWN), said(2, verb='http://verbs.example/ü,"q"')], now)
    set_signal(OWN, "completed", site.tenant, site.sessions)
    set_signal(f"{ADL}completed", "viewed", site.tenant, site.sessions, "lrs")
    assert export(tmp_path / name, site.tenant, site.readers) == 3
    before = overrides(site)
    for verb, source in ((OWN, None), (COMPLETED, "lrs")):
        set_signal(verb, "default", site.tenant, site.sessions, source)
    assert overrides(site) == {}
    report = import_map(tmp_path / name, site.tenant, site.sessions)
    assert (report.taken, report.passed_over, report.refused) == (2, 1, ())
    assert overrides(site) == before


def overrides(site):
    with site.readers.begin() as session:
        return interactions.meanings(session, site.tenant).overrides


# --- the command line ---------------------------------------------------------------------------------------------


def test_the_commands_list_set_export_and_import(connected, lrs, tmp_path):
    lrs.hold([said(1), said(2, verb=OWN)])
    assert connected("sync").code == 0
    first, second = json.loads(connected("verbs", "list", "--json").out)
    assert (first["verb"], first["signal"], first["from"]) == (OWN, None, "unknown")
    assert (second["verb"], second["signal"], second["from"], second["statements"]) == (
        COMPLETED,
        "completed",
        "default",
        1,
    )
    answer = connected("verbs", "set", OWN, "completed", "--source", "lrs")
    assert (answer.code, f"{OWN} means completed for source lrs" in answer.out) == (0, True)
    assert json.loads(connected("status", "--json").out)["signals"] == {"completed": 2}
    assert connected("verbs", "set", OWN, "done").code == 2
    assert connected("verbs", "export", tmp_path / "map.csv").code == 0
    with (tmp_path / "map.csv").open(newline="") as opened:
        assert list(csv.DictReader(opened)) == [{"verb": OWN, "signal": "completed", "source": "lrs"}]
    (tmp_path / "map.csv").write_text(f"verb,signal\n{OWN},viewed\nnothing,viewed\n")
    report = connected("verbs", "import", tmp_path / "map.csv")
    assert report.code == 1
    assert "entry 2" in report.err
    assert "Took 1 verbs" in report.out
    assert OWN in connected("verbs", "list", "--source", "lrs").out
    assert "There is no source 'x'" in connected("verbs", "list", "--source", "x").err
