"""Rows of Facts into the database, as cheaply as each database allows: they are nearly all that a sync writes."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from math import nan
from operator import attrgetter
from struct import Struct
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from connector.domain import SourceId, TenantId
from connector.store import tables
from connector.store.copying import land_binary, landing_of
from connector.store.types import microseconds


class FactRow(NamedTuple):
    """A row of ``fact`` without Tenant and Source, in the order of its columns."""

    statement_id: UUID
    member: int
    identity_id: int | None
    activity_id: int | None
    verb_id: int
    attempt: UUID | None
    flags: int
    score: float | None
    progress: int | None
    stored: datetime | None
    timestamp: datetime


def insert_new(session: Session, tenant: TenantId, source: SourceId, rows: Iterable[FactRow]) -> int:
    """Insert those of ``rows`` that are not there; return how many were new.

    In one order everywhere, so that two processes that bring the same Statements wait for each other and never in a
    circle.
    """
    ordered = sorted(rows, key=attrgetter("statement_id.int", "member"))
    if not ordered:
        return 0
    connection = session.connection()
    into = _into_postgresql if connection.dialect.name == "postgresql" else _into_sqlite
    return max(into(connection, tenant, source, ordered), 0)


# --- SQLite ------------------------------------------------------------------------------------------------------

_COLUMNS = ("tenant_id", "source_id", *FactRow._fields)
_KEY = ("tenant_id", "source_id", "statement_id", "member")
_INSERT = str(
    sqlite.insert(tables.fact).on_conflict_do_nothing().compile(dialect=sqlite.dialect(), column_keys=list(_COLUMNS))
)


_ROOM = ("PRAGMA cache_size=-24000", "PRAGMA wal_autocheckpoint=4000")
"""For who writes Facts only: ids have no order, so that each page of them touches hundreds of index pages. 24 MB keep
those at hand, and a log of 16 MB lets a checkpoint write many of them once."""


def _into_sqlite(connection: Connection, tenant: TenantId, source: SourceId, rows: Sequence[FactRow]) -> int:
    values = [
        (
            tenant,
            source,
            statement_id.bytes,
            member,
            identity,
            activity,
            verb,
            attempt and attempt.bytes,
            flags,
            score,
            progress,
            stored and microseconds(stored),
            microseconds(timestamp),
        )
        for statement_id, member, identity, activity, verb, attempt, flags, score, progress, stored, timestamp in rows
    ]
    for pragma in _ROOM:
        connection.exec_driver_sql(pragma)
    done = connection.exec_driver_sql(_INSERT, values, execution_options={"preserve_rowcount": True})
    return done.rowcount


# --- PostgreSQL --------------------------------------------------------------------------------------------------

_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_ROW = Struct(">h i16s ih iq iq iq i16s ih id ih iq iq")
"""The number of fields, then each with its length before it (PostgreSQL's manual, COPY, binary format)."""
_ROW_WITHOUT_ATTEMPT = Struct(">h i16s ih iq iq iq i ih id ih iq iq")
_NULL, _NO_PROGRESS, _NO_MOMENT = -1, -1, -(1 << 63)
_SINCE_2000 = microseconds(datetime(2000, 1, 1, tzinfo=UTC))
"""PostgreSQL counts microseconds since 2000; the smallest number is ``-infinity``."""

_LANDING = landing_of("fact", FactRow._fields)
_GIVEN = dict(_LANDING.c) | {  # what no Fact has stands for what is not there: rows are then of one length
    "identity_id": func.nullif(_LANDING.c.identity_id, literal_column("0")),
    "activity_id": func.nullif(_LANDING.c.activity_id, literal_column("0")),
    "score": func.nullif(_LANDING.c.score, literal_column("'NaN'::float8")),
    "progress": func.nullif(_LANDING.c.progress, literal_column(str(_NO_PROGRESS))),
    "stored": func.nullif(_LANDING.c.stored, literal_column("'-infinity'::timestamptz")),
}
_INSERT_LANDED = (
    postgresql.insert(tables.fact)
    .from_select(
        _COLUMNS,
        select(
            bindparam("tenant", type_=tables.fact.c.tenant_id.type),
            bindparam("source", type_=tables.fact.c.source_id.type),
            *_GIVEN.values(),
        ).order_by(_LANDING.c.statement_id, _LANDING.c.member),
        include_defaults=False,
    )
    .on_conflict_do_nothing(index_elements=_KEY)  # without it PostgreSQL asks the primary key, too, for each row
    .execution_options(preserve_rowcount=True)
)


def _into_postgresql(connection: Connection, tenant: TenantId, source: SourceId, rows: Sequence[FactRow]) -> int:
    land_binary(connection, "fact", FactRow._fields, b"".join((_HEADER, *map(_packed, rows), _TRAILER)))
    return connection.execute(_INSERT_LANDED, {"tenant": tenant, "source": source}).rowcount


def _packed(row: FactRow) -> bytes:
    """Return a row in the binary format."""
    statement_id, member, identity, activity, verb, attempt, flags, score, progress, stored, timestamp = row
    named = (len(row), 16, statement_id.bytes, 2, member, 8, identity or 0, 8, activity or 0, 8, verb)
    told = (
        *(2, flags),
        *(8, nan if score is None else score),
        *(2, _NO_PROGRESS if progress is None else progress),
        *(8, _NO_MOMENT if stored is None else microseconds(stored) - _SINCE_2000),
        *(8, microseconds(timestamp) - _SINCE_2000),
    )
    if attempt is None:
        return _ROW_WITHOUT_ATTEMPT.pack(*named, _NULL, *told)
    return _ROW.pack(*named, 16, attempt.bytes, *told)
