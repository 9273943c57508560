"""``onward match``: which launched learners are whom in the statements. Identifiers are typed, never arguments."""

from collections.abc import Iterable
from typing import Any

import click

from connector.administer import matching as use
from connector.administer import people
from connector.administer.matching import EMAIL_WORD, Candidate, Sight
from connector.administer.people import Tried, Who
from connector.cli.base import as_json, say, table, the_site
from connector.clock import now
from connector.domain import ClaimKind, Identifier, LearnerId
from connector.errors import BadInput
from connector.match import RuleChange
from connector.statements.identity import parse_identifier
from connector.store import claims, platforms
from connector.store.claims import Form
from connector.store.links import Link

FORMS = "mbox:NAME@HOST, mbox_sha1sum:40 HEX DIGITS, openid:URI or account:HOMEPAGE|NAME"
RULE = click.Choice([kind.value for kind in ClaimKind])


@click.group()
def match() -> None:
    """See and decide which launched learners are whom in the statements."""


@match.command()
@click.option("--platform", default="", help="Only this platform.")
@click.option("--source", default="", help="Only this source.")
@as_json
def show(platform: str, source: str, *, as_json: bool) -> None:
    """Show how well each possible rule matches, and what does not match as shapes, never as values."""
    _, site = the_site()
    seen = use.show(site.tenant, site.readers, platform, source)
    joined = people.by_hand(site)
    value = {"matching": [_sight(one) for one in seen], "by_hand": [_link(one) for one in joined]}
    say(value, as_json=as_json, lines=[*_lines(seen), *_by_hand(joined)])


def _sight(one: Sight) -> dict[str, Any]:
    return {
        "platform": one.platform,
        "source": one.source,
        "launched": one.launched,
        "matched": one.matched,
        "sent": {kind.value: number for kind, number in one.sent.items()},
        "rules": [_candidate(rule) for rule in one.candidates],
        "advice": list(one.advice),
        "fix": one.fix,
        "launches": [_form(form) for form in one.launches],
        "statements": [_form(form) for form in one.statements],
        "refused": [_form(form) for form in one.refused],
    }


def _candidate(one: Candidate) -> dict[str, Any]:
    return {
        "rule": one.rule.value,
        "actor": one.account,
        "home_page": one.home_page,
        "matched": one.matched,
        "ambiguous": one.ambiguous,
        "two_people": one.two_people,
        "state": one.state,
    }


def _form(one: Form) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "home_page": one.home_page,
        "shape": one.shape,
        "people": one.people,
        "learner": one.learner,
    }


def _link(one: Link) -> dict[str, Any]:
    return {"learner": one.join.one, "is": one.join.other, "since": one.linked_at.isoformat()}


def _lines(seen: Iterable[Sight]) -> list[str]:
    lines = [line for one in seen for line in [*_sight_lines(one), ""]]
    return lines or ["Nothing to match yet: `onward platform add` and `onward source add` come first."]


def _sight_lines(one: Sight) -> list[str]:
    columns = ("rule", "actor", "home_page", "matched", "ambiguous", "two_people", "state")
    rows = [_candidate(rule) | {"matched": f"{rule.matched} of {one.launched}"} for rule in one.candidates]
    return [
        f"Platform {one.platform}, source {one.source}: {one.matched} of {one.launched} launched learners match.",
        *(table(rows, columns) if rows else []),
        *(f"→ {sentence}" for sentence in one.advice),
        *_form_lines("Launches without a match bring", one.launches),
        *_form_lines("Statements of people who have not launched have", one.statements),
        *_form_lines("The best rule does not link", one.refused),
    ]


def _form_lines(heading: str, forms: Iterable[Form]) -> list[str]:
    words = [
        f"{one.kind} {one.shape}"
        + (f" at {one.home_page}" if one.home_page else "")
        + f" ({one.people}, such as learner {one.learner})"
        for one in forms
    ]
    return [f"{heading}: {'; '.join(words)}."] if words else []


def _by_hand(joined: Iterable[Link]) -> list[str]:
    return [
        f"By hand: learner {one.join.one} is learner {one.join.other}, since {one.linked_at:%Y-%m-%d %H:%M} UTC."
        for one in joined
    ]


@match.command()
@click.argument("platform")
@click.argument("rule", type=RULE)
@click.option(
    "--home-page", default="", help="Home page of the accounts that statements bring; the issuer if left out."
)
@click.option(
    EMAIL_WORD, "knows", is_flag=True, help="Needed for the rule email: whoever gets an address gets a history."
)
@as_json
def apply(platform: str, rule: str, home_page: str, *, knows: bool, as_json: bool) -> None:
    """Switch RULE on for PLATFORM: for all who launched so far, and for all launches and statements to come."""
    kind = ClaimKind(rule)
    if kind is ClaimKind.EMAIL and not knows:
        raise BadInput(
            "E-mail can be taken over: who is given an address, or may enter one that nobody checks, would see the "
            f"history of whoever had it. If your platform rules that out, say so with {EMAIL_WORD}; "
            "docs/how-to/match.md says more."
        )
    _, site = the_site()
    done = use.apply(platform, kind, home_page, site.tenant, site.sessions, now)
    _tell(platform, kind, done, as_json=as_json)


@match.command()
@click.argument("platform")
@click.argument("rule", type=RULE)
@as_json
def remove(platform: str, rule: str, *, as_json: bool) -> None:
    """Switch RULE off for PLATFORM; what it linked is un-linked, both histories come back."""
    _, site = the_site()
    done = use.remove(platform, ClaimKind(rule), site.tenant, site.sessions, now)
    _tell(platform, ClaimKind(rule), done, as_json=as_json)


def _tell(platform: str, kind: ClaimKind, done: RuleChange, *, as_json: bool) -> None:
    out = done.ambiguous | done.two_people
    refused = _refused(platform, kind, out)
    value = {
        "linked": done.linked,
        "undone": done.undone,
        "ambiguous": len(done.ambiguous),
        "two_people": len(done.two_people),
        "refused": [_form(one) for one in refused],
    }
    sentence = f"Linked {done.linked}, un-linked {done.undone}."
    not_linked = (
        f"Not linked: {len(done.ambiguous)} whose name is that of several people, "
        f"{len(done.two_people)} whose name is that of somebody else who has launched."
    )
    lines = [sentence, *([not_linked, *_form_lines("They are", refused)] if out else [])]
    say(value, as_json=as_json, lines=lines)


def _refused(platform: str, kind: ClaimKind, learners: frozenset[int]) -> list[Form]:
    _, site = the_site()
    with site.readers.begin() as session:
        number = platforms.by_name(session, site.tenant, platform).id
        return claims.forms_of(session, site.tenant, number, kind, learners)


# --- one person --------------------------------------------------------------------------------------------------


@match.command("try")
@click.argument("platform")
@as_json
def try_one(platform: str, *, as_json: bool) -> None:
    """Ask for one identifier, and say whether statements and launches of PLATFORM know it; nothing is kept of it."""
    _, site = the_site()
    tried = people.try_identifier(site, platform, _typed("Identifier"))
    value = {
        "statements": tried.stated,
        "launches": {str(number): sorted(kinds) for number, kinds in tried.launched.items()},
        "same": tried.same,
    }
    say(value, as_json=as_json, lines=_tried(platform, tried))


def _tried(platform: str, tried: Tried) -> list[str]:
    known = f"Statements know it: learner {tried.stated}." if tried.stated is not None else "No statement has it."
    said = [
        f"Launches of {platform} brought it as {' and '.join(sorted(kinds))}: learner {number}."
        for number, kinds in tried.launched.items()
    ]
    lines = [known, *(said or [f"No launch of {platform} brought it."])]
    if tried.same:
        return [*lines, "Both are the same learner."]
    if tried.stated is not None and said:
        return [*lines, "They are not the same learner: `onward match show` says which rule would join them."]
    return lines


@match.command()
@click.option("--learner", type=int, help="Number of the learner whose it is; asked for as an identifier if left out.")
def link(learner: int | None) -> None:
    """Ask for an identifier and give it, with everything done under it, to a learner. `unmerge` takes it back."""
    _, site = the_site()
    identifier = _typed("Identifier to link")
    to: Who = LearnerId(learner) if learner is not None else _typed("An identifier of the learner whose it is")
    click.echo(f"Linked: it is learner {people.link(site, identifier, to, now)}.")


@match.command()
@click.argument("one", type=int, required=False)
@click.argument("other", type=int, required=False)
def merge(one: int | None, other: int | None) -> None:
    """Make the learners ONE and OTHER one person; asks for identifiers where numbers are left out."""
    _, site = the_site()
    head = people.merge(site, _who(one, "An identifier of one"), _who(other, "An identifier of the other"), now)
    click.echo(f"Merged: they are learner {head}. `onward match unmerge` takes it back.")


@match.command()
@click.argument("one", type=int, required=False)
@click.argument("other", type=int, required=False)
def unmerge(one: int | None, other: int | None) -> None:
    """Take back the merge or link by hand that joined ONE (and OTHER); both histories come back.

    Asks for identifiers where no number is given; the second may be left empty.
    """
    _, site = the_site()
    first = _who(one, "An identifier of one")
    second = _second(asked=one is None) if other is None else LearnerId(other)
    left, right = people.unmerge(site, first, second, now)
    click.echo(f"Taken back: learners {left} and {right} are two again.")


def _second(*, asked: bool) -> Who | None:
    text = str(click.prompt("An identifier of the other (may be empty)", default="", err=True)) if asked else ""
    return parse_identifier(text) if text else None


def _who(number: int | None, question: str) -> Who:
    return LearnerId(number) if number is not None else _typed(question)


def _typed(question: str) -> Identifier:
    """Ask for an identifier; the answer is on no command line, so in no shell history."""
    return parse_identifier(str(click.prompt(f"{question} ({FORMS})", err=True)))
