"""``onward item list|block|unblock|sensitive``."""

from typing import Any

import click

from connector import catalog as use
from connector.administer import sensitive as marking
from connector.cli.base import as_json, say, table, the_site
from connector.clock import now
from connector.domain import Item, ItemStatus
from connector.serve import platform_hosts, with_start_link
from connector.store import items as stored
from connector.store import platforms
from connector.store.texts import best_title


@click.group()
def item() -> None:
    """Look at items, and say what may be shown."""


@item.command("list")
@click.option("--status", type=click.Choice([status.value for status in ItemStatus]), help="Only these.")
@as_json
def list_items(status: str | None, *, as_json: bool) -> None:
    """List items with their status and start links."""
    settings, site = the_site()
    with site.readers.begin() as session:
        hosts = settings.hosts() | platform_hosts(platforms.all_of(session, site.tenant))
        known = stored.all_of(session, site.tenant).values()
    rows = [_row(with_start_link(one, hosts)) for one in known if status is None or one.status == status]
    rows.sort(key=lambda row: (row["status"], row["iri"]))
    say(rows, as_json=as_json, lines=table(rows, ("status", "title", "iri", "url")))


def _row(one: Item) -> dict[str, Any]:
    return {
        "iri": one.iri,
        "title": best_title(one.texts),
        "status": one.status.value,
        "url": one.url,
        "family": one.family,
        "sensitive": one.sensitive,
    }


@item.command()
@click.argument("iri")
def block(iri: str) -> None:
    """Never show the item IRI, from the next request on."""
    _, site = the_site()
    use.set_status(iri, ItemStatus.BLOCKED, site.tenant, site.sessions)
    click.echo(f"Blocked {iri}.")


@item.command()
@click.argument("iri")
def unblock(iri: str) -> None:
    """Show the item IRI again, from the next request on."""
    _, site = the_site()
    use.set_status(iri, ItemStatus.SHOWN, site.tenant, site.sessions)
    click.echo(f"Unblocked {iri}.")


@item.command()
@click.argument("iri")
@click.argument("state", type=click.Choice(["on", "off"]))
def sensitive(iri: str, state: str) -> None:
    """Say whether the item IRI is sensitive: never a reason, and never named to anybody for having been done."""
    _, site = the_site()
    if state == "on":
        marking.mark(iri, site.tenant, site.sessions, now)
        click.echo(f"{iri} is sensitive: no reason, and named nowhere as something that somebody did.")
    else:
        marking.unmark(iri, site.tenant, site.sessions, now)
        click.echo(f"{iri} is not sensitive any more.")
