"""Statements that contradict themselves: completed and not complete, a course that is part of a course."""

from collections.abc import Iterator, Mapping

from connector.administer.suspicions.base import Desk, Suspicion, settle_command
from connector.statements.items import is_course_type
from connector.store import quality
from connector.store.rules import UNFINISHED

COURSE_IN_COURSE = "course_in_course"


def unfinished(desk: Desk) -> Iterator[Suspicion]:
    """Yield each Verb that completes and is said with ``completion: false``, by Source; one Statement is enough."""
    for one in quality.unfinished(desk.session, desk.look):
        number = f"{UNFINISHED}-{one.source}-{one.verb}"
        yield Suspicion(
            number,
            UNFINISHED,
            one.source,
            f"{one.statements} statements say {desk.verbs[one.verb]} with a result of completion false;"
            " they count as progress.",
            one.statements,
            str(one.sample),
            "xAPI-vle/moodle-logstore_xapi#834: a completion that is taken back is sent as completed.",
            settle_command(number),
            ({"source_id": one.source, "verb_id": one.verb},),
        )


_PAGES_OF_PARTS = ("/mod/", "/assignments/", "/quizzes/", "/discussion_topics/", "/xblock/", "+type@")
"""What the page of a part of a course has in its address: Moodle, Canvas, Open edX."""


def courses(desk: Desk) -> Iterator[Suspicion]:
    """Yield each course whose address is that of a module, or begins with that of another course."""
    types = [one for one in quality.activity_types(desk.session, desk.look.tenant) if is_course_type(one)]
    known = quality.wholes(desk.session, desk.look.tenant, types)
    inside = {number: (iri, _above(iri, known)) for iri, number in known.items()}
    suspect = {number: told for number, told in inside.items() if told[1] or _is_page_of_part(told[0])}
    counts = quality.of_activities(desk.session, desk.look, suspect)
    for number, (count, sample) in sorted(counts.items()):
        yield _course(number, *suspect[number], count, str(sample))


def _above(iri: str, courses: Mapping[str, int]) -> str:
    """Return the course whose address begins that of ``iri``, "" where there is none."""
    path = iri.partition("?")[0]
    while "/" in path.partition("://")[2]:
        path = path.rpartition("/")[0]
        if path in courses:
            return path
    return ""


def _is_page_of_part(iri: str) -> bool:
    return any(mark in iri for mark in _PAGES_OF_PARTS)


def _course(number: int, iri: str, above: str, count: int, sample: str) -> Suspicion:
    why = f"lies in {above}" if above else "has the address of a module"
    return Suspicion(
        f"{COURSE_IN_COURSE}-{number}",
        COURSE_IN_COURSE,
        0,
        f"{iri} calls itself a course and {why}.",
        count,
        sample,
        "xAPI-vle/moodle-logstore_xapi#107: the completion of a module is told in the name of its course.",
        f"onward items part {iri} --of {above or 'COURSE'}",
    )
