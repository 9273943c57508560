"""``onward evaluate`` from end to end: files in, a table or JSON out; the site's own database; refusals."""

import csv
import json
from datetime import UTC, datetime, timedelta

import pytest

from connector.domain import Signal
from connector.errors import NotReady
from connector.evaluate.log import SIGNALS
from connector.evaluate.simulated import Size, simulated
from connector.evaluate.site import read_site
from tests.integration import command
from tests.integration.stating import course_iri, said

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture
def alone(monkeypatch, capsys, tmp_path):
    """The command where no site is set up at all: files need none."""
    monkeypatch.chdir(tmp_path)
    return command.call(monkeypatch, capsys)


@pytest.fixture
def files(tmp_path):
    """A small simulated site as two files, with two rows that cannot be used."""
    site = simulated(Size(learners=90, items=30, topics=3, mean=5.0), seed=1)
    log, names = site.log, site.catalogue.names
    with (tmp_path / "events.csv").open("w", newline="") as file:
        write = csv.writer(file)
        write.writerow(("learner", "item", "timestamp", "signal"))
        for learner, item, time, signal in zip(log.learners, log.items, log.times, log.signals, strict=True):
            at = EPOCH + timedelta(microseconds=int(time))
            write.writerow((f"l{learner}", names[item], at.isoformat(), SIGNALS[signal].value))
        write.writerow(("", names[0], "2024-01-01", ""))
        write.writerow(("l1", names[0], "someday", ""))
    with (tmp_path / "items.csv").open("w", newline="") as file:
        write = csv.writer(file)
        write.writerow(("item", "title", "topics"))
        write.writerows(zip(names, site.catalogue.titles, site.catalogue.topics, strict=True))
    return ("--interactions", tmp_path / "events.csv", "--items", tmp_path / "items.csv")


def test_files_give_a_table_in_plain_words(alone, files):
    answer = alone("evaluate", *files, "--protocol", "last-out", "--baseline", "popular", "--baseline", "item-knn")
    assert answer.code == 0, answer.err
    lines = answer.out.splitlines()
    assert lines[0] == "2 rows of events.csv could not be used. The first:"
    assert any(line.startswith("  events.csv, line ") and line.endswith(": no learner") for line in lines)
    assert any(line.startswith("last-out: 90 learners, 30 items") for line in lines)
    for name in ("onward, floors on", "onward, before floors", "popular", "item-knn"):
        assert any(line.startswith(name) for line in lines), name
    assert any("popular is as good here for now" in line or "better" in line for line in lines)
    assert "questions" in answer.err


def test_json_holds_every_protocol_and_is_the_same_for_the_same_seed(alone, files):
    arguments = ("evaluate", *files, "--baseline", "popular", "--baseline", "random", "--json", "--seed", "7")
    first, again = (json.loads(alone(*arguments).out) for _ in range(2))
    assert [one["protocol"] for one in first["protocols"]] == ["last-out", "time-split", "prequential"]
    assert (first["seed"], first["shuffled"], first["unusable"]["events.csv"]["count"]) == (7, False, 2)
    for one in (*first["protocols"], *again["protocols"]):
        for method in one["methods"]:
            assert method.pop("seconds") > 0
    assert first == again
    groups = first["protocols"][2]["methods"][0]["groups"]
    assert {"warm", "cold", "all"} == set(groups)
    assert groups["all"]["questions"] == groups["warm"]["questions"] + groups["cold"]["questions"]


def test_the_engine_of_co_completion_alone_can_be_asked_for_and_shuffling_is_said(alone, files):
    answer = alone(
        "evaluate", *files, "--protocol", "last-out", "--engine", "together", "--baseline", "popular", "--shuffle"
    )
    assert answer.code == 0, answer.err
    assert "together, floors on" in answer.out
    assert "onward, floors on" not in answer.out
    assert "Items were dealt out anew" in answer.out
    assert "better than popular" not in answer.out


def test_a_simulated_site_needs_no_file(alone, monkeypatch):
    small = simulated(Size(learners=60, items=20, topics=2, mean=5.0))
    monkeypatch.setattr("connector.evaluate.simulated.simulated", lambda seed: small)
    answer = alone("evaluate", "--simulated", "--protocol", "time-split", "--baseline", "popular")
    assert answer.code == 0, answer.err
    assert "time-split: 60 learners, 20 items" in answer.out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--interactions", "none.csv"), "none.csv cannot be read"),
        (("--items", "items.csv"), "give --interactions too"),
        (("--simulated", "--interactions", "events.csv"), "needs no files"),
        (("--simulated", "--baseline", "guess"), "There is no baseline guess: choose among popular"),
        (("--simulated", "--engine", "guess"), "There is no engine guess: choose among onward, together"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_a_sentence(alone, arguments, sentence):
    answer = alone("evaluate", *arguments)
    assert answer.code == 1
    assert sentence in answer.err
    assert "Traceback" not in answer.err


def test_a_site_without_completions_says_what_to_do(onward):
    answer = onward("evaluate")
    assert answer.code == 1
    assert "onward sync" in answer.err


def test_what_the_site_goes_by_is_read_with_the_items(site, take_in):
    take_in(said(1, "ann"), said(2, "bob"), said(3, "bob"), said(4, "bob", "experienced", about=2))
    found = read_site(site.tenant, site.readers)
    assert (found.catalogue.size, found.catalogue.listed) == (2, 2)
    assert found.log.used_signals() == {Signal.VIEWED.value: 3}
    assert found.log.items.tolist() == [0, 0, 1]
    take_in(said(5, "bob", about=3))
    found = read_site(site.tenant, site.readers)
    assert found.log.used_signals() == {Signal.COMPLETED.value: 3}
    assert [found.catalogue.names[place] for place in found.log.items.tolist()] == [course_iri(n) for n in (1, 1, 3)]


def test_a_site_where_nobody_did_anything_is_not_ready(site):
    with pytest.raises(NotReady, match="nothing to measure on"):
        read_site(site.tenant, site.readers)
