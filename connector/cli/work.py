"""``onward sync`` and ``onward train``."""

from dataclasses import asdict
from time import monotonic
from typing import Any

import click

from connector.administer.site import OpenSite
from connector.cli.base import Ticker, as_json, fail, quiet_log, say, the_site
from connector.errors import ConnectorError, NotReady
from connector.settings import Settings
from connector.store import sources as stored
from connector.store.sources import SourceRecord
from connector.sync import SyncReport
from connector.sync import sync as use
from connector.wiring_train import reading
from lrs_adapters.base import LRSError


@click.command()
@click.option("--source", "name", help="Only this source; all if left out.")
@click.option("--follow", is_flag=True, help="Go on reading until interrupted.")
@as_json
@click.pass_context
def sync(context: click.Context, name: str | None, *, follow: bool, as_json: bool) -> None:
    """Read new statements from the LRSs. Can be stopped and started at any time without loss."""
    settings, site = the_site()
    quiet_log()
    chosen = _chosen(site, name)
    reports, codes = {}, []
    for record in chosen:
        try:
            reports[record.name] = asdict(_read(settings, site, record))
        except (LRSError, ConnectorError) as error:  # one source does not keep the others from being read
            codes.append(fail(error))
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


def _read(settings: Settings, site: OpenSite, record: SourceRecord) -> SyncReport:
    ticker, began = Ticker(), monotonic()

    def tell(report: SyncReport) -> None:
        rate = report.read / max(monotonic() - began, 1e-3)
        reached = f", up to {report.newest:%Y-%m-%d %H:%M}" if report.newest else ""
        ticker.tell(f"{record.name}: {report.read} statements read, {report.added} new, {rate:.0f}/s{reached}")

    open_reading = reading(settings, site, record)
    try:
        return use(open_reading, tell)
    finally:
        open_reading.source.close()
        ticker.end()


def _lines(reports: dict[str, dict[str, Any]]) -> list[str]:
    lines = []
    for name, one in reports.items():
        counts = f"{one['added']} facts new, {one['voided']} voided, {one['quarantined']} set aside"
        lines.append(f"{name}: {one['read']} statements in {one['pages']} pages, {counts}.")
        lines += [f"  ! {warning}" for warning in one["warnings"]]
    return lines


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
    say(asdict(report), as_json=as_json, lines=[line])
