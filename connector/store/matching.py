"""Match rules: which Identities of Statements a claim of somebody who launched reaches, and which of those are certain.

One rule needs no switch, because it compares an identifier with itself: *spelling*, account(issuer, sub) whatever the
spelling of its home page. All others are a Platform's ``match_rules``. A link (``linking``) is made only where it is
certain whose an Identity is:

* one name may reach the Identities of one person only ("Ann" and "ann" of one home page are two people until somebody
  says otherwise);
* an Identity may be reached by one person only;
* nobody who has launched is given to somebody else who has launched.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, and_, select
from sqlalchemy.orm import Session

from connector.domain import ClaimKind, IfiKind, LearnerId, PlatformId, SourceId, TenantId
from connector.statements.iris import fold_item
from connector.store import links, tables
from connector.store.claims import brought_by

MAIL_KINDS = (IfiKind.MBOX.value, IfiKind.MBOX_SHA1SUM.value)


def same_home(one: str, other: str) -> bool:
    """Tell whether two home pages differ only in http or https, the letter case of the host, or a last slash."""
    return fold_item(one) == fold_item(other)


@dataclass(frozen=True, slots=True)
class Rule:
    """That a claim of one Platform's Launches is the name of an account at ``home_page``; e-mail has no home page."""

    platform: PlatformId
    kind: ClaimKind
    home_page: str
    why: str

    def fits(self, reach: "Reach") -> bool:
        """Tell whether the rule is about this claim and this Identity."""
        same = self.platform == reach.platform and self.kind is reach.kind
        return same and (self.kind is ClaimKind.EMAIL or same_home(self.home_page, reach.home_page))


def why(platform: PlatformId, kind: ClaimKind) -> str:
    """Return the reason that links made by a Platform's rule carry."""
    return f"rule:{platform}:{kind.value}"


def rules(session: Session, tenant: TenantId) -> list[Rule]:
    """Return the rules in force of all Platforms, *spelling* among them."""
    table, found = tables.platform, []
    query = select(table.c.id, table.c.issuer, table.c.match_rules).where(table.c.tenant_id == tenant)
    for row in session.execute(query.order_by(table.c.id)):
        number = PlatformId(row.id)
        found.append(Rule(number, ClaimKind.SUB, row.issuer, f"spelling:{number}"))
        kinds = {ClaimKind(kind): home for kind, home in row.match_rules.items()}
        found += [Rule(number, kind, home, why(number, kind)) for kind, home in kinds.items()]
    return found


# --- what claims reach -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reach:
    """One claim of one person, and an Identity that has the same value.

    ``learner`` and ``first`` are whose the claim and the Identity were at first, ``head`` and ``owner`` whose they are.
    ``stated`` says whether Statements bring the Identity.
    """

    platform: PlatformId
    kind: ClaimKind
    learner: LearnerId
    identity: int
    first: LearnerId
    ifi: str
    home_page: str
    stated: bool
    owner: LearnerId
    head: LearnerId
    owner_launched: bool

    @property
    def joined(self) -> bool:
        """Whether claim and Identity are one person's already."""
        return self.owner == self.head


class Verdict(StrEnum):
    """What a rule may do with a Reach."""

    LINK = "link"
    AMBIGUOUS = "ambiguous"
    TWO_PEOPLE = "two_people"


def judge(reaches: Collection[Reach]) -> Iterator[tuple[Reach, Verdict]]:
    """Say of each Reach whether it is certain; all that compete have to be among them."""
    owners, heads = defaultdict[Any, set[int]](set), defaultdict[int, set[int]](set)
    for one in reaches:
        heads[one.owner].add(one.head)
        if one.stated or not one.joined:  # the Launch's own spelling competes only where Statements have it too
            owners[_name(one)].add(one.owner)
    for one in reaches:
        if one.joined:
            yield one, Verdict.LINK
        elif len(owners[_name(one)]) > 1:
            yield one, Verdict.AMBIGUOUS
        elif one.owner_launched or len(heads[one.owner]) > 1:
            yield one, Verdict.TWO_PEOPLE
        else:
            yield one, Verdict.LINK


def _name(one: Reach) -> tuple[object, ...]:
    """Return what must be one person's: a claim's value as a name in one place."""
    return one.platform, one.kind, one.learner, one.ifi, one.home_page


@dataclass(frozen=True, slots=True)
class Values:
    """The digests that a few claims or Identities have; what else has them is looked at, and nothing more."""

    bare: frozenset[bytes]
    sha1: frozenset[bytes]


def reached(
    session: Session,
    tenant: TenantId,
    *,
    platform: PlatformId | None = None,
    source: SourceId | None = None,
    values: Values | None = None,
    mail: bool = True,
) -> list[Reach]:
    """Return every claim with every Identity of the same value, whether a rule is about them or not.

    Parameters
    ----------
    platform, source
        Only claims of this Platform's Launches; only Identities that this Source's Statements bring.
    values : Values or None
        Only these; None means all.
    mail : bool
        Compare e-mail with mailboxes, too.
    """
    queries = [_accounts(tenant, values), *([_mailboxes(tenant, values)] if mail else [])]
    rows = [row for query in queries for row in session.execute(_narrowed(query, tenant, platform, source)).all()]
    return _with_heads(session, tenant, rows)


def _accounts(tenant: TenantId, values: Values | None) -> Select[Any]:
    claim, identity = tables.launch_claim, tables.identity
    query = _pairs(claim.c.bare == identity.c.bare).where(
        claim.c.tenant_id == tenant,
        claim.c.kind != ClaimKind.EMAIL.value,
        identity.c.kind == IfiKind.ACCOUNT.value,
    )
    return query if values is None else query.where(claim.c.bare.in_(sorted(values.bare)))


def _mailboxes(tenant: TenantId, values: Values | None) -> Select[Any]:
    claim, identity = tables.launch_claim, tables.identity
    query = _pairs(claim.c.sha1 == identity.c.sha1).where(
        claim.c.tenant_id == tenant,
        claim.c.kind == ClaimKind.EMAIL.value,
        identity.c.kind.in_(MAIL_KINDS),
    )
    return query if values is None else query.where(identity.c.sha1.in_(sorted(values.sha1)))


def _pairs(same_value: Any) -> Select[Any]:
    claim, identity = tables.launch_claim, tables.identity
    return select(
        claim.c.platform_id,
        claim.c.kind.label("claim"),
        claim.c.learner_id.label("learner"),
        identity.c.id,
        identity.c.first_learner_id,
        identity.c.kind,
        identity.c.home_page,
        identity.c.from_statement,
        identity.c.learner_id.label("owner"),
    ).join(identity, and_(identity.c.tenant_id == claim.c.tenant_id, same_value))


def _narrowed(
    query: Select[Any], tenant: TenantId, platform: PlatformId | None, source: SourceId | None
) -> Select[Any]:
    if platform is not None:
        query = query.where(tables.launch_claim.c.platform_id == platform)
    return query if source is None else query.where(brought_by(tenant, source))


def _with_heads(session: Session, tenant: TenantId, rows: Sequence[Row[Any]]) -> list[Reach]:
    heads = links.heads_of(session, tenant, {row.learner for row in rows})
    launched = links.launched_of(session, tenant, {row.owner for row in rows})
    return [
        Reach(
            PlatformId(row.platform_id),
            ClaimKind(row.claim),
            LearnerId(row.learner),
            row.id,
            LearnerId(row.first_learner_id),
            row.kind,
            row.home_page,
            row.from_statement,
            LearnerId(row.owner),
            LearnerId(heads[row.learner]),
            row.owner in launched,
        )
        for row in rows
        if row.learner in heads
    ]
