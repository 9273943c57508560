"""``onward recommend``, ``status``, ``doctor``."""

from datetime import datetime, timedelta
from typing import Any

import click

from connector.administer import doctor as examine
from connector.administer import status as tell
from connector.administer.finding import Severity
from connector.administer.recommend import recommend as use
from connector.administer.recommend import why_not
from connector.cli.base import FAILED, as_json, say, table, the_site
from connector.cli.progress import progress_line
from connector.clock import now
from connector.statements.identity import parse_identifier


@click.command()
@click.option("--learner", required=True, metavar="IDENTIFIER", help="mbox:ann@example.edu or account:HOMEPAGE|NAME.")
@click.option("--why", metavar="IRI", help="Also say what keeps this item off the page.")
@as_json
def recommend(learner: str, why: str | None, *, as_json: bool) -> None:
    """Print the rows that a learner would see now, with their reasons and scores."""
    settings, site = the_site()
    who, late = parse_identifier(learner), timedelta(minutes=settings.late_minutes)
    shown = use(site, who, now, settings.hosts(), late)
    if why:
        shown["why_not"] = {"iri": why, "code": why_not(site, who, why, now, settings.hosts(), late)}
    say(shown, as_json=as_json, lines=[*_rows(shown), *_why(shown.get("why_not"))])


def _why(told: dict[str, str | None] | None) -> list[str]:
    if told is None:
        return []
    return [
        "",
        f"{told['iri']} is not on the page: {told['code']}." if told["code"] else f"{told['iri']} is on the page.",
    ]


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
        *_because("ignored", told["ignored_because"], told["samples"]["ignored"]),
        *_because("set aside", told["quarantined_because"], told["samples"]["quarantined"]),
        f"Learners: {told['learners']}. Items: {told['items']}.",
        f"Matching: {told['matching']['matched']} of {told['matching']['launched']} launched learners.",
        _model(told["model"]),
        *_images(told["images"]),
        "",
        *table(told["sources"], ("name", "kind", "cursor", "lag_seconds", "last_error")),
        *(line for one in told["sources"] for line in _trouble(one)),
        *_running(told["jobs"]),
    ]


def _images(count: dict[str, Any]) -> list[str]:
    if not count["named"]:
        return []
    said = f"Images: {count['ready']} of {count['named']} ready, {count['waiting']} not fetched yet"
    return [f"{said}, {count['failed']} failed.", *(f"  {why} ({n})" for why, n in count["failed_because"].items())]


def _trouble(source: dict[str, Any]) -> list[str]:
    """Say what is tried again and again, what is under way, and what a comparison found."""
    name, lines = source["name"], []
    if source["failures"]:
        since = f"since the last good read at {_minute(source['last_success_at'])}"
        when = f"; next try at {_minute(source['next_try_at'])}" if source["next_try_at"] else ""
        ended = since if source["last_success_at"] else "and never read well"
        lines.append(f"! {name}: {source['failures']} tries without a good end {ended}{when}.")
    if source["reading_again"]:
        lines.append(f"{name} is being read again from the beginning; `onward sync` or the worker goes on with it.")
    compared = source["compared"]
    if compared:
        found = f"{compared['days']} days compared in the last 30, {compared['repaired']} facts had lacked"
        lines.append(f"{name}: {found}; last at {_minute(compared['checked_at'])}.")
    return lines


def _running(jobs: list[dict[str, Any]]) -> list[str]:
    lines = []
    for job in jobs:
        if job["state"] != "running":
            continue
        told = f"Running: {job['kind']} {job['scope']}".rstrip()
        if job["progress"] and "walk" in job["progress"]:
            told = f"Running: {progress_line(job['scope'], job['progress'], now())}"
        lines.append(f"{told}.")
    return lines


def _minute(moment: str | None) -> str:
    return f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M} UTC" if moment else "no time"


def _because(became: str, reasons: dict[str, int], samples: dict[str, str]) -> list[str]:
    return [
        f"  {became} because {reason}: {number}" + (f", such as {samples[reason]}" if reason in samples else "")
        for reason, number in reasons.items()
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
