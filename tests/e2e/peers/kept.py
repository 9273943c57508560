"""What a tool keeps about people, before and after."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from connector.store import tables

PERSONAL = (tables.learner, tables.identity, tables.launch_claim, tables.slate, tables.event)


def kept_since(tool) -> Callable[[], Mapping[str, list[Any]]]:
    """Return what tells, by table, the rows about people that are new or changed from now on."""
    before = {table.name: set(_rows(tool, table)) for table in PERSONAL}
    return lambda: {
        table.name: [row for row in _rows(tool, table) if row not in before[table.name]] for table in PERSONAL
    }


def _rows(tool, table) -> list[Any]:
    with tool.site.readers.begin() as session:
        return list(session.execute(select(table)))
