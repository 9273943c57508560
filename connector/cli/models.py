"""``onward models list|activate|rollback``."""

import click

from connector.administer import models as use
from connector.cli.base import as_json, say, table, the_site
from connector.clock import now
from connector.store.models import PublishedModel

UNTIL = "The worker trains again once there are new facts, and what it makes is served then."


@click.group()
def models() -> None:
    """List the models that are kept, and say which of them is served."""


@models.command("list")
@as_json
def list_(*, as_json: bool) -> None:
    """List the models that are kept, newest first: what each learned from, and which is served."""
    _, site = the_site()
    rows = use.listed(site.tenant, site.readers)
    columns = ("version", "state", "trained_at", "learners", "items", "interactions", "neighbours", "fingerprint")
    say(rows, as_json=as_json, lines=table(rows, columns))


@models.command()
@click.argument("version", type=int)
@as_json
def activate(version: int, *, as_json: bool) -> None:
    """Serve the model VERSION from the next request on."""
    _, site = the_site()
    _told(use.activate(site.tenant, version, site.sessions, now), as_json=as_json)


@models.command()
@as_json
def rollback(*, as_json: bool) -> None:
    """Serve the model before the one that is served, from the next request on."""
    _, site = the_site()
    _told(use.rollback(site.tenant, site.sessions, now), as_json=as_json)


def _told(served: PublishedModel, *, as_json: bool) -> None:
    version, trained = served.model.version, served.model.trained_at
    lines = [f"Model {version}, trained {trained:%Y-%m-%d %H:%M} UTC, is served from the next request on.", UNTIL]
    say({"version": version, "trained_at": trained}, as_json=as_json, lines=lines)
