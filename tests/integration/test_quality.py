"""Faults that are planted in the data: each is found and named, settled, and comes back exactly when that is undone."""

import json
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select

from connector.administer import quality
from connector.administer.sources import SourceChange, change
from connector.clock import fixed
from connector.demo.simulate import simulate
from connector.errors import BadInput
from connector.store import interactions, tables
from tests.integration.faults import (
    SAMPLE,
    UNFINISHED,
    at_once,
    by_everybody_but_completed_by_the_admin,
    drawn,
    in_the_same_second_as_somebody_else,
    newest,
    of_two_courses_again_and_again,
    ordinary,
    stored_after,
    the_same_again,
)
from tests.integration.site_under_test import synced
from tests.integration.stating import LMS, PAGE, START, course, group, said

BUG = "xAPI-vle/moodle-logstore_xapi#135"

# --- each fault -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("planted", "kind", "count", "ignored"),
    [
        (by_everybody_but_completed_by_the_admin(), "wrong_actor", 12, 12),
        (of_two_courses_again_and_again(), "wrong_actor", 24, 24),
        (in_the_same_second_as_somebody_else(), "wrong_actor", 12, 12),
        ([*ordinary(), said(1000, "ann", **UNFINISHED)], "unfinished_completions", 1, 1),
        ([*ordinary(), *at_once()], "burst", 11, 11),
        ([*ordinary(), *the_same_again()], "repeats", 30, 30),
    ],
    ids=["everything", "again and again", "same second", "unfinished", "burst", "repeats"],
)
def test_a_planted_fault_is_found_settled_and_comes_back(site, now, look, numbers, planted, kind, count, ignored):
    synced(site, planted, now, page_size=500)
    before, found = numbers(), look()
    assert found.keys() == {kind}
    assert (found[kind].count, found[kind].sample) == (count, SAMPLE)
    assert found[kind].resembles.count("#") >= 1
    assert found[kind].remedy == f"onward quality settle {found[kind].id}"
    quality.settle(found[kind].id, site.tenant, site.sessions, fixed(now))
    after = numbers()
    assert look() == {}
    assert after[1] == before[1] | {"ignored_by_rule": ignored}
    assert after[0] == before[0] - ignored
    assert after[-1] == before[-1]
    assert after[3:5] != before[3:5]  # training
    (made, *_) = quality.settled(site.tenant, site.readers)
    assert quality.unsettle(str(made.number), site.tenant, site.sessions, fixed(now)) == found[kind].id
    assert numbers() == before
    assert look() == found


def test_a_person_is_described_by_number_kind_home_page_and_shape_also_when_settled(site, now, look):
    synced(site, by_everybody_but_completed_by_the_admin(), now, page_size=500)
    found = look()["wrong_actor"]
    number = found.rules[0]["identity_id"]
    assert found.seen == (
        f"Person {number} (account at {LMS}, letters(5)) completed 12 of the 12 items that anybody completed;"
        " the next person 0."
    )
    assert BUG in found.resembles
    assert "admin" not in found.seen
    quality.settle(found.id, site.tenant, site.sessions, fixed(now))
    (made,) = quality.settled(site.tenant, site.readers)
    assert (made.finding, made.statements) == (found.id, 12)
    words = f"source lrs, Person {number} (account at {LMS}, letters(5)), http://adlnet.gov/expapi/verbs/completed"
    assert made.names == words


def test_a_module_that_calls_itself_a_course_is_told_with_the_command_that_mends_it(site, now, look):
    module = {"id": f"{LMS}/mod/quiz/view.php?id=9", "definition": course(1)["definition"]}
    lesson = {"id": "https://x.example/roses/lesson/1", "definition": course(1)["definition"]}
    whole = {"id": "https://x.example/roses", "definition": course(1)["definition"]}
    synced(site, [said(1000, object=module), said(2, object=lesson), said(3, object=whole), said(4)], now)
    found = {one.seen.partition(" ")[0]: one for one in quality.listed(site.tenant, site.readers)}
    assert found.keys() == {module["id"], lesson["id"]}
    assert found[module["id"]].remedy == f"onward items part {module['id']} --of COURSE"
    assert (
        found[lesson["id"]].remedy == "onward items part https://x.example/roses/lesson/1 --of https://x.example/roses"
    )
    assert (found[module["id"]].count, found[module["id"]].sample) == (1, SAMPLE)
    with pytest.raises(BadInput, match="run `onward items part"):
        quality.settle(found[module["id"]].id, site.tenant, site.sessions, fixed(now))
    with site.sessions.begin() as session:  # what that command does
        owner = session.scalar(select(tables.item.c.id).where(tables.item.c.iri == "https://x.example/roses"))
        session.execute(
            tables.activity.update().where(tables.activity.c.iri != whole["id"]).values(part=True, item_id=owner)
        )
    assert look() == {}


@pytest.mark.parametrize(
    ("lag", "words"),
    [
        (-3600, "40 of 40 statements are of more than 5 minutes after they were stored"),
        (7200, "half of 40 statements are stored 2:00:00 or more late"),
    ],
)
def test_a_clock_that_is_wrong_is_found_and_settled_by_reading_stored(site, now, look, numbers, lag, words):
    synced(site, [stored_after(1000 + number, lag + number) for number in range(40)], now)
    before, found = numbers(), look()
    assert found.keys() == {"clock_skew"}
    assert words in found["clock_skew"].seen
    assert found["clock_skew"].sample == SAMPLE
    at = newest(site)
    quality.settle(found["clock_skew"].id, site.tenant, site.sessions, fixed(now))
    assert look() == {}
    assert newest(site) - at == timedelta(seconds=lag + 39)
    (made,) = quality.settled(site.tenant, site.readers)
    assert (made.number, made.names) == (0, "source lrs is read by stored")
    quality.unsettle(made.finding, site.tenant, site.sessions, fixed(now))
    assert newest(site) == at
    assert (numbers(), look()) == (before, found)


def test_a_source_read_by_stored_falls_back_to_the_timestamp_where_there_is_none(site, now):
    without = said(1)
    del without["stored"]
    synced(site, [without, stored_after(2, 3600)], now)
    change("lrs", SourceChange(time_field="stored"), site.tenant, site.sessions, site.seal)
    with site.readers.begin() as session:
        (one,) = interactions.for_training(session, site.tenant).completions
    assert one.at == START + timedelta(minutes=1)
    assert newest(site) == START + timedelta(minutes=2, hours=1)


def test_unknown_verbs_groups_and_quarantine_are_told_with_a_sample_and_their_command(site, now, look):
    own, lost = "http://verbs.example/own", str(UUID(int=77))
    bad = said(77) | {"verb": {"id": "none"}}
    synced(site, [said(1000, verb=own), said(1001, verb=own), said(1002, actor=group("ann", "bob")), bad], now)
    found = look()
    assert found.keys() == {"verb_unknown", "groups", "quarantine"}
    assert (found["verb_unknown"].count, found["verb_unknown"].sample) == (2, SAMPLE)
    assert found["verb_unknown"].remedy == f"onward verbs set {own} SIGNAL"
    assert (found["groups"].sample, found["groups"].remedy) == (
        str(UUID(int=1002)),
        "onward source change lrs --groups-count",
    )
    assert (found["quarantine"].count, found["quarantine"].sample) == (1, lost)
    for one in found.values():
        with pytest.raises(BadInput, match="takes a word of yours"):
            quality.settle(one.id, site.tenant, site.sessions, fixed(now))
    change("lrs", SourceChange(groups_count=True), site.tenant, site.sessions, site.seal)
    assert "groups" not in look()


# --- no false alarm -------------------------------------------------------------------------------------------------


def test_the_demos_data_look_well(site, now):
    told = simulate(LMS, now, learners=40)
    synced(site, [one | {"stored": one["timestamp"]} for one in told], now, page_size=500)
    assert quality.listed(site.tenant, site.readers) == []


def test_ordinary_data_look_well(site, now):
    synced(site, drawn(Random(0)), now, page_size=500)
    assert quality.listed(site.tenant, site.readers) == []


# --- the command line -----------------------------------------------------------------------------------------------


def test_the_commands_list_settle_show_rules_and_take_back(connected, lrs):
    lrs.hold(by_everybody_but_completed_by_the_admin())
    assert connected("sync").code == 0
    listed = connected("quality", "list")
    (found,) = json.loads(connected("quality", "list", "--json").out)
    assert found["sample"] == SAMPLE
    assert BUG in listed.out
    assert f"→ `onward quality settle {found['id']}`" in listed.out
    assert "12 statements count for nothing" in connected("quality", "settle", found["id"]).out
    assert "Nothing looks wrong." in connected("quality", "list").out
    told = connected("status")
    assert f"ignored because ignored_by_rule: 12, such as {SAMPLE}" in told.out
    (rule,) = json.loads(connected("quality", "rules", "--json").out)
    assert rule["statements"] == 12
    assert found["id"] in connected("quality", "rules").out
    assert connected("quality", "unsettle", rule["number"]).code == 0
    assert json.loads(connected("quality", "list", "--json").out) == [found]
    assert connected("quality", "settle", "nothing-1").code == 1
    assert PAGE.encode() not in told.out.encode()
