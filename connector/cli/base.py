"""What all commands share: the open site, output for people and for scripts, progress."""

import json
import logging
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click
import structlog
from sqlalchemy import Engine

from connector import settings as environment
from connector.administer.site import OpenSite, open_site
from connector.errors import BadInput, Busy
from connector.settings import Settings
from connector.store import database

FAILED = 1
BUSY = 3

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")


def configure_log(level: str) -> None:
    """Write events of ``level`` and above to standard error, one JSON object a line where that is not a terminal."""
    last: Any = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            last,
        ],
    )


def quiet_log() -> None:
    """Write warnings only: for commands that show progress to a person."""
    configure_log("WARNING")


def fail(error: Exception) -> int:
    """Print an error's sentence; return the exit code."""
    click.echo(f"onward: {error}", err=True)
    return BUSY if isinstance(error, Busy) else FAILED


def the_tenant() -> str:
    """Return the tenant that ``--tenant`` (or ONWARD_TENANT) names; "" where none is named."""
    return str(click.get_current_context().find_root().params.get("tenant") or "")


def the_site() -> tuple[Settings, OpenSite]:
    """Read the settings and open the site of the tenant that is named, until the command ends.

    Raises
    ------
    NotReady
        When nothing is set up yet.
    UnknownName
        When there is no tenant of that name.
    """
    settings = environment.read()
    site = open_site(settings.database(), settings.key(), the_tenant())
    click.get_current_context().call_on_close(site.engine.dispose)
    return settings, site


def the_database() -> Engine:
    """Open the database that the settings name, whatever its schema, until the command ends; raises NotReady."""
    engine = database.create_engine(environment.read().database())
    click.get_current_context().call_on_close(engine.dispose)
    return engine


def say(value: Any, *, as_json: bool, lines: Iterable[str]) -> None:
    """Print ``value`` as JSON, or ``lines`` for people."""
    if as_json:
        click.echo(json.dumps(value, indent=2, default=str))
        return
    for line in lines:
        click.echo(line)


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> list[str]:
    """Return ``rows`` as aligned lines under a heading; one sentence when there are none."""
    if not rows:
        return ["None yet."]
    cells = [list(columns), *([_cell(row.get(column)) for column in columns] for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(columns))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def secret_from(prompt: str, *, stdin: bool) -> str:
    """Return a secret from standard input's first line, or from a prompt that does not show it; never an argument."""
    given = sys.stdin.readline().rstrip("\r\n") if stdin else str(click.prompt(prompt, hide_input=True))
    if not given:
        raise BadInput("The secret is empty: nothing came on standard input.")
    return given


class Ticker:
    """Progress without a known end: one line that is rewritten on a terminal, plain lines every so often elsewhere."""

    def __init__(self, every: int = 20) -> None:
        self._every, self._count = every, 0
        self._live = sys.stderr.isatty()

    def tell(self, line: str) -> None:
        """Show ``line``."""
        self._count += 1
        if self._live:
            click.echo(f"\r\033[K{line}", err=True, nl=False)
        elif self._count % self._every == 1:
            click.echo(line, err=True)

    def end(self) -> None:
        """End the line."""
        if self._live and self._count:
            click.echo("", err=True)
