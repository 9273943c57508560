"""The audit line of what somebody changed in the setup room."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import TenantId
from connector.store import events
from connector.store.console_sessions import SessionRecord


@dataclass(frozen=True, slots=True)
class SetupAudit:
    """Writes who changed what: the number of the account or Platform, and the site's own names; nothing of a person."""

    tenant: TenantId
    sessions: sessionmaker[Session]
    clock: Clock

    def changed(self, step: str, who: SessionRecord, told: Mapping[str, Any]) -> None:
        """Keep that a form of ``step`` was sent and done."""
        by = {"account": who.account} if who.account is not None else {"platform": who.platform}
        with self.sessions.begin() as session:
            events.audit(session, self.tenant, "setup_changed", step, {**told, "by": by}, self.clock())
