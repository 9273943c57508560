"""Statements from files: what an LRS exported, or what a cron appends to.

A position is, for each file, by what it is known again (a hash of its first 64 KiB), the byte to go on from, and how it
looked when it was read to its end. A file that grew is read on; one whose start is another is read from its beginning;
what was read before comes again then, and is kept once. There is no Stored in a file and nothing to filter by, so a
sweep is a tail.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from lrs_adapters.base import (
    LRSProtocolError,
    LRSRefused,
    LRSUnavailable,
    MoreShape,
    Position,
    Probe,
    StatementPage,
)
from lrs_adapters.dump_files import FORMS, HEAD, Remarks, fingerprint, form_of, pieces
from lrs_adapters.split import Piece, Within

PAGE = 500
PAGE_BYTES = 8 * 1024 * 1024
"""A page holds no more than about so many bytes, however few Statements these are."""


class DumpSource:
    """Files as a StatementSource.

    Parameters
    ----------
    url : str
        A file or a folder (with all below it): a ``file:`` address without host, or a path.
    page_size : int
        Statements a page.

    Raises
    ------
    LRSRefused
        ``url`` names another host, or is empty.
    """

    def __init__(self, url: str, page_size: int = PAGE) -> None:
        self._root = _path_of(url)
        self._page_size = page_size

    @property
    def sweep_every(self) -> timedelta:
        """A sweep brings nothing that a tail does not."""
        return timedelta(days=1)

    def tail(self, position: Position | None) -> Iterator[StatementPage]:
        """Yield what was added to the files since ``position``; see ``StatementSource.tail``."""
        book = _read_book(position)
        try:
            yield from _marked(self._batches(book))
        except OSError as error:
            raise LRSUnavailable(f"The files at {self._root} cannot be read: {error.strerror}.") from error

    def sweep(self, position: Position | None) -> Iterator[StatementPage]:
        """Yield the same as ``tail``."""
        return self.tail(position)

    def between(self, since: datetime, until: datetime) -> None:
        """Return None: files cannot be asked by time."""

    def probe(self) -> Probe:
        """Tell of the first page and of files that are left out."""
        page = next(self.tail(None))
        return Probe(
            versions=(),
            statements=len(page.statements),
            asked=self._page_size,
            ascending=None,
            consistent_through=False,
            more=MoreShape.NONE,
            likely_kind="dump",
            warnings=page.warnings + self._left_out(),
        )

    def close(self) -> None:
        """Do nothing: files are closed as soon as they are read."""

    def _batches(self, book: "_Book") -> Iterator["_Batch"]:
        for name, path in self._files():
            yield from _of_one_file(name, path, book, self._page_size)
        yield _Batch((), book, ())

    def _files(self) -> list[tuple[str, Path]]:
        if self._root.is_file():
            if form_of(self._root) is None:
                raise LRSRefused(f"{self._root.name} ends in none of {', '.join(FORMS)} (.gz): rename it.")
            return [(self._root.name, self._root)]
        return [(path.relative_to(self._root).as_posix(), path) for path in self._below() if form_of(path)]

    def _below(self) -> list[Path]:
        if not self._root.is_dir():
            raise LRSRefused(f"There is no file or folder {self._root}: check the path.")
        return sorted(path for path in self._root.rglob("*") if path.is_file())

    def _left_out(self) -> tuple[str, ...]:
        others = 0 if self._root.is_file() else sum(form_of(path) is None for path in self._below())
        if not others:
            return ()
        return (f"{others} files end in none of {', '.join(FORMS)} (.gz): they are left out.",)


class _Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where one file stands; ``size`` and ``changed`` (ns) are those at which it was read to its end."""

    head: str
    span: int
    at: int = 0
    within: Within = Within.TOP
    size: int = -1
    changed: int = -1


class _Book(msgspec.Struct, frozen=True):
    files: dict[str, _Place] = {}


class _Batch(msgspec.Struct, frozen=True):
    statements: tuple[bytes, ...]
    book: _Book
    warnings: tuple[str, ...]


def _path_of(url: str) -> Path:
    if not url.lower().startswith("file:"):
        path = url
    elif urlsplit(url).netloc not in {"", "localhost"}:
        raise LRSRefused("A dump lies on this machine: write its address as file:///folder/file, without a host.")
    else:
        path = unquote(urlsplit(url).path)
    if not path.strip() or "\0" in path or "://" in path:
        raise LRSRefused("A dump needs a path or a file: address.")
    return Path(path)


def _read_book(position: Position | None) -> _Book:
    try:
        return msgspec.convert(position or {}, _Book, strict=True) if set(position or {}) <= {"files"} else _unread()
    except msgspec.ValidationError:
        return _unread()


def _unread() -> _Book:
    raise LRSProtocolError(
        "The stored position of this source cannot be read. Remove the source and add it again; "
        "statements that are already known are not doubled."
    )


def _of_one_file(name: str, path: Path, book: _Book, page_size: int) -> Iterator[_Batch]:
    """Yield what one file holds after its place in ``book``, which is moved as it is read."""
    form = form_of(path)
    seen = path.stat()
    place = _place(path, book.files.get(name))
    if form is None or (place.size, place.changed) == (seen.st_size, seen.st_mtime_ns):
        return
    remarks = Remarks()
    for group in _groups(pieces(path, form, place.at, place.within, remarks), page_size):
        place = msgspec.structs.replace(place, at=group[-1].end, within=group[-1].within)
        yield _batch(group, book, name, place)
    place = msgspec.structs.replace(place, size=seen.st_size, changed=seen.st_mtime_ns)
    book.files[name] = place
    if remarks.sentences:
        yield _Batch((), _copied(book), tuple(remarks.sentences))


def _place(path: Path, known: _Place | None) -> _Place:
    """Return where the file stands if it is the one that is known, else its beginning."""
    size = path.stat().st_size
    if known is not None and size >= known.span and fingerprint(path, known.span) == known.head:
        return known if _long_enough(path, size, known) else _Place(known.head, known.span)
    span = min(size, HEAD)
    return _Place(fingerprint(path, span), span)


def _long_enough(path: Path, size: int, known: _Place) -> bool:
    """Tell that the file was not cut: a place in a packed one counts unpacked bytes, so its size has to do."""
    return size >= (known.size if path.name.lower().endswith(".gz") else known.at)


def _groups(found: Iterator[Piece], page_size: int) -> Iterator[list[Piece]]:
    group: list[Piece] = []
    size = 0
    for piece in found:
        group.append(piece)
        size += len(piece.raw)
        if len(group) >= page_size or size > PAGE_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _batch(group: list[Piece], book: _Book, name: str, place: _Place) -> _Batch:
    book.files[name] = place
    return _Batch(tuple(piece.raw for piece in group if piece.raw), _copied(book), ())


def _copied(book: _Book) -> _Book:
    return _Book(dict(book.files))


def _marked(batches: Iterator[_Batch]) -> Iterator[StatementPage]:
    """Yield batches as pages, the last one marked; an empty batch at the end goes into the one before."""
    held = next(batches)
    for batch in batches:
        if held.statements and batch.statements:
            yield _page(held, last=False)
            held = batch
        else:
            held = _Batch(held.statements + batch.statements, batch.book, held.warnings + batch.warnings)
    yield _page(held, last=True)


def _page(batch: _Batch, *, last: bool) -> StatementPage:
    return StatementPage(
        statements=batch.statements,
        next_position=msgspec.to_builtins(batch.book),
        in_order=False,
        oldest=None,
        newest=None,
        high_water=None,
        read_at=None,
        last=last,
        warnings=batch.warnings,
    )
