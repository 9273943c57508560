"""Numbers for names: Verbs, Learners and Items get theirs the first time a Statement brings them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import (
    ARRAY,
    CTE,
    Column,
    ColumnElement,
    Integer,
    Select,
    Table,
    bindparam,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Session

from connector.domain import HashedIdentity, ItemId, TenantId
from connector.store import tables
from connector.store.upsert import insert_new

BATCH = 500
LONGEST_TYPE = 500
LONGEST_PAGE = 2000
T = TypeVar("T")
K = TypeVar("K")

_ERASED = tables.erased_person
_IS_ERASED = select(_ERASED.c.digest).where(
    _ERASED.c.tenant_id == bindparam("tenant"), _ERASED.c.digest == bindparam("digest")
)


def chunks(values: Sequence[T], size: int = BATCH) -> Iterable[Sequence[T]]:
    """Yield ``values`` in runs of at most ``size``."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def numbers_of(
    session: Session, tenant: TenantId, table: Table, column: Column[Any], keys: Iterable[K]
) -> dict[K, int]:
    """Return the ``id`` of each of ``keys`` that is there; ``column`` is unique in a Tenant."""
    wanted, found = sorted(set(keys)), dict[K, int]()  # type: ignore[type-var]
    looked_up = _looked_up if session.get_bind().dialect.name == "postgresql" else _listed
    for some in chunks(wanted):
        found.update({plain(key): number for key, number in session.execute(looked_up(tenant, table, column, some))})
    return found


def _listed(tenant: TenantId, table: Table, column: Column[Any], keys: Sequence[Any]) -> Select[Any, int]:
    return select(column, table.c.id).where(table.c.tenant_id == tenant, column.in_(keys))


def _looked_up(tenant: TenantId, table: Table, column: Column[Any], keys: Sequence[Any]) -> Select[Any, int]:
    """Look each key up by itself: without statistics, in a young database, PostgreSQL would read the whole Tenant."""
    key = func.unnest(literal(list(keys), ARRAY(column.type))).column_valued("key")
    number = select(table.c.id).where(table.c.tenant_id == tenant, column == key).scalar_subquery()
    one = select(key.label("key"), number.label("number")).subquery()
    return select(one.c.key, one.c.number).where(one.c.number.is_not(None))


def among(session: Session, column: Column[Any], keys: Sequence[Any]) -> ColumnElement[bool]:
    """Return the condition that ``column`` is one of ``keys``.

    On PostgreSQL they are the rows of one array: the text stays one, and each is looked up in the index. As ``= ANY``
    they would be a filter over the whole Tenant as long as nobody has analyzed the table, and a plan that was kept for
    any array compares each row with each key.
    """
    if session.get_bind().dialect.name != "postgresql":
        return column.in_(keys)
    return column.in_(select(func.unnest(literal(list(keys), ARRAY(column.type)))))


def plain(key: Any) -> Any:
    """Return what a driver gave for a digest as bytes; anything else as it is."""
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


def erased(session: Session, tenant: TenantId, digests: Iterable[bytes]) -> set[bytes]:
    """Return those of ``digests`` (exact or folded hashes, or those of SHA-1 sums) that belong to erased people."""
    table = tables.erased_person
    gone: set[bytes] = set()
    for some in chunks(sorted(digests)):
        query = select(table.c.digest).where(table.c.tenant_id == tenant, among(session, table.c.digest, some))
        gone.update(map(plain, session.scalars(query)))
    return gone


def is_erased(session: Session, tenant: TenantId, digest: bytes) -> bool:
    """Tell whether one digest, as for ``erased``, is that of an erased person."""
    return session.scalar(_IS_ERASED, {"tenant": tenant, "digest": digest}) is not None


def new_learners(session: Session, tenant: TenantId, count: int, now: datetime) -> list[int]:
    """Make ``count`` Learners; return their numbers, ascending."""
    if count == 0:
        return []
    table = tables.learner
    rows = select(literal(tenant), literal(now, table.c.created_at.type)).select_from(_so_many(count))
    made = insert(table).from_select(["tenant_id", "created_at"], rows, include_defaults=False).returning(table.c.id)
    return sorted(session.scalars(made))


def _so_many(count: int) -> CTE:
    """Return a table of ``count`` rows, at least one."""
    first = select(literal(1, Integer).label("row")).cte("so_many", recursive=True)
    return first.union_all(select(first.c.row + 1).where(first.c.row < count))


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
            .where(table.c.tenant_id == tenant, among(session, table.c.id, some), table.c.from_statement.is_(False))
            .values(from_statement=True)
        )


# --- items ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Described:
    """What Statements say of an Item itself: its activity type and the address at which a browser opens it, or ""."""

    type: str = ""
    page: str = ""

    def or_better(self, other: "Described") -> "Described":
        """Return the best of both, whichever comes first."""
        return Described(better_type(self.type, other.type), better_page(self.page, other.page))


def better_type(one: str, other: str) -> str:
    """Return the activity type to keep of two that were said of one thing: any before none, then the smaller."""
    return min(filter(None, (one[:LONGEST_TYPE], other[:LONGEST_TYPE])), default="")


def better_page(one: str, other: str) -> str:
    """Return the address to keep of two of one Item: any before none, https before http, then the smaller."""
    return min(filter(None, (one[:LONGEST_PAGE], other[:LONGEST_PAGE])), key=_page_rank, default="")


def _page_rank(page: str) -> tuple[bool, str]:
    return not page.startswith("https:"), page


def items(session: Session, tenant: TenantId, types: Mapping[str, str], now: datetime) -> dict[str, ItemId]:
    """Return the number of each Item by IRI, making those that are new, each a Family of its own.

    ``types`` maps an Item's IRI to its activity type ("" when not known); a better one takes the place of what was
    known.
    """
    return described_items(session, tenant, {iri: Described(type_) for iri, type_ in types.items()}, now)


def described_items(
    session: Session, tenant: TenantId, described: Mapping[str, Described], now: datetime
) -> dict[str, ItemId]:
    """As ``items``, with all that Statements say of an Item; the best stays whatever order they come in."""
    known = _known_items(session, tenant, described)
    new = sorted(described.keys() - known.keys())
    if new:
        _add_items(session, tenant, {iri: described[iri] for iri in new}, now)
        known |= _known_items(session, tenant, new)
    worse = [number for iri, (number, was) in known.items() if was.or_better(described[iri]) != was]
    if worse:
        _improve_items(session, tenant, worse, described)
    return {iri: number for iri, (number, _) in known.items()}


def _known_items(session: Session, tenant: TenantId, iris: Iterable[str]) -> dict[str, tuple[ItemId, Described]]:
    table, known = tables.item, dict[str, tuple[ItemId, Described]]()
    for some in chunks(sorted(iris)):
        query = select(table.c.iri, table.c.id, table.c.type, table.c.page).where(
            table.c.tenant_id == tenant, among(session, table.c.iri, some)
        )
        known.update({iri: (ItemId(number), Described(*said)) for iri, number, *said in session.execute(query)})
    return known


def _add_items(session: Session, tenant: TenantId, new: Mapping[str, Described], now: datetime) -> None:
    families = sorted(
        session.scalars(insert(tables.family).returning(tables.family.c.id), [{"tenant_id": tenant}] * len(new))
    )
    rows = [
        {
            "tenant_id": tenant,
            "iri": iri,
            "family_id": family,
            "type": one.type[:LONGEST_TYPE],
            "page": one.page[:LONGEST_PAGE],
            "created_at": now,
        }
        for (iri, one), family in zip(new.items(), families, strict=True)
    ]
    insert_new(session, tables.item, rows)


def _improve_items(
    session: Session, tenant: TenantId, numbers: Sequence[int], described: Mapping[str, Described]
) -> None:
    """Put what is better in its place, in one order, on rows that nobody else changes meanwhile."""
    table = tables.item
    for some in chunks(sorted(numbers)):
        locked = (
            select(table.c.id, table.c.iri, table.c.type, table.c.page)
            .where(table.c.tenant_id == tenant, table.c.id.in_(some))
            .order_by(table.c.id)
            .with_for_update()
        )
        for number, iri, *said in session.execute(locked).all():
            best = Described(*said).or_better(described[iri])
            session.execute(update(table).where(table.c.id == number).values(type=best.type, page=best.page))
