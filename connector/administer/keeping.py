"""How long things are kept, as ``onward retention`` and ``onward doctor`` tell it."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from connector.administer.finding import Finding, Severity
from connector.domain import TenantId
from connector.store import erase, models, retention


def rows(session: Session, tenant: TenantId) -> list[dict[str, Any]]:
    """Return each kind of row with its retention in days, its bounds, and what it is."""
    kept = retention.days(session, tenant)
    return [
        {"name": name, "days": kept[name], "default": one.default, "from": one.least, "to": one.most, "what": one.what}
        for name, one in retention.LENGTHS.items()
    ]


def findings(session: Session, tenant: TenantId, now: datetime) -> list[Finding]:
    """Return what is kept for how long, what should have gone, and whether the Model knows of the last erasure."""
    return [
        _lengths(retention.days(session, tenant)),
        *_overdue(retention.overdue(session, tenant, now)),
        *_erased(session, tenant),
    ]


def _lengths(kept: dict[str, int]) -> Finding:
    told = ", ".join(f"{name} {length}" for name, length in kept.items())
    return Finding(Severity.OK, "retention", f"Kept for days: {told}; facts until their learner is erased.")


def _overdue(late: dict[str, int]) -> list[Finding]:
    if not late:
        return []
    told = ", ".join(f"{count} {name}" for name, count in late.items())
    return [
        Finding(
            Severity.WARNING,
            "retention_overdue",
            f"Rows are older than they may be: {told}.",
            "Start `onward worker`, or run `onward retention run`.",
        )
    ]


def _erased(session: Session, tenant: TenantId) -> list[Finding]:
    last = erase.last_erasure(session, tenant)
    model = models.current(session, tenant)
    if last is None or model is None or model.trained_at > last:
        return []
    return [
        Finding(
            Severity.WARNING,
            "erased_in_model",
            f"Model {model.version} still counts somebody who was erased at {last:%Y-%m-%d %H:%M} UTC.",
            "Run `onward train`, or start `onward worker`.",
        )
    ]
