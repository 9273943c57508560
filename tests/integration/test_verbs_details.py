"""What the verb map takes and refuses, and what guards make of it: on SQLite only, test_verbs.py asks both."""

import json

import pytest
from sqlalchemy import select

from connector.administer.account import account
from connector.administer.sources import remove
from connector.administer.verb_file import read_lines, written
from connector.administer.verbs import import_map, listed, set_signal, usable_verb
from connector.errors import BadInput, UnknownName
from connector.store import interactions, tables
from tests.integration.site_under_test import open_site, synced
from tests.integration.stating import ADL, course, page_in, said

OWN = "http://verbs.example/finished"
COMPLETED = "http://adlnet.gov/expapi/verbs/completed"


@pytest.fixture
def database_url(sqlite_url):
    return sqlite_url


def signals(site):
    with site.readers.begin() as session:
        return dict(account(session, site.tenant).signals)


def told(site):
    with site.readers.begin() as session:
        return account(session, site.tenant)


def by_verb(site, **options):
    return {(line.verb, line.source): line for line in listed(site.tenant, site.readers, **options)}


def overrides(site):
    with site.readers.begin() as session:
        return interactions.meanings(session, site.tenant).overrides


def test_guards_still_apply_to_what_a_site_maps(site, now):
    half = {"result": {"completion": False}}
    lost = {"result": {"success": False}}
    synced(site, [said(1, verb=OWN), said(2, verb=OWN, **half), said(3, verb=OWN, **lost)], now)
    synced(site, [said(4, verb=OWN, **page_in(7, 1))], now, name="second")
    set_signal(OWN, "completed", site.tenant, site.sessions)
    assert signals(site) == {"completed": 1, "progressed": 2, "failed": 1}


def test_what_a_site_calls_neutral_is_neutral_whatever_the_result_says(site, now):
    whole = {
        "result": {"completion": True, "extensions": {"https://w3id.org/xapi/cmi5/result/extensions/progress": 100}}
    }
    synced(site, [said(1, verb="suspended", **whole), said(2)], now)
    assert signals(site) == {"completed": 2}
    set_signal(f"{ADL}suspended", "neutral", site.tenant, site.sessions)
    assert signals(site) == {"completed": 1}
    set_signal(f"{ADL}completed", "neutral", site.tenant, site.sessions)
    assert signals(site) == {}


def test_achieved_completes_a_badge_only_until_the_site_says_otherwise(site, now):
    achieved, badge = "https://w3id.org/xapi/tla/verbs/achieved", "http://activitystrea.ms/schema/1.0/badge"
    synced(site, [said(1, verb=achieved), said(2, verb=achieved, object=course(2, kind=badge))], now)
    assert (told(site).signals, told(site).ignored) == ({"completed": 1}, {"verb_neutral": 1})
    set_signal(achieved, "completed", site.tenant, site.sessions)
    assert signals(site) == {"completed": 2}


def test_leave_ends_an_enrolment_in_a_course_only(site, now):
    leave, room = "http://activitystrea.ms/leave", course(2, kind="http://activities.example/room")
    synced(site, [said(1, verb=leave), said(2, verb=leave, object=room)], now)
    assert (told(site).signals, told(site).ignored) == ({"unenrolled": 1}, {"verb_neutral": 1})


def test_a_verb_of_which_only_a_count_is_left_is_listed_with_it(site, now):
    synced(site, [said(1, verb=OWN)], now)
    with site.sessions.begin() as session:
        number = session.scalar(select(tables.source.c.id))
        row = {"reason": "verb_unknown", "verb_iri": OWN, "statements": 7, "sample_id": None}
        session.execute(tables.ignored_count.insert(), {"tenant_id": site.tenant, "source_id": number} | row)
    assert (by_verb(site)[OWN, ""].statements, by_verb(site)[OWN, ""].gone) == (8, 7)


def test_a_verb_is_folded_as_the_map_folds_it(site, now):
    synced(site, [said(1)], now)
    assert set_signal("https://ADLNET.gov/expapi/verbs/completed/", "Viewed", site.tenant, site.sessions) == COMPLETED
    assert signals(site) == {"viewed": 1}


@pytest.mark.parametrize("verb", ["", "completed", ":", f"http://v.example/{'x' * 500}", "http://v.example/a\nb"])
def test_what_is_no_verb_is_refused(verb):
    with pytest.raises(BadInput, match="is no verb"):
        usable_verb(verb)


def test_an_unknown_signal_or_source_is_refused_with_what_there_is(site, now):
    synced(site, [said(1)], now)
    with pytest.raises(BadInput, match="completed, passed"):
        set_signal(OWN, "done", site.tenant, site.sessions)
    with pytest.raises(UnknownName, match="Sources: lrs"):
        set_signal(OWN, "viewed", site.tenant, site.sessions, "other")
    with pytest.raises(UnknownName, match="Sources: lrs"):
        listed(site.tenant, site.readers, "other")


def test_nothing_of_it_reaches_another_tenant(site, engine, now):
    other = open_site(engine, now, "other")
    for one in (site, other):
        synced(one, [said(1, verb=OWN)], now)
    set_signal(OWN, "completed", site.tenant, site.sessions)
    assert (signals(site), signals(other)) == ({"completed": 1}, {})


def test_a_removed_source_leaves_no_word_for_the_one_that_comes_after(site, now):
    synced(site, [said(1, verb=OWN)], now)
    set_signal(OWN, "completed", site.tenant, site.sessions, "lrs")
    remove("lrs", site.tenant, site.sessions)
    synced(site, [said(1, verb=OWN)], now, name="new")
    assert (signals(site), overrides(site)) == ({}, {})


def test_bad_lines_are_told_and_left_out_and_the_last_word_on_a_verb_counts(site, now, tmp_path):
    synced(site, [said(1, verb=OWN)], now)
    rows = [
        {"verb": OWN, "signal": "viewed"},
        {"verb": OWN, "signal": "completed"},
        {"verb": OWN, "signal": "done"},
        {"verb": "no iri", "signal": "viewed"},
        {"verb": OWN, "signal": "viewed", "source": "nowhere"},
        {"verb": 7, "signal": "viewed"},
        "text",
        {"signal": "viewed"},
        {"verb": COMPLETED, "signal": "default"},
    ]
    file = tmp_path / "map.json"
    file.write_text(json.dumps(rows))
    set_signal(COMPLETED, "viewed", site.tenant, site.sessions)
    report = import_map(file, site.tenant, site.sessions)
    assert report.taken == 3
    assert sorted(sentence.split(": ")[0] for sentence in report.refused) == [
        f"map.json, entry {number}" for number in (3, 4, 5, 6, 7, 8)
    ]
    assert overrides(site) == {(0, OWN): "completed"}


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.json", b"{", "is not JSON"),
        ("a.json", b"{}", "array of objects"),
        ("a.csv", b"iri,signal\n", "columns `verb` and `signal`"),
        ("a.csv", b"\xff\xfe\xff", "not UTF-8"),
        ("a.csv", b'verb,signal\n"a\n', "is not CSV"),
    ],
)
def test_a_file_that_is_no_verb_map_is_refused(tmp_path, name, content, sentence):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput, match=sentence):
        read_lines(tmp_path / name)


def test_an_export_overwrites_nothing(tmp_path):
    (tmp_path / "map.csv").write_text("mine")
    with pytest.raises(BadInput, match="is there already"):
        written(tmp_path / "map.csv", [])
    with pytest.raises(BadInput, match="cannot be written"):
        written(tmp_path / "no" / "map.csv", [])
    with pytest.raises(BadInput, match="cannot be read"):
        read_lines(tmp_path / "none.csv")
