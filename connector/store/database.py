"""The database: engine, sessions, schema version."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event, inspect, make_url, text
from sqlalchemy import create_engine as sqlalchemy_engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session, sessionmaker

from connector.errors import BadInput, WrongSchema

if TYPE_CHECKING:
    from alembic.config import Config

BUSY_TIMEOUT_MS = 15_000
MIGRATIONS = Path(__file__).parent / "migrations"


def create_engine(url: str) -> Engine:
    """Return an engine for ``sqlite:///FILE`` or ``postgresql://…`` (psycopg 3).

    SQLite gets WAL, a busy timeout of 15 s and foreign keys; its writing transactions begin as IMMEDIATE (see
    ``_begin_immediate``), so that two writers wait for each other and never fail in the middle.

    Raises
    ------
    BadInput
        For any other database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise BadInput("ONWARD_DATABASE_URL is no address: use sqlite:///FILE or postgresql://…") from error
    if parsed.get_backend_name() == "postgresql":
        return sqlalchemy_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True)
    if parsed.get_backend_name() != "sqlite":
        raise BadInput(f"ONWARD_DATABASE_URL names {parsed.get_backend_name()!r}: use sqlite:///FILE or postgresql://…")
    return _sqlite_engine(parsed)


def _sqlite_engine(url: URL) -> Engine:
    engine = sqlalchemy_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Any) -> None:
    reads = connection.get_execution_options().get("onward_read_only", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def sessions_of(engine: Engine) -> sessionmaker[Session]:
    """Return the factory of writing sessions; ``with sessions.begin() as session`` is the unit of work."""
    return sessionmaker(engine, expire_on_commit=False)


def readers_of(engine: Engine) -> sessionmaker[Session]:
    """Return the factory of reading sessions: a snapshot that never waits for a writer."""
    if engine.dialect.name == "sqlite":
        return sessionmaker(engine.execution_options(onward_read_only=True), expire_on_commit=False)
    return sessionmaker(
        engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True), expire_on_commit=False
    )


# --- schema ------------------------------------------------------------------------------------------------------


def _config(engine: Engine) -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - ten megabytes that a process which serves pages never needs

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = engine
    return config


def newest_schema() -> str:
    """Return the revision that this version of the code needs."""
    return max(_revisions())


def schema_of(engine: Engine) -> str | None:
    """Return the revision the database is at; None when it holds nothing of ours."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Migrate the database forward to ``revision``; a no-op when it is there.

    Raises
    ------
    WrongSchema
        If the database is of a newer version than this.
    """
    from alembic import command  # noqa: PLC0415 - see _config

    refuse_newer_schema(schema_of(engine))
    command.upgrade(_config(engine), revision)


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Migrate the database back to ``revision``; loses what the older schema cannot hold."""
    from alembic import command  # noqa: PLC0415 - see _config

    command.downgrade(_config(engine), revision)


def require_schema(engine: Engine) -> None:
    """Refuse to work on a database of another schema version.

    Raises
    ------
    WrongSchema
        With the command that mends it.
    """
    found, needed = schema_of(engine), newest_schema()
    if found == needed:
        return
    if found is None:
        raise WrongSchema("The database is empty: run `onward init` first.")
    refuse_newer_schema(found)
    raise WrongSchema(f"The database has schema {found}, this version needs {needed}: run `onward upgrade`.")


def refuse_newer_schema(found: str | None) -> None:
    """Raise WrongSchema for a revision that this version does not know; None is an empty database."""
    if found is not None and found not in _revisions():
        raise WrongSchema(f"The database has schema {found}, which is newer than this version knows: install that one.")


def _revisions() -> set[str]:
    """Return the revisions that this version knows: each migration's file begins with its own, and they rise."""
    return {file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py")}


# --- backup ------------------------------------------------------------------------------------------------------


def copy_sqlite(source: str, target: Path, *, progress: Callable[[int, int], None] | None = None) -> None:
    """Copy a live SQLite database, consistently, to the new file ``target``."""

    def tell(_status: int, remaining: int, total: int) -> None:
        if progress is not None:
            progress(total - remaining, total)

    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new, pages=4096, progress=tell)
