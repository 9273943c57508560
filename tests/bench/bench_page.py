"""``POST /page`` under wrk: server time, page weight, memory of a worker; a bare Flask answer in the same run.

Run from the checkout: ``python -m tests.bench.bench_page [--learners N --items N --mean N] [--database URL]``. The site
has that many learners with that many completions each, a trained model and gunicorn with two processes; wrk asks, over
two connections, for pages of 500 learners drawn at random and then of the 500 with the most completions. With
``--database`` the site is what is there (`tests.bench.page_site` writes a large one on PostgreSQL).
"""

import argparse
import gzip
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import requests
from sqlalchemy import func, select

from connector.administer.recommend import visit_of
from connector.administer.site import OpenSite, init_site, open_site
from connector.demo.processes import free_port, start, stop, wait_until_ready
from connector.domain import (
    ActivityDraft,
    FactDraft,
    HashedIdentity,
    IfiKind,
    Iri,
    LearnerId,
    PlatformId,
    SourceId,
)
from connector.lti.own_tokens import SessionKey
from connector.lti.visit import encode_visit
from connector.recommend.together import CosineNeighbours
from connector.store import facts, platforms, sources, tables
from connector.train import train
from connector.wiring_train import workshop
from tests.bench.generate import Shape, generated
from widgets import STATIC

KEY = "k" * 43
SECONDS = 15
PAGES = 500
WRK = Path(__file__).with_name("pages.lua")
BARE = """
from flask import Flask
app = Flask(__name__)
@app.post("/page")
def page():
    return "a bare answer"
"""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--learners", type=int, default=10_000)
    arguments.add_argument("--items", type=int, default=2_000)
    arguments.add_argument("--mean", type=float, default=50)
    arguments.add_argument("--database", default="", help="a site with the benchmark's key; else one is made")
    given = arguments.parse_args()
    shape = Shape(given.learners, given.items, given.mean, tastes=20, loyalty=0.5)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        site = open_site(given.database, KEY) if given.database else _site(folder, shape)
        url = given.database or f"sqlite:///{folder / 'onward.db'}"
        drawn, heavy = _tokens(site), _tokens(site, most=True)
        (folder / "tokens").write_text("\n".join(drawn))
        (folder / "heavy").write_text("\n".join(heavy))
        rows, measured = _measured(folder, url, drawn)
    _print(shape, url.partition(":")[0], rows, measured)


# --- the site ----------------------------------------------------------------------------------------------------


def _site(folder: Path, shape: Shape) -> OpenSite:
    url = f"sqlite:///{folder / 'onward.db'}"
    init_site(url, KEY, lambda: datetime.now(UTC))
    site = open_site(url, KEY)
    with site.sessions.begin() as session:
        now = datetime.now(UTC)
        values = {"name": "bench", "kind": "xapi", "url": "http://127.0.0.1", "auth_key": "", "grain": "course"}
        source = sources.add(session, site.tenant, values, now)
        sources.succeeded(session, site.tenant, source, now)
        platforms.add(session, site.tenant, _platform(), now)
    _fill(site, source, shape)
    begun = time.perf_counter()
    train(workshop(site), CosineNeighbours())
    print(f"trained in {time.perf_counter() - begun:.1f} s", file=sys.stderr)
    return site


def _platform() -> dict[str, Any]:
    url = "https://lms.example.edu"
    return {
        "name": "lms",
        "issuer": url,
        "client_id": "c",
        "auth_url": f"{url}/auth",
        "token_url": "",
        "jwks_url": f"{url}/jwks",
        "frame_origins": [url],
        "match_rules": {},
        "switches": {},
    }


def _fill(site: OpenSite, source: SourceId, shape: Shape) -> None:
    columns = generated(shape, 7)
    known, now = facts.KnownNames(), datetime.now(UTC)
    entries = list(zip(columns.learners.tolist(), columns.items.tolist(), columns.times.tolist(), strict=True))
    begun = time.perf_counter()
    for at in range(0, len(entries), 10_000):
        drafts = [_fact(at + place, *entry) for place, entry in enumerate(entries[at : at + 10_000])]
        with site.sessions.begin() as session:
            added = facts.add(session, site.tenant, source, drafts, [], known=known, now=now)
        known.keep(added.resolved)
    print(f"{len(entries):,} facts in {time.perf_counter() - begun:.0f} s", file=sys.stderr)


def _fact(number: int, learner: int, item: int, at: int) -> FactDraft:
    iri = Iri(f"https://lms.example.edu/course/view.php?id={item}")
    digest = sha256(str(learner).encode()).digest()
    return FactDraft(
        statement_id=UUID(int=number + 1),
        member=0,
        identity=HashedIdentity(IfiKind.ACCOUNT, "https://lms.example.edu", digest, digest, "digits(4)"),
        activity=ActivityDraft(iri, "course", iri, part=False, names={"en": f"Course number {item} of the catalogue"}),
        verb=Iri("http://adlnet.gov/expapi/verbs/completed"),
        attempt=None,
        flags=0,
        score=None,
        progress=None,
        stored=None,
        timestamp=datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at),
    )


def _tokens(site: OpenSite, *, most: bool = False) -> list[str]:
    """Return Visits of learners who did something, drawn at random, or of those who did ``most``."""
    table = tables.fact
    counted = select(table.c.identity_id, func.count().label("facts")).group_by(table.c.identity_id).subquery()
    query = select(tables.identity.c.learner_id).join(counted, counted.c.identity_id == tables.identity.c.id)
    with site.readers.begin() as session:
        found = session.scalars(query.order_by(counted.c.facts.desc(), tables.identity.c.id)).all()
        chosen = found[:PAGES] if most else random.Random(11).sample(found, min(PAGES, len(found)))
        learners = [LearnerId(number) for number in chosen]
        platform = session.scalar(select(tables.platform.c.id))
    now = datetime.now(UTC)
    key = SessionKey(site.keys.session)
    visits = (visit_of(site, learner, PlatformId(platform or 0), now) for learner in learners)
    return [encode_visit(replace(visit, expires_at=now + timedelta(hours=1)), key) for visit in visits]


# --- the servers -------------------------------------------------------------------------------------------------


def _measured(folder: Path, url: str, tokens: list[str]) -> tuple[dict[str, dict[str, float]], dict[str, Any]]:
    """Return what wrk measured of a bare answer and of pages, and what pages and workers weigh."""
    port = free_port()
    with _running(folder, "bare", port, url):
        rows = {"bare Flask": _wrk(folder, port, "tokens")}
    port = free_port()
    with _running(folder, "onward", port, url) as process:
        measured = _weighed(port, tokens, process.pid)
        for name, whose in (("POST /page", "tokens"), ("longest histories", "heavy")):
            before = _cpu(process.pid)
            rows[name] = _wrk(folder, port, whose)
            rows[name]["cpu"] = (_cpu(process.pid) - before) / max(rows[name]["rate"] * SECONDS, 1) * 1_000
    return rows, measured


def _cpu(parent: int) -> float:
    """Return the seconds of processor that the workers have used."""
    told = [Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split() for child in _children(parent)]
    return sum(int(one[11]) + int(one[12]) for one in told) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _running(folder: Path, which: str, port: int, url: str) -> Any:
    environment = dict(os.environ) | {
        "ONWARD_ENV": "development",
        "ONWARD_DATABASE_URL": url,
        "ONWARD_SECRET_KEY": KEY,
        "ONWARD_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "ONWARD_LISTEN": f"127.0.0.1:{port}",
        "ONWARD_LOG_LEVEL": "ERROR",
    }
    (folder / "bare.py").write_text(BARE)
    gunicorn = [sys.executable, "-m", "gunicorn", "--chdir", str(folder), "-w", "2", "--threads", "4"]
    command = [*gunicorn, "-b", f"127.0.0.1:{port}", "--preload", "bare:app"]
    if which == "onward":
        command = [sys.executable, "-m", "connector", "serve"]
    process = start(command, environment, folder / "log")
    try:
        if which == "onward":
            wait_until_ready(process, f"http://127.0.0.1:{port}/health/ready", folder / "log", timedelta(seconds=30))
        else:
            time.sleep(3)
        yield process
    finally:
        stop(process)


def _wrk(folder: Path, port: int, whose: str) -> dict[str, float]:
    command = ["wrk", "-t1", "-c2", f"-d{SECONDS}s", "-s", str(WRK), f"http://127.0.0.1:{port}/page"]
    command += ["--", str(folder / whose)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"\{.*\}", done.stdout)
    assert found, done.stdout + done.stderr
    return json.loads(found[0])


def _weighed(port: int, tokens: list[str], parent: int) -> dict[str, Any]:
    sizes = []
    for turn in range(1_000):
        answer = requests.post(f"http://127.0.0.1:{port}/page", data={"visit": tokens[turn % len(tokens)]}, timeout=30)
        assert answer.status_code == 200, answer.text[:300]
        sizes.append((len(gzip.compress(answer.content)), answer.text.count('class="card"')))
    assets = {file.name: len(gzip.compress(file.read_bytes())) for file in STATIC.iterdir()}
    return {"pages": sizes, "assets": assets, "memory": [_memory(child) for child in _children(parent)]}


def _children(parent: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def _memory(process: int) -> dict[str, float]:
    told = Path(f"/proc/{process}/smaps_rollup").read_text()
    return {name: int(re.search(rf"^{name}:\s+(\d+)", told, re.MULTILINE)[1]) / 1024 for name in ("Rss", "Pss")}  # type: ignore[index]


def _print(shape: Shape, database: str, rows: dict[str, dict[str, float]], measured: dict[str, Any]) -> None:
    print(f"{shape.learners:,} learners x {shape.items:,} items, {shape.mean:g} each, {database}, 2 processes")
    print(f"{'':18}{'p50 ms':>9}{'p95 ms':>9}{'pages/s':>10}{'CPU ms':>9}{'errors':>8}{'ratio':>7}")
    for name, one in rows.items():
        ratio, cpu = one["p50"] / rows["bare Flask"]["p50"], one.get("cpu", 0.0)
        told = f"{one['p50']:>9.1f}{one['p95']:>9.1f}{one['rate']:>10.0f}{cpu:>9.1f}{one['errors']:>8.0f}{ratio:>7.1f}"
        print(f"{name:18}{told}")
    weights, cards = zip(*measured["pages"], strict=True)
    print(f"page weight, gzip: median {statistics.median(weights) / 1024:.1f} kB, largest {max(weights) / 1024:.1f} kB")
    print(f"cards on a page: median {statistics.median(cards)}, most {max(cards)}")
    print("assets, gzip: " + ", ".join(f"{name} {size / 1024:.1f} kB" for name, size in measured["assets"].items()))
    for one in measured["memory"]:
        print(f"a worker after 1,000 pages: RSS {one['Rss']:.0f} MiB, PSS {one['Pss']:.0f} MiB")


if __name__ == "__main__":
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed: apt-get install wrk")
    from connector.cli.base import quiet_log

    quiet_log()
    main()
