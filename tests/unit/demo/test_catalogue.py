"""The demo's catalogue can be shown to people and imported by the product."""

import csv
import io
from collections import Counter

import pytest

from connector.demo.catalogue import DemoCourse, demo_courses, filled_catalogue
from connector.demo.people import demo_people

LMS = "http://localhost:8081"
TOPICS = {
    "Data and numbers",
    "Leading people",
    "Languages and writing",
    "Digital safety",
    "Projects",
    "Rules and rights",
    "Health at work",
    "Money and budgets",
}


@pytest.fixture(scope="module")
def courses() -> tuple[DemoCourse, ...]:
    return demo_courses(LMS)


def test_it_has_122_courses_and_no_two_share_an_iri_or_a_title(courses):
    assert len(courses) == 122
    assert len({course.iri for course in courses}) == 122
    assert len({course.title for course in courses}) == 122


def test_the_columns_are_those_that_the_import_reads():
    header = next(csv.reader(io.StringIO(filled_catalogue(LMS))))
    assert header == ["iri", "url", "title", "summary", "language", "minutes", "level", "topics", "provider", "status"]


def test_seventeen_are_french_and_sixteen_german(courses):
    assert Counter(course.language for course in courses) == {"en": 89, "fr": 17, "de": 16}


def test_each_of_the_eight_topics_leads_at_least_fifteen_courses(courses):
    leading = Counter(course.topic for course in courses)
    assert set(leading) == TOPICS
    assert min(leading.values()) == 15
    assert all(set(course.topics) <= TOPICS for course in courses)


def test_every_topic_has_english_courses_of_all_three_levels(courses):
    levels = {(course.topic, course.level) for course in courses if course.language == "en"}
    assert levels == {(topic, level) for topic in TOPICS for level in ("beginner", "intermediate", "advanced")}


def test_every_course_has_one_summary_sentence_and_a_length_in_minutes(courses):
    assert all(course.summary.endswith(".") and len(course.summary) < 120 for course in courses)
    assert all(5 <= course.minutes <= 240 for course in courses)


def test_two_are_hidden_one_is_blocked_and_the_others_are_shown(courses):
    assert Counter(course.status for course in courses) == {"shown": 119, "hidden": 2, "blocked": 1}


def test_a_course_is_its_page_in_the_lms_except_for_the_one_without_a_page(courses):
    without = [course for course in courses if not course.url]
    assert [course.title for course in without] == ["Negotiation classics: the 2019 recordings"]
    assert not without[0].iri.startswith(LMS)
    for course in courses:
        if course.url:
            assert course.iri == course.url == f"{LMS}/course/view.php?id={course.number}"


def test_the_histories_of_the_demo_people_are_courses_with_a_page_that_are_shown(courses):
    shown = {course.number for course in courses if course.url and course.status == "shown"}
    for person in demo_people():
        assert set(person.history) <= shown
        assert person.start_course in shown
        assert person.start_course not in person.history
    assert [len(person.history) for person in demo_people()] == [0, 1, 13, 5, 0]


def test_the_french_person_has_completed_french_courses_only(courses):
    language = {course.number: course.language for course in courses}
    french = next(person for person in demo_people() if person.locale == "fr")
    assert {language[number] for number in french.history} == {"fr"}
