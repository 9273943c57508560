"""``onward quality list|settle|rules|unsettle``."""

from typing import Any

import click

from connector.administer import quality as use
from connector.administer.suspicions.base import Suspicion
from connector.cli.base import as_json, say, table, the_site
from connector.clock import now


@click.group()
def quality() -> None:
    """Look for faults in the data, and settle them."""


@quality.command("list")
@as_json
def list_findings(*, as_json: bool) -> None:
    """List what looks wrong in the statements: how often, an example, what it resembles, and what settles it."""
    _, site = the_site()
    found = use.listed(site.tenant, site.readers)
    lines = [line for one in found for line in _lines(one)] or ["Nothing looks wrong."]
    say([_row(one) for one in found], as_json=as_json, lines=lines)


def _row(one: Suspicion) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "seen": one.seen,
        "statements": one.count,
        "sample": one.sample or None,
        "resembles": one.resembles or None,
        "remedy": one.remedy,
    }


def _lines(one: Suspicion) -> list[str]:
    example = f", such as {one.sample}" if one.sample else ""
    lines = [f"{one.id}: {one.seen}", f"    {one.count} statements{example}."]
    if one.resembles:
        lines.append(f"    It resembles {one.resembles}")
    return [*lines, f"    → `{one.remedy}`"]


@quality.command()
@click.argument("finding")
def settle(finding: str) -> None:
    """Let the statements of FINDING count for nothing, or repair how they are read, from the next request on."""
    _, site = the_site()
    found = use.settle(finding, site.tenant, site.sessions, now)
    done = "the source is read by stored" if found.by_stored else f"{found.count} statements count for nothing"
    click.echo(f"Settled {finding}: {done} from now on. `onward quality unsettle {finding}` takes that back.")


@quality.command()
@as_json
def rules(*, as_json: bool) -> None:
    """List what was settled, with what each rule names and how many statements that is."""
    _, site = the_site()
    rows = [
        {"number": one.number or None, "finding": one.finding, "names": one.names, "statements": one.statements}
        for one in use.settled(site.tenant, site.readers)
    ]
    say(rows, as_json=as_json, lines=table(rows, ("number", "finding", "statements", "names")))


@quality.command()
@click.argument("rule")
def unsettle(rule: str) -> None:
    """Take back what settled a finding: RULE is the number of a rule or the finding; all is as it was before."""
    _, site = the_site()
    finding = use.unsettle(rule, site.tenant, site.sessions, now)
    click.echo(f"Took back what settled {finding}.")
