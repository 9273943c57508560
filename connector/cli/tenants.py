"""``onward tenant add|list|remove``: several organisations on one installation."""

import click

from connector import settings as environment
from connector.administer import tenants as use
from connector.cli.base import Ticker, as_json, say, table, the_database
from connector.clock import now
from connector.errors import BadInput
from connector.store import database
from connector.store.seal import Seal


@click.group()
def tenant() -> None:
    """Serve several organisations: each has its own platforms, sources, learners, models and keys.

    Where there is one, nothing of this is needed. Other commands mean the tenant that `onward --tenant NAME …` or
    ONWARD_TENANT names, and the first one, called `site`, where none is named; `serve` and `worker` work for all.
    """


@tenant.command()
@click.argument("name")
def add(name: str) -> None:
    """Make the tenant NAME with keys of its own. Servers that run need no restart."""
    settings, engine = environment.read(), the_database()
    database.require_schema(engine)
    use.add(name, engine, Seal(settings.key()), now)
    click.echo(
        f"Made tenant {name}. Next: `onward --tenant {name} source add` and `onward --tenant {name} platform add`."
    )


@tenant.command("list")
@as_json
def list_(*, as_json: bool) -> None:
    """List the tenants with how much each has."""
    engine = the_database()
    database.require_schema(engine)
    rows = use.listed(engine)
    columns = ("name", "made_at", "platforms", "sources", "items", "learners", "facts")
    say(rows, as_json=as_json, lines=table(rows, columns))


@tenant.command()
@click.argument("name")
@click.option("--yes", "again", metavar="NAME", help="The name once more, instead of being asked for it.")
@as_json
def remove(name: str, again: str | None, *, as_json: bool) -> None:
    """Delete the tenant NAME and everything of it. Asks for its name once more; nothing brings it back."""
    engine = the_database()
    database.require_schema(engine)
    if again is None:
        again = click.prompt(f"This deletes everything of {name}, for good. Its name once more")
    if again != name:
        raise BadInput("The two names are not the same: nothing was deleted.")
    ticker = Ticker()
    done = use.remove(name, engine, lambda gone: ticker.tell(f"{sum(gone.values())} rows deleted"))
    ticker.end()
    lines = [f"Removed tenant {name}: {sum(done.gone.values())} rows.", *([done.remains] if done.remains else [])]
    say({"removed": name, "deleted": done.gone, "remains": done.remains}, as_json=as_json, lines=lines)
