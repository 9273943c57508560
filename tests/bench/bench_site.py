"""A training step by step on a site of 10,000 learners x 2,000 items x 0.5 M facts, on SQLite and on PostgreSQL.

Run from the checkout: ``python -m tests.bench.bench_site [--learners N] [--items N]``. Reading is measured beside that
Fact by Fact; the search is what choosing the weights takes above a training with the weights given; publishing is
writing the lists in batches, as a training does. PostgreSQL is left out where Debian's package is not installed. Memory
is the peak of the process so far, the generated facts included.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from connector.administer.site import OpenSite, init_site, open_site
from connector.cli.base import quiet_log
from connector.domain import NeighbourList, TenantId
from connector.recommend.columns import Columns
from connector.recommend.engine import EngineSettings, Learned, learn
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.signals import weighed
from connector.recommend.together import CosineNeighbours
from connector.store import interactions, models, sources, training_rows
from connector.train import BATCH, matrix_of
from tests.bench.bench_page import KEY, _fill
from tests.bench.generate import Shape
from tests.conftest import POSTGRES_BIN, _Server

MILLION = 1_000_000


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--learners", type=int, default=10_000)
    arguments.add_argument("--items", type=int, default=2_000)
    given = arguments.parse_args()
    shape = Shape(given.learners, given.items, 50, tastes=20, loyalty=0.5)
    with tempfile.TemporaryDirectory() as folder:
        tables = {"SQLite": measured(f"sqlite:///{Path(folder) / 'onward.db'}", shape)}
    if POSTGRES_BIN:
        with _Server() as url:
            tables["PostgreSQL"] = measured(url, shape)
    print(f"{'':34}" + "".join(f"{name:>14}" for name in tables))
    for name in tables["SQLite"]:
        print(f"{name:34}" + "".join(f"{table[name]:>14,.2f}" for table in tables.values()))


def measured(url: str, shape: Shape) -> dict[str, float]:
    """Return seconds, rates and MiB of each step of a training on a fresh site at ``url``."""
    site = _filled(url, shape)
    training, reading, cpu = _timed(lambda: _read(site, _columns))
    _, by_fact, _ = _timed(lambda: _read(site, interactions.for_training))
    columns = (training.learners, training.items, training.signals, training.times, training.values)
    matrix, weighing, _ = _timed(lambda: matrix_of(weighed(*columns)))
    _, together, _ = _timed(lambda: CosineNeighbours(threads=2).fit(matrix.weights, when=matrix.when))
    return {
        "rows": float(len(training.learners)),
        "reading, M rows/s": len(training.learners) / reading / MILLION,
        "reading, M rows/CPU s": len(training.learners) / cpu / MILLION,
        "reading Fact by Fact, M rows/s": len(training.learners) / by_fact / MILLION,
        "weighing and matrix, s": weighing,
        "together, s": together,
        **_learned(site, matrix),
        "peak MiB": _peak(),
    }


def _filled(url: str, shape: Shape) -> OpenSite:
    init_site(url, KEY, lambda: datetime.now(UTC))
    site = open_site(url, KEY)
    values = {"name": "bench", "kind": "xapi", "url": "http://127.0.0.1", "auth_key": "", "grain": "course"}
    with site.sessions.begin() as session:
        source = sources.add(session, site.tenant, values, datetime.now(UTC))
    _fill(site, source, shape)
    return site


def _columns(session: Session, tenant: TenantId) -> Columns:
    return Columns.of(training_rows.read(session, tenant))


def _read(site: OpenSite, read: Callable[..., Any]) -> Any:
    with site.readers.begin() as session:
        return read(session, site.tenant)


def _learned(site: OpenSite, matrix: InteractionMatrix) -> dict[str, float]:
    learned, whole, _ = _timed(lambda: learn(matrix))
    _, given, _ = _timed(lambda: learn(matrix, settings=EngineSettings(choice=learned.choice)))
    _, publishing, _ = _timed(lambda: _published(site, matrix, learned))
    return {
        "search of weights, s": whole - given,
        "fits of one kind in it, at most": float(learned.choice.fits),
        "other kinds, weights given, s": given,
        "publishing, s": publishing,
        "publishing, lists/s": len(learned.lists) / publishing,
    }


def _published(site: OpenSite, matrix: InteractionMatrix, learned: Learned) -> None:
    now = datetime.now(UTC)
    with site.sessions.begin() as session:
        model = models.start(
            session,
            site.tenant,
            parameters={},
            scale=learned.scale,
            learners=len(matrix.learners),
            items=len(matrix.items),
            interactions=matrix.interactions,
            data_as_of=now,
            now=now,
        )
    lists: list[NeighbourList] = list(learned.lists)
    for start in range(0, len(lists), BATCH):
        with site.sessions.begin() as session:
            models.write(session, site.tenant, model, lists[start : start + BATCH])
    with site.sessions.begin() as session:
        models.publish(session, site.tenant, model, neighbours=len(lists), fingerprint="", now=now)


def _timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    begun, spent = time.perf_counter(), time.process_time()
    done = work()
    return done, time.perf_counter() - begun, time.process_time() - spent


def _peak() -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    quiet_log()
    main()
