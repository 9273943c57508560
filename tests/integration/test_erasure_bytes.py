"""Erasure: no byte of a person is left in files, dumps and logs."""

import json
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, select, text

from connector.privacy import erase
from connector.store import erase as erasing
from connector.store import events, tables
from connector.store.scrub import rewrite
from tests.integration.person_under_test import (
    ANN,
    CLEAR,
    MAIL,
    desk_of,
    files_of_sqlite,
    found_in,
    hashed,
    inhabited,
    of_ann,
    of_others,
    read_again,
    unreadable,
)
from tests.integration.site_under_test import page_of, trained


@pytest.fixture
def told():
    return [*of_others(), *of_ann(), *unreadable()]


@pytest.fixture
def ann(site, now, told):
    return inhabited(site, now, told)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_byte_is_left_in_the_files_of_sqlite(site, engine, ann, now, told):
    reader = engine.connect()  # another process's connection, idle in the pool
    reader.exec_driver_sql("SELECT count(*) FROM fact").all()
    reader.close()
    assert {name for name in found_in(*files_of_sqlite(site)) if "words" not in name and "hex" not in name} >= {
        "statement 1",
        "bare account",
        "bare mailbox",
        "claim",
        "profile",
    }
    done = erase(desk_of(site, now), ANN)
    assert done.remains == ""
    assert found_in(*files_of_sqlite(site)) == []
    read_again(site, [one for one in told if "verb" in one and one["verb"]["id"].endswith("completed")], now)
    assert [name for name in found_in(*files_of_sqlite(site)) if "words" not in name] == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_byte_is_left_of_what_was_deleted_long_before(site, ann, now):
    """Rows that went by a retention left whole pages that nobody uses: writing the file anew takes those."""
    large = {"detail": f"{ANN.value} " * 2_000}
    with site.sessions.begin() as session:
        events.audit(session, site.tenant, "large", "", large, now)
    with site.sessions.begin() as session:
        session.connection().exec_driver_sql("PRAGMA secure_delete=OFF")  # as most builds of SQLite are, not Debian's
        session.execute(tables.audit.delete().where(tables.audit.c.kind == "large"))
    assert "ann-4711 in clear" in found_in(*files_of_sqlite(site))
    erase(desk_of(site, now), ANN)
    assert found_in(*files_of_sqlite(site)) == []


@pytest.mark.parametrize("database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_no_byte_is_left_in_a_dump_of_postgresql_nor_in_its_files_once_they_are_rewritten(site, engine, ann, now):
    assert {"statement 1 in words", "bare account in hex", "claim in hex", "profile"} <= set(found_in(_dump(engine)))
    assert erase(desk_of(site, now), ANN).remains == ""
    assert found_in(_dump(engine)) == []
    assert "statement 1" in found_in(_table_file(engine, "fact")), "VACUUM alone leaves the bytes: the docs say so"
    assert rewrite(engine) == ""
    assert found_in(*(_table_file(engine, table.name) for table in erasing.TOUCHED)) == []


def _table_file(engine, table):
    """The bytes of a table on the disk; only where the tests' own server is on this machine."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
        query = text("SELECT current_setting('data_directory') || '/' || pg_relation_filepath(:name)")
        return Path(connection.execute(query, {"name": table}).scalar_one()).read_bytes()


def _dump(engine):
    url = engine.url
    command = ["pg_dump", f"--host={url.query['host']}", f"--username={url.username}", str(url.database)]
    return subprocess.run(command, check=True, capture_output=True).stdout


def test_digests_stay_as_tombstones_only(site, ann, now):
    """The exact digests that a sync is refused by are in the table of tombstones, and nowhere else."""
    erase(desk_of(site, now), ANN)
    kept = {hashed(ANN).exact, hashed(MAIL).exact, hashed(MAIL).folded, hashed(MAIL).sha1}
    with site.readers.begin() as session:
        assert kept <= {one.digest for one in erasing.tombstones(session, site.tenant)}
        assert hashed(ANN).folded == hashed(ANN).exact, "this name is lower-case already"
        assert hashed(ANN).bare not in {one.digest for one in erasing.tombstones(session, site.tenant)}
        for table in tables.metadata.sorted_tables:
            for column in table.columns:
                if table.name != "erased_person" and isinstance(column.type, LargeBinary):
                    values = session.scalars(select(column)).all()
                    assert not kept & {bytes(value) for value in values if value is not None}, column


def test_the_log_of_the_whole_story_names_nobody(site, now, told, capfd):
    inhabited(site, now, told)
    trained(site, now)
    page_of(site, ANN.value, now)
    erase(desk_of(site, now), ANN)
    read_again(site, told, now)
    out, err = capfd.readouterr()
    written = (out + err).casefold()
    assert "sync_page_done" in written
    assert "learner_erased" in written
    for trace in (*CLEAR, "profile.php", *(digest.hex() for digest in (hashed(ANN).exact, hashed(ANN).bare))):
        assert trace not in written
    with site.readers.begin() as session:
        lines = session.execute(select(tables.audit.c.kind, tables.audit.c.detail)).all()
    assert ("learner_erased", []) in [(kind, [k for k in detail if k != "rows"]) for kind, detail in lines]
    assert not [detail for _, detail in lines for trace in CLEAR if trace in json.dumps(detail).casefold()]
