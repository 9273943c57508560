"""The account of everything that was read: every Statement is kept, ignored (why), voided, or set aside."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import Flag, Signal, TenantId
from connector.statements.verbs import IgnoredReason
from connector.store import interactions, items, learners, leases, meaning, models, platforms, sources
from connector.store.interactions import Meanings
from connector.store.meaning import StatementGroup
from connector.store.sources import SourceRecord


@dataclass(frozen=True, slots=True)
class Account:
    """Statements by what became of them; ``ignored`` and ``unknown_verbs`` say why and which."""

    kept: int
    ignored: Counter[str]
    voided: int
    quarantined: dict[str, int]
    signals: Counter[str]
    unknown_verbs: Counter[str]

    @property
    def seen(self) -> int:
        """Distinct valid Statements: kept, ignored and voided together."""
        return self.kept + self.ignored.total() + self.voided


def account(session: Session, tenant: TenantId) -> Account:
    """Count every Statement once."""
    site = interactions.meanings(session, tenant)
    kept, voided = 0, 0
    ignored: Counter[str] = Counter()
    signals: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    for group in meaning.statement_groups(session, tenant):
        if group.voided:
            voided += group.statements
            continue
        meant = _meaning(site, group)
        if isinstance(meant, Signal):
            kept += group.statements
            signals[meant.value] += group.statements
            continue
        ignored[meant.value] += group.statements
        if meant is IgnoredReason.VERB_UNKNOWN:
            unknown[group.verb] += group.statements
    return Account(kept, ignored, voided, meaning.quarantined(session, tenant), signals, unknown)


def _meaning(site: Meanings, group: StatementGroup) -> Signal | IgnoredReason:
    part = group.part if group.has_item else None
    meant = site.of(group.source, group.verb, flags=group.flags, progress=group.progress, part=part)
    if not isinstance(meant, Signal):
        return meant.reason
    if group.flags & Flag.GROUP:
        return meant if group.groups_count else IgnoredReason.GROUP
    return meant if group.has_identity else IgnoredReason.NO_ACTOR


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
