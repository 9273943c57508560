"""Read Interactions and Items from CSV files; a row that cannot be used is counted and told, with its line."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

from connector.domain import Signal
from connector.errors import BadInput
from connector.evaluate.log import SIGNALS, Catalogue, Log

T = TypeVar("T")
SEPARATORS = ",;\t"
TOLD = 5
"""How many rows that cannot be used are told with their line."""
LONGEST_FIELD = 10_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECONDS, MILLISECONDS = 1e11, 1e14
"""Below these a bare number is seconds since 1970, or milliseconds; above, microseconds."""


@dataclass(slots=True)
class Unusable:
    """Rows of a file that were left out: how many, and where and why the first few."""

    file: str
    count: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, line: int, reason: str) -> None:
        """Count a row."""
        self.count += 1
        if len(self.first) < TOLD:
            self.first.append(f"{self.file}, line {line}: {reason}")


@dataclass(frozen=True, slots=True)
class Read:
    """What is measured on, and what of the files could not be used."""

    log: Log
    catalogue: Catalogue
    unusable: tuple[Unusable, ...] = ()


class _Refused(Exception):
    """A row cannot be used; the sentence says why."""


@dataclass(frozen=True, slots=True)
class _Event:
    learner: str
    item: str
    time: int
    signal: int
    value: float


@dataclass(frozen=True, slots=True)
class _Described:
    name: str
    title: str
    summary: str
    language: str
    topics: str


def read(interactions: Path, items: Path | None = None) -> Read:
    """Read both files; without ``items`` the Items are those of the Interactions.

    Parameters
    ----------
    interactions : Path
        ``learner,item,timestamp[,signal,value]``: times as ISO 8601 (UTC where no zone is said) or as a number since
        1970; signals as in the glossary, completed where there are none.
    items : Path, optional
        ``item,title[,summary,language,topics]``; other columns are passed over, of an Item twice the first row counts.

    Raises
    ------
    BadInput
        Where a file is not there, is no CSV in UTF-8, lacks a column, or has not one row that can be used.
    """
    bad = Unusable(interactions.name)
    events = list(_rows(interactions, ("learner", "item", "timestamp"), _event, bad))
    if not events:
        raise BadInput(_nothing(interactions, bad))
    described, worse = _described(items) if items else ([], [])
    return _joined(events, described, (bad, *worse))


def _described(items: Path) -> tuple[list[_Described], list[Unusable]]:
    bad = Unusable(items.name)
    rows = list(_rows(items, ("item", "title"), _item, bad))
    if not rows:
        raise BadInput(_nothing(items, bad))
    return rows, [bad]


def _joined(events: Sequence[_Event], described: Sequence[_Described], unusable: tuple[Unusable, ...]) -> Read:
    by_name = {one.name: one for one in reversed(described)}
    names = list(dict.fromkeys([*(one.name for one in described), *(one.item for one in events)]))
    columns = {name: place for place, name in enumerate(names)}
    learners: dict[str, int] = {}
    log = Log.of(
        [learners.setdefault(one.learner, len(learners)) for one in events],
        [columns[one.item] for one in events],
        [one.time for one in events],
        [one.signal for one in events],
        [one.value for one in events],
    )
    known = [by_name.get(name) or _Described(name, "", "", "", "") for name in names]
    return Read(log, _catalogue(known, len(by_name)), unusable)


def _catalogue(known: Sequence[_Described], listed: int) -> Catalogue:
    return Catalogue(
        tuple(one.name for one in known),
        tuple(one.title for one in known),
        tuple(one.summary for one in known),
        tuple(one.language for one in known),
        tuple(one.topics for one in known),
        listed,
    )


def _rows(path: Path, needed: Sequence[str], take: Callable[[dict[str, str]], T], bad: Unusable) -> Iterator[T]:
    """Yield what ``take`` makes of each row that can be used."""
    usual = csv.field_size_limit(LONGEST_FIELD)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.DictReader(file, delimiter=_separator(path), restkey="", restval="")
            _check(path, needed, lines.fieldnames or ())
            for row in lines:
                try:
                    yield take(_cells(row))
                except _Refused as reason:
                    bad.add(lines.line_num, str(reason))
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} is not in UTF-8: save it as CSV UTF-8.") from error
    except csv.Error as error:
        raise BadInput(f"{path} is no CSV file: {error}.") from error
    finally:
        csv.field_size_limit(usual)


def _cells(row: dict[str, Any]) -> dict[str, str]:
    """Return the cells of a row by the column's name; those beyond the last column have none."""
    return {name.strip().casefold(): value for name, value in row.items() if isinstance(value, str)}


def _separator(path: Path) -> str:
    """Return the separator that is most frequent in the first line."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
    return max(SEPARATORS, key=first.count)


def _check(path: Path, needed: Sequence[str], names: Sequence[str]) -> None:
    there = {name.strip().casefold() for name in names if name}
    missing = [name for name in needed if name not in there]
    if missing:
        raise BadInput(f"{path} has no column {', '.join(missing)}: its first line has to name {', '.join(needed)}.")


def _event(row: dict[str, str]) -> _Event:
    learner, item = row["learner"].strip(), row["item"].strip()
    if not learner or not item:
        raise _Refused("no learner" if not learner else "no item")
    return _Event(learner, item, _time(row["timestamp"].strip()), _signal(row), _value(row.get("value", "").strip()))


def _item(row: dict[str, str]) -> _Described:
    name, title = row["item"].strip(), row["title"].strip()
    if not name:
        raise _Refused("no item")
    return _Described(name, title, *(row.get(column, "").strip() for column in ("summary", "language", "topics")))


def _time(written: str) -> int:
    """Return microseconds since 1970."""
    try:
        return _of_number(float(written))
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise _Refused(f"the timestamp {written[:40]!r} is no time") from None
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - EPOCH) // MICROSECOND


def _of_number(number: float) -> int:
    if not isfinite(number) or not 0 <= number < SECONDS * 1e6:
        raise _Refused(f"the timestamp {number:g} is no time")
    return int(number * (1_000_000 if number < SECONDS else 1_000 if number < MILLISECONDS else 1))


def _signal(row: dict[str, str]) -> int:
    written = row.get("signal", "").strip().casefold() or Signal.COMPLETED.value
    if written not in set(Signal):
        raise _Refused(f"the signal {written[:40]!r} is none of {', '.join(Signal)}")
    return SIGNALS.index(Signal(written))


def _value(written: str) -> float:
    try:
        value = float(written) if written else float("nan")
    except ValueError:
        raise _Refused(f"the value {written[:40]!r} is no number") from None
    return value


def _nothing(path: Path, bad: Unusable) -> str:
    if not bad.count:
        return f"{path} has no rows."
    return f"{path} has not one row that can be used: {'; '.join(bad.first)}."
