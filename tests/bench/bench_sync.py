"""Sync from a stub LRS on loopback into SQLite and PostgreSQL: Statements a second, client CPU, memory.

Run from the checkout: ``python -m tests.bench.bench_sync [--count N] [--full]``. Every figure is of a process of its
own. The yardstick of the same run is the walk alone (fetch and decode, nothing kept): the ratio says what keeping
costs, on any machine. ``--full`` reads 10,000, 100,000 and 2,000,000 Statements once each: whether time is linear and
memory flat.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from uuid import uuid4

from connector.demo.processes import free_port
from tests.bench.measured_sync import PAGE, WALK, Figures
from tests.conftest import _Server

RUNS = 5
SIZES = (10_000, 100_000, 2_000_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--full", action="store_true", help="10,000 to 2,000,000 statements: a quarter of an hour")
    arguments = parser.parse_args()
    if arguments.full:
        print_growth(measured_growth(SIZES))
    else:
        _print_medians(arguments.count)


def _print_medians(count: int) -> None:
    walks, lite, full = measured_rounds(count)
    walk = statistics.median(one.rate for one in walks)
    print(f"{count:,} statements, pages of {PAGE}, median of {RUNS}; the three take turns")
    print(f"{'':24}{'statements/s':>14}{'client CPU s':>14}{'of the walk':>13}{'peak MiB':>10}")
    for name, runs in (("walk alone", walks), ("into SQLite", lite), ("into PostgreSQL", full)):
        rate, cpu = (statistics.median(values) for values in zip(*((one.rate, one.cpu) for one in runs), strict=True))
        print(f"{name:24}{rate:>14,.0f}{cpu:>14.2f}{rate / walk:>13.2f}{max(one.memory for one in runs):>10.0f}")


def measured_rounds(count: int, runs: int = RUNS) -> tuple[list[Figures], list[Figures], list[Figures]]:
    """Measure the walk, SQLite and PostgreSQL in turn, so that what else runs on the machine falls on all alike."""
    with databases() as (new_lite, new_full), stub_lrs(count) as url:
        rounds = [
            (apart(url, WALK, count), apart(url, new_lite(), count), apart(url, new_full(), count)) for _ in range(runs)
        ]
    walks, lite, full = map(list, zip(*rounds, strict=True))
    return walks, lite, full


def measured_growth(sizes: Sequence[int]) -> dict[int, tuple[Figures, Figures]]:
    """Measure SQLite and PostgreSQL at several sizes."""
    found = {}
    for count in sizes:
        with databases() as (new_lite, new_full), stub_lrs(count) as url:
            found[count] = apart(url, new_lite(), count), apart(url, new_full(), count)
    return found


def print_growth(found: dict[int, tuple[Figures, Figures]]) -> None:
    """Print what ``measured_growth`` found."""
    print(f"{'':24}{'statements':>12}{'statements/s':>14}{'client CPU µs each':>20}{'peak MiB':>10}")
    for count, both in found.items():
        for name, one in zip(("into SQLite", "into PostgreSQL"), both, strict=True):
            each = one.cpu / count * 1e6
            print(f"{name:24}{count:>12,}{one.rate:>14,.0f}{each:>20.1f}{one.memory:>10.0f}", flush=True)


@contextmanager
def databases() -> Iterator[tuple[Callable[[], str], Callable[[], str]]]:
    """Give a fresh database each time one is asked for: of SQLite, and of a PostgreSQL server of our own."""
    with tempfile.TemporaryDirectory() as folder, _Server() as server:
        yield lambda: f"sqlite:///{folder}/{uuid4().hex}.db", lambda: _fresh(server)


def _fresh(server: str) -> str:
    name = f"b{uuid4().hex}"
    subprocess.run(["psql", "-q", server, "-c", f"CREATE DATABASE {name}"], check=True)
    return server.replace("/postgres?", f"/{name}?")


@contextmanager
def stub_lrs(count: int) -> Iterator[str]:
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


def apart(url: str, kept_in: str, count: int) -> Figures:
    """Measure in a fresh process; ``kept_in`` is a database's address, or ``walk`` for the walk alone."""
    command = [sys.executable, "-m", "tests.bench.measured_sync", url, kept_in, str(count)]
    environment = os.environ | {"ONWARD_ENV": "development"}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    return Figures(**json.loads(done.stdout))


if __name__ == "__main__":
    main()
