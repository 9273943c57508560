"""``POST /page`` under wrk: server time, page weight, memory of a worker; a bare Flask answer in the same run.

Run from the checkout: ``python -m tests.bench.bench_page [--learners N --items N --mean N]``. The site has that many
learners with that many completions each, a trained model and gunicorn with two processes; wrk asks for pages of 500
learners with the most completions.
"""

import argparse
import gzip
import json
import os
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
from sqlalchemy import select

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
    given = arguments.parse_args()
    shape = Shape(given.learners, given.items, given.mean, tastes=20, loyalty=0.5)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        site = _site(folder, shape)
        tokens = _tokens(site)
        (folder / "tokens").write_text("\n".join(tokens))
        bare, _ = _served(folder, "bare", tokens)
        ours, measured = _served(folder, "onward", tokens)
    _print(shape, bare, ours, measured)


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


def _tokens(site: OpenSite) -> list[str]:
    table = tables.identity
    with site.readers.begin() as session:
        learners = [LearnerId(number) for number in session.scalars(select(table.c.learner_id).limit(PAGES))]
        platform = session.scalar(select(tables.platform.c.id))
    now = datetime.now(UTC)
    key = SessionKey(site.keys.session)
    visits = (visit_of(site, learner, PlatformId(platform or 0), now) for learner in learners)
    return [encode_visit(replace(visit, expires_at=now + timedelta(hours=1)), key) for visit in visits]


# --- the servers -------------------------------------------------------------------------------------------------


def _served(folder: Path, which: str, tokens: list[str]) -> tuple[dict[str, float], dict[str, Any]]:
    port = free_port()
    with _running(folder, which, port) as process:
        measured = _weighed(port, tokens, process.pid) if which == "onward" else {}
        return _wrk(folder, port), measured


@contextmanager
def _running(folder: Path, which: str, port: int) -> Any:
    environment = dict(os.environ) | {
        "ONWARD_ENV": "development",
        "ONWARD_DATABASE_URL": f"sqlite:///{folder / 'onward.db'}",
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


def _wrk(folder: Path, port: int) -> dict[str, float]:
    command = ["wrk", "-t1", "-c2", f"-d{SECONDS}s", "-s", str(WRK), f"http://127.0.0.1:{port}/page"]
    command += ["--", str(folder / "tokens")]
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


def _print(shape: Shape, bare: dict[str, float], ours: dict[str, float], measured: dict[str, Any]) -> None:
    print(f"{shape.learners:,} learners x {shape.items:,} items, {shape.mean:g} each, SQLite, 2 processes")
    print(f"{'':18}{'p50 ms':>9}{'p95 ms':>9}{'pages/s':>10}")
    for name, one in (("bare Flask", bare), ("POST /page", ours)):
        print(f"{name:18}{one['p50']:>9.1f}{one['p95']:>9.1f}{one['rate']:>10.0f}")
    print(f"ratio of p50: {ours['p50'] / bare['p50']:.1f}; errors: {ours['errors']:.0f}")
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
