"""``onward source push``."""

import click

from connector.administer import push as use
from connector.administer.push import PushCredential
from connector.administer.site import OpenSite
from connector.cli.base import as_json, say, the_site
from connector.errors import NotReady
from connector.settings import Settings
from connector.store import sources as stored


@click.command()
@click.argument("name")
@click.option("--on", "wish", flag_value="on", help="Let statements be pushed to it; prints key and secret, once.")
@click.option("--off", "wish", flag_value="off", help="Let nothing be pushed to it any more.")
@click.option("--renew", "wish", flag_value="renew", help="Print another key and secret; the old ones end at once.")
@as_json
def push(name: str, wish: str | None, *, as_json: bool) -> None:
    """Let the LRS that is the source NAME push its statements here, say whether it may, or end that."""
    settings, site = the_site()
    if wish is None:
        _tell(name, site, as_json=as_json)
    elif wish == "off":
        use.switch_off(name, site.tenant, site.sessions)
        say({"push": False}, as_json=as_json, lines=[f"Nothing may be pushed to {name} any more."])
    else:
        change = use.switch_on if wish == "on" else use.renew
        made = change(name, site.tenant, site.sessions, site.keys.hashing)
        _show(made, settings, as_json=as_json)


def _show(made: PushCredential, settings: Settings, *, as_json: bool) -> None:
    url = _endpoint(settings)
    shown = {"url": url, "key": made.key, "secret": made.secret}
    lines = [
        "Give this to the LRS that forwards. The secret is shown now and never again.",
        *(f"  {what}: {value}" for what, value in shown.items()),
        f"Some want the address of the resource instead: {url}/statements",
    ]
    say(shown, as_json=as_json, lines=lines)


def _endpoint(settings: Settings) -> str:
    try:
        return f"{settings.origin()}/xapi"
    except NotReady:  # it may be switched on before the server is set up
        return "<ONWARD_PUBLIC_URL>/xapi"


def _tell(name: str, site: OpenSite, *, as_json: bool) -> None:
    with site.readers.begin() as session:
        record = stored.by_name(session, site.tenant, name)
    told = {"push": bool(record.push_key), "key": record.push_key, "last_push": record.last_push_at}
    last = f"the last came at {record.last_push_at:%Y-%m-%d %H:%M} UTC" if record.last_push_at else "none came yet"
    on = f"Statements may be pushed to {name} under the key {record.push_key}; {last}."
    say(told, as_json=as_json, lines=[on if record.push_key else f"Nothing may be pushed to {name}: --on allows it."])
