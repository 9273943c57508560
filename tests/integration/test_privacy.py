"""What is kept of one person, shown and handed out: complete, and nothing of anybody else."""

import csv
import json
import stat

import pytest
from sqlalchemy import select

from connector.domain import Identifier, IfiKind
from connector.errors import UnknownName
from connector.privacy import export, summary
from connector.statements.identity import sha1_of_mbox
from connector.store import tables
from tests.integration.person_under_test import (
    ANN,
    MAIL,
    desk_of,
    in_json,
    inhabited,
    of_ann,
    of_others,
    person_of,
    rows_of,
    unreadable,
)
from tests.integration.stating import LMS, said


@pytest.fixture
def ann(site, now):
    return inhabited(site, now, [*of_others(), *of_ann(), *unreadable()])


def test_every_row_that_refers_to_the_person_by_the_schema_itself_is_in_the_export(site, ann, now):
    told = export(desk_of(site, now), ANN)["kept"]
    scanned = rows_of(site, *person_of(site))
    assert {name: len(rows) for name, rows in told.items() if name != "quarantine"} == scanned
    assert set(scanned) == {
        "learner",
        "identity",
        "identity_link",
        "launch_claim",
        "fact",
        "slate",
        "event",
        "ignore_rule",
    }


def test_the_export_names_the_very_rows(site, ann, now):
    told = export(desk_of(site, now), ANN)["kept"]
    learner_ids, identity_ids = person_of(site)
    assert {one["number"] for one in told["learner"]} == learner_ids
    assert {one["number"] for one in told["identity"]} == identity_ids
    with site.readers.begin() as session:
        fact = tables.fact
        mine = set(session.scalars(select(fact.c.id).where(fact.c.identity_id.in_(identity_ids))))
    assert {one["number"] for one in told["fact"]} == mine


def test_a_fact_is_exported_with_what_was_done_to_what_when_and_what_it_means(site, ann, now):
    facts = export(desk_of(site, now), ANN)["kept"]["fact"]
    failed = next(one for one in facts if one["verb"].endswith("failed"))
    assert failed["source"] == "lrs"
    assert failed["item"] == f"{LMS}/course/view.php?id=2"
    assert failed["title"] == "Course 2"
    assert (failed["success"], failed["completion"], failed["score"]) == (False, None, 0.25)
    assert failed["means"] == "failed"
    by_meaning = summary(desk_of(site, now), ANN)["facts_by_meaning"]
    assert by_meaning["ignored: voided"] == 1
    assert by_meaning["ignored: group"] == 1


def test_a_page_is_exported_with_titles_and_what_was_seen(site, ann, now):
    slates = export(desk_of(site, now), ANN)["kept"]["slate"]
    assert [(card["title"], card["seen"]) for one in slates for card in one["cards"]] == [("Course 1", True)]


def test_no_digest_is_in_the_export(site, ann, now):
    told = in_json(export(desk_of(site, now), ANN))
    with site.readers.begin() as session:
        for row in session.execute(select(tables.identity)):
            for digest in (row.exact, row.folded, row.bare, row.sha1):
                assert digest is None or bytes(digest).hex() not in told
                assert digest is None or str(bytes(digest)) not in told


def test_nothing_of_others_is_in_the_export(site, ann, now):
    told = export(desk_of(site, now), ANN)
    assert "ben" not in in_json(told["kept"]["identity"])
    assert len(told["kept"]["quarantine"]) == 2
    assert "for ann-4711 only" not in in_json(told)
    assert told["quarantine_in_doubt"] == 2


@pytest.mark.parametrize(
    "by",
    [
        ANN,
        MAIL,
        Identifier(IfiKind.MBOX, MAIL.value.casefold()),
        sha1_of_mbox(Identifier(IfiKind.MBOX, MAIL.value.casefold())),
    ],
    ids=["account", "mailbox", "mailbox in lower case", "sum of the mailbox"],
)
def test_one_person_is_found_by_any_of_their_identifiers(site, ann, now, by):
    assert in_json(export(desk_of(site, now), by)["kept"]["fact"]) == in_json(
        export(desk_of(site, now), ANN)["kept"]["fact"]
    )


def test_somebody_whom_nobody_knows_is_refused_without_repeating_the_identifier(site, ann, now):
    with pytest.raises(UnknownName, match="Nobody with that identifier") as refused:
        summary(desk_of(site, now), Identifier(IfiKind.ACCOUNT, "zoe-1234", LMS))
    assert "zoe" not in str(refused.value)


# --- the command --------------------------------------------------------------------------------------------------


@pytest.fixture
def read(connected, lrs):
    lrs.hold([said(1, "ann-4711"), said(2, "ben")])
    assert connected("sync").code == 0
    return connected


def test_show_says_what_is_kept_and_never_who(read):
    shown = read("learner", "show", "-", told=f"account:{LMS}|ann-4711\n")
    assert shown.code == 0, shown.err
    assert "1 of fact" in shown.out
    assert "completed: 1" in shown.out
    assert "ann" not in shown.out + shown.err
    assert json.loads(read("learner", "show", f"account:{LMS}|ann-4711", "--json").out)["rows"]["fact"] == 1


def test_an_export_is_a_new_file_that_only_its_owner_reads(read, tmp_path):
    for name in ("ann.json", "ann.csv"):
        assert read("learner", "export", f"account:{LMS}|ann-4711", tmp_path / name).code == 0
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
        again = read("learner", "export", f"account:{LMS}|ann-4711", tmp_path / name)
        assert again.code == 1
        assert "nothing is overwritten" in again.err
    assert len(json.loads((tmp_path / "ann.json").read_text())["kept"]["fact"]) == 1
    with (tmp_path / "ann.csv").open() as opened:
        assert [line["title"] for line in csv.DictReader(opened)] == ["Course 1"]


def test_an_identifier_that_cannot_be_read_is_not_repeated(read):
    refused = read("learner", "show", "ann-4711@example.edu")
    assert refused.code == 1
    assert "ann-4711" not in refused.err
