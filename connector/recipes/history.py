"""What a learner's Interactions say: done, positive, unfinished.

The last word counts, and a tie is a completion: Moodle sends ``uncompleted`` and then ``completed`` with equal seconds.

* *completed*: a completion (completed or passed) at or after the last retraction. A later failure does not undo it.
* *done*: completed, and the last completion still holds. *expired*: completed, but it holds no more.
* *positive*: completed, and not failed after the last completion. Only these are Anchors: that a completion has to be
  renewed does not make it untrue. On a site that goes by a weaker Deed (started, enrolled, opened) it is whoever did
  that, and neither failed nor left afterwards.
* *taken*: what the learner did by such a weaker Deed, positive or not: it is no news, and stands in *Continue* at most.
* *unfinished*: not completed, but begun: started, progressed, submitted, failed, or viewed at two moments at least. A
  single view is too weak. An enrolment is often somebody else's act, so it begins nothing; leaving the course ends it,
  until the learner enrols again or goes on. An expired Item is begun again by what comes after its last completion.
* *inside*: begun (or begun again), or enrolled, and not left since: whose door is open to this learner.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from connector.domain import SIGNALS_OF, Deed, Interaction, ItemId, Signal

COMPLETIONS = (Signal.COMPLETED, Signal.PASSED)
DOUBTS = (Signal.FAILED, Signal.UNENROLLED)
BEGINNINGS = (Signal.STARTED, Signal.PROGRESSED, Signal.SUBMITTED, Signal.FAILED)
COMPLETE_PER_CENT = 100

Span = tuple[datetime, datetime]
Trail = dict[Signal, Span]
Lapsed = Callable[[ItemId, datetime], bool]
"""Tell whether a completion of an Item at that moment holds no more."""


def never(_item: ItemId, _at: datetime) -> bool:
    """Let every completion hold for ever."""
    return False


@dataclass(frozen=True, slots=True)
class Positive:
    """An Item that may be an Anchor, and when the learner last completed it (or did what the site goes by)."""

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
    expired: frozenset[ItemId] = frozenset()
    inside: frozenset[ItemId] = frozenset()
    taken: frozenset[ItemId] = frozenset()


def read(history: Iterable[Interaction], lapsed: Lapsed = never, deed: Deed = Deed.COMPLETED) -> Past:
    """Say what is done, expired, positive, unfinished and open, whatever the order of ``history``.

    Parameters
    ----------
    history : iterable of Interaction
        What one learner did.
    lapsed : callable
        Whether a completion holds no more; by default all hold.
    deed : Deed
        What makes an Item positive here: the Model's.
    """
    interactions = tuple(history)
    trails = _trails(interactions)
    completed = {item: _last(trail, COMPLETIONS) for item, trail in trails.items() if _is_completed(trail)}
    expired = frozenset(item for item, at in completed.items() if lapsed(item, at))
    by_deed = completed if deed is Deed.COMPLETED else _taken(trails, deed)
    positives = (Positive(item, at) for item, at in by_deed.items() if _is_positive(trails[item], at, deed))
    again = {item: since for item in expired if (since := _since(trails[item], completed[item]))}
    begun = {item: trail for item, trail in trails.items() if item not in completed and _is_begun(trail)} | again
    progress = _progress(one for one in interactions if one.item not in again or one.at > completed[one.item])
    return Past(
        done=frozenset(completed) - expired,
        positives=tuple(sorted(positives, key=latest_first)),
        unfinished=tuple(sorted((_unfinished(*entry, progress) for entry in begun.items()), key=latest_first)),
        expired=expired,
        inside=frozenset(begun) | {item for item, trail in trails.items() if _is_enrolled(trail)},
        taken=frozenset() if deed is Deed.COMPLETED else frozenset(by_deed),
    )


def _taken(trails: Mapping[ItemId, Trail], deed: Deed) -> dict[ItemId, datetime]:
    """Return the Items that show the Deed, and when they last did."""
    shown = {item: SIGNALS_OF[deed].intersection(trail) for item, trail in trails.items()}
    return {item: _last(trails[item], signals) for item, signals in shown.items() if signals}


def _trails(history: Iterable[Interaction]) -> dict[ItemId, Trail]:
    """Give the first and last moment of each Signal, per Item."""
    trails: dict[ItemId, Trail] = {}
    for interaction in history:
        trail = trails.setdefault(interaction.item, {})
        at = interaction.at
        first, last = trail.get(interaction.signal, (at, at))
        trail[interaction.signal] = (min(first, at), max(last, at))
    return trails


def _is_completed(trail: Trail) -> bool:
    if not any(signal in trail for signal in COMPLETIONS):
        return False
    return Signal.RETRACTED not in trail or _last(trail, COMPLETIONS) >= trail[Signal.RETRACTED][1]


def _last(trail: Trail, signals: Iterable[Signal]) -> datetime:
    return max(trail[signal][1] for signal in signals if signal in trail)


def _is_positive(trail: Trail, at: datetime, deed: Deed) -> bool:
    """Tell whether nothing speaks against it after the last time; who completed something may leave it."""
    doubts = (Signal.FAILED,) if deed is Deed.COMPLETED else DOUBTS
    return all(trail[doubt][1] <= at for doubt in doubts if doubt in trail)


def _is_begun(trail: Trail) -> bool:
    if not (any(signal in trail for signal in BEGINNINGS) or _came_back(trail)):
        return False
    present = (*BEGINNINGS, Signal.VIEWED, Signal.ENROLLED)
    return Signal.UNENROLLED not in trail or _last(trail, present) > trail[Signal.UNENROLLED][1]


def _since(trail: Trail, completed: datetime) -> Trail:
    """Return the beginnings after a completion; none, unless the learner is in the course now."""
    later = {signal: span for signal, span in trail.items() if signal in BEGINNINGS and span[1] > completed}
    return later if _is_begun(later | {one: trail[one] for one in (Signal.UNENROLLED,) if one in trail}) else {}


def _is_enrolled(trail: Trail) -> bool:
    """An enrolment counts until the learner leaves; of two at one time the leaving."""
    left = trail.get(Signal.UNENROLLED)
    return Signal.ENROLLED in trail and (left is None or trail[Signal.ENROLLED][1] > left[1])


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


def latest_first(entry: Positive | Unfinished) -> tuple[float, ItemId]:
    """Order by time, latest first, equal times by item number."""
    return -entry.at.timestamp(), entry.item
