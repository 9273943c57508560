"""``onward images``: the pictures of the catalogue."""

from dataclasses import asdict
from typing import Any

import click

from connector.administer import images as use
from connector.cli.base import as_json, say, table, the_site
from connector.clock import now
from connector.store import images as stored
from connector.wiring_train import imaging

KIB = 1024


@click.group()
def images() -> None:
    """Pictures on cards: fetched from the catalogue's addresses by the worker, served from here."""


@images.command("list")
@as_json
def list_images(*, as_json: bool) -> None:
    """Say how many pictures there are, and which items lack theirs and why."""
    _, site = the_site()
    with site.readers.begin() as session:
        told = use.told(session, site.tenant)
        rows = use.failing(session, site.tenant, now())
    lines = table(rows, ("item", "why", "tries", "next_try_at")) if rows else []
    say(told | {"items": rows}, as_json=as_json, lines=[_counts(told), *lines])


def _counts(told: dict[str, Any]) -> str:
    named = f"{told['named']} images named, {told['ready']} ready ({told['bytes'] // KIB} KiB)"
    return f"{named}, {told['waiting']} not fetched yet, {told['failed']} failed."


@images.command()
@click.option("--again", is_flag=True, help="Also those that failed and are not due yet.")
@as_json
def fetch(*, again: bool, as_json: bool) -> None:
    """Fetch what is due now, as the worker does at each turn."""
    settings, site = the_site()
    if again:
        with site.sessions.begin() as session:
            stored.wait_no_longer(session, site.tenant, now())
    report = asdict(use.fetch_images(imaging(settings, site)))
    counts = "{fetched} fetched, {failed} failed, {left} left for the next turn, {forgotten} forgotten."
    say(report, as_json=as_json, lines=[counts.format(**report)])
