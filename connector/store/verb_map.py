"""The site's changes to the verb map, and which Verbs its Sources have sent. No Fact is touched by a change."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from connector.domain import Signal, TenantId
from connector.store import tables
from connector.store.expressions import smallest_id
from connector.store.upsert import insert_or_update

EVERY_SOURCE = 0
LONGEST_VERB = 500
"""Characters of a Verb that a row of the map can hold."""


@dataclass(frozen=True, slots=True)
class SeenVerb:
    """A Verb that one Source has sent: its number and IRI, how many Statements, the smallest id among them."""

    source: int
    number: int
    verb: str
    statements: int
    sample: UUID


def seen(session: Session, tenant: TenantId) -> list[SeenVerb]:
    """Count the Statements (member 0 of each) by Source and Verb."""
    fact, verb = tables.fact, tables.verb
    counted = (
        select(
            fact.c.source_id,
            fact.c.verb_id,
            func.count().label("statements"),
            smallest_id(fact.c.statement_id).label("sample"),
        )
        .where(fact.c.tenant_id == tenant, fact.c.member == 0)
        .group_by(fact.c.source_id, fact.c.verb_id)
        .subquery()
    )
    query = (
        select(counted.c.source_id, counted.c.verb_id, verb.c.iri, counted.c.statements, counted.c.sample)
        .join(verb, verb.c.id == counted.c.verb_id)
        .order_by(verb.c.iri, counted.c.source_id)
    )
    return [SeenVerb(*row) for row in session.execute(query)]


def numbers(session: Session, tenant: TenantId) -> dict[str, int]:
    """Return the number of each Verb that was ever seen."""
    table = tables.verb
    query = select(table.c.iri, table.c.id).where(table.c.tenant_id == tenant)
    return {row.iri: row.id for row in session.execute(query)}


def put(session: Session, tenant: TenantId, changes: Iterable[tuple[int, str, Signal]]) -> None:
    """Say what Verbs mean, each for a Source (``EVERY_SOURCE``: for all); Verbs are folded."""
    rows = [
        {"tenant_id": tenant, "source_id": source, "verb_iri": verb, "signal": signal.value}
        for source, verb, signal in changes
    ]
    insert_or_update(session, tables.verb_map, rows, key=("tenant_id", "source_id", "verb_iri"), change=("signal",))


def remove(session: Session, tenant: TenantId, source: int, verb: str) -> bool:
    """Take back what was said of a Verb for a Source (``EVERY_SOURCE``: for all); return whether anything was."""
    table = tables.verb_map
    gone = session.execute(
        delete(table)
        .where(table.c.tenant_id == tenant, table.c.source_id == source, table.c.verb_iri == verb)
        .returning(table.c.verb_iri)
    )
    return gone.first() is not None
