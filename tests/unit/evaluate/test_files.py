"""CSV files: what is read, what is left out and told, what is refused."""

import math

import pytest

from connector.errors import BadInput
from connector.evaluate.files import read

MOMENT = 1_700_000_000_000_000


@pytest.fixture
def write(tmp_path):
    def write(name: str, *lines: str, encoding: str = "utf-8"):
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding=encoding)
        return path

    return write


def test_rows_become_a_log_in_order_of_time_and_names_become_numbers(write):
    events = write(
        "events.csv",
        "learner,item,timestamp,signal,value",
        "ann,b,2024-01-02T00:00:00Z,viewed,",
        "bob,a,2024-01-01T00:00:00Z,progressed,40",
    )
    items = write("items.csv", "item,title,summary,language,topics", "a,Alpha,About a,en,x;y", "c,Gamma,,,")
    found = read(events, items)
    assert (found.catalogue.names, found.catalogue.listed) == (("a", "c", "b"), 2)
    assert (found.catalogue.titles, found.catalogue.topics[0]) == (("Alpha", "Gamma", ""), "x;y")
    assert (found.log.learners.tolist(), found.log.items.tolist()) == ([1, 0], [0, 2])
    assert found.log.used_signals() == {"progressed": 1, "viewed": 1}
    assert found.log.values[0] == 40.0
    assert math.isnan(found.log.values[1])


def test_where_no_signal_is_said_it_is_a_completion(write):
    found = read(write("events.csv", "item,learner,timestamp", "a,ann,0"))
    assert found.log.used_signals() == {"completed": 1}


@pytest.mark.parametrize(
    ("written", "microseconds"),
    [
        ("2023-11-14T22:13:20Z", MOMENT),
        ("2023-11-14T23:13:20+01:00", MOMENT),
        ("2023-11-14 22:13:20", MOMENT),
        ("1700000000", MOMENT),
        ("1700000000.5", MOMENT + 500_000),
        ("1700000000000", MOMENT),
        ("1700000000000000", MOMENT),
        ("2023-11-14", 1_699_920_000_000_000),
    ],
)
def test_times_are_iso_8601_or_a_number_since_1970(write, written, microseconds):
    found = read(write("events.csv", "learner,item,timestamp", f"ann,a,{written}"))
    assert found.log.times.tolist() == [microseconds]


def test_a_row_that_cannot_be_used_is_counted_and_told_with_its_line(write):
    events = write(
        "events.csv",
        "learner,item,timestamp,signal,value",
        ",a,0,,",
        "ann,,0,,",
        "ann,a,yesterday,,",
        "ann,a,nan,,",
        "ann,a,0,clicked,",
        "ann,a,0,,much",
        "ann,a,-5,,",
        "ann",
        "ann,a,0,viewed,1",
    )
    (bad,) = read(events).unusable
    assert bad.count == 8
    assert bad.first == [
        "events.csv, line 2: no learner",
        "events.csv, line 3: no item",
        "events.csv, line 4: the timestamp 'yesterday' is no time",
        "events.csv, line 5: the timestamp nan is no time",
        f"events.csv, line 6: {bad.first[4].partition(': ')[2]}",
    ]
    assert "'clicked' is none of completed, passed" in bad.first[4]


def test_an_item_row_without_a_name_is_told_too_and_of_two_the_first_counts(write):
    events = write("events.csv", "learner,item,timestamp", "ann,a,0")
    items = write("items.csv", "item,title", "a,First", ",Nobody", "a,Second")
    found = read(events, items)
    assert [bad.count for bad in found.unusable] == [0, 1]
    assert (found.catalogue.titles, found.catalogue.listed) == (("First",), 1)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_mark_at_the_beginning_and_other_separators_are_read(write, separator):
    header, row = separator.join(("Learner", " item ", "timestamp")), separator.join(("ann", "a", "0"))
    assert len(read(write("events.csv", header, row, encoding="utf-8-sig")).log) == 1


def test_a_cell_beyond_the_last_column_is_passed_over(write):
    assert len(read(write("events.csv", "learner,item,timestamp", "ann,a,0,more,and more")).log) == 1


def test_a_missing_column_is_named(write):
    with pytest.raises(BadInput, match="has no column item, timestamp"):
        read(write("events.csv", "learner,thing,when", "ann,a,0"))


def test_a_file_without_rows_is_refused(write):
    with pytest.raises(BadInput, match="has no rows"):
        read(write("events.csv", "learner,item,timestamp"))


def test_a_file_whose_every_row_is_unusable_says_why(write):
    with pytest.raises(BadInput, match=r"not one row that can be used: events\.csv, line 2: no learner"):
        read(write("events.csv", "learner,item,timestamp", ",a,0"))


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(BadInput, match="cannot be read: No such file"):
        read(tmp_path / "none.csv")


def test_a_file_in_another_encoding_is_told(write):
    with pytest.raises(BadInput, match="not in UTF-8"):
        read(write("events.csv", "learner,item,timestamp", "ann,Küche,0", encoding="latin-1"))


def test_a_cell_without_end_is_no_csv(write):
    with pytest.raises(BadInput, match="is no CSV file"):
        read(write("events.csv", "learner,item,timestamp", 'ann,"' + "x" * 10_000_001 + '",0'))
