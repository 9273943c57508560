"""``onward backup``, ``restore`` and ``retention``."""

from pathlib import Path

import click
from sqlalchemy import Engine

from connector import settings as environment
from connector.administer import backup as use
from connector.administer import keeping, reapply
from connector.cli.base import as_json, say, table, the_database, the_site
from connector.clock import now
from connector.privacy import Erasure
from connector.store import database
from connector.store import retention as kept
from connector.store.scrub import rewrite
from connector.store.seal import Seal

MOST_RUNS = 10_000


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
    """Put the backup FILE in the place of the present database, at this version's schema, and erase again.

    Whoever was erased since the backup is erased in it before it is served: by the tombstones of the present database,
    and by those of the file that ONWARD_TOMBSTONES names.
    """
    settings, engine = environment.read(), the_database()
    beside = file.with_name(file.name + ".tombstones")
    before = reapply.before_restore(engine)
    listed = [*reapply.file_of(settings.tombstones), *reapply.file_of(str(beside))]
    done: list[Erasure] = []

    def prepare(restored: Engine) -> None:
        database.upgrade(restored)
        if before.count or listed:
            done.extend(reapply.erase_once_more(restored, Seal(settings.key()), before, listed, now))

    if before.count:
        reapply.rescue(engine, Seal(settings.key()), before, beside)
    use.restore(engine, file, prepare)
    beside.unlink(missing_ok=True)
    click.echo(f"Restored {file}.")
    for line in _erased_again(before, len(listed), done):
        click.echo(line)


def _erased_again(before: reapply.BeforeRestore, listed: int, done: list[Erasure]) -> list[str]:
    lines = []
    if not before.readable:
        lines.append("The database that was replaced could not be read: its own list of erased people was not used.")
    people, gone = sum(one.gone["learner"] for one in done), sum(one.rows for one in done)
    if before.count or listed:
        lines.append(f"Erased again: {people} learners, {gone} rows, by {before.count + listed} tombstones.")
    else:
        lines.append("No tombstones were there: nobody had been erased since, or nothing says so.")
    return [*lines, *filter(None, (one.remains for one in done))]


# --- retention ----------------------------------------------------------------------------------------------------


@click.group()
def retention() -> None:
    """Say how long things are kept, and choose it."""


@retention.command("list")
@as_json
def list_(*, as_json: bool) -> None:
    """List what is kept for how many days."""
    _, site = the_site()
    with site.readers.begin() as session:
        rows = keeping.rows(session, site.tenant)
    say(rows, as_json=as_json, lines=table(rows, ("name", "days", "from", "to", "what")))


@retention.command("set")
@click.argument("name")
@click.argument("days", type=int)
def set_(name: str, days: int) -> None:
    """Keep NAME for DAYS days, from the next run on."""
    _, site = the_site()
    with site.sessions.begin() as session:
        kept.keep_for(session, site.tenant, name, days)
    click.echo(f"{name} are kept for {days} days.")


@retention.command("run")
@click.option("--scrub", "scrubs", is_flag=True, help="Also write the database's files anew; writers wait meanwhile.")
@as_json
def run(*, scrubs: bool, as_json: bool) -> None:
    """Delete now what is older than its retention, as the worker does every six hours."""
    _, site = the_site()
    gone: dict[str, int] = {}
    for _ in range(MOST_RUNS):
        with site.sessions.begin() as session:
            some = kept.forget_old(session, site.tenant, now())
            more = kept.has_more(session, site.tenant, some)
        gone = {name: gone.get(name, 0) + count for name, count in some.items()}
        if not more:
            break
    remains = rewrite(site.engine) if scrubs else ""
    told = ", ".join(f"{count} of {name}" for name, count in gone.items() if count) or "nothing was old enough"
    lines = [f"Deleted: {told}.", *([remains] if remains else [])]
    say({"deleted": gone, "remains": remains}, as_json=as_json, lines=lines)
