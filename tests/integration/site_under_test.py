"""A site with known keys on a given database, Sources in memory, and what its learners see."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from connector.administer.keys import SiteKeys
from connector.administer.recommend import recommend
from connector.administer.site import OpenSite
from connector.administer.sources import NewSource, add
from connector.administer.status import status
from connector.clock import Clock, fixed
from connector.domain import Identifier, IfiKind
from connector.recommend.together import CosineNeighbours
from connector.statements.interpret import Interpreter
from connector.store import database, sources
from connector.store import site as stored_site
from connector.store.seal import Seal
from connector.sync import Reading, SyncReport, sync
from connector.train import Workshop, train
from lrs_adapters.base import LRSError, Position, Probe, StatementPage
from lrs_adapters.memory import MemorySource
from lrs_adapters.profiles import XAPI
from tests.integration.stating import KEY, LMS

SECRET = "a secret key of more than thirty-two characters"
HOST = frozenset({"lms.example"})


def open_site(engine: Engine, now: datetime, name: str = stored_site.FIRST_TENANT) -> OpenSite:
    """The site ``name``, made if new, with the tests' own hashing key."""
    sessions = database.sessions_of(engine)
    with sessions.begin() as session:
        tenant = stored_site.add_tenant(session, name, now)
    return OpenSite(engine, sessions, database.readers_of(engine), Seal(SECRET), tenant, SiteKeys(KEY, KEY, ()))


def reading(
    site: OpenSite,
    statements: list[dict[str, Any]],
    clock: Clock,
    *,
    name: str = "lrs",
    page_size: int = 50,
    owner: str = "elsewhere:1:1",
) -> Reading:
    """A Source in memory that holds ``statements`` (the list itself: what is appended later comes later)."""
    with site.readers.begin() as session:
        known = [one.name for one in sources.all_of(session, site.tenant)]
    if name not in known:
        add(
            NewSource(name, "xapi", "https://lrs.example/xapi", "key", "secret"),
            site.tenant,
            site.sessions,
            site.seal,
            clock,
        )
    with site.readers.begin() as session:
        record = sources.by_name(session, site.tenant, name)
    return Reading(
        tenant=site.tenant,
        record=record,
        source=MemorySource(statements, replace(XAPI, page_size=page_size)),
        interpret=Interpreter(site.keys.hashing),
        sessions=site.sessions,
        readers=site.readers,
        seal=site.seal,
        clock=clock,
        owner=owner,
        together=1,  # each page in a transaction of its own, so that what a test stops after is told by its pages
    )


def synced(site: OpenSite, statements: list[dict[str, Any]], now: datetime, **options: Any) -> SyncReport:
    """Read ``statements`` to their end, by a process that has met no name yet."""
    return sync(reading(site, statements, fixed(now), **options))


def trained(site: OpenSite, now: datetime) -> None:
    train(Workshop(site.tenant, site.sessions, site.readers, fixed(now), "elsewhere:1:1"), CosineNeighbours())


def page_of(site: OpenSite, name: str, now: datetime) -> dict[str, Any]:
    """What the learner with account ``name`` sees, as JSON values."""
    who = Identifier(IfiKind.ACCOUNT, name, LMS)
    return recommend(site, who, fixed(now), HOST, timedelta(hours=1))


def shown_in(page: dict[str, Any]) -> list[str]:
    """The IRIs of all Cards of a page."""
    return [card["iri"] for row in page["rows"] for card in row["cards"]]


def told(site: OpenSite, now: datetime) -> dict[str, Any]:
    return status(site.tenant, site.readers, fixed(now))


@dataclass(slots=True)
class FailingSource:
    """A Source that gives ``pages`` and then raises ``error``, as often as it is asked."""

    pages: Sequence[StatementPage]
    error: LRSError
    sweep_every: timedelta = timedelta(seconds=30)
    asked: int = 0

    def tail(self, position: Position | None) -> Iterator[StatementPage]:
        self.asked += 1
        yield from self.pages
        raise self.error

    def sweep(self, position: Position | None) -> Iterator[StatementPage]:
        return self.tail(position)

    def probe(self) -> Probe:
        raise self.error

    def close(self) -> None:
        """Nothing is open."""
