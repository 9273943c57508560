"""The body of a request that brings Statements, as the bytes of each (xAPI 1.0.3 part 3, 1.5 and 2.1)."""

from dataclasses import dataclass
from email.message import Message

import msgspec

from connector.errors import BadInput

MOST_STATEMENTS = 2_000
"""Statements in one request."""

_BOM = b"\xef\xbb\xbf"
_array = msgspec.json.Decoder(list[msgspec.Raw])
_anything = msgspec.json.Decoder(msgspec.Raw)


@dataclass(frozen=True, slots=True)
class Brought:
    """What a request brought; ``several`` says that it was an array, of one too."""

    statements: tuple[bytes, ...]
    several: bool


def statements_in(body: bytes, content_type: str) -> Brought:
    """Return the Statements of a body.

    Of ``multipart/mixed`` the first part is read; attachments are not wanted here and dropped.

    Raises
    ------
    BadInput
        The type is another, the body is no JSON object or array, or it holds more than ``MOST_STATEMENTS``.
    """
    text = _json_part(body, content_type).strip().removeprefix(_BOM)
    try:
        if not text.startswith(b"["):
            _anything.decode(text)
            return Brought((_object(text),), several=False)
        statements = tuple(bytes(raw) for raw in _array.decode(text))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput("The body is no JSON: send one statement, or an array of statements.") from error
    if len(statements) > MOST_STATEMENTS:
        raise BadInput(f"The body holds more than {MOST_STATEMENTS} statements: send fewer at a time.")
    return Brought(statements, several=True)


def _object(text: bytes) -> bytes:
    if not text.startswith(b"{"):
        raise BadInput("The body is neither a statement nor an array of statements.")
    return text


def _json_part(body: bytes, content_type: str) -> bytes:
    message = Message()
    message["Content-Type"] = content_type
    kind = message.get_content_type() if content_type else ""
    if kind == "application/json":
        return body
    if kind != "multipart/mixed":
        raise BadInput("Send Content-Type application/json, or multipart/mixed with the statements first.")
    return _first_part(body, message.get_boundary() or "")


def _first_part(body: bytes, boundary: str) -> bytes:
    """Return the first part, which has to be the JSON one (xAPI 1.0.3 part 3, 1.5.2)."""
    parts = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1", "replace"), 2) if boundary else []
    if len(parts) < 3:  # noqa: PLR2004 - what comes before, the first part, what comes after it
        raise BadInput("The multipart/mixed body has no boundary, or no part between two.")
    headers, _blank, content = parts[1].partition(b"\r\n\r\n")
    if b"application/json" not in headers.lower():
        raise BadInput("The first part of a multipart/mixed body has to be application/json.")
    return content
