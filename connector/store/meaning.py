"""Reading what Facts mean through the small tables beside them: verbs, roll-ups, identities, tombstones, rules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, case, exists, false, func, or_, select
from sqlalchemy.orm import Session

from connector.domain import Flag, LearnerId, TenantId
from connector.store import rules, tables
from connector.store.expressions import smallest_id
from connector.store.rules import Rule


def voided() -> Any:
    """Return the condition that a Fact's Statement was voided."""
    void = tables.voided_statement
    return exists().where(
        void.c.tenant_id == tables.fact.c.tenant_id,
        void.c.source_id == tables.fact.c.source_id,
        void.c.statement_id == tables.fact.c.statement_id,
    )


def _counts_for_a_person() -> Any:
    """Members of a Group count for no single person unless the Source says so."""
    grouped = tables.fact.c.flags.op("&")(int(Flag.GROUP)) != 0
    return or_(~grouped, and_(tables.source.c.groups_count.is_(True), tables.fact.c.member > 0))


def happened() -> ColumnElement[datetime]:
    """Return when a Fact happened: its timestamp, or ``stored`` where the Source's ``time_field`` says so.

    Where ``stored`` is not known the timestamp stands for it. For queries that have the Source joined.
    """
    fact = tables.fact
    by_stored = and_(tables.source.c.time_field == "stored", fact.c.stored.is_not(None))
    return case((by_stored, fact.c.stored), else_=fact.c.timestamp)


def _meaningful(columns: Sequence[Any], tenant: Any, ruled: Sequence[Rule]) -> Select[Any]:
    fact, verb, activity, identity = tables.fact, tables.verb, tables.activity, tables.identity
    return (
        select(*columns)
        .select_from(fact)
        .join(identity, identity.c.id == fact.c.identity_id)
        .join(activity, activity.c.id == fact.c.activity_id)
        .join(verb, verb.c.id == fact.c.verb_id)
        .join(tables.source, tables.source.c.id == fact.c.source_id)
        .where(fact.c.tenant_id == tenant, activity.c.item_id.is_not(None), ~voided(), _counts_for_a_person())
        .where(*rules.spares(ruled))
    )


@dataclass(frozen=True, slots=True)
class MeaningfulFact:
    """A Fact that touches an Item, as read through the small tables; what it means is for ``statements.verbs``."""

    learner: LearnerId
    item: int
    source: int
    verb: str
    part: bool
    flags: int
    score: float | None
    progress: int | None
    timestamp: datetime


_HAPPENED = happened()
COLUMNS = (
    tables.identity.c.learner_id,
    tables.activity.c.item_id,
    tables.fact.c.source_id,
    tables.verb.c.iri,
    tables.activity.c.part,
    tables.fact.c.flags,
    tables.fact.c.score,
    tables.fact.c.progress,
    _HAPPENED,
)


_MINE = select(tables.identity.c.id).where(  # no join: SQLite would read every Fact
    tables.identity.c.tenant_id == bindparam("tenant"), tables.identity.c.learner_id == bindparam("learner")
)
_OF_LEARNER = (
    _meaningful(COLUMNS[1:], bindparam("tenant"), ())
    .where(tables.fact.c.identity_id.in_(_MINE))
    .order_by(_HAPPENED, tables.fact.c.id)
)
_VERBS = tables.verb_map
_OVERRIDES = select(_VERBS.c.source_id, _VERBS.c.verb_iri, _VERBS.c.signal).where(
    _VERBS.c.tenant_id == bindparam("tenant")
)


def of_learner(session: Session, tenant: TenantId, learner: LearnerId, ruled: Sequence[Rule]) -> Sequence[Row[Any]]:
    """Return the Facts of one Learner that no rule takes away, through all of their Identities, oldest first.

    Each as `MeaningfulFact` has it, but for the Learner.
    """
    query = _OF_LEARNER.where(*rules.spares(ruled)) if ruled else _OF_LEARNER
    return session.execute(query, {"tenant": tenant, "learner": learner}).all()


def for_training(session: Session, tenant: TenantId, *, batch: int = 10_000) -> Iterator[MeaningfulFact]:
    """Yield the Facts of all Learners who train, in no promised order, streamed."""
    query = (
        _meaningful(COLUMNS, tenant, rules.all_of(session, tenant))
        .join(tables.learner, tables.learner.c.id == tables.identity.c.learner_id)
        .where(tables.learner.c.trains.is_(True), tables.learner.c.objects.is_(False))
    )
    for row in session.execute(query.execution_options(yield_per=batch)):
        yield MeaningfulFact(*row)


def verb_overrides(session: Session, tenant: TenantId) -> dict[tuple[int, str], str]:
    """Return the site's changes to the verb map: (source or 0, Verb IRI) to Signal."""
    rows = session.execute(_OVERRIDES, {"tenant": tenant})
    return {(row.source_id, row.verb_iri): row.signal for row in rows}


@dataclass(frozen=True, slots=True)
class StatementGroup:
    """Statements that mean the same, with their number and the smallest id: a line of the account ``status`` gives."""

    source: int
    verb: str
    flags: int
    progress: int | None
    has_identity: bool
    has_item: bool
    part: bool
    voided: bool
    groups_count: bool
    ruled: bool
    statements: int
    sample: UUID


def statement_groups(session: Session, tenant: TenantId) -> list[StatementGroup]:
    """Count all Statements (member 0 of each) by what decides whether they are kept."""
    fact, activity = tables.fact, tables.activity
    keys = [
        fact.c.source_id,
        tables.verb.c.iri,
        fact.c.flags,
        fact.c.progress,
        fact.c.identity_id.is_not(None),
        activity.c.item_id.is_not(None),
        func.coalesce(activity.c.part, False),
        voided(),
        tables.source.c.groups_count,
        rules.names(ruled) if (ruled := rules.all_of(session, tenant)) else false(),
    ]
    labelled = [key.label(f"k{number}") for number, key in enumerate(keys)]
    inner = (
        select(*labelled, fact.c.statement_id)
        .select_from(fact)
        .join(tables.verb, tables.verb.c.id == fact.c.verb_id)
        .join(tables.source, tables.source.c.id == fact.c.source_id)
        .outerjoin(activity, activity.c.id == fact.c.activity_id)
        .where(fact.c.tenant_id == tenant, fact.c.member == 0)
        .subquery()
    )
    decisive = [inner.c[key.name] for key in labelled]
    query = select(*decisive, func.count(), smallest_id(inner.c.statement_id)).group_by(*decisive)
    rows: Sequence[Any] = session.execute(query).all()
    return [StatementGroup(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class SetAside:
    """Statements in quarantine for one reason; ``sample`` is an id as it could be read, "" where none could."""

    reason: str
    statements: int
    sample: str


def set_aside(session: Session, tenant: TenantId) -> list[SetAside]:
    """Count the Statements in quarantine by reason."""
    table = tables.quarantine
    query = (
        select(table.c.reason, func.count(), func.min(func.nullif(table.c.readable_id, "")))
        .where(table.c.tenant_id == tenant)
        .group_by(table.c.reason)
        .order_by(table.c.reason)
    )
    return [SetAside(reason, count, sample or "") for reason, count, sample in session.execute(query)]


def quarantined(session: Session, tenant: TenantId) -> dict[str, int]:
    """Count the Statements in quarantine by reason, without samples."""
    return {one.reason: one.statements for one in set_aside(session, tenant)}
