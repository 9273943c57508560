"""JSON texts cut out of a stream by their brackets alone: what is malformed inside one leaves the others whole.

Knows three ways in which Statements lie in a text: one after the other, as the elements of an array, and as those of
the member ``statements`` of an object (a StatementResult, xAPI 1.0.3 part 3, 2.1.3).
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from lrs_adapters.base import LRSProtocolError

PIECE_LIMIT = 16 * 1024 * 1024
"""Bytes of one JSON text; more is taken for a bracket that never closes."""


class Within(StrEnum):
    """Where in the text the next JSON text stands."""

    TOP = "top"
    ARRAY = "array"
    RESULT = "result"
    OBJECT = "object"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Piece:
    """One JSON text as its bytes; a reader may go on at byte ``end`` of the stream, in ``within``."""

    raw: bytes
    end: int
    within: Within = Within.TOP


class Splitter:
    """Cuts a stream that comes in chunks; keeps at most one JSON text in memory.

    Parameters
    ----------
    within : Within
        TOP, ARRAY or RESULT: as the Piece said after which this one goes on.
    offset : int
        Byte of the stream at which the first chunk starts.
    """

    def __init__(self, within: Within = Within.TOP, offset: int = 0) -> None:
        self._within = within
        self._offset = offset
        self._buffer = b""
        self._at = 0
        self._from = 0
        self._depth = 0
        self._key = b""
        self._found: list[Piece] = []

    def feed(self, chunk: bytes) -> list[Piece]:
        """Return the JSON texts that ended with ``chunk``.

        Raises
        ------
        LRSProtocolError
            One of them is over PIECE_LIMIT.
        """
        self._buffer += chunk
        self._found = []
        while mark := self._pattern().match(self._buffer, self._at):
            self._at = mark.end()
            self._take(mark[1], mark.start(1))
        self._drop_what_is_done()
        if len(self._buffer) > PIECE_LIMIT:
            raise LRSProtocolError(
                f"From byte {self._offset} on there is no end of a JSON text within {PIECE_LIMIT} bytes: "
                "a bracket or a quotation mark is missing there."
            )
        return self._found

    @property
    def left(self) -> bytes:
        """What came after the last JSON text that ended, without the punctuation between."""
        return b"" if self._within is Within.REST else self._buffer[self._from :].strip(_BETWEEN)

    @property
    def is_between(self) -> bool:
        """Whether every bracket that was opened is closed, and nothing has come since."""
        return self._within is Within.TOP and not self._depth and not self.left

    def _pattern(self) -> re.Pattern[bytes]:
        return _INNER if self._depth and self._within is not Within.OBJECT else _OUTER

    def _take(self, mark: bytes, start: int) -> None:
        if mark[:1] == b'"':
            self._key = mark if self._depth == 1 else self._key
        elif mark == b",":
            self._separate(start)
        elif mark in b"{[":
            self._open(mark, start)
        else:
            self._close(start)

    def _separate(self, start: int) -> None:
        if self._depth == 0:
            self._emit(start)

    def _open(self, mark: bytes, start: int) -> None:
        if self._within is Within.OBJECT and self._depth == 1 and mark == b"[" and self._key == b'"statements"':
            self._enter(Within.RESULT, 0)
            return
        if self._depth == 0:
            self._emit(start)
            self._from = start
            if self._within is Within.TOP:
                self._begin(mark)
                return
            if whole := _NESTED.match(self._buffer, start):
                self._at = whole.end()
                self._emit(self._at)
                return
        self._depth += 1

    def _begin(self, mark: bytes) -> None:
        if mark == b"[":
            self._enter(Within.ARRAY, 0)
        else:
            self._within, self._depth, self._key = Within.OBJECT, 1, b""

    def _close(self, start: int) -> None:
        if self._depth == 0:
            self._emit(start)
            self._leave()
            return
        self._depth -= 1
        if self._depth:
            return
        if self._within is Within.REST:
            self._enter(Within.TOP, 0)
        else:
            self._within = Within.TOP if self._within is Within.OBJECT else self._within
            self._emit(self._at)

    def _enter(self, within: Within, depth: int) -> None:
        self._within, self._depth, self._from = within, depth, self._at

    def _leave(self) -> None:
        """Go out of an array: to the top, or to the members that follow ``statements``."""
        if self._within is Within.RESULT:
            self._enter(Within.REST, 1)
        else:
            self._enter(Within.TOP, 0)

    def _emit(self, end: int) -> None:
        text = self._buffer[self._from : end].rstrip(_BETWEEN)
        ended = self._offset + self._from + len(text)
        self._from = self._at
        if raw := text.lstrip(_BETWEEN):
            self._found.append(Piece(raw, ended, self._within))

    def _drop_what_is_done(self) -> None:
        done = self._at if self._within is Within.REST else self._from
        self._buffer = self._buffer[done:]
        self._offset += done
        self._at -= done
        self._from = 0


def split_page(body: bytes) -> tuple[tuple[bytes, ...], bytes]:
    """Return the Statements of a StatementResult or array, and what is left of ``body`` without them.

    For a page in which one Statement is no JSON: the others, and ``more``, can still be read.
    """
    splitter = Splitter()
    pieces = splitter.feed(body)
    inside = [piece for piece in pieces if piece.within in {Within.ARRAY, Within.RESULT}]
    if not inside or splitter.left:
        return (), body
    first = inside[0].end - len(inside[0].raw)
    return tuple(piece.raw for piece in inside), body[:first] + body[inside[-1].end :]


def is_whole(body: bytes) -> bool:
    """Tell whether all brackets and quotation marks of a text close, whatever stands between them."""
    splitter = Splitter()
    splitter.feed(body)
    return splitter.is_between


_BETWEEN = b" \t\r\n,\x00"
_STRING = rb'"(?:[^"\\]++|\\.)*+"'
_NESTED_LEVELS = 8


def _nested() -> bytes:
    """Return a pattern for one bracketed text of a few levels: the quick way through nearly all Statements."""
    pattern = rb"[{\[](?:[^\"{}\[\]]++|" + _STRING + rb")*+[}\]]"
    for _ in range(_NESTED_LEVELS):
        pattern = rb"[{\[](?:[^\"{}\[\]]++|" + _STRING + rb"|" + pattern + rb")*+[}\]]"
    return pattern


_NESTED = re.compile(_nested(), re.DOTALL)
_INNER = re.compile(rb'(?:[^"{}\[\]]++|' + _STRING + rb")*+([{}\[\]])", re.DOTALL)
_OUTER = re.compile(rb'[^"{}\[\],]*+(' + _STRING + rb"|[{}\[\],])", re.DOTALL)
