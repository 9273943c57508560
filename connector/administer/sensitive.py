"""Sensitive Items: what a learner did there is a reason for nothing, and is named nowhere."""

from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import TenantId
from connector.errors import UnknownName
from connector.statements.iris import fold_item
from connector.store import events, items


def mark(iri: str, tenant: TenantId, sessions: sessionmaker[Session], clock: Clock) -> None:
    """Make an Item sensitive, from the next request and the next training on.

    Raises
    ------
    UnknownName
        If no Item has that IRI.
    """
    _set(iri, "sensitive", tenant, sessions, clock)


def unmark(iri: str, tenant: TenantId, sessions: sessionmaker[Session], clock: Clock) -> None:
    """Let an Item be named again as a reason; raises UnknownName as ``mark``."""
    _set(iri, "not_sensitive", tenant, sessions, clock)


def _set(iri: str, code: str, tenant: TenantId, sessions: sessionmaker[Session], clock: Clock) -> None:
    key = fold_item(iri)
    with sessions.begin() as session:
        if not items.set_sensitive(session, tenant, key, sensitive=code == "sensitive"):
            raise UnknownName(f"No item has the IRI {iri!r}: `onward item list` shows them.")
        events.audit(session, tenant, "item_changed", code, {"iri": key}, clock())
