"""Import: a catalogue file in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from connector.catalog.files import read_catalog
from connector.catalog.taking import Taken, join_families, take
from connector.clock import Clock
from connector.domain import TenantId
from connector.store.names import chunks

BATCH = 500
"""Items a transaction: launches never wait long for the database's write lock."""

Tell = Callable[[int, int], None]
"""Hear how many Items of how many are done."""


def quiet(_done: int, _of: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class CatalogReport:
    """What an import did.

    ``taken`` counts the Items of the file, ``without_url`` those without a start link of their own, ``joined`` those
    that went to another Family; ``refused`` has a sentence for each line left out, ``notes`` those on the file.
    """

    taken: int
    without_url: int
    changes: Taken = field(default_factory=Taken)
    joined: int = 0
    refused: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def import_catalog(
    file: Path, tenant: TenantId, sessions: sessionmaker[Session], clock: Clock, tell: Tell = quiet
) -> CatalogReport:
    """Take a CSV or JSON catalogue in; lines that cannot be read are told and left out.

    It can be stopped and begun again: Items that are taken in already are as the file says, and change no more.

    Raises
    ------
    BadInput
        If the file as a whole cannot be read.
    """
    read, changes, done = read_catalog(file), Taken(), 0
    for some in chunks(read.entries, BATCH):
        with sessions.begin() as session:
            changes += take(session, tenant, some, clock())
        done += len(some)
        tell(done, len(read.entries))
    with sessions.begin() as session:
        joined = join_families(session, tenant, read.entries)
    without = sum(1 for entry in read.entries if not entry.columns.get("url"))
    return CatalogReport(len(read.entries), without, changes, joined, read.refused, read.notes)
