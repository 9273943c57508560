"""The revision of a Tenant: a number that rises in the same transaction as what pages are made of, whoever writes.

Triggers raise it, so that no writer can forget to. What a process read under one revision is good as long as it reads
the same revision again: in one transaction both are of one moment.

On PostgreSQL a Tenant has several *lanes*, and the revision is their sum: a transaction takes the first lane that
nobody else is raising, so that two who write at once never wait for each other. It raises it once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, bindparam, func, inspect, select
from sqlalchemy.orm import Session

from connector.domain import LearnerId, TenantId
from connector.store import tables

LANES = 16
"""Transactions of one Tenant that raise its revision at once without waiting."""
_LOCK = 1_870_000_000
"""The first half of the advisory locks of the lanes, plus the lane; the other is the Tenant."""
_FUNCTION = "onward_raise_revision"

WATCHED: Mapping[str, frozenset[str]] = {
    "choice": frozenset(),
    "deployment": frozenset({"first_seen_at"}),
    "ignore_rule": frozenset({"made_at"}),
    "item": frozenset({"in_catalog", "catalog_at", "feed", "skills", "image_url", "created_at"}),
    "item_text": frozenset({"from_catalog", "seen_at"}),
    "platform": frozenset({"launched_at", "launched_as"}),
    "recipe_book": frozenset(),
    "source": frozenset(
        {"probe", "sealed_secret", "last_success_at", "last_push_at", "last_error_at", "last_error", "push_digest"}
    ),
    "tenant": frozenset({"erasures"}),
    "verb_map": frozenset(),
}
"""The tables whose rows raise the revision, each with the columns of which a change alone does not."""

_LANE, _SOURCE, _LEARNER = tables.revision, tables.source, tables.learner
_PULSE = select(  # made once: every page asks it
    select(func.sum(_LANE.c.value)).where(_LANE.c.tenant_id == bindparam("tenant")).scalar_subquery().label("revision"),
    select(func.min(_SOURCE.c.last_success_at))
    .where(_SOURCE.c.tenant_id == bindparam("tenant"), _SOURCE.c.active.is_(True))
    .scalar_subquery()
    .label("read_at"),
    select(_LEARNER.c.personal_rows)
    .where(_LEARNER.c.tenant_id == bindparam("tenant"), _LEARNER.c.id == bindparam("learner"))
    .scalar_subquery()
    .label("personal_rows"),
)


@dataclass(frozen=True, slots=True)
class Pulse:
    """What is asked first for every page.

    ``revision`` is None where nothing may be remembered. ``read_at`` is when the active Source that was read longest
    ago was read, None before the first read. ``personal_rows`` is the Learner's switch, None of who is not on record.
    """

    revision: int | None
    read_at: datetime | None
    personal_rows: bool | None


def pulse(session: Session, tenant: TenantId, learner: LearnerId | None) -> Pulse:
    """Return the Tenant's revision, and what of a page changes more often than it, by one query."""
    row = session.execute(_PULSE, {"tenant": tenant, "learner": learner}).one()
    return Pulse(None if row.revision is None else int(row.revision), row.read_at, row.personal_rows)


# --- what raises it ----------------------------------------------------------------------------------------------


def install(connection: Connection) -> None:
    """Make the triggers anew, for the columns that the tables have now; without the tables, take away what is left."""
    statements = _OF_DATABASE[connection.dialect.name]
    there = "revision" in inspect(connection).get_table_names()
    for statement in statements() if there else _LEFT[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def _watched() -> Iterator[tuple[Table, str, list[str]]]:
    """Give each watched table, the column that names its Tenant, and the columns whose change counts."""
    for name, quiet in WATCHED.items():
        table = tables.metadata.tables[name]
        yield (
            table,
            "id" if table is tables.tenant else "tenant_id",
            [one.name for one in table.c if one.name not in quiet],
        )


def _of_sqlite() -> Iterator[str]:
    """Give one trigger for each table and deed: SQLite has one writer, who raises the only lane."""
    begin = "INSERT INTO revision (tenant_id, lane, value) VALUES (NEW.id, 0, 0)"
    yield from _sqlite_trigger("onward_revision_begin", "AFTER INSERT ON tenant", begin)
    yield "INSERT INTO revision (tenant_id, lane, value) SELECT id, 0, 0 FROM tenant WHERE true ON CONFLICT DO NOTHING"
    for table, tenant, columns in _watched():
        for deed, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            changed = " OR ".join(f'OLD."{one}" IS NOT NEW."{one}"' for one in columns)
            when = f" WHEN {changed}" if deed == "UPDATE" else ""
            raised = f"UPDATE revision SET value = value + 1 WHERE tenant_id = {row}.{tenant} AND lane = 0"  # noqa: S608 - names of ours only
            yield from _sqlite_trigger(_name(table, deed), f"AFTER {deed} ON {table.name} FOR EACH ROW{when}", raised)


def _sqlite_trigger(name: str, when: str, then: str) -> Iterator[str]:
    yield f"DROP TRIGGER IF EXISTS {name}"
    yield f"CREATE TRIGGER {name} {when} BEGIN {then}; END"


def _of_postgresql() -> Iterator[str]:
    """Give the function, and one trigger for each table and deed that calls it."""
    yield _RAISE
    yield _BEGIN
    yield from _postgresql_trigger("onward_revision_begin", "AFTER INSERT ON tenant", f"{_FUNCTION}_begin()")
    lanes, unless = f"generate_series(0, {LANES - 1}) AS lane", " ON CONFLICT DO NOTHING"
    yield f"INSERT INTO revision (tenant_id, lane, value) SELECT id, lane, 0 FROM tenant, {lanes}{unless}"  # noqa: S608 - as above
    for table, tenant, columns in _watched():
        for deed in ("INSERT", "UPDATE", "DELETE"):
            old, new = (", ".join(f'{row}."{one}"' for one in columns) for row in ("OLD", "NEW"))
            when = f" WHEN (ROW({old}) IS DISTINCT FROM ROW({new}))" if deed == "UPDATE" else ""
            made = f"AFTER {deed} ON {table.name}"
            yield from _postgresql_trigger(_name(table, deed), made, f"{_FUNCTION}('{tenant}')", f" FOR EACH ROW{when}")


def _postgresql_trigger(name: str, when: str, call: str, each: str = " FOR EACH ROW") -> Iterator[str]:
    yield f"DROP TRIGGER IF EXISTS {name} ON {when.rpartition(' ')[2]}"
    yield f"CREATE TRIGGER {name} {when}{each} EXECUTE FUNCTION {call}"


def _name(table: Table, deed: str) -> str:
    return f"onward_revision_{table.name}_{deed.casefold()}"


_BEGIN = f"""
CREATE OR REPLACE FUNCTION {_FUNCTION}_begin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO revision (tenant_id, lane, value)
    SELECT NEW.id, lane, 0 FROM generate_series(0, {LANES - 1}) AS lane;
  RETURN NULL;
END $$
"""  # noqa: S608 - names of ours only
_RAISE = f"""
CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  whose bigint;
  free int := 0;
BEGIN
  IF TG_ARGV[0] = 'id' THEN
    IF TG_OP = 'DELETE' THEN whose := OLD.id; ELSE whose := NEW.id; END IF;
  ELSE
    IF TG_OP = 'DELETE' THEN whose := OLD.tenant_id; ELSE whose := NEW.tenant_id; END IF;
  END IF;
  IF current_setting('onward.raised_' || whose, true) = 'yes' THEN
    RETURN NULL;  -- by this transaction, and not undone since
  END IF;
  WHILE free < {LANES - 1} AND NOT pg_try_advisory_xact_lock({_LOCK} + free, mod(whose, 2147483647)::int) LOOP
    free := free + 1;
  END LOOP;
  UPDATE revision SET value = value + 1 WHERE tenant_id = whose AND lane = free;
  PERFORM set_config('onward.raised_' || whose, 'yes', true);
  RETURN NULL;
END $$
"""  # noqa: S608 - names of ours only
_OF_DATABASE = {"sqlite": _of_sqlite, "postgresql": _of_postgresql}
_LEFT = {
    "sqlite": (),
    "postgresql": (f"DROP FUNCTION IF EXISTS {_FUNCTION}()", f"DROP FUNCTION IF EXISTS {_FUNCTION}_begin()"),
}
