"""Interactions: Facts read through the verb map and the guards, live for one Learner or streamed for training."""

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from connector.domain import SIGNALS_OF, Deed, Flag, Interaction, ItemId, LearnerId, Signal, TenantId
from connector.statements.verbs import DEFAULT_VERB_MAP, Ignored, IgnoredReason, fold_verb, signal_of
from connector.store import meaning, rules
from connector.store.meaning import MeaningfulFact
from connector.store.rules import Rule
from connector.store.types import microseconds, moment_of


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


def of_learner(
    session: Session,
    tenant: TenantId,
    learner: LearnerId,
    site: Meanings | None = None,
    ruled: Sequence[Rule] | None = None,
) -> tuple[Interaction, ...]:
    """Return everything a Learner did that means something, oldest first, as of this transaction.

    ``site`` and ``ruled`` are the site's verb map and its ignore rules, where the caller has read them.
    """
    known = meanings(session, tenant) if site is None else site
    found = meaning.of_learner(session, tenant, learner, rules.all_of(session, tenant) if ruled is None else ruled)
    return tuple(_interactions(known, found))


def _interactions(site: Meanings, rows: Iterable[Sequence[Any]]) -> Iterator[Interaction]:
    for item, source, verb, part, flags, score, progress, at in rows:
        meant = site.of(source, verb, flags=flags, progress=progress, part=part)
        if isinstance(meant, Signal):
            yield Interaction(item, meant, at, None if part else progress, score)


@dataclass(frozen=True, slots=True)
class Completion:
    """One Learner's completion of one Item, and when."""

    learner: LearnerId
    item: ItemId
    at: datetime


@dataclass(slots=True)
class Training:
    """What training learns from: everything that Learners who train did, in columns of equal length, in any order.

    Attributes
    ----------
    learners, items : array of int
        Numbers.
    signals : array of int
        Places in ``tuple(Signal)``.
    times : array of int
        Microseconds since 1970, UTC.
    values : array of float
        Progress of a whole Item, or the score, in 0..1; NaN where neither came.
    """

    learners: "array[int]" = field(default_factory=lambda: array("q"))
    items: "array[int]" = field(default_factory=lambda: array("q"))
    signals: "array[int]" = field(default_factory=lambda: array("b"))
    times: "array[int]" = field(default_factory=lambda: array("q"))
    values: "array[float]" = field(default_factory=lambda: array("d"))

    @property
    def newest(self) -> datetime | None:
        """When the latest of all was; None where there is nothing."""
        return moment_of(max(self.times)) if self.times else None

    @property
    def completions(self) -> list[Completion]:
        """The completions that were not retracted later: a tie is a completion, as at serving."""
        rows = [(learner, item, _SIGNALS[code], at) for learner, item, code, at in self._rows()]
        retracted: dict[tuple[int, int], int] = {}
        for learner, item, signal, at in rows:
            if signal is Signal.RETRACTED:
                retracted[learner, item] = max(at, retracted.get((learner, item), at))
        return [
            Completion(LearnerId(learner), ItemId(item), moment_of(at))
            for learner, item, signal, at in rows
            if signal in SIGNALS_OF[Deed.COMPLETED] and at >= retracted.get((learner, item), at)
        ]

    def _rows(self) -> Iterator[tuple[int, int, int, int]]:
        return zip(self.learners, self.items, self.signals, self.times, strict=True)


_SIGNALS = tuple(Signal)
_CODES = {signal: code for code, signal in enumerate(_SIGNALS)}
_NOTHING = float("nan")
TOOK_PART = frozenset(Signal) - {Signal.RETRACTED, Signal.UNENROLLED, Signal.SEARCHED}
"""Who did one of these with an Item is of its cohort."""


def for_training(session: Session, tenant: TenantId, scored: Collection[Signal] = ()) -> Training:
    """Read everything that Learners who train did, with the scores of ratings and of the Signals ``scored``."""
    found = Training()
    for fact, signal in _signals(meanings(session, tenant), meaning.for_training(session, tenant)):
        found.learners.append(fact.learner)
        found.items.append(fact.item)
        found.signals.append(_CODES[signal])
        found.times.append(microseconds(fact.timestamp))
        found.values.append(_value(fact, signal, scored))
    return found


def _value(fact: MeaningfulFact, signal: Signal, scored: Collection[Signal]) -> float:
    if signal is Signal.PROGRESSED and fact.progress is not None and not fact.part:
        return fact.progress / 100
    return fact.score if (signal is Signal.RATED or signal in scored) and fact.score is not None else _NOTHING


def _signals(site: Meanings, read: Iterable[MeaningfulFact]) -> Iterator[tuple[MeaningfulFact, Signal]]:
    for fact in read:
        meant = site.of(fact.source, fact.verb, flags=fact.flags, progress=fact.progress, part=fact.part)
        if isinstance(meant, Signal):
            yield fact, meant
