"""What a database knows, with names instead of numbers: equal states are equal values, whatever the order of work."""

from typing import Any

from sqlalchemy import Engine, Select, select

from connector.domain import TenantId
from connector.store.tables import activity, fact, identity, item, item_text, quarantine, source, verb, voided_statement

State = dict[str, list[tuple[Any, ...]]]


def state_of(engine: Engine, tenant: TenantId | None = None) -> State:
    """All that Statements left (of one Tenant), sorted; times of our own work and sealed bytes are left out."""
    with engine.connect() as connection:
        return {
            name: sorted((_plain(row) for row in connection.execute(_within(query, tenant))), key=repr)
            for name, query in _queries().items()
        }


def _within(query: Select[Any], tenant: TenantId | None) -> Select[Any]:
    return query if tenant is None else query.where(query.selected_columns[0].table.c.tenant_id == tenant)


def _queries() -> dict[str, Select[Any]]:
    facts = (
        select(
            source.c.name,
            fact.c.statement_id,
            fact.c.member,
            identity.c.exact,
            activity.c.iri.label("activity"),
            verb.c.iri,
            fact.c.attempt,
            fact.c.flags,
            fact.c.score,
            fact.c.progress,
            fact.c.stored,
            fact.c.timestamp,
        )
        .join(source, source.c.id == fact.c.source_id)
        .join(verb, verb.c.id == fact.c.verb_id)
        .outerjoin(identity, identity.c.id == fact.c.identity_id)
        .outerjoin(activity, activity.c.id == fact.c.activity_id)
    )
    tombstones = voided_statement.join(source, source.c.id == voided_statement.c.source_id)
    aside = quarantine.join(source, source.c.id == quarantine.c.source_id)
    return {
        "facts": facts,
        "activities": select(activity.c.iri, activity.c.type, item.c.iri.label("item"), activity.c.part).outerjoin(
            item, item.c.id == activity.c.item_id
        ),
        "items": select(item.c.iri, item.c.type, item.c.status, item.c.url),
        "texts": select(
            item.c.iri, item_text.c.language, item_text.c.title, item_text.c.from_catalog, item_text.c.seen_at
        ).join(item, item.c.id == item_text.c.item_id),
        "identities": select(identity.c.exact, identity.c.kind, identity.c.home_page, identity.c.from_statement),
        "voided": select(
            source.c.name, voided_statement.c.statement_id, voided_statement.c.voided_by, voided_statement.c.stored
        ).select_from(tombstones),
        "quarantine": select(
            source.c.name, quarantine.c.reason, quarantine.c.readable_id, quarantine.c.sha256
        ).select_from(aside),
    }


def _plain(row: Any) -> tuple[Any, ...]:
    return tuple(bytes(value).hex() if isinstance(value, bytes | memoryview) else value for value in row)
