"""An LRS in memory, for tests: pages, order, ``since`` and late commits as a good LRS has them."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from lrs_adapters.base import MoreExpired, MoreShape, Position, Probe, StatementPage
from lrs_adapters.extent import measure
from lrs_adapters.moments import latest
from lrs_adapters.profiles import XAPI, Profile, SinceField
from lrs_adapters.walk import Answer, Reach, pages, stretch


class MemorySource:
    """A StatementSource over a list.

    Parameters
    ----------
    statements : list of mapping
        Statements with ``id`` and ``stored``; the list is not copied, so what is appended later comes later. One that
        is appended with an older ``stored`` is a late commit.
    profile : Profile
        How it is walked; the page size counts.
    """

    def __init__(self, statements: list[Mapping[str, Any]], profile: Profile = XAPI) -> None:
        self._profile = profile
        self._reader = _MemoryPages(statements, profile)

    @property
    def sweep_every(self) -> timedelta:
        """The shortest useful time between two sweeps."""
        return self._profile.sweep_every

    def tail(self, position: Position | None) -> Iterator[StatementPage]:
        """Yield what is new; see ``StatementSource.tail``."""
        return pages(self._reader, position, Reach.TAIL, self._profile)

    def sweep(self, position: Position | None) -> Iterator[StatementPage]:
        """Yield all since the low mark; see ``StatementSource.sweep``."""
        return pages(self._reader, position, Reach.SWEEP, self._profile)

    def between(self, since: datetime, until: datetime) -> Iterator[StatementPage] | None:
        """Yield what lies between two moments; see ``StatementSource.between``."""
        if self._profile.since_field is SinceField.NONE:
            return None
        return stretch(self._reader.bounded(until), since, until, self._profile)

    def probe(self) -> Probe:
        """Tell of the first page."""
        answer = self._reader.first(None)
        return Probe(
            versions=(self._profile.version,),
            statements=len(answer.statements),
            asked=self._profile.page_size,
            ascending=len(answer.statements) > 1 or None,
            consistent_through=answer.consistent_through is not None,
            more=MoreShape.QUERY if answer.more else MoreShape.NONE,
        )

    def close(self) -> None:
        """Do nothing: there is no connection."""


class _MemoryPages:
    """A PageReader whose ``more`` is a key (moment and id), as a database's index gives it."""

    def __init__(self, statements: list[Mapping[str, Any]], profile: Profile, until: datetime | None = None) -> None:
        self._statements = statements
        self._profile = profile
        self._until = until

    def bounded(self, until: datetime) -> "_MemoryPages":
        """Return the same pages without what is later than ``until``."""
        return _MemoryPages(self._statements, self._profile, until)

    def first(self, since: datetime | None) -> Answer:
        return self._after("" if since is None else _text(since) + "~")

    def following(self, more: str) -> Answer:
        if not more.startswith("?after="):
            raise MoreExpired("This `more` is of another source.")
        return self._after(more.removeprefix("?after="))

    def _after(self, key: str) -> Answer:
        held = sorted((self._key(raw), raw) for raw in self._in_reach())
        page = [(own, raw) for own, raw in held if own > key][: self._profile.page_size]
        clock = latest(*(self._moment(raw) for _, raw in held))
        end = not page or page[-1][0] == held[-1][0]
        return Answer(tuple(raw for _, raw in page), "" if end else f"?after={page[-1][0]}", clock, clock)

    def _in_reach(self) -> list[bytes]:
        held = [msgspec.json.encode(one) for one in self._statements]
        until = self._until
        return [raw for raw in held if until is None or ((moment := self._moment(raw)) and moment <= until)]

    def _key(self, raw: bytes) -> str:
        moment = self._moment(raw)
        return f"{_text(moment) if moment else ''}|{msgspec.json.decode(raw).get('id', '')}"

    def _moment(self, raw: bytes) -> datetime | None:
        return measure([raw], self._profile.since_field, None).newest


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")
