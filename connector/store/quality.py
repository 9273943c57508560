"""What looks wrong in the Facts: counts over all of them, a set at a time; what is too much is for ``administer``.

Facts that were voided or that an ignore rule names are not looked at: a fault that was settled is gone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, false, func, or_, select
from sqlalchemy.orm import Session

from connector.domain import TenantId
from connector.store import meaning, rules, tables
from connector.store.expressions import seconds_of, smallest_id
from connector.store.names import chunks
from connector.store.rules import Rule

MOST_FOUND = 100
"""Bursts and repeats of one look; more of them say nothing new."""
LAG_STEP = 300
"""Seconds of one step of ``LagStep``."""
LONGEST_LAG = 86_400
"""Seconds; a longer lag counts as this one."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at the Facts of a Tenant needs: which Verbs complete, by Source, and the rules that hold."""

    tenant: TenantId
    done: Mapping[int, frozenset[int]]
    ruled: Sequence[Rule]


def facts_of(look: Look, *columns: Any) -> Select[Any]:
    """Select ``columns`` of Statements (member 0 of each) that were not voided and that no rule names."""
    fact = tables.fact
    return select(*columns).where(
        fact.c.tenant_id == look.tenant, fact.c.member == 0, ~meaning.voided(), *rules.spares(look.ruled)
    )


def completes(look: Look) -> ColumnElement[bool]:
    """Return the condition that a Fact's Verb completes, as the map of its Source says."""
    fact = tables.fact
    by_verbs: dict[frozenset[int], list[int]] = {}
    for source, verbs in look.done.items():
        by_verbs.setdefault(verbs, []).append(source)
    pairs = (and_(fact.c.source_id.in_(sources), fact.c.verb_id.in_(verbs)) for verbs, sources in by_verbs.items())
    return or_(false(), *pairs)


def completions(look: Look) -> Subquery:
    """Return who completed which whole Item, as far as the Result does not deny it."""
    fact, activity = tables.fact, tables.activity
    columns = (fact.c.source_id, fact.c.identity_id, activity.c.item_id, fact.c.statement_id, fact.c.timestamp)
    return (
        facts_of(look, *columns, fact.c.verb_id, seconds_of(fact.c.timestamp).label("second"))
        .join(activity, activity.c.id == fact.c.activity_id)
        .where(
            completes(look),
            ~rules.says_unfinished(),
            fact.c.identity_id.is_not(None),
            activity.c.item_id.is_not(None),
            activity.c.part.is_(False),
        )
        .subquery()
    )


# --- too much at once ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Burst:
    """What one Identity completed within a span of whole seconds (``second`` is its first, since 1970)."""

    source: int
    identity: int
    second: int
    items: int
    completions: int
    sample: UUID


def bursts(session: Session, look: Look, *, span: int, more_than: int) -> list[Burst]:
    """Return who completed more than ``more_than`` Items within ``span`` seconds, in spans that lie side by side."""
    all_of_them = completions(look)
    second = all_of_them.c.second
    one = select(*all_of_them.c, (second - second % span).label("span")).subquery()
    items, key = func.count(one.c.item_id.distinct()), (one.c.source_id, one.c.identity_id, one.c.span)
    query = (
        select(*key, items, func.count(), smallest_id(one.c.statement_id))
        .group_by(*key)
        .having(items > more_than)
        .order_by(*key)
        .limit(MOST_FOUND)
    )
    return [Burst(*row) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class Repeat:
    """The same said again and again: one Identity, Activity, Verb, attempt and Result, in a span from ``second``."""

    source: int
    identity: int
    activity: int
    verb: int
    second: int
    statements: int
    sample: UUID


def repeats(session: Session, look: Look, *, span: int, at_least: int) -> list[Repeat]:
    """Return what was said at least ``at_least`` times in the same words within ``span`` seconds."""
    fact = tables.fact
    second = seconds_of(fact.c.timestamp)
    facts = (
        facts_of(
            look,
            fact.c.source_id,
            fact.c.identity_id,
            fact.c.activity_id,
            fact.c.verb_id,
            (second - second % span).label("span"),
            fact.c.attempt,
            fact.c.flags,
            fact.c.progress,
            fact.c.score,
            fact.c.statement_id,
        )
        .where(fact.c.identity_id.is_not(None), fact.c.activity_id.is_not(None))
        .subquery()
    )
    key: list[Any] = list(facts.c)[:5]
    words = (facts.c.attempt, facts.c.flags, facts.c.progress, facts.c.score)
    query = (
        select(*key, func.count(), smallest_id(facts.c.statement_id))
        .group_by(*key, *words)
        .having(func.count() >= at_least)
        .order_by(*key)
        .limit(MOST_FOUND)
    )
    rows: Sequence[Any] = session.execute(query).all()
    return [Repeat(*row) for row in rows]


# --- what Results, Activities and clocks say ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Statements of one Source whose Verb completes and whose Result says that nothing is complete."""

    source: int
    verb: int
    statements: int
    sample: UUID


def unfinished(session: Session, look: Look) -> list[Unfinished]:
    """Count them by Source and Verb."""
    fact = tables.fact
    key = (fact.c.source_id, fact.c.verb_id)
    query = (
        facts_of(look, *key, func.count(), smallest_id(fact.c.statement_id))
        .where(completes(look), rules.says_unfinished())
        .group_by(*key)
        .order_by(*key)
    )
    return [Unfinished(*row) for row in session.execute(query)]


def activity_types(session: Session, tenant: TenantId) -> list[str]:
    """Return every activity type of the Tenant."""
    table = tables.activity
    return list(session.scalars(select(table.c.type).distinct().where(table.c.tenant_id == tenant)))


def wholes(session: Session, tenant: TenantId, types: Collection[str]) -> dict[str, int]:
    """Return the Activities of ``types`` that are Items by themselves: IRI to number."""
    table = tables.activity
    found: dict[str, int] = {}
    for some in chunks(sorted(types)):
        query = select(table.c.iri, table.c.id).where(
            table.c.tenant_id == tenant, table.c.type.in_(some), table.c.part.is_(False), table.c.item_id.is_not(None)
        )
        found.update({row.iri: row.id for row in session.execute(query)})
    return found


def of_activities(session: Session, look: Look, activities: Collection[int]) -> dict[int, tuple[int, UUID]]:
    """Count the Statements on each of ``activities``, with the smallest id; one that has none is left out."""
    fact = tables.fact
    found: dict[int, tuple[int, UUID]] = {}
    for some in chunks(sorted(activities)):
        query = (
            facts_of(look, fact.c.activity_id, func.count(), smallest_id(fact.c.statement_id))
            .where(fact.c.activity_id.in_(some))
            .group_by(fact.c.activity_id)
        )
        found.update({row[0]: (row[1], row[2]) for row in session.execute(query)})
    return found


@dataclass(frozen=True, slots=True)
class LagStep:
    """Statements of one Source by how long after their timestamp they were stored.

    ``lag`` is the lower end of the step in seconds, below 0 where the timestamp is later than ``stored``; steps are
    ``LAG_STEP`` seconds, and the outermost ones hold everything beyond ``LONGEST_LAG``.
    """

    source: int
    lag: int
    statements: int
    sample: UUID


def lags(session: Session, look: Look) -> list[LagStep]:
    """Count the Statements that have ``stored`` by Source and lag, for Sources that are read by timestamp."""
    fact, source = tables.fact, tables.source
    lag = seconds_of(fact.c.stored) - seconds_of(fact.c.timestamp) + LONGEST_LAG
    bounded = case((lag < 0, 0), (lag > 2 * LONGEST_LAG, 2 * LONGEST_LAG), else_=lag)
    step = (bounded - bounded % LAG_STEP - LONGEST_LAG).label("step")
    facts = (
        facts_of(look, fact.c.source_id, step, fact.c.statement_id)
        .join(source, source.c.id == fact.c.source_id)
        .where(fact.c.stored.is_not(None), source.c.time_field == "timestamp")
        .subquery()
    )
    key = (facts.c.source_id, facts.c.step)
    query = select(*key, func.count(), smallest_id(facts.c.statement_id)).group_by(*key).order_by(*key)
    return [LagStep(*row) for row in session.execute(query)]


# --- words --------------------------------------------------------------------------------------------------------


def describe_people(session: Session, tenant: TenantId, identities: Collection[int]) -> dict[int, str]:
    """Return words for Identities that do not say who they are: number, kind, home page and shape."""
    table = tables.identity
    words: dict[int, str] = {}
    for some in chunks(sorted(identities)):
        query = select(table.c.id, table.c.kind, table.c.home_page, table.c.shape).where(
            table.c.tenant_id == tenant, table.c.id.in_(some)
        )
        for row in session.execute(query):
            at = f" at {row.home_page}" if row.home_page else ""
            words[row.id] = f"Person {row.id} ({row.kind}{at}, {row.shape})"
    return words


def iris_of(session: Session, tenant: TenantId, activities: Collection[int]) -> dict[int, str]:
    """Return the IRIs of Activities by number."""
    table = tables.activity
    found: dict[int, str] = {}
    for some in chunks(sorted(activities)):
        query = select(table.c.id, table.c.iri).where(table.c.tenant_id == tenant, table.c.id.in_(some))
        found.update({row.id: row.iri for row in session.execute(query)})
    return found


def named_by_rule(session: Session, tenant: TenantId, rule: Rule) -> int:
    """Count the Statements that one rule names, voided ones too."""
    fact = tables.fact
    query = select(func.count()).where(fact.c.tenant_id == tenant, fact.c.member == 0, rules.names([rule]))
    return session.scalar(query) or 0


def read_by(session: Session, tenant: TenantId, source: int, field: str) -> None:
    """Let a Source be read by ``timestamp`` or ``stored``; takes effect at the next request."""
    table = tables.source
    session.execute(table.update().where(table.c.tenant_id == tenant, table.c.id == source).values(time_field=field))
