"""The Items of each Tenant, kept for a while; whether they may be shown is never old."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from connector.clock import Clock
from connector.domain import Item, ItemId, TenantId
from connector.serve.links import with_start_link
from connector.store import items
from connector.store.items import PLAIN, Standing, Standings


@dataclass(frozen=True, slots=True)
class _Kept:
    at: datetime
    hosts: frozenset[str]
    items: Mapping[ItemId, Item]
    numbers: Mapping[str, ItemId]


class Shelves:
    """The Items of each Tenant with their start links, kept by this process for a while; safe between threads.

    Titles and links may be as old as ``keep``; whether an Item may be shown is asked at every request, so a block works
    at the next one. With ``keep`` of zero nothing is remembered.
    """

    def __init__(self, keep: timedelta, clock: Clock) -> None:
        self._keep = keep
        self._clock = clock
        self._kept: dict[TenantId, _Kept] = {}

    def items(
        self,
        session: Session,
        tenant: TenantId,
        wanted: Collection[ItemId],
        hosts: frozenset[str],
        standings: Standings,
    ) -> dict[ItemId, Item]:
        """Return the Items ``wanted`` as they stand now."""
        kept = self._remembered(session, tenant, hosts)
        known = kept.items if kept else {}
        missing = [number for number in wanted if number not in known]
        fresh = items.of_numbers(session, tenant, missing) if missing else {}
        found = {number: known[number] for number in wanted if number in known}
        found |= _linked(fresh, hosts)
        return as_they_stand(found, standings)

    def numbers(
        self, session: Session, tenant: TenantId, iris: Collection[str], hosts: frozenset[str]
    ) -> dict[str, ItemId]:
        """Return the number of each of the Items ``iris`` that is known; asks only when something is not remembered."""
        kept = self._remembered(session, tenant, hosts) if iris else None
        found = {iri: kept.numbers[iri] for iri in iris if iri in kept.numbers} if kept else {}
        return found if len(found) == len(iris) else items.numbers(session, tenant, iris)

    def _remembered(self, session: Session, tenant: TenantId, hosts: frozenset[str]) -> _Kept | None:
        if not self._keep:
            return None
        kept = self._kept.get(tenant)
        if kept is None or kept.at + self._keep < self._clock() or kept.hosts != hosts:
            linked = _linked(items.all_of(session, tenant), hosts)
            numbers = {str(item.iri): number for number, item in linked.items()}
            kept = self._kept[tenant] = _Kept(self._clock(), hosts, linked, numbers)
        return kept


def _linked(found: Mapping[ItemId, Item], hosts: frozenset[str]) -> dict[ItemId, Item]:
    return {number: _standing_as(with_start_link(item, hosts), PLAIN) for number, item in found.items()}


def as_they_stand(found: dict[ItemId, Item], standings: Standings) -> dict[ItemId, Item]:
    """Return plain Items with what decides whether they may be shown as it is now."""
    special = standings.of(found)
    return found | {number: _standing_as(found[number], standing) for number, standing in special.items()}


def _standing_as(item: Item, now: Standing) -> Item:
    return replace(
        item,
        family=item.family if now.family is None else now.family,
        status=now.status,
        sensitive=now.sensitive,
        visible=now.visible,
        enrolable=now.enrolable,
        starts_at=now.starts_at,
        ends_at=now.ends_at,
        renewal_days=now.renewal_days,
        audience=now.audience,
        prerequisites=now.prerequisites,
    )
