"""Files: every shape in which Statements lie, stops at any page, files that grow, break off or are damaged."""

import csv
import gzip
import json
from itertools import islice

import pytest

from lrs_adapters.base import LRSProtocolError, LRSRefused
from lrs_adapters.dump import DumpSource


def said(number):
    return {"id": str(number), "actor": {"mbox": "mailto:a@b.org"}, "verb": {"id": "v"}, "object": {"id": "o,\n]"}}


def lines(*numbers):
    return b"".join(json.dumps(said(number)).encode() + b"\n" for number in numbers)


def numbers(pages):
    return [int(json.loads(raw)["id"]) for page in pages for raw in page.statements]


def read(path, position=None, size=3):
    return list(DumpSource(str(path), size).tail(position))


MANY = [said(number) for number in range(10)]
SHAPES = {
    "a.ndjson": lines(*range(10)),
    "a.jsonl": b"\xef\xbb\xbf" + lines(*range(10)).replace(b"\n", b"\r\n\r\n"),
    "lines.json": lines(*range(10)),
    "array.json": json.dumps(MANY, indent=1).encode(),
    "result.json": b"\xef\xbb\xbf" + json.dumps({"more": "x", "statements": MANY, "z": [{}]}).encode(),
    "results.ndjson": b"\n".join(json.dumps({"statements": MANY[at : at + 5]}).encode() for at in (0, 5)),
    "a.ndjson.gz": gzip.compress(lines(*range(4))) + gzip.compress(lines(*range(4, 10))) + b"\0" * 9,
    "array.json.gz": gzip.compress(json.dumps(MANY).encode()),
}


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_is_read_and_goes_on_after_any_page(tmp_path, name):
    (tmp_path / name).write_bytes(SHAPES[name])
    for stop in range(1, 4):
        before = list(islice(DumpSource(str(tmp_path / name), 3).tail(None), stop))
        after = read(tmp_path / name, json.loads(json.dumps(before[-1].next_position)))
        found = numbers(before + after)
        assert sorted(set(found)) == list(range(10))
        assert len(found) == 10 or name == "results.ndjson"


def test_a_folder_is_read_in_order_of_names_and_only_what_is_new_the_next_time(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.ndjson").write_bytes(lines(3, 4))
    (tmp_path / "a.ndjson").write_bytes(lines(1, 2))
    first = read(tmp_path)
    assert numbers(first) == [1, 2, 3, 4]
    (tmp_path / "sub" / "b.ndjson").write_bytes(lines(3, 4, 5))
    assert numbers(read(tmp_path, first[-1].next_position)) == [5]


def test_a_file_with_another_start_is_read_from_its_beginning(tmp_path):
    path = tmp_path / "a.ndjson"
    path.write_bytes(lines(1, 2, 3))
    position = read(path)[-1].next_position
    path.write_bytes(lines(7, 8))
    assert numbers(read(path, position)) == [7, 8]


def test_a_last_line_that_breaks_off_is_left_for_later_and_told(tmp_path):
    path = tmp_path / "a.ndjson"
    path.write_bytes(lines(1, 2)[:-20])
    (page,) = read(path)
    assert numbers([page]) == [1]
    assert "left for later" in page.warnings[0]
    path.write_bytes(lines(1, 2))
    assert numbers(read(path, page.next_position)) == [2]


def test_a_whole_last_line_without_its_end_is_read(tmp_path):
    (tmp_path / "a.ndjson").write_bytes(lines(1, 2)[:-1])
    assert numbers(read(tmp_path)) == [1, 2]


@pytest.mark.parametrize(("damage", "told"), [(lambda b: b[:-12], "gzip member"), (lambda b: b + b"junk", "damaged")])
def test_a_packed_file_that_breaks_off_or_is_damaged_gives_what_came_before(tmp_path, damage, told):
    packed = gzip.compress(lines(*range(50)), 0)
    (tmp_path / "a.ndjson.gz").write_bytes(damage(packed))
    pages = read(tmp_path, size=1000)
    assert len(numbers(pages)) >= 49
    assert any(told in warning for page in pages for warning in page.warnings)


def test_bytes_that_are_no_utf8_go_on_as_they_are(tmp_path):
    (tmp_path / "a.ndjson").write_bytes(b'{"x": "\xff"}\n' + lines(1))
    (page,) = read(tmp_path)
    assert page.statements[0] == b'{"x": "\xff"}'


def write_csv(path, *rows):
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows(rows)


def test_a_column_that_holds_the_statement_is_taken(tmp_path):
    write_csv(tmp_path / "a.csv", ["_id", "statement"], *(["x", json.dumps(one, indent=1)] for one in MANY))
    assert numbers(read(tmp_path)) == list(range(10))


def test_columns_of_sql_lrs_and_of_projections_become_a_statement(tmp_path):
    header = ["id", "actor_mbox_sha1sum", "verb_id", "statement.object.id", "result_score_scaled"]
    header += ["result_completion", "context_contextActivities_grouping_0_id", "other"]
    write_csv(tmp_path / "a.csv", header, ["1", "ab", "v", "o", "0.5", "true", "course", "-"])
    (page,) = read(tmp_path)
    assert json.loads(page.statements[0]) == {
        "id": "1",
        "actor": {"mbox_sha1sum": "ab"},
        "verb": {"id": "v"},
        "object": {"id": "o"},
        "result": {"score": {"scaled": 0.5}, "completion": True},
        "context": {"contextActivities": {"grouping": [{"id": "course"}]}},
    }


def test_columns_that_say_nothing_are_told(tmp_path):
    write_csv(tmp_path / "a.csv", ["name", "age"], ["x", "3"])
    (page,) = read(tmp_path)
    assert (page.statements, "no column `statement`" in page.warnings[0]) == ((), True)


def test_a_probe_tells_of_files_that_are_left_out(tmp_path):
    (tmp_path / "a.ndjson").write_bytes(lines(1))
    (tmp_path / "readme.txt").touch()
    assert "1 files" in DumpSource(str(tmp_path)).probe().warnings[0]


@pytest.mark.parametrize("url", ["", "file://elsewhere/x", "https://lrs.example/x"])
def test_what_is_no_path_is_refused(url):
    with pytest.raises(LRSRefused):
        DumpSource(url)


def test_a_path_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(LRSRefused, match="no file or folder"):
        read(tmp_path / "none.ndjson")


def test_a_position_of_another_kind_of_source_is_not_read(tmp_path):
    with pytest.raises(LRSProtocolError, match="add it again"):
        read(tmp_path, {"high": "2026-03-01T12:00:00Z"})
