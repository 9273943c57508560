"""Files of Statements as streams of pieces: plain or gzip, lines, JSON or CSV, from a byte on.

Nothing is held but one chunk and one piece. Positions are bytes of the unpacked stream.
"""

import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

import msgspec

from lrs_adapters.base import LRSProtocolError
from lrs_adapters.dump_csv import Columns, read_record
from lrs_adapters.split import PIECE_LIMIT, Piece, Splitter, Within

HEAD = 64 * 1024
"""Bytes at the start by which a file is known again."""

_CHUNK = 64 * 1024
_BOM = b"\xef\xbb\xbf"
_QUOTED_SAMPLE = 64 * 1024


class Form(StrEnum):
    """How Statements lie in a file."""

    LINES = "lines"
    JSON = "json"
    CSV = "csv"


FORMS = {".ndjson": Form.LINES, ".jsonl": Form.LINES, ".json": Form.JSON, ".csv": Form.CSV}
"""By the ending of the name, before a ``.gz``."""


@dataclass(slots=True)
class Remarks:
    """What is to be told of a file, gathered while it is read."""

    sentences: list[str] = field(default_factory=list)


def form_of(path: Path) -> Form | None:
    """Return the form that the name of a file promises, None for files of something else."""
    return FORMS.get(Path(path.name.lower().removesuffix(".gz")).suffix)


def fingerprint(path: Path, span: int) -> str:
    """Return a SHA-256 of the first ``span`` bytes of the file itself."""
    with path.open("rb") as file:
        return sha256(file.read(span)).hexdigest()


def pieces(path: Path, form: Form, start: int, within: Within, remarks: Remarks) -> Iterator[Piece]:
    """Yield what lies in the file after byte ``start``.

    A last piece that has no end yet is left for later, a stream that cannot be unpacked further ends there; both are
    put into ``remarks``.
    """
    stream = _Stream(path, start, remarks)
    if form is Form.CSV:
        yield from _records(path, stream, remarks)
    elif form is Form.LINES or (form is Form.JSON and _is_lines(path)):
        yield from _lines(stream, remarks)
    else:
        yield from _json(stream, within, remarks)


class _Stream:
    """The unpacked bytes of a file from ``at`` on, in chunks; ``whole`` when its end was reached in good order."""

    def __init__(self, path: Path, at: int, remarks: Remarks) -> None:
        self.name = path.name
        self.at = at
        self.whole = True
        self._path = path
        self._remarks = remarks

    def chunks(self) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0 if packed else self.at)
            raw = iter(lambda: file.read(_CHUNK), b"")
            yield from self._after(self._unpacked(raw)) if packed else raw

    def _after(self, unpacked: Iterator[bytes]) -> Iterator[bytes]:
        left = self.at
        for chunk in unpacked:
            if left < len(chunk):
                yield chunk[left:]
            left = max(0, left - len(chunk))

    def _unpacked(self, raw: Iterator[bytes]) -> Iterator[bytes]:
        """Unpack gzip, member after member (RFC 1952, 2.2), in bounded chunks."""
        member = zlib.decompressobj(31)
        begun = False
        try:
            for packed in raw:
                todo = packed
                while todo:
                    begun = True
                    yield member.decompress(todo, _CHUNK)
                    todo = member.unconsumed_tail
                    if member.eof:
                        todo, member, begun = member.unused_data.lstrip(b"\0"), zlib.decompressobj(31), False
        except zlib.error:
            self._stop("cannot be unpacked to its end: the file is damaged. Make it anew; what came before was read.")
            return
        if begun:
            self._stop("ends in the middle of a gzip member: the rest is left for later.")

    def _stop(self, why: str) -> None:
        self.whole = False
        self._remarks.sentences.append(f"{self.name} {why}")


def _left_over(stream: _Stream, left: bytes, remarks: Remarks) -> None:
    if left.strip() and stream.whole:
        remarks.sentences.append(
            f"The last {len(left)} bytes of {stream.name} are no whole statement: they are left for later."
        )


def _text_lines(stream: _Stream) -> Iterator[tuple[bytes, bool]]:
    """Yield each line with its end, and whether it has one; a line over PIECE_LIMIT comes in parts."""
    rest: list[bytes] = []
    size = 0
    for chunk in stream.chunks():
        *lines, last = chunk.split(b"\n")
        for line in lines:
            yield b"".join((*rest, line, b"\n")), True
            rest, size = [], 0
        rest.append(last)
        size += len(last)
        if size > PIECE_LIMIT:
            yield b"".join(rest), True
            rest, size = [], 0
    if size:
        yield b"".join(rest), False


def _lines(stream: _Stream, remarks: Remarks) -> Iterator[Piece]:
    at = stream.at
    for line, ended in _text_lines(stream):
        text = line.strip().removeprefix(_BOM if at == 0 else b"")
        if not ended and not _is_json(text):
            _left_over(stream, text, remarks)
            return
        yield from _of_one_line(text, at, at + len(line))
        at += len(line)


def _of_one_line(text: bytes, start: int, end: int) -> Iterator[Piece]:
    """Yield the Statements of one line, which may be an array or a StatementResult of several."""
    several: list[Piece] = []
    if text.startswith((b"[", b'{"statements"', b'{"more"')):
        with suppress(LRSProtocolError):
            several = Splitter().feed(text)
    if not several:
        yield Piece(text, end)
        return
    yield from (Piece(piece.raw, start) for piece in several[:-1])
    yield Piece(several[-1].raw, end)


def _is_json(text: bytes) -> bool:
    try:
        msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _is_lines(path: Path) -> bool:
    """Tell whether a .json file is one JSON text a line: its first line is one, and more follow."""
    head = b""
    for chunk in _Stream(path, 0, Remarks()).chunks():
        head += chunk
        if len(head) >= _QUOTED_SAMPLE:
            break
    first, newline, more = head.removeprefix(_BOM).lstrip().partition(b"\n")
    return bool(newline and more.strip()) and first.startswith(b"{") and _is_json(first)


def _json(stream: _Stream, within: Within, remarks: Remarks) -> Iterator[Piece]:
    start = stream.at
    splitter = Splitter(within, start)
    for number, chunk in enumerate(stream.chunks()):
        blank = chunk.startswith(_BOM) and start == number == 0
        try:
            yield from splitter.feed(b" " * len(_BOM) + chunk[len(_BOM) :] if blank else chunk)
        except LRSProtocolError as error:
            remarks.sentences.append(f"{stream.name} cannot be read to its end. {error}")
            return
    _left_over(stream, splitter.left, remarks)


def _records(path: Path, stream: _Stream, remarks: Remarks) -> Iterator[Piece]:
    start = stream.at
    header, length = _header(path)
    columns = Columns(header)
    if not columns.usable:
        remarks.sentences.append(
            f"{stream.name} has no column `statement` and none for actor, verb and object: nothing of it was read."
        )
        return
    stream.at = max(start, length)
    at = stream.at
    for record, ended in _quoted_lines(stream):
        if not ended and record.count(b'"') % 2:
            _left_over(stream, record, remarks)
            return
        at += len(record)
        yield Piece(_of_one_record(columns, record), at)


def _of_one_record(columns: Columns, record: bytes) -> bytes:
    """Return a record as a Statement; one that cannot be read as its own bytes, to be set aside."""
    if not record.strip():
        return b""
    try:
        return columns.statement(read_record(record))
    except ValueError:
        return record.strip()


def _header(path: Path) -> tuple[list[str], int]:
    """Return the first record and how many bytes it takes."""
    record = next((line for line, _ in _quoted_lines(_Stream(path, 0, Remarks()))), b"")
    try:
        return read_record(record.removeprefix(_BOM)), len(record)
    except ValueError:
        return [], len(record)


def _quoted_lines(stream: _Stream) -> Iterator[tuple[bytes, bool]]:
    """Yield records: lines, joined as long as a quotation mark is open (RFC 4180, 2.6)."""
    record: list[bytes] = []
    quotes = 0
    for line, ended in _text_lines(stream):
        record.append(line)
        quotes += line.count(b'"')
        if ended and quotes % 2 == 0:
            yield b"".join(record), True
            record, quotes = [], 0
    if record:
        yield b"".join(record), False
