"""What is new to a Learner: when they were here last, and what was offered since."""

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from connector.domain import ItemId, LearnerId, TenantId
from connector.store import tables

SITTING = timedelta(hours=2)
"""Pages with less than this between them belong to one visit: an LMS launches anew at every reload."""
LOOKED_AT = 100
"""So many pages of a Learner are looked at; who had more in one visit was not here before, as far as is known."""


def previous_visit(session: Session, tenant: TenantId, learner: LearnerId, since: datetime) -> datetime | None:
    """Return when the last page before this visit was shown; None to who was not here before.

    ``since`` is when this visit was launched. Costs one look into an index.
    """
    table = tables.slate
    shown = (
        select(table.c.shown_at)
        .where(table.c.tenant_id == tenant, table.c.learner_id == learner)
        .order_by(table.c.shown_at.desc())
        .limit(LOOKED_AT)
    )
    begun = since
    moments: list[datetime] = list(session.scalars(shown))
    for at in moments:
        if at < begun - SITTING:
            return at
        begun = min(begun, at)
    return None


def offered_since(session: Session, tenant: TenantId, since: datetime, most: int) -> dict[ItemId, datetime]:
    """Return when each of the ``most`` newest Items was first offered: made known, and begun where it has a start.

    What begins later is among them.
    """
    table = tables.item
    query = (
        select(table.c.id, table.c.created_at, table.c.starts_at)
        .where(table.c.tenant_id == tenant, or_(table.c.created_at > since, table.c.starts_at > since))
        .order_by(func.coalesce(table.c.starts_at, table.c.created_at).desc(), table.c.id.desc())
        .limit(most)
    )
    return {
        ItemId(row.id): row.created_at if row.starts_at is None else max(row.created_at, row.starts_at)
        for row in session.execute(query)
    }
