"""The newest schema for fresh databases: migrated once a process, then copied, for migrating is most of a test's time.

``tests/integration/test_schema.py`` migrates truly, and so does every program that a test starts.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from connector.store import database

Upgrade = Callable[..., None]


@contextmanager
def copied_schema() -> Iterator[Upgrade]:
    """Let ``database.upgrade`` copy what it made before onto empty databases; yield the one that migrates."""
    truly, copies = database.upgrade, {"sqlite": _CopiedFile(), "postgresql": _SaidAgain()}

    def upgrade(engine: Engine, revision: str = "head") -> None:
        if revision != "head" or database.schema_of(engine) is not None:
            truly(engine, revision)
        else:
            copies[engine.dialect.name].give(engine, truly)

    database.upgrade = upgrade
    yield truly
    database.upgrade = truly


class _CopiedFile:
    """SQLite: all pages of a database in memory."""

    def __init__(self) -> None:
        self.made: sqlite3.Connection | None = None

    def give(self, engine: Engine, truly: Upgrade) -> None:
        if self.made is not None:
            _copy(self.made, engine, into=True)
            return
        truly(engine)
        self.made = sqlite3.connect(":memory:", check_same_thread=False)
        _copy(self.made, engine, into=False)


def _copy(made: sqlite3.Connection, engine: Engine, *, into: bool) -> None:
    raw = engine.raw_connection()
    try:
        here: Any = raw.driver_connection
        made.backup(here) if into else here.backup(made)
    finally:
        raw.close()


class _SaidAgain:
    """PostgreSQL: the statements of the migrations, all in one."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def give(self, engine: Engine, truly: Upgrade) -> None:
        if self.said:
            with engine.begin() as connection:
                connection.exec_driver_sql(";\n".join(self.said))
            return

        said: list[str] = []

        def heard(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            said.append(statement)

        event.listen(engine, "before_cursor_execute", heard)
        truly(engine)
        event.remove(engine, "before_cursor_execute", heard)
        self.said = [statement for statement in said if not statement.lstrip().lower().startswith("select")]
