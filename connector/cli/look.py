"""``onward recommend``, ``status``, ``doctor``."""

from datetime import timedelta
from typing import Any

import click

from connector.administer import doctor as examine
from connector.administer import status as tell
from connector.administer.finding import Severity
from connector.administer.recommend import recommend as use
from connector.cli.base import FAILED, as_json, say, table, the_site
from connector.clock import now
from connector.statements.identity import parse_identifier


@click.command()
@click.option("--learner", required=True, metavar="IDENTIFIER", help="mbox:ann@example.edu or account:HOMEPAGE|NAME.")
@as_json
def recommend(learner: str, *, as_json: bool) -> None:
    """Print the rows that a learner would see now, with their reasons and scores."""
    settings, site = the_site()
    late = timedelta(minutes=settings.late_minutes)
    shown = use(site, parse_identifier(learner), now, settings.hosts(), late)
    say(shown, as_json=as_json, lines=_rows(shown))


def _rows(shown: dict[str, Any]) -> list[str]:
    lines = [f"{shown['state']} · model {shown['model'] or 'none'}"]
    for row in shown["rows"]:
        lines.append("")
        lines.append(f"{row['kind']}" + (f": {row['anchor']}" if row["anchor"] else ""))
        for card in row["cards"]:
            of = f" ({card['number']} of {card['base']})" if card["base"] else ""
            lines.append(f"  {card['score']:.4f}  {card['title']}  [{card['reason']}{of}]")
    return lines


@click.command()
@as_json
def status(*, as_json: bool) -> None:
    """Say what was read, what it became, and what is served."""
    _, site = the_site()
    told = tell.status(site.tenant, site.readers, now)
    say(told, as_json=as_json, lines=_status_lines(told))


def _status_lines(told: dict[str, Any]) -> list[str]:
    return [
        _statements(told["statements"]),
        *(f"  ignored because {reason}: {number}" for reason, number in told["ignored_because"].items()),
        *(f"  set aside because {reason}: {number}" for reason, number in told["quarantined_because"].items()),
        f"Learners: {told['learners']}. Items: {told['items']}.",
        f"Matching: {told['matching']['matched']} of {told['matching']['launched']} launched learners.",
        _model(told["model"]),
        "",
        *table(told["sources"], ("name", "kind", "cursor", "lag_seconds", "last_error")),
    ]


def _statements(count: dict[str, int]) -> str:
    became = f"{count['kept']} kept + {count['ignored']} ignored + {count['voided']} voided"
    return f"Statements: {count['seen']} seen = {became}; {count['quarantined']} set aside."


def _model(model: dict[str, Any] | None) -> str:
    if model is None:
        return "Model: none."
    return f"Model: {model['version']}, trained {model['trained_at']}, {model['neighbours']} neighbours."


@click.command()
@as_json
@click.pass_context
def doctor(context: click.Context, *, as_json: bool) -> None:
    """Say what is wrong and what to do next; exit code 1 when something is."""
    settings, site = the_site()
    late = timedelta(minutes=settings.late_minutes)
    found = examine.doctor(site.tenant, site.readers, now, settings.hosts(), late)
    marks = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.OK: "✓"}
    rows = [{"severity": one.severity.value, "code": one.code, "seen": one.seen, "remedy": one.remedy} for one in found]
    lines = [f"{marks[one.severity]} {one.seen}" + (f"\n    → {one.remedy}" if one.remedy else "") for one in found]
    say(rows, as_json=as_json, lines=lines)
    if any(one.severity is Severity.ERROR for one in found):
        context.exit(FAILED)
