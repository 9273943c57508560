"""Ignored Facts: Statements that say nothing for recommendations under the verb map, and what is left of them.

After their retention only counts by Source, reason and Verb stay, with one sample id each, so that the account of
everything that was read still adds up. A Fact that only the site's own changes of the map ignore is kept: who takes a
change back finds everything again. Facts are looked at in the order of their numbers, a bounded range at a time; how
far that came is kept with the job ``retention``, and after the last Fact it begins again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, delete, exists, func, select, update
from sqlalchemy.orm import Session

from connector.domain import Flag, Signal, SourceId, TenantId
from connector.statements.verbs import IgnoredReason
from connector.store import interactions, tables
from connector.store.interactions import Meanings
from connector.store.names import chunks
from connector.store.upsert import insert_into, insert_new

JOB = "retention"
RANGE = 20_000
"""Facts that are looked at in one go: some tenths of a second of SQLite's lock at the most."""


def voided() -> Any:
    """Return the condition that a Fact's Statement was voided."""
    void, fact = tables.voided_statement, tables.fact
    return exists().where(
        void.c.tenant_id == fact.c.tenant_id,
        void.c.source_id == fact.c.source_id,
        void.c.statement_id == fact.c.statement_id,
    )


def meaning_of(
    site: Meanings,
    *,
    source: int,
    verb: str,
    flags: int,
    progress: int | None,
    part: bool | None,
    has_identity: bool,
    groups_count: bool,
) -> Signal | IgnoredReason:
    """Return what a Statement means on this site, or why it is ignored; voiding is not looked at.

    Parameters
    ----------
    part : bool or None
        Whether its Activity is only a part of an Item; None where it belongs to none.
    has_identity : bool
        Whether its Actor has an identifier; not asked of a Group.
    groups_count : bool
        Whether the Source lets Groups count for their members.
    """
    meant = site.of(source, verb, flags=flags, progress=progress, part=part)
    if not isinstance(meant, Signal):
        return meant.reason
    if flags & Flag.GROUP:
        return meant if groups_count else IgnoredReason.GROUP
    return meant if has_identity else IgnoredReason.NO_ACTOR


@dataclass(frozen=True, slots=True)
class IgnoredCount:
    """Statements whose Facts are gone: how many of one Source were ignored for one reason."""

    source: SourceId
    reason: str
    verb: str
    statements: int
    sample: UUID | None


def counts(session: Session, tenant: TenantId) -> list[IgnoredCount]:
    """Return what is left of ignored Facts."""
    table = tables.ignored_count
    columns = (table.c.source_id, table.c.reason, table.c.verb_iri, table.c.statements, table.c.sample_id)
    query = select(*columns).where(table.c.tenant_id == tenant).order_by(*columns[:3])
    return [IgnoredCount(SourceId(row[0]), *row[1:]) for row in session.execute(query)]


def forget_counts(session: Session, tenant: TenantId, source: SourceId) -> None:
    """Drop the counts of a Source: before it is read from its beginning again, which brings its old Facts back."""
    table = tables.ignored_count
    session.execute(delete(table).where(table.c.tenant_id == tenant, table.c.source_id == source))


def forget_some(session: Session, tenant: TenantId, before: datetime, now: datetime, size: int = RANGE) -> int:
    """Look at the next ``size`` Facts; delete the ignored ones from before ``before``, and count their Statements.

    Returns
    -------
    int
        How many Facts went. ``at_end`` tells whether the last Fact was looked at.
    """
    reached = _reached(session, tenant, now)
    rows = session.execute(_range(tenant, reached, size)).all()
    site = interactions.meanings(session, tenant)
    old = [(row, reason) for row in rows if row.at < before and (reason := _for_good(site, row)) is not None]
    _count(session, tenant, old)
    for some in chunks([row.id for row, _ in old]):
        session.execute(delete(tables.fact).where(tables.fact.c.tenant_id == tenant, tables.fact.c.id.in_(some)))
    _reach(session, tenant, rows[-1].id if len(rows) == size else 0)
    return len(old)


def at_end(session: Session, tenant: TenantId) -> bool:
    """Tell whether the last look came to the newest Fact: the next begins with the oldest again."""
    return session.scalar(_progress(tenant)) in (None, {"after": 0})


def _progress(tenant: TenantId) -> Select[Any]:
    table = tables.job
    return select(table.c.progress).where(table.c.tenant_id == tenant, table.c.kind == JOB, table.c.scope == "")


def _reached(session: Session, tenant: TenantId, now: datetime) -> int:
    row = {"tenant_id": tenant, "kind": JOB, "scope": "", "state": "done", "due_at": now}
    insert_new(session, tables.job, [row])
    progress = session.scalar(_progress(tenant).with_for_update())
    return int((progress or {}).get("after", 0))


def _reach(session: Session, tenant: TenantId, number: int) -> None:
    table = tables.job
    session.execute(
        update(table)
        .where(table.c.tenant_id == tenant, table.c.kind == JOB, table.c.scope == "")
        .values(progress={"after": number})
    )


def _range(tenant: TenantId, after: int, size: int) -> Select[Any]:
    fact, activity, verb, source = tables.fact, tables.activity, tables.verb, tables.source
    return (
        select(
            fact.c.id,
            fact.c.source_id,
            fact.c.statement_id,
            fact.c.member,
            verb.c.iri.label("verb"),
            fact.c.flags,
            fact.c.progress,
            activity.c.item_id,
            activity.c.part,
            fact.c.identity_id,
            source.c.groups_count,
            func.coalesce(fact.c.stored, fact.c.timestamp, type_=fact.c.timestamp.type).label("at"),
            voided().label("voided"),
        )
        .join(verb, verb.c.id == fact.c.verb_id)
        .join(source, source.c.id == fact.c.source_id)
        .outerjoin(activity, activity.c.id == fact.c.activity_id)
        .where(fact.c.tenant_id == tenant, fact.c.id > after)
        .order_by(fact.c.id)
        .limit(size)
    )


_AS_SHIPPED = Meanings({})


def _for_good(site: Meanings, row: Row[Any]) -> IgnoredReason | None:
    """Return why a Fact may go: it means nothing on this site, nor would it if the site took its verb map back."""
    return _reason(site, row) if _reason(_AS_SHIPPED, row) is not None else None


def _reason(site: Meanings, row: Row[Any]) -> IgnoredReason | None:
    if row.voided:
        return None
    meant = meaning_of(
        site,
        source=row.source_id,
        verb=row.verb,
        flags=row.flags,
        progress=row.progress,
        part=bool(row.part) if row.item_id is not None else None,
        has_identity=row.identity_id is not None,
        groups_count=row.groups_count,
    )
    return None if isinstance(meant, Signal) else meant


def _count(session: Session, tenant: TenantId, old: Sequence[tuple[Row[Any], IgnoredReason]]) -> None:
    """Add the Statements (member 0 of each) to what was counted before."""
    found: dict[tuple[int, str, str], dict[str, Any]] = {}
    for row, reason in old:
        if row.member == 0:
            key = (row.source_id, reason.value, row.verb[:500])
            kept = found.setdefault(key, {"statements": 0, "sample_id": row.statement_id})
            kept["statements"] += 1
    if not found:
        return
    table = tables.ignored_count
    added = insert_into(session, table)
    more = table.c.statements + added.excluded.statements
    sample = func.coalesce(table.c.sample_id, added.excluded.sample_id)
    upsert = added.on_conflict_do_update(
        index_elements=["tenant_id", "source_id", "reason", "verb_iri"], set_={"statements": more, "sample_id": sample}
    )
    names = ("source_id", "reason", "verb_iri")
    rows = [{"tenant_id": tenant} | dict(zip(names, key, strict=True)) | kept for key, kept in sorted(found.items())]
    session.connection().execute(upsert, rows)
