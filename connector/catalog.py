"""The catalogue: Items from a file, and people's word on what may be shown."""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any
from unicodedata import category
from urllib.parse import urlsplit

from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import ItemStatus, ItemText, TenantId
from connector.errors import BadInput, UnknownName
from connector.statements.iris import fold_activity, is_usable
from connector.store import items, texts

FIELDS = ("iri", "url", "title", "summary", "language", "minutes", "level", "topics", "provider", "sensitive", "status")
LONGEST_FILE = 64 * 1024 * 1024
MOST_MINUTES = 60 * 24 * 365
LONGEST = {"url": 2000, "title": 500, "level": 80, "language": 35, "provider": 200}
"""Characters that a column holds; a longer text is refused, not cut."""


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """One line of a catalogue; fields that are None were left out and stay as they are."""

    iri: str
    columns: Mapping[str, Any]
    text: ItemText | None


@dataclass(frozen=True, slots=True)
class CatalogReport:
    """What an import did: entries taken, Items without a start link, and lines that could not be read, with reasons."""

    taken: int
    without_url: int
    refused: tuple[str, ...] = field(default=())


def import_catalog(file: Path, tenant: TenantId, sessions: sessionmaker[Session], clock: Clock) -> CatalogReport:
    """Take a CSV or JSON catalogue in; lines that cannot be read are told and left out.

    Raises
    ------
    BadInput
        If the file as a whole cannot be read.
    """
    entries, refused = read_catalog(file)
    with sessions.begin() as session:
        _put(session, tenant, entries, clock())
    without = sum(1 for entry in entries if not entry.columns.get("url"))
    return CatalogReport(len(entries), without, tuple(refused))


def _put(session: Session, tenant: TenantId, entries: list[CatalogEntry], now: datetime) -> None:
    numbers = items.put(session, tenant, {entry.iri: entry.columns for entry in entries}, now)
    for entry in entries:
        if entry.text is not None:
            texts.add_from_catalog(session, tenant, numbers[entry.iri], [entry.text], now)


# --- reading -----------------------------------------------------------------------------------------------------


def read_catalog(file: Path) -> tuple[list[CatalogEntry], list[str]]:
    """Return the entries of a file and a sentence for each line that cannot be used.

    CSV has a header of ``FIELDS`` (``iri`` at least); topics are separated by ``|``. JSON is an array of objects with
    the same names; topics are an array.

    Raises
    ------
    BadInput
        If the file is missing, too large, or neither CSV nor JSON.
    """
    rows = _json_rows(file) if file.suffix.casefold() == ".json" else _csv_rows(file)
    entries, refused = [], []
    for number, row in enumerate(rows, 1):
        try:
            entries.append(_entry(row))
        except BadInput as error:
            refused.append(f"{file.name}, entry {number}: {error}")
    return entries, refused


def _content(file: Path) -> str:
    try:
        if file.stat().st_size > LONGEST_FILE:
            raise BadInput(f"{file.name} is larger than 64 MiB: split it.")
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(f"{file.name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{file.name} is not UTF-8: save it as UTF-8 and try again.") from error


def _csv_rows(file: Path) -> Iterable[Mapping[str, Any]]:
    reader = csv.DictReader(StringIO(_content(file)))
    try:
        if "iri" not in (reader.fieldnames or ()):
            raise BadInput(f"{file.name} has no column `iri`. Columns: {', '.join(FIELDS)}; only `iri` is needed.")
        return list(reader)
    except csv.Error as error:
        raise BadInput(f"{file.name}, line {reader.line_num}, is not CSV: {error}.") from error


def _json_rows(file: Path) -> Iterable[Mapping[str, Any]]:
    try:
        rows = json.loads(_content(file))
    except ValueError as error:
        raise BadInput(f"{file.name} is not JSON: {error}.") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadInput(f"{file.name} must hold an array of objects.")
    return rows


def _entry(row: Mapping[str, Any]) -> CatalogEntry:
    iri = fold_activity(_plain(row, "iri"))  # as Statements name the Item
    if not is_usable(iri):
        raise BadInput(f"iri {iri!r} is no absolute IRI.")
    columns: dict[str, Any] = {}
    for name, read in _COLUMNS.items():
        if row.get(name) not in (None, ""):  # no set: topics are a list
            columns[name] = read(row, name)
    title = _plain(row, "title")
    text = ItemText(_plain(row, "language") or "und", title, _plain(row, "summary")) if title else None
    return CatalogEntry(iri, columns, text)


def _plain(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if value is not None and not isinstance(value, str):
        raise BadInput(f"{name} must be text.")
    text = _text(value or "", name)
    if len(text) > LONGEST.get(name, len(text)):
        raise BadInput(f"{name} is longer than {LONGEST[name]} characters.")
    return text


def _text(value: str, name: str) -> str:
    """Return ``value`` with single blanks; refuse control characters and lone surrogates: no database keeps them."""
    text = " ".join(value.split())
    if not text.isprintable() and any(category(character) in {"Cc", "Cs"} for character in text):
        raise BadInput(f"{name} holds control characters.")
    return text


def _url(row: Mapping[str, Any], name: str) -> str:
    url = _plain(row, name)
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise BadInput(f"{name} {url!r} is no http(s) address.") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadInput(f"{name} {url!r} is no http(s) address.")
    return url


def _minutes(row: Mapping[str, Any], name: str) -> int:
    try:
        minutes = round(float(row[name]))
    except (TypeError, ValueError, OverflowError):
        minutes = 0
    if not 0 < minutes <= MOST_MINUTES:
        raise BadInput(f"{name} must be a number above 0.")
    return minutes


def _topics(row: Mapping[str, Any], name: str) -> list[str]:
    value = row[name]
    topics = value.split("|") if isinstance(value, str) else value
    if not isinstance(topics, list) or not all(isinstance(topic, str) for topic in topics):
        raise BadInput(f"{name} must be names separated by | (CSV) or an array (JSON).")
    return [_text(topic, name) for topic in topics if topic.strip()]


def _status(row: Mapping[str, Any], name: str) -> str:
    try:
        return ItemStatus(_plain(row, name)).value
    except ValueError as error:
        raise BadInput(f"{name} must be one of: {', '.join(ItemStatus)}.") from error


def _flag(row: Mapping[str, Any], name: str) -> bool:
    value = row[name]
    return value if isinstance(value, bool) else str(value).strip().casefold() in {"1", "true", "yes"}


_COLUMNS = {
    "url": _url,
    "minutes": _minutes,
    "level": _plain,
    "language": _plain,
    "provider": _plain,
    "topics": _topics,
    "sensitive": _flag,
    "status": _status,
}


# --- what may be shown -------------------------------------------------------------------------------------------


def set_status(iri: str, status: ItemStatus, tenant: TenantId, sessions: sessionmaker[Session]) -> None:
    """Show or block an Item; works at the next request.

    Raises
    ------
    UnknownName
        If no Item has that IRI.
    """
    with sessions.begin() as session:
        if not items.set_status(session, tenant, fold_activity(iri), status):
            raise UnknownName(f"No item has the IRI {iri!r}: `onward item list` shows them.")
