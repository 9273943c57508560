"""People's word on what may be shown."""

from sqlalchemy.orm import Session, sessionmaker

from connector.domain import ItemStatus, TenantId
from connector.errors import UnknownName
from connector.statements.iris import fold_item
from connector.store import items


def set_status(iri: str, status: ItemStatus, tenant: TenantId, sessions: sessionmaker[Session]) -> None:
    """Show or block an Item; works at the next request.

    Raises
    ------
    UnknownName
        If no Item has that IRI.
    """
    with sessions.begin() as session:
        if not items.set_status(session, tenant, fold_item(iri), status):
            raise UnknownName(f"No item has the IRI {iri!r}: `onward item list` shows them.")
