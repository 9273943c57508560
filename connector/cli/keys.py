"""``onward keys list|rotate``."""

import click

from connector.administer import keys as use
from connector.cli.base import as_json, say, table, the_site
from connector.clock import now


@click.group()
def keys() -> None:
    """List and replace the keys that sign what this tool says."""


@keys.command("list")
@as_json
def list_(*, as_json: bool) -> None:
    """List the keys of this tenant: what each is for, its public id, and until when a retired one is good."""
    _, site = the_site()
    rows = use.listed(site.tenant, site.readers, site.seal, now())
    say(rows, as_json=as_json, lines=table(rows, ("for", "id", "made_at", "state", "good_until")))


@keys.command()
@click.option("--session", "visits", is_flag=True, help="The key of visits (open pages), not the LTI signing key.")
@as_json
def rotate(*, visits: bool, as_json: bool) -> None:
    """Put a new key in the place of the LTI signing key, or of that of visits; nobody is interrupted.

    Servers that run use it within a minute. The old key stays good for what it signed: the signing key is published in
    /lti/jwks for 25 hours more, the key of visits opens them for 9 hours more. Then it is gone by itself.
    """
    _, site = the_site()
    rotate_one = use.rotate_session if visits else use.rotate_signing
    done = rotate_one(site.tenant, site.sessions, site.seal, now)
    told = {"made": done.made, "retired": list(done.retired), "good_until": done.until}
    lines = [
        f"Made {'the key of visits' if visits else 'the LTI signing key'} {done.made}: servers use it within a minute.",
        f"Retired {', '.join(done.retired)}: good for what it signed until {done.until:%Y-%m-%d %H:%M} UTC.",
        *([] if visits else ["Platforms find both at /lti/jwks until then; there is nothing to do there."]),
    ]
    say(told, as_json=as_json, lines=lines)
