"""What both databases can say, each in its own words: the smallest id of a group, and whole seconds."""

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from connector.store.types import Number, Uuid16


class smallest_id(FunctionElement[Any]):  # noqa: N801 - named as SQLAlchemy names functions
    """The smallest UUID of a group; PostgreSQL has no ``min`` of them, so their text is compared: the same order."""

    type = Uuid16()
    inherit_cache = True


@compiles(smallest_id)
def _smallest(element: smallest_id, compiler: SQLCompiler, **words: Any) -> str:
    return f"min({compiler.process(element.clauses, **words)})"


@compiles(smallest_id, "postgresql")
def _smallest_of_text(element: smallest_id, compiler: SQLCompiler, **words: Any) -> str:
    return f'CAST(min(CAST({compiler.process(element.clauses, **words)} AS text) COLLATE "C") AS uuid)'


class seconds_of(FunctionElement[Any]):  # noqa: N801 - named as SQLAlchemy names functions
    """Whole seconds since 1970 of a ``UtcDateTime``, rounded down."""

    type = Number
    inherit_cache = True


@compiles(seconds_of)
def _of_microseconds(element: seconds_of, compiler: SQLCompiler, **words: Any) -> str:
    return f"({compiler.process(element.clauses, **words)} / 1000000)"


@compiles(seconds_of, "postgresql")
def _of_timestamptz(element: seconds_of, compiler: SQLCompiler, **words: Any) -> str:
    return f"CAST(floor(extract(epoch FROM {compiler.process(element.clauses, **words)})) AS bigint)"
