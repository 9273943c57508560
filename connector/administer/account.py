"""The account of everything that was read: every Statement is kept, ignored (why), voided, or set aside."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy.orm import Session

from connector.domain import Flag, Signal, TenantId
from connector.statements.verbs import IgnoredReason
from connector.store import interactions, meaning
from connector.store.interactions import Meanings
from connector.store.meaning import StatementGroup


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
