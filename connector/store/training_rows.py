"""Everything that Learners who train did, read for training in long columns.

What each Fact names is looked up here, in small tables that are read first, and what it means once for each combination
of Verb, Source and Result. So the database goes over the Facts once and joins nothing. SQLite gives rows, PostgreSQL
long strings of numbers: neither makes an object of each.
"""

from array import array
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from sys import byteorder
from typing import Any

from sqlalchemy import Float, and_, case, cast, exists, func, literal, or_, select, true
from sqlalchemy.orm import Session

from connector.domain import Flag, Signal, TenantId
from connector.store import meaning, rules, tables
from connector.store.interactions import Meanings, Training, for_training, meanings
from connector.store.types import Number

ROWS = 1_000
"""So many rows of SQLite at a time: more would not stay near the processor."""
CHUNK = 50_000
"""So many numbers of Facts of PostgreSQL at a time."""
POSTGRES_EPOCH = 946_684_800_000_000
"""Microseconds from 1970 to 2000, where PostgreSQL begins to count."""
PROGRESS, FLAGS, SOURCE, VERB = 7, 15, 20, 21
"""Bits of a key: progress (0 is none), flags, Source, Verb."""
_CODES = {signal: code for code, signal in enumerate(Signal)}
_IGNORED, _PROGRESSED, _RATED = -1, _CODES[Signal.PROGRESSED], _CODES[Signal.RATED]
_NOTHING = float("nan")

Column = Sequence[Any]
Columns = tuple[Column, Column, Column, Column, Column]
"""Identities, Activities, keys, microseconds and scores."""


def read(
    session: Session, tenant: TenantId, *, rows: int = ROWS, facts: int = CHUNK, scored: Collection[Signal] = ()
) -> Training:
    """Read what ``interactions.for_training`` reads, in the order of the database.

    Parameters
    ----------
    session, tenant
        Where, and whose.
    rows, facts : int
        How many rows of SQLite, or numbers of Facts of PostgreSQL, are read at a time; changes no byte.
    scored : collection of Signal
        Signals of which the score is read too; success may go by it.
    """
    if not _keys_fit(session):
        return for_training(session, tenant, scored)
    names, found = _Names.of(session, tenant, scored), Training()
    chosen = _conditions(session, tenant), _happened(session, tenant)
    on_postgres = session.get_bind().dialect.name == "postgresql"
    chunks = _from_postgres(session, *chosen, facts) if on_postgres else _from_sqlite(session, *chosen, rows)
    for columns in chunks:
        _take(found, names, *columns)
    return found


def _keys_fit(session: Session) -> bool:
    largest = (
        select(func.max(tables.source.c.id)).scalar_subquery(),
        select(func.max(tables.verb.c.id)).scalar_subquery(),
    )
    source, verb = session.execute(select(*largest)).one()
    return (source or 0) < 1 << SOURCE and (verb or 0) < 1 << VERB


class _Meant(dict[int, int]):
    """What keys mean: places in ``tuple(Signal)``, or ``_IGNORED``; each is asked once."""

    def __init__(self, site: Meanings, verbs: dict[int, str], *, part: bool) -> None:
        super().__init__()
        self._site, self._verbs, self._part = site, verbs, part

    def __missing__(self, key: int) -> int:
        rest, progress = divmod(key, 1 << PROGRESS)
        rest, flags = divmod(rest, 1 << FLAGS)
        verb, source = divmod(rest, 1 << SOURCE)
        told = {"flags": flags, "progress": progress - 1 if progress else None, "part": self._part}
        meant = self._site.of(source, self._verbs[verb], **told)  # type: ignore[arg-type]  # one dict of three kinds
        self[key] = _CODES[meant] if isinstance(meant, Signal) else _IGNORED
        return self[key]


@dataclass(frozen=True, slots=True)
class _Names:
    """What numbers stand for: Learners who train by Identity, Items by Activity, which Activities are parts of one.

    ``scored`` are the places of the Signals that have a score.
    """

    learners: dict[int, int]
    items: dict[int, int]
    parts: set[int]
    whole: _Meant
    part: _Meant
    scored: frozenset[int]

    @classmethod
    def of(cls, session: Session, tenant: TenantId, scored: Collection[Signal] = ()) -> "_Names":
        identity, learner, activity, verb = tables.identity.c, tables.learner.c, tables.activity.c, tables.verb.c
        trains = and_(learner.id == identity.learner_id, learner.trains.is_(True), learner.objects.is_(False))
        people = (
            select(identity.id, identity.learner_id).join(tables.learner, trains).where(learner.tenant_id == tenant)
        )
        things = select(activity.id, activity.item_id, activity.part).where(activity.tenant_id == tenant)
        known = session.execute(things.where(activity.item_id.is_not(None))).all()
        site, verbs = (
            meanings(session, tenant),
            _pairs(session, select(verb.id, verb.iri).where(verb.tenant_id == tenant)),
        )
        return cls(
            _pairs(session, people),
            {row[0]: row[1] for row in known},
            {row[0] for row in known if row[2]},
            _Meant(site, verbs, part=False),
            _Meant(site, verbs, part=True),
            frozenset({_RATED, *(_CODES[signal] for signal in scored)}),
        )

    def codes(self, activities: Column, keys: Column) -> list[int]:
        """Return what each row means."""
        if not self.parts:
            return list(map(self.whole.__getitem__, keys))
        return [
            (self.part if activity in self.parts else self.whole)[key]
            for activity, key in zip(activities, keys, strict=True)
        ]


def _pairs(session: Session, query: Any) -> dict[int, Any]:
    return {row[0]: row[1] for row in session.execute(query)}


def _conditions(session: Session, tenant: TenantId) -> list[Any]:
    """Return which Facts are read; what no Fact of the Tenant needs is not asked of each."""
    fact, void, source = tables.fact.c, tables.voided_statement.c, tables.source.c
    grouped = fact.flags.op("&")(int(Flag.GROUP)) != 0
    counting = list(session.scalars(select(source.id).where(source.tenant_id == tenant, source.groups_count.is_(True))))
    one_person = or_(~grouped, and_(fact.source_id.in_(counting), fact.member > 0))
    any_void = session.scalar(select(exists().where(void.tenant_id == tenant)))
    spared = rules.spares(rules.all_of(session, tenant))
    named = fact.identity_id.is_not(None), fact.activity_id.is_not(None)
    return [fact.tenant_id == tenant, *named, one_person, ~meaning.voided() if any_void else true(), *spared]


def _happened(session: Session, tenant: TenantId) -> Any:
    fact, source = tables.fact.c, tables.source.c
    of_stored = select(source.id).where(source.tenant_id == tenant, source.time_field == "stored")
    known = list(session.scalars(of_stored))
    by_stored = and_(fact.source_id.in_(known), fact.stored.is_not(None))
    return case((by_stored, fact.stored), else_=fact.timestamp) if known else fact.timestamp


def _key() -> Any:
    fact = tables.fact.c
    verb_and_source = cast(fact.verb_id, Number) * (1 << SOURCE) + fact.source_id
    return (verb_and_source * (1 << FLAGS) + fact.flags) * (1 << PROGRESS) + func.coalesce(fact.progress, -1) + 1


def _from_sqlite(session: Session, conditions: list[Any], happened: Any, size: int) -> Iterator[Columns]:
    fact = tables.fact.c
    query = select(fact.identity_id, fact.activity_id, _key(), happened, fact.score).where(*conditions)
    cursor = session.connection().execute(query).cursor  # the driver's: a row is a tuple, a moment a number
    while cursor and (rows := cursor.fetchmany(size)):
        who, what, keys, times, scores = zip(*rows, strict=True)
        yield who, what, keys, times, scores


def _from_postgres(session: Session, conditions: list[Any], happened: Any, size: int) -> Iterator[Columns]:
    """Read long strings of eight bytes a number, high byte first, a range of Facts each."""
    fact, nothing = tables.fact.c, literal(b"")
    scores = func.float8send(func.coalesce(fact.score, cast(literal("NaN"), Float(53))))
    sent = [func.int8send(column) for column in (fact.identity_id, fact.activity_id, _key())]
    query = select(*(func.string_agg(one, nothing) for one in (*sent, func.timestamptz_send(happened), scores)))
    query = query.where(*conditions)
    first, last = session.execute(select(func.min(fact.id), func.max(fact.id))).one()
    for start in range(first or 0, (last or -1) + 1, size):
        row = session.execute(query.where(fact.id >= start, fact.id < start + size)).one()
        if row[0] is not None:
            who, what, keys, times = (_numbers("q", one) for one in row[:4])
            yield who, what, keys, [at + POSTGRES_EPOCH for at in times], _numbers("d", row[4])


def _numbers(kind: str, sent: bytes) -> "array[Any]":
    numbers = array(kind, bytes(sent))
    if byteorder == "little":
        numbers.byteswap()
    return numbers


def _take(found: Training, names: _Names, who: Column, what: Column, keys: Column, at: Column, scores: Column) -> None:
    """Add the rows of which Learner, Item and Signal are known."""
    learners, items = [list(map(known.get, column)) for known, column in ((names.learners, who), (names.items, what))]
    codes = names.codes(what, keys)
    kept = [one and other and code >= 0 for one, other, code in zip(learners, items, codes, strict=True)]
    found.learners.extend(compress(learners, kept))  # type: ignore[arg-type]  # what is None is not kept
    found.items.extend(compress(items, kept))  # type: ignore[arg-type]
    found.signals.extend(compress(codes, kept))
    found.times.extend(compress(at, kept))
    found.values.extend(compress(_values(names, what, keys, codes, scores), kept))


def _values(names: _Names, what: Column, keys: Column, codes: list[int], scores: Column) -> Iterator[float]:
    valued = {_PROGRESSED, *names.scored}.intersection(codes)
    if not valued:
        return iter([_NOTHING] * len(codes))
    rows = zip(what, keys, codes, scores, strict=True)
    return (_value(names, *row) if row[2] in valued else _NOTHING for row in rows)


def _value(names: _Names, activity: int, key: int, code: int, score: float | None) -> float:
    progress = key % (1 << PROGRESS) - 1
    if code == _PROGRESSED and progress >= 0 and activity not in names.parts:
        return progress / 100
    return score if code in names.scored and score is not None else _NOTHING
