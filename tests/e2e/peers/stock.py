"""What a tool can recommend: twenty courses, a Model of them, and people who completed the first."""

from datetime import timedelta
from uuid import uuid4

from connector.administer import sources
from connector.administer.sources import NewSource
from connector.clock import now
from connector.domain import (
    SITE,
    ActivityDraft,
    FactDraft,
    Flag,
    Identifier,
    IfiKind,
    Iri,
    ItemText,
    Neighbour,
    NeighbourKind,
    NeighbourList,
)
from connector.statements.identity import hash_identifier
from connector.store import facts, models, names, texts

COURSES = range(1, 21)
TYPE = "https://w3id.org/xapi/cmi5/activitytype/course"
COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
CATALOGUE = "https://courses.example"
"""The host of the courses' addresses: nothing is ever fetched from it."""


def stock(site, people: dict[str, list[str]]) -> None:
    """Fill a site; ``people`` names by home page (an issuer) the subjects that completed course 1."""
    source = sources.add(
        NewSource("campus", "xapi", "https://lrs.example/xapi", "k", "s"), site.tenant, site.sessions, site.seal, now
    )
    with site.sessions.begin() as session:
        numbers = names.items(session, site.tenant, {course(n): TYPE for n in COURSES}, now())
        for n in COURSES:
            texts.add_from_catalog(session, site.tenant, numbers[course(n)], [ItemText("en", f"Course {n}")], now())
        drafts = [_completion(site, home, subject) for home, subjects in people.items() for subject in subjects]
        facts.add(session, site.tenant, source, drafts, [], known=facts.KnownNames(), now=now())
        _publish(session, site.tenant, [numbers[course(n)] for n in COURSES])


def course(number: int) -> str:
    return f"{CATALOGUE}/course/view.php?id={number}"


def _completion(site, home_page: str, subject: str) -> FactDraft:
    return FactDraft(
        statement_id=uuid4(),
        member=0,
        identity=hash_identifier(site.keys.hashing, Identifier(IfiKind.ACCOUNT, subject, home_page)),
        activity=ActivityDraft(Iri(course(1)), TYPE, Iri(course(1)), part=False),
        verb=Iri(COMPLETED),
        attempt=None,
        flags=Flag.COMPLETION_GIVEN | Flag.COMPLETION_TRUE,
        score=None,
        progress=None,
        stored=now(),
        timestamp=now() - timedelta(days=1),
    )


def _publish(session, tenant, number: list) -> None:
    lists = [_near(NeighbourKind.POPULAR, SITE, number), _near(NeighbourKind.TOGETHER, number[0], number[1:17])]
    counts = {"learners": 100, "items": 20, "interactions": 900, "data_as_of": now(), "now": now()}
    model = models.start(session, tenant, parameters={}, scale={}, **counts)
    models.write(session, tenant, model, lists)
    models.publish(session, tenant, model, neighbours=36, fingerprint="f", now=now())


def _near(kind: NeighbourKind, anchor: int, near: list) -> NeighbourList:
    return NeighbourList(
        kind, anchor, 100, tuple(Neighbour(item, 0.9 - i / 100, 40, 30) for i, item in enumerate(near))
    )
