"""Learners and their Identities."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.orm import Session

from connector.domain import HashedIdentity, LearnerId, TenantId
from connector.store import names, tables
from connector.store.upsert import insert_new


@dataclass(frozen=True, slots=True)
class LearnerRecord:
    """What serving needs to know of a Learner."""

    id: LearnerId
    personal_rows: bool
    trains: bool


def by_identity(session: Session, tenant: TenantId, identity: HashedIdentity) -> LearnerId | None:
    """Return whose Identity this is: by its exact hash, else by its folded one if that is one Learner's only."""
    table = tables.identity
    query = select(table.c.learner_id).where(table.c.tenant_id == tenant)
    exact = session.scalar(query.where(table.c.exact == identity.exact))
    if exact is not None:
        return LearnerId(exact)
    folded = set(session.scalars(query.where(table.c.folded == identity.folded)))
    return LearnerId(folded.pop()) if len(folded) == 1 else None


def record(session: Session, tenant: TenantId, learner: LearnerId) -> LearnerRecord | None:
    """Return the Learner's record; None when they were erased meanwhile."""
    table = tables.learner
    row = session.execute(
        select(table.c.id, table.c.personal_rows, table.c.trains).where(
            table.c.tenant_id == tenant, table.c.id == learner
        )
    ).first()
    return LearnerRecord(LearnerId(row.id), row.personal_rows, row.trains) if row else None


def launched(session: Session, tenant: TenantId, identity: HashedIdentity, now: datetime, *, trains: bool) -> LearnerId:
    """Return the Learner of a Launch, made if new; remember when they came and whether they train."""
    learner = by_identity(session, tenant, identity)
    if learner is None:
        learner = LearnerId(names.new_learners(session, tenant, 1, now)[0])
    insert_new(session, tables.identity, [names.identity_row(tenant, identity, learner)])
    owner = session.scalars(  # a page that is taken in meanwhile may have brought the same person
        update(tables.identity)
        .where(tables.identity.c.tenant_id == tenant, tables.identity.c.exact == identity.exact)
        .values(from_launch=True)
        .returning(tables.identity.c.learner_id)
    ).one()
    learner = LearnerId(owner)
    session.execute(
        update(tables.learner)
        .where(tables.learner.c.tenant_id == tenant, tables.learner.c.id == learner)
        .values(launched_at=now, trains=trains)
    )
    return learner


def link(session: Session, tenant: TenantId, learner: LearnerId, identity: HashedIdentity) -> bool:
    """Give ``identity`` to ``learner``; refuse (False) when it is that of somebody else who has launched.

    ``first_learner_id`` keeps whose it was, so that a link can be undone.
    """
    insert_new(session, tables.identity, [names.identity_row(tenant, identity, learner)])
    table = tables.identity
    owner = session.execute(
        select(table.c.id, table.c.learner_id, tables.learner.c.launched_at)
        .join(tables.learner, tables.learner.c.id == table.c.learner_id)
        .where(table.c.tenant_id == tenant, table.c.exact == identity.exact)
    ).one()
    if owner.learner_id == learner:
        return True
    if owner.launched_at is not None:
        return False
    session.execute(update(table).where(table.c.id == owner.id).values(learner_id=learner))
    return True


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
    """Count launched Learners and those who match Statements."""
    learner, identity = tables.learner, tables.identity
    base = (
        select(func.count())
        .select_from(learner)
        .where(learner.c.tenant_id == tenant, learner.c.launched_at.is_not(None))
    )
    seen = exists().where(identity.c.learner_id == learner.c.id, identity.c.from_statement.is_(True))
    return Matching(session.scalar(base) or 0, session.scalar(base.where(seen)) or 0)


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
    """Count Learners who have a Fact or have launched."""
    learner, identity = tables.learner, tables.identity
    known: ColumnElement[bool] = or_(
        learner.c.launched_at.is_not(None),
        exists().where(identity.c.learner_id == learner.c.id, identity.c.from_statement.is_(True)),
    )
    query = select(func.count()).select_from(learner).where(learner.c.tenant_id == tenant, known)
    return session.scalar(query) or 0
