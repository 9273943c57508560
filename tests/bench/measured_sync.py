"""One sync, or one walk, in a process of its own that holds nothing else: what ``bench_sync`` measures.

Run as ``python -m tests.bench.measured_sync URL KEPT_IN COUNT``, where KEPT_IN is a database's address, or ``walk`` to
keep nothing; it prints the figures as JSON.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from connector.cli.base import quiet_log
from connector.domain import TenantId
from connector.statements.interpret import Interpreter
from connector.store import database, site, sources
from connector.store.leases import me
from connector.store.seal import Seal
from connector.sync import Reading, sync
from lrs_adapters.registry import open_source

PAGE = 500
KEY = b"k" * 32
WALK = "walk"


@dataclass(frozen=True, slots=True)
class Figures:
    """What one process measured: Statements a second, CPU seconds of its own, the most memory that it had in MiB."""

    rate: float
    cpu: float
    memory: float


def main() -> None:
    quiet_log()
    url, kept_in, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    print(json.dumps(asdict(_measured(_walking(url) if kept_in == WALK else _syncing(url, kept_in), count))))


def _measured(work: Callable[[], int], count: int) -> Figures:
    begun, cpu = time.perf_counter(), time.process_time()
    read = work()
    assert read == count, (read, count)
    rate, cpu = count / (time.perf_counter() - begun), time.process_time() - cpu
    return Figures(rate, cpu, _peak())


def _peak() -> float:
    """Return the most memory that this program had, in MiB; what rusage says counts the parent before exec, too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (peak,) = (int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    return peak / 1024


def _walking(url: str) -> Callable[[], int]:
    source = open_source("xapi", url, "key", "secret", page_size=PAGE)
    interpret = Interpreter(KEY)
    return lambda: sum(len([interpret.read(raw) for raw in page.statements]) for page in source.tail(None))


def _syncing(url: str, database_url: str) -> Callable[[], int]:
    engine = database.create_engine(database_url)
    database.upgrade(engine)
    sessions, now = database.sessions_of(engine), datetime.now(UTC)
    with sessions.begin() as session:
        tenant: TenantId = site.add_tenant(session, "site", now)
        values = {"name": "stub", "kind": "xapi", "url": url, "auth_key": "key", "grain": "course"}
        sources.add(session, tenant, values, now)
        record = sources.by_name(session, tenant, "stub")
    reading = Reading(
        tenant=tenant,
        record=record,
        source=open_source("xapi", url, "key", "secret", page_size=PAGE),
        interpret=Interpreter(KEY),
        sessions=sessions,
        readers=database.readers_of(engine),
        seal=Seal("s" * 43),
        clock=lambda: datetime.now(UTC),
        owner=me(),
    )
    return lambda: sync(reading).added


if __name__ == "__main__":
    main()
