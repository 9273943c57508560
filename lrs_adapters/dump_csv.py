"""CSV exports of LRSs, as Statements: which columns mean what.

Two shapes are taken, column by column, and may be mixed:

* A column ``statement`` that holds a whole Statement as JSON. Learning Locker's exports write every value that is no
  string as JSON (LearningLocker/learninglocker api/src/utils/exports.js), and an export may project anything under any
  name, so this is the one shape of theirs that can be read without knowing the projection.
* A column for each property. SQL LRS joins the path by underscores (``actor_account_name``; yetanalytics/lrsql
  src/main/lrsql/util/path.clj, path->csv-header), Learning Locker's projections are written with dots and often start
  with ``statement.``; values are texts or JSON.

Not confirmed by a file of either product: how SQL LRS writes a property that is itself an object.
"""

import csv
import io
import re
from collections.abc import Sequence
from typing import Any

import msgspec

_ROOTS = frozenset(
    {"id", "actor", "verb", "object", "result", "context", "timestamp", "stored", "authority", "version"}
)
_NUMBERS = frozenset({"scaled", "raw", "min", "max"})
_BOOLEANS = frozenset({"completion", "success"})
_NEEDED = frozenset({"actor", "verb", "object"})
_SEPARATORS = re.compile(r"[._]")
_WHOLE = ("statement", "raw")


class Columns:
    """The header of one file.

    Parameters
    ----------
    header : sequence of str
        As the first record of the file has it.
    """

    def __init__(self, header: Sequence[str]) -> None:
        names = [name.strip() for name in header]
        self._whole = next((at for at, name in enumerate(names) if name.lower() in _WHOLE), None)
        self._paths = {at: path for at, name in enumerate(names) if (path := _path(name))}

    @property
    def usable(self) -> bool:
        """Whether a Statement can come of these columns: a whole one, or actor, verb and object."""
        return self._whole is not None or {path[0] for path in self._paths.values()} >= _NEEDED

    def statement(self, values: Sequence[str]) -> bytes:
        """Return one record as a Statement; what is missing there is missing here, for the reader to judge."""
        if self._whole is not None and len(values) > self._whole and values[self._whole].strip():
            return values[self._whole].strip().encode()
        tree: dict[str, Any] = {}
        for at, path in self._paths.items():
            if at < len(values) and values[at].strip():
                _put(tree, path, _value(values[at].strip(), path))
        return msgspec.json.encode(_with_arrays(tree))


def read_record(raw: bytes) -> list[str]:
    """Return the fields of one record (RFC 4180).

    Raises
    ------
    ValueError
        It is not UTF-8, or no CSV.
    """
    try:
        return next(csv.reader(io.StringIO(raw.decode(), newline="")), [])
    except csv.Error as error:
        raise ValueError(str(error)) from error


def _path(name: str) -> tuple[str, ...]:
    """Return the path that a column's name means, () for a column of something else."""
    parts = [part for part in _SEPARATORS.split(name.removeprefix("$")) if part]
    parts = parts[1:] if parts[:1] == ["statement"] else parts
    if not parts or parts[0] not in _ROOTS:
        return ()
    return tuple(_joined(parts))


def _joined(parts: list[str]) -> list[str]:
    """Put together the one property of xAPI that has an underscore in its name."""
    if parts[-2:] == ["mbox", "sha1sum"]:
        return [*parts[:-2], "mbox_sha1sum"]
    return parts


def _value(text: str, path: tuple[str, ...]) -> Any:
    if text[0] in "{[" or (path[0] == "result" and path[-1] in _NUMBERS | _BOOLEANS):
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError:
            return text
    return text


def _put(tree: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for part in path[:-1]:
        below = tree.setdefault(part, {})
        if not isinstance(below, dict):
            return
        tree = below
    tree.setdefault(path[-1], value)


def _with_arrays(tree: Any) -> Any:
    """Make arrays of what is numbered from 0."""
    if not isinstance(tree, dict):
        return tree
    grown = {name: _with_arrays(below) for name, below in tree.items()}
    if grown and all(name.isdigit() for name in grown):
        return [grown[name] for name in sorted(grown, key=int)]
    return grown
