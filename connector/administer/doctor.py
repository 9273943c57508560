"""What is wrong, and what to do next: one Finding each, worst first."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from connector.administer import images, keeping
from connector.administer.account import Account, account
from connector.administer.data_findings import (
    SHOWN_EXAMPLES,
    failed_feeds,
    looks_wrong,
    repaired,
    statements,
)
from connector.administer.finding import Finding, Severity
from connector.clock import Clock
from connector.domain import Item, ItemStatus, Model, TenantId
from connector.serve import platform_hosts, with_start_link
from connector.store import events, items, learners, models, platforms, sources
from connector.store.learners import ActorForm, Matching
from connector.store.sources import SourceRecord

LOWEST_MATCH_RATE = 0.2
OLD_MODEL = timedelta(days=2)


def doctor(
    tenant: TenantId, readers: sessionmaker[Session], clock: Clock, hosts: frozenset[str], late_after: timedelta
) -> list[Finding]:
    """Look at Sources, Statements and the data in them, feeds, matching, Items, Model, launches and retention."""
    now = clock()
    with readers.begin() as session:
        told = account(session, tenant)
        found = [
            *_sources(sources.all_of(session, tenant), now, late_after),
            *statements(told),
            *looks_wrong(session, tenant, told),
            *repaired(session, tenant, now),
            *failed_feeds(session, tenant),
            *images.findings(session, tenant),
            *_platforms(session, tenant),
            *_matching(learners.matching(session, tenant), learners.actor_forms(session, tenant)),
            *_items(session, tenant, hosts),
            *_model(models.current(session, tenant), told, now),
            *_refusals(events.audit_counts(session, tenant, "launch_refused", now - timedelta(days=1))),
            *keeping.findings(session, tenant, now),
        ]
    return sorted(found, key=lambda finding: list(Severity).index(finding.severity))


def _sources(known: list[SourceRecord], now: datetime, late_after: timedelta) -> list[Finding]:
    if not known:
        return [
            Finding(Severity.ERROR, "no_source", "No LRS is connected.", "Run `onward source add NAME --url URL …`.")
        ]
    return [_source(one, now, late_after) for one in known]


def _source(one: SourceRecord, now: datetime, late_after: timedelta) -> Finding:
    if one.last_error:
        return Finding(
            Severity.ERROR,
            "source_failed",
            f"Source {one.name}: {one.last_error}",
            f"Mend that, then run `onward source test {one.name}`.",
        )
    if one.last_success_at is None:
        return Finding(
            Severity.WARNING,
            "source_unread",
            f"Source {one.name} was never read.",
            f"Run `onward sync --source {one.name}`.",
        )
    if now - one.last_success_at > late_after:
        return Finding(
            Severity.WARNING,
            "source_late",
            f"Source {one.name} was last read at {one.last_success_at:%Y-%m-%d %H:%M} UTC.",
            "Start `onward worker`, or run `onward sync`.",
        )
    return Finding(Severity.OK, "source_fresh", f"Source {one.name} was read at {one.last_success_at:%H:%M:%S} UTC.")


def _platforms(session: Session, tenant: TenantId) -> list[Finding]:
    active = [one for one in platforms.all_of(session, tenant) if one.active]
    if active:
        return []
    return [Finding(Severity.ERROR, "no_platform", "No platform is registered.", "Run `onward platform add NAME …`.")]


def _matching(matching: Matching, forms: list[ActorForm]) -> list[Finding]:
    if matching.rate is None:
        return []
    seen = f"{matching.matched} of {matching.launched} launched learners match statements."
    if matching.rate >= LOWEST_MATCH_RATE:
        return [Finding(Severity.OK, "matching", seen)]
    return [
        Finding(
            Severity.ERROR,
            "matching_low",
            f"{seen} Launches bring {_forms(forms, from_launch=True)}; the LRS has {_forms(forms, from_launch=False)}.",
            "Run `onward match show`: it says how many learners each rule would match; see docs/how-to/match.md.",
        )
    ]


def _forms(forms: list[ActorForm], *, from_launch: bool) -> str:
    chosen = [form for form in forms if (form.from_launch if from_launch else form.from_statement)]
    words = [
        f"{form.kind} {form.shape}" + (f" at {form.home_page}" if form.home_page else "") + f" ({form.people})"
        for form in chosen[:SHOWN_EXAMPLES]
    ]
    return ", ".join(words) or "none"


def _items(session: Session, tenant: TenantId, hosts: frozenset[str]) -> list[Finding]:
    allowed = hosts | platform_hosts(platforms.all_of(session, tenant))
    known = items.all_of(session, tenant)
    linked = [with_start_link(item, allowed) for item in known.values() if item.status is ItemStatus.SHOWN]
    return [*_without_link(linked), *_without_title(linked)]


def _without_link(linked: list[Item]) -> list[Finding]:
    without = sorted(item.iri for item in linked if item.texts and not item.url)
    if not without:
        return []
    return [
        Finding(
            Severity.WARNING,
            "items_without_link",
            f"{len(without)} items have no start link and are never recommended: {_some(without)}.",
            "Give them a url with `onward catalog import`, or allow their host with ONWARD_ALLOWED_HOSTS.",
        )
    ]


def _without_title(linked: list[Item]) -> list[Finding]:
    without = sorted(item.iri for item in linked if not item.texts)
    if not without:
        return []
    return [
        Finding(
            Severity.WARNING,
            "items_without_title",
            f"{len(without)} items have no title and are never recommended: {_some(without)}.",
            "Give them a title with `onward catalog import`.",
        )
    ]


def _some(iris: Sequence[str]) -> str:
    more = f" and {len(iris) - SHOWN_EXAMPLES} more" if len(iris) > SHOWN_EXAMPLES else ""
    return ", ".join(iris[:SHOWN_EXAMPLES]) + more


def _model(model: Model | None, told: Account, now: datetime) -> list[Finding]:
    if model is None:
        remedy = "Run `onward train`." if told.kept else "Run `onward sync`, then `onward train`."
        return [Finding(Severity.ERROR, "no_model", "Nothing was trained yet.", remedy)]
    if now - model.trained_at > OLD_MODEL:
        return [
            Finding(
                Severity.WARNING,
                "model_old",
                f"Model {model.version} is of {model.trained_at:%Y-%m-%d %H:%M} UTC.",
                "Start `onward worker`, or run `onward train`.",
            )
        ]
    sentence = f"Model {model.version}: {model.neighbours} neighbours of {model.items} items."
    return [Finding(Severity.OK, "model", " ".join(filter(None, (sentence, model.ranking))))]


def _refusals(counts: dict[str, int]) -> list[Finding]:
    if not counts:
        return []
    codes = ", ".join(f"{code} ({count})" for code, count in sorted(counts.items(), key=lambda one: -one[1]))
    return [
        Finding(
            Severity.WARNING,
            "launches_refused",
            f"{sum(counts.values())} logins or launches were refused in the last day: {codes}.",
            "docs/reference/launch-codes.md says what each code means and what to do.",
        )
    ]
