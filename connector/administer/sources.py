"""Sources: connect an LRS, test what it does, take it away."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import SourceId, TenantId
from connector.errors import BadInput
from connector.store import sources
from connector.store.seal import Seal
from connector.store.sources import SourceRecord
from lrs_adapters.base import Probe, StatementSource

GRAINS = ("course", "activity")

Open = Callable[[SourceRecord], StatementSource]


@dataclass(frozen=True, slots=True)
class NewSource:
    """What an operator says of an LRS."""

    name: str
    kind: str
    url: str
    key: str
    secret: str
    grain: str = "course"


def add(new: NewSource, tenant: TenantId, sessions: sessionmaker[Session], seal: Seal, clock: Clock) -> SourceId:
    """Add an LRS; the secret is sealed before it is stored.

    Raises
    ------
    BadInput
        If the name is taken or empty, or the grain unknown.
    """
    if not new.name.strip():
        raise BadInput("A source needs a name.")
    if new.grain not in GRAINS:
        raise BadInput(f"The grain must be one of: {', '.join(GRAINS)}.")
    values: dict[str, Any] = {
        "name": new.name.strip(),
        "kind": new.kind,
        "url": new.url,
        "auth_key": new.key,
        "sealed_secret": seal.close(new.secret.encode()),
        "grain": new.grain,
    }
    with sessions.begin() as session:
        return sources.add(session, tenant, values, clock())


def test(
    name: str, tenant: TenantId, readers: sessionmaker[Session], sessions: sessionmaker[Session], open_source: Open
) -> Probe:
    """Ask the LRS for what it is and one page, and keep what that showed.

    Raises
    ------
    UnknownName
        If there is no such Source.
    LRSError
        If it does not answer, refuses, or talks nonsense.
    """
    with readers.begin() as session:
        record = sources.by_name(session, tenant, name)
    source = open_source(record)
    try:
        probe = source.probe()
    finally:
        source.close()
    with sessions.begin() as session:
        sources.keep_probe(session, tenant, record.id, asdict(probe))
    return probe


def remove(name: str, tenant: TenantId, sessions: sessionmaker[Session]) -> None:
    """Take a Source and its Facts away; raises UnknownName."""
    with sessions.begin() as session:
        sources.remove(session, tenant, name)
