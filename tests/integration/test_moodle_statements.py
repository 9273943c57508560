"""Moodle as it really is: statements that Moodle 5.1 with logstore_xapi 5.0.1 sent, from their bytes to a history.

Those of ``tests/unit/statements/recorded`` are in the repository; shapes of the plugin's 4.7 are made from them as its
source writes them. All 131 are read where the development data is at hand.
"""

import copy
import json
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from connector.clock import fixed
from connector.domain import Identifier, IfiKind, Signal
from connector.recipes import history
from connector.serve import with_start_link
from connector.statements.identity import hash_identifier
from connector.statements.interpret import Interpreter
from connector.statements.items import Grain
from connector.store import interactions, items, learners
from connector.sync import sync
from tests.integration.site_under_test import open_site, reading, told
from tests.integration.stating import KEY
from tests.real_data import folder

RECORDED = Path(__file__).parents[1] / "unit" / "statements" / "recorded"
HOME = "http://localhost:8080"
COURSE = "https://localhost:8080/course/view.php?id=4"
PAGE = "https://localhost:8080/mod/page/view.php?id=14"
QUIZ = "https://localhost:8080/mod/quiz/view.php?id=18"
OLD_COURSE_TYPE = "http://id.tincanapi.com/activitytype/lms/course"


def recorded(name: str) -> dict:
    return json.loads((RECORDED / f"{name}.json").read_text())


def as_4_7_says_it(statement: dict) -> dict:
    """The same told by logstore_xapi up to 4.7: the course in the grouping, as an LMS course, scaled from 0 to 1."""
    old = copy.deepcopy(statement) | {"id": str(uuid4())}
    lists = old["context"].get("contextActivities", {})
    parents = lists.pop("parent", [])
    lists["parent"] = [one for one in parents if "course/" not in one["id"]]
    lists["grouping"] = [one for one in parents if "course/view.php" in one["id"]]
    for one in [*lists["grouping"], old["object"]]:
        if "course/view.php" in one["id"]:
            one["definition"]["type"] = OLD_COURSE_TYPE
    score = old.get("result", {}).get("score")
    if score:
        score["scaled"] = score["raw"] / score["max"]
    return old


def taken_in(site, now, *pages, grain=Grain.COURSE):
    """Read pages of Statements one after the other, each in a run of its own."""
    held = []
    for page in pages:
        held += page
        source = reading(site, held, fixed(now), name="moodle")
        sync(replace(source, interpret=Interpreter(KEY, grain)))


def past_of(site, who="4"):
    """What a learner's history says, and the IRI of each Item in it."""
    with site.readers.begin() as session:
        hashed = hash_identifier(KEY, Identifier(IfiKind.ACCOUNT, who, HOME))
        learner = learners.by_identity(session, site.tenant, hashed)
        found = interactions.of_learner(session, site.tenant, learner)
        named = {number: item.iri for number, item in items.all_of(session, site.tenant).items()}
    return history.read(found), named, found


def done_of(site, who="4"):
    past, named, _ = past_of(site, who)
    return {named[item] for item in past.done}


# --- completions -------------------------------------------------------------------------------------------------


def test_uncompleted_and_completed_in_one_second_are_completed_whatever_the_order_of_arrival(engine, now):
    """``uncompleted`` has to be taken for the earlier one: both carry the same second."""
    pair = [recorded("page_uncompleted"), recorded("page_completed")]
    assert pair[0]["timestamp"] == pair[1]["timestamp"]
    for number, order in enumerate(permutations(pair)):
        for pages in ([list(order)], [[order[0]], [order[1]]]):
            site = open_site(engine, now, f"{number}-{len(pages)}")
            taken_in(site, now, *pages, grain=Grain.ACTIVITY)
            assert done_of(site) == {PAGE}


def test_an_uncompleted_a_second_later_takes_the_completion_back(site, now):
    later = recorded("page_uncompleted") | {"timestamp": "2026-11-22T01:42:55.000Z"}
    taken_in(site, now, [recorded("page_completed"), later], grain=Grain.ACTIVITY)
    assert done_of(site) == set()


def test_a_course_is_completed_by_its_own_statement_only(site, now):
    parts = [recorded(name) for name in ("page_completed", "quiz_completed", "quiz_attempt_submitted")]
    taken_in(site, now, parts)
    assert done_of(site) == set()
    past, named, _ = past_of(site)
    assert {named[one.item] for one in past.unfinished} == {COURSE}
    taken_in(site, now, [*parts, recorded("course_completed")])
    assert done_of(site) == {COURSE}


def test_that_a_module_is_open_again_does_not_open_the_course(site, now):
    later = recorded("page_uncompleted") | {"timestamp": "2026-11-22T02:00:00.000Z"}
    taken_in(site, now, [recorded("course_completed"), later])
    assert done_of(site) == {COURSE}


@pytest.mark.parametrize("name", ["quiz_completed", "quiz_attempt_submitted"])
def test_with_the_finer_grain_a_quiz_is_completed_by_its_module_or_by_an_attempt(site, now, name):
    taken_in(site, now, [recorded(name)], grain=Grain.ACTIVITY)
    assert done_of(site) == {QUIZ}
    with site.readers.begin() as session:
        assert set(items.numbers(session, site.tenant, [QUIZ, COURSE])) == {QUIZ}


def test_completed_without_success_is_failed_and_no_completion(site, now):
    said = [recorded(name) for name in ("course_completed", "page_completed", "quiz_attempt_submitted")]
    for one in said:
        one["result"] = one.get("result", {}) | {"completion": True, "success": False}
    taken_in(site, now, said, grain=Grain.ACTIVITY)
    past, named, found = past_of(site)
    assert [one.signal for one in found] == [Signal.FAILED] * 3
    assert past.done == frozenset()
    assert {named[one.item] for one in past.unfinished} == {COURSE, PAGE, QUIZ}


# --- two versions of the plugin ------------------------------------------------------------------------------------


def test_a_score_is_the_same_in_both_conventions_of_scaled(site, now):
    told_so = []
    for raw in (0, 25, 50, 100):
        new = recorded("quiz_attempt_submitted") | {"id": str(uuid4())}
        new["result"]["score"] = {"raw": raw, "min": 0, "max": 100, "scaled": raw / 50 - 1}
        old = as_4_7_says_it(new)
        assert old["result"]["score"]["scaled"] == raw / 100
        told_so += [new, old]
    taken_in(site, now, told_so, grain=Grain.ACTIVITY)
    assert sorted(one.score for one in past_of(site)[2]) == [0, 0, 0.25, 0.25, 0.5, 0.5, 1, 1]


@pytest.mark.parametrize("grain", list(Grain))
@pytest.mark.parametrize("name", sorted(path.stem for path in RECORDED.glob("*.json")))
def test_a_course_in_the_grouping_means_the_same_as_one_among_the_parents(name, grain):
    new = recorded(name)
    interpreter = Interpreter(KEY, grain)
    (one,), (other,) = (
        interpreter.read(json.dumps(statement).encode()).facts for statement in (new, as_4_7_says_it(new))
    )
    assert (one.activity.item_iri, one.activity.part) == (other.activity.item_iri, other.activity.part)
    assert (one.flags, one.score, one.verb) == (other.flags, other.score, other.verb)


def test_a_site_that_moved_to_https_keeps_its_items_with_links_that_work(site, now):
    before = recorded("course_completed")
    after = json.loads(json.dumps(before).replace(HOME, "https://localhost:8080")) | {"id": str(UUID(int=2))}
    hosts = frozenset({"localhost"})
    for pages, link in (([[before]], "http://localhost:8080"), ([[after]], "https://localhost:8080")):
        taken_in(site, now, *pages)
        with site.readers.begin() as session:
            (item,) = items.all_of(session, site.tenant).values()
        assert item.iri == COURSE
        assert with_start_link(item, hosts).url == f"{link}/course/view.php?id=4"


# --- what is no item ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("grain", list(Grain))
def test_our_own_activity_logins_and_new_users_make_no_item(engine, now, grain):
    site = open_site(engine, now, grain)
    login = recorded("user_loggedin")
    created = copy.deepcopy(login) | {"id": str(UUID(int=1))}
    created["verb"] = {"id": "http://adlnet.gov/expapi/verbs/registered"}
    taken_in(site, now, [recorded("lti_viewed"), login, created], grain=grain)
    with site.readers.begin() as session:
        known = {str(item.iri) for item in items.all_of(session, site.tenant).values()}
    assert known == {COURSE}


# --- all of them -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def everything():
    path = folder("moodle-statements") / "all.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_all_131_mean_something_or_say_why_not(site, now, everything):
    """Counted in the file.

    Kept: 46 views, 13 of progress (9 pages, 2 quizzes, 2 attempts), 4 answers, 3 completed courses, 2 starts, 2
    enrolments. Ignored: 41 logins, a new user and the end of a tour; 9 times ``uncompleted``; ``create``, ``receive``.
    """
    taken_in(site, now, everything)
    account = told(site, now)
    assert account["statements"]["kept"] == 46 + 13 + 4 + 3 + 2 + 2
    assert account["ignored_because"] == {"not_an_item": 43, "part_retracted": 9, "verb_unknown": 7 + 2}


@pytest.mark.parametrize(
    ("grain", "ann", "six"),
    [
        (Grain.COURSE, {"course/view.php?id=4"}, {"course/view.php?id=5"}),
        (
            Grain.ACTIVITY,
            {
                *("course/view.php?id=4", "mod/page/view.php?id=14", "mod/page/view.php?id=15"),
                *("mod/page/view.php?id=16", "mod/quiz/view.php?id=18"),
            },
            {
                *("course/view.php?id=5", "mod/page/view.php?id=20", "mod/page/view.php?id=21"),
                *("mod/page/view.php?id=22", "mod/quiz/view.php?id=24"),
            },
        ),
    ],
)
def test_what_ann_and_learner_six_completed_is_done_in_any_order_of_all_statements(
    engine, now, everything, grain, ann, six
):
    for number, order in enumerate((everything, everything[::-1])):
        site = open_site(engine, now, f"{grain}-{number}")
        taken_in(site, now, order, grain=grain)
        assert {iri.removeprefix("https://localhost:8080/") for iri in done_of(site)} == ann
        assert {iri.removeprefix("https://localhost:8080/") for iri in done_of(site, "6")} == six
        with site.readers.begin() as session:
            known = items.all_of(session, site.tenant).values()
        assert not [item.iri for item in known if "/mod/lti/" in item.iri or item.iri == "https://localhost:8080"]
        assert {item.page for item in known} == {item.iri.replace("https", "http", 1) for item in known}
