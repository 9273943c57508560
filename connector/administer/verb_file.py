"""The verb map as a file: CSV or JSON with ``verb``, ``signal`` and ``source`` (empty: every Source)."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from connector.errors import BadInput

FIELDS = ("verb", "signal", "source")
LONGEST_FILE = 8 * 1024 * 1024
"""Bytes: some tens of thousands of lines."""


@dataclass(frozen=True, slots=True)
class FileLine:
    """One line as it stands: its number from 1, the Verb, a Signal ("" says nothing), the Source's name or ""."""

    number: int
    verb: str
    signal: str
    source: str


def written(file: Path, lines: Sequence[FileLine]) -> None:
    """Write a new file: JSON where it is named ``.json``, else CSV.

    Raises
    ------
    BadInput
        If it is there already, or cannot be written.
    """
    rows = [{"verb": line.verb, "signal": line.signal, "source": line.source} for line in lines]
    text = json.dumps(rows, indent=2, ensure_ascii=False) + "\n" if _is_json(file) else _csv(rows)
    try:
        with file.open("x", encoding="utf-8", newline="") as opened:
            opened.write(text)
    except FileExistsError as error:
        raise BadInput(f"{file.name} is there already: choose another name.") from error
    except OSError as error:
        raise BadInput(f"{file.name} cannot be written: {error.strerror}.") from error


def _is_json(file: Path) -> bool:
    return file.suffix.casefold() == ".json"


def _csv(rows: Iterable[Mapping[str, str]]) -> str:
    text = StringIO(newline="")
    writer = csv.DictWriter(text, FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def read_lines(file: Path) -> tuple[list[FileLine], list[str]]:
    """Return the lines of a file, and a sentence for each that is none.

    Raises
    ------
    BadInput
        If the file is missing, too large, not UTF-8, or neither CSV nor JSON.
    """
    rows = _json_rows(file) if _is_json(file) else _csv_rows(file)
    lines, refused = [], []
    for number, row in enumerate(rows, 1):
        values = [row.get(name) or "" for name in FIELDS] if isinstance(row, dict) else []
        words = [value.strip() for value in values if isinstance(value, str)]
        if len(words) == len(FIELDS) and words[0]:
            lines.append(FileLine(number, *words))
        else:
            refused.append(f"{file.name}, entry {number}: it needs a verb and a signal, as text.")
    return lines, refused


def _content(file: Path) -> str:
    try:
        if file.stat().st_size > LONGEST_FILE:
            raise BadInput(f"{file.name} is larger than 8 MiB: split it.")
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(f"{file.name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{file.name} is not UTF-8: save it as UTF-8 and try again.") from error


def _json_rows(file: Path) -> list[Any]:
    try:
        rows = json.loads(_content(file))
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{file.name} is not JSON: {error}.") from error
    if not isinstance(rows, list):
        raise BadInput(f"{file.name} must hold an array of objects.")
    return rows


def _csv_rows(file: Path) -> list[Any]:
    reader = csv.DictReader(StringIO(_content(file)), strict=True)
    try:
        if not {"verb", "signal"} <= set(reader.fieldnames or ()):
            raise BadInput(f"{file.name} needs the columns `verb` and `signal`; `source` may be added.")
        return list(reader)
    except csv.Error as error:
        raise BadInput(f"{file.name}, line {reader.line_num}, is not CSV: {error}.") from error
