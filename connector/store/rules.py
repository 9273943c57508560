"""Ignore rules: which Facts count for nothing, because somebody settled a finding so. No Fact is changed.

A rule names the Facts that all of its set columns fit: Source (0 is every one), Identity, Activity, Verb, and a span of
the Statement's own timestamp, ``since`` included, ``until`` not. A rule that settles ``unfinished_completions`` names
only Statements whose Result says that nothing was completed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, false, insert, not_, or_, select
from sqlalchemy.orm import Session

from connector.domain import Flag, TenantId
from connector.store import tables

UNFINISHED = "unfinished_completions"
MOST_RULES = 100
"""Of one Tenant: each is a condition of every reading, and SQLite takes a thousand at most."""

_TABLE = tables.ignore_rule
_COLUMNS = ("id", "source_id", "identity_id", "activity_id", "verb_id", "since", "until", "finding", "made_at")
_OF_TENANT = (
    select(*(_TABLE.c[name] for name in _COLUMNS))
    .where(_TABLE.c.tenant_id == bindparam("tenant"))
    .order_by(_TABLE.c.id)
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One ignore rule; None (0 for the Source) is a column that asks for nothing."""

    id: int
    source: int
    identity: int | None
    activity: int | None
    verb: int | None
    since: datetime | None
    until: datetime | None
    finding: str
    made_at: datetime


def all_of(session: Session, tenant: TenantId) -> list[Rule]:
    """Return the Tenant's rules by number: few, or none."""
    return [Rule(*row) for row in session.execute(_OF_TENANT, {"tenant": tenant})]


def add(session: Session, tenant: TenantId, rows: Sequence[Mapping[str, Any]], finding: str, now: datetime) -> None:
    """Add rules that settle ``finding``; ``rows`` hold the columns of the table that are to fit."""
    more = {"tenant_id": tenant, "finding": finding, "made_at": now}
    for row in rows:
        session.execute(insert(tables.ignore_rule).values(**row, **more))


def remove(session: Session, tenant: TenantId, finding: str) -> int:
    """Remove the rules that settle ``finding``; return how many there were."""
    table = tables.ignore_rule
    gone = session.execute(
        delete(table).where(table.c.tenant_id == tenant, table.c.finding == finding).returning(table.c.id)
    )
    return len(gone.all())


def names(rules: Sequence[Rule]) -> ColumnElement[bool]:
    """Return the condition that any of ``rules`` names a Fact; true or false, never null."""
    return or_(false(), *map(_fits, rules))


def spares(rules: Sequence[Rule]) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that none of ``rules`` names a Fact: nothing at all without rules."""
    return (not_(names(rules)),) if rules else ()


def _fits(rule: Rule) -> ColumnElement[bool]:
    fact = tables.fact
    wanted = ((fact.c.identity_id, rule.identity), (fact.c.activity_id, rule.activity), (fact.c.verb_id, rule.verb))
    conditions: list[ColumnElement[bool]] = [fact.c.tenant_id.is_not(None)]
    if rule.source:
        conditions.append(fact.c.source_id == rule.source)
    for column, value in wanted:
        if value is not None:
            conditions.append(and_(column.is_not(None), column == value))  # a null would be neither true nor false
    if rule.since is not None:
        conditions.append(fact.c.timestamp >= rule.since)
    if rule.until is not None:
        conditions.append(fact.c.timestamp < rule.until)
    if rule.finding.startswith(UNFINISHED):
        conditions.append(says_unfinished())
    return and_(*conditions)


def says_unfinished() -> ColumnElement[bool]:
    """Return the condition that a Fact's Result says ``completion: false``."""
    said = tables.fact.c.flags.op("&")(int(Flag.COMPLETION_GIVEN | Flag.COMPLETION_TRUE))
    return said == int(Flag.COMPLETION_GIVEN)
