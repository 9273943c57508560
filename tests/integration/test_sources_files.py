"""Files as a source, by command: every form, what is left for later, and that only the command adds them."""

import csv
import gzip
import json

import pytest

from connector.administer.sources import NewSource, add
from connector.errors import BadInput
from tests.integration.stating import said

LINES = [json.dumps(said(number, f"learner {number}")).encode() for number in range(1, 7)]


def lines(*numbers):
    return b"".join(LINES[number - 1] + b"\n" for number in numbers)


def whole(*numbers):
    return [json.loads(LINES[number - 1]) for number in numbers]


def exported(folder):
    """A CSV export with a whole statement in a column, and one with a column for each property, as SQL LRS has it."""
    with (folder / "whole.csv").open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows([["_id", "statement"], ["1", LINES[0].decode()]])
    one = whole(2)[0]
    cells = {
        "id": one["id"],
        "actor_account_homePage": one["actor"]["account"]["homePage"],
        "actor_account_name": one["actor"]["account"]["name"],
        "verb_id": one["verb"]["id"],
        "object_id": one["object"]["id"],
        "timestamp": one["timestamp"],
    }
    with (folder / "columns.csv").open("w", newline="") as file:
        csv.writer(file).writerows([list(cells), list(cells.values())])


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what does not depend on the database."""


def kept(onward):
    return json.loads(onward("status", "--json").out)["statements"]


def test_every_form_is_read_once_through_the_command(onward, tmp_path):
    folder = tmp_path / "exports"
    folder.mkdir()
    exported(folder)
    (folder / "a.ndjson").write_bytes(b"\xef\xbb\xbf" + lines(1, 2).replace(b"\n", b"\r\n"))
    (folder / "b.ndjson.gz").write_bytes(gzip.compress(lines(3)) + gzip.compress(lines(4)))
    (folder / "c.json").write_text(json.dumps(whole(4, 5)))
    (folder / "d.jsonl").write_text(json.dumps({"statements": whole(6), "more": ""}) + "\n")
    (folder / "notes.txt").write_text("no statements")
    added = onward("source", "add", "old", "--kind", "dump", "--file", folder)
    assert added.code == 0, added.err
    assert "1 files end in none of" in added.out
    synced = json.loads(onward("sync", "--json").out)["old"]
    assert (synced["read"], synced["added"], synced["quarantined"]) == (9, 6, 0)  # 1, 2 and 4 lie in two files each
    assert kept(onward)["kept"] == 6
    again = json.loads(onward("sync", "--json").out)["old"]
    assert (again["read"], again["added"]) == (0, 0)


def test_a_last_line_that_breaks_off_is_read_when_the_file_grows(onward, tmp_path):
    file = tmp_path / "live.ndjson"
    file.write_bytes(lines(1, 2)[:-30])
    assert onward("source", "add", "live", "--kind", "dump", "--file", file).code == 0
    first = json.loads(onward("sync", "--json").out)["live"]
    assert (first["added"], first["quarantined"], "left for later" in first["warnings"][0]) == (1, 0, True)
    file.write_bytes(lines(1, 2, 3))
    second = json.loads(onward("sync", "--json").out)["live"]
    assert (second["read"], second["added"], second["warnings"]) == (2, 2, [])


@on_sqlite
def test_files_that_are_not_there_or_with_an_address_or_a_key_are_refused(onward, tmp_path):
    (tmp_path / "a.ndjson").write_bytes(lines(1))
    adding = ("source", "add", "old", "--kind", "dump")
    missing = onward(*adding, "--file", tmp_path / "b.ndjson")
    assert (missing.code, "There is no file or folder" in missing.err) == (1, True)
    assert onward(*adding, "--url", "https://lrs.example/a.ndjson").code == 2
    assert onward(*adding, "--file", tmp_path / "a.ndjson", "--key", "k").code == 2
    file_url = (tmp_path / "a.ndjson").as_uri()
    for kind in ("dump", "xapi"):
        options = ("--url", file_url, "--key", "k", "--secret-stdin", "--kind", kind)
        assert onward("source", "add", "old", *options, told="s").code in {1, 2}
    assert json.loads(onward("source", "list", "--json").out) == []


@on_sqlite
def test_an_lrs_never_becomes_files_nor_files_an_lrs(connected, tmp_path):
    (tmp_path / "a.ndjson").write_bytes(lines(1))
    for change in (("--file", tmp_path / "a.ndjson"), ("--kind", "dump")):
        answer = connected("source", "change", "lrs", *change)
        assert (answer.code, "cannot become" in answer.err) == (1, True)
    assert connected("source", "add", "old", "--kind", "dump", "--file", tmp_path / "a.ndjson").code == 0
    assert "cannot become" in connected("source", "change", "old", "--kind", "xapi").err
    (tmp_path / "b.ndjson").write_bytes(lines(2))
    moved = connected("source", "change", "old", "--file", tmp_path / "b.ndjson")
    assert (moved.code, "old answers" in moved.out) == (0, True)


@on_sqlite
@pytest.mark.parametrize(("kind", "url"), [("dump", "/etc/passwd"), ("xapi", "FILE:///etc/passwd")])
def test_only_the_module_for_the_command_line_makes_a_source_of_files(site, now, kind, url):
    with pytest.raises(BadInput, match="command line"):
        add(NewSource("x", kind, url, "k", "s"), site.tenant, site.sessions, site.seal, lambda: now)
