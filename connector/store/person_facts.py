"""Reading the Facts of one person in words: what was done, when, and what that means here now."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from connector.domain import Flag, Signal, TenantId
from connector.store import ignored, interactions, tables
from connector.store.interactions import Meanings
from connector.store.records import Record, in_chunks, titled


def facts(session: Session, tenant: TenantId, identities: Collection[int]) -> list[Record]:
    """Return the Facts of these Identities in words, oldest first.

    ``means`` is the Signal, or "ignored: " and why; a member of a Group has Facts of its own.
    """
    site = interactions.meanings(session, tenant)
    rows = in_chunks(session, _query(tenant), tables.fact.c.identity_id, identities)
    rows.sort(key=lambda row: (row.timestamp, row.number))
    return titled(session, tenant, [_record(row, site) for row in rows])


def _query(tenant: TenantId) -> Select[Any]:
    fact, activity, verb, source = tables.fact, tables.activity, tables.verb, tables.source
    return (
        select(
            fact.c.id.label("number"),
            fact.c.identity_id.label("identity"),
            fact.c.source_id,
            source.c.name.label("source"),
            source.c.groups_count,
            fact.c.statement_id,
            fact.c.member,
            verb.c.iri.label("verb"),
            activity.c.iri.label("activity"),
            activity.c.type,
            activity.c.item_id,
            activity.c.part,
            fact.c.attempt,
            fact.c.flags,
            fact.c.score,
            fact.c.progress,
            fact.c.stored,
            fact.c.timestamp,
            ignored.voided().label("voided"),
        )
        .join(source, source.c.id == fact.c.source_id)
        .join(verb, verb.c.id == fact.c.verb_id)
        .outerjoin(activity, activity.c.id == fact.c.activity_id)
        .where(fact.c.tenant_id == tenant)
    )


_COPIED = ("number", "identity", "source", "statement_id", "member", "verb", "activity", "type", "attempt", "score")


def _record(row: Row[Any], site: Meanings) -> Record:
    said: Record = {
        name: getattr(row, name) for name in (*_COPIED, "progress", "stored", "timestamp", "voided", "item_id")
    }
    said["completion"] = _answer(row.flags, Flag.COMPLETION_GIVEN, Flag.COMPLETION_TRUE)
    said["success"] = _answer(row.flags, Flag.SUCCESS_GIVEN, Flag.SUCCESS_TRUE)
    said["in_a_group"] = bool(row.flags & Flag.GROUP)
    said["voided"] = bool(row.voided)
    said["means"] = _meaning(row, site)
    return said


def _answer(flags: int, given: Flag, true: Flag) -> bool | None:
    return bool(flags & true) if flags & given else None


def _meaning(row: Row[Any], site: Meanings) -> str:
    if row.voided:
        return "ignored: voided"
    meant = ignored.meaning_of(
        site,
        source=row.source_id,
        verb=row.verb,
        flags=row.flags,
        progress=row.progress,
        part=bool(row.part) if row.item_id is not None else None,
        has_identity=True,
        groups_count=row.groups_count,
    )
    return meant.value if isinstance(meant, Signal) else f"ignored: {meant.value}"
