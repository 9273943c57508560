"""Whole launches under load: login, signed launch and page, through ``onward serve`` as it runs.

Run from the checkout: ``python -m tests.bench.bench_launch [--seconds 60] [--rate 50]``. The site is one of
``bench_page`` with fewer people: a trained Model on SQLite. A platform in a process of its own signs; launches begin at
even moments whatever became of those before (an open loop), so a slow server does not slow its own test. Each is
another person's, of 1,000 newcomers in turn. Then one process is profiled for where a launch's time goes.
"""

import argparse
import cProfile
import json
import multiprocessing
import os
import pstats
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from threading import local
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from sqlalchemy import func, select
from werkzeug import Request, Response
from werkzeug.serving import WSGIRequestHandler, make_server

from connector.administer import platforms
from connector.administer.platforms import NewPlatform
from connector.administer.site import OpenSite
from connector.clock import now
from connector.demo.processes import free_port, start, stop, wait_until_ready
from connector.store import tables
from tests.bench.bench_page import KEY, _children, _memory, _site
from tests.bench.generate import Shape
from tests.lti.harness import MOODLE, Scene, jwk_of, rsa_key
from tests.lti.http.stage import Stage

SHAPE = Shape(500, 300, 20, tastes=10, loyalty=0.5)
PEOPLE = 1_000
WARM_UP = 20
CLIENTS = 64
PROFILED = 300
TABLES = ("launch_state", "learner", "identity", "slate", "audit", "deployment")
VISIT = b'name="visit" value="'
FORM = "application/x-www-form-urlencoded"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=int, default=60)
    arguments.add_argument("--rate", type=int, default=50)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        site = _site(folder, SHAPE)
        with _platform() as platform, _tool(folder, site, platform) as tool:
            tool.measure(given.rate, WARM_UP)
            before, run, after = tool.sizes(), tool.measure(given.rate, given.rate * given.seconds), tool.sizes()
            memory = [_memory(child)["Rss"] for child in _children(tool.process)]
        _print(given, run, before, after, memory)
        _profile(folder)


# --- the platform: it signs, in a process of its own -------------------------------------------------------------


class Silent(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_: object) -> None:
        pass


def _serve_platform(port: int, ready: Any) -> None:
    issuer = f"http://127.0.0.1:{port}"
    scene = Scene(replace(MOODLE, issuer=issuer))
    keys = json.dumps({"keys": [jwk_of(rsa_key())]})

    def answer(environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        if request.path == "/jwks":
            return Response(keys, mimetype="application/json")(environ, start_response)
        scene.now = datetime.now(UTC)
        scene.launch_url = request.args["redirect_uri"]
        token = scene.token(scene.claims(request.args["nonce"], sub=request.args["login_hint"]))
        return Response(json.dumps({"state": request.args["state"], "id_token": token}))(environ, start_response)

    server = make_server("127.0.0.1", port, answer, threaded=True, request_handler=Silent)
    ready.set()
    server.serve_forever()


@contextmanager
def _platform() -> Iterator[str]:
    spawn = multiprocessing.get_context("spawn")
    port, ready = free_port(), spawn.Event()
    process = spawn.Process(target=_serve_platform, args=(port, ready), daemon=True)
    process.start()
    ready.wait(30)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.join()


# --- the tool, and people who launch it --------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """What became of the launches: seconds of each that came to its page, what else came, and how long it all took."""

    login: list[float]
    launch: list[float]
    whole: list[float]
    errors: Counter[str]
    seconds: float


class Tool:
    """The running tool, and browsers that launch it."""

    def __init__(self, site: OpenSite, url: str, platform: str, process: int) -> None:
        self.process = process
        self._site, self._url, self._platform = site, url, platform
        self._mine = local()

    def measure(self, rate: int, launches: int) -> Run:
        begun = time.perf_counter() + 0.2
        with ThreadPoolExecutor(CLIENTS) as many:
            due = [begun + number / rate for number in range(launches)]
            outcomes = list(many.map(self._launch_at, due, range(launches)))
        ends = time.perf_counter() - begun
        good = [one for one in outcomes if isinstance(one, tuple)]
        errors = Counter(one for one in outcomes if isinstance(one, str))
        columns = [list(column) for column in zip(*good, strict=True)] or [[], [], []]
        return Run(columns[0], columns[1], columns[2], errors, ends)

    def _launch_at(self, due: float, number: int) -> tuple[float, float, float] | str:
        time.sleep(max(0.0, due - time.perf_counter()))
        try:
            return self._launch(str(number % PEOPLE), due)
        except (OSError, HTTPException) as error:
            self._mine.__dict__.clear()
            return type(error).__name__

    def _launch(self, person: str, due: float) -> tuple[float, float, float] | str:
        fields = {
            "iss": self._platform,
            "client_id": MOODLE.client_id,
            "login_hint": person,
            "target_link_uri": f"{self._url}/lti/launch",
            "lti_message_hint": '{"cmid":27}',
        }
        at = time.perf_counter()
        began, _ = self._post("/lti/login", fields)
        login = time.perf_counter() - at
        if began.status != HTTPStatus.FOUND:
            return f"login {began.status}"
        cookie = (began.getheader("Set-Cookie") or "").partition(";")[0]
        form = self._signed(urlsplit(began.getheader("Location") or ""))
        at = time.perf_counter()
        page, text = self._post("/lti/launch", form, {"Cookie": cookie})
        launch = time.perf_counter() - at
        if page.status != HTTPStatus.OK or VISIT not in text:
            return f"launch {page.status}"
        return login, launch, time.perf_counter() - due

    def _signed(self, to: SplitResult) -> dict[str, str]:
        line = self._line("platform", self._platform)
        line.request("GET", f"{to.path}?{to.query}")
        return json.loads(line.getresponse().read())  # type: ignore[no-any-return]

    def _post(self, path: str, form: dict[str, str], more: dict[str, str] | None = None) -> tuple[HTTPResponse, bytes]:
        line = self._line("tool", self._url)
        line.request("POST", path, urlencode(form), {"Content-Type": FORM, **(more or {})})
        answer = line.getresponse()
        return answer, answer.read()

    def _line(self, name: str, url: str) -> HTTPConnection:
        """Return this thread's connection; a light client, for it has the same two processors."""
        if not hasattr(self._mine, name):
            setattr(self._mine, name, HTTPConnection(urlsplit(url).netloc, timeout=30))
        return getattr(self._mine, name)  # type: ignore[no-any-return]

    def sizes(self) -> dict[str, int]:
        with self._site.readers.begin() as session:
            return {
                name: session.scalar(select(func.count()).select_from(tables.metadata.tables[name])) or 0
                for name in TABLES
            }


@contextmanager
def _tool(folder: Path, site: OpenSite, platform: str) -> Iterator[Tool]:
    new = NewPlatform(
        "bench", platform, MOODLE.client_id, f"{platform}/auth", "", f"{platform}/jwks", ("dep-1",), (), {}
    )
    platforms.add(new, site.tenant, site.sessions, now, lambda _url: None)
    port = free_port()
    environment = dict(os.environ) | {
        "ONWARD_ENV": "development",
        "ONWARD_DATABASE_URL": f"sqlite:///{folder / 'onward.db'}",
        "ONWARD_SECRET_KEY": KEY,
        "ONWARD_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "ONWARD_LISTEN": f"127.0.0.1:{port}",
        "ONWARD_LOG_LEVEL": "ERROR",
    }
    process = start([sys.executable, "-m", "connector", "serve"], environment, folder / "log")
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_ready(process, f"{url}/health/live", folder / "log", timedelta(seconds=60))
        yield Tool(site, url, platform, process.pid)
    finally:
        stop(process)
        site.engine.dispose()


# --- what it cost ------------------------------------------------------------------------------------------------


def _print(given: Any, run: Run, before: dict[str, int], after: dict[str, int], memory: list[float]) -> None:
    print(f"{given.rate} launches/s wanted for {given.seconds} s, 2 processes of 4 threads, SQLite")
    print(f"{len(run.whole) / run.seconds:.1f} launches/s reached; errors: {dict(run.errors) or 'none'}")
    print(f"{'ms':24}{'p50':>9}{'p95':>9}{'p99':>9}{'most':>9}")
    for name, times in (
        ("login", run.login),
        ("launch with page", run.launch),
        ("all, from when due", run.whole),
    ):
        print(f"{name:24}" + "".join(f"{_at(times, share) * 1000:>9.1f}" for share in (0.5, 0.95, 0.99, 1)))
    print("rows before and after: " + ", ".join(f"{name} {before[name]} → {after[name]}" for name in TABLES))
    print("a server process, RSS: " + ", ".join(f"{one:.0f} MiB" for one in memory))


def _at(times: list[float], share: float) -> float:
    ordered = sorted(times) or [0.0]
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _profile(folder: Path) -> None:
    """Launch in this process under the profiler, and print where the time goes."""
    stage = Stage(f"sqlite:///{folder / 'profile.db'}")
    stage.stock()
    stage.forget_floods()
    profiler = cProfile.Profile(time.process_time)
    for number in range(PROFILED):
        browser = stage.browser()
        profiler.enable()
        login = stage.login(browser)
        profiler.disable()
        form = stage.form(login, sub=str(number))
        profiler.enable()
        stage.post(browser, form)
        profiler.disable()
    stage.close()
    stats = pstats.Stats(profiler)
    total = stats.total_tt  # type: ignore[attr-defined]
    each = total / PROFILED * 1000
    print(f"\nprofile of {PROFILED} launches, {each:.1f} ms of processor each (the profiler slows them):")
    for name, seconds in _parts(stats):
        print(f"  {name:38}{seconds / total:>7.0%}")


PARTS = {
    "the database (SQLAlchemy)": ("sqlalchemy/orm/session.py", "execute"),
    "begin, commit, give back": ("sqlalchemy/orm/session.py", "commit"),
    "signature of the token": ("connector/lti/tokens.py", "signed_bytes"),
    "sealing and opening": ("connector/store/seal.py", ""),
    "what the page shows (serve)": ("connector/serve/page.py", "page"),
    "drawing HTML": ("widgets/__init__.py", "render"),
    "keeping the learner": ("connector/match.py", "launched_learner"),
}


def _parts(stats: pstats.Stats) -> list[tuple[str, float]]:
    found = dict.fromkeys(PARTS, 0.0)
    for (file, _, function), (*_, cumulative, _callers) in stats.stats.items():  # type: ignore[attr-defined]
        for name, (where, what) in PARTS.items():
            if file.endswith(where) and what in {"", function}:
                found[name] += cumulative
    return sorted(found.items(), key=lambda one: -one[1])


if __name__ == "__main__":
    from connector.cli.base import quiet_log

    quiet_log()
    main()
