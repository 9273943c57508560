"""Families: which Items look like runs, versions or languages of one thing.

Rules propose, people decide: only ``Confidence.CERTAIN`` is joined without asking (Open edX says in a course's key
which course and which run it is). A rule sees the key, the titles and the type of each Item, nothing of any person.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from connector.statements import marks
from connector.statements.items import is_course_type
from connector.statements.titles import UNDETERMINED

_FEWEST: Final = 2
_SHORTEST_TITLE: Final = 8


class Rule(StrEnum):
    """Why Items look like one Family, strongest first."""

    OPEN_EDX_RUN = "open_edx_run"
    RUN_IN_IRI = "run_in_iri"
    VERSION_IN_IRI = "version_in_iri"
    LANGUAGE_IN_IRI = "language_in_iri"
    CODE_IN_TITLE = "code_in_title"
    RUN_IN_TITLE = "run_in_title"
    VERSION_IN_TITLE = "version_in_title"
    SAME_TITLE = "same_title"


class Confidence(StrEnum):
    """How far a proposal can be believed; only what is certain is joined without a person."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Member:
    """An Item as the rules see it.

    ``titles`` are by language tag. ``fixed`` is true where a person said which Family it is in, ``alone`` where that is
    a Family of its own.
    """

    iri: str
    family: int
    titles: Mapping[str, str]
    type: str = ""
    language: str = ""
    fixed: bool = False
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """Items that look like one Family, by IRI, and the rule that found them."""

    rule: Rule
    confidence: Confidence
    iris: tuple[str, ...]

    @property
    def name(self) -> str:
        """Eight hex digits by which a person names this proposal; another one as soon as its Items change."""
        return hashlib.sha256("\n".join((self.rule, *self.iris)).encode()).hexdigest()[:8]


Reading = tuple[str, str]
"""What a rule reads in an Item: what has to be equal, and what has to differ."""
Reader = Callable[[Member], Iterable[Reading]]


def proposals(members: Iterable[Member]) -> tuple[Proposal, ...]:
    """Return what looks like one Family and is none yet: strongest rule first, then by IRI.

    What a person took out of a Family is in no proposal. Items that a stronger rule proposes together are not proposed
    again by a weaker one, unless it brings others to them.
    """
    asked = sorted((member for member in members if not member.alone), key=lambda member: member.iri)
    found: list[Proposal] = []
    told: dict[str, list[frozenset[str]]] = {}
    for rule, reader in _READERS.items():
        for group in _groups(asked, reader):
            iris = frozenset(member.iri for member in group)
            if _is_one_family(group) or any(iris <= more for more in told.get(group[0].iri, ())):
                continue
            found.append(Proposal(rule, _confidence(rule, group), tuple(sorted(iris))))
            for iri in iris:
                told.setdefault(iri, []).append(iris)
    return tuple(found)


def _is_one_family(group: Sequence[Member]) -> bool:
    return len({member.family for member in group}) < _FEWEST


def certain_groups(members: Iterable[Member]) -> Iterator[list[Member]]:
    """Yield the Items that belong together for certain, two at least, whatever their Families are now."""
    asked = sorted((member for member in members if not member.alone), key=lambda member: member.iri)
    return _groups(asked, _READERS[Rule.OPEN_EDX_RUN])


def _groups(members: Sequence[Member], reader: Reader) -> Iterator[list[Member]]:
    """Yield those with an equal reading, by that reading, where at least two of them differ in what has to differ."""
    together: dict[str, dict[str, Member]] = {}
    differing: dict[str, set[str]] = {}
    for member in members:
        for equal, different in reader(member):
            together.setdefault(equal, {})[member.iri] = member
            differing.setdefault(equal, set()).add(different)
    for equal in sorted(together):
        if len(together[equal]) >= _FEWEST and len(differing[equal]) >= _FEWEST:
            yield list(together[equal].values())


# --- rules -------------------------------------------------------------------------------------------------------


def _open_edx(member: Member) -> Iterator[Reading]:
    course = marks.open_edx_course(member.iri)
    if course is not None:
        yield course


def _run_in_iri(member: Member) -> Iterator[Reading]:
    """Read a run; an IRI without one may be another thing."""
    found = marks.without_run(member.iri)
    if found.mark and marks.open_edx_course(member.iri) is None:
        yield found


def _version_in_iri(member: Member) -> Iterator[Reading]:
    """Read a version; the first one seldom says so."""
    yield marks.without_version(member.iri)


def _language_in_iri(member: Member) -> Iterator[Reading]:
    """Read a language; the main one seldom says so."""
    yield marks.without_language(member.iri)


def _code_in_title(member: Member) -> Iterator[Reading]:
    """Read a course code; two things of one code are one thing in two languages."""
    for tag, title in member.titles.items():
        code, language = marks.code_in(title), _language(member, tag)
        if code and language:
            yield code, language


def _language(member: Member, tag: str) -> str:
    """Return the language that an Item is in: its own where that is known, else its title's; "" for neither."""
    found = (member.language or tag).split("-")[0].casefold()
    return "" if found == UNDETERMINED else found


def _run_in_title(member: Member) -> Iterator[Reading]:
    for tag, title in member.titles.items():
        found = marks.title_without_run(title)
        if found.mark:
            yield f"{tag.casefold()} {found.stem}", found.mark


def _version_in_title(member: Member) -> Iterator[Reading]:
    for tag, title in member.titles.items():
        found = marks.title_without_version(title)
        yield f"{tag.casefold()} {found.stem}", found.mark


def _same_title(member: Member) -> Iterator[Reading]:
    """Read the titles of courses: modules are often called alike ("Quiz 1")."""
    if is_course_type(member.type):
        for tag, title in member.titles.items():
            if len(title) >= _SHORTEST_TITLE:
                yield f"{tag.casefold()} {title.casefold()}", member.iri


_READERS: Final[Mapping[Rule, Reader]] = {
    Rule.OPEN_EDX_RUN: _open_edx,
    Rule.RUN_IN_IRI: _run_in_iri,
    Rule.VERSION_IN_IRI: _version_in_iri,
    Rule.LANGUAGE_IN_IRI: _language_in_iri,
    Rule.CODE_IN_TITLE: _code_in_title,
    Rule.RUN_IN_TITLE: _run_in_title,
    Rule.VERSION_IN_TITLE: _version_in_title,
    Rule.SAME_TITLE: _same_title,
}


def _confidence(rule: Rule, group: Sequence[Member]) -> Confidence:
    """Believe an IRI less where the titles, without run and version, say that these are different things."""
    match rule:
        case Rule.OPEN_EDX_RUN:
            return Confidence.CERTAIN
        case Rule.SAME_TITLE:
            return Confidence.POSSIBLE
        case Rule.RUN_IN_IRI | Rule.VERSION_IN_IRI if not _titles_agree(group):
            return Confidence.POSSIBLE
        case _:
            return Confidence.LIKELY


def _titles_agree(group: Sequence[Member]) -> bool:
    """Tell whether no language has two titles for the group."""
    stems: dict[str, set[str]] = {}
    for member in group:
        for tag, title in member.titles.items():
            plain = marks.title_without_version(marks.title_without_run(title).stem).stem
            stems.setdefault(tag.casefold(), set()).add(plain)
    return all(len(different) == 1 for different in stems.values())
