"""``onward backup`` and ``onward restore``."""

from pathlib import Path

import click

from connector.administer import backup as use
from connector.cli.base import the_database
from connector.store import database


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Write the database to the new FILE while the site runs. The secret key is not in it: keep that apart."""
    size = use.backup(the_database(), file)
    click.echo(f"Wrote {file} ({size / 1024 / 1024:.1f} MiB).")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.confirmation_option(prompt="This replaces the present database. Are server and worker stopped?")
def restore(file: Path) -> None:
    """Put the backup FILE in the place of the present database, and bring it to this version's schema."""
    engine = the_database()
    use.restore(engine, file)
    database.upgrade(engine)
    click.echo(f"Restored {file}.")
