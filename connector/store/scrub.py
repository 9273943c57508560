"""Overwriting what was deleted: databases keep the bytes of deleted rows until something else takes their place."""

import sqlite3
from contextlib import closing

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from connector.store import erase, tables


def scrub(engine: Engine) -> str:
    """Make the bytes of deleted rows go from the database's files; outside of any transaction.

    SQLite's file is written anew (``VACUUM``: its space is needed once more meanwhile, and writers wait) and its
    write-ahead log is emptied. PostgreSQL only gives the space to new rows, which holds nobody up: ``rewrite`` does
    more.

    Returns
    -------
    str
        "" when it was done, else a sentence that says what remains and how to go on.
    """
    return _tried(engine, "VACUUM")


def rewrite(engine: Engine) -> str:
    """Do as ``scrub`` does, and on PostgreSQL write the tables that an erasure touches anew, each locked meanwhile."""
    return _tried(engine, "VACUUM FULL")


def _tried(engine: Engine, how: str) -> str:
    try:
        return _sqlite(engine) if engine.dialect.name == "sqlite" else _postgresql(engine, how)
    except (sqlite3.Error, DBAPIError) as error:
        return (
            f"The rows are deleted, but their bytes stay in the database's files for now ({type(error).__name__}): "
            "run `onward retention run --scrub` when the database is less busy."
        )


def _sqlite(engine: Engine) -> str:
    with closing(engine.raw_connection()) as pooled:
        connection = pooled.driver_connection
        assert isinstance(connection, sqlite3.Connection)
        connection.execute("PRAGMA secure_delete=ON").close()
        connection.execute("VACUUM").close()
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if not busy:
        return ""
    return "Somebody reads the database, so its -wal file keeps old bytes: run `onward retention run --scrub` later."


def _postgresql(engine: Engine, how: str) -> str:
    names = ", ".join(table.name for table in (*erase.TOUCHED, tables.tenant))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"{how} {names}")
    return ""
