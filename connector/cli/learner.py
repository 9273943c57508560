"""``onward learner``: show, export and erase what is kept of one person; tombstones apart from the database."""

import csv
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import click

from connector import privacy
from connector.administer import reapply, tombstones
from connector.administer.site import OpenSite
from connector.cli.base import as_json, say, table, the_site
from connector.clock import now
from connector.domain import Identifier
from connector.errors import BadInput
from connector.privacy import PrivacyDesk
from connector.statements.identity import parse_identifier
from connector.store import erase as erasing
from connector.store.erase import Tombstone


@click.group()
def learner() -> None:
    """Show, export or erase what is kept of one person.

    IDENTIFIER is mbox:NAME@HOST, mbox_sha1sum:40 HEX DIGITS, openid:URI or account:HOMEPAGE|NAME; `-` reads it from
    standard input, which keeps it out of the shell's history.
    """


@learner.command()
@click.argument("identifier")
@as_json
def show(identifier: str, *, as_json: bool) -> None:
    """Say what is kept of the person IDENTIFIER, without any statement of theirs."""
    _, site = the_site()
    told = privacy.summary(_desk(site), identifier_of(identifier))
    say(told, as_json=as_json, lines=_lines(told))


@learner.command()
@click.argument("identifier")
@click.argument("file", type=click.Path(path_type=Path))
def export(identifier: str, file: Path) -> None:
    """Write everything that is kept of the person IDENTIFIER to the new FILE, mode 600.

    A FILE that ends in .csv gets what they did, a line each; any other gets everything as JSON.
    """
    _, site = the_site()
    told = privacy.export(_desk(site), identifier_of(identifier))
    is_csv = file.suffix.casefold() == ".csv"
    _write_new(file, _csv(told["kept"]["fact"]) if is_csv else json.dumps(told, indent=2, default=_plain))
    rows = len(told["kept"]["fact"]) if is_csv else sum(map(len, told["kept"].values()))
    click.echo(f"Wrote {rows} rows to {file}.")
    if told["quarantine_in_doubt"]:
        click.echo(f"{told['quarantine_in_doubt']} unreadable statements may name them, or somebody else: left out.")


@learner.command()
@click.argument("identifier")
@click.option("--train", "trains", is_flag=True, help="Train at once, so that the model counts them no longer.")
@click.confirmation_option(prompt="This cannot be undone. Erase this person?")
@as_json
def erase(identifier: str, *, trains: bool, as_json: bool) -> None:
    """Erase everything that is kept of the person IDENTIFIER, and never take them in again."""
    settings, site = the_site()
    bury = partial(_bury, site, settings.tombstones) if settings.tombstones else privacy.in_the_database_only
    done = privacy.erase(_desk(site), identifier_of(identifier), bury)
    lines = [
        f"Erased {done.rows} rows: {_counts(done.gone)}. {done.tombstones} tombstones keep them from coming back.",
        _about_the_model(site, trains=trains),
        *_remains(site, done.remains),
    ]
    say({"gone": done.gone, "tombstones": done.tombstones, "remains": done.remains}, as_json=as_json, lines=lines)


def identifier_of(identifier: str) -> Identifier:
    """Return the Identifier that was asked for; ``-`` stands for the first line of standard input."""
    if identifier != "-":
        return parse_identifier(identifier)
    if sys.stdin.isatty():
        return parse_identifier(str(click.prompt("Identifier", err=True)))
    return parse_identifier(sys.stdin.readline().rstrip("\r\n"))


def _desk(site: OpenSite) -> PrivacyDesk:
    return PrivacyDesk(site.tenant, site.sessions, site.readers, site.seal, site.keys.hashing, now)


def _bury(site: OpenSite, file: str, found: Sequence[Tombstone]) -> None:
    tombstones.append(Path(file), reapply.kept_of(site.name, site.keys.hashing, found))


def _about_the_model(site: OpenSite, *, trains: bool) -> str:
    if not trains:
        return "The current model still counts them; the worker trains a new one, or run `onward train`."
    from connector.recommend.together import CosineNeighbours  # noqa: PLC0415 - numeric libraries
    from connector.train import train  # noqa: PLC0415 - numeric libraries
    from connector.wiring_train import workshop  # noqa: PLC0415 - numeric libraries

    report = train(workshop(site), CosineNeighbours())
    with site.sessions.begin() as session:
        erasing.forget_old_models(session, site.tenant)
    return f"Published model {report.model} without them; the models before it are deleted."


def _remains(site: OpenSite, remains: str) -> Iterable[str]:
    """Yield what still holds the person that we know of and cannot reach."""
    if remains:
        yield remains
    if site.engine.dialect.name == "postgresql":
        yield "PostgreSQL's files keep old bytes for a while: `onward retention run --scrub` rewrites them."
    database = site.engine.url.database or ""
    kept = Path(database + ".before-restore")
    if site.engine.dialect.name == "sqlite" and kept.exists():
        yield f"{kept} is a copy from before a restore and may hold them: delete it."
    yield "Backups hold them until those are deleted; `onward restore` erases again. The LRS and the LMS keep theirs."


# --- words --------------------------------------------------------------------------------------------------------


def _lines(told: Mapping[str, Any]) -> list[str]:
    switches = [f"  {name}: {'on' if on else 'off'}" for one in told["switches"] for name, on in one.items()]
    doubt = told["quarantine_in_doubt"]
    return [
        f"Kept: {_counts(told['rows']) or 'nothing'}.",
        f"Last launch: {_moment(told['launched_at'])}.",
        f"Facts from {_moment(told['first_fact'])} to {_moment(told['last_fact'])}.",
        *(f"  {meaning}: {count}" for meaning, count in told["facts_by_meaning"].items()),
        *(f"  from {source}: {count}" for source, count in told["facts_by_source"].items()),
        *switches,
        *([f"{doubt} more unreadable statements may name them."] if doubt else []),
        "",
        *table(told["identities"], ("kind", "home_page", "shape", "from_launch", "from_statement")),
        "",
        "Kept for days: " + ", ".join(f"{name} {days}" for name, days in told["retention_days"].items()) + ".",
    ]


def _counts(rows: Mapping[str, int]) -> str:
    return ", ".join(f"{count} of {table}" for table, count in rows.items() if count)


def _moment(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "never"


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _csv(facts: list[dict[str, Any]]) -> str:
    written = StringIO()
    columns = list(facts[0]) if facts else ["number"]
    lines = csv.DictWriter(written, columns, lineterminator="\n")
    lines.writeheader()
    lines.writerows({name: _safe(value) for name, value in fact.items()} for fact in facts)
    return written.getvalue()


def _safe(value: Any) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = "" if value is None else _plain(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text


def _write_new(file: Path, text: str) -> None:
    try:
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise BadInput(
            f"{file} cannot be written: {error.strerror}. Choose a new name; nothing is overwritten."
        ) from error
    with open(number, "w", encoding="utf-8") as opened:  # noqa: PTH123 - a number, not a path
        opened.write(text + "\n")


# --- tombstones ---------------------------------------------------------------------------------------------------


@learner.group("tombstones")
def lists() -> None:
    """Keep the list of erased people, as keyed hashes, apart from the database."""


@lists.command("export")
@click.argument("file", type=click.Path(path_type=Path))
def export_list(file: Path) -> None:
    """Write all tombstones to the new FILE, mode 600."""
    _, site = the_site()
    with site.readers.begin() as session:
        found = erasing.tombstones(session, site.tenant)
    count = tombstones.write(file, reapply.kept_of(site.name, site.keys.hashing, found))
    click.echo(f"Wrote {count} tombstones to {file}.")


@lists.command("import")
@click.argument("file", type=click.Path(path_type=Path))
def import_list(file: Path) -> None:
    """Erase everybody whom the tombstones of FILE name, and keep those."""
    _, site = the_site()
    listed = tombstones.read(file)
    mine = tombstones.of_key(listed, site.name, site.keys.hashing)
    if listed and not mine:
        raise BadInput(f"The tombstones of {file} were made with another hashing key: they name nobody on this site.")
    done = privacy.erase_again(_desk(site), mine)
    click.echo(f"Took in {len(mine)} tombstones; erased {done.gone['learner']} learners, {done.rows} rows.")
    if done.remains:
        click.echo(done.remains)
