"""Reading all of one person: who they are in numbers, and every row that concerns them."""

from collections.abc import Collection
from dataclasses import dataclass
from struct import unpack
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from connector.domain import HashedIdentity, IfiKind, TenantId
from connector.store import learners, person_facts, tables
from connector.store.names import chunks
from connector.store.records import Record, in_chunks, records, titled


@dataclass(frozen=True, slots=True)
class Person:
    """One person as numbers and digests.

    ``learners`` are theirs, with those that merging left without an Identity; ``digests`` are all under which a
    Statement or a Launch could bring them back; ``folded`` those under which look-alikes of their accounts meet too;
    ``home_pages`` are those of their accounts.
    """

    learners: frozenset[int]
    identities: frozenset[int]
    digests: frozenset[bytes]
    folded: frozenset[bytes] = frozenset()
    home_pages: frozenset[str] = frozenset()


def find(session: Session, tenant: TenantId, hashed: HashedIdentity) -> Person | None:
    """Return the person whose Identity this is (``learners.by_identity``), None when nobody is known by it."""
    known = learners.by_identity(session, tenant, hashed)
    first = {int(known)} if known is not None else set()
    same_mailbox = {hashed.sha1} if hashed.sha1 else set()
    return _closed(session, tenant, first | _learners_of_sums(session, tenant, same_mailbox))


def of_digests(session: Session, tenant: TenantId, digests: Collection[bytes]) -> Person | None:
    """Return everybody who is known by one of ``digests`` as one Person; None when nobody is."""
    table, first = tables.identity, set[int]()
    for some in chunks(sorted(digests)):
        named = or_(
            table.c.exact.in_(some), table.c.sha1.in_(some), (table.c.kind == IfiKind.MBOX) & table.c.folded.in_(some)
        )
        first.update(session.scalars(select(table.c.learner_id).where(table.c.tenant_id == tenant, named)))
    return _closed(session, tenant, first)


def _closed(session: Session, tenant: TenantId, first: set[int]) -> Person | None:
    """Follow mailboxes and their SHA-1 sums from Learner to Learner until nobody new comes."""
    mine: set[int] = set()
    while new := first - mine:
        mine |= new
        sums = {row.sha1 for row in _identities(session, tenant, new) if row.sha1}
        first = mine | _learners_of_sums(session, tenant, sums)
    return _person(session, tenant, mine) if mine else None


def _identities(session: Session, tenant: TenantId, of: Collection[int]) -> list[Row[Any]]:
    table = tables.identity
    return in_chunks(session, select(table).where(table.c.tenant_id == tenant), table.c.learner_id, of)


def _learners_of_sums(session: Session, tenant: TenantId, sums: Collection[bytes]) -> set[int]:
    table = tables.identity
    query = select(table.c.learner_id).where(table.c.tenant_id == tenant)
    return {row.learner_id for row in in_chunks(session, query, table.c.sha1, sums)}


def _person(session: Session, tenant: TenantId, mine: set[int]) -> Person:
    rows = _identities(session, tenant, mine)
    digests = {row.exact for row in rows} | {row.sha1 for row in rows if row.sha1}
    digests |= {row.folded for row in rows if row.kind == IfiKind.MBOX}
    return Person(
        learners=frozenset(mine | _shells(session, tenant, {row.id for row in rows})),
        identities=frozenset(row.id for row in rows),
        digests=frozenset(map(bytes, digests)),
        folded=frozenset(bytes(row.folded) for row in rows),
        home_pages=frozenset(row.home_page for row in rows if row.home_page),
    )


def _shells(session: Session, tenant: TenantId, identities: Collection[int]) -> set[int]:
    """Return the Learners whom these Identities belonged to once and who have no Identity any more."""
    table, link = tables.identity, tables.identity_link
    firsts = select(table.c.first_learner_id).where(table.c.tenant_id == tenant)
    links = select(link.c.from_learner_id, link.c.to_learner_id).where(link.c.tenant_id == tenant)
    once = {row.first_learner_id for row in in_chunks(session, firsts, table.c.id, identities)}
    for row in in_chunks(session, links, link.c.identity_id, identities):
        once |= {row.from_learner_id, row.to_learner_id}
    return once - {row.learner_id for row in _identities(session, tenant, once)}


# --- everything that is kept --------------------------------------------------------------------------------------


def everything(session: Session, tenant: TenantId, person: Person) -> dict[str, list[Record]]:
    """Return every row that concerns the person, by table, in words: no digest, but numbers that name the rows."""
    return {
        "learner": _learner(session, tenant, person),
        "identity": _identity(session, tenant, person),
        "identity_link": _links(session, tenant, person),
        "launch_claim": _claims(session, tenant, person),
        "fact": person_facts.facts(session, tenant, person.identities),
        "slate": _slates(session, tenant, person),
        "event": _events(session, tenant, person),
        "ignore_rule": _rules(session, tenant, person),
    }


def _learner(session: Session, tenant: TenantId, person: Person) -> list[Record]:
    table = tables.learner
    columns = (table.c.id.label("number"), table.c.personal_rows, table.c.objects, table.c.trains)
    query = select(*columns, table.c.created_at, table.c.launched_at).where(table.c.tenant_id == tenant)
    return records(session, query, table.c.id, person.learners)


def _identity(session: Session, tenant: TenantId, person: Person) -> list[Record]:
    table = tables.identity
    columns = (table.c.id.label("number"), table.c.learner_id.label("learner"), table.c.first_learner_id.label("first"))
    said = (table.c.kind, table.c.home_page, table.c.shape, table.c.from_launch, table.c.from_statement)
    query = select(*columns, *said).where(table.c.tenant_id == tenant)
    return records(session, query, table.c.id, person.identities)


def _links(session: Session, tenant: TenantId, person: Person) -> list[Record]:
    table = tables.identity_link
    query = select(
        table.c.id.label("number"),
        table.c.identity_id.label("identity"),
        table.c.from_learner_id.label("from"),
        table.c.to_learner_id.label("to"),
        table.c.why,
        table.c.linked_at,
        table.c.undone_at,
    ).where(table.c.tenant_id == tenant)
    named = {
        record["number"]: record
        for column, mine in (
            (table.c.identity_id, person.identities),
            (table.c.from_learner_id, person.learners),
            (table.c.to_learner_id, person.learners),
        )
        for record in records(session, query, column, mine)
    }
    return [named[number] for number in sorted(named)]


def _claims(session: Session, tenant: TenantId, person: Person) -> list[Record]:
    table, platform = tables.launch_claim, tables.platform
    columns = (table.c.learner_id.label("learner"), table.c.kind, table.c.shape, table.c.seen_at)
    query = (
        select(platform.c.name.label("platform"), *columns)
        .join(platform, platform.c.id == table.c.platform_id)
        .where(table.c.tenant_id == tenant)
    )
    return records(session, query, table.c.learner_id, person.learners)


def _events(session: Session, tenant: TenantId, person: Person) -> list[Record]:
    table, item = tables.event, tables.item
    columns = (table.c.id.label("number"), table.c.kind, table.c.at, table.c.slate_id.label("slate"))
    query = (
        select(*columns, table.c.item_id, item.c.iri.label("item"))
        .outerjoin(item, item.c.id == table.c.item_id)
        .where(table.c.tenant_id == tenant)
    )
    return titled(session, tenant, records(session, query, table.c.learner_id, person.learners))


def _rules(session: Session, tenant: TenantId, person: Person) -> list[Record]:
    table = tables.ignore_rule
    columns = (table.c.id.label("number"), table.c.identity_id.label("identity"), table.c.finding)
    query = select(*columns, table.c.since, table.c.until, table.c.made_at).where(table.c.tenant_id == tenant)
    return records(session, query, table.c.identity_id, person.identities)


def _slates(session: Session, tenant: TenantId, person: Person) -> list[Record]:
    table, platform = tables.slate, tables.platform
    columns = (table.c.id, table.c.shown_at, table.c.state, table.c.placement, table.c.model_version)
    query = (
        select(*columns, platform.c.name.label("platform"), table.c.shown, table.c.seen)
        .outerjoin(platform, platform.c.id == table.c.platform_id)
        .where(table.c.tenant_id == tenant)
    )
    found = records(session, query, table.c.learner_id, person.learners)
    for record in found:
        shown, seen = record.pop("shown"), record.pop("seen")
        numbers = unpack(f"<{len(shown) // 4}I", shown)
        record["cards"] = [
            {"item_id": number, "seen": bool(seen[place // 8] >> place % 8 & 1)} for place, number in enumerate(numbers)
        ]
    titled(session, tenant, [card for record in found for card in record["cards"]])
    return found
