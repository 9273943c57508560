"""Nothing is lost: an LRS whose commits land late and out of order, read by walks that are killed at any page."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lrs_adapters.base import MoreExpired
from lrs_adapters.profiles import XAPI, Profile, SinceField
from lrs_adapters.walk import Answer, Reach, pages

START = datetime(2026, 3, 1, tzinfo=UTC)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


@dataclass(frozen=True)
class Event:
    """A Statement: when it is stamped, and how long after that it can be seen."""

    at: float
    late: float


class LiveLrs:
    """Shows what is committed by its own clock, which runs on by ``pace`` seconds at each request.

    In order of the stamp (an index) or in order of the commit (a log, as Ralph's file backend).
    """

    def __init__(self, events: list[Event], pace: float, page_size: int, *, by_commit: bool, tells_time: bool) -> None:
        key = (lambda event: event.at + event.late) if by_commit else (lambda event: event.at)
        self._held = sorted((key(event), number, event, raw(number, event)) for number, event in enumerate(events))
        self._pace = pace
        self._page_size = page_size
        self._tells_time = tells_time
        self.now = 0.0
        self.forget = False

    def first(self, since: datetime | None) -> Answer:
        return self._page(since, None)

    def following(self, more: str) -> Answer:
        if self.forget:
            self.forget = False
            raise MoreExpired
        since, *key = json.loads(more)
        return self._page(None if since is None else datetime.fromisoformat(since), tuple(key))

    def _page(self, since: datetime | None, after: tuple[float, int] | None) -> Answer:
        self.now += self._pace
        seen = [entry for entry in self._held if self._shown(entry[2], since)]
        left = [entry for entry in seen if after is None or entry[:2] > after]
        page = left[: self._page_size]
        more = json.dumps([since.isoformat() if since else None, *page[-1][:2]]) if left[self._page_size :] else ""
        clock = START + seconds(self.now) if self._tells_time else None
        return Answer(tuple(statement for *_, statement in page), more, clock)

    def _shown(self, event: Event, since: datetime | None) -> bool:
        return event.at + event.late <= self.now and (since is None or event.at > (since - START).total_seconds())


def raw(number: int, event: Event) -> bytes:
    stamp = (START + seconds(event.at)).isoformat()
    return json.dumps({"id": str(number), "stored": stamp, "timestamp": stamp}).encode()


def happenings(chance: Random) -> list[Event]:
    """Ten minutes of Statements, a quarter of them committed up to 59 seconds late."""
    late = (0.0, 0.0, 0.0, 59.0)
    return [Event(chance.uniform(0, 600), chance.uniform(0, chance.choice(late))) for _ in range(80)]


def plans(chance: Random) -> list[tuple[Reach, int | None, bool, float]]:
    """Runs for longer than the Statements last; one in three is killed."""
    return [
        (chance.choice(list(Reach)), chance.choice((None, None, chance.randint(1, 4))), chance.random() < 0.2, pause)
        for pause in (chance.uniform(0, 40) for _ in range(40))
    ]


def read_all(lrs: LiveLrs, profile: Profile, plan: list[tuple[Reach, int | None, bool, float]]) -> set[int]:
    """Walk by ``plan`` (what, killed after how many pages, ``more`` forgotten, pause), then until all must be there."""
    kept: set[int] = set()
    position: dict[str, Any] | None = None
    at_last = [(Reach.SWEEP, None, False, 700), (Reach.SWEEP, None, False, 0), (Reach.TAIL, None, False, 0)]
    for reach, killed_after, forget, pause in [*plan, *at_last]:
        lrs.now += pause
        lrs.forget = forget
        for page in islice(pages(lrs, position, reach, profile), killed_after):
            kept |= {int(json.loads(statement)["id"]) for statement in page.statements}
            position = json.loads(json.dumps(page.next_position))
    return kept


scenarios = given(st.integers(0, 2**32), st.integers(1, 9), st.sampled_from([0.1, 2.0, 15.0]), st.booleans())


@settings(max_examples=25, deadline=None)
@scenarios
def test_by_stored_nothing_is_lost_however_late_within_the_overlap_and_whenever_killed(seed, size, pace, tells_time):
    chance = Random(seed)
    lrs = LiveLrs(happenings(chance), pace, size, by_commit=False, tells_time=tells_time)
    assert read_all(lrs, XAPI, plans(chance)) == set(range(80))


@settings(max_examples=25, deadline=None)
@scenarios
def test_by_timestamp_without_order_nothing_is_lost_either(seed, size, pace, tells_time):
    chance = Random(seed)
    profile = replace(XAPI, since_field=SinceField.TIMESTAMP, delivers_order=False)
    lrs = LiveLrs(happenings(chance), pace, size, by_commit=True, tells_time=tells_time)
    assert read_all(lrs, profile, plans(chance)) == set(range(80))
