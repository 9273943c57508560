"""Tombstones: which Statements were voided. The target may be here already, come later, or never come."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from connector.domain import SourceId, TenantId, VoidingDraft
from connector.store import tables
from connector.store.names import chunks
from connector.store.upsert import insert_new


def add(session: Session, tenant: TenantId, source: SourceId, voidings: Sequence[VoidingDraft]) -> int:
    """Keep what was voided; return how many targets were new.

    Of several voidings of one target the one with the smallest id is kept, in whatever order they come.
    """
    wanted = _first_of_each_target(voidings)
    if not wanted:
        return 0
    rows = [_row(tenant, source, wanted[target]) for target in sorted(wanted)]
    new = insert_new(session, tables.voided_statement, rows)
    for target, voided_by in sorted(_known(session, tenant, source, wanted).items()):
        if wanted[target].statement_id < voided_by:
            _put_in_place(session, tenant, source, wanted[target])
    return new


def _first_of_each_target(voidings: Iterable[VoidingDraft]) -> dict[UUID, VoidingDraft]:
    first: dict[UUID, VoidingDraft] = {}
    for voiding in sorted(voidings, key=lambda one: one.statement_id):
        first.setdefault(voiding.target, voiding)
    return first


def _known(session: Session, tenant: TenantId, source: SourceId, targets: Iterable[UUID]) -> dict[UUID, UUID]:
    table, known = tables.voided_statement, {}
    for some in chunks(sorted(targets)):
        query = select(table.c.statement_id, table.c.voided_by).where(
            table.c.tenant_id == tenant, table.c.source_id == source, table.c.statement_id.in_(some)
        )
        known.update({row.statement_id: row.voided_by for row in session.execute(query)})
    return known


def _put_in_place(session: Session, tenant: TenantId, source: SourceId, voiding: VoidingDraft) -> None:
    """Put a voiding with a smaller id in the place of what is there, unless somebody was quicker with a smaller one."""
    table = tables.voided_statement
    this = (table.c.tenant_id == tenant, table.c.source_id == source, table.c.statement_id == voiding.target)
    session.execute(
        update(table)
        .where(*this, table.c.voided_by > voiding.statement_id)
        .values(voided_by=voiding.statement_id, stored=voiding.stored)
    )


def _row(tenant: TenantId, source: SourceId, voiding: VoidingDraft) -> dict[str, Any]:
    return {
        "tenant_id": tenant,
        "source_id": source,
        "statement_id": voiding.target,
        "voided_by": voiding.statement_id,
        "stored": voiding.stored,
    }
