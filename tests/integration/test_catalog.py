"""Catalogue files into the database and out again, and by the command line."""

import json
import time
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from sqlalchemy import select

from connector.catalog import export_catalog, import_catalog, set_status
from connector.catalog.export import Format
from connector.catalog.files import as_json
from connector.catalog.showing import show
from connector.clock import fixed
from connector.domain import ItemStatus
from connector.store import items, tables
from tests.integration.site_under_test import open_site, synced
from tests.integration.stating import LMS, course, course_iri, said
from tests.unit.connector.test_catalog_files import catalogues, lines

LATER = timedelta(hours=1)


def taken(site, tmp_path, now, *rows):
    """Import rows as a JSON file."""
    file = tmp_path / "taken.json"
    file.write_text(as_json(rows))
    report = import_catalog(file, site.tenant, site.sessions, fixed(now))
    assert not report.refused, report.refused
    return report


def everything(site):
    """Each row of Items and texts, times of day too."""
    with site.readers.begin() as session:
        return [
            sorted(map(tuple, session.execute(select(table).where(table.c.tenant_id == site.tenant))), key=str)
            for table in (tables.item, tables.item_text)
        ]


def exported(site, file, **how):
    export_catalog(file, Format.JSON, site.tenant, site.readers, **how)
    return json.loads(file.read_text())


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=catalogues)
def test_an_export_that_is_imported_again_changes_nothing(site, now, tmp_path, told):
    taken(site, tmp_path, now, *(line for entry in told for line in lines(entry)))
    before = everything(site)
    for kind in Format:
        file = tmp_path / f"{now.timestamp()}.{kind}"
        export_catalog(file, kind, site.tenant, site.readers)
        report = import_catalog(file, site.tenant, site.sessions, fixed(now + LATER))
        file.unlink()
        assert (report.refused, report.notes, report.joined) == ((), (), 0)
        assert (report.changes.new, report.changes.changed, report.changes.replaced) == (0, 0, 0)
    assert everything(site) == before


def test_2000_courses_are_taken_in_within_seconds_and_batches_are_told(site, now, tmp_path):
    file, heard = tmp_path / "c.csv", []
    header = "iri,title,language,minutes,topics,summary\n"
    file.write_text(header + "".join(f"{course_iri(n)},Course {n},en,{n},a|b,Words\n" for n in range(1, 2001)))
    began = time.process_time()
    report = import_catalog(file, site.tenant, site.sessions, fixed(now), lambda *done: heard.append(done))
    assert time.process_time() - began < 10
    assert (report.taken, report.changes.new, report.without_url) == (2000, 2000, 2000)
    assert heard == [(500, 2000), (1000, 2000), (1500, 2000), (2000, 2000)]
    again = import_catalog(file, site.tenant, site.sessions, fixed(now + LATER))
    assert (again.changes.new, again.changes.changed) == (0, 0)


# --- who wins --------------------------------------------------------------------------------------------------------


def test_the_catalogue_beats_statements_and_of_two_catalogues_the_newer_stands(site, now, tmp_path):
    about = [said(1, object=course(4, "From a statement")), said(2, object=course(4, "Aus der LRS", "de"))]
    synced(site, about, now)
    row = {"iri": course_iri(4), "language": "en"}
    first = taken(site, tmp_path, now, row | {"title": "From the first file"})
    assert (first.changes.new, first.changes.changed, first.changes.replaced) == (0, 1, 1)
    second = taken(site, tmp_path, now + LATER, row | {"title": "A newer file"})
    assert (second.changes.changed, second.changes.replaced) == (1, 1)
    synced(site, [*about, said(9999, object=course(4, "A newer statement"))], now + 2 * LATER)
    shown = show(course_iri(4), site.tenant, site.readers, now)
    assert [(text["language"], text["title"], text["from"], text["chosen"]) for text in shown["texts"]] == [
        ("de", "Aus der LRS", "statements", False),
        ("en", "A newer file", "catalogue", True),
    ]
    assert shown["fields"]["catalog_at"] == (now + LATER).isoformat()


def test_an_export_has_what_statements_brought_only_when_that_is_wanted(site, now, tmp_path):
    synced(site, [said(1, object=course(4, "From a statement"))], now)
    assert exported(site, tmp_path / "a.json") == []
    (line,) = exported(site, tmp_path / "b.json", with_statements=True)
    assert (line["iri"], line["title"], line["language"]) == (course_iri(4), "From a statement", "en")
    assert (line["status"], line["visible"], line["enrolable"]) == ("shown", True, True)


def test_a_dash_empties_a_field_and_an_empty_cell_leaves_it(site, now, tmp_path):
    row = {"iri": course_iri(4), "level": "easy", "ends_at": "2027-01-01", "audience": ["role:learner"]}
    taken(site, tmp_path, now, row)
    taken(site, tmp_path, now, {"iri": course_iri(4), "level": "", "ends_at": "-", "audience": []})
    fields = show(course_iri(4), site.tenant, site.readers, now)["fields"]
    assert (fields["level"], fields["ends_at"], fields["audience"]) == ("easy", None, [])
    with site.readers.begin() as session:
        assert items.standings(session, site.tenant, now).rows == {}  # emptied is as if it had never been said


def test_codes_join_families_and_keep_them_apart(site, now, tmp_path):
    def families():
        with site.readers.begin() as session:
            return {item.iri[-1]: item.family for item in items.all_of(session, site.tenant).values()}

    rows = [{"iri": course_iri(n), "family": code} for n, code in ((1, "x"), (2, "x"), (3, "y"), (4, ""))]
    assert taken(site, tmp_path, now, *rows).joined == 3
    one = families()
    assert one["1"] == one["2"]
    assert len({one["1"], one["3"], one["4"]}) == 3
    assert taken(site, tmp_path, now, *rows).joined == 0
    rows[1]["family"] = "y"
    taken(site, tmp_path, now, *rows)
    two = families()
    assert two["2"] == two["3"] != two["1"]


def test_tenants_do_not_see_each_others_catalogue(site, engine, now, tmp_path):
    taken(site, tmp_path, now, {"iri": course_iri(4), "title": "Ours"})
    assert exported(open_site(engine, now, "other"), tmp_path / "other.json", with_statements=True) == []


def test_blocking_goes_by_any_spelling(site, now, tmp_path):
    taken(site, tmp_path, now, {"iri": course_iri(4)})
    set_status(course_iri(4).replace("https", "http"), ItemStatus.BLOCKED, site.tenant, site.sessions)
    assert (
        show(course_iri(4), site.tenant, site.readers, now)["now"]
        == "not recommended: blocked by hand; it has no title"
    )


# --- the command line ------------------------------------------------------------------------------------------------


def test_the_commands_take_a_catalogue_in_show_it_and_write_it_out(onward, tmp_path):
    (tmp_path / "c.csv").write_text(f"iri;title;language;ends_at;ttl\n{LMS}/a;Data;en;2001-01-01;x\n")
    answer = onward("catalog", "import", "c.csv")
    assert (answer.code, "1 new, 0 changed, 0 titles replaced." in answer.out) == (0, True)
    assert "columns that mean nothing here: ttl" in answer.err
    shown = onward("catalog", "show", f"{LMS}/a").out
    assert "now: not recommended: it has ended" in shown
    assert "catalogue" in shown
    assert json.loads(onward("catalog", "show", f"{LMS}/a", "--json").out)["fields"]["ends_at"][:10] == "2001-01-02"
    assert onward("catalog", "export", "out.csv").out == "Wrote 1 items to out.csv.\n"
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbfiri,url,title")
    assert "0 new, 0 changed" in onward("catalog", "import", "out.csv").out
    again = onward("catalog", "export", "out.csv")
    assert (again.code, "exists" in again.err) == (1, True)
    assert onward("catalog", "export", "plain", "--format", "json").code == 0
    assert json.loads((tmp_path / "plain").read_text())[0]["title"] == "Data"
    unknown = onward("catalog", "show", f"{LMS}/b")
    assert (unknown.code, "No item has the IRI" in unknown.err) == (1, True)


def test_progress_of_a_long_file_and_the_first_fifty_of_many_bad_lines_are_told(onward, tmp_path):
    (tmp_path / "c.csv").write_text("iri\n" + "none\n" * 60 + "".join(f"urn:x:{n}\n" for n in range(501)))
    answer = onward("catalog", "import", "c.csv")
    assert answer.err.splitlines()[0] == "500 of 501 items"
    told = [line for line in answer.err.splitlines() if "no absolute IRI" in line]
    assert (answer.code, len(told), "… and 10 more." in answer.err) == (1, 50, True)
