"""``onward platform invite|invites|add|change|list|show|disable|enable``."""

from functools import partial

import click

from connector.administer import invites as inviting
from connector.administer import platforms as use
from connector.administer.invites import MOST_DAYS, Invitation, NewInvite
from connector.administer.platforms import NewPlatform, PlatformChange
from connector.cli.base import as_json, say, table, the_site
from connector.clock import now
from connector.errors import BadInput
from connector.lti.ports import DeploymentPolicy
from connector.lti.switches import MEANINGS, Switches
from connector.outside.urls import check_url
from connector.store import platforms as stored
from connector.wiring_train import url_rules


@click.group()
def platform() -> None:
    """Register learning platforms (LMSs)."""


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
@click.option("--cancel", type=int, metavar="NUMBER", help="Make this unused invite worthless; makes no new one.")
def invite(
    name: str, days: int, policy: str, *, username: bool, idnumber: bool, given_name: bool, cancel: int | None
) -> None:
    """Make a URL by which an LMS registers this tool, once. It is shown now and never again."""
    settings, site = the_site()
    if cancel is not None:
        inviting.cancel(cancel, site.tenant, site.sessions, now)
        click.echo(f"Invite {cancel} is worthless now.")
        return
    new = NewInvite(name, days, DeploymentPolicy(policy), Switches(username, idnumber, given_name))
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
@click.argument("name")
@click.option("--issuer", required=True, help="Platform ID, letter by letter (a last slash counts).")
@click.option("--client-id", required=True, help="Client ID that the platform gave to this tool.")
@click.option("--auth-url", required=True, help="Authentication request URL.")
@click.option("--token-url", default="", help="Access token URL.")
@click.option("--jwks-url", required=True, help="Public keyset URL.")
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
    issuer: str,
    client_id: str,
    auth_url: str,
    token_url: str,
    jwks_url: str,
    deployments: tuple[str, ...],
    frame_origins: tuple[str, ...],
    match: tuple[str, ...],
) -> None:
    """Register an LMS as NAME, with what its "tool configuration details" show. `platform show` has our side."""
    settings, site = the_site()
    new = NewPlatform(
        name, issuer, client_id, auth_url, token_url, jwks_url, deployments, frame_origins, _rules(match, issuer)
    )
    use.add(new, site.tenant, site.sessions, now, partial(check_url, rules=url_rules(settings)))
    click.echo(f"Registered platform {name}.")


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
@click.option("--refuse", multiple=True, metavar="DEPLOYMENT", help="Refuse a deployment from now on.")
@click.option("--frame-origin", "frame_origins", multiple=True, help="One more origin that embeds us.")
@click.option("--match", multiple=True, metavar="RULE[=HOMEPAGE]", help="Set the match rules to these.")
@click.option("--no-match", is_flag=True, help="Take all match rules away.")
def change(
    name: str,
    approve: tuple[str, ...],
    refuse: tuple[str, ...],
    frame_origins: tuple[str, ...],
    match: tuple[str, ...],
    *,
    no_match: bool,
) -> None:
    """Change a platform: its deployments, frame origins and match rules. Works at the next login."""
    _, site = the_site()
    with site.readers.begin() as session:
        issuer = stored.by_name(session, site.tenant, name).issuer
    rules = _rules(match, issuer) if match or no_match else None
    wanted = PlatformChange(approve, refuse, frame_origins, rules)
    use.change(name, wanted, site.tenant, site.sessions, now)
    click.echo(f"Changed platform {name}.")


@platform.command("list")
@as_json
def list_platforms(*, as_json: bool) -> None:
    """List the platforms with their deployments."""
    _, site = the_site()
    with site.readers.begin() as session:
        rows = [
            {
                "name": one.name,
                "issuer": one.issuer,
                "client_id": one.client_id,
                "product": one.product,
                "active": one.active,
                "deployments": stored.deployments(session, one),
                "match": dict(one.match_rules),
                "frame_origins": list(one.frame_origins),
            }
            for one in stored.all_of(session, site.tenant)
        ]
    say(rows, as_json=as_json, lines=table(rows, ("name", "issuer", "client_id", "active", "deployments")))


@platform.command()
@as_json
def show(*, as_json: bool) -> None:
    """Show what to paste into the LMS, in the words of Moodle's form."""
    settings, _ = the_site()
    shown = use.what_to_paste(settings.origin())
    width = max(map(len, shown))
    say(shown, as_json=as_json, lines=(f"{field.ljust(width)}  {value}" for field, value in shown.items()))


@platform.command()
@click.argument("name")
def disable(name: str) -> None:
    """Refuse every login and launch of a platform from now on."""
    _, site = the_site()
    use.disable(name, site.tenant, site.sessions)
    click.echo(f"Platform {name} is switched off.")


@platform.command()
@click.argument("name")
def enable(name: str) -> None:
    """Admit a platform that was disabled."""
    _, site = the_site()
    use.enable(name, site.tenant, site.sessions)
    click.echo(f"Platform {name} is switched on.")
