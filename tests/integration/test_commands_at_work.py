"""The command line at work: sync, train, recommend, doctor, and the catalogue."""

import json

import pytest

from connector.store import database, leases, site
from tests.integration.command import SECRET
from tests.integration.site_under_test import shown_in
from tests.integration.stating import LMS, course_iri, said, voids
from tests.integration.test_invariants import tastes

# --- the main job ------------------------------------------------------------------------------------------------


def test_the_whole_way_from_an_empty_site_to_rows(connected, lrs, tmp_path):
    lrs.hold([*tastes(), said(1000, "ann", about=0), said(1001, "ann", about=1), voids(1002, 1)])
    report = json.loads(connected("sync", "--json").out)["lrs"]
    assert report["added"] == report["read"] == len(lrs.stub.statements)
    assert "0 facts new" in connected("sync", "--source", "lrs").out
    trained = json.loads(connected("train", "--json").out)
    assert trained["items"] == 18
    status = json.loads(connected("status", "--json").out)
    assert set(status["statements"]) == {"seen", "kept", "ignored", "quarantined", "voided"}
    assert status["statements"]["seen"] == status["statements"]["kept"] + 2
    assert set(status) >= {"statements", "interactions", "learners", "items", "sources", "model"}
    assert set(status["sources"][0]) >= {"name", "cursor", "lag_seconds", "last_error"}
    assert set(status["model"]) >= {"version", "trained_at", "items", "neighbours"}
    assert f"{status['statements']['seen']} seen" in connected("status").out
    ann = ("recommend", "--learner", f"account:{LMS}|ann")
    page = json.loads(connected(*ann, "--json").out)
    assert page["state"] == "personal"
    assert [row["kind"] for row in page["rows"][:2]] == ["up_next", "because"]
    assert "because: Course" in connected(*ann).out
    first = page["rows"][0]["cards"][0]["iri"]
    assert connected("item", "block", first).code == 0
    assert first not in connected(*ann, "--json").out
    assert [one["iri"] for one in json.loads(connected("item", "list", "--status", "blocked", "--json").out)] == [first]
    assert connected("item", "unblock", first).code == 0
    assert shown_in(json.loads(connected(*ann, "--json").out)) == shown_in(page)
    assert connected("backup", tmp_path / "kept").code == 0
    assert connected("source", "remove", "lrs", "--yes").code == 0
    assert json.loads(connected("status", "--json").out)["statements"]["seen"] == 0
    assert connected("restore", tmp_path / "kept", told="n\n").code == 1
    assert connected("restore", tmp_path / "kept", "--yes").code == 0
    assert shown_in(json.loads(connected(*ann, "--json").out)) == shown_in(page)
    assert connected("backup", tmp_path / "kept").code == 1


def test_sync_and_train_without_anything_to_do_say_what_comes_first(onward):
    assert "run `onward source add` first" in onward("sync").err
    assert "There is no source 'x'" in onward("sync", "--source", "x").err
    trained = onward("train")
    assert trained.code == 1
    assert "There is nothing to learn from yet" in trained.err


def test_one_source_that_fails_or_is_busy_does_not_keep_the_others_from_being_read(connected, lrs, environment, now):
    lrs.hold([said(1)])
    options = ("--url", lrs.url, "--key", "reader", "--secret-stdin")
    connected("source", "add", "another", *options, told="wrong\n")
    answer = connected("sync", "--json")
    assert answer.code == 1
    assert json.loads(answer.out)["lrs"]["added"] == 1
    connected("source", "remove", "another", "--yes")
    connected("source", "add", "a busy one", *options, told=f"{SECRET}\n")
    engine = database.create_engine(environment["DATABASE_URL"])
    with database.sessions_of(engine).begin() as session:
        tenant = site.tenant(session)
        leases.take(session, tenant, "sync", "a busy one", "far-away:1:1", now.replace(year=2099))
    engine.dispose()
    answer = connected("sync", "--json")
    assert answer.code == 3
    assert "Another process is doing `sync a busy one`" in answer.err
    assert "lrs" in json.loads(answer.out)


def test_recommend_for_nobody_and_for_nonsense(onward):
    nobody = onward("recommend", "--learner", f"account:{LMS}|nobody")
    assert (nobody.code, "Nobody with that identifier" in nobody.err) == (1, True)
    nonsense = onward("recommend", "--learner", "ann")
    assert (nonsense.code, "This is not an identifier" in nonsense.err) == (1, True)
    assert onward("recommend").code == 2


def test_doctor_ends_with_1_while_something_is_wrong(onward):
    answer = onward("doctor")
    assert answer.code == 1
    assert "✗ No LRS is connected." in answer.out
    assert "→ Run `onward source add NAME --url URL …`." in answer.out
    assert {one["code"] for one in json.loads(onward("doctor", "--json").out)} == {
        "no_source",
        "no_platform",
        "no_model",
        "retention",
    }


# --- the catalogue -----------------------------------------------------------------------------------------------


def test_a_catalogue_is_taken_in_and_its_bad_lines_are_told(onward, tmp_path):
    file = tmp_path / "c.csv"
    file.write_text(
        "iri,url,title,language,minutes,topics,status\n"
        f"{LMS}/a,https://x.example/a,A course,en,45,one|two,shown\n"
        "no iri,https://x.example/b,B,en,1,,\n"
        f"{LMS}/c,javascript:alert(1),C,en,1,,\n"
        f"{LMS}/d,,D,en,many,,\n"
        f"{LMS}/e,,E,en,,,perhaps\n"
        f"{LMS}/f,,F,de,,,blocked\n"
        f"{LMS}/g,https://x.example/{'x' * 2100},G,en,,,\n"
        f"{LMS}/h,,{'H' * 501},en,,,\n"
    )
    answer = onward("catalog", "import", file)
    assert answer.code == 1
    assert "Took 2 items; 1 of them without a url; 6 refused." in answer.out
    assert [line.split(": ")[0] for line in answer.err.splitlines()] == [f"c.csv, line {n}" for n in (3, 4, 5, 6, 8, 9)]
    rows = json.loads(onward("item", "list", "--json").out)
    assert [(row["iri"], row["status"]) for row in rows] == [(f"{LMS}/f", "blocked"), (f"{LMS}/a", "shown")]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("c.csv", b"title\nx\n", "has no column `iri`"),
        ("c.csv", b"iri\n\xff\xfe\n", "is not UTF-8"),
        ("c.csv", b"iri,title\nhttps://x.example/1," + b"x" * 140_000 + b"\n", "is not CSV"),
        ("c.json", b"{", "is not JSON"),
        ("c.json", b'{"iri": "x:y"}', "array of objects"),
    ],
)
def test_a_catalogue_that_cannot_be_read_is_refused_whole(onward, tmp_path, name, content, sentence):
    (tmp_path / name).write_bytes(content)
    answer = onward("catalog", "import", tmp_path / name)
    assert (answer.code, sentence in answer.err) == (1, True), answer
    assert json.loads(onward("item", "list", "--json").out) == []


def test_a_json_catalogue_with_what_no_database_keeps_is_told_line_by_line(onward, tmp_path):
    good = {"iri": f"{LMS}/a", "title": "Persian \u200c words", "topics": ["one"]}
    bad = [{"iri": f"{LMS}/b", "title": "a\0b"}, {"iri": f"{LMS}/c", "topics": ["a\0b"]}, {"iri": 7}]
    (tmp_path / "c.json").write_text(json.dumps([good, *bad]))
    answer = onward("catalog", "import", tmp_path / "c.json")
    assert (answer.code, "Took 1 items" in answer.out, "3 refused" in answer.out) == (1, True, True)


def test_the_catalogue_means_the_item_of_the_statements_however_its_iri_is_spelled(connected, lrs, tmp_path):
    lrs.hold([said(1)])
    connected("sync")
    spelled = course_iri(1).replace("https://lms.example", "HTTPS://LMS.example:443")
    (tmp_path / "c.csv").write_text(f"iri,title,language\n{spelled},From the catalogue,en\n")
    assert connected("catalog", "import", tmp_path / "c.csv").code == 0
    (row,) = json.loads(connected("item", "list", "--json").out)
    assert (row["iri"], row["title"]) == (course_iri(1), "From the catalogue")
    assert connected("item", "block", spelled).code == 0
    unknown = connected("item", "block", "https://nowhere.example/x")
    assert (unknown.code, "No item has the IRI" in unknown.err) == (1, True)
