"""What bounds a flood: buckets of tokens, open logins by source, and a budget; in memory, of a fixed size, one process.

Nothing here refuses a good launch. What is limited are *failures* of a source, and how many logins it may leave open.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from connector.clock import Clock, now
from connector.lti.states import LOGIN_LIFE

MOST_SOURCES = 10_000
MOST_REMEMBERED = 20_000
REFUSALS_A_MINUTE = 120
OPEN_LOGINS = 5_000
AUDITED_AN_HOUR = 500
PURGE_EVERY = timedelta(seconds=2)


class Buckets:
    """A bucket of tokens for each key: full at first, filled again evenly; the keys seen longest ago are forgotten.

    Parameters
    ----------
    size : int
        Tokens of a full bucket.
    fill : timedelta
        How long an empty bucket takes to be full.
    clock : Clock
        Decides how much has come back.
    most : int
        Keys that are remembered.
    """

    def __init__(self, size: int, fill: timedelta, clock: Clock, most: int = MOST_SOURCES) -> None:
        self._size = float(size)
        self._a_second = size / fill.total_seconds()
        self._clock = clock
        self._most = most
        self._left: OrderedDict[Hashable, tuple[float, datetime]] = OrderedDict()
        self._lock = Lock()

    def take(self, key: Hashable) -> bool:
        """Take a token out; False when there is none."""
        at = self._clock()
        with self._lock:
            left, since = self._left.pop(key, (self._size, at))
            left = min(self._size, left + max(0.0, (at - since).total_seconds()) * self._a_second)
            had = left >= 1
            self._left[key] = (left - 1 if had else left, at)
            if len(self._left) > self._most:
                self._left.popitem(last=False)
        return had

    def __len__(self) -> int:
        return len(self._left)


class OpenLogins:
    """The logins that each source has under way, as far as this process began them.

    A source with more than its share loses its own oldest, so that it neither locks itself out nor pushes out others.

    Parameters
    ----------
    share : int
        Logins under way by source.
    clock : Clock
        Decides which have expired.
    most : int
        Logins that are remembered in all; of the source seen longest ago those are forgotten, and expire by themselves.
    """

    def __init__(self, share: int, clock: Clock, most: int = MOST_REMEMBERED) -> None:
        self._share = share
        self._clock = clock
        self._most = most
        self._held = 0
        self._by_source: OrderedDict[str, OrderedDict[bytes, datetime]] = OrderedDict()
        self._lock = Lock()

    def opened(self, source: str, state_hash: bytes) -> tuple[bytes, ...]:
        """Note a new login; return those that the source has to give up for it."""
        at = self._clock()
        with self._lock:
            mine = self._by_source.setdefault(source, OrderedDict())
            self._by_source.move_to_end(source)
            mine[state_hash] = at + LOGIN_LIFE
            self._held += 1
            self._forget_expired(mine, at)
            lost = self._over(mine)
            while self._held > self._most and len(self._by_source) > 1:
                self._held -= len(self._by_source.popitem(last=False)[1])
        return lost

    def ended(self, source: str, state_hash: bytes) -> None:
        """Note that a launch has used a login up."""
        with self._lock:
            mine = self._by_source.get(source)
            if mine and mine.pop(state_hash, None):
                self._held -= 1

    def __len__(self) -> int:
        return self._held

    def _forget_expired(self, mine: OrderedDict[bytes, datetime], at: datetime) -> None:
        while mine and next(iter(mine.values())) <= at:
            mine.popitem(last=False)
            self._held -= 1

    def _over(self, mine: OrderedDict[bytes, datetime]) -> tuple[bytes, ...]:
        lost = tuple(mine.popitem(last=False)[0] for _ in range(max(0, len(mine) - self._share)))
        self._held -= len(lost)
        return lost


class Budget:
    """So many times in a window, which begins with the first; then no more until the next."""

    def __init__(self, most: int, window: timedelta, clock: Clock) -> None:
        self._most = most
        self._window = window
        self._clock = clock
        self._spent = 0
        self._began: datetime | None = None
        self._lock = Lock()

    def spend(self) -> bool:
        """Spend one; False when none is left."""
        at = self._clock()
        with self._lock:
            if self._began is None or not timedelta() <= at - self._began < self._window:
                self._began, self._spent = at, 0
            self._spent += 1
            return self._spent <= self._most


@dataclass(frozen=True, slots=True)
class LaunchLimits:
    """Everything that bounds logins and launches in one process.

    ``failures`` are the refused logins and launches of a source, ``audit`` the lines that refusals may write, ``purge``
    how often what has expired is looked for, ``alarm`` how often it is said that a source is over its limit.
    """

    failures: Buckets
    logins: OpenLogins
    audit: Budget
    purge: Budget
    alarm: Budget


def launch_limits(
    clock: Clock = now, refusals: int = REFUSALS_A_MINUTE, open_logins: int = OPEN_LOGINS
) -> LaunchLimits:
    """Return fresh limits.

    Parameters
    ----------
    clock : Clock
        The time.
    refusals : int
        Refused logins and launches of one source that are answered in full, by minute.
    open_logins : int
        Logins that one source may have under way.
    """
    return LaunchLimits(
        Buckets(refusals, timedelta(minutes=1), clock),
        OpenLogins(open_logins, clock),
        Budget(AUDITED_AN_HOUR, timedelta(hours=1), clock),
        Budget(1, PURGE_EVERY, clock),
        Budget(1, timedelta(minutes=1), clock),
    )
