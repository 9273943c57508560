"""Statements that a Moodle 5.1 with logstore_xapi 5.0.1 sent, recorded for this project."""

from datetime import UTC, datetime

import pytest

from connector.domain import Signal
from connector.statements.identity import hash_identifier, parse_identifier
from connector.statements.items import Grain
from connector.statements.verbs import Ignored, IgnoredReason
from tests.unit.statements.saying import KEY, RECORDED, meaning, recorded

HOME = "http://localhost:8080"
COURSE = "https://localhost:8080/course/view.php?id=4"
QUIZ = "https://localhost:8080/mod/quiz/view.php?id=18"
PAGE = "https://localhost:8080/mod/page/view.php?id=14"


@pytest.mark.parametrize(
    ("name", "item", "part", "signal"),
    [
        ("course_completed", COURSE, False, Signal.COMPLETED),
        ("user_enrolment_created", COURSE, False, Signal.ENROLLED),
        ("page_viewed", COURSE, True, Signal.VIEWED),
        ("page_completed", COURSE, True, Signal.PROGRESSED),
        ("page_uncompleted", COURSE, True, Ignored(IgnoredReason.PART_RETRACTED)),
        ("quiz_attempt_started", COURSE, True, Signal.STARTED),
        ("quiz_attempt_submitted", COURSE, True, Signal.PROGRESSED),
        ("quiz_completed", COURSE, True, Signal.PROGRESSED),
        ("question_answered", COURSE, True, Signal.SUBMITTED),
        ("lti_viewed", COURSE, True, Signal.VIEWED),
        ("user_loggedin", "", False, Ignored(IgnoredReason.NOT_AN_ITEM)),
    ],
)
def test_by_default_everything_in_a_course_is_about_the_course(name, item, part, signal):
    one = recorded(name)
    assert (one.activity.item_iri, one.activity.part, meaning(one)) == (item, part, signal)


@pytest.mark.parametrize(
    ("name", "item", "part", "signal"),
    [
        ("course_completed", COURSE, False, Signal.COMPLETED),
        ("page_viewed", PAGE, False, Signal.VIEWED),
        ("page_completed", PAGE, False, Signal.COMPLETED),
        ("page_uncompleted", PAGE, False, Signal.RETRACTED),
        ("quiz_attempt_started", QUIZ, False, Signal.STARTED),
        ("quiz_attempt_submitted", QUIZ, False, Signal.COMPLETED),
        ("quiz_completed", QUIZ, False, Signal.COMPLETED),
        ("question_answered", QUIZ, True, Signal.SUBMITTED),
        ("lti_viewed", COURSE, True, Signal.VIEWED),
        ("user_loggedin", "", False, Ignored(IgnoredReason.NOT_AN_ITEM)),
    ],
)
def test_with_the_finer_grain_pages_and_quizzes_are_items(name, item, part, signal):
    one = recorded(name, Grain.ACTIVITY)
    assert (one.activity.item_iri, one.activity.part, meaning(one)) == (item, part, signal)


def test_uncompleted_and_completed_of_one_module_come_with_one_timestamp():
    before, after = recorded("page_uncompleted", Grain.ACTIVITY), recorded("page_completed", Grain.ACTIVITY)
    assert before.timestamp == after.timestamp == datetime(2026, 11, 22, 1, 42, 54, tzinfo=UTC)
    assert before.statement_id != after.statement_id
    assert before.activity == after.activity


def test_fifty_of_a_hundred_points_are_a_half_although_scaled_says_0():
    assert recorded("quiz_attempt_submitted").score == 0.5


def test_the_page_of_the_item_is_the_one_that_moodle_named():
    assert recorded("quiz_completed").activity.item_page == f"{HOME}/course/view.php?id=4"
    assert recorded("quiz_attempt_submitted", Grain.ACTIVITY).activity.item_page == f"{HOME}/mod/quiz/view.php?id=18"


def test_the_actor_is_the_account_of_the_site_and_the_user_number():
    one = recorded("course_completed")
    assert one.identity == hash_identifier(KEY, parse_identifier(f"account:{HOME}|4"))
    assert one.identity.shape == "digits(1)"


def test_the_item_has_the_title_of_the_course():
    assert recorded("quiz_completed").activity.names == {"en": "Introduction to Data Literacy"}


@pytest.mark.parametrize("path", sorted(RECORDED.glob("*.json")), ids=lambda path: path.stem)
def test_no_name_of_a_person_is_left(path):
    assert "Alder" in path.read_text() or path.stem in {"user_enrolment_created", "user_loggedin"}
    assert "Alder" not in repr(recorded(path.stem))
