"""Backup and restore: what was there comes back, sealed parts open with the same key only."""

import json
import sqlite3
import stat

import pytest
from sqlalchemy import text

from connector.administer import tombstones
from connector.administer.backup import backup, restore
from connector.administer.keys import make_keys, read_keys
from connector.administer.tombstones import KeptTombstone
from connector.clock import fixed
from connector.errors import BadInput, NotReady
from connector.store import database
from connector.store.erase import Tombstone
from connector.store.seal import Seal
from tests.integration.canonical import state_of
from tests.integration.person_under_test import id_of
from tests.integration.stating import LMS, said, voids


def test_a_restored_site_is_the_one_of_the_backup(engine, take_in, tmp_path):
    take_in(said(1), said(2, "ben"), voids(3, 1))
    before, file = state_of(engine), tmp_path / "kept.backup"
    size = backup(engine, file)
    take_in(said(4, "cem", about=9))
    assert state_of(engine) != before
    restore(engine, file)
    assert state_of(engine) == before
    assert size == file.stat().st_size
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    take_in(said(4, "cem", about=9))
    assert len(state_of(engine)["facts"]) == 4


def test_a_backup_never_overwrites_a_file(engine, tmp_path):
    file = tmp_path / "kept.backup"
    file.write_text("precious")
    with pytest.raises(BadInput, match="never overwritten"):
        backup(engine, file)
    assert file.read_text() == "precious"


def test_what_is_no_backup_is_refused_and_the_present_database_stays(engine, take_in, tmp_path):
    take_in(said(1))
    before = state_of(engine)
    (tmp_path / "other").write_text("not a backup at all")
    for name, sentence in (("other", "no backup of Onward"), ("missing", "There is no file")):
        with pytest.raises(BadInput, match=sentence):
            restore(engine, tmp_path / name)
    assert state_of(engine) == before


def test_another_programs_sqlite_file_is_refused(sqlite_url, tmp_path):
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE t (x)")
    other.close()
    engine = database.create_engine(sqlite_url)
    database.upgrade(engine)
    with pytest.raises(BadInput, match="not of Onward"):
        restore(engine, tmp_path / "other.db")
    engine.dispose()


def test_a_backup_of_a_newer_version_is_refused_and_the_present_database_stays(engine, take_in, tmp_path):
    take_in(said(1))
    present, file = database.newest_schema(), tmp_path / "newer"
    _call_the_schema(engine, "9999")
    backup(engine, file)
    _call_the_schema(engine, present)
    before = state_of(engine)
    with pytest.raises(NotReady, match="newer than this version"):
        restore(engine, file)
    assert database.schema_of(engine) == present
    assert state_of(engine) == before


def _call_the_schema(engine, revision):
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :new"), {"new": revision})


@pytest.mark.parametrize("database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_a_dump_of_another_program_is_refused(engine, tmp_path):
    file = tmp_path / "other"
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE alembic_version RENAME TO other_version"))
    backup(engine, file)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE other_version RENAME TO alembic_version"))
    with pytest.raises(BadInput, match="but not of Onward"):
        restore(engine, file)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_cannot_be_prepared_is_not_put_in_place(engine, take_in, tmp_path):
    take_in(said(1))
    backup(engine, tmp_path / "kept")
    take_in(said(2))
    before = state_of(engine)

    def fails(_restored):
        raise NotReady("the key is another one")

    with pytest.raises(NotReady, match="another one"):
        restore(engine, tmp_path / "kept", fails)
    assert state_of(engine) == before


def test_keys_sealed_with_another_secret_key_say_which_key_is_wanted(sessions, tenant, now):
    made = make_keys(sessions, tenant, Seal("k" * 40), fixed(now))
    assert made == ["identifier-hashing", "session", "LTI signing"]
    assert make_keys(sessions, tenant, Seal("k" * 40), fixed(now)) == []
    with sessions.begin() as session:
        assert len(read_keys(session, tenant, Seal("k" * 40)).hashing) == 32
        with pytest.raises(NotReady, match="sealed with another secret key: set ONWARD_SECRET_KEY"):
            read_keys(session, tenant, Seal("x" * 40))


# --- erasures since the backup ------------------------------------------------------------------------------------


@pytest.fixture
def ann_was_erased(connected, lrs, tmp_path):
    """A site whose backup still has ann, and that erased her since."""
    lrs.hold([said(1, "ann-4711") | {"id": str(id_of(1))}, said(2, "ben"), said(3, "ann-4711", about=2)])
    assert connected("sync").code == 0
    assert connected("backup", tmp_path / "old").code == 0
    erased = connected("learner", "erase", "-", "--yes", told=f"account:{LMS}|ann-4711\n")
    assert erased.code == 0, erased.err
    assert "2 of fact" in erased.out
    assert "ann" not in erased.out + erased.err
    return connected


def facts_of(onward) -> int:
    return json.loads(onward("status", "--json").out)["statements"]["seen"]


def without(environment, *names):
    """Empty some tables behind the program's back."""
    engine = database.create_engine(environment["DATABASE_URL"])
    with engine.begin() as connection:
        for name in names:
            connection.execute(text(f"DELETE FROM {name}"))
    engine.dispose()


def test_whoever_was_erased_since_a_backup_is_erased_in_it_before_anything_serves_it(
    ann_was_erased, tmp_path, environment
):
    assert facts_of(ann_was_erased) == 1
    restored = ann_was_erased("restore", tmp_path / "old", "--yes")
    assert restored.code == 0, restored.err
    assert "Erased again: 1 learners" in restored.out
    assert facts_of(ann_was_erased) == 1
    assert not (tmp_path / "old.tombstones").exists()
    if environment["DATABASE_URL"].startswith("sqlite"):
        held = b"".join(one.read_bytes() for one in tmp_path.glob("onward.db*"))
        assert b"SQLite format 3" in held
        assert id_of(1).bytes not in held
    without(environment, "source_cursor")
    assert ann_was_erased("sync").code == 0
    assert facts_of(ann_was_erased) == 1


def test_a_list_kept_apart_brings_erasures_to_a_database_that_knows_of_none(
    connected, lrs, tmp_path, monkeypatch, environment
):
    kept = tmp_path / "tombstones"
    monkeypatch.setenv("ONWARD_TOMBSTONES", str(kept))
    lrs.hold([said(1, "ann-4711"), said(2, "ben")])
    assert connected("sync").code == 0
    assert connected("backup", tmp_path / "old").code == 0
    assert connected("learner", "erase", f"account:{LMS}|ann-4711", "--yes").code == 0
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "ann" not in kept.read_text()
    without(environment, "erased_person")  # as if the disk was lost, and that of the list was not
    restored = connected("restore", tmp_path / "old", "--yes")
    assert "Erased again: 1 learners" in restored.out
    assert facts_of(connected) == 1


def test_a_restore_without_erasures_says_so(connected, tmp_path):
    assert connected("backup", tmp_path / "old").code == 0
    assert "No tombstones were there" in connected("restore", tmp_path / "old", "--yes").out


def test_a_list_is_exported_to_a_new_file_and_imported_again(ann_was_erased, tmp_path, environment):
    assert ann_was_erased("learner", "tombstones", "export", tmp_path / "list").code == 0
    assert "never overwritten" in ann_was_erased("learner", "tombstones", "export", tmp_path / "list").err
    without(environment, "erased_person", "source_cursor")
    assert ann_was_erased("sync").code == 0
    assert facts_of(ann_was_erased) == 3
    told = ann_was_erased("learner", "tombstones", "import", tmp_path / "list")
    assert "erased 1 learners" in told.out, told.err
    assert facts_of(ann_was_erased) == 1


def test_lists_of_other_keys_and_broken_lines_are_refused(onward, tmp_path):
    line = {"tenant": "site", "key": "0" * 16, "digest": "ab" * 32, "erased_at": "2026-11-22T12:00:00+00:00"}
    (tmp_path / "other").write_text(json.dumps(line) + "\n")
    assert "another hashing key" in onward("learner", "tombstones", "import", tmp_path / "other").err
    for broken in ("{", json.dumps(line | {"digest": "ab"}), json.dumps(line | {"erased_at": "2026-11-22"})):
        (tmp_path / "broken").write_text(json.dumps(line) + "\n" + broken)
        assert "Line 2 of" in onward("learner", "tombstones", "import", tmp_path / "broken").err


def test_a_line_that_broke_off_ends_before_the_next_one(tmp_path, now):
    kept = [KeptTombstone("site", "0" * 16, Tombstone(bytes([number]) * 32, now)) for number in range(3)]
    tombstones.append(tmp_path / "list", kept[:1])
    with (tmp_path / "list").open("a") as opened:
        opened.write('{"tenant": "si')
    tombstones.append(tmp_path / "list", kept[1:])
    with pytest.raises(BadInput, match="Line 2 of"):
        tombstones.read(tmp_path / "list")
    lines = (tmp_path / "list").read_text().splitlines()
    (tmp_path / "list").write_text("\n".join([lines[0], *lines[2:]]))
    assert tombstones.read(tmp_path / "list") == kept
