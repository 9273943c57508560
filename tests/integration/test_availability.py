"""What the LMS shuts, and what has to be renewed, over the whole stack: at the next request."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from connector.administer.recommend import as_json as page_as_json
from connector.administer.recommend import visit_of
from connector.catalog import import_catalog
from connector.catalog.files import as_json
from connector.clock import fixed
from connector.domain import Audience, Course, Identifier, IfiKind, PlatformId, Visit
from connector.serve import Serve, Shelves, viewer_of
from connector.statements.identity import hash_identifier
from connector.statements.iris import fold_item
from connector.store import items, learners
from tests.integration.site_under_test import HOST, page_of, shown_in, synced, trained
from tests.integration.stating import KEY, LMS, course_iri, said
from tests.integration.test_invariants import tastes

DAY = timedelta(days=1)


@pytest.fixture
def taught(site, now):
    """A site that learned from two tastes; ann completed courses 0 and 1 three weeks ago, and began course 2."""
    told = [
        *tastes(),
        said(1000, "ann", about=0),
        said(1001, "ann", about=1),
        said(1002, "ann", "initialized", about=2),
    ]
    synced(site, told, now, page_size=500)
    trained(site, now)
    return site


@pytest.fixture
def describe(taught, now, tmp_path):
    """Say something of courses, by a catalogue file."""

    def call(*numbers, **columns):
        file = tmp_path / "c.json"
        file.write_text(as_json([{"iri": course_iri(number), **columns} for number in numbers]))
        report = import_catalog(file, taught.tenant, taught.sessions, fixed(now))
        assert not report.refused, report.refused

    return call


class Web:
    """One web process: it remembers Items, and its clock can be put forward."""

    def __init__(self, site, now):
        self.now, self._site = now, site
        self.serve = Serve(site.readers, self.clock, HOST, timedelta(hours=1), Shelves())
        with site.readers.begin() as session:
            who = hash_identifier(KEY, Identifier(IfiKind.ACCOUNT, "ann", LMS))
            ann = learners.by_identity(session, site.tenant, who)
        self.visit = visit_of(site, ann, PlatformId(0), now)

    def clock(self):
        return self.now

    def shown(self, **changes):
        page = page_as_json(self.serve.page(replace(self.visit, **changes)))
        return {int(iri.rpartition("=")[2]) for iri in shown_in(page)}

    def why_not(self, number):
        with self._site.readers.begin() as session:
            found = items.numbers(session, self._site.tenant, [fold_item(course_iri(number))])
        return self.serve.why_not(self.visit, found[course_iri(number)])


@pytest.fixture
def web(taught, now):
    return Web(taught, now)


# --- at the next request ---------------------------------------------------------------------------------------------


DOORS = [
    ({"visible": False}, {"visible": True}, "not_visible"),
    ({"enrolable": False}, {"enrolable": True}, "not_enrolable"),
    ({"starts_at": "2026-11-23"}, {"starts_at": "2026-11-22"}, "not_started"),
    ({"ends_at": "2026-11-22T12:00Z"}, {"ends_at": "-"}, "ended"),
    ({"audience": ["role:instructor"]}, {"audience": ["role:learner"]}, "not_for_them"),
    ({"prerequisites": [course_iri(11)]}, {"prerequisites": [course_iri(1)]}, "prerequisites"),
    ({"status": "hidden"}, {"status": "shown"}, "hidden"),
]


def test_what_is_shut_is_gone_from_the_next_page_and_back_on_the_one_after_it_opens(web, describe):
    before = web.shown()
    assert {3, 4, 5} <= before
    for shut, opened, ground in DOORS:
        describe(3, 4, **shut)
        assert not {3, 4} & web.shown(), shut
        assert web.why_not(3) == ground
        describe(3, 4, **opened)
        assert web.shown() == before, opened
        assert web.why_not(3) is None


def test_time_alone_opens_and_shuts(web, describe):
    describe(3, 4, starts_at="2026-11-22T12:00:10Z", ends_at="2026-11-22T12:00:20Z")
    seen = []
    for seconds in (9, 1, 9, 1):
        web.now += timedelta(seconds=seconds)
        seen.append(3 in web.shown())
    assert seen == [False, True, True, False]


def test_what_is_made_sensitive_is_named_no_more(web, describe):
    def anchors():
        return {row["anchor"] for row in page_as_json(web.serve.page(web.visit))["rows"] if row["kind"] == "because"}

    assert anchors() == {"Course 1"}
    describe(1, sensitive=True)
    assert anchors() == {"Course 0"}


def test_a_family_that_is_joined_by_hand_is_done_at_once(web, describe):
    assert 3 in web.shown()
    describe(1, 3, family="one course")
    assert 3 not in web.shown()


def test_whoever_is_in_a_course_goes_on_though_nobody_can_enrol(web, describe):
    describe(2, 3, enrolable=False)
    shown = web.shown()
    assert 2 in shown
    assert 3 not in shown


def test_a_prerequisite_counts_though_no_list_names_it(web, describe, taught, now, tmp_path):
    outside = "https://other.example/safety"
    describe(3, prerequisites=[outside])
    file = tmp_path / "p.json"
    file.write_text(
        as_json([{"iri": outside, "title": "Safety", "family": "s"}, {"iri": course_iri(1), "family": "s"}])
    )
    assert 3 not in web.shown()
    import_catalog(file, taught.tenant, taught.sessions, fixed(now))
    assert 3 in web.shown()  # course 1 is another run of it


# --- renewal ---------------------------------------------------------------------------------------------------------


def test_a_completion_that_expired_brings_the_item_back_and_stays_a_reason(web, describe):
    assert 1 not in web.shown()
    describe(1, renewal_days=30)
    assert web.why_not(1) == "done"
    web.now += 10 * DAY  # ann completed it on the second of November
    assert web.why_not(1) is None
    page = page_as_json(web.serve.page(web.visit))
    assert "Course 1" in {row["anchor"] for row in page["rows"]}
    describe(1, visible=False)
    assert 1 not in web.shown()


def test_done_again_it_is_gone_again(web, describe, taught, now):
    describe(1, renewal_days=1)
    assert 1 in web.shown()
    again = said(2000, "ann", about=1) | {"timestamp": now.isoformat(), "stored": now.isoformat()}
    synced(taught, [again], now, name="live")
    assert 1 not in web.shown()


# --- who -------------------------------------------------------------------------------------------------------------


def test_a_visit_is_in_the_audience_of_its_role_course_platform_and_languages(web):
    visit: Visit = replace(web.visit, course=Course("Ab 1"), locale="de-AT")
    assert viewer_of(visit, Audience.LEARNER, "campus") == {
        "role:learner",
        "course:Ab 1",
        "platform:campus",
        "language:de",
        "language:de-at",
    }
    assert viewer_of(replace(web.visit, locale=""), Audience.ANONYMOUS, "") == {"role:anonymous"}


def test_an_item_for_german_readers_is_shown_to_them(web, describe):
    describe(3, audience=["language:de"])
    assert 3 not in web.shown(locale="en-GB")
    assert 3 in web.shown(locale="de-AT")


# --- all at once, and what it costs ----------------------------------------------------------------------------------

COLUMNS = {
    "visible": [True, False],
    "enrolable": [True, False],
    "starts_at": ["-", "2026-10-01", "2026-12-01"],
    "ends_at": ["-", "2026-11-01", "2027-01-01"],
    "audience": [[], ["role:learner"], ["role:instructor"]],
    "prerequisites": [[], [course_iri(0)], [course_iri(9)]],
    "renewal_days": ["-", 5, 500],
    "status": ["shown", "shown", "blocked"],
}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_1_and_2_no_done_and_no_shut_item_is_on_the_page(taught, web, describe, now, tmp_path, seed):
    rng = random.Random(seed)
    said_of = {n: {name: rng.choice(options) for name, options in COLUMNS.items()} for n in range(8)}
    for columns in said_of.values():
        columns["starts_at"] = "-" if columns["ends_at"] == "2026-11-01" else columns["starts_at"]
    file = tmp_path / f"{seed}.json"
    file.write_text(as_json([{"iri": course_iri(n), **columns} for n, columns in said_of.items()]))
    assert not import_catalog(file, taught.tenant, taught.sessions, fixed(now)).refused
    shown = web.shown()
    assert shown == {int(iri.rpartition("=")[2]) for iri in shown_in(page_of(taught, "ann", now))}  # remembered or not
    for number in shown & said_of.keys():
        columns = said_of[number]
        assert columns["visible"]
        assert columns["status"] == "shown"
        assert columns["starts_at"] != "2026-12-01"
        assert columns["ends_at"] != "2026-11-01"
        assert columns["audience"] != ["role:instructor"]
        assert columns["enrolable"] or number == 2
        assert number not in {0, 1} or columns["renewal_days"] == 5
        assert course_iri(9) not in columns["prerequisites"]
        assert course_iri(0) not in columns["prerequisites"] or said_of[0]["renewal_days"] != 5


def test_a_page_that_is_asked_for_again_asks_for_none_of_it(web, describe, engine):
    describe(3, 4, 5, starts_at="2026-01-01", audience=["role:learner"], prerequisites=[course_iri(1)], renewal_days=9)
    web.shown()
    asked = []

    def listen(_connection, _cursor, statement, *_):
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", listen)
    web.shown()
    event.remove(engine, "before_cursor_execute", listen)
    assert asked
    assert [statement for statement in asked if "FROM item \n" in statement] == []
