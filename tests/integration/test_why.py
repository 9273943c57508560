"""`onward why` over the whole stack: every item of the catalogue has an answer, and sensitive ones are not named."""

import json
import math
from pathlib import Path

import pytest
from sqlalchemy import select

from connector.administer.site import open_site
from connector.catalog import import_catalog
from connector.catalog.files import as_json
from connector.clock import fixed
from connector.recipes.default_book import DEFAULT_TEXT
from connector.store import tables
from tests.integration.site_under_test import synced, trained
from tests.integration.stating import LMS, course_iri, said
from tests.integration.test_invariants import tastes

ANN = f"account:{LMS}|ann"
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
pytestmark = ONE_DATABASE


@pytest.fixture
def taught(onward, environment, now, tmp_path):
    """Three tastes, and ann of the first; course 50 was never done by anybody, 51 is blocked, 52 has no link."""
    site = open_site(environment["DATABASE_URL"], Path(environment["KEY_FILE"]).read_text().strip())
    synced(site, [*tastes(), said(1000, "ann", about=0), said(1001, "ann", about=1)], now, page_size=500)
    rows = [
        {"iri": course_iri(50), "title": "Beekeeping for beginners", "url": course_iri(50)},
        {"iri": course_iri(51), "title": "Blocked", "url": course_iri(51), "status": "blocked"},
        {"iri": "urn:52", "title": "Nowhere to go"},
    ]
    (tmp_path / "c.json").write_text(as_json(rows))
    assert not import_catalog(tmp_path / "c.json", site.tenant, site.sessions, fixed(now)).refused
    trained(site, now)
    yield site
    site.engine.dispose()


@pytest.fixture
def why(onward, taught):
    def ask(*words):
        answer = onward("why", ANN, *words, "--json")
        assert answer.code == 0, answer.err
        return json.loads(answer.out)

    return ask


def because(onward):
    """The first Row that names what ann completed."""
    rows = json.loads(onward("recommend", "--learner", ANN, "--json").out)["rows"]
    return next(row for row in rows if row["kind"] == "because")


def test_what_is_on_the_page_has_its_row_its_sentence_its_numbers_and_parts_that_sum(why, onward):
    row = because(onward)
    card = row["cards"][0]
    told = why(card["iri"])
    assert (told["on_page"], told["kind"], told["place"]) == (True, "because", 1)
    assert told["heading"] == f"Because you completed {row['anchor']}"
    assert (told["number"], told["base"]) == (card["number"], card["base"])
    assert told["score"] == pytest.approx(card["score"], rel=1e-3)  # a moment later
    assert f"{told['number']} of the {told['base']} people who completed {row['anchor']}" in told["sentence"]
    assert (told["k"], told["model"]) == (5, 1)
    assert math.fsum(part["value"] for part in told["parts"]) == pytest.approx(told["score"], rel=1e-8)
    words = onward("why", ANN, card["iri"]).out
    assert told["sentence"] in words
    assert all(part["name"] in words for part in told["parts"])


def test_what_is_not_has_one_cause_and_what_to_do_about_it(why, onward):
    assert why("Blocked")["remedy"] == f"`onward item unblock {course_iri(51)}` shows it again."
    assert why("urn:52")["ground"] == "no_url"
    assert why("beekeeping")["ground"] == "not_a_neighbour"
    assert why(course_iri(0))["sentence"] == "The learner has completed it, and the completion still holds."
    first, then = onward("why", ANN, "Blocked").out.splitlines()
    assert first == "Blocked is not on the page. It is blocked by hand."
    assert then == f"  → `onward item unblock {course_iri(51)}` shows it again."


def test_all_explains_every_item_of_the_catalogue_and_counts_add_up(why, onward, taught):
    told = why("--all")
    with taught.readers.begin() as session:
        known = set(session.scalars(select(tables.item.c.iri)))
    assert {line["iri"] for line in told["items"]} == known
    assert sum(told["counts"].values()) == len(known) == 21
    assert {"on_the_page", "done", "blocked", "no_url", "not_a_neighbour"} <= set(told["counts"])
    assert onward("why", ANN, "--all").out.endswith("     21  in all\n")


def test_an_item_is_found_by_its_title_or_words_of_it_and_a_wrong_name_names_what_is_near(onward, taught):
    assert "Beekeeping for beginners" in onward("why", ANN, "BEEKEEPING FOR BEGINNERS").out
    assert "Beekeeping for beginners" in onward("why", ANN, "beginners").out
    unknown = onward("why", ANN, "Beekeping for begin")
    assert (unknown.code, unknown.out) == (1, "")
    assert "Near: 'Beekeeping for beginners'." in unknown.err
    several = onward("why", ANN, "Course")
    assert several.code == 1
    assert "could be 'Course 0' (" in several.err
    assert "and 15 more: say which by its IRI." in several.err


def test_an_item_or_all_has_to_be_asked_for_and_the_learner_has_to_be_known(onward, taught):
    assert onward("why", ANN).code == 2
    assert onward("why", ANN, "Blocked", "--all").code == 2
    assert "Nobody with that identifier" in onward("why", f"account:{LMS}|nobody", "Blocked").err
    assert onward("why", "-", "Blocked", told=f"{ANN}\n").code == 0


def test_the_course_of_the_launch_and_the_language_count(why, onward):
    words = {"issuer": LMS, "client-id": "x", "auth-url": f"{LMS}/a", "token-url": f"{LMS}/t", "jwks-url": f"{LMS}/k"}
    options = [part for name, value in words.items() for part in (f"--{name}", value)]
    added = onward("platform", "add", "lms", *options)
    assert added.code == 0, added.err
    iri = because(onward)["cards"][0]["iri"]
    assert why(iri, "--course", iri.rpartition("=")[2])["ground"] == "current_course"
    assert why(iri, "--language", "de")["heading"].startswith("Weil Sie ")


def test_a_rule_is_named(why, onward, tmp_path):
    rule = '\n[[exclude]]\nname = "Nothing about bees"\nwhen = \'title contains "beekeeping"\'\n'
    (tmp_path / "book.toml").write_text(DEFAULT_TEXT + rule)
    answer = onward("recipes", "set", tmp_path / "book.toml")
    assert answer.code == 0, answer.err
    told = why("beekeeping")
    assert (told["ground"], told["rule"]) == ("excluded", "Nothing about bees")
    assert told["sentence"] == "A rule of the recipes excludes it from every row: Nothing about bees."


# --- sensitive items ------------------------------------------------------------------------------------------------


def test_a_sensitive_item_is_no_reason_from_the_next_request_on_and_is_audited(why, onward, taught):
    iris = [line["iri"] for line in why("--all")["items"] if line["ground"] == "on_the_page"]
    assert onward("item", "sensitive", course_iri(0), "on").code == 0
    assert because(onward)["anchor"] == "Course 1"
    told = [why(iri) for iri in iris] + [onward("why", ANN, iri).out for iri in iris]
    assert "Course 0" not in json.dumps(told)
    assert onward("item", "sensitive", course_iri(1), "on").code == 0
    assert "because" not in {why(iri).get("kind") for iri in iris}
    assert onward("item", "sensitive", course_iri(0), "off").code == 0
    assert because(onward)["anchor"] == "Course 0"
    with taught.readers.begin() as session:
        audit = tables.audit
        lines = session.execute(select(audit.c.code, audit.c.detail).where(audit.c.kind == "item_changed")).all()
    assert [(line.code, line.detail) for line in lines] == [
        ("sensitive", {"iri": course_iri(0)}),
        ("sensitive", {"iri": course_iri(1)}),
        ("not_sensitive", {"iri": course_iri(0)}),
    ]
    assert onward("item", "sensitive", "urn:nothing", "on").code == 1


def test_another_run_that_is_sensitive_is_not_named(why, onward):
    assert onward("items", "families", "join", course_iri(0), course_iri(50)).code == 0
    assert "Course 0" in why("beekeeping")["sentence"]
    assert onward("item", "sensitive", course_iri(0), "on").code == 0
    told = why("beekeeping")["sentence"]
    assert told == "The learner has completed another one of its family: another item, which is sensitive."
