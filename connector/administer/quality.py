"""Data quality: what looks wrong, settling it by a rule or a repair, and taking that back. No Fact is ever changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from connector.administer.account import Account, account
from connector.administer.suspicions import suspicions
from connector.administer.suspicions.base import Suspicion
from connector.clock import Clock
from connector.domain import Signal, TenantId
from connector.errors import BadInput, UnknownName
from connector.statements.verbs import IgnoredReason
from connector.store import events, interactions, quality, rules, sources, verb_map
from connector.store.quality import Look
from connector.store.rules import MOST_RULES, Rule

_DONE = (Signal.COMPLETED, Signal.PASSED)


def findings(session: Session, tenant: TenantId) -> list[Suspicion]:
    """Return what looks like a fault in the Facts: who, what and when, worst kind first."""
    named = {int(one.id): one.name for one in sources.all_of(session, tenant)}
    verbs = {number: verb for verb, number in verb_map.numbers(session, tenant).items()}
    look = Look(tenant, _completing(session, tenant, named, verbs), rules.all_of(session, tenant))
    return suspicions(session, look, named, verbs)


def _completing(
    session: Session, tenant: TenantId, named: Mapping[int, str], verbs: Mapping[int, str]
) -> dict[int, frozenset[int]]:
    """Return the Verbs that complete, by Source, as the site's map says."""
    site = interactions.meanings(session, tenant)
    return {
        source: frozenset(number for number, verb in verbs.items() if site.mapped(source, verb) in _DONE)
        for source in named
    }


def listed(tenant: TenantId, readers: sessionmaker[Session]) -> list[Suspicion]:
    """Return every finding: of the Facts, and of what the account says of Verbs, Groups and quarantine."""
    with readers.begin() as session:
        named = {int(one.id): one.name for one in sources.all_of(session, tenant)}
        numbers = verb_map.numbers(session, tenant)
        told = account(session, tenant)
        found = findings(session, tenant)
    return [*found, *groups(told, named), *_unknown_verbs(told, numbers), *_quarantined(told)]


def groups(told: Account, named: Mapping[int, str]) -> list[Suspicion]:
    """Return the Sources whose Groups count for nobody."""
    return [
        Suspicion(
            f"groups-{line.source}",
            "groups",
            line.source,
            f"{line.statements} statements of source {named[line.source]} are of groups and count for nobody.",
            line.statements,
            str(line.sample),
            "",
            f"onward source change {named[line.source]} --groups-count",
        )
        for line in _per_source(told, IgnoredReason.GROUP)
        if line.source in named
    ]


@dataclass(frozen=True, slots=True)
class _Sum:
    source: int
    statements: int
    sample: str


def _per_source(told: Account, reason: IgnoredReason) -> list[_Sum]:
    sums: dict[int, _Sum] = {}
    for line in told.lines:
        if line.reason == reason and not line.gone:
            before = sums.get(line.source, _Sum(line.source, 0, str(line.sample)))
            sums[line.source] = _Sum(
                line.source, before.statements + line.statements, min(before.sample, str(line.sample))
            )
    return sorted(sums.values(), key=lambda one: one.source)


def _unknown_verbs(told: Account, numbers: Mapping[str, int]) -> list[Suspicion]:
    samples = {
        line.verb: str(line.sample)
        for line in told.lines
        if line.reason == IgnoredReason.VERB_UNKNOWN and not line.gone
    }
    return [
        Suspicion(
            f"verb_unknown-{numbers[verb]}",
            "verb_unknown",
            0,
            f"{count} statements say {verb}, which the verb map does not know.",
            count,
            samples[verb],
            "",
            f"onward verbs set {verb} SIGNAL",
        )
        for verb, count in told.unknown_verbs.most_common()
    ]


def _quarantined(told: Account) -> list[Suspicion]:
    return [
        Suspicion(
            f"quarantine-{one.reason}",
            "quarantine",
            0,
            f"{one.statements} statements could not be read: {one.reason}.",
            one.statements,
            one.sample,
            "",
            "onward doctor",
        )
        for one in told.set_aside
    ]


# --- settling -----------------------------------------------------------------------------------------------------


def settle(finding: str, tenant: TenantId, sessions: sessionmaker[Session], clock: Clock) -> Suspicion:
    """Make the rule or the repair of a finding; takes effect at the next request and the next training.

    Raises
    ------
    UnknownName
        If there is no such finding now.
    BadInput
        If another command settles it, or there are too many rules already.
    """
    with sessions.begin() as session:
        found = {one.id: one for one in findings(session, tenant)}.get(finding)
        if found is None:
            raise _not_found(session, tenant, finding)
        if not found.rules and not found.by_stored:
            raise BadInput(f"{finding} takes a word of yours: run `{found.remedy}`.")
        _make(session, tenant, found, clock)
    return found


def _not_found(session: Session, tenant: TenantId, finding: str) -> Exception:
    named = {int(one.id): one.name for one in sources.all_of(session, tenant)}
    told = account(session, tenant)
    others = [*groups(told, named), *_unknown_verbs(told, verb_map.numbers(session, tenant)), *_quarantined(told)]
    for one in others:
        if one.id == finding:
            return BadInput(f"{finding} takes a word of yours: run `{one.remedy}`.")
    return UnknownName(f"There is no finding {finding!r} now: `onward quality list` shows them.")


def _make(session: Session, tenant: TenantId, found: Suspicion, clock: Clock) -> None:
    if len(rules.all_of(session, tenant)) + len(found.rules) > MOST_RULES:
        raise BadInput(f"There are {MOST_RULES} rules at most: take some back with `onward quality unsettle N`.")
    rules.add(session, tenant, found.rules, found.id, clock())
    if found.by_stored:
        quality.read_by(session, tenant, found.source, "stored")
    events.audit(session, tenant, "quality_settled", found.kind, {"finding": found.id}, clock())


# --- what was settled ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Settled:
    """A rule or repair that holds: what it settles, words for what it names, and how many Statements that is.

    ``number`` is the rule's; a Source that is read by ``stored`` has 0, and ``statements`` is None there.
    """

    number: int
    finding: str
    names: str
    statements: int | None


def settled(tenant: TenantId, readers: sessionmaker[Session]) -> list[Settled]:
    """Return the rules by number, then the Sources that are read by ``stored``."""
    with readers.begin() as session:
        made = rules.all_of(session, tenant)
        words = _Words.of(session, tenant, made)
        found = [
            Settled(one.id, one.finding, words.say(one), quality.named_by_rule(session, tenant, one)) for one in made
        ]
        by_stored = [one for one in sources.all_of(session, tenant) if one.time_field == "stored"]
    return [
        *found,
        *(Settled(0, f"clock_skew-{one.id}", f"source {one.name} is read by stored", None) for one in by_stored),
    ]


@dataclass(frozen=True, slots=True)
class _Words:
    """Names of what rules name by number."""

    sources: Mapping[int, str]
    people: Mapping[int, str]
    activities: Mapping[int, str]
    verbs: Mapping[int, str]

    @classmethod
    def of(cls, session: Session, tenant: TenantId, made: list[Rule]) -> "_Words":
        return cls(
            {int(one.id): one.name for one in sources.all_of(session, tenant)},
            quality.describe_people(session, tenant, {one.identity for one in made if one.identity}),
            quality.iris_of(session, tenant, {one.activity for one in made if one.activity}),
            {number: verb for verb, number in verb_map.numbers(session, tenant).items()},
        )

    def say(self, rule: Rule) -> str:
        parts: list[Any] = [f"source {self.sources[rule.source]}" if rule.source in self.sources else "every source"]
        for names, number in ((self.people, rule.identity), (self.verbs, rule.verb), (self.activities, rule.activity)):
            if number is not None:
                parts.append(names[number])
        if rule.since is not None:
            parts.append(f"from {rule.since:%Y-%m-%d %H:%M:%S}")
        if rule.until is not None:
            parts.append(f"before {rule.until:%Y-%m-%d %H:%M:%S}")
        return ", ".join(parts)


def unsettle(which: str, tenant: TenantId, sessions: sessionmaker[Session], clock: Clock) -> str:
    """Take back what ``settle`` made; return the finding that it had settled. All is again as it was before.

    Parameters
    ----------
    which : str
        The number of a rule (the others that were made with it go too), or the finding.

    Raises
    ------
    UnknownName
        If nothing of that name was settled.
    """
    with sessions.begin() as session:
        by_number = {str(one.id): one.finding for one in rules.all_of(session, tenant)}
        finding = by_number.get(which, which)
        gone = rules.remove(session, tenant, finding)
        if not gone and not _read_by_timestamp(session, tenant, finding):
            raise UnknownName(f"Nothing was settled as {which!r}: `onward quality rules` shows what was.")
        events.audit(session, tenant, "quality_unsettled", finding.partition("-")[0], {"finding": finding}, clock())
    return finding


def _read_by_timestamp(session: Session, tenant: TenantId, finding: str) -> bool:
    """Let the Source of a settled clock be read by timestamp again; return whether it was one."""
    for one in sources.all_of(session, tenant):
        if finding == f"clock_skew-{one.id}" and one.time_field == "stored":
            quality.read_by(session, tenant, one.id, "timestamp")
            return True
    return False
