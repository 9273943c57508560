"""The recipes over the whole stack: what L&D sets at the command line counts on the next page of a running process."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select

from connector.administer import recipes as use
from connector.administer.recipes import Change
from connector.administer.recommend import as_json as page_as_json
from connector.administer.recommend import visit_of
from connector.administer.site import open_site
from connector.catalog import import_catalog
from connector.catalog.files import as_json
from connector.clock import fixed
from connector.domain import Audience, Identifier, IfiKind, PlatformId
from connector.errors import BadInput, UnknownName
from connector.recipes.default_book import DEFAULT_TEXT
from connector.serve import Serve, Shelves
from connector.statements.identity import hash_identifier
from connector.store import items, learners, recipes, tables
from tests.integration import site_under_test
from tests.integration.site_under_test import HOST, page_of, synced, trained
from tests.integration.stating import LMS, course_iri, said
from tests.integration.test_invariants import tastes

ANN = Identifier(IfiKind.ACCOUNT, "ann", LMS)
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
EXCLUDE = '\n[[exclude]]\nname = "Never from Vendor Y"\nwhen = \'provider == "Vendor Y"\'\n'
BOOST = '\n[[boost]]\nname = "Short first"\nwhen = "minutes <= 30"\nfactor = 4\n'
PIN = f'\n[[pins]]\nitem = "{course_iri(9)}"\nfrom = 2026-11-22T12:00:00\nuntil = 2026-11-22T12:30:00\n'


def fill(site, now, tmp_path):
    """Three tastes, and ann of the first; of what she could do, course 3 is Vendor Y's and course 2 is short."""
    synced(site, [*tastes(), said(1000, "ann", about=0), said(1001, "ann", about=1)], now, page_size=500)
    said_of = [{"iri": course_iri(3), "provider": "Vendor Y"}, {"iri": course_iri(2), "minutes": 20}]
    file = tmp_path / "catalogue.json"
    file.write_text(as_json(said_of))
    assert not import_catalog(file, site.tenant, site.sessions, fixed(now)).refused
    trained(site, now)


class Web:
    """A web process that runs all the time, and what ann sees of it."""

    def __init__(self, site, now):
        self.now, self.site = now, site
        self.serve = Serve(site.readers, self.clock, HOST, timedelta(hours=1), Shelves())
        with site.readers.begin() as session:
            ann = learners.by_identity(session, site.tenant, hash_identifier(site.keys.hashing, ANN))
        self.visit = visit_of(site, ann, PlatformId(0), now)

    def clock(self):
        return self.now

    def page(self):
        return page_as_json(self.serve.page(self.visit))

    def rows(self):
        """The numbers of the courses in each Row."""
        return {row["kind"]: [number_of(card["iri"]) for card in row["cards"]] for row in self.page()["rows"]}

    def shown(self):
        return {number for numbers in self.rows().values() for number in numbers}

    def why_not(self, number):
        iri = course_iri(number)
        with self.site.readers.begin() as session:
            item = items.numbers(session, self.site.tenant, [iri])[iri]
        return self.serve.why_not(self.visit, item), self.serve.rule_against(self.visit, item)


def number_of(iri):
    return int(iri.rpartition("=")[2])


@pytest.fixture
def academy(onward, environment, now, tmp_path):
    """The command line, and a running web process of the same site."""
    site = open_site(environment["DATABASE_URL"], Path(environment["KEY_FILE"]).read_text().strip())
    fill(site, now, tmp_path)
    yield onward, Web(site, now)
    site.engine.dispose()


def book(tmp_path, *parts, name="book.toml"):
    file = tmp_path / name
    file.write_text(DEFAULT_TEXT + "".join(parts))
    return file


# --- the story of L&D ----------------------------------------------------------------------------------------------


@ONE_DATABASE
def test_what_l_and_d_sets_counts_at_the_next_page_and_a_rollback_gives_the_page_back(academy, tmp_path):
    onward, web = academy
    before = web.page()
    assert {3, 2} <= web.shown()

    assert onward("recipes", "set", book(tmp_path, EXCLUDE), "--note", "contract ended").code == 0
    assert 3 not in web.shown()
    assert web.why_not(3) == ("excluded", "Never from Vendor Y")

    was = position(web, 2)
    assert onward("recipes", "set", book(tmp_path, EXCLUDE, BOOST)).code == 0
    assert position(web, 2) == 0 < was
    card = web.page()["rows"][0]["cards"][0]
    boosts = [part["value"] for part in card["parts"] if part["source"] == "boost:Short first"]
    assert boosts == [pytest.approx(card["score"] * 3 / 4)]

    assert onward("recipes", "set", book(tmp_path, EXCLUDE, BOOST, PIN)).code == 0
    assert web.rows()["curated"] == [9]
    assert onward("item", "block", course_iri(9)).code == 0
    assert 9 not in web.shown()
    assert onward("item", "unblock", course_iri(9)).code == 0
    web.now += timedelta(minutes=29, seconds=59)
    assert web.rows()["curated"] == [9]
    web.now += timedelta(seconds=1)
    assert "curated" not in web.rows()
    web.now -= timedelta(minutes=30)

    kill = DEFAULT_TEXT.replace("curated_only = false", "curated_only = true ") + PIN
    (tmp_path / "kill.toml").write_text(kill)
    assert onward("recipes", "set", tmp_path / "kill.toml", "--by", "the academy").code == 0
    assert web.rows() == {"curated": [9]}

    assert onward("recipes", "rollback").code == 0
    assert web.rows()["curated"] == [9]
    assert len(web.rows()) > 1
    assert onward("recipes", "rollback", "0").code == 0
    assert web.page() == before
    assert [line["version"] for line in json.loads(onward("recipes", "list", "--json").out)] == [6, 5, 4, 3, 2, 1, 0]


def position(web, number):
    return web.rows()["because"].index(number)


@ONE_DATABASE
def test_the_commands_say_in_words_what_counts_what_differs_and_who_did_it(academy, tmp_path):
    onward, _ = academy
    assert "Because you completed …: on." in onward("recipes", "show").out
    assert onward("recipes", "diff").out == "Nothing differs.\n"
    onward("recipes", "set", book(tmp_path, EXCLUDE), "--by", "the academy", "--note", "contract ended")
    assert "Every row: never items from Vendor Y." in onward("recipes", "show").out
    differs = onward("recipes", "diff").out
    assert "+Every row: never items from Vendor Y.\n" in differs
    assert '+name = "Never from Vendor Y"\n' in differs
    assert onward("recipes", "diff", "1", "1").out == "Nothing differs.\n"
    newest = json.loads(onward("recipes", "list", "--json").out)[0]
    assert (newest["state"], newest["by"], newest["note"]) == ("served", "the academy", "contract ended")
    told = onward("recipes", "show", "7")
    assert (told.code, "no version 7 of the recipes. Set were: 1; 0 is" in told.err) == (1, True)


@ONE_DATABASE
def test_a_file_with_mistakes_changes_nothing_and_each_is_told(academy, tmp_path):
    onward, web = academy
    before = web.page()
    wrong = book(tmp_path, '\n[[boost]]\nwhen = "minuts <= 30"\nfactor = 40\n')
    for verb in ("check", "set", "import"):
        told = onward("recipes", verb, wrong)
        assert told.code == 1
        assert "boost 1, when: line 1, column 1: there is no `minuts`. Did you mean `minutes`?" in told.err
        assert "boost 1, factor: a number from 1 to 10 is wanted, not 40." in told.err
    assert onward("recipes", "check", tmp_path / "missing.toml").code == 1
    assert web.page() == before
    assert "book.toml can be used." in onward("recipes", "check", book(tmp_path, BOOST)).out
    assert len(json.loads(onward("recipes", "list", "--json").out)) == 1


@ONE_DATABASE
def test_a_pin_of_nothing_known_is_refused_but_for_an_import(academy, tmp_path):
    onward, web = academy
    file = book(tmp_path, f'\n[[pins]]\nitem = "{course_iri(777)}"\n')
    refused = onward("recipes", "set", file)
    assert (refused.code, "id=777', which a pin names" in refused.err) == (1, True)
    taken = onward("recipes", "import", file)
    assert (taken.code, "its pin shows nothing until the catalogue has it" in taken.err) == (0, True)
    assert "curated" not in web.rows()


@ONE_DATABASE
def test_an_export_is_the_file_that_was_set_to_the_byte_and_never_overwrites_one(academy, tmp_path):
    onward, _ = academy
    file = book(tmp_path, "# Käse\n", BOOST)
    onward("recipes", "set", file)
    assert onward("recipes", "export", tmp_path / "out.toml").code == 0
    assert (tmp_path / "out.toml").read_bytes() == file.read_bytes()
    assert "is there already" in onward("recipes", "export", tmp_path / "out.toml").err
    onward("recipes", "export", tmp_path / "first.toml", "--version", "0")
    assert (tmp_path / "first.toml").read_text() == DEFAULT_TEXT


# --- on both databases ---------------------------------------------------------------------------------------------


def test_a_book_of_another_site_makes_the_same_pages_there(engine, now, tmp_path):
    """Two Tenants with the same records: one sets a book, the other imports what the first exported."""
    here, there = (site_under_test.open_site(engine, now, name) for name in ("site", "factory"))
    for site in (here, there):
        fill(site, now, tmp_path)
    plain = page_of(there, "ann", now)
    use.set_book(book(tmp_path, EXCLUDE, BOOST, PIN), here.tenant, here.sessions, fixed(now))
    assert page_of(there, "ann", now) == plain
    use.export_book(tmp_path / "out.toml", here.tenant, here.readers)
    made = use.import_book(tmp_path / "out.toml", there.tenant, there.sessions, fixed(now))
    assert (made.version, made.unknown) == (1, ())
    assert json.dumps(page_of(there, "ann", now)) == json.dumps(page_of(here, "ann", now))
    assert page_of(there, "ann", now) != plain
    assert use.shown(there.tenant, there.readers).text == use.shown(here.tenant, here.readers).text


def test_each_change_is_a_version_and_an_audit_line_and_a_rollback_is_a_change(site, now, tmp_path):
    change = Change("the academy", "contract ended")
    use.set_book(book(tmp_path, EXCLUDE), site.tenant, site.sessions, fixed(now), change)
    use.set_book(book(tmp_path), site.tenant, site.sessions, fixed(now))
    assert use.rollback(site.tenant, site.sessions, fixed(now)).version == 3
    with site.readers.begin() as session:
        assert recipes.document(session, site.tenant, 3) == recipes.document(session, site.tenant, 1)
        audit = tables.audit
        lines = session.execute(select(audit.c.code, audit.c.detail).where(audit.c.kind == "recipes_changed")).all()
    assert [line.code for line in lines] == ["set", "set", "rolled_back"]
    assert lines[0].detail == {"version": 1, "by": "the academy", "note": "contract ended"}
    assert lines[2].detail == {"version": 3, "by": "command line", "note": "back to version 1", "of": 1}


def test_there_is_nothing_to_go_back_from_before_the_first_set_and_no_way_to_a_version_that_never_was(
    site, now, tmp_path
):
    with pytest.raises(UnknownName, match="no recipes were ever set"):
        use.rollback(site.tenant, site.sessions, fixed(now))
    use.set_book(book(tmp_path), site.tenant, site.sessions, fixed(now))
    with pytest.raises(UnknownName, match=r"no version 5 of the recipes\. Set were: 1; 0"):
        use.rollback(site.tenant, site.sessions, fixed(now), 5)
    with pytest.raises(BadInput, match="one line of at most"):
        use.set_book(book(tmp_path), site.tenant, site.sessions, fixed(now), Change(note="two\nlines"))


def test_a_page_asks_once_for_its_recipes_and_reads_a_version_once(site, now, tmp_path):
    fill(site, now, tmp_path)
    web = Web(site, now)
    asked = []

    @event.listens_for(site.engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, *_):
        if "recipe_book" in statement:
            asked.append("document" in statement)

    web.page()
    assert asked == [False]
    use.set_book(book(tmp_path, BOOST), site.tenant, site.sessions, fixed(now))
    asked.clear()
    web.page()
    web.page()
    assert asked == [False, True]


def test_a_book_that_this_version_cannot_read_shows_nothing_and_breaks_nothing(site, now, tmp_path):
    fill(site, now, tmp_path)
    with site.sessions.begin() as session:
        recipes.add(session, site.tenant, "format = 99", made_by="", note="", now=now)
    assert page_of(site, "ann", now)["rows"] == []


def test_two_audiences_have_different_rows(site, now, tmp_path):
    fill(site, now, tmp_path)
    rows = '\n[[rows]]\nkind = "popular"\naudience = \'viewer.role == "instructor"\'\n[[rows]]\nkind = "because"\n'
    file = tmp_path / "rows.toml"
    file.write_text(rows)
    use.set_book(file, site.tenant, site.sessions, fixed(now))
    web = Web(site, now)
    assert set(web.rows()) == {"because"}
    web.visit = replace(web.visit, audience=Audience.INSTRUCTOR)
    assert set(web.rows()) == {"popular"}
