"""Everything that Learners who train did, read for training as long stretches of numbers.

The database goes over the Facts once, in the order in which they lie there, and joins nothing: what each Fact names is
looked up afterwards, in small tables that are read first (see `connector.recommend.deeds`), and what it means once for
each combination of Verb, Source and Result. All of a Fact that is no time is packed into one whole number where it fits
63 bits. SQLite gives rows, PostgreSQL arrays in its binary format: nothing here makes an object of each.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import starmap
from struct import Struct
from typing import Any, NamedTuple, Self, cast

from sqlalchemy import Float, Select, and_, case, exists, func, literal, or_, select, true
from sqlalchemy import cast as as_type
from sqlalchemy.orm import Session

from connector.domain import Flag, Signal, TenantId
from connector.store import meaning, rules, tables
from connector.store.keys import FLAGS, PROGRESS, Keys

ROWS = 1_000
"""So many rows of SQLite at a time: more would not stay near the processor."""
CHUNK = 50_000
"""So many numbers of Facts of PostgreSQL at a time."""
POSTGRES_EPOCH = 946_684_800_000_000
"""Microseconds from 1970 to 2000, where PostgreSQL begins to count."""
BITS = 63
"""Of a whole number that is not negative."""
NO_SCORE = 2.0
"""Stands for a score that did not come: a score is at most 1."""


class Stretch(NamedTuple):
    """One column of some Facts: ``numbers`` of them in ``content``, from byte ``first`` on, one each ``step`` bytes.

    ``kind`` is the order of their bytes and what they are, as `struct` and numpy say it: ``>q`` is a whole number of
    eight bytes, the high one first.
    """

    content: bytes
    kind: str
    first: int
    step: int
    numbers: int


class Field(NamedTuple):
    """Where a number stands: in which column, from which bit on, of how many bits."""

    column: int
    shift: int
    bits: int


class Facts(NamedTuple):
    """Some Facts, a Stretch a column: the packed ones, when it happened, the score (None where none is wanted).

    Moments are microseconds since the Reading's epoch; `NO_SCORE` stands where no score came.
    """

    packed: tuple[Stretch, ...]
    times: Stretch
    scores: Stretch | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read for training: where the numbers of a Fact stand, what they stand for, and the Facts.

    Attributes
    ----------
    fields : tuple of Field
        Of key, Activity and Identity. The key is all that decides what a Fact means: Verb, Source, flags, and progress
        in its lowest ``progress_bits``: 0 is none, else one more than the per cent.
    epoch : int
        Microseconds since 1970, from which times are counted.
    learners, items : mapping of int to int
        Learners who train by Identity, Items by Activity; Facts of others may be among those that are read.
    parts : frozenset of int
        Activities that are only a part of their Item.
    scored : frozenset of Signal
        The Signals that have a score.
    facts : iterator of Facts
        To be read once, in the transaction in which this was asked for.
    """

    fields: tuple[Field, Field, Field]
    epoch: int
    learners: Mapping[int, int]
    items: Mapping[int, int]
    parts: frozenset[int]
    scored: frozenset[Signal]
    facts: Iterator[Facts]
    _keys: "Keys"
    progress_bits: int = PROGRESS

    def signal(self, key: int, *, part: bool) -> int | None:
        """Return what a key means as a place in ``tuple(Signal)``; None where it means nothing."""
        return self._keys.signal(key, part=part)


def read(
    session: Session, tenant: TenantId, *, rows: int = ROWS, facts: int = CHUNK, scored: Collection[Signal] = ()
) -> Reading:
    """Begin to read what ``interactions.for_training`` reads, in the order of the database.

    Parameters
    ----------
    session, tenant
        Where, and whose.
    rows, facts : int
        How many rows of SQLite, or numbers of Facts of PostgreSQL, are read at a time; changes no byte.
    scored : collection of Signal
        Signals of which the score is read too, beside that of ratings; success may go by it.
    """
    keys = Keys.of(session, tenant)
    plan = _Plan.of(session, tenant, keys, scored=bool(scored) or keys.rates)
    on_postgres = session.get_bind().dialect.name == "postgresql"
    epoch, found = (
        (POSTGRES_EPOCH, _from_postgres(session, plan, facts))
        if on_postgres
        else (0, _from_sqlite(session, plan, rows))
    )
    people, (items, parts) = _people(session, tenant), _things(session, tenant)
    return Reading(plan.fields, epoch, people, items, parts, frozenset({Signal.RATED, *scored}), found, keys)


def _people(session: Session, tenant: TenantId) -> dict[int, int]:
    identity, learner = tables.identity.c, tables.learner.c
    trains = and_(learner.id == identity.learner_id, learner.trains.is_(True), learner.objects.is_(False))
    query = select(identity.id, identity.learner_id).join(tables.learner, trains).where(learner.tenant_id == tenant)
    return _pairs(session, query)


def _things(session: Session, tenant: TenantId) -> tuple[dict[int, int], frozenset[int]]:
    activity = tables.activity.c
    query = select(activity.id, activity.item_id, activity.part)
    known = session.execute(query.where(activity.tenant_id == tenant, activity.item_id.is_not(None))).all()
    return {row[0]: row[1] for row in known}, frozenset(row[0] for row in known if row[2])


def _pairs(session: Session, query: Any) -> dict[int, Any]:
    return {row[0]: row[1] for row in session.execute(query)}


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is asked of each Fact: the packed columns, the moment, the score or None; and of which Facts."""

    fields: tuple[Field, Field, Field]
    packed: tuple[Any, ...]
    happened: Any
    score: Any
    conditions: tuple[Any, ...]

    @classmethod
    def of(cls, session: Session, tenant: TenantId, keys: Keys, *, scored: bool) -> Self:
        fact = tables.fact.c
        widths = keys.bits, _width(session, tables.activity, tenant), _width(session, tables.identity, tenant)
        fields = _placed(widths)
        numbers = _key(keys), fact.activity_id, fact.identity_id
        packed: list[Any] = [0] * (fields[-1].column + 1)
        for field, number in zip(fields, numbers, strict=True):
            packed[field.column] = number * (1 << field.shift) + packed[field.column] if field.shift else number
        score = func.coalesce(fact.score, as_type(literal(NO_SCORE), Float(53))) if scored else None
        # No foreign key says that what a Fact names is there: a larger number would run into the one beside it.
        fitting = fact.activity_id < 1 << widths[1], fact.identity_id < 1 << widths[2]
        conditions = *_conditions(session, tenant), *fitting
        return cls(fields, tuple(packed), _happened(session, tenant), score, conditions)

    @property
    def columns(self) -> tuple[Any, ...]:
        scores = () if self.score is None else (self.score,)
        return (*self.packed, self.happened, *scores)

    @property
    def kinds(self) -> str:
        return "q" * (len(self.packed) + 1) + ("" if self.score is None else "d")

    def facts(self, found: list[Stretch]) -> Facts:
        size = len(self.packed)
        return Facts(tuple(found[:size]), found[size], None if self.score is None else found[-1])


def _width(session: Session, table: Any, tenant: TenantId) -> int:
    last = session.scalar(select(func.max(table.c.id)).where(table.c.tenant_id == tenant))
    return int(last or 0).bit_length()


def _placed(widths: tuple[int, int, int]) -> tuple[Field, Field, Field]:
    """Place numbers of so many bits into as few columns as hold them, the first in the lowest bits."""
    column, shift, fields = 0, 0, []
    for bits in widths:
        if shift + bits > BITS:
            column, shift = column + 1, 0
        fields.append(Field(column, shift, bits))
        shift += bits
    return cast("tuple[Field, Field, Field]", tuple(fields))


def _key(keys: Keys) -> Any:
    fact = tables.fact.c
    verb_and_source = fact.verb_id * (1 << keys.source) + fact.source_id
    return (verb_and_source * (1 << FLAGS) + fact.flags) * (1 << PROGRESS) + func.coalesce(fact.progress, -1) + 1


def _conditions(session: Session, tenant: TenantId) -> tuple[Any, ...]:
    """Return which Facts are read; what no Fact of the Tenant needs is not asked of each."""
    fact, void, source = tables.fact.c, tables.voided_statement.c, tables.source.c
    grouped = fact.flags.op("&")(int(Flag.GROUP)) != 0
    counting = list(session.scalars(select(source.id).where(source.tenant_id == tenant, source.groups_count.is_(True))))
    one_person = or_(~grouped, and_(fact.source_id.in_(counting), fact.member > 0)) if counting else ~grouped
    any_void = session.scalar(select(exists().where(void.tenant_id == tenant)))
    spared = rules.spares(rules.all_of(session, tenant))
    # A sum has no index. Through that of Tenant and Identity SQLite would look up each Fact by itself: six times the
    # time of going over the table.
    own = fact.tenant_id + 0 == tenant, (fact.identity_id + 0).is_not(None), fact.activity_id.is_not(None)
    return (*own, one_person, ~meaning.voided() if any_void else true(), *spared)


def _happened(session: Session, tenant: TenantId) -> Any:
    fact, source = tables.fact.c, tables.source.c
    of_stored = select(source.id).where(source.tenant_id == tenant, source.time_field == "stored")
    known = list(session.scalars(of_stored))
    by_stored = and_(fact.source_id.in_(known), fact.stored.is_not(None))
    return case((by_stored, fact.stored), else_=fact.timestamp) if known else fact.timestamp


_NUMBER = 8


# --- SQLite ------------------------------------------------------------------------------------------------------


def _from_sqlite(session: Session, plan: _Plan, size: int) -> Iterator[Facts]:
    """Read rows, and pack some of them at a time into bytes."""
    query = select(*plan.columns).where(*plan.conditions)
    cursor = session.connection().execute(query).cursor  # the driver's: a row is a tuple, a moment a number
    row = Struct(f"={plan.kinds}")
    while cursor and (rows := cursor.fetchmany(size)):
        content = b"".join(starmap(row.pack, rows))
        spots = enumerate(plan.kinds)
        yield plan.facts([Stretch(content, f"={kind}", _NUMBER * place, row.size, len(rows)) for place, kind in spots])


# --- PostgreSQL --------------------------------------------------------------------------------------------------

_HEADER, _LENGTH = 20, 4
"""Bytes of an array's header (PostgreSQL's ``array_send``), and before each number."""


def _from_postgres(session: Session, plan: _Plan, size: int) -> Iterator[Facts]:
    """Read a range of Facts at a time, each column as one array."""
    fact = tables.fact.c
    query = select(func.count(), *map(func.array_agg, plan.columns)).where(*plan.conditions)
    first, last = session.execute(select(func.min(fact.id), func.max(fact.id))).one()
    for start in range(first or 0, (last or -1) + 1, size):
        count, *arrays = _binary(session, query.where(fact.id >= start, fact.id < start + size))
        if number := int.from_bytes(count, "big"):
            place = _HEADER + _LENGTH, _LENGTH + _NUMBER, number
            kinds = zip(arrays, plan.kinds, strict=True)
            yield plan.facts([Stretch(array, f">{kind}", *place) for array, kind in kinds])


def _binary(session: Session, query: Select[Any]) -> list[bytes]:
    """Return the only row of a query as PostgreSQL sends it in binary."""
    connection = session.connection()
    compiled = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    with closing(cast("Any", connection.connection.cursor(binary=True))) as cursor:
        cursor.execute(str(compiled), ())
        return [cursor.pgresult.get_value(0, place) or b"" for place in range(cursor.pgresult.nfields)]
