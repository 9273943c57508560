from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, MetaData, Table, inspect, select

from connector.errors import BadInput, WrongSchema
from connector.store import database
from connector.store.tables import metadata
from connector.store.types import UtcDateTime, Uuid16
from tests.fresh_schema import copied_schema


@pytest.fixture(autouse=True)
def migrations_run(monkeypatch, truly_upgrade):
    """Elsewhere the schema of a fresh database is a copy."""
    monkeypatch.setattr(database, "upgrade", truly_upgrade)


def test_migrations_and_tables_agree(engine):
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    assert differences == []


def test_migrations_go_down_to_nothing_and_up_again(engine):
    database.downgrade(engine)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    database.upgrade(engine)
    assert set(metadata.tables) <= set(inspect(engine).get_table_names())


def test_the_newest_schema_is_the_head_of_the_migrations():
    scripts = ScriptDirectory(str(database.MIGRATIONS))
    assert database.newest_schema() == scripts.get_current_head()
    for script in scripts.walk_revisions():
        database.refuse_newer_schema(script.revision)


def test_every_table_but_tenant_is_led_by_its_tenant():
    without = [table.name for table in metadata.sorted_tables if "tenant_id" not in table.c and table.name != "tenant"]
    assert without == []


def test_an_empty_database_is_refused_with_the_command_that_mends_it(database_url):
    engine = database.create_engine(database_url)
    with pytest.raises(WrongSchema, match="onward init"):
        database.require_schema(engine)
    database.upgrade(engine)
    database.require_schema(engine)
    assert database.schema_of(engine) == database.newest_schema()
    engine.dispose()


def test_a_schema_from_the_future_is_refused(engine):
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(WrongSchema, match="newer"):
        database.require_schema(engine)


def test_another_database_is_refused_with_what_to_write():
    with pytest.raises(BadInput, match="sqlite:///"):
        database.create_engine("mysql://somewhere/db")


def test_times_come_back_aware_in_utc_and_uuids_whole(engine):
    table = Table("t", MetaData(), Column("at", UtcDateTime), Column("id", Uuid16))
    vienna = timezone(timedelta(hours=1))
    with engine.begin() as connection:
        table.create(connection)
        row = {"at": datetime(2026, 11, 22, 13, 0, 0, 123456, vienna), "id": UUID(int=7)}
        connection.execute(table.insert(), [row, {"at": None, "id": None}])
        found = connection.execute(select(table).order_by(table.c.at.is_(None))).all()
    assert found[0].at == datetime(2026, 11, 22, 12, 0, 0, 123456, UTC)
    assert found[0].at.tzinfo == UTC
    assert found[0].id == UUID(int=7)
    assert tuple(found[1]) == (None, None)


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="naive"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), database.create_engine("sqlite://").dialect)  # noqa: DTZ001


def test_sqlite_runs_with_wal_foreign_keys_and_a_busy_timeout(sqlite_url):
    engine = database.create_engine(sqlite_url)
    with engine.connect() as connection:
        read = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        }
    engine.dispose()
    assert read == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 15_000}


DESCRIBED = {
    "sqlite": "SELECT name, sql FROM sqlite_master ORDER BY name",
    "postgresql": """
        SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT table_name || '.' || column_name, data_type || is_nullable || coalesce(column_default, '')
            FROM information_schema.columns WHERE table_schema = 'public'
        ORDER BY 1, 2
    """,
}


def test_the_schema_that_tests_copy_is_that_of_the_migrations(database_url, truly_upgrade):
    described = []
    with copied_schema() as migrated:
        for upgrade in (truly_upgrade, database.upgrade, database.upgrade):  # the second is kept, the third a copy
            engine = database.create_engine(database_url)
            upgrade(engine)
            with engine.connect() as connection:
                described.append(connection.exec_driver_sql(DESCRIBED[engine.dialect.name]).all())
            emptied(engine)
    assert migrated is truly_upgrade
    assert len(described[0]) > 100
    assert described[0] == described[1] == described[2]


def emptied(engine):
    """Leave nothing of ours."""
    if engine.dialect.name == "sqlite":
        engine.dispose()
        for file in Path(engine.url.database).parent.glob("onward.db*"):
            file.unlink()
    else:
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        engine.dispose()
