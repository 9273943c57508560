"""Tombstones in a file apart from the database: what a backup that is older than an erasure is put right with.

One JSON object a line: ``tenant``, ``key`` (a mark of the hashing key), ``digest`` (64 hex digits) and ``erased_at``. A
digest is keyed: without the site's hashing key, which is not in the file, nobody can find out whose it is.
"""

import hmac
import json
import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from connector.errors import BadInput
from connector.store.erase import Tombstone

_DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class KeptTombstone:
    """A Tombstone with the name of its Tenant and the mark of the key that it was made with."""

    tenant: str
    key: str
    tombstone: Tombstone


def mark_of(hashing_key: bytes) -> str:
    """Return 16 hex digits that tell hashing keys apart and say nothing about them."""
    return hmac.digest(hashing_key, b"mark of tombstones", "sha256").hex()[:16]


def write(file: Path, kept: Iterable[KeptTombstone]) -> int:
    """Write tombstones to the new file ``file``, mode 600; return how many.

    Raises
    ------
    BadInput
        If the file exists or cannot be written.
    """
    lines = [_line(one) for one in kept]
    _append(file, lines, os.O_EXCL)
    return len(lines)


def append(file: Path, kept: Iterable[KeptTombstone]) -> None:
    """Add tombstones to ``file``, made with mode 600 if new; they are on the disk when this returns.

    Raises
    ------
    BadInput
        If the file cannot be written.
    """
    _append(file, [_line(one) for one in kept], os.O_APPEND)


def _append(file: Path, lines: Sequence[str], flag: int) -> None:
    try:
        number = os.open(file, os.O_WRONLY | os.O_CREAT | flag, stat.S_IRUSR | stat.S_IWUSR)
    except FileExistsError as error:
        raise BadInput(f"{file} exists: choose a new name, lists of tombstones are never overwritten.") from error
    except OSError as error:
        raise BadInput(f"Tombstones cannot be written to {file}: {error.strerror}. Nothing was erased.") from error
    with open(number, "w", encoding="ascii") as opened:  # noqa: PTH123 - a number, not a path
        opened.write(_end_of_a_broken_line(file) + "".join(f"{line}\n" for line in lines))
        opened.flush()
        os.fsync(number)


def _end_of_a_broken_line(file: Path) -> str:
    """Return the end that the last line lacks, where a process was killed while it wrote."""
    with file.open("rb") as opened:
        size = opened.seek(0, os.SEEK_END)
        opened.seek(max(0, size - 1))
        return "" if opened.read(1) in {b"", b"\n"} else "\n"


def _line(one: KeptTombstone) -> str:
    said = {"tenant": one.tenant, "key": one.key, "digest": one.tombstone.digest.hex()}
    return json.dumps(said | {"erased_at": one.tombstone.erased_at.isoformat()})


def read(file: Path) -> list[KeptTombstone]:
    """Return the tombstones of a file.

    Raises
    ------
    BadInput
        If it cannot be read, or a line is no tombstone; the sentence has its number.
    """
    try:
        whole = file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} cannot be read as a list of tombstones: {type(error).__name__}.") from error
    return [_read(file, number, line) for number, line in enumerate(whole.split("\n"), start=1) if line.strip()]


def _read(file: Path, number: int, line: str) -> KeptTombstone:
    try:
        said = json.loads(line)
        digest, erased_at = bytes.fromhex(said["digest"]), datetime.fromisoformat(said["erased_at"])
        whole = len(digest) == _DIGEST_BYTES and erased_at.tzinfo is not None
        kept = KeptTombstone(str(said["tenant"]), str(said["key"]), Tombstone(digest, erased_at))
    except (ValueError, KeyError, TypeError) as error:
        raise _broken(file, number) from error
    if not whole:
        raise _broken(file, number)
    return kept


def _broken(file: Path, number: int) -> BadInput:
    return BadInput(
        f"Line {number} of {file} is no tombstone. If a process was killed while it wrote that line, delete the line: "
        "nobody was erased yet."
    )


def of_key(kept: Iterable[KeptTombstone], tenant: str, hashing_key: bytes) -> list[Tombstone]:
    """Return the tombstones of one Tenant that were made with this hashing key; others name nobody here."""
    mark = mark_of(hashing_key)
    return [one.tombstone for one in kept if one.tenant == tenant and one.key == mark]
