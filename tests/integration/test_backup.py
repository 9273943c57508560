"""Backup and restore: what was there comes back, sealed parts open with the same key only."""

import sqlite3
import stat

import pytest
from sqlalchemy import text

from connector.administer.backup import backup, restore
from connector.administer.keys import make_keys, read_keys
from connector.clock import fixed
from connector.errors import BadInput, NotReady
from connector.store import database
from connector.store.seal import Seal
from tests.integration.canonical import state_of
from tests.integration.stating import said, voids


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


def test_a_backup_of_a_newer_version_is_refused_and_the_present_database_stays(sqlite_url, tmp_path):
    engine = database.create_engine(sqlite_url)
    database.upgrade(engine)
    file = tmp_path / "newer"
    backup(engine, file)
    newer = database.create_engine(f"sqlite:///{file}")
    with newer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    newer.dispose()
    with pytest.raises(NotReady, match="newer than this version"):
        restore(engine, file)
    assert database.schema_of(engine) == database.newest_schema()
    engine.dispose()


def test_keys_sealed_with_another_secret_key_say_which_key_is_wanted(sessions, tenant, now):
    made = make_keys(sessions, tenant, Seal("k" * 40), fixed(now))
    assert made == ["identifier-hashing", "session", "LTI signing"]
    assert make_keys(sessions, tenant, Seal("k" * 40), fixed(now)) == []
    with sessions.begin() as session:
        assert len(read_keys(session, tenant, Seal("k" * 40)).hashing) == 32
        with pytest.raises(NotReady, match="sealed with another secret key: set ONWARD_SECRET_KEY"):
            read_keys(session, tenant, Seal("x" * 40))
