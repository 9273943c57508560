"""Any LRS that speaks xAPI 1.0.3 or 2.0 over HTTP; what differs between LRSs is its Profile.

No filter by verb is ever sent: some LRSs then answer nothing, others leave StatementRefs out.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from lrs_adapters.auth import Auth
from lrs_adapters.base import LRSProtocolError, LRSRefused, LRSUnavailable, MoreExpired, Position, Probe, StatementPage
from lrs_adapters.cursor import JUST_BEFORE, Reach
from lrs_adapters.ending import CANNOT_BE_CHECKED, ENDED_EARLY
from lrs_adapters.endpoints import Found, find_endpoint, likely_kind, read_about
from lrs_adapters.extent import Extent, measure
from lrs_adapters.http import BODY_LIMIT, CheckUrl, Connection, Reply
from lrs_adapters.links import endpoint_of, follow, shape_of, without_query
from lrs_adapters.moments import before, query_text
from lrs_adapters.pace import Pace
from lrs_adapters.profiles import Profile, SinceField
from lrs_adapters.results import CutShort, read_answer
from lrs_adapters.transport import Patience
from lrs_adapters.walk import Answer, pages, stretch

_OK = 200
_NOT_FOUND = 404
_FORGOTTEN = frozenset({400, 404, 410})
_CUT_SHORT_RETRIES = 2
_ROUNDED_UP = timedelta(microseconds=999)
"""``until`` goes out in whole milliseconds too: cut, it would leave out the last of them."""


class XapiSource:
    """One LRS as a StatementSource.

    Parameters
    ----------
    url : str
        The LRS's endpoint, with or without a trailing slash or ``/statements``.
    auth : Auth
        Goes to the origin of ``url`` only.
    profile : Profile
        How this kind of LRS is read.
    check_url : callable or None
        Called with each address before it is asked, to forbid it by raising.
    patience : Patience or None
        Timeouts and retries.
    body_limit : int
        Bytes of one answer, after decompression.

    Raises
    ------
    LRSRefused
        ``url`` is no http(s) address.
    """

    def __init__(
        self,
        url: str,
        auth: Auth,
        profile: Profile,
        *,
        check_url: CheckUrl | None = None,
        patience: Patience | None = None,
        body_limit: int = BODY_LIMIT,
    ) -> None:
        endpoint = endpoint_of(url)
        self._profile = profile
        self._connection = Connection(
            url,
            auth,
            headers={"X-Experience-API-Version": profile.version, "Accept": "application/json"},
            patience=patience,
            body_limit=body_limit,
            check_url=check_url,
            pace=Pace(profile.rate_per_minute),
        )
        self._reader = _StatementsResource(
            endpoint, self._connection, replace(profile, more_prefix=_prefix(url, profile))
        )
        self._search = lambda: find_endpoint(endpoint, auth, check_url=check_url, patience=patience)

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
        """Ask for About and one page, and once more where that page may not be the end.

        Raises
        ------
        LRSError
            As ``StatementSource.tail``; where there is no LRS, LRSRefused says at which path of this host one is.
        """
        about = self._reader.about_versions()
        reply = self._first_reply()
        answer = read_answer(reply)
        header = reply.headers.get("X-Experience-API-Version", "")
        return Probe(
            versions=about or ((header,) if header else ()),
            statements=len(answer.statements),
            asked=self._profile.page_size,
            ascending=_ascending(answer),
            consistent_through=answer.consistent_through is not None,
            more=shape_of(answer.more),
            likely_kind=likely_kind(self._reader.endpoint, answer.more),
            warnings=answer.warnings + self._doubts(answer),
        )

    def close(self) -> None:
        """Close the session."""
        self._connection.close()

    def _first_reply(self) -> Reply:
        try:
            return self._reader.first_reply(None)
        except _NothingThere as error:
            raise _with_a_way_out(error, self._search) from error

    def _doubts(self, answer: Answer) -> tuple[str, ...]:
        """Tell whether a page that is full and says that it is the last is so: ask on from its newest moment."""
        if answer.more or len(answer.statements) < self._profile.page_size:
            return ()
        extent = _extent(answer, self._profile)
        if extent.top is None:
            return (CANNOT_BE_CHECKED,)
        further = _extent(self._reader.first(before(extent.top, JUST_BEFORE)), self._profile)
        if further.ids - extent.ids:
            return (ENDED_EARLY,)
        return () if extent.in_order else (CANNOT_BE_CHECKED,)


class _NothingThere(LRSRefused):
    """404 for the Statements resource."""


class _StatementsResource:
    """The PageReader over HTTP."""

    def __init__(self, endpoint: str, connection: Connection, profile: Profile, until: datetime | None = None) -> None:
        self.endpoint = endpoint
        self._statements = f"{endpoint}/statements"
        self._connection = connection
        self._profile = profile
        self._until = until

    def bounded(self, until: datetime) -> "_StatementsResource":
        """Return the same resource, asked for nothing later than ``until``."""
        return _StatementsResource(self.endpoint, self._connection, self._profile, until)

    def first(self, since: datetime | None) -> Answer:
        return _whole(lambda: self.first_reply(since))

    def following(self, more: str) -> Answer:
        return _whole(lambda: self._following_reply(more))

    def first_reply(self, since: datetime | None) -> Reply:
        query: dict[str, Any] = {"ascending": "true", "limit": self._profile.page_size}
        if since is not None and self._profile.since_field is not SinceField.NONE:
            query["since"] = query_text(since)
        if self._until is not None:
            query["until"] = query_text(self._until + _ROUNDED_UP)
        return _accepted(self._connection.get(f"{self._statements}?{urlencode(query)}"))

    def about_versions(self) -> tuple[str, ...]:
        """Read the About resource (xAPI 1.0.3 part 3, 2.8); LRSs without one give an empty tuple."""
        try:
            reply = self._connection.get(f"{self.endpoint}/about")
        except LRSUnavailable:
            return ()
        return read_about(reply.body) if reply.status == _OK else ()

    def _following_reply(self, more: str) -> Reply:
        reply = self._connection.get(follow(more, self._statements, self._profile.more_prefix))
        if reply.status in _FORGOTTEN:
            raise MoreExpired(f"{reply.status}: the LRS has forgotten a `more` that it gave.")
        return _accepted(reply)


def _whole(ask: Callable[[], Reply]) -> Answer:
    """Ask again for a page that was cut short without a length to tell so."""
    for _ in range(_CUT_SHORT_RETRIES):
        try:
            return read_answer(ask())
        except CutShort:
            continue
    return read_answer(ask())


def _accepted(reply: Reply) -> Reply:
    if reply.status == _OK:
        return reply
    address = without_query(reply.url)
    if reply.status == _NOT_FOUND:
        raise _NothingThere(
            f"404: there is no {address}. The path may be wrong, capitals count: often it ends in /xAPI (Ralph), /xapi "
            "(SQL LRS, ADL LRS, Veracity), /data/xAPI (Learning Locker) or /trax/ws/xapi (TRAX)."
        )
    raise LRSProtocolError(
        f"{reply.status}: {address} did not accept a plain request for statements. Check the address and the xAPI "
        "version; some LRSs answer so to a wrong key."
    )


def _with_a_way_out(error: _NothingThere, search: Callable[[], Found | None]) -> LRSRefused:
    found = search()
    if found is None:
        return error
    return LRSRefused(f"{str(error).split('. ', maxsplit=1)[0]}, but {found.sentence}.")


def _prefix(url: str, profile: Profile) -> str:
    """Return the path that a proxy put before the base path, where ``more`` leaves it out and nobody said another."""
    path = urlsplit(endpoint_of(url)).path
    if profile.more_prefix or not profile.more_lacks_prefix or not path.endswith(profile.base_path):
        return profile.more_prefix
    return path.removesuffix(profile.base_path)


def _extent(answer: Answer, profile: Profile) -> Extent:
    return measure(answer.statements, profile.since_field, answer.read_at)


def _ascending(answer: Answer) -> bool | None:
    """Tell whether Stored ascends; an order needs two."""
    if not answer.statements[1:]:
        return None
    return measure(answer.statements, SinceField.STORED, None).in_order
