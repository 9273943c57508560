"""``onward catalog import|export|show|connect|refresh|feeds|disconnect``."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from connector import catalog as use
from connector.catalog import feeds
from connector.catalog.export import Format
from connector.catalog.feeds import IGNORED, KINDS, NewFeed, RefreshReport
from connector.catalog.importing import BATCH, CatalogReport
from connector.catalog.showing import show as look
from connector.cli.base import FAILED, Ticker, as_json, fail, say, secret_from, table, the_site
from connector.clock import now
from connector.errors import ConnectorError
from connector.store import feeds as stored
from connector.wiring_train import feeding

MOST_SENTENCES = 50


@click.group()
def catalog() -> None:
    """Describe items: titles, links, lengths, topics, dates, who may see them."""


# --- files -------------------------------------------------------------------------------------------------------


@catalog.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def import_file(context: click.Context, file: Path) -> None:
    """Take a CSV or JSON catalogue in. Only the column iri is needed; an empty cell leaves a field as it is, a single -
    empties it. Lines that cannot be read are told and left out. The other columns are those of `catalog export`."""  # noqa: D205, D209 - click prints it whole
    _, site = the_site()
    ticker = Ticker(every=2)

    def tell(done: int, of: int) -> None:
        if of > BATCH:
            ticker.tell(f"{done} of {of} items")

    report = use.import_catalog(file, site.tenant, site.sessions, now, tell)
    ticker.end()
    for sentence in _shortened((*report.notes, *report.refused)):
        click.echo(sentence, err=True)
    for line in _imported(report):
        click.echo(line)
    if report.refused:
        context.exit(FAILED)


def _shortened(sentences: tuple[str, ...]) -> list[str]:
    more = len(sentences) - MOST_SENTENCES
    return [*sentences[:MOST_SENTENCES], *([f"… and {more} more."] if more > 0 else [])]


def _imported(report: CatalogReport) -> list[str]:
    joined = f"; {report.joined} joined to other families" if report.joined else ""
    return [
        f"Took {report.taken} items; {report.without_url} of them without a url; {len(report.refused)} refused.",
        f"{_changes(asdict(report.changes))}{joined}.",
    ]


def _changes(one: dict[str, int]) -> str:
    return f"{one['new']} new, {one['changed']} changed, {one['replaced']} titles replaced"


@catalog.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "written",
    type=click.Choice([one.value for one in Format]),
    help="Of the file's suffix if left out, else CSV.",
)
@click.option("--all", "every", is_flag=True, help="Also items and titles that only statements brought, to fill in.")
def export(file: Path, written: str | None, *, every: bool) -> None:
    """Write the catalogue to the new file FILE; importing it again changes nothing."""
    _, site = the_site()
    kind = Format(written or ("json" if file.suffix.casefold() == ".json" else "csv"))
    count = use.export_catalog(file, kind, site.tenant, site.readers, with_statements=every)
    click.echo(f"Wrote {count} items to {file}.")


@catalog.command()
@click.argument("iri")
@as_json
def show(iri: str, *, as_json: bool) -> None:
    """Show an item: each field, each text with where it came from; * marks the one for readers of other languages."""
    _, site = the_site()
    shown = look(iri, site.tenant, site.readers, now())
    say(shown, as_json=as_json, lines=_shown(shown))


def _shown(shown: dict[str, Any]) -> list[str]:
    fields = (f"  {name}: {value}" for name, value in shown["fields"].items() if value not in ("", None, []))
    texts = [text | {"*": "*" if text["chosen"] else ""} for text in shown["texts"]]
    return [
        shown["iri"],
        *fields,
        f"  now: {shown['now']}",
        "",
        *table(texts, ("*", "language", "title", "from", "since")),
    ]


# --- feeds -------------------------------------------------------------------------------------------------------


@catalog.command()
@click.argument("name")
@click.option("--kind", type=click.Choice(KINDS), required=True, help="What keeps the catalogue.")
@click.option("--url", required=True, help="The address of its front page, such as https://moodle.example.edu.")
@click.option("--token-stdin", is_flag=True, help="Read the token from standard input instead of asking for it.")
@click.option("--language", default="en", show_default=True, help="Language of courses that force none.")
@click.option("--ignore-enrolment", is_flag=True, help="Recommend courses also where nobody can enrol by themselves.")
@click.option("--ignore-dates", is_flag=True, help="Recommend courses also before their start and after their end.")
def connect(name: str, kind: str, url: str, language: str, **flags: bool) -> None:
    """Connect a catalogue as NAME and read it; from then on the worker reads it every ONWARD_CATALOG_MINUTES. Of a name
    that is known, address, token and options are changed."""  # noqa: D205, D209 - click prints it whole
    settings, site = the_site()
    token = secret_from("Token", stdin=flags["token_stdin"])
    kept = {what: IGNORED for what in ("enrolment", "dates") if flags[f"ignore_{what}"]}
    report = feeds.connect(NewFeed(name, kind, url, token, {"language": language, **kept}), feeding(settings, site))
    click.echo(f"Connected {name}. {_refreshed(asdict(report))}")


@catalog.command()
@click.argument("name", required=False)
@as_json
@click.pass_context
def refresh(context: click.Context, name: str | None, *, as_json: bool) -> None:
    """Read the feed NAME now, or all of them."""
    settings, site = the_site()
    room = feeding(settings, site)
    outcomes: dict[str, RefreshReport | ConnectorError] = (
        {name: feeds.refresh(name, room)} if name else feeds.refresh_all(room)
    )
    reports = {one: asdict(came) for one, came in outcomes.items() if isinstance(came, RefreshReport)}
    lines = [f"{one}: {_refreshed(report)}" for one, report in reports.items()]
    say(
        reports,
        as_json=as_json,
        lines=lines or ([] if outcomes else ["No feed is connected: `onward catalog connect`."]),
    )
    codes = [fail(came) for came in outcomes.values() if isinstance(came, ConnectorError)]
    context.exit(min(codes, default=0))


def _refreshed(report: dict[str, Any]) -> str:
    there = f"{report['courses']} courses, {report['hidden']} of them hidden; {report['gone']} no longer listed"
    return f"{there}. {_changes(report['changes'])}."


@catalog.command("feeds")
@as_json
def list_feeds(*, as_json: bool) -> None:
    """List the feeds with their last good read and last error."""
    _, site = the_site()
    with site.readers.begin() as session:
        rows = [
            {
                "name": one.name,
                "kind": one.kind,
                "url": one.url,
                "active": one.active,
                "last_success": one.last_success_at,
                "last_error": one.last_error,
            }
            for one in stored.all_of(session, site.tenant)
        ]
    say(rows, as_json=as_json, lines=table(rows, ("name", "kind", "url", "last_success", "last_error")))


@catalog.command()
@click.argument("name")
@click.confirmation_option("--yes", prompt="Forget this feed and its token?", help="Do not ask.")
def disconnect(name: str) -> None:
    """Forget the feed NAME and its token; its items stay as they are."""
    _, site = the_site()
    hidden = feeds.disconnect(name, site.tenant, site.sessions)
    click.echo(f"Forgot feed {name}; {hidden} items stay hidden as it last said (`visible` in a catalogue shows them).")
