"""``onward source add|change|list|show|test|push|remove``."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from connector.administer import files
from connector.administer import sources as use
from connector.administer.asking import AuthKind, SourceOptions, options_in
from connector.administer.site import OpenSite
from connector.administer.sources import NewSource, SourceChange
from connector.cli.base import as_json, say, table, the_site
from connector.cli.push import push
from connector.cli.source_options import AUTO, Described, as_the_profile_says, ask_secret, described, describing
from connector.cli.source_words import IN_LIST, health, in_full, in_full_lines, listed, seen
from connector.clock import now
from connector.errors import BadInput, ConnectorError
from connector.outside.urls import check_url
from connector.settings import Settings
from connector.store import sources as stored
from connector.store.sources import SourceRecord
from connector.wiring_train import PROBING, opener, url_rules
from lrs_adapters.base import LRSError
from lrs_adapters.endpoints import likely_kind
from lrs_adapters.profiles import XAPI
from lrs_adapters.registry import DUMP


@click.group()
def source() -> None:
    """Connect Learning Record Stores."""


source.add_command(push)


@source.command()
@click.argument("name")
@describing
def add(name: str, **given: Any) -> None:
    """Add an LRS, or files, as NAME, and ask it at once what it is. Its secret is sealed before it is stored."""
    settings, site = the_site()
    said = described(given)
    if said.kind == DUMP or said.path is not None:
        _add_files(name, said, site)
    else:
        _add_lrs(name, said, settings, site)
    click.echo(f"Added source {name}.")
    if not said.no_test:
        _try(name, settings, site, finding=(said.kind or AUTO) == AUTO and said.path is None)
    click.echo(f"Next: `onward sync --source {name}`.")


def _add_files(name: str, said: Described, site: OpenSite) -> None:
    if said.path is None or said.url is not None or said.kind not in {DUMP, AUTO, None}:
        raise click.UsageError("Files are added by `--kind dump --file PATH`, without --url.")
    if said.name_of_credential is not None or said.auth not in {AuthKind.NONE, None}:
        raise click.UsageError("Files need no credentials.")
    new = NewSource(name, DUMP, "", "", "", **_meaning(said), options=said.options(SourceOptions()))
    files.add_files(new, Path(said.path), site.tenant, site.sessions, site.seal, now)


def _add_lrs(name: str, said: Described, settings: Settings, site: OpenSite) -> None:
    auth = said.auth or AuthKind.BASIC
    if said.url is None:
        raise click.UsageError("Give the LRS's endpoint by --url, or files by --kind dump --file PATH.")
    if said.name_of_credential is None and auth != AuthKind.NONE:
        raise click.UsageError("Give --header-name." if auth == AuthKind.HEADER else "Give --key.")
    options = said.options(SourceOptions())
    _check_addresses(said, settings)
    kind = likely_kind(said.url, "") if said.kind in {None, AUTO} else said.kind
    secret = ask_secret(auth, stdin=said.secret_stdin)
    new = NewSource(
        name,
        kind or XAPI.kind,
        said.url,
        said.name_of_credential or "",
        secret,
        **_meaning(said),
        auth_kind=auth,
        options=options,
    )
    use.add(new, site.tenant, site.sessions, site.seal, now)


def _check_addresses(said: Described, settings: Settings) -> None:
    for url in (said.url, said.said["token_url"]):
        if url is not None:
            check_url(url, url_rules(settings))


def _meaning(said: Described) -> dict[str, Any]:
    fields = {"grain": said.grain, "groups_count": said.groups_count, "time_field": said.time_field}
    return {name: value for name, value in fields.items() if value is not None}


# --- asking ------------------------------------------------------------------------------------------------------


def _try(name: str, settings: Settings, site: OpenSite, *, finding: bool) -> None:
    """Ask the LRS, say what it showed; ``finding`` asks first what kind it is."""
    try:
        if finding:
            _find_kind(name, settings, site)
        probe = asdict(_probe(name, settings, site))
    except (LRSError, ConnectorError) as error:
        raise BadInput(
            f"{error} The source is kept as it is: mend it with `onward source change {name} …`, or take it away with "
            f"`onward source remove {name}`."
        ) from error
    for line in (health(name, probe), *seen(probe)):
        click.echo(line)


def _find_kind(name: str, settings: Settings, site: OpenSite) -> None:
    kind = use.recognise(name, site.tenant, site.readers, site.sessions, opener(settings, site, PROBING))
    click.echo(f"It was taken for the kind {kind}; `onward source change {name} --kind …` says otherwise.")


def _probe(name: str, settings: Settings, site: OpenSite) -> Any:
    return use.test(name, site.tenant, site.readers, site.sessions, opener(settings, site, PROBING), now)


@source.command()
@click.argument("name")
@as_json
def test(name: str, *, as_json: bool) -> None:
    """Ask the LRS what it is and for one page, and say what it showed."""
    settings, site = the_site()
    shown = asdict(_probe(name, settings, site))
    say(shown, as_json=as_json, lines=[health(name, shown), *seen(shown)])


# --- changing ----------------------------------------------------------------------------------------------------


@source.command()
@click.argument("name")
@describing
@click.option("--ask-secret", "asked", is_flag=True, help="Ask for a new secret, without showing it.")
@click.option("--profile-options", is_flag=True, help="Take back all options that stand in the profile's place.")
@click.option("--enable/--disable", "active", default=None, help="Read it again, or let it rest.")
def change(name: str, *, asked: bool, profile_options: bool, active: bool | None, **given: Any) -> None:
    """Change what is given of the source NAME, and ask it again; what was read of it stays."""
    settings, site = the_site()
    said = described(given)
    with site.readers.begin() as session:
        record = stored.by_name(session, site.tenant, name)
    _check_addresses(said, settings)
    wanted = SourceChange(
        url=files.files_at(Path(said.path)) if said.path is not None else said.url,
        kind=None if said.kind == AUTO else said.kind,
        auth_kind=said.auth,
        key=said.name_of_credential,
        secret=_new_secret(record, said, asked=asked),
        options=_new_options(record, said, reset=profile_options),
        **_meaning(said),
        active=active,
    )
    for sentence in use.change(name, wanted, site.tenant, site.sessions, site.seal):
        click.echo(f"! {sentence}")
    click.echo(f"Changed source {name}.")
    if not said.no_test and _asked_otherwise(wanted, said):
        _try(name, settings, site, finding=said.kind == AUTO)


def _new_secret(record: SourceRecord, said: Described, *, asked: bool) -> str | None:
    """Ask for a secret where one is wanted, or the other way to sign in needs another."""
    kind = said.auth or record.auth_kind
    if said.secret_stdin or asked or (kind not in {record.auth_kind, AuthKind.NONE}):
        return ask_secret(kind, stdin=said.secret_stdin)
    return None


def _new_options(record: SourceRecord, said: Described, *, reset: bool) -> SourceOptions | None:
    before = options_in(record.options)
    after = said.options(as_the_profile_says(before) if reset else before)
    return after if after != before else None


def _asked_otherwise(wanted: SourceChange, said: Described) -> bool:
    """Tell whether the LRS is asked in another way from now on."""
    changed = (wanted.url, wanted.kind, wanted.auth_kind, wanted.key, wanted.secret, wanted.options)
    return said.kind == AUTO or any(one is not None for one in changed)


# --- looking -----------------------------------------------------------------------------------------------------


@source.command("list")
@as_json
def list_sources(*, as_json: bool) -> None:
    """List the sources."""
    _, site = the_site()
    with site.readers.begin() as session:
        rows = [listed(one) for one in stored.all_of(session, site.tenant)]
    say(rows, as_json=as_json, lines=table(rows, IN_LIST))


@source.command()
@click.argument("name")
@as_json
def show(name: str, *, as_json: bool) -> None:
    """Show everything that is known of the source NAME but its secrets, with what it last showed when it was asked."""
    _, site = the_site()
    with site.readers.begin() as session:
        full = in_full(stored.by_name(session, site.tenant, name))
    say(full, as_json=as_json, lines=in_full_lines(full))


@source.command()
@click.argument("name")
@click.confirmation_option(prompt="This removes the source with everything that was read from it. Go on?")
def remove(name: str) -> None:
    """Remove a source with everything that was read from it."""
    _, site = the_site()
    use.remove(name, site.tenant, site.sessions)
    click.echo(f"Removed source {name}.")
