"""COPY into PostgreSQL: rows land in a temporary table, from which one statement takes those that are new.

The landing table of a table is made by the transaction that needs it, is empty after it and lives as long as the
connection, so that it does no harm behind a pooler that hands out connections by the transaction.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, cast
from zlib import crc32

from sqlalchemy import Connection, TableClause, column, table
from sqlalchemy.exc import DBAPIError

MANY = 24
"""Rows from which on landing costs less than inserting one by one."""


def is_worth_it(connection: Connection, rows: Sequence[Any]) -> bool:
    """Tell whether ``rows`` should land: on PostgreSQL, where there are many."""
    return len(rows) >= MANY and connection.dialect.name == "postgresql"


def landing_of(name: str, columns: Sequence[str]) -> TableClause:
    """Return the landing table of the table ``name`` for ``columns``: names of ours, never from outside."""
    return table(f"landing_{name}_{crc32(_listed(columns).encode()):08x}", *map(column, columns))


def land(connection: Connection, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> TableClause:
    """Put ``rows`` into the landing table of the table ``name``, alone and in their order; return the landing table.

    Parameters
    ----------
    connection : Connection
        To PostgreSQL, in a transaction.
    rows : iterable of sequences
        Values in the order of ``columns``, as psycopg knows them; equal rows stay twice.
    """
    landing = _emptied(connection, name, columns)
    with _copy(connection, f"COPY {landing.name} ({_listed(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    return landing


def land_binary(connection: Connection, name: str, columns: Sequence[str], content: bytes) -> None:
    """As ``land``, with rows that are PostgreSQL's binary COPY format already, header and trailer included."""
    landing = _emptied(connection, name, columns)
    with _copy(connection, f"COPY {landing.name} ({_listed(columns)}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(content)


def _emptied(connection: Connection, name: str, columns: Sequence[str]) -> TableClause:
    """Make the landing table where this connection has none, and empty it: a transaction may land twice."""
    landing = landing_of(name, columns)
    make = f"CREATE TEMPORARY TABLE IF NOT EXISTS {landing.name} ON COMMIT DELETE ROWS"
    like = f"AS SELECT {_listed(columns)} FROM {name} WITH NO DATA"  # noqa: S608 - names of ours only
    empty = f"DELETE FROM {landing.name}"  # noqa: S608 - as above
    connection.exec_driver_sql(f"{make} {like}; {empty}")
    return landing


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(f'"{one}"' for one in columns)


@contextmanager
def _copy(connection: Connection, statement: str) -> Iterator[Any]:
    """Open a COPY; psycopg's errors come as SQLAlchemy's, as everybody above expects them, without the rows."""
    driver_error = connection.dialect.loaded_dbapi.Error
    try:
        with closing(connection.connection.cursor()) as cursor, cast("Any", cursor).copy(statement) as copy:
            yield copy
    except driver_error as error:
        raise DBAPIError.instance("COPY", None, error, driver_error, hide_parameters=True) from error
