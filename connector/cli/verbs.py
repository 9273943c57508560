"""``onward verbs list|set|export|import``."""

from pathlib import Path

import click

from connector.administer import verbs as use
from connector.cli.base import FAILED, as_json, say, table, the_site
from connector.domain import Signal

SIGNALS = (*(one.value for one in Signal), use.DEFAULT)


@click.group()
def verbs() -> None:
    """Say what verbs mean: the verb map."""


@verbs.command("list")
@click.option("--source", help="Only what this source has sent, and what verbs mean there.")
@as_json
def list_verbs(source: str | None, *, as_json: bool) -> None:
    """List every verb that was seen, what it means and who says so; unknown ones first."""
    _, site = the_site()
    rows = [
        {
            "verb": line.verb,
            "statements": line.statements,
            "gone": line.gone,
            "signal": line.signal.value if line.signal else None,
            "from": line.whence.value,
            "source": line.source or None,
        }
        for line in use.listed(site.tenant, site.readers, source)
    ]
    say(rows, as_json=as_json, lines=table(rows, ("verb", "statements", "signal", "from", "source")))


@verbs.command("set")
@click.argument("verb")
@click.argument("signal", type=click.Choice(SIGNALS, case_sensitive=False))
@click.option("--source", help="Only for this source; for all of them if left out.")
def set_verb(verb: str, signal: str, source: str | None) -> None:
    """Say that VERB means SIGNAL, from the next request and the next training on, for the past too; `default` takes
    back what was said."""  # noqa: D205, D209 - click prints it whole
    _, site = the_site()
    folded = use.set_signal(verb, signal, site.tenant, site.sessions, source)
    where = f" for source {source}" if source else ""
    said = f"{folded} means what the default map says" if signal == use.DEFAULT else f"{folded} means {signal}"
    click.echo(f"{said}{where} from now on. The next training learns from it.")


@verbs.command("export")
@click.argument("file", type=click.Path(path_type=Path))
def export_file(file: Path) -> None:
    """Write what this site says of verbs to the new FILE (.json, else CSV), and the unknown ones to be filled in."""
    _, site = the_site()
    lines = use.export(file, site.tenant, site.readers)
    click.echo(f"Wrote {lines} verbs to {file.name}.")


@verbs.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def import_file(context: click.Context, file: Path) -> None:
    """Take over what FILE (.json, else CSV: verb, signal, source) says; lines that cannot be read are told."""
    _, site = the_site()
    report = use.import_map(file, site.tenant, site.sessions)
    for sentence in report.refused:
        click.echo(sentence, err=True)
    click.echo(f"Took {report.taken} verbs; {report.passed_over} without a signal; {len(report.refused)} refused.")
    if report.refused:
        context.exit(FAILED)
