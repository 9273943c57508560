"""One insert that does nothing, or updates, where the row is there already: the same words on both databases."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from connector.store import copying


def insert_new(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert those of ``rows`` that are not there by any unique key; return how many were new.

    All rows have the same columns, none of them JSON. Who inserts rows that another process may insert at the same
    time sorts them by their key: then one waits for the other, and never in a circle.
    """
    if not rows:
        return 0
    statement = insert_into(session, table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return max(int(insert_many(session, table, statement, rows).rowcount), 0)


def insert_or_update(
    session: Session, table: Table, rows: Sequence[Mapping[str, Any]], *, key: Sequence[str], change: Sequence[str]
) -> None:
    """Insert ``rows``; where ``key`` is there already, set the columns ``change`` to the new values."""
    if not rows:
        return
    statement = insert_into(session, table)
    statement = statement.on_conflict_do_update(
        index_elements=list(key), set_={name: statement.excluded[name] for name in change}
    )
    session.connection().execute(statement, list(rows))


def insert_many(session: Session, table: Table, statement: Any, rows: Sequence[Mapping[str, Any]]) -> Any:
    """Run an insert for each of ``rows``; return the result, whose ``rowcount`` counts all of them.

    Parameters
    ----------
    statement : Insert
        Of ``insert_into``, with what to do where a row is there already.
    rows : sequence of mappings
        At least one; all with the same columns, none of them JSON, and no key twice where ``statement`` updates.
    """
    connection, columns = session.connection(), list(rows[0])
    if not copying.is_worth_it(connection, rows):
        return connection.execute(statement, list(rows))
    landing = copying.land(connection, table.name, columns, ([row[name] for name in columns] for row in rows))
    return connection.execute(statement.from_select(columns, landing.select(), include_defaults=False))


def insert_into(session: Session, table: Table) -> Any:
    """Return the insert of this database, which knows ON CONFLICT."""
    return insert_for(session.get_bind().dialect.name, table)


def insert_for(dialect: str, table: Table) -> Any:
    """Return the insert of the database named ``dialect``."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
