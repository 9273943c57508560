"""One insert that does nothing, or updates, where the row is there already: the same words on both databases."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def insert_new(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert those of ``rows`` that are not there by any unique key; return how many were new."""
    if not rows:
        return 0
    statement = insert_into(session, table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    result = session.connection().execute(statement, list(rows))
    return max(result.rowcount, 0)


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


def insert_into(session: Session, table: Table) -> Any:
    """Return the insert of this database, which knows ON CONFLICT."""
    dialect = session.get_bind().dialect.name
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
