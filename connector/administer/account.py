"""The account of everything that was read: every Statement is kept, ignored (why), voided, or set aside."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from connector.domain import Signal, TenantId
from connector.statements.verbs import IgnoredReason
from connector.store import ignored, interactions, meaning
from connector.store.ignored import meaning_of
from connector.store.interactions import Meanings
from connector.store.meaning import SetAside, StatementGroup


@dataclass(frozen=True, slots=True)
class IgnoredLine:
    """Statements of one Source and Verb that are ignored for one reason; ``sample`` is the id of one of them.

    ``gone`` is true where their Facts were deleted after the retention and only this count is left.
    """

    source: int
    reason: str
    verb: str
    statements: int
    sample: UUID | None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """Statements by what became of them; ``lines`` and ``set_aside`` say why, with a sample each."""

    kept: int
    voided: int
    signals: Counter[str]
    lines: tuple[IgnoredLine, ...]
    set_aside: tuple[SetAside, ...]

    @property
    def seen(self) -> int:
        """Distinct valid Statements: kept, ignored and voided together."""
        return self.kept + self.ignored.total() + self.voided

    @property
    def ignored(self) -> Counter[str]:
        """Reason to Statements."""
        return _by_reason(self.lines)

    @property
    def ignored_samples(self) -> dict[str, str]:
        """Reason to the smallest id of a Statement that is ignored for it, one whose Fact is still here if there is."""
        best = {line.reason: line.sample for line in sorted(self.lines, key=_smallest_last) if line.sample is not None}
        return {reason: str(best[reason]) for reason in sorted(best)}

    @property
    def quarantined(self) -> dict[str, int]:
        """Reason to Statements in quarantine."""
        return {one.reason: one.statements for one in self.set_aside}

    @property
    def quarantine_samples(self) -> dict[str, str]:
        """Reason to an id of a Statement in quarantine, where one could be read."""
        return {one.reason: one.sample for one in self.set_aside if one.sample}

    @property
    def unknown_verbs(self) -> Counter[str]:
        """Verbs that the map does not know, with Statements; those of which only the count is left are not in it."""
        unknown = [line for line in self.lines if line.reason == IgnoredReason.VERB_UNKNOWN and not line.gone]
        counted: Counter[str] = Counter()
        for line in unknown:
            counted[line.verb] += line.statements
        return counted


def _by_reason(lines: tuple[IgnoredLine, ...]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for line in lines:
        counted[line.reason] += line.statements
    return counted


def _smallest_last(line: IgnoredLine) -> tuple[bool, int]:
    return not line.gone, -line.sample.int if line.sample else 0


def account(session: Session, tenant: TenantId) -> Account:
    """Count every Statement once, those of which only a count is left too; a handful of grouped queries."""
    site = interactions.meanings(session, tenant)
    kept, voided = 0, 0
    signals: Counter[str] = Counter()
    lines: dict[tuple[int, str, str], IgnoredLine] = {}
    for group in meaning.statement_groups(session, tenant):
        if group.voided:
            voided += group.statements
            continue
        meant = _meaning(site, group)
        if isinstance(meant, Signal):
            kept += group.statements
            signals[meant.value] += group.statements
        else:
            _put(lines, group, meant)
    every = (*lines.values(), *_gone(session, tenant))
    return Account(kept, voided, signals, every, tuple(meaning.set_aside(session, tenant)))


def _meaning(site: Meanings, group: StatementGroup) -> Signal | IgnoredReason:
    if group.ruled:
        return IgnoredReason.IGNORED_BY_RULE
    return meaning_of(
        site,
        source=group.source,
        verb=group.verb,
        flags=group.flags,
        progress=group.progress,
        part=group.part if group.has_item else None,
        has_identity=group.has_identity,
        groups_count=group.groups_count,
    )


def _put(lines: dict[tuple[int, str, str], IgnoredLine], group: StatementGroup, reason: IgnoredReason) -> None:
    key = (group.source, reason.value, group.verb)
    before = lines.get(key, IgnoredLine(*key, 0, group.sample))
    sample = min(before.sample or group.sample, group.sample)
    lines[key] = IgnoredLine(*key, before.statements + group.statements, sample)


def _gone(session: Session, tenant: TenantId) -> Iterator[IgnoredLine]:
    for one in ignored.counts(session, tenant):
        yield IgnoredLine(one.source, one.reason, one.verb, one.statements, one.sample, gone=True)
