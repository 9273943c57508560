"""``onward platform invite|invites|add|paste|change|show``, and what ``connector.cli.deployments`` has."""

from functools import partial

import click

from connector.administer import invites as inviting
from connector.administer import platforms as use
from connector.administer.invites import MOST_DAYS, Invitation, NewInvite
from connector.administer.platforms import NewPlatform, PlatformChange
from connector.administer.tickets import Tickets
from connector.cli.base import as_json, say, table, the_site
from connector.cli.by_hand import LMS, add_by_hand, paste
from connector.cli.deployments import deployments, disable, enable, list_platforms
from connector.clock import now
from connector.errors import BadInput
from connector.lti.by_hand import pasted
from connector.lti.by_hand_words import MOODLE
from connector.lti.dynamic import tool_at
from connector.lti.ports import DeploymentPolicy
from connector.lti.switches import MEANINGS, Switches
from connector.outside.urls import check_url
from connector.store import platforms as stored
from connector.wiring_train import url_rules


@click.group()
def platform() -> None:
    """Register learning platforms (LMSs)."""


for command in (paste, list_platforms, deployments, disable, enable):
    platform.add_command(command)


@platform.command()
@click.option("--name", default="", help="What the platform is called here; its product if left out.")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=7, show_default=True, help="How long it is good.")
@click.option(
    "--policy",
    type=click.Choice([policy.value for policy in DeploymentPolicy]),
    default=DeploymentPolicy.APPROVE.value,
    show_default=True,
    help="What a new deployment's first launch is: admitted, or refused until you approve it.",
)
@click.option("--username", is_flag=True, help=MEANINGS["username"].sentence)
@click.option("--idnumber", is_flag=True, help=MEANINGS["idnumber"].sentence)
@click.option("--given-name", is_flag=True, help=MEANINGS["given_name"].sentence)
@click.option("--roster", is_flag=True, help=MEANINGS["roster"].sentence)
@click.option("--cancel", type=int, metavar="NUMBER", help="Make this unused invite worthless; makes no new one.")
def invite(
    name: str,
    days: int,
    policy: str,
    *,
    username: bool,
    idnumber: bool,
    given_name: bool,
    roster: bool,
    cancel: int | None,
) -> None:
    """Make a URL by which an LMS registers this tool, once. It is shown now and never again."""
    settings, site = the_site()
    if cancel is not None:
        inviting.cancel(cancel, site.tenant, site.sessions, now)
        click.echo(f"Invite {cancel} is worthless now.")
        return
    new = NewInvite(name, days, DeploymentPolicy(policy), Switches(username, idnumber, given_name, roster))
    _tell(inviting.invite(new, settings.origin(), site.tenant, site.sessions, now), new)


def _tell(made: Invitation, new: NewInvite) -> None:
    click.echo(made.url)
    click.echo(
        f"Invite {made.number}: paste this address into the LMS as the tool's registration URL. It works once, until "
        f"{made.expires_at:%Y-%m-%d %H:%M} UTC, and is not shown again."
    )
    on = {name: meaning for name, meaning in MEANINGS.items() if getattr(new.switches, name)}
    if not on:
        click.echo("It asks for nothing about people but their id in the LMS.")
    for meaning in on.values():
        click.echo(f"{meaning.name}: {meaning.sentence}")


@platform.command()
@as_json
def invites(*, as_json: bool) -> None:
    """List the invites: open, used (by which platform) or expired. Their addresses are not kept."""
    _, site = the_site()
    rows = inviting.listed(site.tenant, site.readers, now())
    columns = ("number", "name", "state", "until", "policy", "switched_on", "platform")
    say(rows, as_json=as_json, lines=table(rows, columns))


@platform.command()
@click.argument("name", default="")
@click.option("--lms", type=LMS, help="Whose words; with it the address and the client ID are mostly enough.")
@click.option(
    "--site", "address", default="", help="Address of the LMS, with --lms: the other addresses follow from it."
)
@click.option("--issuer", default="", help="Platform ID, letter by letter (a last slash counts).")
@click.option("--client-id", default="", help="Client ID that the platform gave to this tool.")
@click.option("--auth-url", default="", help="Authentication request URL.")
@click.option("--token-url", default="", help="Access token URL.")
@click.option("--jwks-url", default="", help="Public keyset URL.")
@click.option("--deployment", "deployments", multiple=True, help="Deployment ID; without one, all are admitted.")
@click.option("--frame-origin", "frame_origins", multiple=True, help="Origin that embeds us, besides the issuer's.")
@click.option(
    "--match",
    multiple=True,
    metavar="RULE[=HOMEPAGE]",
    help="Link learners by `username` or `idnumber` as account names at HOMEPAGE (the issuer if left out).",
)
def add(  # noqa: PLR0917 - one option a field of the LMS's form
    name: str,
    lms: str | None,
    address: str,
    issuer: str,
    client_id: str,
    auth_url: str,
    token_url: str,
    jwks_url: str,
    deployments: tuple[str, ...],
    frame_origins: tuple[str, ...],
    match: tuple[str, ...],
) -> None:
    """Register an LMS as NAME, with what it shows; `platform paste --lms …` has our side and says which option is what.

    With --lms what does not follow is asked for in the LMS's words, and its keys are looked at. Without it, every
    address is taken as it is given.
    """
    settings, site = the_site()
    if lms is not None:
        given = {
            "site": address,
            "issuer": issuer,
            "client_id": client_id,
            "auth_url": auth_url,
            "token_url": token_url,
        }
        given |= {"jwks_url": jwks_url, "deployment": _one_of(deployments), "frame_origin": _one_of(frame_origins)}
        added = add_by_hand(lms, name, given, _rules(match, ""), settings, site)
        click.echo(f"Registered platform {added.name}: issuer {added.filled.issuer}, keys at {added.filled.jwks_url}.")
        return
    _all_given(NAME=name, issuer=issuer, client_id=client_id, auth_url=auth_url, jwks_url=jwks_url)
    new = NewPlatform(
        name, issuer, client_id, auth_url, token_url, jwks_url, deployments, frame_origins, _rules(match, issuer)
    )
    use.add(new, site.tenant, site.sessions, now, partial(check_url, rules=url_rules(settings)))
    click.echo(f"Registered platform {name}.")


def _all_given(**fields: str) -> None:
    missing = [name if name.isupper() else f"--{name.replace('_', '-')}" for name, value in fields.items() if not value]
    if missing:
        raise click.UsageError(f"Missing {', '.join(missing)}. With --lms most of it follows from --site.")


def _one_of(given: tuple[str, ...]) -> str:
    if len(given) > 1:
        raise click.UsageError("With --lms give one deployment and one frame origin; `platform change` adds others.")
    return given[0] if given else ""


def _rules(given: tuple[str, ...], issuer: str) -> dict[str, str]:
    rules = {}
    for one in given:
        rule, _, home_page = one.partition("=")
        if not rule:
            raise BadInput("--match needs a rule, such as `username`.")
        rules[rule] = home_page or issuer
    return rules


@platform.command()
@click.argument("name")
@click.option("--approve", multiple=True, metavar="DEPLOYMENT", help="Admit a deployment.")
@click.option("--refuse", multiple=True, metavar="DEPLOYMENT", help="Refuse a deployment from now on, and its pages.")
@click.option(
    "--deployments",
    "policy",
    type=click.Choice([policy.value for policy in DeploymentPolicy]),
    help="What a new deployment's first launch is from now on: admitted, or refused until you approve it.",
)
@click.option("--frame-origin", "frame_origins", multiple=True, help="One more origin that embeds us.")
@click.option("--match", multiple=True, metavar="RULE[=HOMEPAGE]", help="Set the match rules to these.")
@click.option("--no-match", is_flag=True, help="Take all match rules away.")
@click.option(
    "--admins-enter",
    type=click.Choice(["on", "off"]),
    help="Whether who administers this LMS may enter the console by a launch; off at first.",
)
def change(
    name: str,
    approve: tuple[str, ...],
    refuse: tuple[str, ...],
    policy: str | None,
    frame_origins: tuple[str, ...],
    match: tuple[str, ...],
    admins_enter: str | None,
    *,
    no_match: bool,
) -> None:
    """Change a platform: its deployments, frame origins and match rules. Works at the next request."""
    _, site = the_site()
    with site.readers.begin() as session:
        issuer = stored.by_name(session, site.tenant, name).issuer
    rules = _rules(match, issuer) if match or no_match else None
    wanted = PlatformChange(
        approve, refuse, frame_origins, rules, DeploymentPolicy(policy) if policy is not None else None
    )
    use.change(name, wanted, site.tenant, site.sessions, now)
    if admins_enter is not None:
        Tickets(site.tenant, site.sessions, site.readers, now).let_enter(name, on=admins_enter == "on")
    click.echo(f"Changed platform {name}.")


@platform.command()
@as_json
def show(*, as_json: bool) -> None:
    """Show what to paste into Moodle's form; `platform paste --lms …` has the words of other LMSs."""
    settings, _ = the_site()
    shown = {one.name: value for one, value in pasted(MOODLE, tool_at(settings.origin()))}
    width = max(map(len, shown))
    say(shown, as_json=as_json, lines=(f"{field.ljust(width)}  {value}" for field, value in shown.items()))
