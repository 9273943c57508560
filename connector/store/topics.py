"""The Items that have a topic and are open to everybody who may see them, without what only Cards need."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import null, or_, select
from sqlalchemy.orm import Session

from connector.domain import Iri, ItemId, ItemStatus, TenantId
from connector.store import tables


@dataclass(frozen=True, slots=True)
class OnTopic:
    """An Item with its topics; ``audience`` is as in `connector.domain.Item`."""

    id: ItemId
    family: int
    topics: tuple[str, ...]
    audience: tuple[str, ...]
    iri: Iri
    page: str
    url: str


def open_items(session: Session, tenant: TenantId, now: datetime) -> Iterator[OnTopic]:
    """Return what is shown, visible, enrolable, running, titled, not sensitive and asks for nothing first; by number.

    One query over the Tenant's Items.
    """
    table, text = tables.item, tables.item_text
    titled = select(1).where(text.c.tenant_id == tenant, text.c.item_id == table.c.id, text.c.title != "").exists()
    named = ("id", "family_id", "topics", "audience", "iri", "page", "url")
    query = (
        select(*(table.c[name] for name in named))
        .where(
            table.c.tenant_id == tenant,
            table.c.status == ItemStatus.SHOWN.value,
            table.c.topics.is_not(null()),
            table.c.sensitive.is_(False),
            table.c.visible.is_(True),
            table.c.enrolable.is_(True),
            or_(table.c.starts_at.is_(None), table.c.starts_at <= now),
            or_(table.c.ends_at.is_(None), table.c.ends_at > now),
            titled,
        )
        .where(table.c.prerequisites.is_(null()))
        .order_by(table.c.id)
    )
    for row in session.execute(query):
        topics, audience = tuple(row.topics or ()), tuple(row.audience or ())
        yield OnTopic(ItemId(row.id), row.family_id, topics, audience, Iri(row.iri), row.page, row.url)


def next_change(session: Session, tenant: TenantId, now: datetime) -> datetime | None:
    """Return when the next Item begins or ends; None if none will."""
    table = tables.item
    mine = [
        select(column).where(table.c.tenant_id == tenant, column > now).order_by(column).limit(1)
        for column in (table.c.starts_at, table.c.ends_at)
    ]
    return min((at for query in mine if (at := session.scalar(query)) is not None), default=None)
