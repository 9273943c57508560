"""``onward recipes list|show|check|set|export|import|diff|rollback``."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from connector.administer import recipes as use
from connector.administer.recipes import Change, Document, NewBook
from connector.cli.base import FAILED, as_json, say, table, the_site
from connector.clock import now
from connector.recipes.book_file import BookRefused

FILE = click.Path(path_type=Path)
by = click.option("--by", default="command line", show_default=True, help="Who does it, for the list and the audit.")
note = click.option("--note", default="", help="Why, for the list and the audit.")


@click.group()
def recipes() -> None:
    """Say which rows a page has and what may stand in them: the recipes, as one file, in versions."""


@recipes.command("list")
@as_json
def list_(*, as_json: bool) -> None:
    """List the versions, newest first: who made each, when and why, and which is served."""
    _, site = the_site()
    rows = use.listed(site.tenant, site.readers)
    say(rows, as_json=as_json, lines=table(rows, ("version", "state", "made_at", "by", "note")))


@recipes.command()
@click.argument("version", type=int, required=False)
@as_json
def show(version: int | None, *, as_json: bool) -> None:
    """Say in words what the recipes do, those that are served or VERSION; `export` writes the file itself."""
    _, site = the_site()
    document = use.shown(site.tenant, site.readers, version)
    lines = [f"Version {document.version}:", *_words(document)]
    say({"version": document.version, "words": document.words, "document": document.text}, as_json=as_json, lines=lines)


@recipes.command()
@click.argument("file", type=FILE)
@click.pass_context
def check(context: click.Context, file: Path) -> None:
    """Read FILE and say in words what it would do, or every mistake in it; nothing is changed."""
    with _every_problem(context):
        for line in (*_words(use.checked(file)), f"{file.name} can be used."):
            click.echo(line)


@recipes.command("set")
@click.argument("file", type=FILE)
@by
@note
@click.pass_context
def set_(context: click.Context, file: Path, by: str, note: str) -> None:
    """Make the recipes of FILE count from the next request on; the version before is kept."""
    _, site = the_site()
    with _every_problem(context):
        _told(use.set_book(file, site.tenant, site.sessions, now, Change(by, note)))


@recipes.command()
@click.argument("file", type=FILE)
@click.option("--version", type=int, help="Another version than the one that is served; 0 is the built-in one.")
def export(file: Path, version: int | None) -> None:
    """Write the recipes to the new FILE, to the byte as they were set."""
    _, site = the_site()
    written = use.export_book(file, site.tenant, site.readers, version)
    click.echo(f"Wrote version {written} to {file.name}.")


@recipes.command("import")
@click.argument("file", type=FILE)
@by
@note
@click.pass_context
def import_(context: click.Context, file: Path, by: str, note: str) -> None:
    """Take over the recipes of another site from FILE: as `set`, but pins may name items that are yet to come."""
    _, site = the_site()
    with _every_problem(context):
        _told(use.import_book(file, site.tenant, site.sessions, now, Change(by, note)))


@recipes.command()
@click.argument("old", type=int, required=False)
@click.argument("new", type=int, required=False)
def diff(old: int | None, new: int | None) -> None:
    """Say what NEW changed against OLD, in words and line by line; the newest and the one before if left out."""
    _, site = the_site()
    for line in use.difference(site.tenant, site.readers, old, new) or ["Nothing differs."]:
        click.echo(line)


@recipes.command()
@click.argument("version", type=int, required=False)
@by
@note
def rollback(version: int | None, by: str, note: str) -> None:
    """Make VERSION count again from the next request on, the one before the newest if left out; 0 is built in."""
    _, site = the_site()
    _told(use.rollback(site.tenant, site.sessions, now, version, Change(by, note)))


def _told(made: NewBook) -> None:
    for iri in made.unknown:
        click.echo(f"No item has the IRI {iri!r} yet: its pin shows nothing until the catalogue has it.", err=True)
    click.echo(f"Version {made.version} of the recipes counts from the next request on.")


def _words(document: Document) -> tuple[str, ...]:
    return tuple(f"  {sentence}" for sentence in document.words)


@contextmanager
def _every_problem(context: click.Context) -> Iterator[None]:
    """Name every mistake of a file, not the first alone."""
    try:
        yield
    except BookRefused as refused:
        for problem in refused.problems:
            click.echo(f"onward: {problem}", err=True)
        context.exit(FAILED)
