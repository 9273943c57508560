"""What was shown and what people did with it, and the audit line of what was refused or changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from struct import pack, unpack_from
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from connector.domain import ItemId, LearnerId, PlatformId, TenantId
from connector.store import tables

_KEEP_SLATE = insert(tables.slate)


def keep_slate(
    session: Session,
    tenant: TenantId,
    *,
    slate: UUID,
    learner: LearnerId | None,
    model_version: int | None,
    platform: PlatformId,
    placement: str,
    state: str,
    items: Sequence[ItemId],
    now: datetime,
) -> None:
    """Keep which Items a page showed, in page order, none seen yet."""
    row = {
        "id": slate,
        "tenant_id": tenant,
        "learner_id": learner,
        "model_version": model_version,
        "platform_id": platform,
        "placement": placement[:255],
        "state": state,
        "shown": pack(f"<{len(items)}I", *items),
        "seen": bytes((len(items) + 7) // 8),
        "shown_at": now,
    }
    session.execute(_KEEP_SLATE, row)


def mark_seen(
    session: Session, tenant: TenantId, slate: UUID, learner: LearnerId | None, positions: Sequence[int]
) -> bool:
    """Set the bits of the Cards that were really seen; return whether that Slate was shown to that Learner."""
    table = tables.slate
    query = select(table.c.seen, table.c.shown).where(
        table.c.tenant_id == tenant, table.c.id == slate, table.c.learner_id.is_not_distinct_from(learner)
    )
    row = session.execute(query.with_for_update()).first()
    if row is None:
        return False
    seen = bytearray(row.seen)
    for position in positions:
        if 0 <= position < len(row.shown) // 4:
            seen[position // 8] |= 1 << (position % 8)
    session.execute(update(table).where(table.c.tenant_id == tenant, table.c.id == slate).values(seen=bytes(seen)))
    return True


def shown_at(
    session: Session, tenant: TenantId, slate: UUID, learner: LearnerId | None, position: int
) -> ItemId | None:
    """Return the Item that stood at ``position`` of a page; None when that page was not shown to that Learner."""
    table = tables.slate
    shown = session.scalar(
        select(table.c.shown).where(
            table.c.tenant_id == tenant, table.c.id == slate, table.c.learner_id.is_not_distinct_from(learner)
        )
    )
    if shown is None or not 0 <= position < len(shown) // 4:
        return None
    return ItemId(unpack_from("<I", shown, position * 4)[0])


def add(
    session: Session,
    tenant: TenantId,
    kind: str,
    *,
    slate: UUID | None,
    learner: LearnerId | None,
    item: ItemId | None,
    now: datetime,
) -> None:
    """Add one act of a person: a click, a switch."""
    row = {
        "tenant_id": tenant,
        "slate_id": slate,
        "learner_id": learner,
        "item_id": item,
        "kind": kind,
        "at": now,
    }
    session.execute(insert(tables.event), row)


def audit(session: Session, tenant: TenantId, kind: str, code: str, detail: Mapping[str, Any], now: datetime) -> None:
    """Write an audit line; ``detail`` never holds a person's identifier."""
    row = {"tenant_id": tenant, "kind": kind, "code": code, "detail": dict(detail), "at": now}
    session.execute(insert(tables.audit), row)


def audit_counts(session: Session, tenant: TenantId, kind: str, since: datetime) -> dict[str, int]:
    """Count the audit lines of one kind since a moment, by code."""
    table = tables.audit
    query = (
        select(table.c.code, func.count())
        .where(table.c.tenant_id == tenant, table.c.kind == kind, table.c.at >= since)
        .group_by(table.c.code)
    )
    return {row[0]: row[1] for row in session.execute(query)}
