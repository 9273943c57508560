"""Who completes what, and who completes too much for one person: counts over all Facts, by Source and Identity."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Subquery, and_, case, func, or_, select
from sqlalchemy.orm import Session

from connector.domain import TenantId
from connector.store import tables
from connector.store.expressions import smallest_id
from connector.store.quality import Look, completes, completions, facts_of


@dataclass(frozen=True, slots=True)
class Completer:
    """One Identity of a Source: Items that it completed, how often in all, and the smallest Statement id."""

    source: int
    identity: int
    items: int
    completions: int
    sample: UUID


def completers(session: Session, look: Look, most: int = 2) -> list[Completer]:
    """Return, for each Source, the ``most`` Identities with the most Items and those with the most completions."""
    one = completions(look)
    items, times = func.count(one.c.item_id.distinct()), func.count()
    sums = (
        select(
            one.c.source_id,
            one.c.identity_id,
            items.label("item_count"),
            times.label("times"),
            smallest_id(one.c.statement_id).label("sample"),
        )
        .group_by(one.c.source_id, one.c.identity_id)
        .subquery()
    )
    ranked = select(
        *sums.c, *(_rank(sums, sums.c[name]).label(f"by_{name}") for name in ("item_count", "times"))
    ).subquery()
    query = (
        select(ranked.c.source_id, ranked.c.identity_id, ranked.c.item_count, ranked.c.times, ranked.c.sample)
        .where(or_(ranked.c.by_item_count <= most, ranked.c.by_times <= most))
        .order_by(ranked.c.source_id, ranked.c.by_item_count)
    )
    return [Completer(*row) for row in session.execute(query)]


def _rank(of: Subquery, column: Any) -> Any:
    return func.row_number().over(partition_by=of.c.source_id, order_by=(column.desc(), of.c.identity_id))


def completed_items(session: Session, look: Look) -> dict[int, int]:
    """Count the Items that anybody completed, by Source."""
    one = completions(look)
    query = select(one.c.source_id, func.count(one.c.item_id.distinct())).group_by(one.c.source_id)
    return {row[0]: row[1] for row in session.execute(query)}


def people(session: Session, tenant: TenantId) -> dict[int, int]:
    """Count the Identities that Statements of each Source name."""
    fact = tables.fact
    query = (
        select(fact.c.source_id, func.count(fact.c.identity_id.distinct()))
        .where(fact.c.tenant_id == tenant)
        .group_by(fact.c.source_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def other_acts(session: Session, look: Look, source: int, identity: int) -> int:
    """Count what an Identity did besides completing, on the Items that it completed and on their parts."""
    fact, activity, one = tables.fact, tables.activity, completions(look)
    done = select(one.c.item_id).where(one.c.identity_id == identity, one.c.source_id == source)
    query = (
        facts_of(look, func.count())
        .join(activity, activity.c.id == fact.c.activity_id)
        .where(fact.c.identity_id == identity, fact.c.source_id == source, ~completes(look))
        .where(activity.c.item_id.in_(done))
    )
    return session.scalar(query) or 0


def completing_verbs(session: Session, look: Look, source: int, identity: int) -> list[int]:
    """Return the numbers of the Verbs by which an Identity completed anything."""
    one = completions(look)
    query = select(one.c.verb_id).distinct().where(one.c.identity_id == identity, one.c.source_id == source)
    return sorted(session.scalars(query))


def sample_of(session: Session, look: Look, source: int, identity: int) -> UUID | None:
    """Return the smallest id of a Statement by which an Identity completed anything."""
    one = completions(look)
    query = select(smallest_id(one.c.statement_id)).where(one.c.identity_id == identity, one.c.source_id == source)
    found: UUID | None = session.scalar(query)
    return found


@dataclass(frozen=True, slots=True)
class Twin:
    """One Identity of a Source: moments (Item and second) at which it completed, and how many somebody else shares."""

    source: int
    identity: int
    moments: int
    shared: int


def twins(session: Session, look: Look, most: int = 2) -> list[Twin]:
    """Return, for each Source, the ``most`` Identities whose completions others share most often, to the second."""
    one = completions(look)
    key = (one.c.source_id, one.c.item_id, one.c.second)
    mine = select(one.c.identity_id, *key).distinct().subquery()
    several = select(*key).group_by(*key).having(func.count(one.c.identity_id.distinct()) > 1).subquery()
    same = and_(*(mine.c[column.name] == several.c[column.name] for column in key))
    shared = func.sum(case((several.c.source_id.is_not(None), 1), else_=0)).label("shared")
    sums = (
        select(mine.c.source_id, mine.c.identity_id, func.count().label("moments"), shared)
        .select_from(mine.outerjoin(several, same))
        .group_by(mine.c.source_id, mine.c.identity_id)
        .subquery()
    )
    ranked = select(*sums.c, _rank(sums, sums.c.shared).label("place")).subquery()
    query = (
        select(ranked.c.source_id, ranked.c.identity_id, ranked.c.moments, ranked.c.shared)
        .where(ranked.c.place <= most)
        .order_by(ranked.c.source_id, ranked.c.place)
    )
    return [Twin(*row) for row in session.execute(query)]
