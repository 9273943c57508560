"""A canonical dump: what a database knows, with names in the place of numbers, in one order.

Two databases that were told the same in any order, over any pages, after any kills, give the same bytes; so a dump says
whether two of them agree, whichever of SQLite and PostgreSQL they are. Times of our own work are left out, and all
that is sealed. One line is a section's name, a tab, and a JSON object with sorted keys.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Select, String, Uuid, func, select
from sqlalchemy.orm import Session

from connector.domain import TenantId
from connector.store import tables as t
from connector.store.types import Uuid16

BATCH = 5_000


def lines(session: Session, tenant: TenantId) -> Iterator[str]:
    """Yield the dump of one Tenant, a line at a time without its end; memory stays flat however many Facts there are.

    Digests are keyed with the site's hashing key: two sites agree only if they share it.
    """
    for name, query, order in _sections():
        found = query.where(_tenant_of(query) == tenant).order_by(*[_plain(session, one) for one in order])
        for row in session.execute(found.execution_options(yield_per=BATCH)).mappings():
            yield f"{name}\t{_line(row)}"


def _tenant_of(query: Select[Any]) -> ColumnElement[Any]:
    """Return the tenant column of the table that a section is about: that of its first column."""
    column: Any = query.selected_columns[0].table.c.tenant_id
    return column  # type: ignore[no-any-return]


def _plain(session: Session, column: Column[Any]) -> Any:
    """Order texts by their bytes, whatever language the database sorts in."""
    if not isinstance(column.type, String) or isinstance(column.type, Uuid | Uuid16):
        return column
    return column.collate("C" if session.get_bind().dialect.name == "postgresql" else "BINARY")


def _line(row: Mapping[Any, Any]) -> str:
    return json.dumps({str(key): _said(value) for key, value in row.items()}, sort_keys=True, ensure_ascii=False)


def _said(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case bytes() | memoryview():
            return bytes(value).hex()
        case UUID():
            return str(value)
        case _:
            return value


Section = tuple[str, Select[Any], Sequence[Column[Any]]]


def _sections() -> list[Section]:
    return [*_sources(), *_things(), *_people(), *_facts(), *_rules()]


def _sources() -> list[Section]:
    source = t.source
    configured = select(
        source.c.name, source.c.kind, source.c.grain, source.c.groups_count, source.c.time_field, source.c.active
    )
    return [("source", configured, [source.c.name])]


def _things() -> list[Section]:
    item, activity, text = t.item, t.activity, t.item_text
    first = func.first_value(item.c.iri).over(partition_by=item.c.family_id, order_by=item.c.iri)
    items = select(
        *[item.c[name] for name in _OF_ITEMS],
        first.label("family"),
    )
    activities = select(
        activity.c.iri, activity.c.type, activity.c.part, activity.c.by_hand, item.c.iri.label("item")
    ).outerjoin(item, item.c.id == activity.c.item_id)
    texts = select(
        text.c.language, text.c.title, text.c.summary, text.c.from_catalog, text.c.seen_at, item.c.iri.label("item")
    ).join(item, item.c.id == text.c.item_id)
    return [
        ("item", items, [item.c.iri]),
        ("activity", activities, [activity.c.iri]),
        ("text", texts, [item.c.iri, text.c.language]),
    ]


_OF_ITEMS = (
    "iri",
    "page",
    "type",
    "status",
    "url",
    "in_catalog",
    "visible",
    "enrolable",
    "minutes",
    "level",
    "language",
    "provider",
    "image_url",
    "topics",
    "skills",
    "prerequisites",
    "audience",
    "sensitive",
    "starts_at",
    "ends_at",
    "renewal_days",
    "family_fixed",
)


def _people() -> list[Section]:
    identity, erased = t.identity, t.erased_person
    first = func.first_value(identity.c.exact).over(partition_by=identity.c.learner_id, order_by=identity.c.exact)
    identities = select(
        identity.c.exact,
        identity.c.folded,
        identity.c.bare,
        identity.c.sha1,
        identity.c.kind,
        identity.c.home_page,
        identity.c.shape,
        identity.c.from_launch,
        identity.c.from_statement,
        first.label("learner"),
    )
    return [
        ("identity", identities, [identity.c.exact]),
        ("erased", select(erased.c.digest), [erased.c.digest]),
    ]


def _facts() -> list[Section]:
    fact, source, void = t.fact, t.source, t.voided_statement
    facts = (
        select(
            *[fact.c[name] for name in _OF_FACTS],
            source.c.name.label("source"),
            t.identity.c.exact.label("identity"),
            t.activity.c.iri.label("activity"),
            t.verb.c.iri.label("verb"),
        )
        .join(source, source.c.id == fact.c.source_id)
        .join(t.verb, t.verb.c.id == fact.c.verb_id)
        .outerjoin(t.identity, t.identity.c.id == fact.c.identity_id)
        .outerjoin(t.activity, t.activity.c.id == fact.c.activity_id)
    )
    voids = select(void.c.statement_id, void.c.voided_by, void.c.stored, source.c.name.label("source")).join(
        source, source.c.id == void.c.source_id
    )
    return [
        ("fact", facts, [source.c.name, fact.c.statement_id, fact.c.member]),
        ("voided", voids, [source.c.name, void.c.statement_id]),
    ]


_OF_FACTS = ("statement_id", "member", "attempt", "flags", "score", "progress", "stored", "timestamp")


def _rules() -> list[Section]:
    aside, counted, mapped, source = t.quarantine, t.ignored_count, t.verb_map, t.source
    set_aside = select(aside.c.reason, aside.c.readable_id, aside.c.sha256, source.c.name.label("source")).join(
        source, source.c.id == aside.c.source_id
    )
    counts = select(counted.c.reason, counted.c.verb_iri, counted.c.statements, source.c.name.label("source")).join(
        source, source.c.id == counted.c.source_id
    )
    verbs = select(mapped.c.verb_iri, mapped.c.signal, source.c.name.label("source")).outerjoin(
        source, source.c.id == mapped.c.source_id
    )
    return [
        ("quarantine", set_aside, [source.c.name, aside.c.sha256]),
        ("ignored", counts, [source.c.name, counted.c.reason, counted.c.verb_iri]),
        ("verb_map", verbs, [mapped.c.verb_iri, source.c.name]),
    ]
