"""Activities: their numbers, and the Item that each rolls up to.

Several Statements may roll one Activity up differently (one names the course, another leaves it out; a module sits in
two courses). The best stays whatever order they come in: an Item before none, a part of something before a whole, then
the smaller Item IRI; so does the best type. Where somebody fixed an Activity by hand, it stays there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from connector.domain import ActivityDraft, ItemId, TenantId
from connector.store import tables
from connector.store.names import LONGEST_TYPE, among, better_type, chunks
from connector.store.upsert import insert_new


@dataclass(frozen=True, slots=True)
class KnownActivity:
    """An Activity as it stands in the store; ``item_iri`` is "" when it rolls up to no Item."""

    id: int
    item_iri: str
    part: bool
    type: str
    by_hand: bool

    def changes(self, draft: ActivityDraft, items: Mapping[str, ItemId]) -> dict[str, Any]:
        """Return the columns that ``draft`` changes for the better; empty where it changes nothing."""
        values: dict[str, Any] = {}
        if not self.by_hand and _rank(draft.item_iri, part=draft.part) < _rank(self.item_iri, part=self.part):
            values = {"item_id": items[draft.item_iri], "part": draft.part}
        best = better_type(self.type, draft.type)
        return values if best == self.type else values | {"type": best}


def numbers(
    session: Session, tenant: TenantId, drafts: Iterable[ActivityDraft], items: Mapping[str, ItemId]
) -> dict[str, int]:
    """Return the number of each Activity by IRI, making new ones and improving roll-ups.

    ``items`` has the number of every Item that ``drafts`` name.
    """
    wanted = _best_drafts(drafts)
    known = _known(session, tenant, wanted)
    # in one order everywhere, so that two Sources that bring the same names wait for each other and never in a circle
    fresh = sorted(wanted.keys() - known.keys())
    insert_new(session, tables.activity, [_row(tenant, wanted[iri], items) for iri in fresh])
    known |= _known(session, tenant, fresh)
    worse = [iri for iri, activity in known.items() if activity.changes(wanted[iri], items)]
    if worse:
        _improve(session, tenant, {iri: wanted[iri] for iri in sorted(worse)}, items)
    return {iri: activity.id for iri, activity in known.items()}


def _rank(item_iri: str, *, part: bool) -> tuple[bool, bool, str]:
    return (not item_iri, not part, item_iri)


def _best_drafts(drafts: Iterable[ActivityDraft]) -> dict[str, ActivityDraft]:
    best: dict[str, ActivityDraft] = {}
    for draft in drafts:
        old = best.setdefault(draft.iri, draft)
        if old is not draft:
            nearer = draft if _rank(draft.item_iri, part=draft.part) < _rank(old.item_iri, part=old.part) else old
            best[draft.iri] = replace(nearer, type=better_type(old.type, draft.type))
    return best


def _known(session: Session, tenant: TenantId, iris: Iterable[str]) -> dict[str, KnownActivity]:
    table, known = tables.activity, dict[str, KnownActivity]()
    joined = table.outerjoin(tables.item, tables.item.c.id == table.c.item_id)
    for some in chunks(sorted(iris)):
        query = (
            select(table.c.iri, table.c.id, tables.item.c.iri, table.c.part, table.c.type, table.c.by_hand)
            .select_from(joined)
            .where(table.c.tenant_id == tenant, among(session, table.c.iri, some))
        )
        for iri, number, item_iri, part, type_, by_hand in session.execute(query):
            known[iri] = KnownActivity(number, item_iri or "", part, type_, by_hand)
    return known


def _row(tenant: TenantId, draft: ActivityDraft, items: Mapping[str, ItemId]) -> dict[str, Any]:
    return {
        "tenant_id": tenant,
        "iri": draft.iri,
        "type": draft.type[:LONGEST_TYPE],
        "item_id": items[draft.item_iri] if draft.item_iri else None,
        "part": draft.part,
    }


def _improve(
    session: Session, tenant: TenantId, drafts: Mapping[str, ActivityDraft], items: Mapping[str, ItemId]
) -> None:
    """Put what is better in its place: look again at rows that nobody else changes meanwhile."""
    table = tables.activity
    for some in chunks(list(drafts)):
        _hold(session, tenant, some)
        for iri, activity in sorted(_known(session, tenant, some).items()):
            if values := activity.changes(drafts[iri], items):
                session.execute(update(table).where(table.c.id == activity.id).values(**values))


def _hold(session: Session, tenant: TenantId, iris: Sequence[str]) -> None:
    table = tables.activity
    rows = select(table.c.id).where(table.c.tenant_id == tenant, among(session, table.c.iri, iris))
    session.execute(rows.order_by(table.c.iri).with_for_update()).all()
