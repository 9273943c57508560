"""Any LRS that speaks xAPI 1.0.3 or 2.0 over HTTP; what differs between LRSs is its Profile.

No filter by verb is ever sent: some LRSs then answer nothing, others leave StatementRefs out.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec

from lrs_adapters.base import LRSProtocolError, LRSRefused, LRSUnavailable, MoreExpired, Position, Probe, StatementPage
from lrs_adapters.extent import measure
from lrs_adapters.http import BODY_LIMIT, CheckUrl, Connection, Credentials, Patience, Reply
from lrs_adapters.links import endpoint_of, follow, shape_of, without_query
from lrs_adapters.moments import query_text, read_http_date, read_moment
from lrs_adapters.profiles import Profile, SinceField
from lrs_adapters.walk import Answer, Reach, pages

_OK = 200
_NOT_FOUND = 404
_FORGOTTEN = frozenset({400, 404, 410})


class XapiSource:
    """One LRS as a StatementSource.

    Parameters
    ----------
    url : str
        The LRS's endpoint, with or without a trailing slash or ``/statements``.
    credentials : Credentials
        Key and secret.
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
        credentials: Credentials,
        profile: Profile,
        *,
        check_url: CheckUrl | None = None,
        patience: Patience | None = None,
        body_limit: int = BODY_LIMIT,
    ) -> None:
        self._profile = profile
        self._connection = Connection(
            url,
            credentials,
            headers={"X-Experience-API-Version": profile.version, "Accept": "application/json"},
            patience=patience,
            body_limit=body_limit,
            check_url=check_url,
        )
        self._reader = _StatementsResource(endpoint_of(url), self._connection, profile)

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

    def probe(self) -> Probe:
        """Ask for About and one page; see ``StatementSource.probe``."""
        about = self._reader.about_versions()
        reply = self._reader.first_reply(None)
        answer = read_answer(reply)
        header = reply.headers.get("X-Experience-API-Version", "")
        return Probe(
            versions=about or ((header,) if header else ()),
            statements=len(answer.statements),
            asked=self._profile.page_size,
            ascending=_ascending(answer),
            consistent_through=answer.consistent_through is not None,
            more=shape_of(answer.more),
        )

    def close(self) -> None:
        """Close the session."""
        self._connection.close()


def read_answer(reply: Reply) -> Answer:
    """Read a StatementResult (xAPI 1.0.3 part 3, 2.1.3) or a bare array of Statements, each kept as raw bytes.

    Raises
    ------
    LRSProtocolError
        The body is neither.
    """
    result = _decoded(reply)
    return Answer(
        statements=tuple(bytes(raw) for raw in result.statements),
        more=result.more or "",
        read_at=read_http_date(reply.headers.get("Date", "")),
        consistent_through=read_moment(reply.headers.get("X-Experience-API-Consistent-Through", "")),
    )


class _StatementResult(msgspec.Struct, frozen=True):
    statements: list[msgspec.Raw]
    more: str | None = None


_result_decoder = msgspec.json.Decoder(_StatementResult)
_array_decoder = msgspec.json.Decoder(list[msgspec.Raw])


def _decoded(reply: Reply) -> _StatementResult:
    try:
        if reply.body.lstrip().startswith(b"["):
            return _StatementResult(_array_decoder.decode(reply.body))
        return _result_decoder.decode(reply.body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        kind = reply.headers.get("Content-Type", "without a type").split(";")[0]
        raise LRSProtocolError(
            f"{without_query(reply.url)} answered {kind}, not a StatementResult: "
            "check that the address is the LRS's xAPI endpoint."
        ) from error


class _About(msgspec.Struct, frozen=True):
    version: list[str] = []


class _StatementsResource:
    """The PageReader over HTTP."""

    def __init__(self, endpoint: str, connection: Connection, profile: Profile) -> None:
        self._endpoint = endpoint
        self._statements = f"{endpoint}/statements"
        self._connection = connection
        self._profile = profile

    def first(self, since: datetime | None) -> Answer:
        return read_answer(self.first_reply(since))

    def following(self, more: str) -> Answer:
        reply = self._connection.get(follow(more, self._statements, self._profile.more_prefix))
        if reply.status in _FORGOTTEN:
            raise MoreExpired(f"{reply.status}: the LRS has forgotten a `more` that it gave.")
        return read_answer(_accepted(reply))

    def first_reply(self, since: datetime | None) -> Reply:
        query: dict[str, Any] = {"ascending": "true", "limit": self._profile.page_size}
        if since is not None:
            query["since"] = query_text(since)
        return _accepted(self._connection.get(f"{self._statements}?{urlencode(query)}"))

    def about_versions(self) -> tuple[str, ...]:
        """Read the About resource (xAPI 1.0.3 part 3, 2.8); LRSs without one give an empty tuple."""
        try:
            reply = self._connection.get(f"{self._endpoint}/about")
            return tuple(msgspec.json.decode(reply.body, type=_About).version) if reply.status == _OK else ()
        except (LRSUnavailable, msgspec.MsgspecError, UnicodeDecodeError):
            return ()


def _accepted(reply: Reply) -> Reply:
    if reply.status == _OK:
        return reply
    address = without_query(reply.url)
    if reply.status == _NOT_FOUND:
        raise LRSRefused(
            f"404: there is no {address}. The path may be wrong, capitals count: often it ends in /xAPI (Ralph), /xapi "
            "(SQL LRS, ADL LRS, Veracity), /data/xAPI (Learning Locker) or /trax/ws/xapi (TRAX)."
        )
    raise LRSProtocolError(
        f"{reply.status}: {address} did not accept a plain request for statements. Check the address and the xAPI "
        "version; some LRSs answer so to a wrong key."
    )


def _ascending(answer: Answer) -> bool | None:
    """Tell whether Stored ascends; an order needs two."""
    if not answer.statements[1:]:
        return None
    return measure(answer.statements, SinceField.STORED, None).in_order
