"""How the site stands: what ``onward status`` prints."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from connector.administer import images
from connector.administer.account import account
from connector.clock import Clock
from connector.domain import TenantId
from connector.store import days, items, learners, leases, models, platforms, sources
from connector.store.days import DayRecord
from connector.store.leases import JobRecord
from connector.store.sources import SourceRecord
from connector.sync import AGAIN, JOB, WALK

LATELY = timedelta(days=30)


def status(tenant: TenantId, readers: sessionmaker[Session], clock: Clock) -> dict[str, Any]:
    """Return everything ``onward status --json`` prints."""
    with readers.begin() as session:
        told = account(session, tenant)
        model = models.current(session, tenant)
        matching = learners.matching(session, tenant)
        work = {(job.kind, job.scope): job for job in leases.jobs(session, tenant)}
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
            "samples": {"ignored": told.ignored_samples, "quarantined": told.quarantine_samples},
            "signals": dict(sorted(told.signals.items())),
            "interactions": told.kept,
            "learners": learners.count(session, tenant),
            "items": sum(items.count(session, tenant).values()),
            "items_by_status": items.count(session, tenant),
            "matching": {"launched": matching.launched, "matched": matching.matched, "rate": matching.rate},
            "sources": [
                _source(session, tenant, one, work.get((JOB, one.name)), clock())
                for one in sources.all_of(session, tenant)
            ],
            "platforms": [
                {"name": one.name, "issuer": one.issuer, "active": one.active}
                for one in platforms.all_of(session, tenant)
            ],
            "images": images.told(session, tenant),
            "model": _model(model),
            "jobs": [_job(job) for job in work.values()],
        }


def _source(
    session: Session, tenant: TenantId, record: SourceRecord, job: JobRecord | None, now: datetime
) -> dict[str, Any]:
    cursors = sources.cursors(session, tenant, record.id)
    cursor = cursors.get(WALK)
    lag = (now - record.last_success_at).total_seconds() if record.last_success_at else None
    return {
        "name": record.name,
        "kind": record.kind,
        "active": record.active,
        "cursor": _text(cursor.high_water) if cursor else None,
        "lag_seconds": max(round(lag), 0) if lag is not None else None,
        "last_success_at": _text(record.last_success_at),
        "last_error": record.last_error or None,
        "reading_again": AGAIN in cursors,
        **_trouble(job, now),
        "compared": _compared(days.all_of(session, tenant, record.id), now),
    }


def _trouble(job: JobRecord | None, now: datetime) -> dict[str, Any]:
    """Return how often a Source was tried since its last good read, and when it is tried next."""
    if job is None:
        return {"failures": 0, "next_try_at": None}
    running = job.state == "running"
    waits = job.tries > 0 and not running and job.due_at > now
    return {"failures": job.tries - running, "next_try_at": _text(job.due_at) if waits else None}


def _compared(known: list[DayRecord], now: datetime) -> dict[str, Any] | None:
    """Return what the comparisons of the last 30 days showed."""
    lately = [record for record in known if now - record.checked_at < LATELY]
    if not lately:
        return None
    return {
        "days": len(lately),
        "statements": sum(record.statements for record in lately),
        "repaired": sum(record.repaired for record in lately),
        "checked_at": _text(max(record.checked_at for record in lately)),
        "repaired_days": {f"{record.day:%Y-%m-%d}": record.repaired for record in lately if record.repaired},
    }


def _job(job: JobRecord) -> dict[str, Any]:
    return {
        "kind": job.kind,
        "scope": job.scope,
        "state": job.state,
        "last_error": job.last_error,
        "started_at": _text(job.started_at),
        "finished_at": _text(job.finished_at),
        "progress": dict(job.progress) if job.progress else None,
    }


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


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
