"""``onward dump``."""

from pathlib import Path

import click

from connector.administer import dump as use
from connector.cli.base import as_json, say, the_site


@click.command()
@click.option(
    "--canonical", is_flag=True, required=True, help="Names for numbers, one order: equal states, equal bytes."
)
@click.argument("file", type=click.Path(path_type=Path), required=False)
@as_json
def dump(file: Path | None, *, canonical: bool, as_json: bool) -> None:  # noqa: ARG001 - said, so that other dumps may come
    """Write what the database knows to the new FILE, or without FILE only say its fingerprint.

    Two sites with one hashing key that were told the same, in whatever order, on SQLite or PostgreSQL, give the same
    bytes. Nobody's identifier is in it, but keyed hashes of all of them: keep it as you keep a backup.
    """
    _, site = the_site()
    if file is None:
        lines, digest = use.fingerprint(site.tenant, site.readers)
    else:
        lines, digest = use.canonical_dump(site.tenant, site.readers, file)
    say({"lines": lines, "sha256": digest}, as_json=as_json, lines=[f"{lines} lines, SHA-256 {digest}."])
