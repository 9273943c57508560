"""The whole path: 200 Statements and a catalogue in, the pages of three learners out, to the letter.

``ONWARD_REWRITE_GOLDEN=1`` writes the pages anew; look at the difference before you keep it.
"""

import json
import os
from pathlib import Path

import pytest

from connector import catalog
from connector.clock import fixed
from tests.golden.make_statements import catalogue, statements
from tests.integration.site_under_test import open_site, page_of, synced, told, trained

HERE = Path(__file__).parent
LEARNERS = ("ada", "ben", "zoe")
REWRITE = "ONWARD_REWRITE_GOLDEN"


@pytest.fixture
def site(engine, now):
    """The site after everything was read, described and learned."""
    held = [json.loads(line) for line in (HERE / "statements.ndjson").read_text().splitlines()]
    one = open_site(engine, now)
    synced(one, held, now, page_size=30)
    catalog.import_catalog(HERE / "catalogue.csv", one.tenant, one.sessions, fixed(now))
    trained(one, now)
    return one


def test_the_pages_of_three_learners_are_those_that_were_kept(site, now):
    pages = {name: page_of(site, name, now) for name in LEARNERS}
    written = json.dumps(pages, indent=1, ensure_ascii=False) + "\n"
    if os.environ.get(REWRITE):
        (HERE / "pages.json").write_text(written)
    assert written == (HERE / "pages.json").read_text()


def test_the_account_of_the_200_statements_is_the_one_worked_out_by_hand(site, now):
    """Ignored: voiding, unknown verb, terminated, enrolled counts, the LMS itself, and two Groups."""
    counted = told(site, now)
    assert counted["statements"] == {"seen": 200, "kept": 193, "ignored": 6, "quarantined": 0, "voided": 1}
    assert (counted["items"], counted["learners"]) == (18, 41)


def test_the_kept_pages_show_what_this_product_is_for():
    """Without a database: the pages themselves keep the promises, whoever wrote them anew."""
    pages = json.loads((HERE / "pages.json").read_text())
    because = {
        row["anchor"]: [card["title"] for card in row["cards"]]
        for row in pages["ada"]["rows"]
        if row["kind"] == "because"
    }
    baking = {"Rye Bread", "Ovens", "Flour"}
    assert because
    assert set(because) <= {"Sourdough", "Puff Pastry"}
    assert {title for titles in because.values() for title in titles} == baking
    assert "Yeast" not in (HERE / "pages.json").read_text()
    assert pages["ada"]["rows"][1]["kind"] == "continue"
    assert [card["progress"] for card in pages["ada"]["rows"][1]["cards"]] == [40]
    assert pages["zoe"]["state"] == "newcomer"


def test_the_committed_files_are_those_that_the_script_writes():
    held = [json.loads(line) for line in (HERE / "statements.ndjson").read_text().splitlines()]
    assert held == statements()
    assert (HERE / "catalogue.csv").read_text().splitlines() == [",".join(entry) for entry in catalogue()]
