"""``onward demo``: a real LRS, this tool and a demo LMS on one machine, with simulated people.

The LMS is on ``localhost`` and the tool on ``127.0.0.1``: two sites, so that third-party-cookie faults show. All state
lies in ``.demo/PORT``; a second start finds it there. Everything that was started is stopped at the end.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from signal import SIGINT, SIGTERM, signal
from time import monotonic, sleep
from typing import Any

import click
import requests
from pydantic import SecretStr

from connector import catalog
from connector.administer import platforms, sources
from connector.administer.platforms import NewPlatform
from connector.administer.site import OpenSite, init_site, open_site
from connector.administer.sources import NewSource
from connector.clock import now
from connector.demo import lms, ralph
from connector.demo.catalogue import filled_catalogue
from connector.demo.environments import ensure_environment
from connector.demo.processes import LOOPBACK, free_port, start, stop, wait_until_ready
from connector.demo.simulate import simulate
from connector.errors import NotReady
from connector.outside.urls import DEVELOPMENT, check_url
from connector.settings import Environment, Settings
from connector.store import models
from connector.store import platforms as stored_platforms
from connector.store import sources as stored_sources
from connector.sync import SyncReport, sync
from connector.wiring_train import reading, workshop

PEERS, STATE = Path(".peers"), Path(".demo")
CLIENT_ID, DEPLOYMENT, SOURCE, PLATFORM = "onward-demo", "1", "demo-lrs", "demo-lms"
BATCH = 100
READY_WITHIN = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one demo lives: its folder and its ports; the LMS's port names it, since IRIs hold it."""

    folder: Path
    lms_port: int
    tool_port: int

    @property
    def issuer(self) -> str:
        """The LMS's own address."""
        return lms.lms_issuer(self.lms_port)

    @property
    def tool_url(self) -> str:
        """The tool's own address, another site than the LMS's."""
        return f"http://{LOOPBACK}:{self.tool_port}"

    @property
    def loaded(self) -> Path:
        """The file that says that the demo's Statements are in the LRS."""
        return self.folder / "loaded"


def run(port: int, quiet_log: Callable[[], None]) -> None:
    """Prepare and run the demo until Ctrl-C; ``quiet_log`` keeps events off the person's terminal.

    Raises
    ------
    NotReady
        When a part cannot be installed or does not start; the sentence says which and why.
    """
    quiet_log()
    for number in (SIGINT, SIGTERM):
        signal(number, _interrupt)
    began = monotonic()
    try:
        with ExitStack() as running:
            place, parts = _prepared(port, running)
            click.secho(f"\n  Ready after {monotonic() - began:.0f} s. Open {place.issuer}/", bold=True)
            click.echo("  All people there are simulated. Ctrl-C stops everything.\n")
            _watch(parts)
    except KeyboardInterrupt:
        click.echo("\nStopped.")


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


Parts = Mapping[str, "subprocess.Popen[bytes]"]


def _watch(parts: Parts) -> None:
    """Return never; raise NotReady when a part ends by itself."""
    while True:
        for name, process in parts.items():
            if process.poll() is not None:
                raise NotReady(f"The demo's {name} ended by itself; its log in {STATE} says why.")
        sleep(1)


def _prepared(wished: int, running: ExitStack) -> tuple[Place, Parts]:
    ralph_python = ralph.ensure_ralph(PEERS, _say)
    lms_python = ensure_environment(PEERS / "lms", lms.REQUIREMENTS, _say)
    place = _place(wished)
    credential = _credential(place.folder)
    lrs = running.enter_context(ralph.running_ralph(ralph_python, place.folder / "lrs", "demo", credential))
    _say(f"A real LRS (Ralph) runs on {lrs.url}.")
    _load(place, lrs)
    settings = _settings(place)
    _set_up(settings, place, lrs)
    _sync_and_train(settings)
    parts = _start_tool(settings, place, running)
    tool = lms.ToolRegistration(f"{place.tool_url}/lti/login", f"{place.tool_url}/lti/launch", CLIENT_ID, DEPLOYMENT)
    access = lms.LrsAccess(lrs.url, lrs.key, lrs.secret)
    running.enter_context(lms.start_lms(lms_python, place.folder / "lms", place.lms_port, tool, access))
    return place, parts | {"LRS": lrs.process}


def _say(sentence: str) -> None:
    click.echo(f"· {sentence}")


def _place(wished: int) -> Place:
    port = next((free for near in range(wished, wished + 100, 10) if (free := free_port(near)) == near), free_port())
    if port != wished:
        _say(f"Port {wished} is busy; the demo LMS takes {port}.")
    folder = STATE / str(port)
    folder.mkdir(parents=True, exist_ok=True)
    return Place(folder, port, free_port(port + 1))


def _credential(folder: Path) -> str:
    """Return the demo LRS's secret, made at the first start."""
    file = folder / "lrs.secret"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(24))
    return file.read_text()


# --- statements --------------------------------------------------------------------------------------------------


def _load(place: Place, lrs: ralph.Ralph) -> None:
    if place.loaded.exists():
        return
    _say("Making the demo's statements (a seeded simulator, see connector/demo/README.md).")
    statements = simulate(place.issuer, datetime.now(UTC))
    with click.progressbar(length=len(statements), label="· Sending them to the LRS") as bar:
        for begin in range(0, len(statements), BATCH):
            _post(lrs, statements[begin : begin + BATCH])
            bar.update(min(BATCH, len(statements) - begin))
    place.loaded.touch()


def _post(lrs: ralph.Ralph, statements: Sequence[Mapping[str, Any]]) -> None:
    answer = requests.post(
        f"{lrs.url}/statements/",
        json=list(statements),
        auth=(lrs.key, lrs.secret),
        headers={"X-Experience-API-Version": "1.0.3"},
        timeout=60,
    )
    if answer.status_code not in {200, 204, 409}:  # 409: sent before an interrupted start
        raise NotReady(f"The demo's LRS answered {answer.status_code} to statements: {answer.text[:300]}")


# --- the tool ----------------------------------------------------------------------------------------------------


def _settings(place: Place) -> Settings:
    key = place.folder / "onward.key"
    if not key.exists():
        key.touch(mode=0o600)
        key.write_text(secrets.token_urlsafe(32))
    return Settings(
        env=Environment.DEVELOPMENT,
        database_url=f"sqlite:///{(place.folder / 'onward.db').absolute()}",
        public_url=place.tool_url,
        secret_key=SecretStr(key.read_text()),
        listen=f"{LOOPBACK}:{place.tool_port}",
        sync_seconds=2,
        train_minutes=1,
        theme="auto",
        demo=True,
        log_level="WARNING",
    )


def _set_up(settings: Settings, place: Place, lrs: ralph.Ralph) -> None:
    """Make the site as an administrator would; what is there already is brought up to the LRS's present port."""
    init_site(settings.database(), settings.key(), now)
    site = open_site(settings.database(), settings.key())
    with site.sessions.begin() as session:
        known = {one.name for one in stored_sources.all_of(session, site.tenant)}
        if SOURCE in known:
            stored_sources.move_to(session, site.tenant, SOURCE, lrs.url)
        registered = bool(stored_platforms.all_of(session, site.tenant))
    if SOURCE not in known:
        new = NewSource(SOURCE, "ralph", lrs.url, lrs.key, lrs.secret)
        sources.add(new, site.tenant, site.sessions, site.seal, now)
    if not registered:
        _register(site, place)
    _import_catalogue(site, place)


def _register(site: OpenSite, place: Place) -> None:
    platform = NewPlatform(
        name=PLATFORM,
        issuer=place.issuer,
        client_id=CLIENT_ID,
        auth_url=f"{place.issuer}/auth",
        token_url="",
        jwks_url=f"{place.issuer}/jwks",
        deployments=(DEPLOYMENT,),
        frame_origins=(),
        match={},
    )
    platforms.add(platform, site.tenant, site.sessions, now, partial(check_url, rules=DEVELOPMENT))


def _import_catalogue(site: OpenSite, place: Place) -> None:
    file = place.folder / "catalog.csv"
    file.write_text(filled_catalogue(place.issuer), encoding="utf-8")
    report = catalog.import_catalog(file, site.tenant, site.sessions, now)
    _say(f"The catalogue has {report.taken} courses.")


def _sync_and_train(settings: Settings) -> None:
    from connector.recommend.together import CosineNeighbours  # noqa: PLC0415 - numeric libraries
    from connector.train import train  # noqa: PLC0415 - numeric libraries

    site = open_site(settings.database(), settings.key())
    with site.readers.begin() as session:
        record = stored_sources.by_name(session, site.tenant, SOURCE)
        trained = models.current(session, site.tenant) is not None
    one = reading(settings, site, record)
    report = sync(one, _told)
    one.source.close()
    start_over = "\r" if sys.stdout.isatty() else ""
    click.echo(f"{start_over}· Read {report.read} statements from the LRS, {report.added} of them new.   ")
    if not trained:
        made = train(workshop(site), CosineNeighbours())
        _say(f"Trained on {made.interactions} completions of {made.learners} people: {made.neighbours} neighbours.")


def _told(report: SyncReport) -> None:
    """Rewrite one line on a terminal; elsewhere say nothing until the end."""
    if sys.stdout.isatty():
        click.echo(f"\r· Reading the LRS: {report.read} statements", nl=False)


def _start_tool(settings: Settings, place: Place, running: ExitStack) -> dict[str, "subprocess.Popen[bytes]"]:
    environment = _environment(settings, place)
    onward = [sys.executable, "-m", "connector"]
    serve = _started([*onward, "serve"], environment, place.folder / "serve.log", running)
    worker = _started([*onward, "worker"], environment, place.folder / "worker.log", running)
    wait_until_ready(serve, f"{place.tool_url}/health/ready", place.folder / "serve.log", READY_WITHIN)
    _say(f"The tool runs on {place.tool_url}.")
    return {"server": serve, "worker": worker}


def _started(
    command: Sequence[str], environment: Mapping[str, str], log: Path, running: ExitStack
) -> "subprocess.Popen[bytes]":
    process = start(command, environment, log)
    running.callback(stop, process)
    return process


def _environment(settings: Settings, place: Place) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ", "TMPDIR") if name in os.environ}
    named = {f"ONWARD_{name.upper()}": str(getattr(settings, name)) for name in settings.model_fields_set}
    return kept | named | {"ONWARD_SECRET_KEY": settings.key(), "ONWARD_KEY_FILE": str(place.folder / "unused")}
