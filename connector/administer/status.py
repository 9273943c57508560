"""How the site stands: what ``onward status`` prints."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from connector.administer.account import account
from connector.clock import Clock
from connector.domain import TenantId
from connector.store import items, learners, leases, models, platforms, sources
from connector.store.sources import SourceRecord


def status(tenant: TenantId, readers: sessionmaker[Session], clock: Clock) -> dict[str, Any]:
    """Return everything ``onward status --json`` prints."""
    with readers.begin() as session:
        told = account(session, tenant)
        model = models.current(session, tenant)
        matching = learners.matching(session, tenant)
        return {
            "statements": {
                "seen": told.seen,
                "kept": told.kept,
                "ignored": told.ignored.total(),
                "quarantined": sum(told.quarantined.values()),
                "voided": told.voided,
            },
            "ignored_because": dict(sorted(told.ignored.items())),
            "quarantined_because": dict(sorted(told.quarantined.items())),
            "signals": dict(sorted(told.signals.items())),
            "interactions": told.kept,
            "learners": learners.count(session, tenant),
            "items": sum(items.count(session, tenant).values()),
            "items_by_status": items.count(session, tenant),
            "matching": {"launched": matching.launched, "matched": matching.matched, "rate": matching.rate},
            "sources": [_source(session, tenant, one, clock()) for one in sources.all_of(session, tenant)],
            "platforms": [
                {"name": one.name, "issuer": one.issuer, "active": one.active}
                for one in platforms.all_of(session, tenant)
            ],
            "model": _model(model),
            "jobs": [
                {"kind": job.kind, "scope": job.scope, "state": job.state, "last_error": job.last_error}
                for job in leases.jobs(session, tenant)
            ],
        }


def _source(session: Session, tenant: TenantId, record: SourceRecord, now: datetime) -> dict[str, Any]:
    cursor = sources.cursor(session, tenant, record.id, "all")
    lag = (now - record.last_success_at).total_seconds() if record.last_success_at else None
    return {
        "name": record.name,
        "kind": record.kind,
        "active": record.active,
        "cursor": cursor.high_water.isoformat() if cursor and cursor.high_water else None,
        "lag_seconds": round(lag) if lag is not None else None,
        "last_error": record.last_error or None,
    }


def _model(model: Any) -> dict[str, Any] | None:
    if model is None:
        return None
    return {
        "version": model.version,
        "trained_at": model.trained_at.isoformat(),
        "data_as_of": model.data_as_of.isoformat() if model.data_as_of else None,
        "learners": model.learners,
        "items": model.items,
        "interactions": model.interactions,
        "neighbours": model.neighbours,
    }
