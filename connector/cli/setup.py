"""``onward init``, ``settings``, ``upgrade``."""

import click

from connector import settings as environment
from connector.administer.site import init_site
from connector.cli.base import as_json, say, the_database
from connector.cli.console import tell_first_code
from connector.clock import now
from connector.errors import WrongSchema
from connector.settings import make_key_file, masked
from connector.store import database


@click.command()
def init() -> None:
    """Set a site up: key file, database, keys. What is there already stays as it is."""
    settings = environment.read()
    if not settings.secret_key.get_secret_value() and not settings.key_file.exists():
        make_key_file(settings.key_file)
        click.echo(f"Made {settings.key_file} (mode 600). Keep a copy apart from the database's backups.")
    for name in init_site(settings.database(), settings.key(), now) or ["nothing: all was there"]:
        click.echo(f"Made {name}.")
    click.echo("Next: start `onward serve` and `onward worker`; the rest is done in a browser, or by commands.")
    tell_first_code()


@click.command()
@as_json
def settings(*, as_json: bool) -> None:
    """Print every setting as it is in force, secrets masked."""
    shown = masked(environment.read())
    say(shown, as_json=as_json, lines=(f"{name}={value}" for name, value in shown.items()))


@click.command()
def upgrade() -> None:
    """Bring the database's schema to this version. Make a backup first."""
    engine = the_database()
    if database.schema_of(engine) is None:
        raise WrongSchema("The database is empty: run `onward init`.")
    before = database.schema_of(engine)
    database.upgrade(engine)
    after = database.schema_of(engine)
    click.echo(f"The schema is at {after}." if before == after else f"The schema went from {before} to {after}.")
