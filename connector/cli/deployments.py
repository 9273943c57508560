"""``onward platform list|deployments|disable|enable``: who is admitted, who waits, and when they last came."""

import click

from connector.administer import platforms as use
from connector.cli.base import as_json, say, table, the_site
from connector.clock import now

COLUMNS = ("name", "issuer", "client_id", "active", "new_deployments", "pending", "last_launch", "last_launch_as")


@click.command("list")
@as_json
def list_platforms(*, as_json: bool) -> None:
    """List the platforms: whether they are admitted, how many deployments wait for you, and the last launch."""
    _, site = the_site()
    rows = use.listed(site.tenant, site.readers)
    say(rows, as_json=as_json, lines=table(rows, COLUMNS))


@click.command()
@click.argument("name")
@as_json
def deployments(name: str, *, as_json: bool) -> None:
    """List the deployments of a platform and when each was first seen; those that wait for you come first."""
    _, site = the_site()
    rows = use.deployments(name, site.tenant, site.readers)
    say(rows, as_json=as_json, lines=table(rows, ("deployment", "state", "first_seen")))


@click.command()
@click.argument("name")
def disable(name: str) -> None:
    """Refuse every login, launch and open page of a platform from now on."""
    _, site = the_site()
    use.disable(name, site.tenant, site.sessions, now)
    click.echo(f"Platform {name} is switched off, also for the pages that are open.")


@click.command()
@click.argument("name")
def enable(name: str) -> None:
    """Admit a platform that was disabled."""
    _, site = the_site()
    use.enable(name, site.tenant, site.sessions, now)
    click.echo(f"Platform {name} is switched on.")
