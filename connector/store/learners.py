"""Learners and their Identities."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, or_, select, update
from sqlalchemy.orm import Session

from connector.domain import HashedIdentity, IfiKind, LearnerId, TenantId
from connector.store import linking, links, names, newcomers, tables
from connector.store.matching import same_home
from connector.store.upsert import insert_new

_TABLE, _IDENTITY = tables.learner, tables.identity
_RECORD = select(_TABLE.c.id, _TABLE.c.personal_rows, _TABLE.c.trains).where(
    _TABLE.c.tenant_id == bindparam("tenant"), _TABLE.c.id == bindparam("learner")
)
_EXACTLY = select(_IDENTITY.c.id, _IDENTITY.c.learner_id, _IDENTITY.c.first_learner_id, _IDENTITY.c.from_launch).where(
    _IDENTITY.c.tenant_id == bindparam("tenant"), _IDENTITY.c.exact == bindparam("spelled")
)
_LAUNCHES = (
    update(_IDENTITY)
    .where(_IDENTITY.c.tenant_id == bindparam("tenant"), _IDENTITY.c.exact == bindparam("spelled"))
    .values(from_launch=True)
)
_CAME = (
    update(_TABLE)
    .where(_TABLE.c.tenant_id == bindparam("tenant"), _TABLE.c.id.in_(bindparam("people", expanding=True)))
    .values(launched_at=bindparam("now"), trains=bindparam("training"))
)


@dataclass(frozen=True, slots=True)
class LearnerRecord:
    """What serving needs to know of a Learner."""

    id: LearnerId
    personal_rows: bool
    trains: bool


def by_identity(session: Session, tenant: TenantId, identity: HashedIdentity) -> LearnerId | None:
    """Return whose Identity this is: the one spelled so, else those spelled like it if they are one Learner's only.

    Alike are accounts whose names differ in letter case and whose home pages differ in http or https, the host's letter
    case or a last slash; a mailbox in other letter case, and its ``mbox_sha1sum``; an OpenID in other letter case.
    """
    table = tables.identity
    exact = session.scalar(
        select(table.c.learner_id).where(table.c.tenant_id == tenant, table.c.exact == identity.exact)
    )
    if exact is not None:
        return LearnerId(exact)
    alike = _alike(session, tenant, identity)
    return LearnerId(alike.pop()) if len(alike) == 1 else None


def _alike(session: Session, tenant: TenantId, identity: HashedIdentity) -> set[int]:
    table = tables.identity
    query = select(table.c.learner_id, table.c.home_page).where(table.c.tenant_id == tenant)
    match identity.kind:
        case IfiKind.ACCOUNT:
            query = query.where(table.c.kind == identity.kind.value, table.c.bare == identity.bare)
        case IfiKind.MBOX | IfiKind.MBOX_SHA1SUM:
            query = query.where(table.c.sha1.is_not(None), table.c.sha1 == identity.sha1)
        case IfiKind.OPENID:
            query = query.where(table.c.folded == identity.folded)
    return {row.learner_id for row in session.execute(query) if same_home(row.home_page, identity.home_page)}


def record(session: Session, tenant: TenantId, learner: LearnerId) -> LearnerRecord | None:
    """Return the Learner's record; None when they were erased meanwhile."""
    row = session.execute(_RECORD, {"tenant": tenant, "learner": learner}).first()
    return LearnerRecord(LearnerId(row.id), row.personal_rows, row.trains) if row else None


def launched(session: Session, tenant: TenantId, identity: HashedIdentity, now: datetime, *, trains: bool) -> LearnerId:
    """Return the Learner of a Launch, made if new; remember when they came and whether they train.

    Only the identifier exactly as spelled counts here; ``linking`` brings other spellings to it. Whoever had been made
    one with somebody who launched by a rule, and now launches by themselves, is a person of their own from now on.
    """
    before = _identity(session, tenant, identity)
    if before is None:
        own = names.new_learners(session, tenant, 1, now)[0]
        insert_new(session, tables.identity, [names.identity_row(tenant, identity, own)])
    connection = session.connection()
    connection.execute(_LAUNCHES, {"tenant": tenant, "spelled": identity.exact})
    mine = _identity(session, tenant, identity)  # a page that is taken in meanwhile may have brought the same person
    if mine is None:
        raise LookupError("an Identity was erased while it launched")
    if mine.learner_id != mine.first_learner_id and (before is None or not before.from_launch):
        linking.link_anew(session, tenant, LearnerId(mine.learner_id), now)
    learner = links.heads_of(session, tenant, [mine.first_learner_id])[mine.first_learner_id]
    people = sorted({learner, mine.first_learner_id})
    connection.execute(_CAME, {"tenant": tenant, "people": people, "now": now, "training": trains})
    return LearnerId(learner)


def born_as(session: Session, tenant: TenantId, identity: HashedIdentity) -> LearnerId | None:
    """Return the Learner to whom an Identity, exactly as spelled, was born; None when nobody has it."""
    found = _identity(session, tenant, identity)
    return LearnerId(found.first_learner_id) if found else None


def add_identity(session: Session, tenant: TenantId, identity: HashedIdentity, now: datetime) -> bool:
    """Add an Identity that neither Statements nor Launches have brought yet; False for that of an erased person.

    Another form of a mailbox that is known belongs to the same Learner; anything else gets one of its own.
    """
    if _identity(session, tenant, identity) is not None:
        return True
    if names.erased(session, tenant, newcomers.digests_of(identity)):
        return False
    born = _mailbox(session, tenant, identity) or (names.new_learners(session, tenant, 1, now)[0],) * 2
    row = names.identity_row(tenant, identity, born[0]) | {"learner_id": born[1]}
    insert_new(session, tables.identity, [row])
    return True


def _mailbox(session: Session, tenant: TenantId, identity: HashedIdentity) -> tuple[int, int] | None:
    """Return to whom a known form of the same mailbox was born, and whose it is now."""
    table = tables.identity
    query = select(table.c.first_learner_id, table.c.learner_id).where(
        table.c.tenant_id == tenant, table.c.sha1.is_not(None), table.c.sha1 == identity.sha1
    )
    row = session.execute(query.order_by(table.c.exact).limit(1)).first()
    return (row.first_learner_id, row.learner_id) if row else None


def stated(session: Session, tenant: TenantId, identity: HashedIdentity) -> LearnerId | None:
    """Return whom Statements know by an identifier, spelled so or alike; None when they do not, or know several."""
    learner = by_identity(session, tenant, identity)
    table = tables.identity
    seen = select(table.c.id).where(
        table.c.tenant_id == tenant, table.c.learner_id == learner, table.c.from_statement.is_(True)
    )
    return learner if learner is not None and session.scalar(seen.where(_spelled(identity)).limit(1)) else None


def _spelled(identity: HashedIdentity) -> Any:
    table = tables.identity
    if identity.sha1 is not None:
        return table.c.sha1 == identity.sha1
    return table.c.bare == identity.bare


def _identity(session: Session, tenant: TenantId, identity: HashedIdentity) -> Any:
    return session.execute(_EXACTLY, {"tenant": tenant, "spelled": identity.exact}).first()


def set_personal_rows(session: Session, tenant: TenantId, learner: LearnerId, *, on: bool) -> None:
    """Keep the Learner's choice: personal rows or not. Takes effect at the next request."""
    session.execute(
        update(tables.learner)
        .where(tables.learner.c.tenant_id == tenant, tables.learner.c.id == learner)
        .values(personal_rows=on)
    )


# --- matching ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Matching:
    """How many people launched, and how many of those have an Identity that Statements brought too."""

    launched: int
    matched: int

    @property
    def rate(self) -> float | None:
        """The share that matches, 0..1; None before the first launch."""
        return self.matched / self.launched if self.launched else None


def matching(session: Session, tenant: TenantId) -> Matching:
    """Count launched Learners and those who match Statements; who was merged away is counted with whom they are now."""
    table = tables.identity
    stated = table.alias("stated")
    launched = select(func.count(table.c.learner_id.distinct())).where(
        table.c.tenant_id == tenant, table.c.from_launch.is_(True)
    )
    seen = exists().where(
        stated.c.tenant_id == tenant, stated.c.learner_id == table.c.learner_id, stated.c.from_statement.is_(True)
    )
    return Matching(session.scalar(launched) or 0, session.scalar(launched.where(seen)) or 0)


@dataclass(frozen=True, slots=True)
class ActorForm:
    """A form of Actor that Statements or Launches bring, with how many people have it."""

    kind: str
    home_page: str
    shape: str
    from_launch: bool
    from_statement: bool
    people: int


def actor_forms(session: Session, tenant: TenantId) -> list[ActorForm]:
    """Return the forms of identifiers, most frequent first; none says who anybody is."""
    table = tables.identity
    keys = (table.c.kind, table.c.home_page, table.c.shape, table.c.from_launch, table.c.from_statement)
    query = (
        select(*keys, func.count())
        .where(table.c.tenant_id == tenant)
        .group_by(*keys)
        .order_by(func.count().desc(), table.c.kind, table.c.home_page, table.c.shape)
    )
    return [ActorForm(*row) for row in session.execute(query)]


def count(session: Session, tenant: TenantId) -> int:
    """Count Learners whom Statements or Launches brought; who was merged away has no Identity left and is nobody."""
    table = tables.identity
    brought = or_(table.c.from_launch.is_(True), table.c.from_statement.is_(True))
    query = select(func.count(table.c.learner_id.distinct())).where(table.c.tenant_id == tenant, brought)
    return session.scalar(query) or 0
