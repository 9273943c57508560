"""What Launches said of people, as keyed digests: the material that match rules are tried on.

A claim hangs on the Learner whom the launching Identity belonged to *first*, so that merges can be undone exactly:
``links.heads_of`` says who that is today.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, exists, func, select
from sqlalchemy.orm import Session

from connector.domain import ClaimKind, HashedIdentity, IfiKind, LearnerId, PlatformId, SourceId, TenantId
from connector.store import tables
from connector.store.upsert import insert_or_update

MOST_FORMS = 5
BATCH = 500
SEEN_EVERY = timedelta(days=1)
"""A claim that is said again is written down again after this long: retention counts in weeks."""

_TABLE = tables.launch_claim
_BEFORE = select(_TABLE.c.kind, _TABLE.c.bare, _TABLE.c.seen_at).where(
    _TABLE.c.tenant_id == bindparam("tenant"),
    _TABLE.c.platform_id == bindparam("platform"),
    _TABLE.c.learner_id == bindparam("learner"),
)


def keep(
    session: Session,
    tenant: TenantId,
    platform: PlatformId,
    learner: LearnerId,
    said: dict[ClaimKind, HashedIdentity],
    now: datetime,
) -> frozenset[ClaimKind]:
    """Keep what a Launch said of ``learner``; return the kinds that are new or not what they were.

    A kind that was not sent this time stays as it was.
    """
    before = _before(session, tenant, platform, learner)
    changed = frozenset(kind for kind, hashed in said.items() if kind not in before or before[kind][0] != hashed.bare)
    due = [kind for kind in said if kind in changed or before[kind][1] <= now - SEEN_EVERY]
    rows = [
        {
            "tenant_id": tenant,
            "platform_id": platform,
            "learner_id": learner,
            "kind": kind.value,
            "bare": said[kind].bare,
            "sha1": said[kind].sha1,
            "shape": said[kind].shape[:80],
            "seen_at": now,
        }
        for kind in due
    ]
    insert_or_update(
        session,
        tables.launch_claim,
        rows,
        key=("tenant_id", "platform_id", "learner_id", "kind"),
        change=("bare", "sha1", "shape", "seen_at"),
    )
    return changed


def _before(
    session: Session, tenant: TenantId, platform: PlatformId, learner: LearnerId
) -> dict[ClaimKind, tuple[bytes, datetime]]:
    rows = session.execute(_BEFORE, {"tenant": tenant, "platform": platform, "learner": learner})
    return {ClaimKind(row.kind): (bytes(row.bare), row.seen_at) for row in rows}


def counts(session: Session, tenant: TenantId, platform: PlatformId) -> dict[ClaimKind, int]:
    """Count the people who launched from a Platform, by what was said of them; "sub" counts everybody."""
    table = tables.launch_claim
    query = (
        select(table.c.kind, func.count())
        .where(table.c.tenant_id == tenant, table.c.platform_id == platform)
        .group_by(table.c.kind)
    )
    return {ClaimKind(row[0]): row[1] for row in session.execute(query)}


def matched_now(session: Session, tenant: TenantId, platform: PlatformId, source: SourceId) -> int:
    """Count those who launched from a Platform and have an Identity that the Source's Statements brought."""
    table = tables.launch_claim
    query = select(func.count()).where(
        table.c.tenant_id == tenant,
        table.c.platform_id == platform,
        table.c.kind == ClaimKind.SUB.value,
        _has_identity(brought_by(tenant, source)),
    )
    return session.scalar(query) or 0


def brought_by(tenant: TenantId, source: SourceId) -> ColumnElement[bool]:
    """Return the condition that Statements of a Source bring the Identity of the enclosing query."""
    fact = tables.fact
    return exists().where(
        fact.c.tenant_id == tenant, fact.c.identity_id == tables.identity.c.id, fact.c.source_id == source
    )


def _has_identity(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    claim, identity = tables.launch_claim, tables.identity
    return exists().where(
        identity.c.tenant_id == claim.c.tenant_id, identity.c.learner_id == claim.c.learner_id, *conditions
    )


def claimants(
    session: Session, tenant: TenantId, platform: PlatformId, identity: HashedIdentity
) -> dict[LearnerId, frozenset[ClaimKind]]:
    """Return of whom Launches of a Platform said the value of an identifier, and as what."""
    table = tables.launch_claim
    mail = identity.kind in {IfiKind.MBOX, IfiKind.MBOX_SHA1SUM}
    same = table.c.sha1 == identity.sha1 if mail else table.c.bare == identity.bare
    query = select(table.c.learner_id, table.c.kind).where(
        table.c.tenant_id == tenant, table.c.platform_id == platform, same
    )
    found: dict[LearnerId, frozenset[ClaimKind]] = {}
    for row in session.execute(query.order_by(table.c.learner_id)):
        learner = LearnerId(row.learner_id)
        found[learner] = found.get(learner, frozenset()) | {ClaimKind(row.kind)}
    return found


# --- samples ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Form:
    """How identifiers look that do not match, with how many people have it and the number of one Learner among them.

    ``kind`` is a claim's kind, or that of an Actor's identifier, which has a ``home_page`` if it is an account.
    """

    kind: str
    shape: str
    people: int
    learner: LearnerId
    home_page: str = ""


def unmatched_launches(session: Session, tenant: TenantId, platform: PlatformId, source: SourceId) -> list[Form]:
    """Return the forms of claims of people whom no Statement of the Source names, the most frequent first."""
    table = tables.launch_claim
    keys = (table.c.kind, table.c.shape)
    query = (
        select(*keys, func.count().label("people"), func.min(table.c.learner_id))
        .where(
            table.c.tenant_id == tenant,
            table.c.platform_id == platform,
            _has_identity(),
            ~_has_identity(brought_by(tenant, source)),
        )
        .group_by(*keys)
        .order_by(func.count().desc(), *keys)
        .limit(MOST_FORMS)
    )
    return [Form(row[0], row[1], row[2], LearnerId(row[3])) for row in session.execute(query)]


def forms_of(
    session: Session, tenant: TenantId, platform: PlatformId, kind: ClaimKind, learners: Collection[int]
) -> list[Form]:
    """Return the forms of one kind of claim of some Learners, the most frequent first."""
    table, found = tables.launch_claim, dict[str, list[int]]()
    numbers = sorted(learners)
    for start in range(0, len(numbers), BATCH):
        query = select(table.c.shape, table.c.learner_id).where(
            table.c.tenant_id == tenant,
            table.c.platform_id == platform,
            table.c.kind == kind.value,
            table.c.learner_id.in_(numbers[start : start + BATCH]),
        )
        for row in session.execute(query):
            found.setdefault(row.shape, []).append(row.learner_id)
    forms = [Form(kind.value, shape, len(who), LearnerId(min(who))) for shape, who in found.items()]
    return sorted(forms, key=lambda form: (-form.people, form.shape))[:MOST_FORMS]


def unmatched_statements(session: Session, tenant: TenantId, source: SourceId) -> list[Form]:
    """Return the forms of the Source's Actors who have not launched, the most frequent first."""
    table = tables.identity
    other = table.alias("other")
    launched = exists().where(
        other.c.tenant_id == tenant, other.c.learner_id == table.c.learner_id, other.c.from_launch.is_(True)
    )
    keys = (table.c.kind, table.c.home_page, table.c.shape)
    query = (
        select(*keys, func.count(), func.min(table.c.learner_id))
        .where(table.c.tenant_id == tenant, brought_by(tenant, source), ~launched)
        .group_by(*keys)
        .order_by(func.count().desc(), *keys)
        .limit(MOST_FORMS)
    )
    return [Form(row[0], row[2], row[3], LearnerId(row[4]), row[1]) for row in session.execute(query)]


def home_pages(session: Session, tenant: TenantId, source: SourceId) -> Sequence[tuple[str, str, int]]:
    """Return (kind, home page, people) of the Actors that the Source's Statements bring, the most frequent first."""
    table = tables.identity
    query = (
        select(table.c.kind, table.c.home_page, func.count())
        .where(table.c.tenant_id == tenant, brought_by(tenant, source))
        .group_by(table.c.kind, table.c.home_page)
        .order_by(func.count().desc(), table.c.kind, table.c.home_page)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]
