"""Reading the quarantine: Statements that could not be read, sealed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.domain import TenantId
from connector.store import tables


@dataclass(frozen=True, slots=True)
class SealedStatement:
    """One entry of the quarantine; ``sealed`` is for ``Seal.open``."""

    number: int
    source: str
    reason: str
    readable_id: str
    sealed: bytes
    seen_at: datetime


def all_of(session: Session, tenant: TenantId, *, batch: int = 200) -> Iterator[SealedStatement]:
    """Yield every entry of a Tenant's quarantine, streamed, in the order of their numbers."""
    table, source = tables.quarantine, tables.source
    columns = (table.c.id, source.c.name, table.c.reason, table.c.readable_id, table.c.sealed, table.c.seen_at)
    query = (
        select(*columns)
        .join(source, source.c.id == table.c.source_id)
        .where(table.c.tenant_id == tenant)
        .order_by(table.c.id)
    )
    for row in session.execute(query.execution_options(yield_per=batch)):
        yield SealedStatement(row.id, row.name, row.reason, row.readable_id, bytes(row.sealed), row.seen_at)
