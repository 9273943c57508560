"""Catalogue files: CSV as spreadsheet programs write it, and JSON."""

import csv
import json
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from connector.catalog.cells import SEPARATOR
from connector.catalog.entries import FIELDS, CatalogEntry, by_item, read_line
from connector.errors import BadInput

LONGEST_FILE = 64 * 1024 * 1024
_DELIMITERS = ",;\t"
_GUARD = "'"
_GUARDED = ("=", "+", "-", "@", _GUARD)
"""A spreadsheet program runs a cell that begins like this as a formula: in CSV it gets a ' before it."""

Cells = Mapping[str, Any]
PlacedRow = tuple[str, Cells | BadInput]
"""Where a row stands (the file's name, and its line in CSV or entry in JSON), and its cells or why there are none."""


@dataclass(frozen=True, slots=True)
class CatalogFile:
    """What a file says: entries by Item in its order, a sentence for each line left out, and notes on the file."""

    entries: tuple[CatalogEntry, ...]
    refused: tuple[str, ...]
    notes: tuple[str, ...] = ()


def read_catalog(file: Path) -> CatalogFile:
    """Read a CSV (any suffix) or JSON (``.json``) catalogue.

    CSV has a header of ``FIELDS`` (``iri`` at least), commas, semicolons or tabs, and UTF-8 or UTF-16 with a byte order
    mark; names in a list are separated by ``|``. JSON is an array of objects with the same names and arrays for lists.

    Raises
    ------
    BadInput
        If the file is missing, too large, or neither CSV nor JSON.
    """
    rows, notes = _json_rows(file) if file.suffix.casefold() == ".json" else _csv_rows(file)
    lines, refused = [], []
    for place, row in rows:
        try:
            lines.append((place, read_line(_whole(row))))
        except BadInput as error:
            refused.append(f"{place}: {error}")
    entries, contradicting = by_item(lines)
    return CatalogFile(tuple(entries), (*refused, *contradicting), tuple(notes))


def _whole(row: Cells | BadInput) -> Cells:
    if isinstance(row, BadInput):
        raise row
    return row


def _content(file: Path) -> str:
    try:
        if file.stat().st_size > LONGEST_FILE:
            raise BadInput(f"{file.name} is larger than 64 MiB: split it.")
        raw = file.read_bytes()
        return raw.decode("utf-16" if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig")
    except OSError as error:
        raise BadInput(f"{file.name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{file.name} is not UTF-8: save it as UTF-8 and try again.") from error


# --- CSV ---------------------------------------------------------------------------------------------------------


def _csv_rows(file: Path) -> tuple[list[PlacedRow], list[str]]:
    content = _content(file)
    reader = csv.reader(StringIO(content, newline=""), delimiter=_delimiter(content), strict=True)
    try:
        header = [name.strip().casefold() for name in next(_told(reader), [])]
        if "iri" not in header:
            raise BadInput(f"{file.name} has no column `iri`. Columns: {', '.join(FIELDS)}; only `iri` is needed.")
        if len(set(header)) < len(header):
            raise BadInput(f"{file.name} names a column twice: keep one of the two.")
        rows = list(_placed(file, header, reader))
    except csv.Error as error:
        raise BadInput(f"{file.name}, line {reader.line_num}, is not CSV: {error}.") from error
    return rows, _unknown(file, header)


def _delimiter(content: str) -> str:
    """Return what separates the header's columns: the mark that there are most of."""
    header = next((line for line in content.splitlines() if line.strip() and not line.startswith("sep=")), "")
    return max(_DELIMITERS, key=header.count)


def _told(reader: Iterable[list[str]]) -> Iterator[list[str]]:
    """Yield lines that say something; a first line ``sep=;`` is for one spreadsheet program only."""
    return (row for row in reader if any(cell.strip() for cell in row) and not row[0].startswith("sep="))


def _placed(file: Path, header: list[str], reader: Any) -> Iterator[PlacedRow]:
    """Yield each line with the number of its first physical line."""
    begins = reader.line_num + 1
    for row in reader:
        place, begins = f"{file.name}, line {begins}", reader.line_num + 1
        if any(cell.strip() for cell in row):
            yield place, _cells(header, row)


def _cells(header: list[str], row: list[str]) -> Cells | BadInput:
    if any(cell.strip() for cell in row[len(header) :]):
        return BadInput(
            f"it has {len(row)} cells for {len(header)} columns: put cells that hold the separator in quotes."
        )
    return dict(zip(header, map(_unguarded, row), strict=False))


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith(_GUARD) and cell[1:].startswith(_GUARDED) else cell


def _unknown(file: Path, header: Iterable[str]) -> list[str]:
    unknown = sorted(set(filter(None, header)) - set(FIELDS))
    return [f"{file.name}: columns that mean nothing here: {', '.join(unknown)}."] if unknown else []


# --- JSON --------------------------------------------------------------------------------------------------------


def _json_rows(file: Path) -> tuple[list[PlacedRow], list[str]]:
    try:
        rows = json.loads(_content(file))
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{file.name} is not JSON: {error}.") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadInput(f"{file.name} must hold an array of objects.")
    placed: list[PlacedRow] = [(f"{file.name}, entry {number}", row) for number, row in enumerate(rows, 1)]
    return placed, _unknown(file, (name for row in rows for name in row))


# --- writing -----------------------------------------------------------------------------------------------------


def as_csv(lines: Iterable[Cells]) -> str:
    """Write lines as CSV; ``read_catalog`` reads the same back, and no spreadsheet program runs a cell."""
    written = StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(FIELDS)
    writer.writerows([_cell(line.get(name)) for name in FIELDS] for line in lines)
    return written.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    cell = SEPARATOR.join(value) if isinstance(value, list | tuple) else "" if value is None else str(value)
    return f"{_GUARD}{cell}" if cell.startswith(_GUARDED) else cell


def as_json(lines: Iterable[Cells]) -> str:
    """Write lines as a JSON array of objects."""
    return json.dumps(list(lines), ensure_ascii=False, indent=1) + "\n"
