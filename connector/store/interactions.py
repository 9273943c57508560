"""Interactions: Facts read through the verb map and the guards, live for one Learner or streamed for training."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from connector.domain import Flag, Interaction, ItemId, LearnerId, Signal, TenantId
from connector.statements.verbs import DEFAULT_VERB_MAP, Ignored, IgnoredReason, fold_verb, signal_of
from connector.store import meaning
from connector.store.meaning import MeaningfulFact


@dataclass(slots=True)
class Meanings:
    """What each combination of Verb and Result means on this site; remembers its answers.

    ``overrides`` maps (source or 0, folded Verb IRI) to Signals; a Source's own row stands above the site's (0), that
    above the default map.
    """

    overrides: dict[tuple[int, str], str]
    _answers: dict[tuple[object, ...], Signal | Ignored] = field(default_factory=dict)

    def chosen(self, source: int, verb: str) -> Signal | None:
        """Return what the site says of a Verb, for this Source or for all; None when it says nothing."""
        folded = fold_verb(verb)
        chosen = self.overrides.get((source, folded)) or self.overrides.get((0, folded))
        return Signal(chosen) if chosen else None

    def mapped(self, source: int, verb: str) -> Signal | None:
        """Return the Signal of a Verb before any guard; None when the map does not know it."""
        return self.chosen(source, verb) or DEFAULT_VERB_MAP.get(fold_verb(verb))

    def of(self, source: int, verb: str, *, flags: int, progress: int | None, part: bool | None) -> Signal | Ignored:
        """Return the Signal after all guards, or why there is none."""
        key = (source, verb, flags, progress, part)
        answer = self._answers.get(key)
        if answer is None:
            answer = self._meant(source, verb, flags=flags, progress=progress, part=part)
            self._answers[key] = answer
        return answer

    def _meant(
        self, source: int, verb: str, *, flags: int, progress: int | None, part: bool | None
    ) -> Signal | Ignored:
        chosen = self.chosen(source, verb)
        if chosen is None:
            return signal_of(DEFAULT_VERB_MAP.get(fold_verb(verb)), flags=flags, progress=progress, part=part)
        meant = signal_of(chosen, flags=flags & ~Flag.OTHER_OBJECT, progress=progress, part=part)
        if chosen is Signal.NEUTRAL and isinstance(meant, Signal):  # neutral by word: no Result makes it more
            return Ignored(IgnoredReason.VERB_NEUTRAL)
        return meant


def meanings(session: Session, tenant: TenantId) -> Meanings:
    """Read the site's verb map."""
    return Meanings(meaning.verb_overrides(session, tenant))


def of_learner(session: Session, tenant: TenantId, learner: LearnerId) -> tuple[Interaction, ...]:
    """Return everything a Learner did that means something, oldest first, as of this transaction."""
    site = meanings(session, tenant)
    return tuple(
        Interaction(ItemId(fact.item), signal, fact.timestamp, None if fact.part else fact.progress, fact.score)
        for fact, signal in _signals(site, meaning.of_learner(session, tenant, learner))
    )


@dataclass(frozen=True, slots=True)
class Completion:
    """One Learner's completion of one Item, and when."""

    learner: LearnerId
    item: ItemId
    at: datetime


@dataclass(slots=True)
class Training:
    """What training learns from: completions that were not retracted, and who took part in which Item."""

    completions: list[Completion] = field(default_factory=list)
    members: set[tuple[LearnerId, ItemId]] = field(default_factory=set)
    newest: datetime | None = None


_DONE = frozenset({Signal.COMPLETED, Signal.PASSED})
_TOOK_PART = frozenset(Signal) - {Signal.RETRACTED, Signal.UNENROLLED, Signal.SEARCHED}


def for_training(session: Session, tenant: TenantId) -> Training:
    """Read what all Learners who train did; a completion before the Item's last retraction does not count."""
    found, retracted = Training(), dict[tuple[LearnerId, ItemId], datetime]()
    for fact, signal in _signals(meanings(session, tenant), meaning.for_training(session, tenant)):
        pair = (fact.learner, ItemId(fact.item))
        if signal in _DONE:
            found.completions.append(Completion(*pair, fact.timestamp))
        elif signal is Signal.RETRACTED:
            retracted[pair] = max(fact.timestamp, retracted.get(pair, fact.timestamp))
        if signal in _TOOK_PART:
            found.members.add(pair)
        if found.newest is None or fact.timestamp > found.newest:
            found.newest = fact.timestamp
    if retracted:
        found.completions = [one for one in found.completions if _stands(one, retracted)]
    return found


def _stands(one: Completion, retracted: dict[tuple[LearnerId, ItemId], datetime]) -> bool:
    """Tell whether a completion is at or after the last retraction: a tie is a completion, as at serving."""
    return one.at >= retracted.get((one.learner, one.item), one.at)


def _signals(site: Meanings, read: Iterable[MeaningfulFact]) -> Iterator[tuple[MeaningfulFact, Signal]]:
    for fact in read:
        meant = site.of(fact.source, fact.verb, flags=fact.flags, progress=fact.progress, part=fact.part)
        if isinstance(meant, Signal):
            yield fact, meant
