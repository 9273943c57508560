"""The book of recipes of each Tenant, read once for each version."""

from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from connector.domain import TenantId
from connector.recipes.book_file import BookRefused, read_book
from connector.recipes.recipe import CLOSED_BOOK, DEFAULT_BOOK, RecipeBook
from connector.store import recipes

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Books:
    """Remembers the newest book of each Tenant as it was read; which version counts is asked at every request."""

    _kept: dict[TenantId, tuple[tuple[int, datetime], RecipeBook]] = field(default_factory=dict)

    def current(self, session: Session, tenant: TenantId) -> RecipeBook:
        """Return the book that counts now; what the program comes with where none was ever set."""
        newest = recipes.newest(session, tenant)
        if newest is None:
            return DEFAULT_BOOK
        kept = self._kept.get(tenant)
        if kept is None or kept[0] != newest:
            kept = self._kept[tenant] = (newest, _read(session, tenant, newest[0]))
        return kept[1]


def _read(session: Session, tenant: TenantId, version: int) -> RecipeBook:
    """Return a version; one that cannot be read shows nothing, for what it excludes is not known any more."""
    text = recipes.document(session, tenant, version)
    try:
        return read_book(text or "")
    except BookRefused:
        log.exception("recipes_unreadable", version=version)
        return CLOSED_BOOK
