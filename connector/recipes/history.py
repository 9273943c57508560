"""What a learner's Interactions say: done, positive, unfinished.

The last word counts, and a tie is a completion: Moodle sends ``uncompleted`` and then ``completed`` with equal seconds.

* *done*: a completion (completed or passed) at or after the last retraction. A later failure does not undo it.
* *positive*: done, and not failed after the last completion. Only these are Anchors.
* *unfinished*: not done, but begun: started, progressed, submitted, failed, or viewed at two moments at least. A single
  view is too weak. An enrolment is often somebody else's act, so it begins nothing; leaving the course ends it, until
  the learner enrols again or goes on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from connector.domain import Interaction, ItemId, Signal

COMPLETIONS = (Signal.COMPLETED, Signal.PASSED)
BEGINNINGS = (Signal.STARTED, Signal.PROGRESSED, Signal.SUBMITTED, Signal.FAILED)
COMPLETE_PER_CENT = 100

Span = tuple[datetime, datetime]
Trail = dict[Signal, Span]


@dataclass(frozen=True, slots=True)
class Positive:
    """An Item completed with success, and when it last was."""

    item: ItemId
    at: datetime


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An Item begun and not done; ``at`` is the last activity, ``progress`` per cent in 0..99 or None."""

    item: ItemId
    at: datetime
    progress: int | None


@dataclass(frozen=True, slots=True)
class Past:
    """A history, read; positives and unfinished are latest first, equal times by item number."""

    done: frozenset[ItemId]
    positives: tuple[Positive, ...]
    unfinished: tuple[Unfinished, ...]


def read(history: Iterable[Interaction]) -> Past:
    """Say what is done, positive and unfinished, whatever the order of ``history``."""
    interactions = tuple(history)
    trails = _trails(interactions)
    done = frozenset(item for item, trail in trails.items() if _is_done(trail))
    positives = (Positive(item, _last(trails[item], COMPLETIONS)) for item in done if _is_positive(trails[item]))
    progress = _progress(interactions)
    begun = {item: trail for item, trail in trails.items() if item not in done and _is_begun(trail)}
    return Past(
        done=done,
        positives=tuple(sorted(positives, key=_latest_first)),
        unfinished=tuple(sorted((_unfinished(*entry, progress) for entry in begun.items()), key=_latest_first)),
    )


def _trails(history: Iterable[Interaction]) -> dict[ItemId, Trail]:
    """Give the first and last moment of each Signal, per Item."""
    trails: dict[ItemId, Trail] = {}
    for interaction in history:
        trail = trails.setdefault(interaction.item, {})
        at = interaction.at
        first, last = trail.get(interaction.signal, (at, at))
        trail[interaction.signal] = (min(first, at), max(last, at))
    return trails


def _is_done(trail: Trail) -> bool:
    if not any(signal in trail for signal in COMPLETIONS):
        return False
    return Signal.RETRACTED not in trail or _last(trail, COMPLETIONS) >= trail[Signal.RETRACTED][1]


def _last(trail: Trail, signals: Iterable[Signal]) -> datetime:
    return max(trail[signal][1] for signal in signals if signal in trail)


def _is_positive(trail: Trail) -> bool:
    return Signal.FAILED not in trail or trail[Signal.FAILED][1] <= _last(trail, COMPLETIONS)


def _is_begun(trail: Trail) -> bool:
    if not (any(signal in trail for signal in BEGINNINGS) or _came_back(trail)):
        return False
    present = (*BEGINNINGS, Signal.VIEWED, Signal.ENROLLED)
    return Signal.UNENROLLED not in trail or _last(trail, present) > trail[Signal.UNENROLLED][1]


def _came_back(trail: Trail) -> bool:
    """Tell two views from one: the same second twice is one view."""
    return Signal.VIEWED in trail and trail[Signal.VIEWED][0] < trail[Signal.VIEWED][1]


def _progress(history: Iterable[Interaction]) -> dict[ItemId, tuple[datetime, int]]:
    """Give the latest progress of each Item; of two at one time the higher."""
    latest: dict[ItemId, tuple[datetime, int]] = {}
    for interaction in history:
        if interaction.progress is not None:
            word = (interaction.at, interaction.progress)
            latest[interaction.item] = max(word, latest.get(interaction.item, word))
    return latest


def _unfinished(item: ItemId, trail: Trail, progress: Mapping[ItemId, tuple[datetime, int]]) -> Unfinished:
    known = progress[item][1] if item in progress else None
    shown = known if known is not None and known < COMPLETE_PER_CENT else None
    return Unfinished(item, _last(trail, (*BEGINNINGS, Signal.VIEWED)), shown)


def _latest_first(entry: Positive | Unfinished) -> tuple[float, ItemId]:
    return -entry.at.timestamp(), entry.item
