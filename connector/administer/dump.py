"""A dump of what the database knows, for comparing two sites or two states of one."""

import os
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from connector.domain import TenantId
from connector.errors import BadInput
from connector.store import canonical


def canonical_dump(tenant: TenantId, readers: sessionmaker[Session], file: Path) -> tuple[int, str]:
    """Write the canonical dump to the new ``file``, mode 600; return its number of lines and SHA-256 in hex.

    Raises
    ------
    BadInput
        If the file exists or cannot be written.
    """
    with readers.begin() as session:
        return _written(file, canonical.lines(session, tenant))


def fingerprint(tenant: TenantId, readers: sessionmaker[Session]) -> tuple[int, str]:
    """Return the number of lines of the canonical dump and the SHA-256 of its bytes in hex, and write nothing."""
    with readers.begin() as session:
        return _digest(canonical.lines(session, tenant))


def _written(file: Path, lines: Iterable[str]) -> tuple[int, str]:
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise BadInput(f"{file} exists: choose a new name, dumps are never overwritten.") from error
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}.") from error
    count, digest = 0, sha256()
    with os.fdopen(handle, "wb") as opened:
        for line in lines:
            written = line.encode(errors="surrogatepass") + b"\n"
            digest.update(written)
            opened.write(written)
            count += 1
    return count, digest.hexdigest()


def _digest(lines: Iterable[str]) -> tuple[int, str]:
    count, digest = 0, sha256()
    for line in lines:
        digest.update(line.encode(errors="surrogatepass") + b"\n")
        count += 1
    return count, digest.hexdigest()
