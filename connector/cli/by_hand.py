"""``onward platform paste`` and ``onward platform add --lms``: a registration by hand in the words of each LMS."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from connector.administer import by_hand as use
from connector.administer.by_hand import AddedByHand
from connector.administer.site import OpenSite
from connector.cli.base import as_json, say, the_site
from connector.clock import now
from connector.lti.by_hand import Lms, our_values, pasted
from connector.lti.by_hand_words import LMSS, lms_called
from connector.lti.dynamic import Tool, tool_at
from connector.outside.by_hand import HttpAddresses
from connector.settings import Settings
from connector.wiring_train import url_rules

LMS = click.Choice([one.code for one in LMSS])


@click.command()
@click.option("--lms", type=LMS, default="moodle", show_default=True, help="Whose words to use.")
@as_json
def paste(lms: str, *, as_json: bool) -> None:
    """Show what to paste into the LMS's form, field by field, in its own words; then what it shows in return."""
    settings, _ = the_site()
    words, tool = lms_called(lms), tool_at(settings.origin())
    say(_value(words, tool), as_json=as_json, lines=_lines(words, tool))


def _value(words: Lms, tool: Tool) -> dict[str, Any]:
    return {
        "lms": words.code,
        "where": words.menu,
        "paste": [{"field": one.name, "value": value} for one, value in pasted(words, tool)],
        "then": words.after,
        "give": [{"option": option_of(one.key), "field": one.name} for one in words.theirs],
        "tried": words.tried,
    }


def _lines(words: Lms, tool: Tool) -> Iterator[str]:
    shown = pasted(words, tool)
    width = max(len(one.name) for one, _ in shown)
    yield f"In {words.name}: {words.menu}"
    yield from (f"  {one.name.ljust(width)}  {value}" for one, value in shown)
    yield words.after
    yield f"Then give what it shows to `onward platform add --lms {words.code}`:"
    asked = [one for one in words.theirs if one.asked]
    width = max(len(option_of(one.key)) for one in asked)
    yield from (f"  {option_of(one.key).ljust(width)}  {one.name}" for one in asked)
    if words.code == "canvas":
        yield f"Canvas can read our side by itself, by Method: Enter URL, at {our_values(tool)['canvas_json']}."
    yield words.tried


def option_of(key: str) -> str:
    """Return the option of ``platform add`` that takes a value of the LMS."""
    return f"--{key.replace('_', '-')}"


def add_by_hand(
    lms: str, name: str, given: Mapping[str, str], match: Mapping[str, str], settings: Settings, site: OpenSite
) -> AddedByHand:
    """Register an LMS from the fewest fields, after its keys were asked for.

    Raises
    ------
    BadInput
        Naming each wrong field as the LMS does.
    """
    addresses = HttpAddresses(url_rules(settings))
    return use.add(lms_called(lms), name, given, match, site.tenant, site.sessions, now, addresses)
