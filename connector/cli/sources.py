"""``onward source add|list|test|remove``."""

from dataclasses import asdict

import click

from connector.administer import sources as use
from connector.administer.sources import GRAINS, NewSource
from connector.cli.base import as_json, say, secret_from, table, the_site
from connector.clock import now
from connector.outside.urls import check_url
from connector.store import sources as stored
from connector.wiring_train import opener, url_rules
from lrs_adapters.registry import PROFILES


@click.group()
def source() -> None:
    """Connect Learning Record Stores."""


@source.command()
@click.argument("name")
@click.option("--url", required=True, help="The xAPI endpoint, such as https://lrs.example.edu/data/xAPI.")
@click.option("--key", required=True, help="The key (user) of the LRS's Basic credential.")
@click.option("--secret-stdin", is_flag=True, help="Read the secret from standard input instead of asking for it.")
@click.option("--kind", type=click.Choice(tuple(PROFILES)), default="xapi", show_default=True, help="What LRS it is.")
@click.option("--grain", type=click.Choice(GRAINS), default="course", show_default=True, help="What counts as an item.")
def add(name: str, url: str, key: str, kind: str, grain: str, *, secret_stdin: bool) -> None:
    """Add an LRS as NAME; its secret is sealed before it is stored. `onward source test NAME` then tries it."""
    settings, site = the_site()
    check_url(url, url_rules(settings))
    secret = secret_from("Secret", stdin=secret_stdin)
    use.add(NewSource(name, kind, url, key, secret, grain), site.tenant, site.sessions, site.seal, now)
    click.echo(f"Added source {name}. Next: `onward source test {name}`.")


@source.command("list")
@as_json
def list_sources(*, as_json: bool) -> None:
    """List the sources."""
    _, site = the_site()
    with site.readers.begin() as session:
        rows = [
            {
                "name": one.name,
                "kind": one.kind,
                "url": one.url,
                "key": one.auth_key,
                "grain": one.grain,
                "last_success": one.last_success_at,
                "last_error": one.last_error,
            }
            for one in stored.all_of(session, site.tenant)
        ]
    say(rows, as_json=as_json, lines=table(rows, ("name", "kind", "url", "last_success", "last_error")))


@source.command()
@click.argument("name")
@as_json
def test(name: str, *, as_json: bool) -> None:
    """Ask the LRS what it is and for one page, and say what it showed."""
    settings, site = the_site()
    seen = asdict(use.test(name, site.tenant, site.readers, site.sessions, opener(settings, site)))
    words = {
        "xAPI versions": ", ".join(seen["versions"]) or "not said",
        "statements in a page": f"{seen['statements']} of {seen['asked']} asked for",
        "ascending order": {True: "delivered", False: "not delivered", None: "cannot be seen yet"}[seen["ascending"]],
        "Consistent-Through": "sent" if seen["consistent_through"] else "not sent",
        "next page by": seen["more"],
    }
    if seen["likely_kind"]:
        words["looks like"] = f"{seen['likely_kind']} (see --kind)"
    warned = [f"  ! {warning}" for warning in seen["warnings"]]
    facts = (f"  {what}: {word}" for what, word in words.items())
    say(seen, as_json=as_json, lines=[f"{name} answers.", *facts, *warned])


@source.command()
@click.argument("name")
@click.confirmation_option(prompt="This removes the source with everything that was read from it. Go on?")
def remove(name: str) -> None:
    """Remove a source with everything that was read from it."""
    _, site = the_site()
    use.remove(name, site.tenant, site.sessions)
    click.echo(f"Removed source {name}.")
