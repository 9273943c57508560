"""Whether the end of a walk is believed: some LRSs leave ``more`` empty although they hold more.

A full page without ``more`` is counted as suspect, and the LRS is asked on from the newest moment that it gave. What
comes then is told, never taken in silence.
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from lrs_adapters.cursor import JUST_BEFORE, Walk
from lrs_adapters.moments import before
from lrs_adapters.profiles import EndCheck, Profile, SinceField

ENDED_EARLY = (
    "The LRS said that there is no more, yet it held more: it was asked on from the newest statement it gave. Old "
    "versions of Learning Locker and SCORM Cloud are known for that; report it there."
)
ONE_MOMENT = (
    "The LRS gave a full page of statements of one moment and no `more`: those beyond the page cannot be asked for. "
    "Ask for larger pages, then read everything once more."
)
CANNOT_BE_CHECKED = (
    "The LRS gave a full page without `more`, and does not deliver order or knows no `since`: whether it held more "
    "cannot be seen. Ask for larger pages, or compare the counts."
)


@dataclass(frozen=True, slots=True)
class Ending:
    """One page as its end is judged.

    ``asked`` is the walk before it, ``oldest`` its oldest moment, ``count`` how many Statements it held, ``ids`` which,
    ``page_before`` those of the page before (None for the first of a run).
    """

    asked: Walk
    oldest: datetime | None
    count: int
    ids: frozenset[str]
    page_before: frozenset[str] | None

    @property
    def ignored_since(self) -> bool:
        """Whether what came is older than what was asked for."""
        asked = self.asked.asks_since
        return asked is not None and self.oldest is not None and self.oldest < before(asked, JUST_BEFORE)

    @property
    def brought_new(self) -> bool:
        """Whether an id came that the page before did not have."""
        return bool(self.ids - (self.page_before or frozenset()))


def believed(ending: Ending, walk: Walk, profile: Profile) -> tuple[Walk, tuple[str, ...]]:
    """Return ``walk`` as it goes on after a page, and what is to be told of it."""
    checked = ending.asked.again
    if checked and ending.ignored_since:
        return msgspec.structs.replace(walk, more=""), (CANNOT_BE_CHECKED,)
    told = (ENDED_EARLY,) if checked and ending.brought_new and ending.page_before is not None else ()
    full = _is_full(ending.count, walk, profile)
    if walk.more or not _is_suspect(ending, full=full, profile=profile):
        return walk, told
    if profile.since_field is SinceField.NONE or walk.top is None:
        return walk, ((CANNOT_BE_CHECKED,) if full else ())
    ask = _further(ending.asked, walk.top)
    if ask is None or (checked and not full and not ending.brought_new):
        return walk, told
    beyond = (ONE_MOMENT,) if checked and full and ask == walk.top else ()
    doubt = (CANNOT_BE_CHECKED,) if full and not walk.in_order and not checked else ()
    return msgspec.structs.replace(walk, ask=ask, again=True), told + beyond + doubt


def _further(asked: Walk, top: datetime) -> datetime | None:
    """Return a ``since`` beyond the one that was asked with: just before the newest, else the newest, else None.

    It only ever grows, so that asking on comes to an end.
    """
    since = asked.asks_since
    return next((ask for ask in (before(top, JUST_BEFORE), top) if since is None or ask > since), None)


def _is_full(count: int, walk: Walk, profile: Profile) -> bool:
    return count >= (walk.width if walk.width >= _NARROWEST else profile.page_size)


_NARROWEST = 10
"""No LRS has a limit of its own under this: shorter pages with a ``more`` are only short."""


def _is_suspect(ending: Ending, *, full: bool, profile: Profile) -> bool:
    return full or (profile.end_check is EndCheck.ALWAYS and ending.brought_new)
