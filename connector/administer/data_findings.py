"""What ``onward doctor`` says of the data: Statements, what they look like, feeds, and comparisons with the LRS."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from connector.administer import quality
from connector.administer.account import Account
from connector.administer.finding import Finding, Severity
from connector.administer.suspicions.base import Suspicion
from connector.domain import TenantId
from connector.store import days, feeds, sources

SHOWN_EXAMPLES = 5
SHOWN_SUSPICIONS = 10
LATELY = timedelta(days=7)


def statements(told: Account) -> list[Finding]:
    """Return what could not be read, and Verbs that the map does not know."""
    return [*_quarantine(told), *_unknown_verbs(told)]


def _quarantine(told: Account) -> list[Finding]:
    if not told.quarantined:
        return []
    reasons = ", ".join(
        f"{one.statements} {one.reason}" + (f" (such as {one.sample})" if one.sample else "") for one in told.set_aside
    )
    return [
        Finding(
            Severity.WARNING,
            "quarantine",
            f"{sum(told.quarantined.values())} statements could not be read and were set aside: {reasons}.",
            "Look at what sends them; they are kept sealed until their retention ends.",
        )
    ]


def _unknown_verbs(told: Account) -> list[Finding]:
    if not told.unknown_verbs:
        return []
    verbs = ", ".join(f"{verb} ({count})" for verb, count in told.unknown_verbs.most_common(SHOWN_EXAMPLES))
    return [
        Finding(
            Severity.WARNING,
            "verbs_unknown",
            f"{told.unknown_verbs.total()} statements have verbs that the verb map does not know: {verbs}.",
            "Say what they mean with `onward verbs set VERB SIGNAL`; they count from then on, the past ones too.",
        )
    ]


def looks_wrong(session: Session, tenant: TenantId, told: Account) -> list[Finding]:
    """Return what looks like a fault in the data, a Finding each, and how many more there are."""
    named = {int(one.id): one.name for one in sources.all_of(session, tenant)}
    found = [*quality.findings(session, tenant), *quality.groups(told, named)]
    shown = [_suspicion(one) for one in found[:SHOWN_SUSPICIONS]]
    return [*shown, *_more(len(found) - SHOWN_SUSPICIONS)]


def _suspicion(one: Suspicion) -> Finding:
    example = f" ({one.count} statements, such as {one.sample})"
    bug = f" It resembles {one.resembles}" if one.resembles else ""
    return Finding(
        Severity.WARNING, "data_quality", f"{one.id}: {one.seen}{example}{bug}", f"If so, run `{one.remedy}`."
    )


def _more(number: int) -> Iterable[Finding]:
    if number > 0:
        yield Finding(
            Severity.WARNING,
            "data_quality",
            f"{number} more findings of this kind are not shown here.",
            "Run `onward quality list`.",
        )


def repaired(session: Session, tenant: TenantId, now: datetime) -> list[Finding]:
    """Return the Sources of which a comparison by day found and repaired missing Statements lately."""
    lacking: Mapping[str, int] = {
        one.name: sum(day.repaired for day in days.all_of(session, tenant, one.id) if now - day.checked_at <= LATELY)
        for one in sources.all_of(session, tenant)
    }
    return [
        Finding(
            Severity.WARNING,
            "reconcile_repaired",
            f"Source {name}: comparing its days in the last week brought {count} statements that reading had missed.",
            "They are here now. If it goes on, the LRS shows statements late, or lost some and got them back: ask who"
            " runs it; see docs/explanation/sync-without-loss.md.",
        )
        for name, count in lacking.items()
        if count
    ]


def failed_feeds(session: Session, tenant: TenantId) -> list[Finding]:
    """Return the active feeds of the catalogue whose last reading failed."""
    return [
        Finding(
            Severity.WARNING,
            "feed_failed",
            f"Feed {one.name}: {one.last_error}",
            f"Mend that, then run `onward catalog refresh {one.name}`; the catalogue keeps what it had.",
        )
        for one in feeds.all_of(session, tenant)
        if one.active and one.last_error
    ]
