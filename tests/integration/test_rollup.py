"""Roll-up by hand: a module that Statements name as a course becomes a part of its course, and can go back."""

import pytest

from connector.administer import families as use
from connector.clock import fixed
from connector.domain import ItemStatus
from connector.errors import BadInput, UnknownName
from connector.store import items
from tests.integration.canonical import state_of
from tests.integration.site_under_test import page_of, shown_in, synced, trained
from tests.integration.stating import VIEWED, course, course_iri, page_in, said
from tests.integration.test_invariants import tastes

WHOLE, MODULE = course_iri(1), course_iri(2)
QUIZ = {"id": "https://lms.example/quiz/5", "definition": {"type": "http://adlnet.gov/expapi/activities/attempt"}}
ATTEMPT_OF_MODULE = {"object": QUIZ, "context": {"contextActivities": {"parent": [course(2)]}}}


@pytest.fixture
def told(site, now):
    """Two courses, of which the second is a module of the first; an attempt at that, and a page in it."""
    statements = [
        said(1, about=1),
        said(2, "bob", about=2),
        said(3, "ann", VIEWED, **page_in(7, 2)),
        said(4, "ann", **ATTEMPT_OF_MODULE),
        said(5, "ann", about=3),
    ]
    synced(site, statements, now)
    return site


def part(site, iri=MODULE, of=WHOLE):
    return use.part(iri, of, site.tenant, site.sessions)


def whole(site, now, iri=MODULE):
    return use.whole(iri, site.tenant, site.sessions, fixed(now))


def status_of(site, iri):
    with site.readers.begin() as session:
        number = items.numbers(session, site.tenant, [iri])[iri]
        return items.of_numbers(session, site.tenant, [number])[number].status


def test_a_module_becomes_a_part_with_all_that_is_in_it_and_comes_back_exactly(told, now):
    before = state_of(told.engine, told.tenant)
    assert part(told) == 2
    assert part(told) == 2
    assert before["facts"] == state_of(told.engine, told.tenant)["facts"]
    assert status_of(told, MODULE) is ItemStatus.HIDDEN
    assert whole(told, now) == 2
    assert state_of(told.engine, told.tenant) == before
    assert status_of(told, MODULE) is ItemStatus.SHOWN
    assert whole(told, now) == 0


def test_completing_a_part_is_progress_in_the_course_at_the_next_request(site, now):
    synced(site, [*tastes(), said(1000, "ann", about=0), said(1001, "ann", about=1)], now, page_size=500)
    trained(site, now)
    assert "Course 1" in {row["anchor"] for row in page_of(site, "ann", now)["rows"]}
    part(site, course_iri(1), course_iri(9))
    page = page_of(site, "ann", now)
    assert "Course 1" not in {row["anchor"] for row in page["rows"]}
    assert course_iri(1) not in shown_in(page)
    assert course_iri(9) in [card["iri"] for row in page["rows"] if row["kind"] == "continue" for card in row["cards"]]


def test_training_takes_a_part_for_progress_and_brings_what_is_new_in_it_along(told, now):
    part(told)
    synced(told, [said(9, "carl", VIEWED, **page_in(8, 2))], now, name="later")
    trained(told, now)
    in_the_course = [row for row in state_of(told.engine, told.tenant)["activities"] if row[2] == WHOLE]
    assert sorted(row[3] for row in in_the_course) == [False, True, True, True, True]  # module, two pages, an attempt
    assert whole(told, now) == 3


def test_no_statement_changes_what_was_fixed_by_hand(told, now):
    part(told)
    fixed_by_hand = state_of(told.engine, told.tenant)["activities"]
    synced(told, [said(10, "dora", about=2), said(11, "dora", **ATTEMPT_OF_MODULE)], now, name="later")
    assert state_of(told.engine, told.tenant)["activities"] == fixed_by_hand


def test_a_blocked_module_stays_blocked(told, now):
    with told.sessions.begin() as session:
        items.set_status(session, told.tenant, MODULE, ItemStatus.BLOCKED)
    part(told)
    whole(told, now)
    assert status_of(told, MODULE) is ItemStatus.BLOCKED


def test_what_was_rolled_up_can_be_made_an_item_by_itself(told, now):
    page = "https://lms.example/mod/page/view.php?id=7"
    assert whole(told, now, page.replace("https", "http")) == 0
    with told.readers.begin() as session:
        assert page in items.numbers(session, told.tenant, [page])


def test_circles_and_unknown_names_are_refused_in_a_sentence(told):
    with pytest.raises(BadInput, match="part of itself"):
        part(told, MODULE, MODULE)
    part(told)
    with pytest.raises(BadInput, match="itself a part"):
        part(told, course_iri(3), MODULE)
    with pytest.raises(UnknownName, match="No statement was read about"):
        part(told, course_iri(99))
    with pytest.raises(UnknownName, match="onward item list"):
        part(told, MODULE, course_iri(99))


def test_the_commands_say_what_went_along(connected, lrs):
    lrs.hold([said(1, about=1), said(2, about=2), said(3, "ann", VIEWED, **page_in(7, 2))])
    assert connected("sync").code == 0
    assert connected("items", "part", MODULE, "--of", WHOLE).out == (
        f"{MODULE} is a part of {WHOLE}; 1 activities in it go with it.\n"
    )
    assert connected("items", "whole", MODULE).out == f"{MODULE} is an item by itself; 1 activities in it go with it.\n"
    refused = connected("items", "part", MODULE, "--of", course_iri(9))
    assert (refused.code, refused.err[:8]) == (1, "onward: ")
