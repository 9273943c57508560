"""The simulator does what its README says, and no more."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

import pytest
import tincan

from connector.demo.simulate import Learner, demo_people, simulate, simulated_learners

LMS = "http://localhost:8081"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
Statements = list[dict[str, Any]]


@pytest.fixture(scope="module")
def statements() -> Statements:
    return simulate(LMS, NOW)


@pytest.fixture(scope="module")
def learners() -> list[Learner]:
    return simulated_learners(LMS, NOW)


def verb(statement: dict[str, Any]) -> str:
    return statement["verb"]["id"].rsplit("/", 1)[-1]


def moment(statement: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(statement["timestamp"])


def of_account(statements: Statements, name: str) -> Statements:
    return [s for s in statements if s["actor"].get("account") == {"homePage": LMS, "name": name}]


def test_another_seed_gives_not_more_than_five_thousand_statements_either():
    assert 4000 < len(simulate(LMS, NOW, 8)) <= 5000


def test_the_same_seed_gives_the_same_bytes_and_another_seed_gives_others():
    once, twice, other = (json.dumps(simulate(LMS, NOW, seed, learners=25)) for seed in (3, 3, 4))
    assert once == twice
    assert once != other


def test_ids_are_unique_and_do_not_depend_on_the_day():
    today, tomorrow = ({s["id"] for s in simulate(LMS, day, 3, 25)} for day in (NOW, NOW + timedelta(days=1)))
    assert len(today & tomorrow) > 0.9 * len(today)
    assert all(identifier[14] == "5" for identifier in today)


def test_a_history_does_not_depend_on_how_many_others_there_are():
    assert simulated_learners(LMS, NOW, 3, 5) == simulated_learners(LMS, NOW, 3, 9)[:5]


def test_there_are_between_4500_and_5000_statements_and_every_id_is_its_own(statements):
    assert 4500 <= len(statements) <= 5000
    assert len({s["id"] for s in statements}) == len(statements)


def test_every_statement_passes_tincans_own_reading_and_comes_out_the_same(statements):
    for statement in statements:
        assert tincan.Statement.from_json(json.dumps(statement)).as_version("1.0.3") == statement


def test_timestamps_reach_back_two_years_and_end_shortly_before_now(statements):
    moments = [moment(s) for s in statements]
    assert timedelta(days=700) < NOW - min(moments) < timedelta(days=732)
    assert timedelta(minutes=19) < NOW - max(moments) < timedelta(days=2)


def test_a_fifth_of_all_choices_is_pure_chance(learners):
    choices = [choice for learner in learners for choice in learner.choices]
    shares = {why: number / len(choices) for why, number in Counter(choice.why for choice in choices).items()}
    assert shares["chance"] == pytest.approx(0.2, abs=0.03)
    assert 0.12 < shares["next step"] < 0.3


def test_nine_in_ten_choices_are_finished_and_the_others_leave_no_course_completion(learners, statements):
    choices = [choice for learner in learners for choice in learner.choices]
    assert sum(choice.finished for choice in choices) / len(choices) == pytest.approx(0.92, abs=0.03)
    left = {(learner.user_id, c.course.iri) for learner in learners for c in learner.choices if not c.finished}
    completed = {
        (s["actor"].get("account", {}).get("name"), s["object"].get("id")) for s in statements if verb(s) == "completed"
    }
    assert not left & completed


def test_no_learner_chooses_a_course_twice(learners):
    for learner in learners:
        assert len({choice.course.iri for choice in learner.choices}) == len(learner.choices)


def test_some_completions_are_repeated_later(statements):
    done = Counter(
        (json.dumps(s["actor"], sort_keys=True), s["object"]["id"])
        for s in statements
        if verb(s) == "completed" and "/course/view.php" in s["object"]["id"]
    )
    assert 20 < sum(1 for times in done.values() if times == 2) < 80


def test_popularity_falls_has_a_long_tail_and_no_course_is_taken_by_a_third(learners):
    taken = Counter(c.course.iri for learner in learners for c in learner.choices).most_common()
    assert 4 * taken[60][1] < taken[0][1] < len(learners) / 3
    assert len(taken) > 110


def test_seven_in_ten_learners_are_named_by_their_account_in_the_lms(learners):
    forms = Counter(learner.form for learner in learners)
    assert forms["account"] / 400 == pytest.approx(0.7, abs=0.05)
    assert all(forms[form] > 15 for form in ("username", "mbox", "mbox_sha1sum"))


def test_all_actor_forms_occur_in_the_statements(statements):
    accounts = Counter(s["actor"].get("account", {}).get("homePage") for s in statements)
    assert accounts[LMS] > accounts["https://people.example"] > 100
    assert sum("mbox" in s["actor"] for s in statements) > 100
    assert sum("mbox_sha1sum" in s["actor"] for s in statements) > 100


def test_a_learner_whose_form_changed_has_both_forms(learners, statements):
    changed = next(x for x in learners if x.changed and x.form == "account" and len(x.choices) > 4)
    mailbox = f"mailto:learner{changed.user_id}@people.example"
    before = [s for s in statements if s["actor"].get("mbox") == mailbox]
    assert before
    assert of_account(statements, changed.user_id)
    assert max(moment(s) for s in before) < changed.changed


def test_about_three_in_a_hundred_come_later_than_their_timestamp_says(statements):
    """Statements that stand more than twelve hours behind the newest one posted before them."""
    newest = list(accumulate((moment(s) for s in statements), max))
    late = [s for s, latest in zip(statements, newest, strict=True) if moment(s) < latest - timedelta(hours=12)]
    assert 0.02 < len(late) / len(statements) < 0.04


def test_five_course_completions_are_voided_after_they_were_posted(statements):
    place = {s["id"]: number for number, s in enumerate(statements)}
    voidings = [s for s in statements if verb(s) == "voided"]
    assert len(voidings) == 5
    for voiding in voidings:
        assert voiding["object"]["objectType"] == "StatementRef"
        assert place[voiding["object"]["id"]] < place[voiding["id"]]
        assert verb(statements[place[voiding["object"]["id"]]]) == "completed"


def test_moodles_pair_of_uncompleted_and_completed_has_one_timestamp_and_names_its_course(statements):
    pages = [s for s in statements if "/mod/page/" in s["object"].get("id", "")]
    pairs = Counter((json.dumps(s["actor"]), s["object"]["id"], s["timestamp"]) for s in pages)
    assert set(pairs.values()) == {2}
    parents = pages[0]["context"]["contextActivities"]["parent"]
    assert [p["definition"]["type"].rsplit("/", 1)[-1] for p in parents] == ["section", "course"]


def test_a_cmi5_session_has_one_registration_and_ends_with_the_lms_word(statements):
    satisfied = next(s for s in statements if verb(s) == "satisfied")
    registration = satisfied["context"]["registration"]
    session = [verb(s) for s in statements if s.get("context", {}).get("registration") == registration]
    assert {"launched", "initialized", "completed", "terminated", "satisfied"} <= set(session)
    assert "account" in satisfied["actor"]


def test_a_quiz_completion_sits_on_an_attempt_with_a_score_from_minus_one_to_one(statements):
    submitted = [
        s for s in statements if "/mod/quiz/attempt.php" in s["object"].get("id", "") and verb(s) == "completed"
    ]
    assert submitted
    for statement in submitted:
        score = statement["result"]["score"]
        assert score["scaled"] == pytest.approx(score["raw"] / 50 - 1)


def test_the_demo_people_completed_exactly_their_histories(statements):
    for person in demo_people():
        done = [s for s in of_account(statements, person.user_id) if verb(s) in {"completed", "satisfied"}]
        courses = [s["object"]["id"] for s in done if "/course/view.php" in s["object"]["id"]]
        assert set(courses) == {f"{LMS}/course/view.php?id={number}" for number in person.history}


def test_the_newcomer_has_no_statement_and_the_instructor_only_looked(statements):
    newcomer, *_, instructor = demo_people()
    assert of_account(statements, newcomer.user_id) == []
    assert [verb(s) for s in of_account(statements, instructor.user_id)] == ["viewed"] * 3
