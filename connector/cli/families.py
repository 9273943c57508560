"""``onward items families propose|accept|join|split|list`` and ``onward items part|whole``."""

from collections.abc import Iterator, Sequence
from typing import Any

import click

from connector.administer import families as use
from connector.administer.families import BELIEVED, FOUND_BY, ListedFamily, NamedItem, ProposedFamily
from connector.cli.base import as_json, say, the_site
from connector.clock import now
from connector.statements.families import Rule


@click.group()
def items() -> None:
    """Say which items are one thing, and which are only a part of one."""


@items.group()
def families() -> None:
    """Look at families (runs, versions and languages of one thing), and say what belongs together."""


@families.command()
@as_json
def propose(*, as_json: bool) -> None:
    """Show what looks like one family and is none yet, with the rule that found it and how far to believe it."""
    _, site = the_site()
    found = use.proposed(site.tenant, site.readers)
    say([_proposed(one) for one in found], as_json=as_json, lines=_proposal_lines(found))


def _proposed(one: ProposedFamily) -> dict[str, Any]:
    return {
        "name": one.proposal.name,
        "rule": one.proposal.rule.value,
        "confidence": one.proposal.confidence.value,
        "items": _listed_items(one.items),
    }


def _listed_items(named: Sequence[NamedItem]) -> list[dict[str, str]]:
    return [{"iri": one.iri, "title": one.title} for one in named]


def _proposal_lines(found: Sequence[ProposedFamily]) -> Iterator[str]:
    for one in found:
        proposal = one.proposal
        yield f"{proposal.name}  {BELIEVED[proposal.confidence]} ({proposal.rule}: {FOUND_BY[proposal.rule]})"
        yield from _item_lines(one.items)
    yield "Take one with `onward items families accept NAME`." if found else "Nothing looks like one family."


def _item_lines(named: Sequence[NamedItem]) -> Iterator[str]:
    for one in named:
        yield f"  {one.iri}  {one.title}".rstrip()


@families.command()
@click.argument("name", nargs=-1)
@click.option("--rule", type=click.Choice([rule.value for rule in Rule]), help="Every proposal of this rule.")
def accept(name: tuple[str, ...], rule: str | None) -> None:
    """Join the proposals NAME…, or all of a rule; works at the next request, and no rule changes it again."""
    _, site = the_site()
    taken = use.accept(name, Rule(rule) if rule else None, site.tenant, site.sessions)
    click.echo(f"Joined {sum(len(one.iris) for one in taken)} items of {len(taken)} proposals.")


@families.command()
@click.argument("iri", nargs=-1)
def join(iri: tuple[str, ...]) -> None:
    """Make the items IRI…, with the families that they are in, one family; works at the next request."""
    _, site = the_site()
    click.echo(f"One family of {use.join(iri, site.tenant, site.sessions)} items.")


@families.command()
@click.argument("iri")
def split(iri: str) -> None:
    """Take the item IRI out of its family; works at the next request, and no rule takes it back."""
    _, site = the_site()
    use.split(iri, site.tenant, site.sessions)
    click.echo(f"{iri} is a family of its own.")


@families.command("list")
@as_json
def list_families(*, as_json: bool) -> None:
    """List the families of several items."""
    _, site = the_site()
    found = use.listed(site.tenant, site.readers)
    say([_listed(one) for one in found], as_json=as_json, lines=_family_lines(found))


def _listed(one: ListedFamily) -> dict[str, Any]:
    return {"family": one.number, "by_hand": one.by_hand, "items": _listed_items(one.items)}


def _family_lines(found: Sequence[ListedFamily]) -> Iterator[str]:
    for one in found:
        yield f"Family {one.number}, {'by hand' if one.by_hand else 'by a rule'}:"
        yield from _item_lines(one.items)
    if not found:
        yield "No item has another one in its family."


# --- roll-up -----------------------------------------------------------------------------------------------------


@items.command()
@click.argument("iri")
@click.option("--of", "course", required=True, help="The item that IRI is a part of.")
def part(iri: str, course: str) -> None:
    """Count what is done in IRI as progress in a course: for modules that statements name as courses. IRI is hidden."""
    _, site = the_site()
    others = use.part(iri, course, site.tenant, site.sessions)
    click.echo(f"{iri} is a part of {course}{_with(others)}.")


@items.command()
@click.argument("iri")
def whole(iri: str) -> None:
    """Count IRI as an item by itself again: undoes `part`."""
    _, site = the_site()
    others = use.whole(iri, site.tenant, site.sessions, now)
    click.echo(f"{iri} is an item by itself{_with(others)}.")


def _with(others: int) -> str:
    return f"; {others} activities in it go with it" if others else ""
