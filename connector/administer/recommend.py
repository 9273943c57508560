"""What a learner would see, for operators: the same Serve, without a Launch."""

from datetime import datetime, timedelta
from typing import Any

from connector.administer.site import OpenSite
from connector.clock import Clock
from connector.domain import Audience, Identifier, Item, ItemId, LearnerId, PlatformId, Row, Visit
from connector.errors import UnknownName
from connector.serve import Serve, ServedPage, Shelves
from connector.statements.identity import hash_identifier
from connector.statements.iris import fold_item
from connector.store import items, learners, platforms
from connector.store.texts import best_title


def recommend(
    site: OpenSite, identifier: Identifier, clock: Clock, hosts: frozenset[str], late_after: timedelta
) -> dict[str, Any]:
    """Return the Slate of a Learner as JSON values.

    Raises
    ------
    UnknownName
        If no Statement and no Launch brought that identifier.
    """
    return as_json(serve_of(site, clock, hosts, late_after).page(visit_by(site, identifier, clock())))


def why_not(
    site: OpenSite, identifier: Identifier, iri: str, clock: Clock, hosts: frozenset[str], late_after: timedelta
) -> str | None:
    """Return the code of what keeps an Item off the page of a Learner now, and the rule's name where a rule does.

    None if it is on the page.

    Raises
    ------
    UnknownName
        If nobody with that identifier was seen, or no Item has that IRI.
    """
    visit, key = visit_by(site, identifier, clock()), fold_item(iri)
    with site.readers.begin() as session:
        item = items.numbers(session, site.tenant, [key]).get(key)
    if item is None:
        raise UnknownName(f"No item has the IRI {iri!r}: `onward item list` shows them.")
    serve = serve_of(site, clock, hosts, late_after)
    ground, rule = serve.why_not(visit, item), serve.rule_against(visit, item)
    if ground is None:
        return None
    return f"{ground.value}: {rule}" if rule else ground.value


def serve_of(site: OpenSite, clock: Clock, hosts: frozenset[str], late_after: timedelta) -> Serve:
    """Return a Serve of this site that remembers nothing."""
    return Serve(site.readers, clock, hosts, late_after, Shelves())


def visit_by(site: OpenSite, identifier: Identifier, now: datetime) -> Visit:
    """Return a Visit of whom an identifier names, of the first Platform that is on.

    Raises
    ------
    UnknownName
        If no Statement and no Launch brought that identifier.
    """
    with site.readers.begin() as session:
        learner = learners.by_identity(session, site.tenant, hash_identifier(site.keys.hashing, identifier))
        known = sorted(one.id for one in platforms.all_of(session, site.tenant) if one.active)
    if learner is None:
        raise UnknownName("Nobody with that identifier was seen; `onward doctor` says which forms the LRS has.")
    return visit_of(site, learner, known[0] if known else PlatformId(0), now)


def visit_of(site: OpenSite, learner: LearnerId, platform: PlatformId, now: datetime) -> Visit:
    """Return a Visit of ``learner`` that no Launch made: for operators and measurements only."""
    return Visit(
        tenant=site.tenant,
        platform=platform,
        deployment="",
        learner=learner,
        audience=Audience.LEARNER,
        placement="",
        course=None,
        given_name="",
        locale="en",
        return_url="",
        launched_at=now,
        expires_at=now,
    )


def as_json(page: ServedPage) -> dict[str, Any]:
    """Return a page as JSON values: Items by IRI and title, never by number."""
    return {
        "state": page.slate.state.value,
        "model": page.slate.model_version,
        "as_of": page.slate.as_of.isoformat() if page.slate.as_of else None,
        "rows": [_row(page, row) for row in page.slate.rows],
    }


def _row(page: ServedPage, row: Row) -> dict[str, Any]:
    return {
        "kind": row.kind.value,
        "anchor": _title(page, row.anchor),
        "did": row.deed.value,
        "total": row.total,
        **({"tiles": {tile.topic: tile.count for tile in row.tiles}} if row.tiles else {}),
        "cards": [
            {
                "iri": page.items[card.item].iri,
                "title": _title(page, card.item),
                "score": _told(card.score),
                "reason": card.reason.code,
                "number": card.reason.number,
                "base": card.reason.base,
                "because": _title(page, card.reason.anchor),
                "did": card.reason.deed.value,
                "progress": card.progress,
                "parts": [
                    {"source": part.source, "anchor": _title(page, part.anchor), "value": _told(part.value)}
                    for part in card.parts
                ],
            }
            for card in row.cards
        ],
    }


def _told(number: float) -> float:
    """Return a score with nine digits that say something."""
    return float(f"{number:.9g}")


def _title(page: ServedPage, number: ItemId | None) -> str | None:
    item: Item | None = page.items.get(number) if number is not None else None
    return (best_title(item.texts) or item.iri) if item else None
