"""Who is who: what a Launch says of a person is kept as keyed digests, and match rules link what Statements say to it.

account(issuer, sub) is a Learner by itself, in any spelling of the home page; other identifiers link only where a rule
is switched on. Rules hold for the past and the future: for Launches (here), for Statements (``store.linking``, as a
page is taken in), and for everybody when a rule is switched on or off (here).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import Audience, ClaimKind, HashedIdentity, Identifier, IfiKind, LearnerId, PlatformId, TenantId
from connector.statements.identity import identifier_of
from connector.store import claims, events, learners, linking, links, matching, platforms
from connector.store.linking import Outcome
from connector.store.matching import same_home

log = structlog.get_logger()

Hash = Callable[[Identifier], HashedIdentity]

RULES = (ClaimKind.SUB.value, ClaimKind.USERNAME.value, ClaimKind.IDNUMBER.value)
"""What ``platform add --match`` knows. E-mail never links without an extra word: it can be taken over."""


def launched_learner(
    session: Session,
    tenant: TenantId,
    *,
    issuer: str,
    subject: str,
    audience: Audience,
    names: Mapping[str, str],
    rules: Mapping[str, str],
    hash_identifier: Hash,
    clock: Clock,
    platform: PlatformId | None = None,
) -> LearnerId:
    """Return the Learner of a Launch, made if new, and link the identifiers that the Platform's rules allow.

    Parameters
    ----------
    names : mapping of str to str
        What the Launch said besides ``sub``: "username", "idnumber", "email"; "" where it was not sent.
    rules : mapping of str to str
        Which of them link, each with the home page of the accounts that Statements use: for the audit only.
    platform : PlatformId or None
        Whose Launch it is; without one nothing but account(issuer, sub) is looked at and no claim is kept.
    """
    now = clock()
    me = hash_identifier(Identifier(IfiKind.ACCOUNT, subject, issuer))
    learner = learners.launched(session, tenant, me, now, trains=audience is Audience.LEARNER)
    born = learners.born_as(session, tenant, me)
    if platform is None or born is None:
        return learner
    said = {ClaimKind.SUB: me, **_claims(names, issuer, hash_identifier)}
    changed = claims.keep(session, tenant, platform, born, said, now)
    if not changed:  # what could be linked was linked when this was said first, or when a rule or a page came
        return learner
    outcome = linking.link(session, tenant, now, linking.values_of(said.values()))
    for kind in sorted(changed & {ClaimKind(rule) for rule in rules}):
        _audit_refused(session, tenant, outcome, (platform, kind), born, now)
    return LearnerId(links.heads_of(session, tenant, [born])[born]) if outcome.joins else learner


def _claims(names: Mapping[str, str], issuer: str, hash_identifier: Hash) -> dict[ClaimKind, HashedIdentity]:
    """Return what can be kept of the names that were sent; an account's home page does not matter for its digest."""
    given = {
        ClaimKind.USERNAME: identifier_of(IfiKind.ACCOUNT, names.get("username", ""), issuer),
        ClaimKind.IDNUMBER: identifier_of(IfiKind.ACCOUNT, names.get("idnumber", ""), issuer),
        ClaimKind.EMAIL: identifier_of(IfiKind.MBOX, f"mailto:{names.get('email', '').lower()}"),
    }
    return {kind: hash_identifier(one) for kind, one in given.items() if one is not None}


def _audit_refused(
    session: Session,
    tenant: TenantId,
    outcome: Outcome,
    rule: tuple[PlatformId, ClaimKind],
    learner: LearnerId,
    now: datetime,
) -> None:
    """Write down, once for each new name, that a rule was not followed."""
    reason, code = matching.why(*rule), rule[1].value
    if learner in outcome.two_people.get(reason, ()):
        events.audit(session, tenant, "match_refused", code, {"why": "belongs to somebody who has launched"}, now)
    if learner in outcome.ambiguous.get(reason, ()):
        events.audit(session, tenant, "match_refused", code, {"why": "more than one person has that name"}, now)


# --- rules, past and future --------------------------------------------------------------------------------------


def apply_rules(
    tenant: TenantId, sessions: sessionmaker[Session], readers: sessionmaker[Session], clock: Clock
) -> Outcome:
    """Make every link that the rules in force ask for; where all are there, it is a look that keeps no writer waiting.

    Pages that are taken in link what they bring by themselves. This finds what a page and a Launch that ran at the same
    moment could not see of each other.
    """
    with readers.begin() as session:
        outcome = linking.look(session, tenant)
    if not outcome.joins:
        return outcome
    with sessions.begin() as session:
        outcome = linking.link(session, tenant, clock())
    log.info("matches_linked", links=len(outcome.joins))
    return outcome


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What a change of a Platform's rules did.

    ``linked`` and ``undone`` count links. ``ambiguous`` and ``two_people`` are the Learners whom the rules reach and
    did not link: their name is that of more than one person, or of somebody else who has launched.
    """

    linked: int
    undone: int
    ambiguous: frozenset[int]
    two_people: frozenset[int]


def set_rules(session: Session, tenant: TenantId, name: str, wanted: Mapping[str, str], now: datetime) -> RuleChange:
    """Let exactly the rules ``wanted`` hold for a Platform, and link and un-link everybody accordingly.

    Raises
    ------
    UnknownName
        If there is no such Platform.
    """
    record = platforms.change(session, tenant, name, {"match_rules": dict(wanted)})
    undone = [
        link
        for rule, home in record.match_rules.items()
        if rule not in wanted or not same_home(home, wanted[rule])
        for link in links.made_by(session, tenant, matching.why(record.id, ClaimKind(rule)))
    ]
    links.undo(session, tenant, undone, now)
    outcome = linking.link(session, tenant, now)
    reasons = [matching.why(record.id, ClaimKind(rule)) for rule in wanted]
    events.audit(session, tenant, "match_rules", "", {"platform": name, "rules": dict(wanted)}, now)
    return RuleChange(
        sum(outcome.linked(reason) for reason in reasons),
        len(undone),
        frozenset[int]().union(*(outcome.ambiguous.get(reason, ()) for reason in reasons)),
        frozenset[int]().union(*(outcome.two_people.get(reason, ()) for reason in reasons)),
    )
