"""Erasure: every row of one person goes, and tombstones stay under which they cannot come back."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from connector.domain import TenantId
from connector.errors import Busy
from connector.store import leases, names, orphans, tables
from connector.store.names import chunks
from connector.store.person import Person
from connector.store.upsert import insert_into

TOUCHED = (
    tables.fact,
    tables.identity,
    tables.identity_link,
    tables.launch_claim,
    tables.learner,
    tables.slate,
    tables.event,
    tables.ignore_rule,
    tables.voided_statement,
    tables.ignored_count,
    tables.activity,
    tables.item,
    tables.item_text,
    tables.quarantine,
    tables.launch_state,
    tables.model,
    tables.neighbours,
)
"""The tables that an erasure takes rows from."""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """One digest under which somebody who was erased could come back, and when they were erased."""

    digest: bytes
    erased_at: datetime


def hold(session: Session, tenant: TenantId) -> None:
    """Keep everybody else from taking this Tenant's people in, or learning from them, until the transaction ends.

    Raises
    ------
    Busy
        If a training runs: it has read the person's Facts already and would publish counts of them afterwards.
    """
    session.execute(select(tables.tenant.c.id).where(tables.tenant.c.id == tenant).with_for_update())
    session.execute(
        select(tables.job.c.id).where(tables.job.c.tenant_id == tenant, tables.job.c.kind == "train").with_for_update()
    )
    clock = leases.database_time(session)
    for job in leases.jobs(session, tenant):
        ends = job.leased_until
        if job.kind == "train" and ends is not None and ends >= clock and not leases.is_dead(job.owner):
            raise Busy("A training runs and has read this person's records: wait for its end, then erase.")


def erase(session: Session, tenant: TenantId, person: Person) -> dict[str, int]:
    """Delete every row of a person; return how many went, by table. Call ``hold`` before, ``bury`` with it."""
    _scrub_as_it_goes(session)
    gone = {"voided_statement": _forget_voids(session, tenant, person.identities)}
    touched = orphans.activities_of(session, tenant, person.identities)
    for table, column, mine in _rows_of(person):
        gone[table.name] = gone.get(table.name, 0) + _delete(session, tenant, table, column, mine)
    gone |= orphans.forget(session, tenant, touched)
    _forget_samples(session, tenant)
    return gone


def _rows_of(person: Person) -> Iterable[tuple[Table, ColumnElement[Any], Collection[int]]]:
    """Name the rows of a person, those that refer to others first."""
    link = tables.identity_link
    return (
        (tables.fact, tables.fact.c.identity_id, person.identities),
        (tables.ignore_rule, tables.ignore_rule.c.identity_id, person.identities),
        (link, link.c.identity_id, person.identities),
        (link, link.c.from_learner_id, person.learners),
        (link, link.c.to_learner_id, person.learners),
        (tables.launch_claim, tables.launch_claim.c.learner_id, person.learners),
        (tables.event, tables.event.c.learner_id, person.learners),
        (tables.slate, tables.slate.c.learner_id, person.learners),
        (tables.identity, tables.identity.c.id, person.identities),
        (tables.learner, tables.learner.c.id, person.learners),
    )


def _delete(session: Session, tenant: TenantId, table: Table, column: ColumnElement[Any], wanted: Iterable[Any]) -> int:
    gone = 0
    for some in chunks(sorted(wanted)):
        done = session.execute(delete(table).where(table.c.tenant_id == tenant, column.in_(some)))
        gone += int(done.rowcount)  # type: ignore[attr-defined]
    return gone


def _scrub_as_it_goes(session: Session) -> None:
    """Let SQLite overwrite what it deletes; ``connector.store.scrub`` sees to what earlier writes left behind."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql("PRAGMA secure_delete=ON")


def _forget_voids(session: Session, tenant: TenantId, identities: Collection[int]) -> int:
    """Delete the tombstones of Statements that are the person's alone: they hold the ids of those."""
    void, fact, gone = tables.voided_statement, tables.fact, 0
    this = (
        fact.c.tenant_id == void.c.tenant_id,
        fact.c.source_id == void.c.source_id,
        fact.c.statement_id == void.c.statement_id,
    )
    others = exists().where(*this, or_(fact.c.identity_id.is_(None), fact.c.identity_id.not_in(identities)))
    for some in chunks(sorted(identities)):
        mine = exists().where(*this, fact.c.identity_id.in_(some))
        done = session.execute(delete(void).where(void.c.tenant_id == tenant, mine, ~others))
        gone += int(done.rowcount)  # type: ignore[attr-defined]
    return gone


def _forget_samples(session: Session, tenant: TenantId) -> None:
    """Forget the sample ids of ignored Statements: whose they were is not known any more."""
    table = tables.ignored_count
    session.execute(update(table).where(table.c.tenant_id == tenant).values(sample_id=None))


# --- what cannot be told whose it is ------------------------------------------------------------------------------


def forget_quarantine(session: Session, tenant: TenantId, numbers: Collection[int]) -> int:
    """Delete these entries of the quarantine."""
    return _delete(session, tenant, tables.quarantine, tables.quarantine.c.id, numbers)


def forget_logins(session: Session, tenant: TenantId) -> int:
    """Delete every login under way: what their Platform said is sealed, and any may be the person's."""
    table = tables.launch_state
    return int(session.execute(delete(table).where(table.c.tenant_id == tenant)).rowcount)  # type: ignore[attr-defined]


def forget_old_models(session: Session, tenant: TenantId) -> int:
    """Delete all Models but the current one that learned before the last erasure; they counted who is erased."""
    table, current = tables.model, tables.tenant.c.current_model_id
    erased_at = last_erasure(session, tenant)
    if erased_at is None:
        return 0
    served = session.scalar(select(current).where(tables.tenant.c.id == tenant))
    old = delete(table).where(table.c.tenant_id == tenant, table.c.trained_at <= erased_at)
    return int(session.execute(old.where(table.c.id != (served or 0))).rowcount)  # type: ignore[attr-defined]


def last_erasure(session: Session, tenant: TenantId) -> datetime | None:
    """Return when somebody was last erased; None where nobody was."""
    found: datetime | None = session.scalar(select(func.max(tables.erased_person.c.erased_at)).where(_here(tenant)))
    return found


def _here(tenant: TenantId) -> ColumnElement[bool]:
    return tables.erased_person.c.tenant_id == tenant


# --- tombstones ---------------------------------------------------------------------------------------------------


def bury(session: Session, tenant: TenantId, tombstones: Collection[Tombstone]) -> int:
    """Keep tombstones, and tell every process that names it remembers may be gone; return how many were new.

    Of two for one digest the later stays.
    """
    known = names.erased(session, tenant, {one.digest for one in tombstones})
    table = tables.tenant
    session.execute(update(table).where(table.c.id == tenant).values(erasures=table.c.erasures + 1))
    in_order = sorted(tombstones, key=lambda one: one.digest)
    rows = [{"tenant_id": tenant, "digest": one.digest, "erased_at": one.erased_at} for one in in_order]
    if rows:
        session.connection().execute(_later_stays(session), rows)
    return len({one.digest for one in tombstones} - known)


def _later_stays(session: Session) -> Any:
    table = tables.erased_person
    insert = insert_into(session, table)
    new = insert.excluded.erased_at
    later = new > table.c.erased_at
    return insert.on_conflict_do_update(index_elements=["tenant_id", "digest"], set_={"erased_at": new}, where=later)


def tombstones(session: Session, tenant: TenantId) -> list[Tombstone]:
    """Return every tombstone of erased people, oldest first."""
    table = tables.erased_person
    query = select(table.c.digest, table.c.erased_at).where(_here(tenant))
    rows = session.execute(query.order_by(table.c.erased_at, table.c.digest))
    return [Tombstone(bytes(row.digest), row.erased_at) for row in rows]


def erasures(session: Session, tenant: TenantId) -> int:
    """Return how often people were erased: what a process remembers of names is good for one value of it."""
    return int(session.scalar(select(tables.tenant.c.erasures).where(tables.tenant.c.id == tenant)) or 0)


def skip_erasures(session: Session, counted: Mapping[TenantId, int]) -> None:
    """Go beyond what was counted before a restore, so that no number of erasures means two states."""
    table = tables.tenant
    for tenant, before in counted.items():
        new = max(before, erasures(session, tenant)) + 1
        session.execute(update(table).where(table.c.id == tenant).values(erasures=new))
