"""Models by hand: which are kept, and which of them is served."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import TenantId
from connector.errors import BadInput, UnknownName
from connector.store import erase, events, models
from connector.store.models import PublishedModel


def listed(tenant: TenantId, readers: sessionmaker[Session]) -> list[dict[str, Any]]:
    """Return the Models that are kept as JSON values, newest first."""
    with readers.begin() as session:
        erased_at = erase.last_erasure(session, tenant)
        return [_as_json(one, erased_at) for one in models.published(session, tenant)]


def activate(tenant: TenantId, version: int, sessions: sessionmaker[Session], clock: Clock) -> PublishedModel:
    """Serve the Model of that version from the next request on.

    Raises
    ------
    UnknownName
        If no Model of that version is kept.
    BadInput
        If somebody was erased since it was trained: their completions are in its numbers.
    """
    with sessions.begin() as session:
        kept = models.published(session, tenant)
        wanted = next((one for one in kept if one.model.version == version), None)
        if wanted is None:
            raise UnknownName(f"There is no model {version}. {_kept(kept)}")
        return _serve(session, tenant, wanted, clock())


def rollback(tenant: TenantId, sessions: sessionmaker[Session], clock: Clock) -> PublishedModel:
    """Serve the newest Model that is older than the one that is served.

    Raises
    ------
    UnknownName
        If none is kept.
    BadInput
        As for ``activate``.
    """
    with sessions.begin() as session:
        kept = models.published(session, tenant)
        served = next((one.model.version for one in kept if one.is_current), 0)
        before = next((one for one in kept if one.model.version < served), None)
        if before is None:
            raise UnknownName(f"There is no model before the one that is served. {_kept(kept)}")
        return _serve(session, tenant, before, clock())


def _serve(session: Session, tenant: TenantId, wanted: PublishedModel, now: datetime) -> PublishedModel:
    erased_at = erase.last_erasure(session, tenant)
    if _knows_somebody_erased(wanted, erased_at):
        raise BadInput(
            f"Model {wanted.model.version} was trained before somebody was erased, whose completions are in its "
            "numbers: it is not served again. `onward train` makes a new one."
        )
    models.make_current(session, tenant, wanted.model.id)
    events.audit(session, tenant, "model_activated", "", {"version": wanted.model.version}, now)
    return wanted


def _knows_somebody_erased(one: PublishedModel, erased_at: datetime | None) -> bool:
    return erased_at is not None and one.model.trained_at <= erased_at


def _kept(kept: Sequence[PublishedModel]) -> str:
    return f"Kept are: {', '.join(str(one.model.version) for one in kept) or 'none yet'}."


def _as_json(one: PublishedModel, erased_at: datetime | None) -> dict[str, Any]:
    model = one.model
    usable = "before an erasure" if _knows_somebody_erased(one, erased_at) else "kept"
    return {
        "version": model.version,
        "state": "served" if one.is_current else usable,
        "trained_at": model.trained_at,
        "data_as_of": model.data_as_of,
        "learners": model.learners,
        "items": model.items,
        "interactions": model.interactions,
        "neighbours": model.neighbours,
        "fingerprint": one.fingerprint[:12],
    }
