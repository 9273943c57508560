"""Catalogue files as people and spreadsheet programs write them, and as they are read back."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.catalog import files, read_catalog
from connector.catalog.cells import COLUMNS
from connector.catalog.entries import FIELDS, CatalogEntry, lines_of
from connector.domain import ItemText
from connector.statements.iris import fold_item, page_of

COURSE = "https://lms.example/course/view.php?id=4"


def read(tmp_path, content, name="c.csv"):
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_catalog(file)


def one(tmp_path, cells, name="c.csv"):
    """The columns that one line with these cells gives."""
    header, row = zip(*{"iri": COURSE, **cells}.items(), strict=True)
    found = read(tmp_path, f"{';'.join(header)}\n{';'.join(row)}\n", name)
    assert not found.refused, found.refused
    return found.entries[0].columns


# --- dialects --------------------------------------------------------------------------------------------------------

TEXT = f'iri,title,topics\n{COURSE},"Zahlen, Daten",a|b\n'


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.encode("utf-16"),
        TEXT.replace("\n", "\r\n").encode(),
        f'iri;title;topics\r\n{COURSE};"Zahlen, Daten";a|b\r\n'.encode(),
        f"iri\ttitle\ttopics\n{COURSE}\tZahlen, Daten\ta|b\n".encode(),
        f'sep=;\r\nIRI; Title;TOPICS\r\n\r\n{COURSE};"Zahlen, Daten";a|b\r\n;;\r\n'.encode(),
        f'"iri";"title";"topics"\n"{COURSE}";"Zahlen,\n Daten";" a | b |"\n'.encode(),
    ],
)
def test_every_dialect_says_the_same(tmp_path, content):
    found = read(tmp_path, content)
    assert (found.refused, found.notes) == ((), ())
    (entry,) = found.entries
    assert (entry.iri, entry.page) == (COURSE, COURSE)
    assert (entry.texts, entry.columns) == ((ItemText("und", "Zahlen, Daten"),), {"topics": ["a", "b"]})


def test_lines_are_numbered_as_an_editor_numbers_them_and_say_what_to_write(tmp_path):
    content = (
        "iri,title,minutes,starts_at,audience,visible,titl\n"
        f'{COURSE},"Two\nlines",5,,,,x\n'
        "\n"
        "course 4,A,,,,,\n"
        f"{COURSE}0,A,many,,,,\n"
        f"{COURSE}1,A,,1.9.2026,,,\n"
        f"{COURSE}2,A,,,everybody,,\n"
        f"{COURSE}3,A,,,,wahr,\n"
        f"{COURSE}4,A,1,,,,,extra\n"
        f"{COURSE},Again,1,,,,\n"
    )
    found = read(tmp_path, content)
    assert [entry.iri for entry in found.entries] == [COURSE]
    assert found.notes == ("c.csv: columns that mean nothing here: titl.",)
    told = dict(sentence.removeprefix("c.csv, line ").split(": ", 1) for sentence in found.refused)
    assert {number: sentence.split()[0] for number, sentence in told.items()} == {
        "5": "iri",
        "6": "minutes",
        "7": "starts_at",
        "8": "audience",
        "9": "visible",
        "10": "it",
        "11": "language",
    }
    assert "2026-09-01" in told["7"]
    assert "role:learner" in told["8"]
    assert "true or false" in told["9"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("title\nx\n", "no column `iri`"), ("iri,iri\n", "twice"), ("", "no column `iri`"), ('iri\n"a', "not CSV")],
)
def test_a_file_that_is_no_catalogue_is_refused_whole(tmp_path, content, sentence):
    with pytest.raises(Exception, match=sentence):
        read(tmp_path, content)


# --- cells -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "written", "expected"),
    [
        ("starts_at", "2026-09-01", datetime(2026, 9, 1, tzinfo=UTC)),
        ("ends_at", "2026-12-31", datetime(2027, 1, 1, tzinfo=UTC)),
        ("ends_at", "2026-12-31T18:00", datetime(2026, 12, 31, 18, tzinfo=UTC)),
        ("starts_at", "2026-09-01T08:00+02:00", datetime(2026, 9, 1, 6, tzinfo=UTC)),
        ("starts_at", "2026-09-01T08:00:00Z", datetime(2026, 9, 1, 8, tzinfo=UTC)),
        ("visible", "No", False),
        ("enrolable", "1", True),
        ("renewal_days", "365", 365),
        ("minutes", "89.6", 90),
        ("audience", "Role:Instructor|course:AbC|language:DE-at", ["role:instructor", "course:AbC", "language:de-at"]),
        ("prerequisites", "http://lms.example:80/a/|https://lms.example/a", ["https://lms.example/a"]),
        ("level", "-", ""),
        ("ends_at", "-", None),
        ("audience", "-", []),
    ],
)
def test_each_cell_is_read_as_documented(tmp_path, name, written, expected):
    assert one(tmp_path, {name: written}) == {name: expected}


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("starts_at", "1969-12-31"),
        ("ends_at", "2200-01-01T00:00"),
        ("starts_at", "0001-01-01T00:00+14:00"),
        ("starts_at", "soon"),
        ("renewal_days", "0"),
        ("renewal_days", "36501"),
        ("minutes", "nan"),
        ("url", "javascript:alert(1)"),
        ("image_url", "data:image/png;base64,x"),
        ("language", "English, US"),
        ("audience", "role:boss"),
        ("audience", "course:"),
        ("prerequisites", "the first course"),
        ("title", "x" * 501),
        ("summary", "without a title"),
        ("status", "open"),
        ("topics", "|".join(map(str, range(101)))),
    ],
)
def test_what_cannot_be_is_refused_with_the_fields_name(tmp_path, name, written):
    found = read(tmp_path, f'iri,{name}\n{COURSE},"{written}"\n')
    assert found.entries == ()
    (sentence,) = found.refused
    assert sentence.startswith(f"c.csv, line 2: {name} ")


def test_an_end_before_the_beginning_is_refused(tmp_path):
    found = read(tmp_path, f"iri,starts_at,ends_at\n{COURSE},2026-09-02,2026-09-01\n")
    assert "later than starts_at" in found.refused[0]


def test_the_first_line_says_the_items_language_and_later_ones_add_titles(tmp_path):
    content = f"iri,title,language,minutes,level\n{COURSE},Data,en,90,\n{COURSE},Daten,de,45,easy\n"
    (entry,) = read(tmp_path, content).entries
    assert entry.columns == {"language": "en", "minutes": 90, "level": "easy"}
    assert entry.texts == (ItemText("en", "Data"), ItemText("de", "Daten"))


def test_the_http_form_of_an_iri_is_the_same_item_and_its_page_stays_as_written(tmp_path):
    (entry,) = read(tmp_path, f"iri\n{COURSE.replace('https', 'http')}\n").entries
    assert (entry.iri, entry.page) == (COURSE, COURSE.replace("https", "http"))


def test_json_says_the_same_with_arrays_and_numbers(tmp_path):
    row = {"iri": COURSE, "topics": ["a", "b"], "minutes": 90, "visible": False, "ends_at": None, "skills": []}
    (entry,) = read(tmp_path, json.dumps([row]), "c.json").entries
    assert entry.columns == {"topics": ["a", "b"], "minutes": 90, "visible": False, "skills": []}
    bad = [{"iri": COURSE, "topics": ["a|b"]}, {"iri": COURSE, "minutes": True}, {"iri": COURSE, "title": 7}]
    assert [line.split(": ")[1].split()[0] for line in read(tmp_path, json.dumps(bad), "c.json").refused] == [
        "topics",
        "minutes",
        "title",
    ]


# --- there and back ----------------------------------------------------------------------------------------------

words = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="|"), min_size=1, max_size=12)
phrases = st.lists(words, min_size=1, max_size=3).map(" ".join).filter(lambda phrase: phrase != "-")
names = st.lists(phrases, min_size=1, max_size=3, unique=True)
tags = st.sampled_from(["en", "de", "pt-BR", "und"])
moments = st.integers(0, 7_000_000).map(lambda minutes: datetime(1990, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
paths = st.integers(1, 99).map(lambda number: f"http://LMS.example/c/{number}/")
values = {
    "url": paths,
    "language": tags,
    "minutes": st.integers(1, 9999),
    "level": phrases,
    "topics": names,
    "skills": names,
    "provider": phrases,
    "image_url": paths,
    "prerequisites": st.lists(paths.map(fold_item), min_size=1, max_size=2, unique=True),
    "audience": st.just(["role:learner", "course:Ab 1"]),
    "sensitive": st.booleans(),
    "status": st.sampled_from(["shown", "hidden", "blocked"]),
    "visible": st.booleans(),
    "enrolable": st.booleans(),
    "starts_at": moments,
    "ends_at": moments.map(lambda moment: moment + timedelta(days=20_000)),
    "renewal_days": st.integers(1, 36_500),
}
texts = st.lists(
    st.builds(ItemText, tags, phrases, st.one_of(st.just(""), phrases)), unique_by=lambda text: text.language
)
entries = st.builds(
    lambda page, columns, worded, family: CatalogEntry(fold_item(page), page_of(page), columns, tuple(worded), family),
    paths,
    st.fixed_dictionaries({}, optional=values),
    texts,
    st.one_of(st.just(""), phrases),
)
catalogues = st.lists(entries, max_size=4, unique_by=lambda entry: entry.iri)


def lines(entry):
    return list(lines_of(entry.page, entry.columns, entry.texts, entry.family))


def plain(entry):
    return entry.iri, entry.page, dict(entry.columns), set(entry.texts), entry.family


@settings(max_examples=50, deadline=None)
@given(catalogues, st.sampled_from(["csv", "json"]))
def test_what_is_written_is_read_back(told, kind):
    written = [line for entry in told for line in lines(entry)]
    content = files.as_csv(written) if kind == "csv" else files.as_json(written)
    with TemporaryDirectory() as folder:
        found = read(Path(folder), content, f"c.{kind}")
    assert (found.refused, found.notes) == ((), ())
    assert sorted(map(plain, found.entries), key=str) == sorted(map(plain, told), key=str)


def test_no_cell_is_run_by_a_spreadsheet_program(tmp_path):
    title = '=HYPERLINK("https://evil.example")'
    content = files.as_csv([{"iri": COURSE, "title": title}])
    assert all(not cell.lstrip('"').startswith("=") for line in content.splitlines() for cell in line.split(","))
    assert read(tmp_path, content).entries[0].texts[0].title == title


def test_every_column_can_be_generated_and_is_a_field():
    assert set(values) == set(COLUMNS)
    assert set(COLUMNS) | {"iri", "title", "summary", "family"} == set(FIELDS)
