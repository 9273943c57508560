"""Numbers for names: Verbs, Items, Activities and Identities get theirs the first time a Statement brings them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Column, Table, insert, select, update
from sqlalchemy.orm import Session

from connector.domain import ActivityDraft, HashedIdentity, ItemId, TenantId
from connector.store import tables
from connector.store.upsert import insert_new

BATCH = 500
LONGEST_TYPE = 500
T = TypeVar("T")
K = TypeVar("K")


def chunks(values: Sequence[T], size: int = BATCH) -> Iterable[Sequence[T]]:
    """Yield ``values`` in runs of at most ``size``."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def numbers_of(
    session: Session, tenant: TenantId, table: Table, column: Column[Any], keys: Iterable[K]
) -> dict[K, int]:
    """Return the ``id`` of each of ``keys`` that is there."""
    found: dict[K, int] = {}
    for some in chunks(sorted(set(keys))):  # type: ignore[type-var]
        query = select(column, table.c.id).where(table.c.tenant_id == tenant, column.in_(some))
        found.update({_plain(key): number for key, number in session.execute(query)})
    return found


def _plain(key: Any) -> Any:
    return bytes(key) if isinstance(key, memoryview) else key


def verbs(session: Session, tenant: TenantId, iris: Iterable[str]) -> dict[str, int]:
    """Return the number of each Verb, making those that are new."""
    wanted = set(iris)
    found = numbers_of(session, tenant, tables.verb, tables.verb.c.iri, wanted)
    new = sorted(wanted - set(found))
    if new:
        insert_new(session, tables.verb, [{"tenant_id": tenant, "iri": iri} for iri in new])
        found |= numbers_of(session, tenant, tables.verb, tables.verb.c.iri, new)
    return found


# --- identities --------------------------------------------------------------------------------------------------


def identities(session: Session, tenant: TenantId, hashed: Iterable[HashedIdentity], now: datetime) -> dict[bytes, int]:
    """Return the number of each Identity by its exact hash; new ones get a Learner of their own.

    Identities of erased people are left out: their Facts are not taken in again.
    """
    wanted = {identity.exact: identity for identity in hashed}
    found = numbers_of(session, tenant, tables.identity, tables.identity.c.exact, wanted)
    new = set(wanted) - set(found)
    new -= erased(session, tenant, new)
    if new:
        _add_identities(session, tenant, [wanted[exact] for exact in sorted(new)], now)
        found |= numbers_of(session, tenant, tables.identity, tables.identity.c.exact, new)
    return found


def erased(session: Session, tenant: TenantId, exact: Iterable[bytes]) -> set[bytes]:
    """Return those of the hashes ``exact`` that belong to erased people."""
    table = tables.erased_person
    gone: set[bytes] = set()
    for some in chunks(sorted(exact)):
        gone.update(
            session.scalars(select(table.c.digest).where(table.c.tenant_id == tenant, table.c.digest.in_(some)))
        )
    return gone


def new_learners(session: Session, tenant: TenantId, count: int, now: datetime) -> list[int]:
    """Make ``count`` Learners; return their numbers, ascending."""
    rows = [{"tenant_id": tenant, "created_at": now} for _ in range(count)]
    made = session.scalars(insert(tables.learner).returning(tables.learner.c.id), rows)
    return sorted(made)


def _add_identities(session: Session, tenant: TenantId, new: Sequence[HashedIdentity], now: datetime) -> None:
    learners = new_learners(session, tenant, len(new), now)
    insert_new(
        session,
        tables.identity,
        [
            identity_row(tenant, identity, learner) | {"from_statement": True}
            for identity, learner in zip(new, learners, strict=True)
        ],
    )


def identity_row(tenant: TenantId, identity: HashedIdentity, learner: int) -> dict[str, Any]:
    """Return the columns of a new Identity that belongs to ``learner``."""
    return {
        "tenant_id": tenant,
        "learner_id": learner,
        "first_learner_id": learner,
        "kind": identity.kind.value,
        "home_page": identity.home_page[:500],
        "exact": identity.exact,
        "folded": identity.folded,
        "bare": identity.bare,
        "sha1": identity.sha1,
        "shape": identity.shape[:80],
        "from_launch": False,
        "from_statement": False,
    }


def mark_from_statements(session: Session, tenant: TenantId, numbers: Iterable[int]) -> None:
    """Remember that the Identities ``numbers`` were seen in Statements."""
    table = tables.identity
    for some in chunks(sorted(numbers)):
        session.execute(
            update(table)
            .where(table.c.tenant_id == tenant, table.c.id.in_(some), table.c.from_statement.is_(False))
            .values(from_statement=True)
        )


# --- items and activities ----------------------------------------------------------------------------------------


def better_type(one: str, other: str) -> str:
    """Return the activity type to keep of two that were said of one thing: any before none, then the smaller."""
    return min(filter(None, (one[:LONGEST_TYPE], other[:LONGEST_TYPE])), default="")


def items(session: Session, tenant: TenantId, types: Mapping[str, str], now: datetime) -> dict[str, ItemId]:
    """Return the number of each Item by IRI, making those that are new, each a Family of its own.

    ``types`` maps an Item's IRI to its activity type ("" when not known); a better one takes the place of what was
    known.
    """
    if not types:
        return {}
    found = numbers_of(session, tenant, tables.item, tables.item.c.iri, types)
    new = sorted(set(types) - set(found))
    if new:
        _add_items(session, tenant, new, now)
        found |= numbers_of(session, tenant, tables.item, tables.item.c.iri, new)
    _improve_types(session, tenant, {number: types[iri] for iri, number in found.items() if types[iri]})
    return {iri: ItemId(number) for iri, number in found.items()}


def _add_items(session: Session, tenant: TenantId, new: Sequence[str], now: datetime) -> None:
    families = sorted(
        session.scalars(insert(tables.family).returning(tables.family.c.id), [{"tenant_id": tenant}] * len(new))
    )
    rows = [
        {"tenant_id": tenant, "iri": iri, "family_id": family, "type": "", "created_at": now}
        for iri, family in zip(new, families, strict=True)
    ]
    insert_new(session, tables.item, rows)


def _improve_types(session: Session, tenant: TenantId, types: Mapping[int, str]) -> None:
    table = tables.item
    for some in chunks(sorted(types)):
        query = select(table.c.id, table.c.type).where(table.c.tenant_id == tenant, table.c.id.in_(some))
        for number, old in sorted(map(tuple, session.execute(query))):
            best = better_type(old, types[number])
            if best != old:
                session.execute(update(table).where(table.c.id == number).values(type=best))


@dataclass(frozen=True, slots=True)
class KnownActivity:
    """An Activity as it stands in the store; ``item_iri`` is "" when it rolls up to no Item."""

    id: int
    item_iri: str
    part: bool
    type: str


def activities(
    session: Session, tenant: TenantId, drafts: Iterable[ActivityDraft], item_numbers: Mapping[str, ItemId]
) -> dict[str, int]:
    """Return the number of each Activity by IRI, making new ones and improving roll-ups.

    Several Statements may roll one Activity up differently (one names the course, another leaves it out; a module sits
    in two courses). The best stays whatever order they come in: an Item before none, a part of something before a
    whole, then the smaller Item IRI; so does the best type.
    """
    wanted = _best_drafts(drafts)
    known = _known_activities(session, tenant, wanted)
    # in one order everywhere, so that two Sources that bring the same names wait for each other and never in a circle
    fresh = [_activity_row(tenant, wanted[iri], item_numbers) for iri in sorted(wanted.keys() - known.keys())]
    insert_new(session, tables.activity, fresh)
    for iri in sorted(known):
        _improve(session, known[iri], wanted[iri], item_numbers)
    numbers = {iri: activity.id for iri, activity in known.items()}
    return numbers | numbers_of(session, tenant, tables.activity, tables.activity.c.iri, set(wanted) - set(known))


def _rank(item_iri: str, *, part: bool) -> tuple[bool, bool, str]:
    return (not item_iri, not part, item_iri)


def _best_drafts(drafts: Iterable[ActivityDraft]) -> dict[str, ActivityDraft]:
    best: dict[str, ActivityDraft] = {}
    for draft in drafts:
        old = best.get(draft.iri, draft)
        nearer = draft if _rank(draft.item_iri, part=draft.part) < _rank(old.item_iri, part=old.part) else old
        best[draft.iri] = replace(nearer, type=better_type(old.type, draft.type))
    return best


def _known_activities(session: Session, tenant: TenantId, iris: Iterable[str]) -> dict[str, KnownActivity]:
    table, known = tables.activity, {}
    joined = table.outerjoin(tables.item, tables.item.c.id == table.c.item_id)
    for some in chunks(sorted(set(iris))):
        query = (
            select(table.c.iri, table.c.id, tables.item.c.iri.label("item_iri"), table.c.part, table.c.type)
            .select_from(joined)
            .where(table.c.tenant_id == tenant, table.c.iri.in_(some))
        )
        known.update(
            {row.iri: KnownActivity(row.id, row.item_iri or "", row.part, row.type) for row in session.execute(query)}
        )
    return known


def _activity_row(tenant: TenantId, draft: ActivityDraft, item_numbers: Mapping[str, ItemId]) -> dict[str, Any]:
    return {
        "tenant_id": tenant,
        "iri": draft.iri,
        "type": draft.type[:LONGEST_TYPE],
        "item_id": item_numbers.get(draft.item_iri),
        "part": draft.part,
    }


def _improve(
    session: Session, activity: KnownActivity, draft: ActivityDraft, item_numbers: Mapping[str, ItemId]
) -> None:
    values: dict[str, Any] = {}
    if _rank(draft.item_iri, part=draft.part) < _rank(activity.item_iri, part=activity.part):
        values = {"item_id": item_numbers[draft.item_iri], "part": draft.part}
    best = better_type(activity.type, draft.type)
    if best != activity.type:
        values["type"] = best
    if values:
        session.execute(update(tables.activity).where(tables.activity.c.id == activity.id).values(**values))
