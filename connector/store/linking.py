"""Linking: every link that the match rules ask for, made where it is certain, in one go for everybody or for a few."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.domain import ClaimKind, HashedIdentity, LearnerId, TenantId
from connector.store import links, tables
from connector.store.links import Join
from connector.store.matching import Reach, Rule, Values, Verdict, judge, reached, rules


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the rules did: links that were made, and claims that they refused to follow, by reason of the rule.

    ``joins`` holds the new links. ``ambiguous`` and ``two_people`` hold, by rule, the Learners whose claim reaches more
    than one person, or somebody who has launched, too.
    """

    joins: tuple[Join, ...] = ()
    ambiguous: Mapping[str, frozenset[int]] = field(default_factory=dict)
    two_people: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def linked(self, reason: str) -> int:
        """Count the links that one rule made."""
        return sum(one.why == reason for one in self.joins)


def link(session: Session, tenant: TenantId, now: datetime, values: Values | None = None) -> Outcome:
    """Make every link that the rules in force ask for and that is not there; a second time does nothing.

    Parameters
    ----------
    values : Values or None
        Only who has these; None looks at everybody.
    """
    known = rules(session, tenant)
    outcome = _decided(session, tenant, known, values)
    if outcome.joins and links.lock(session, tenant, outcome.joins):
        outcome = _decided(session, tenant, known, values)  # another Launch may have been quicker while this one waited
    if outcome.joins:
        links.join(session, tenant, outcome.joins, uuid4(), now)
    return outcome


def look(session: Session, tenant: TenantId) -> Outcome:
    """Return what ``link`` would do for everybody; changes nothing."""
    return _decided(session, tenant, rules(session, tenant), None)


def link_anew(session: Session, tenant: TenantId, learner: LearnerId, now: datetime) -> None:
    """Forget what rules linked to one Learner, and ask them again: an Identity of theirs has launched by itself.

    What people linked by hand stays. So a rule never makes one of two who launch, in whatever order they do.
    """
    mine = links.identities_of(session, tenant, learner)
    by_rule = [one for one in links.of_identities(session, tenant, mine) if one.join.why != links.BY_HAND]
    links.undo(session, tenant, by_rule, now)
    links.settle(session, tenant, set(links.owners_of(session, tenant, mine)))
    link_identities(session, tenant, mine, now)


def link_identities(session: Session, tenant: TenantId, identities: Sequence[int], now: datetime) -> None:
    """Make the links that the rules ask for of some Identities."""
    table = tables.identity
    for start in range(0, len(identities), links.BATCH):
        some = identities[start : start + links.BATCH]
        query = select(table.c.bare, table.c.sha1).where(table.c.tenant_id == tenant, table.c.id.in_(some))
        rows = session.execute(query).all()
        sha1 = frozenset(bytes(row.sha1) for row in rows if row.sha1 is not None)
        link(session, tenant, now, Values(frozenset(bytes(row.bare) for row in rows), sha1))


def link_new(session: Session, tenant: TenantId, brought: Sequence[HashedIdentity], now: datetime) -> None:
    """Make the links that the rules ask for of Identities that a page has just brought for the first time."""
    for start in range(0, len(brought), links.BATCH):
        link(session, tenant, now, values_of(brought[start : start + links.BATCH]))


def values_of(hashed: Iterable[HashedIdentity]) -> Values:
    """Return what to compare of some identifiers."""
    known = list(hashed)
    return Values(frozenset(one.bare for one in known), frozenset(one.sha1 for one in known if one.sha1 is not None))


def _decided(session: Session, tenant: TenantId, known: Sequence[Rule], values: Values | None) -> Outcome:
    mail = any(rule.kind is ClaimKind.EMAIL for rule in known)
    reaches = reached(session, tenant, values=values, mail=mail)
    by_claim = defaultdict[Any, list[Rule]](list)
    for rule in known:
        by_claim[rule.platform, rule.kind].append(rule)
    reasons = {one: [rule.why for rule in by_claim[one.platform, one.kind] if rule.fits(one)] for one in reaches}
    asked = [one for one in reaches if reasons[one]]
    return _outcome(asked, reasons)


def _outcome(asked: Collection[Reach], reasons: Mapping[Reach, Sequence[str]]) -> Outcome:
    refused = {verdict: defaultdict[str, set[int]](set) for verdict in Verdict}
    joins: dict[Join, None] = {}
    for one, verdict in judge(asked):
        for reason in reasons[one]:
            if verdict is not Verdict.LINK:
                refused[verdict][reason].add(one.learner)
            elif not one.joined:
                joins[Join(one.identity, one.first, one.learner, reason)] = None
    return Outcome(
        tuple(joins),
        {reason: frozenset(found) for reason, found in refused[Verdict.AMBIGUOUS].items()},
        {reason: frozenset(found) for reason, found in refused[Verdict.TWO_PEOPLE].items()},
    )
