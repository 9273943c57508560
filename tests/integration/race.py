"""A race: four writers commit out of order while pollers read at their own pace; then the count."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import requests
from sqlalchemy import Engine, func, select

from connector.administer.site import OpenSite
from connector.administer.sources import NewSource, add
from connector.clock import now as the_time
from connector.statements.interpret import Interpreter
from connector.store import sources
from connector.store.tables import fact
from connector.sync import Reading, sync
from lrs_adapters.registry import open_source
from tests.contract.racing import RacingLrs, served, written
from tests.integration.site_under_test import open_site


@dataclass(slots=True)
class Poller:
    """One site (a Tenant of its own) that reads the LRS every ``pause`` seconds."""

    site: OpenSite
    reading: Reading
    pause: float

    def poll(self, until: threading.Event) -> None:
        while not until.is_set():
            sync(self.reading)
            until.wait(self.pause)

    def facts(self) -> tuple[int, int]:
        """All Facts, and distinct Statements among them."""
        with self.site.readers.begin() as session:
            query = select(func.count(), func.count(fact.c.statement_id.distinct()))
            row = session.execute(query.where(fact.c.tenant_id == self.site.tenant)).one()
        return row[0], row[1]

    def rest(self, overlap: timedelta) -> None:
        """Read on until sweeps that began after the last commit have ended: one is due every half overlap."""
        end = time.monotonic() + 1.6 * overlap.total_seconds()
        while time.monotonic() < end:
            sync(self.reading)
            time.sleep(overlap.total_seconds() / 8)


@dataclass(slots=True)
class NaiveReader:
    """What not to do: ask since the newest Stored that was seen. The control of the experiment."""

    url: str
    pause: float
    seen: set[str] = field(default_factory=set)
    since: str = ""

    def poll(self, until: threading.Event) -> None:
        while not until.is_set():
            self.read()
            until.wait(self.pause)

    def read(self) -> None:
        more = f"{self.url}/statements?limit=100" + (f"&since={self.since.replace('+', '%2B')}" if self.since else "")
        while more:
            told = requests.get(more, timeout=10).json()
            for one in told["statements"]:
                self.seen.add(one["id"])
                self.since = max(self.since, one["stored"])
            more = self.url.removesuffix("/xapi") + told["more"] if told["more"] else ""


def poller(engine: Engine, url: str, pause: float, overlap: timedelta) -> Poller:
    """A new site on ``engine`` that reads ``url``."""
    site = open_site(engine, datetime.now(UTC), f"every {pause} s")
    add(NewSource("lrs", "xapi", url, "key", "secret"), site.tenant, site.sessions, site.seal, the_time)
    with site.readers.begin() as session:
        record = sources.by_name(session, site.tenant, "lrs")
    source = open_source("xapi", url, "key", "secret", overlap=overlap, page_size=100)
    interpret = Interpreter(site.keys.hashing)
    reading = Reading(
        site.tenant, record, source, interpret, site.sessions, site.readers, site.seal, the_time, f"race:{pause}:1"
    )
    return Poller(site, reading, pause)


def race(
    engine: Engine, count: int, seconds: float, slowest: float, overlap: timedelta, pauses: Sequence[float]
) -> tuple[dict[float, tuple[int, int]], int]:
    """Run the race; return per poller (Facts, distinct Statements), and how many the naive reader got."""
    lrs = RacingLrs()
    with served(lrs) as url:
        pollers = [poller(engine, url, pause, overlap) for pause in pauses]
        naive, over = NaiveReader(url, min(pauses)), threading.Event()
        readers = [threading.Thread(target=one.poll, args=(over,)) for one in (*pollers, naive)]
        for reader in readers:
            reader.start()
        for writer in written(lrs, count, seconds, slowest, seed=5):
            writer.join()
        over.set()
        for reader in readers:
            reader.join()
        naive.read()
        _together([threading.Thread(target=one.rest, args=(overlap,)) for one in pollers])
        for one in pollers:
            one.reading.source.close()
        return {one.pause: one.facts() for one in pollers}, len(naive.seen)


def _together(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
