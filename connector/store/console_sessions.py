"""Who is signed in to the console, and tickets to enter it by a launch: only hashes of what browsers hold."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from connector.domain import PlatformId, TenantId
from connector.store import tables

MOST_OF_ONE = 20
"""Sessions of one account, or of one Platform with its tickets, at once; those that end first go."""


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One session: of an account, or of somebody who came by a launch of a Platform."""

    tenant: TenantId
    account: int | None
    name: str
    platform: PlatformId | None
    began_at: datetime
    seen_at: datetime
    expires_at: datetime


def add(
    session: Session,
    tenant: TenantId,
    token_hash: bytes,
    *,
    account: int | None,
    platform: PlatformId | None,
    now: datetime,
    until: datetime,
) -> None:
    """Keep a new session or ticket, forget what is over, and of one account or Platform the oldest beyond the bound."""
    table = tables.console_session
    session.execute(delete(table).where(table.c.expires_at <= now))
    mine = (
        table.c.tenant_id == tenant,
        table.c.account_id.is_not_distinct_from(account),
        table.c.platform_id.is_not_distinct_from(platform),
    )
    newest = select(table.c.token_hash).where(*mine).order_by(table.c.expires_at.desc()).limit(MOST_OF_ONE - 1)
    session.execute(delete(table).where(*mine, table.c.token_hash.not_in(newest)))
    row = {
        "token_hash": token_hash,
        "tenant_id": tenant,
        "account_id": account,
        "platform_id": platform,
        "began_at": now,
        "seen_at": now,
        "expires_at": until,
    }
    session.execute(insert(table), row)


def find(session: Session, tenant: TenantId, token_hash: bytes) -> SessionRecord | None:
    """Return a session whose account, or whose Platform with its door, still stands open."""
    table, account, platform = tables.console_session, tables.account, tables.platform
    query = (
        select(table, account.c.name.label("account_name"), platform.c.name.label("platform_name"))
        .outerjoin(account, (account.c.tenant_id == table.c.tenant_id) & (account.c.id == table.c.account_id))
        .outerjoin(platform, (platform.c.tenant_id == table.c.tenant_id) & (platform.c.id == table.c.platform_id))
        .where(
            table.c.tenant_id == tenant,
            table.c.token_hash == token_hash,
            or_(account.c.active, platform.c.active & platform.c.admins_enter),
        )
    )
    row = session.execute(query).first()
    if row is None:
        return None
    return SessionRecord(
        TenantId(row.tenant_id),
        row.account_id,
        row.account_name or row.platform_name,
        PlatformId(row.platform_id) if row.platform_id is not None else None,
        row.began_at,
        row.seen_at,
        row.expires_at,
    )


def seen(session: Session, tenant: TenantId, token_hash: bytes, now: datetime) -> None:
    """Note that a session was used."""
    table = tables.console_session
    session.execute(
        update(table).where(table.c.tenant_id == tenant, table.c.token_hash == token_hash).values(seen_at=now)
    )


def take(session: Session, tenant: TenantId, token_hash: bytes, now: datetime) -> PlatformId | None:
    """Use a ticket up and return its Platform: of two takers, or after its time, one gets None."""
    table = tables.console_session
    taken = delete(table).where(table.c.tenant_id == tenant, table.c.token_hash == token_hash, table.c.expires_at > now)
    return session.scalars(taken.returning(table.c.platform_id)).first()


def end(session: Session, tenant: TenantId, token_hash: bytes) -> None:
    """End one session."""
    table = tables.console_session
    session.execute(delete(table).where(table.c.tenant_id == tenant, table.c.token_hash == token_hash))


def end_of_account(session: Session, tenant: TenantId, account: int) -> None:
    """End every session of an account."""
    table = tables.console_session
    session.execute(delete(table).where(table.c.tenant_id == tenant, table.c.account_id == account))


def may_enter(session: Session, tenant: TenantId, platform: PlatformId) -> bool:
    """Tell whether who administers this LMS may enter the console by a launch."""
    table = tables.platform
    query = select(table.c.active & table.c.admins_enter).where(table.c.tenant_id == tenant, table.c.id == platform)
    return bool(session.scalar(query))


def let_enter(session: Session, tenant: TenantId, platform: PlatformId, *, on: bool) -> None:
    """Open or shut the console to who administers this LMS; shut, everybody who came that way is signed out."""
    table, sessions = tables.platform, tables.console_session
    session.execute(update(table).where(table.c.tenant_id == tenant, table.c.id == platform).values(admins_enter=on))
    if not on:
        session.execute(delete(sessions).where(sessions.c.tenant_id == tenant, sessions.c.platform_id == platform))
