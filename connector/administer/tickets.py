"""Tickets: how somebody who administers an LMS comes from a launch into the console, where the site lets them."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import PlatformId, TenantId, Visit
from connector.store import console_sessions, events, platforms

SECRET_BYTES = 32
TICKET = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Tickets:
    """The tickets of one site: 256 random bits, of which only a hash is kept, good once and for five minutes."""

    tenant: TenantId
    sessions: sessionmaker[Session]
    readers: sessionmaker[Session]
    clock: Clock

    def of_launch(self, visit: Visit) -> str:
        """Return a ticket for who just launched; "" for who does not administer the LMS, or may not enter by it."""
        if not visit.administers or visit.tenant != self.tenant:
            return ""
        with self.readers.begin() as session:
            if not console_sessions.may_enter(session, self.tenant, visit.platform):
                return ""
        secret, now = token_urlsafe(SECRET_BYTES), self.clock()
        with self.sessions.begin() as session:
            console_sessions.add(
                session,
                self.tenant,
                _hash(secret),
                account=None,
                platform=visit.platform,
                now=now,
                until=now + TICKET,
            )
        return secret

    def take(self, ticket: str) -> PlatformId | None:
        """Use a ticket up; None if it was used, is too old, or its LMS may not enter any more."""
        with self.sessions.begin() as session:
            platform = console_sessions.take(session, self.tenant, _hash(ticket), self.clock())
            if platform is None or not console_sessions.may_enter(session, self.tenant, platform):
                return None
        return platform

    def let_enter(self, name: str, *, on: bool) -> None:
        """Open or shut the console to who administers an LMS; shut, whoever came that way is signed out.

        Raises
        ------
        UnknownName
            If there is no such Platform.
        """
        with self.sessions.begin() as session:
            record = platforms.by_name(session, self.tenant, name)
            console_sessions.let_enter(session, self.tenant, record.id, on=on)
            detail = {"platform": record.name}
            events.audit(session, self.tenant, "admins_enter", "on" if on else "off", detail, self.clock())


def _hash(secret: str) -> bytes:
    return sha256(b"onward console ticket\0" + secret.encode("utf-8", "surrogatepass")).digest()
