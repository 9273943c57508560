"""New since your last visit, and topics, over the whole stack: Statements and a catalogue in, pages out."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from connector import catalog
from connector.administer.recommend import visit_of
from connector.clock import fixed
from connector.domain import Identifier, IfiKind, ItemStatus, PlatformId, RowKind
from connector.serve import Serve, Shelves
from connector.statements.identity import hash_identifier
from connector.store import events, learners, newly
from tests.integration.site_under_test import HOST, synced
from tests.integration.stating import KEY, LMS, course_iri, said

HOUR = timedelta(hours=1)
HEAD = "iri,title,topics\n"


class Person:
    """Ann at her LMS: what she was shown, and what she sees."""

    def __init__(self, site, now):
        self.site = site
        with site.sessions.begin() as session:
            digest = hash_identifier(KEY, Identifier(IfiKind.ACCOUNT, "ann", LMS))
            self.id = learners.by_identity(session, site.tenant, digest)
        self.shelves = Shelves()

    def was_shown(self, at):
        with self.site.sessions.begin() as session:
            events.keep_slate(
                session,
                self.site.tenant,
                slate=uuid4(),
                learner=self.id,
                model_version=None,
                platform=None,
                placement="",
                state="personal",
                items=(),
                now=at,
            )

    def sees(self, at, **changes):
        serve = Serve(self.site.readers, fixed(at), HOST, HOUR, self.shelves)
        return serve.page(replace(visit_of(self.site, self.id, PlatformId(0), at), **changes))

    def new(self, at):
        page = self.sees(at)
        return {page.items[card.item].iri for row in page.slate.rows if row.kind is RowKind.NEW for card in row.cards}


@pytest.fixture
def ann(site, now):
    synced(site, [said(1, "ann", about=0)], now - timedelta(days=60))
    return Person(site, now)


def offered(site, at, folder, *numbers, topic="Data"):
    file = folder / "catalogue.csv"
    file.write_text(HEAD + "".join(f"{course_iri(number)},Course {number},{topic}\n" for number in numbers))
    catalog.import_catalog(file, site.tenant, site.sessions, fixed(at))


def test_what_came_after_the_last_visit_is_new_until_the_next_and_a_reload_does_not_empty_it(ann, site, now, tmp_path):
    ann.was_shown(now - timedelta(days=5))
    offered(site, now - timedelta(days=3), tmp_path, 7, 8)
    assert ann.new(now) == {course_iri(7), course_iri(8)}
    ann.was_shown(now)
    assert ann.new(now + timedelta(minutes=90)) == {course_iri(7), course_iri(8)}
    assert ann.new(now + timedelta(hours=5)) == set()


def test_nothing_is_new_to_who_was_never_here_or_after_thirty_days(ann, site, now, tmp_path):
    offered(site, now - timedelta(days=3), tmp_path, 7, 8)
    assert ann.new(now) == set()
    ann.was_shown(now - timedelta(days=40))
    assert ann.new(now) == {course_iri(7), course_iri(8)}
    assert ann.new(now + timedelta(days=28)) == set()


def test_a_visit_is_pages_with_less_than_two_hours_between_them(ann, site, now):
    for hours in (50, 3, 1.5, 0.5):
        ann.was_shown(now - timedelta(hours=hours))
    with site.readers.begin() as session:
        assert newly.previous_visit(session, site.tenant, ann.id, now) == now - timedelta(hours=50)
        assert newly.previous_visit(session, site.tenant, ann.id, now - timedelta(hours=49)) is None


def tiles(page):
    return {tile.topic: tile.count for row in page.slate.rows for tile in row.tiles}


def test_topics_count_what_is_left_and_a_block_counts_at_the_next_page(ann, site, now, tmp_path):
    offered(site, now, tmp_path, 0, 1, 2, 3, 4)
    offered(site, now, tmp_path, 5, 6, topic="Law")
    assert tiles(ann.sees(now)) == {"Data": 4}
    catalog.set_status(course_iri(4), ItemStatus.BLOCKED, site.tenant, site.sessions)
    assert tiles(ann.sees(now)) == {"Data": 3}
    serve = Serve(site.readers, fixed(now), HOST, HOUR, ann.shelves)
    page = serve.topic(visit_of(site, ann.id, PlatformId(0), now), "Data")
    assert [page.items[card.item].iri for card in page.row.cards] == [course_iri(number) for number in (1, 2, 3)]
    assert serve.topic(visit_of(site, ann.id, PlatformId(0), now), "No such").row is None
