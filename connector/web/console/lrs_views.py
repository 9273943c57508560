"""What the page of the step "LRS" is given: what each LRS showed, in plain words."""

from collections.abc import Mapping
from typing import Any

from connector.administer.asking import AuthKind, options_in
from connector.administer.connecting import AUTO, products
from connector.store.sources import SourceRecord
from lrs_adapters.base import MoreShape
from lrs_adapters.profiles import SinceField
from lrs_adapters.registry import PROFILES
from widgets.console.connecting import LrsView, SourceView

WAYS = (
    (AuthKind.BASIC.value, "Key and secret (HTTP Basic)"),
    (AuthKind.HEADER.value, "A header of the LRS's own"),
    (AuthKind.OAUTH2.value, "OAuth 2 client credentials"),
    (AuthKind.NONE.value, "Without credentials"),
)
ORDER = {
    True: ("kept", "Asked for oldest first, it sent oldest first."),
    False: ("not kept", "Pages are kept as they come; a read counts at its end only."),
    None: ("cannot be seen yet", "It sent fewer than two statements."),
}
SINCE = {
    SinceField.STORED: ("when it took them", "New statements are found within seconds."),
    SinceField.TIMESTAMP: ("when they happened", "Late ones are found by reading some days again."),
    SinceField.NONE: ("not at all", "Everything is read each time."),
}
MORE = {
    MoreShape.NONE: ("none", "All statements fitted one page."),
    MoreShape.ABSOLUTE: ("a whole address", ""),
    MoreShape.PATH: ("a path", ""),
    MoreShape.QUERY: ("a query", ""),
    MoreShape.RELATIVE: ("a relative path", ""),
}


def lrs_view(known: list[SourceRecord], given: Mapping[str, str]) -> LrsView:
    """Return what is connected, and the form; what was typed comes back but for the secret."""
    names = ("name", "url", "kind", "auth", "key", "token_url", "scope", "audience")
    first = {"name": "" if known else "lrs", "kind": AUTO, "auth": AuthKind.BASIC.value}
    return LrsView(
        sources=tuple(source_view(one) for one in known),
        kinds=((AUTO, "Find out by asking"), *products()),
        ways=WAYS,
        given={name: given.get(name, first.get(name, "")) for name in names},
    )


def source_view(one: SourceRecord) -> SourceView:
    """Return what is known of one LRS."""
    if one.probe is None:
        return SourceView(one.name, "current", f"{one.url} was never asked.", (), ())
    warnings = tuple(one.probe.get("warnings", ()))
    light = "off" if not one.active else "warning" if warnings else "ok"
    heed = " Heed what is written below it." if warnings else ""
    return SourceView(one.name, light, f"{one.url} answers.{heed}", tuple(_facts(one, one.probe)), warnings)


def _facts(one: SourceRecord, probe: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    profile = PROFILES.get(one.kind)
    since = options_in(one.options).since_field or (profile.since_field if profile is not None else SinceField.STORED)
    statements = f"{probe.get('statements', 0)} of {probe.get('asked', 0)} asked for"
    return [
        ("Product", profile.product if profile is not None else one.kind, ""),
        ("xAPI versions", ", ".join(probe.get("versions", ())) or "not said", ""),
        ("Statements in a page", statements, ""),
        ("Order", *ORDER[probe.get("ascending")]),
        ("New ones are found by", *SINCE[since]),
        ("Next page by", *MORE.get(MoreShape(probe.get("more", MoreShape.NONE)), ("not said", ""))),
        ("Consistent-Through", "sent" if probe.get("consistent_through") else "not sent", ""),
        ("Asked", str(probe.get("at", "at a time that was not kept"))[:16].replace("T", " "), ""),
    ]
