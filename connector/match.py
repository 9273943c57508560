"""Who is who: a Learner is found by account(issuer, sub); other identifiers link only where a rule is switched on."""

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from connector.clock import Clock
from connector.domain import Audience, HashedIdentity, Identifier, IfiKind, LearnerId, TenantId
from connector.store import events, learners

Hash = Callable[[Identifier], HashedIdentity]

RULES = ("username", "idnumber")
"""What ``platform add --match`` knows. E-mail never links by itself: it can be taken over."""


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
) -> LearnerId:
    """Return the Learner of a Launch, made if new, and link the identifiers that the Platform's rules allow.

    Parameters
    ----------
    names : mapping of str to str
        What the Launch said besides ``sub``: "username", "idnumber"; "" where it was not sent.
    rules : mapping of str to str
        Which of them link, each with the home page of the accounts that Statements use.
    """
    now = clock()
    me = hash_identifier(Identifier(IfiKind.ACCOUNT, subject, issuer))
    learner = learners.launched(session, tenant, me, now, trains=audience is Audience.LEARNER)
    for rule, home_page in rules.items():
        name = names.get(rule, "")
        if name and not learners.link(
            session, tenant, learner, hash_identifier(Identifier(IfiKind.ACCOUNT, name, home_page))
        ):
            events.audit(session, tenant, "match_refused", rule, {"why": "belongs to somebody who has launched"}, now)
    return learner
