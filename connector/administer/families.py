"""Families and roll-up by hand: what looks like one thing, what people say is one, and what is only a part.

Nothing here touches a Fact: it takes effect at the next request and the next training.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import ItemId, ItemText, TenantId
from connector.errors import BadInput, UnknownName
from connector.statements.families import Confidence, Member, Proposal, Rule, proposals
from connector.statements.iris import fold_item
from connector.store import families, items, rollup
from connector.store.texts import best_title

FOUND_BY: Final[Mapping[Rule, str]] = {
    Rule.OPEN_EDX_RUN: "runs of one Open edX course, by their course keys",
    Rule.RUN_IN_IRI: "IRIs that differ only in a year, term or run",
    Rule.VERSION_IN_IRI: "IRIs that differ only in a version",
    Rule.LANGUAGE_IN_IRI: "IRIs that differ only in a language",
    Rule.CODE_IN_TITLE: "titles in different languages with one course code",
    Rule.RUN_IN_TITLE: "titles that differ only in a year, term or run",
    Rule.VERSION_IN_TITLE: "titles that differ only in a version",
    Rule.SAME_TITLE: "courses with the same title",
}
"""What each rule saw, in words."""
BELIEVED: Final[Mapping[Confidence, str]] = {
    Confidence.CERTAIN: "certain: joined at the next training without asking",
    Confidence.LIKELY: "likely",
    Confidence.POSSIBLE: "possible: look before you accept",
}
"""How far to believe it, in words."""


@dataclass(frozen=True, slots=True)
class NamedItem:
    """An Item as people know it: IRI and title ("" without one)."""

    iri: str
    title: str


@dataclass(frozen=True, slots=True)
class ProposedFamily:
    """A proposal with its Items by name."""

    proposal: Proposal
    items: tuple[NamedItem, ...]


@dataclass(frozen=True, slots=True)
class ListedFamily:
    """A Family of several Items; ``by_hand`` where a person said so of any of them."""

    number: int
    by_hand: bool
    items: tuple[NamedItem, ...]


def proposed(tenant: TenantId, readers: sessionmaker[Session]) -> list[ProposedFamily]:
    """Return what looks like one Family and is none yet, what is certain first."""
    with readers.begin() as session:
        known = {member.iri: member for member in families.members(session, tenant)}
    return [
        ProposedFamily(one, tuple(_named(known[iri]) for iri in one.iris))
        for one in sorted(proposals(known.values()), key=_surest_first)
    ]


def _surest_first(one: Proposal) -> tuple[int, int, tuple[str, ...]]:
    return tuple(Confidence).index(one.confidence), tuple(Rule).index(one.rule), one.iris


def _named(member: Member) -> NamedItem:
    return NamedItem(member.iri, best_title([ItemText(*entry) for entry in member.titles.items()]))


def listed(tenant: TenantId, readers: sessionmaker[Session]) -> list[ListedFamily]:
    """Return the Families of several Items."""
    with readers.begin() as session:
        found = families.of_several(session, tenant)
    return [_listed(number, list(group)) for number, group in groupby(found, key=lambda member: member.family)]


def _listed(number: int, group: Sequence[Member]) -> ListedFamily:
    return ListedFamily(number, any(member.fixed for member in group), tuple(map(_named, group)))


# --- changing ----------------------------------------------------------------------------------------------------


def accept(
    chosen: Collection[str], rule: Rule | None, tenant: TenantId, sessions: sessionmaker[Session]
) -> list[Proposal]:
    """Join what was proposed: the proposals named ``chosen``, and all of ``rule``; return them.

    Raises
    ------
    BadInput
        If neither says anything.
    UnknownName
        If a name is no proposal (any more): its Items may have changed since.
    """
    if not chosen and rule is None:
        raise BadInput("Name proposals, or a rule: `onward items families propose` shows them.")
    with sessions.begin() as session:
        offered = {one.name: one for one in proposals(families.members(session, tenant))}
        unknown = sorted(set(chosen) - set(offered))
        if unknown:
            raise UnknownName(f"No proposal is named {', '.join(unknown)}: look at `onward items families propose`.")
        taken = [one for name, one in offered.items() if name in chosen or one.rule is rule]
        for one in taken:
            families.join(session, tenant, _numbers(session, tenant, one.iris))
    return taken


def join(iris: Sequence[str], tenant: TenantId, sessions: sessionmaker[Session]) -> int:
    """Make the Items ``iris``, and what is in their Families, one Family; return how many Items it has.

    Raises
    ------
    BadInput
        If they are not two at least.
    UnknownName
        If one of them is no Item.
    """
    folded = sorted(set(map(fold_item, iris)))
    if len(folded) < 2:  # noqa: PLR2004 - a Family of one is what every Item has
        raise BadInput("Name two items at least that are the same thing.")
    with sessions.begin() as session:
        return families.join(session, tenant, _numbers(session, tenant, folded))


def split(iri: str, tenant: TenantId, sessions: sessionmaker[Session]) -> None:
    """Take the Item ``iri`` out of its Family; no rule takes it back.

    Raises
    ------
    UnknownName
        If it is no Item.
    """
    with sessions.begin() as session:
        (item,) = _numbers(session, tenant, [fold_item(iri)])
        families.split(session, tenant, item)


def _numbers(session: Session, tenant: TenantId, iris: Collection[str]) -> list[ItemId]:
    found = items.numbers(session, tenant, iris)
    unknown = sorted(set(iris) - set(found))
    if unknown:
        raise UnknownName(f"No item has the IRI {unknown[0]!r}: `onward item list` shows them.")
    return sorted(found.values())


# --- roll-up -----------------------------------------------------------------------------------------------------


def part(iri: str, course: str, tenant: TenantId, sessions: sessionmaker[Session]) -> int:
    """Say that ``iri`` is only a part of ``course``; return how many others went there with it.

    Raises
    ------
    UnknownName
        If no Statement was read about ``iri``, or ``course`` is no Item.
    BadInput
        If that would make a circle.
    """
    with sessions.begin() as session:
        return rollup.make_part(session, tenant, fold_item(iri), fold_item(course))


def whole(iri: str, tenant: TenantId, sessions: sessionmaker[Session], clock: Clock) -> int:
    """Say that ``iri`` is an Item by itself; return how many others came back to it.

    Raises
    ------
    UnknownName
        If no Statement was read about ``iri``.
    """
    with sessions.begin() as session:
        return rollup.make_whole(session, tenant, fold_item(iri), clock())
