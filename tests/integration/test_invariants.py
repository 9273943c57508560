"""Invariants of PRODUCT.md over the whole stack: Statements in, pages out."""

import random
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector import catalog
from connector.administer.recommend import visit_of
from connector.clock import fixed
from connector.domain import Identifier, IfiKind, ItemStatus, PlatformId
from connector.feedback import Feedback
from connector.statements.identity import hash_identifier
from connector.store import learners
from tests.integration.site_under_test import open_site, page_of, shown_in, synced, trained
from tests.integration.stating import KEY, LMS, course, course_iri, said, voids

QUICK = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def tastes(learners_each: int = 24, blocks: int = 3, items_each: int = 6, seed: int = 5) -> list[dict]:
    """Blocks of learners who each completed most items of their own block: 0..5, 6..11, 12..17."""
    rng, told = random.Random(seed), []
    for block in range(blocks):
        for person in range(learners_each):
            own = rng.sample(range(block * items_each, (block + 1) * items_each), items_each - 1 - person % 2)
            told += [said(len(told) + 1 + place, f"{block}-{person}", about=item) for place, item in enumerate(own)]
    return told


@pytest.fixture
def taught(site, now):
    """A site that learned from three tastes, and ann, who completed two items of the first."""
    told = tastes()
    told += [said(1000, "ann", about=0), said(1001, "ann", about=1)]
    synced(site, told, now, page_size=500)
    trained(site, now)
    return site


def test_rows_say_because_of_what_ann_completed_and_stay_in_her_taste(taught, now):
    page = page_of(taught, "ann", now)
    because = [row for row in page["rows"] if row["kind"] == "because"]
    assert because
    assert {row["anchor"] for row in because} <= {"Course 0", "Course 1"}
    assert {card["iri"] for row in because for card in row["cards"]} <= {course_iri(number) for number in range(2, 6)}


def test_1_nothing_completed_is_shown_from_the_next_request_on_until_all_is_done(taught, now):
    told, done = [], {course_iri(0), course_iri(1)}
    for number in range(2000, 2016):
        shown = shown_in(page_of(taught, "ann", now))
        assert not done & set(shown)
        assert len(shown) == len(set(shown))
        if not shown:
            break
        item = int(shown[0].rpartition("=")[2])
        told.append(said(number, "ann", random.Random(number).choice(["completed", "passed"]), about=item))
        synced(taught, told, now, name="live")
        done.add(shown[0])


def test_1_a_completion_that_is_voided_brings_the_item_back(taught, now):
    shown = shown_in(page_of(taught, "ann", now))[0]
    told = [said(2000, "ann", about=int(shown.rpartition("=")[2]))]
    synced(taught, told, now, name="live")
    assert shown not in shown_in(page_of(taught, "ann", now))
    told.append(voids(2001, 2000))
    synced(taught, told, now, name="live")
    assert shown in shown_in(page_of(taught, "ann", now))


@QUICK
@given(blocked=st.sets(st.integers(2, 17), min_size=1, max_size=16), status=st.sampled_from(["blocked", "hidden"]))
def test_2_what_is_blocked_or_hidden_is_gone_from_the_next_page(taught, now, blocked, status):
    for number in blocked:
        catalog.set_status(course_iri(number), ItemStatus(status), taught.tenant, taught.sessions)
    shown = set(shown_in(page_of(taught, "ann", now)))
    for number in blocked:
        catalog.set_status(course_iri(number), ItemStatus.SHOWN, taught.tenant, taught.sessions)
    assert not shown & {course_iri(number) for number in blocked}


def test_2_unblocking_gives_the_page_back_as_it_was(taught, now):
    before = page_of(taught, "ann", now)
    first = shown_in(before)[0]
    catalog.set_status(first, ItemStatus.BLOCKED, taught.tenant, taught.sessions)
    assert page_of(taught, "ann", now) != before
    catalog.set_status(first, ItemStatus.SHOWN, taught.tenant, taught.sessions)
    assert page_of(taught, "ann", now) == before


def test_7_two_tenants_with_the_same_names_see_what_each_would_see_alone(engine, now):
    """One after the other, and each with the other in between: not a byte differs."""
    here, there = tastes(seed=5), tastes(seed=6)
    for told in (here, there):
        told += [said(1000, "ann", about=0), said(1001, "ann", about=1)]
    alone = {}
    for name, told in (("alone-here", here), ("alone-there", there)):
        one = open_site(engine, now, name)
        synced(one, told, now, page_size=500)
        trained(one, now)
        alone[name] = page_of(one, "ann", now)
    together = [open_site(engine, now, name) for name in ("here", "there")]
    for begin in range(0, 400, 100):
        for one, told in zip(together, (here, there), strict=True):
            synced(one, told[: begin + 100] if begin < 300 else told, now, page_size=40)
    for one in together:
        trained(one, now)
    assert [page_of(one, "ann", now) for one in together] == list(alone.values())
    catalog.set_status(shown_in(alone["alone-here"])[0], ItemStatus.BLOCKED, together[1].tenant, together[1].sessions)
    assert page_of(together[0], "ann", now) == alone["alone-here"]


def test_9_without_personal_rows_the_next_page_says_nothing_about_the_learner(taught, now):
    with taught.sessions.begin() as session:
        ann = learners.by_identity(
            session, taught.tenant, hash_identifier(KEY, Identifier(IfiKind.ACCOUNT, "ann", LMS))
        )
    visit = visit_of(taught, ann, PlatformId(0), now)
    before, feedback = page_of(taught, "ann", now), Feedback(taught.sessions, fixed(now))
    assert before["state"] == "personal"
    assert feedback.switch_personal_rows(visit, on=False)
    off = page_of(taught, "ann", now)
    assert off["state"] == "opted_out"
    assert {row["kind"] for row in off["rows"]} <= {"popular"}
    assert not {course_iri(0), course_iri(1)} & set(shown_in(off))
    synced(taught, [said(2000, "ann", about=2)], now, name="live")
    assert page_of(taught, "ann", now)["state"] == "opted_out"
    feedback.switch_personal_rows(visit, on=True)
    assert page_of(taught, "ann", now)["state"] == "personal"


def _story(engine, now, told, sizes, *, again):
    """Read ``told`` as it grows, train, and return what ann sees."""
    name = f"story {random.Random(repr((sizes, again))).random()}"
    one = open_site(engine, now, name)
    for begin, end in pairwise([0, *sizes, len(told)]):
        synced(one, told[:end], now + timedelta(minutes=end if again else begin), page_size=max(1, end - begin))
    trained(one, now)
    return {key: value for key, value in page_of(one, "ann", now).items() if key != "as_of"}


def test_10_the_page_does_not_depend_on_page_size_order_duplicates_or_reruns(engine, now):
    told = [*tastes(8, 3), said(1000, "ann", about=0), said(1001, "ann", about=1), said(1002, "ann", about=1)]
    undisturbed = _story(engine, now, told, [], again=False)
    for seed in range(3):
        rng = random.Random(seed)
        doubled = [*told, *rng.sample(told, 20)]
        rng.shuffle(doubled)
        shuffled = [
            one | {"stored": told[0]["stored"][:14] + f"{place // 60:02}:{place % 60:02}+00:00"}
            for place, one in enumerate(doubled)
        ]
        cuts = sorted(rng.sample(range(1, len(shuffled)), 3))
        assert _story(engine, now, shuffled, cuts, again=bool(seed % 2)) == undisturbed


def test_titles_in_the_learners_words_come_from_the_newest_statement(taught, now):
    synced(taught, [said(3000, "0-1", "initialized", object=course(2, "A new name"))], now, name="live")
    titles = {card["title"] for row in page_of(taught, "ann", now)["rows"] for card in row["cards"]}
    assert "A new name" in titles
    assert "Course 2" not in titles
