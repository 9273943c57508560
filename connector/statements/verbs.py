"""What a Fact means: the default verb map, and the guards that its Result puts on it.

The map is data. A site's own rows stand above ``DEFAULT_VERB_MAP``; both have folded Verb IRIs as keys (``fold_verb``).
Two default meanings ask for an object of a kind (``suits``); what a site says of a Verb itself asks for none.
``signal_of`` is pure and cheap, and there are few combinations of its arguments, so callers may remember its answers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from connector.domain import Flag, Iri, Signal
from connector.statements.iris import fold_term
from connector.statements.items import is_course_type

_ADL: Final = "http://adlnet.gov/expapi/verbs/"
_W3ID: Final = "https://w3id.org/xapi/"
_TINCAN: Final = "http://id.tincanapi.com/verb/"
_STREAMS: Final = "http://activitystrea.ms/"
_EDLM: Final = "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/"

_MEANINGS: Final[Mapping[Signal, tuple[tuple[str, str], ...]]] = {
    Signal.COMPLETED: (
        (_ADL, "completed mastered attended"),
        (f"{_W3ID}adl/verbs/", "satisfied"),
        (f"{_W3ID}tla/verbs/", "achieved"),
        (f"{_W3ID}video/verbs/", "completed"),
    ),
    Signal.PASSED: ((_ADL, "passed"),),
    Signal.FAILED: ((_ADL, "failed"),),
    Signal.PROGRESSED: ((_ADL, "progressed"),),
    Signal.RETRACTED: ((_EDLM, "uncompleted"), (_ADL, "voided")),
    Signal.SUBMITTED: ((_STREAMS, "submit"), (_ADL, "answered")),
    Signal.STARTED: (
        (_ADL, "initialized attempted launched resumed"),
        (_STREAMS, "start"),
        (f"{_W3ID}tla/verbs/", "resumed"),
    ),
    Signal.VIEWED: (
        (_TINCAN, "viewed"),
        (_ADL, "experienced interacted"),
        (f"{_W3ID}video/verbs/", "played paused seeked"),
        (f"{_W3ID}dod-isd/verbs/", "navigated"),
    ),
    Signal.RATED: ((_TINCAN, "rated voted-up voted-down bookmarked"), (f"{_W3ID}openedx/verb/", "voted")),
    Signal.SEARCHED: ((f"{_W3ID}acrossx/verbs/", "searched"),),
    Signal.ENROLLED: ((_ADL, "registered"), (_EDLM, "enrolled")),
    Signal.UNENROLLED: ((_TINCAN, "unregistered"), (_STREAMS, "leave")),
    Signal.NEUTRAL: (
        (_ADL, "terminated suspended exited"),
        (f"{_W3ID}adl/verbs/", "abandoned waived"),
        (f"{_W3ID}video/verbs/", "terminated"),
        (_TINCAN, "earned"),
    ),
}


def fold_verb(iri: str) -> Iri:
    """Return the one spelling of a Verb's IRI, as ``DEFAULT_VERB_MAP`` and ``FactDraft.verb`` have it."""
    return fold_term(iri)


def _spelled_out() -> Iterable[tuple[Iri, Signal]]:
    for signal, groups in _MEANINGS.items():
        for home, names in groups:
            for name in names.split():
                yield fold_verb(home + name), signal


DEFAULT_VERB_MAP: Final[Mapping[Iri, Signal]] = MappingProxyType(dict(_spelled_out()))
"""Folded Verb IRI to the Signal it gives where no guard says otherwise."""

_ACHIEVED: Final = fold_verb(f"{_W3ID}tla/verbs/achieved")
_LEAVE: Final = fold_verb(f"{_STREAMS}leave")
_BADGE: Final = fold_term(f"{_STREAMS}badge")
PARTICULAR: Final = frozenset({_ACHIEVED, _LEAVE})
"""The folded Verbs whose default meaning asks for an object of a kind."""


def suits(verb: Iri, activity_type: str) -> bool:
    """Say whether the object is of the kind that the default meaning of a Verb asks for.

    TLA's ``achieved`` completes a badge and nothing else; ActivityStreams' ``leave`` is said of a course, and not of a
    group or a chat. Every other Verb suits everything. ``verb`` is folded.
    """
    if verb == _ACHIEVED:
        return fold_term(activity_type) == _BADGE
    return verb != _LEAVE or is_course_type(activity_type)


class IgnoredReason(StrEnum):
    """Why a Fact says nothing for recommendations; the words of ``onward status``.

    ``signal_of`` gives the first six. ``NO_ACTOR`` (no identifier), ``GROUP`` (members count for no person unless
    the Source says so) and ``IGNORED_BY_RULE`` (somebody settled a finding so) are seen by those who read Facts.
    """

    VERB_UNKNOWN = "verb_unknown"
    VERB_NEUTRAL = "verb_neutral"
    NOT_AN_ITEM = "not_an_item"
    VOIDING = "voiding"
    PART_RETRACTED = "part_retracted"
    PART_ENROLMENT = "part_enrolment"
    NO_ACTOR = "no_actor"
    GROUP = "group"
    IGNORED_BY_RULE = "ignored_by_rule"


@dataclass(frozen=True, slots=True)
class Ignored:
    """A Fact that says nothing for recommendations, and why."""

    reason: IgnoredReason


def signal_of(mapped: Signal | None, *, flags: int, progress: int | None, part: bool | None) -> Signal | Ignored:
    """Return what a Fact means, after its Verb was looked up.

    Parameters
    ----------
    mapped : Signal or None
        What the verb map says, None where it does not know the Verb.
    flags : int
        Bits of ``Flag``.
    progress : int or None
        Per cent, 0..100.
    part : bool or None
        Whether the Activity is only a part of its Item; None where it belongs to no Item.
    """
    if part is None:
        return Ignored(IgnoredReason.VOIDING if mapped is Signal.RETRACTED else IgnoredReason.NOT_AN_ITEM)
    if mapped is None:
        return Ignored(IgnoredReason.VERB_UNKNOWN)
    if flags & Flag.OTHER_OBJECT:
        return Ignored(IgnoredReason.VERB_NEUTRAL)
    meant = _guarded(mapped, flags, progress)
    if meant is Signal.NEUTRAL:
        return Ignored(IgnoredReason.VERB_NEUTRAL)
    return _OF_A_PART.get(meant, meant) if part else meant


def _guarded(mapped: Signal, flags: int, progress: int | None) -> Signal:
    match mapped:
        case Signal.COMPLETED | Signal.PASSED:
            return _ended(mapped, flags)
        case Signal.PROGRESSED:
            return _ended(Signal.COMPLETED, flags) if _reached_the_end(flags, progress) else mapped
        case Signal.NEUTRAL:
            return _ended_past_threshold(flags, progress)
        case _:
            return mapped


def _ended(said: Signal, flags: int) -> Signal:
    """Believe the Result over the Verb: not complete is progress, complete without success is failure."""
    if flags & Flag.COMPLETION_GIVEN and not flags & Flag.COMPLETION_TRUE:
        return Signal.PROGRESSED
    if flags & Flag.SUCCESS_GIVEN and not flags & Flag.SUCCESS_TRUE:
        return Signal.FAILED
    return said


def _reached_the_end(flags: int, progress: int | None) -> bool:
    return bool(flags & Flag.COMPLETION_TRUE) or (progress is not None and progress >= 100)  # noqa: PLR2004 (per cent)


def _ended_past_threshold(flags: int, progress: int | None) -> Signal:
    """Read the video profile's ``terminated`` with completion and progress as completed.

    cmi5's ``waived`` has completion too, but nothing was done and it carries no progress: it stays neutral.
    """
    if progress is not None and flags & Flag.COMPLETION_TRUE:
        return _ended(Signal.COMPLETED, flags)
    return Signal.NEUTRAL


_OF_A_PART: Final[Mapping[Signal, Signal | Ignored]] = {
    Signal.COMPLETED: Signal.PROGRESSED,
    Signal.PASSED: Signal.PROGRESSED,
    Signal.FAILED: Signal.PROGRESSED,  # whoever fails a quiz works on the course
    Signal.RATED: Signal.VIEWED,  # a vote in its forum is no vote on the course
    Signal.RETRACTED: Ignored(IgnoredReason.PART_RETRACTED),
    Signal.ENROLLED: Ignored(IgnoredReason.PART_ENROLMENT),
    Signal.UNENROLLED: Ignored(IgnoredReason.PART_ENROLMENT),
}
"""What a Signal of a part says of the whole; the others say the same."""
