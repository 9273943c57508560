"""StatementResults read from what an LRS answered, each Statement kept as its bytes.

One that is no JSON leaves the others whole: the page is then cut by its brackets, and the reader sets that one aside.
"""

from email.message import Message

import msgspec

from lrs_adapters.base import LRSProtocolError, LRSUnavailable
from lrs_adapters.http import Reply
from lrs_adapters.links import without_query
from lrs_adapters.moments import read_http_date, read_moment
from lrs_adapters.split import is_whole, split_page
from lrs_adapters.walk import Answer

NOT_JSON = "A page held statements that are no JSON: they were cut out by their brackets, to be set aside one by one."


class CutShort(LRSUnavailable):
    """A body that ends in the middle of its JSON, with no Content-Length to tell so earlier."""


def read_answer(reply: Reply) -> Answer:
    """Read a StatementResult (xAPI 1.0.3 part 3, 2.1.3) or a bare array of Statements.

    Raises
    ------
    CutShort
        The body ends in the middle, and nothing said how long it is.
    LRSProtocolError
        The body is neither.
    """
    result, warnings = _decoded(reply)
    return Answer(
        statements=tuple(bytes(raw) for raw in result.statements),
        more=result.more or "",
        read_at=read_http_date(reply.headers.get("Date", "")),
        consistent_through=read_moment(reply.headers.get("X-Experience-API-Consistent-Through", "")),
        warnings=warnings,
    )


class _StatementResult(msgspec.Struct, frozen=True):
    statements: list[msgspec.Raw]
    more: str | None = None


_result_decoder = msgspec.json.Decoder(_StatementResult)
_array_decoder = msgspec.json.Decoder(list[msgspec.Raw])
_BOM = b"\xef\xbb\xbf"


def _decoded(reply: Reply) -> tuple[_StatementResult, tuple[str, ...]]:
    body = statements_part(reply)
    try:
        return _strictly(body), ()
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        result = _by_brackets(body)
        if result is None and _may_be_cut_short(reply, body):
            raise CutShort(f"{without_query(reply.url)} broke off in the middle of an answer: try again.") from error
        if result is None:
            raise _no_result(reply) from error
        return result, (NOT_JSON,)


def _strictly(body: bytes) -> _StatementResult:
    if body.startswith(b"["):
        return _StatementResult(_array_decoder.decode(body))
    return _result_decoder.decode(body)


def _may_be_cut_short(reply: Reply, body: bytes) -> bool:
    """Tell whether a body without a length (RFC 9112, 6.3: until the connection closes) lacks its end."""
    measured = {"content-length", "transfer-encoding"} & {name.lower() for name in reply.headers}
    return not measured and body[:1] in {b"{", b"["} and not is_whole(body)


def _by_brackets(body: bytes) -> _StatementResult | None:
    try:
        statements, rest = split_page(body)
        result = _strictly(rest) if statements else None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, LRSProtocolError):
        return None
    return result and _StatementResult([msgspec.Raw(raw) for raw in statements], result.more)


def _no_result(reply: Reply) -> LRSProtocolError:
    kind = reply.headers.get("Content-Type", "without a type").split(";")[0]
    return LRSProtocolError(
        f"{without_query(reply.url)} answered {kind}, not a StatementResult: "
        "check that the address is the LRS's xAPI endpoint."
    )


def statements_part(reply: Reply) -> bytes:
    """Return the JSON of an answer, which is the first part of a multipart/mixed one (xAPI 1.0.3 part 3, 1.5.2)."""
    content_type = reply.headers.get("Content-Type", "")
    if not content_type.lower().lstrip().startswith("multipart/"):
        return reply.body.strip().removeprefix(_BOM)
    boundary = _boundary(content_type)
    part = (b"\r\n" + reply.body).split(b"\r\n--" + boundary, 2)[1:2] if boundary else []
    _headers, _blank, body = (part or [b""])[0].partition(b"\r\n\r\n")
    return body.strip().removeprefix(_BOM)


def _boundary(content_type: str) -> bytes:
    message = Message()
    message["Content-Type"] = content_type
    return (message.get_boundary() or "").encode("latin-1", "replace")
