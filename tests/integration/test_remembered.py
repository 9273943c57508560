"""What a web process remembers never shows: after any writes, of whomever, its pages are those of a fresh process."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, func, select, update

from connector.administer.recommend import visit_of
from connector.catalog import import_catalog
from connector.catalog.files import as_json
from connector.clock import fixed
from connector.domain import Audience, Course, Identifier, IfiKind, ItemId, ItemStatus, LinkChoice, ModelId, Signal
from connector.errors import VisitRefused
from connector.privacy import erase
from connector.recipes.default_book import DEFAULT_TEXT
from connector.serve import Serve, Shelves
from connector.statements.identity import hash_identifier
from connector.store import (
    database,
    families,
    items,
    learners,
    models,
    platforms,
    recipes,
    revisions,
    rules,
    sources,
    tables,
    verb_map,
)
from tests.integration.person_under_test import desk_of
from tests.integration.site_under_test import HOST, synced, trained
from tests.integration.stating import KEY, LMS, course_iri, said
from tests.integration.test_invariants import tastes

STEPS = 30
NOBODY = UUID(int=0)
BOOKS = (
    DEFAULT_TEXT,
    DEFAULT_TEXT + '\n[[exclude]]\nname = "Never from Vendor Y"\nwhen = \'provider == "Vendor Y"\'\n',
    DEFAULT_TEXT + f'\n[[pins]]\nitem = "{course_iri(9)}"\nfrom = 2026-11-22T12:00:00\nuntil = 2026-11-22T12:30:00\n',
    DEFAULT_TEXT + '\n[[boost]]\nname = "Short first"\nwhen = "minutes <= 30"\nfactor = 4\n',
)
SAID = (
    {"provider": "Vendor Y"},
    {"provider": "", "minutes": 20},
    {"starts_at": "2026-11-22T12:10:00Z", "ends_at": ""},
    {"starts_at": "", "ends_at": "2026-11-22T12:20:00Z"},
    {"starts_at": "", "ends_at": ""},
    {"audience": ["role:instructor"]},
    {"audience": []},
    {"prerequisites": [course_iri(11)]},
    {"prerequisites": []},
    {"renewal_days": 1},
    {"sensitive": True},
    {"sensitive": False},
    {"enrolable": False},
    {"url": "https://lms.example/start"},
    {"language": "de", "level": "2"},
)


class Process:
    """A process that makes pages and forgets nothing by itself."""

    def __init__(self, readers, clock):
        self.serve = Serve(readers, clock, HOST, timedelta(hours=1), Shelves())

    def page(self, visit):
        try:
            return replace(self.serve.page(visit), id=NOBODY)
        except VisitRefused as refused:
            return refused.code


class World:
    """A site, its people, and everything that anybody may do to it."""

    def __init__(self, site, now, random, folder):
        self.site, self.now, self.random, self.file = site, now, random, folder / "catalogue.json"
        self.number, self.other = 5000, database.create_engine(site.engine.url.render_as_string(hide_password=False))
        with site.sessions.begin() as session:
            self.platform = platforms.add(session, site.tenant, PLATFORM, now)
            self.people = [self._learner(session, name) for name in ("ann", "0-1", "1-2", "2-3")]
            self.items = list(session.scalars(select(tables.item.c.id).order_by(tables.item.c.id)))
        visit = replace(visit_of(site, self.people[0], self.platform, now), locale="en")
        self.visits = (
            *(replace(visit, learner=one) for one in self.people),
            replace(visit, audience=Audience.ANONYMOUS, learner=None),
            replace(visit, audience=Audience.INSTRUCTOR, learner=self.people[0], own_rows=True),
            replace(visit, audience=Audience.INSTRUCTOR, learner=None, link=LinkChoice("because", "", course_iri(1))),
            replace(visit, course=Course("3", "Course 3")),
        )

    def _learner(self, session, name):
        who = hash_identifier(KEY, Identifier(IfiKind.ACCOUNT, name, LMS))
        return learners.by_identity(session, self.site.tenant, who)

    def clock(self):
        return self.now

    def deeds(self) -> tuple[Callable[[], None], ...]:
        writing = (
            *(self.stands, self.book, self.family, self.verb, self.rule, self.switch, self.platform_changes),
            *(self.model, self.source, self.another_title, self.item_goes),
        )
        return *(lambda one=one: self.written(one) for one in writing), self.catalogue, self.statements, self.time

    def written(self, deed):
        """Write by this process or by another, and take it back now and then."""
        sessions = database.sessions_of(self.random.choice([self.site.engine, self.other]))
        with suppress(InterruptedError), sessions.begin() as session:
            deed(session)
            if self.random.random() < 0.15:
                raise InterruptedError

    def an_item(self):
        return ItemId(self.random.choice(self.items[:12]))

    def stands(self, session):
        iri = course_iri(self.random.randrange(12))
        items.set_status(session, self.site.tenant, iri, self.random.choice([*ItemStatus, ItemStatus.SHOWN]))

    def book(self, session):
        text = self.random.choice(BOOKS)
        recipes.add(session, self.site.tenant, text, made_by="eve", note="", now=self.now)

    def family(self, session):
        if self.random.random() < 0.5:
            families.join(session, self.site.tenant, {self.an_item(), self.an_item()})
        else:
            families.split(session, self.site.tenant, self.an_item())

    def verb(self, session):
        verb = "http://adlnet.gov/expapi/verbs/" + self.random.choice(["completed", "initialized"])
        if self.random.random() < 0.6:
            verb_map.remove(session, self.site.tenant, 0, verb)
        else:
            verb_map.put(session, self.site.tenant, [(0, verb, self.random.choice([Signal.STARTED, Signal.NEUTRAL]))])

    def rule(self, session):
        activity = session.scalar(select(func.min(tables.activity.c.id)))
        if self.random.random() < 0.5:
            rules.add(session, self.site.tenant, [{"activity_id": activity}], "by hand", self.now)
        else:
            session.execute(tables.ignore_rule.delete())

    def switch(self, session):
        one = self.random.choice(self.people)
        learners.set_personal_rows(session, self.site.tenant, one, on=self.random.random() < 0.7)

    def platform_changes(self, session):
        values = self.random.choice(
            [{"active": False}, *3 * [{"active": True}], {"frame_origins": [f"{LMS}:{self.number}"]}]
        )
        platforms.change(session, self.site.tenant, "campus", values)

    def model(self, session):
        published = session.scalars(select(tables.model.c.id).where(tables.model.c.state == "published")).all()
        models.make_current(session, self.site.tenant, ModelId(self.random.choice(published)))

    def source(self, session):
        name = self.random.choice(["one lrs", "another lrs"])
        first = select(func.min(tables.source.c.id)).scalar_subquery()
        changed = update(tables.source).where(tables.source.c.id == first)
        session.execute(changed.values(name=name, last_success_at=self.now))

    def another_title(self, session):
        title = f"Title {self.random.randrange(100)}"
        worded = tables.item_text
        session.execute(update(worded).where(worded.c.item_id == self.an_item()).values(title=title))

    def item_goes(self, session):
        """Remove an Item that nobody did, and bring one."""
        session.execute(tables.item.delete().where(tables.item.c.iri == "https://lms.example/new"))
        family = session.scalar(select(func.min(tables.family.c.id)))
        row = {"tenant_id": self.site.tenant, "iri": "https://lms.example/new", "family_id": family}
        session.execute(tables.item.insert(), [row | {"created_at": self.now}])

    def catalogue(self):
        said_of = {"iri": course_iri(self.random.randrange(12)), **self.random.choice(SAID)}
        self.file.write_text(as_json([said_of]))
        assert not import_catalog(self.file, self.site.tenant, self.site.sessions, fixed(self.now)).refused

    def statements(self):
        who, about = self.random.choice(["ann", "0-1"]), self.random.randrange(20)
        self.number += 1
        synced(self.site, [said(self.number, who, about=about)], self.now, name=f"more {self.number}")

    def time(self):
        self.now += timedelta(minutes=self.random.randrange(7))


PLATFORM = {
    "name": "campus",
    "issuer": LMS,
    "client_id": "c",
    "auth_url": f"{LMS}/a",
    "jwks_url": f"{LMS}/j",
    "frame_origins": [LMS],
    "match_rules": {},
    "switches": {},
}


@pytest.fixture
def taught(site, now):
    told = [*tastes(), said(1000, "ann", about=0), said(1001, "ann", about=1)]
    told.append(said(1002, "ann", "initialized", about=2))
    synced(site, told[:-40], now, page_size=500)
    trained(site, now)
    synced(site, told[-40:], now, page_size=500, name="rest")
    trained(site, now)
    return site


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(1, 6))])
def test_pages_of_a_process_that_remembers_are_those_of_a_fresh_one_after_any_writes(taught, now, tmp_path, seed):
    world = World(taught, now, random.Random(seed), tmp_path)
    running, seen = Process(taught.readers, world.clock), set()
    for _ in range(STEPS):
        world.random.choice(world.deeds())()
        fresh = Process(taught.readers, world.clock)
        for visit in world.random.sample(world.visits, 2):
            page = running.page(visit)
            assert page == fresh.page(visit)
            seen.add(repr(page))
    world.other.dispose()
    assert len(seen) > STEPS // 3


def test_an_erased_learner_has_no_page_of_their_own_at_the_next_request(taught, now, tmp_path):
    world = World(taught, now, random.Random(1), tmp_path)
    running, ann = Process(taught.readers, world.clock), world.visits[0]
    assert running.page(ann).personal_rows is True
    erase(desk_of(taught, now), Identifier(IfiKind.ACCOUNT, "ann", LMS))
    assert running.page(ann) == Process(taught.readers, world.clock).page(ann)
    assert running.page(ann).personal_rows is None


def test_a_page_that_is_asked_for_again_asks_for_nothing_but_what_is_the_learners_own(taught, now, tmp_path, engine):
    world = World(taught, now, random.Random(1), tmp_path)
    running, asked = Process(taught.readers, world.clock), []
    running.page(world.visits[0])
    event.listen(engine, "before_cursor_execute", lambda _connection, _cursor, statement, *_: asked.append(statement))
    running.page(world.visits[0])
    assert not [statement for statement in asked if "neighbours" in statement or "item_text" in statement]
    assert sum("revision" in statement for statement in asked) == 1
    assert len([statement for statement in asked if statement.startswith("SELECT")]) <= 3


def test_two_who_write_at_once_do_not_wait_for_each_other(taught, now):
    """And the revision rises by what each of them did, whoever is done first."""
    if taught.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer")
    first, second = (database.sessions_of(taught.engine)() for _ in range(2))
    before = _revision(taught)
    items.set_status(first, taught.tenant, course_iri(1), ItemStatus.BLOCKED)
    items.set_status(second, taught.tenant, course_iri(2), ItemStatus.BLOCKED)
    second.commit()
    between = _revision(taught)
    first.commit()
    assert before < between < _revision(taught)


def test_what_pages_do_not_show_raises_nothing(taught, now):
    before = _revision(taught)
    with taught.sessions.begin() as session:
        record = sources.all_of(session, taught.tenant)[0]
        sources.succeeded(session, taught.tenant, record.id, now)
        items.set_status(session, taught.tenant, course_iri(1), ItemStatus.SHOWN)  # as it was
    assert _revision(taught) == before


def _revision(site):
    with site.readers.begin() as session:
        return revisions.pulse(session, site.tenant, None).revision
