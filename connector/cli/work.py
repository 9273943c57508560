"""``onward sync`` and ``onward train``."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import click

from connector.administer.site import OpenSite
from connector.cli.base import BUSY, FAILED, Ticker, as_json, quiet_log, say, the_site
from connector.cli.progress import progress_line
from connector.clock import now
from connector.errors import BadInput, Busy, ConnectorError, NotReady
from connector.settings import Settings
from connector.store import sources as stored
from connector.store.sources import SourceRecord
from connector.sync import Reading, ReconcileReport, SyncReport, read_again, reconcile
from connector.sync import sync as use
from connector.wiring_train import reading
from lrs_adapters.base import LRSError

INTERRUPTED = 130
NOTHING_IS_LOST = "Stopped. Nothing is lost: what was read is kept, and the next `onward sync` goes on from there."


@click.command()
@click.option("--source", "name", help="Only this source; all if left out.")
@click.option("--follow", is_flag=True, help="Go on reading until interrupted.")
@click.option(
    "--from-start", is_flag=True, help="Read everything again from the beginning; what is known is kept once."
)
@click.option(
    "--reconcile", "days", type=int, metavar="DAYS", help="Compare so many days with the LRS, and repair what lacks."
)
@as_json
@click.pass_context
def sync(
    context: click.Context, name: str | None, *, follow: bool, from_start: bool, days: int | None, as_json: bool
) -> None:
    """Read new statements from the LRSs. Can be stopped and started at any time without loss."""
    if from_start and days is not None:
        raise BadInput("Reading everything again compares every day: choose --from-start or --reconcile.")
    settings, site = the_site()
    quiet_log()
    chosen = _chosen(site, name)
    works = [_again if from_start else _read] + ([_compare(days)] if days is not None else [])
    try:
        reports, codes = _all(settings, site, chosen, works)
    except KeyboardInterrupt:
        click.echo(NOTHING_IS_LOST, err=True)
        context.exit(INTERRUPTED)
    say(reports, as_json=as_json, lines=_lines(reports))
    if follow:
        from connector.worker import follow as go_on  # noqa: PLC0415 - only here

        go_on(settings, site, [record.name for record in chosen])
    context.exit(min(codes, default=0))


def _chosen(site: OpenSite, name: str | None) -> list[SourceRecord]:
    with site.readers.begin() as session:
        known = stored.all_of(session, site.tenant)
        chosen = [stored.by_name(session, site.tenant, name)] if name else [one for one in known if one.active]
    if not chosen:
        raise NotReady("No LRS is connected: run `onward source add` first.")
    return chosen


Work = Callable[[Reading, Ticker], dict[str, Any]]
"""One thing that is done with a Source; what it returns is told of it."""


def _all(
    settings: Settings, site: OpenSite, chosen: Sequence[SourceRecord], works: Sequence[Work]
) -> tuple[dict[str, dict[str, Any]], list[int]]:
    """Do each work with each Source; one that fails does not keep the others from being read."""
    reports: dict[str, dict[str, Any]] = {}
    codes = []
    for record in chosen:
        told: dict[str, Any] = {}
        try:
            _one(reading(settings, site, record), works, told)
        except (LRSError, ConnectorError) as error:
            codes.append(_failed(record.name, error))
        if told:
            reports[record.name] = told
    return reports, codes


def _failed(name: str, error: Exception) -> int:
    """Print the sentence with the Source that it is about; return the exit code."""
    click.echo(f"onward: {name}: {error}", err=True)
    return BUSY if isinstance(error, Busy) else FAILED


def _one(open_reading: Reading, works: Sequence[Work], told: dict[str, Any]) -> None:
    ticker = Ticker()
    try:
        for work in works:
            told |= work(open_reading, ticker)
    finally:
        open_reading.source.close()
        ticker.end()


def _read(one: Reading, ticker: Ticker) -> dict[str, Any]:
    return _told(use(one, partial(_tick, one.record.name, ticker)))


def _again(one: Reading, ticker: Ticker) -> dict[str, Any]:
    return _told(read_again(one, partial(_tick, one.record.name, ticker)))


def _compare(days: int) -> Work:
    def compare(one: Reading, ticker: Ticker) -> dict[str, Any]:
        report = reconcile(one, range(1, days + 1), partial(_tick, one.record.name, ticker))
        return {"compared": _told_days(report)}

    return compare


def _tick(name: str, ticker: Ticker, report: SyncReport) -> None:
    if report.progress is not None:
        ticker.tell(progress_line(name, report.progress.as_json(), now()))


def _told(report: SyncReport) -> dict[str, Any]:
    return {name: value for name, value in asdict(report).items() if name != "progress"}


def _told_days(report: ReconcileReport) -> dict[str, Any]:
    days = [
        {"day": f"{one.day:%Y-%m-%d}", "statements": one.statements, "repaired": one.repaired} for one in report.days
    ]
    return {"days": days, "repaired": report.repaired}


def _lines(reports: dict[str, dict[str, Any]]) -> list[str]:
    lines = []
    for name, one in reports.items():
        counts = f"{one['added']} facts new, {one['voided']} voided, {one['quarantined']} set aside"
        lines.append(f"{name}: {one['read']} statements in {one['pages']} pages, {counts}.")
        lines += [f"  ! {warning}" for warning in one["warnings"]]
        lines += _lines_of_days(one["compared"]) if "compared" in one else []
    return lines


def _lines_of_days(compared: dict[str, Any]) -> list[str]:
    read = sum(day["statements"] for day in compared["days"])
    lines = [f"  {len(compared['days'])} days compared, {read} statements there: {compared['repaired']} facts lacked."]
    mended = [day for day in compared["days"] if day["repaired"]]
    return lines + [f"  ! {day['day']}: {day['repaired']} facts lacked, and are there now." for day in mended]


@click.command()
@as_json
def train(*, as_json: bool) -> None:
    """Learn a new model from all completions and publish it; the old one serves until the last moment."""
    from connector.recommend.together import CosineNeighbours  # noqa: PLC0415 - numeric libraries
    from connector.train import train as learn  # noqa: PLC0415 - numeric libraries
    from connector.wiring_train import workshop  # noqa: PLC0415 - numeric libraries

    _, site = the_site()
    quiet_log()
    report = learn(workshop(site), CosineNeighbours(), lambda step: click.echo(step, err=True))
    line = (
        f"Published model {report.model}: {report.neighbours} neighbours in {report.lists} lists, "
        f"from {report.interactions} completions of {report.learners} learners on {report.items} items."
    )
    say(asdict(report), as_json=as_json, lines=[line, report.ranking])
