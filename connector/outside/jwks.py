"""The public keys of Platforms, over HTTP: the KeySource that production uses (Security 6.3 and 6.4)."""

import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

import requests

from connector.clock import Clock
from connector.errors import LaunchRefused
from connector.lti.ports import Jwk, Registration
from connector.outside.fetch import FetchFailed, FetchLimits, fetch
from connector.outside.urls import UrlRules

FRESH = timedelta(minutes=10)
"""How long keys are used without asking."""
USABLE = timedelta(hours=1)
"""How long keys are used when the Platform cannot be asked: a hiccup there must not refuse launches here."""
RETRY = timedelta(seconds=10)
"""How long a failed fetch is not repeated, so that a dead Platform does not hold every worker for its timeout."""
KID_PAUSE = timedelta(minutes=1)
_MOST_KIDS = 1_000
_MOST_REFETCHES = 6  # by Platform and KID_PAUSE, whatever the kids: a flood of made-up kids is no flood of requests
_MOST_KEYS = 100
_LIMITS = FetchLimits()

_Place = tuple[int, str]


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is known of one Platform's keys; ``fetched_at`` is None while none could be had."""

    keys: tuple[Jwk, ...]
    fetched_at: datetime | None
    failed_at: datetime | None = None
    failure: str = ""


class JwksKeySource:
    """Fetches and keeps key sets; safe to share between threads, each process has its own.

    Parameters
    ----------
    session : requests.Session
        From ``guarded_session`` with the same rules.
    rules : UrlRules
        Which URLs may be fetched.
    clock : Clock
        Decides what is fresh.
    """

    def __init__(self, session: requests.Session, rules: UrlRules, clock: Clock) -> None:
        self._session = session
        self._rules = rules
        self._clock = clock
        self._lock = Lock()
        self._kept: dict[_Place, _Kept] = {}
        self._fetching: dict[_Place, Lock] = {}
        self._asked: OrderedDict[tuple[_Place, str], datetime] = OrderedDict()

    def keys(self, registration: Registration) -> Sequence[Jwk]:
        """Return the keys, at most ten minutes old (an hour if the Platform cannot be asked).

        Raises
        ------
        LaunchRefused
            ``keys_unavailable``.
        """
        place = _place(registration)
        with self._fetching_lock(place):
            kept = self._kept.get(place)
            if kept is None or self._is_stale(kept):
                kept = self._fetch(place, kept)
        return self._usable(kept)

    def refetch(self, registration: Registration, kid: str) -> Sequence[Jwk]:
        """Return the keys, fetched anew unless this was done for ``kid`` within the minute, or six times for others.

        Raises
        ------
        LaunchRefused
            ``keys_unavailable``.
        """
        place = _place(registration)
        with self._fetching_lock(place):
            kept = self._kept.get(place)
            if kept is None or self._may_ask(place, kid):
                kept = self._fetch(place, kept)
        return self._usable(kept)

    def _fetching_lock(self, place: _Place) -> Lock:
        """One fetch at a time for a Platform; the others wait for its result."""
        with self._lock:
            return self._fetching.setdefault(place, Lock())

    def _is_stale(self, kept: _Kept) -> bool:
        now = self._clock()
        if kept.failed_at is not None and now - kept.failed_at < RETRY:
            return False
        return kept.fetched_at is None or now - kept.fetched_at >= FRESH

    def _fetch(self, place: _Place, before: _Kept | None) -> _Kept:
        now = self._clock()
        try:
            kept = _Kept(_read(fetch(self._session, place[1], self._rules, _LIMITS)), now)
        except (FetchFailed, ValueError, RecursionError) as error:
            keys, fetched_at = (before.keys, before.fetched_at) if before else ((), None)
            kept = _Kept(keys, fetched_at, now, _reason(error))
        self._kept[place] = kept
        return kept

    def _usable(self, kept: _Kept) -> Sequence[Jwk]:
        if kept.fetched_at is None or (kept.failed_at is not None and self._clock() - kept.fetched_at > USABLE):
            raise LaunchRefused("keys_unavailable", kept.failure)
        return kept.keys

    def _may_ask(self, place: _Place, kid: str) -> bool:
        now = self._clock()
        with self._lock:
            recent = [asked for (where, _), asked in self._asked.items() if where == place and now - asked < KID_PAUSE]
            last = self._asked.get((place, kid))
            if len(recent) >= _MOST_REFETCHES or (last is not None and now - last < KID_PAUSE):
                return False
            self._asked[place, kid] = now
            self._asked.move_to_end((place, kid))
            while len(self._asked) > _MOST_KIDS:
                self._asked.popitem(last=False)
            return True


def _place(registration: Registration) -> _Place:
    return registration.platform_id, registration.jwks_url


def _read(body: bytes) -> tuple[Jwk, ...]:
    """Read a JWK set (RFC 7517 5): an object whose ``keys`` is a list; members that are no objects are left out."""
    document = json.loads(body)
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list) or len(keys) > _MOST_KEYS:
        raise ValueError("not a JWK set")
    return tuple(key for key in keys if isinstance(key, dict))


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, FetchFailed) else "The answer is not a JWK set."
