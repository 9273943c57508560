"""``onward setup code`` and ``onward account add|list|password|disable|enable``."""

import click

from connector.administer.accounts import NewCode, accounts_of
from connector.cli.base import as_json, say, secret_from, table, the_site
from connector.clock import now
from connector.settings import Settings


def tell_first_code() -> None:
    """Tell the setup code of a site that nobody has claimed and that has none yet."""
    settings, site = the_site()
    made = accounts_of(site, settings.public_url, now).first_code()
    if made is not None:
        click.echo(told_once(made, settings))


def told_once(made: NewCode, settings: Settings) -> str:
    """Return the sentence that tells a setup code; it is never shown again."""
    address = (
        f"{settings.public_url}/setup" if settings.public_url else "/setup of ONWARD_PUBLIC_URL, once that is set,"
    )
    return (
        f"Setup: open {address} in a browser. Setup code: {made.code} (good once, until "
        f"{made.until:%Y-%m-%d %H:%M} UTC; not shown again, `onward setup code` makes a new one)."
    )


@click.group()
def setup() -> None:
    """Set this site up in a browser."""


@setup.command()
def code() -> None:
    """Make a new setup code, by which the first account is made. The one before is worth nothing then."""
    settings, site = the_site()
    click.echo(told_once(accounts_of(site, settings.public_url, now).new_code(), settings))


@click.group()
def account() -> None:
    """Accounts of who may sign in to the console."""


@account.command()
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input's first line.")
def add(name: str, *, password_stdin: bool) -> None:
    """Make an account that may administer this site. The password is never an argument."""
    settings, site = the_site()
    accounts_of(site, settings.public_url, now).add(name, secret_from("Password", stdin=password_stdin))
    click.echo(f"Made the account {name.strip()}: sign in at {settings.public_url}/admin.")


@account.command("list")
@as_json
def list_accounts(*, as_json: bool) -> None:
    """List the accounts."""
    settings, site = the_site()
    rows = accounts_of(site, settings.public_url, now).listed()
    say(rows, as_json=as_json, lines=table(rows, ("number", "name", "state", "made")))


@account.command()
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input's first line.")
def password(name: str, *, password_stdin: bool) -> None:
    """Give an account another password. Whoever is signed in by it is signed out."""
    settings, site = the_site()
    accounts_of(site, settings.public_url, now).set_password(name, secret_from("New password", stdin=password_stdin))
    click.echo(f"The account {name} has another password; whoever was signed in by it is signed out.")


@account.command()
@click.argument("name")
def disable(name: str) -> None:
    """Let nobody in by an account; whoever is signed in by it is signed out."""
    settings, site = the_site()
    accounts_of(site, settings.public_url, now).disable(name)
    click.echo(f"The account {name} is switched off.")


@account.command()
@click.argument("name")
def enable(name: str) -> None:
    """Let in by an account again that was switched off."""
    settings, site = the_site()
    accounts_of(site, settings.public_url, now).enable(name)
    click.echo(f"The account {name} is switched on.")
