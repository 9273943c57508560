"""Sync from a stub LRS on loopback into SQLite and PostgreSQL: Statements a second, client CPU, memory.

Run from the checkout: ``python -m tests.bench.bench_sync [--count N]``. The yardstick of the same run is the walk
alone (fetch and decode, nothing kept): the ratio says what keeping costs, on any machine.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import create_engine, text

from connector.demo.processes import free_port
from connector.domain import TenantId
from connector.statements.interpret import Interpreter
from connector.store import database, site, sources
from connector.store.leases import me
from connector.store.seal import Seal
from connector.sync import Reading, sync
from lrs_adapters.registry import open_source
from tests.conftest import _Server

PAGE = 500
RUNS = 3
KEY = b"k" * 32


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=50_000)
    count = arguments.parse_args().count
    with stub_lrs(count) as url, tempfile.TemporaryDirectory() as folder, _Server() as postgres:
        walks = [_walk(url, count) for _ in range(RUNS)]
        lite = [_sync(url, f"sqlite:///{folder}/{uuid4().hex}.db", count) for _ in range(RUNS)]
        full = [_sync(url, _fresh(postgres), count) for _ in range(RUNS)]
    walk = statistics.median(one["rate"] for one in walks)
    print(f"{count:,} statements, pages of {PAGE}, median of {RUNS}")
    print(f"{'':24}{'statements/s':>14}{'client CPU s':>14}{'of the walk':>13}")
    for name, runs in (("walk alone", walks), ("into SQLite", lite), ("into PostgreSQL", full)):
        rate = statistics.median(one["rate"] for one in runs)
        cpu = statistics.median(one["cpu"] for one in runs)
        print(f"{name:24}{rate:>14,.0f}{cpu:>14.1f}{rate / walk:>13.2f}")
    print(f"peak memory of the reader: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


@contextmanager
def stub_lrs(count: int) -> Any:
    """Run the stub LRS in a process of its own."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.stub_lrs", str(port), str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield f"http://127.0.0.1:{port}/xapi"
        finally:
            process.terminate()


def _measured(work: Any, count: int) -> dict[str, float]:
    begun, cpu = time.perf_counter(), time.process_time()
    read = work()
    assert read == count, (read, count)
    return {"rate": count / (time.perf_counter() - begun), "cpu": time.process_time() - cpu}


def _walk(url: str, count: int) -> dict[str, float]:
    source = open_source("xapi", url, "key", "secret", page_size=PAGE)
    interpret = Interpreter(KEY)

    def work() -> int:
        ids = set()  # the adapter asks for the last page once more
        for page in source.tail(None):
            ids.update(interpret.read(raw).facts[0].statement_id for raw in page.statements)
        return len(ids)

    return _measured(work, count)


def _sync(url: str, database_url: str, count: int) -> dict[str, float]:
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
    measured = _measured(lambda: sync(reading).added, count)
    engine.dispose()
    return measured


def _fresh(server: str) -> str:
    name = f"b{uuid4().hex}"
    admin = create_engine(server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return server.replace("/postgres?", f"/{name}?")


if __name__ == "__main__":
    os.environ.setdefault("ONWARD_ENV", "development")
    from connector.cli.base import quiet_log

    quiet_log()
    main()
