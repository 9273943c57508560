import pytest

from connector.statements.items import Grain
from tests.unit.statements.saying import COURSE, COURSE_TYPE, TYPES, activity, around, fact

TINCAN = "http://id.tincanapi.com/activitytype/"
QUIZ = activity("https://moodle.example/mod/quiz/view.php?id=18", f"{TYPES}assessment", name={"en": "Quiz"})
SECTION = activity("https://moodle.example/course/section.php?id=11", f"{TINCAN}section")
ATTEMPT = activity("https://moodle.example/mod/quiz/attempt.php?attempt=1", f"{TYPES}attempt")
SITE = activity("https://moodle.example", f"{TINCAN}lms", name={"en": "The site"})
PAGE = activity(type_iri="https://w3id.org/xapi/acrossx/activities/page", name={"en": "Page 1"})
BOTH = pytest.mark.parametrize("grain", list(Grain))
COURSE_IRI = COURSE["id"]


def belongs(thing, grain=Grain.COURSE, **lists):
    """(Item, part) of an Activity in the context of ``lists``."""
    found = fact(grain, object=thing, context=around(**lists)).activity
    return found.item_iri, found.part


@BOTH
@pytest.mark.parametrize(
    "type_iri",
    [
        COURSE_TYPE,
        "http://w3id.org/xapi/cmi5/activitytype/course/",
        f"{TYPES}course",
        f"{TINCAN}lms/course",
    ],
)
def test_a_course_of_any_known_type_is_its_own_item(grain, type_iri):
    assert belongs(activity("https://a.example/c", type_iri), grain) == ("https://a.example/c", False)


def test_by_default_an_activity_belongs_to_its_course_as_a_part():
    assert belongs(PAGE, parent=[SECTION, COURSE]) == (COURSE_IRI, True)


def test_the_course_may_stand_in_the_grouping_as_in_moodle_up_to_4_7():
    old = activity(COURSE_IRI, f"{TINCAN}lms/course")
    assert belongs(PAGE, grouping=[SITE, old]) == (COURSE_IRI, True)


def test_a_course_among_the_parents_comes_before_one_in_the_grouping():
    programme = activity("https://a.example/programme", COURSE_TYPE)
    assert belongs(PAGE, parent=[COURSE], grouping=[programme]) == (COURSE_IRI, True)


def test_a_course_inside_another_course_stays_an_item_of_its_own():
    programme = activity("https://a.example/programme", COURSE_TYPE)
    assert belongs(COURSE, parent=[programme]) == (COURSE_IRI, False)


def test_with_the_finer_grain_an_activity_is_its_own_item():
    assert belongs(PAGE, Grain.ACTIVITY, parent=[SECTION, COURSE]) == (PAGE["id"], False)


@BOTH
def test_without_a_course_an_activity_is_its_own_item(grain):
    assert belongs(PAGE, grain, category=[SITE]) == (PAGE["id"], False)


@BOTH
def test_an_activity_without_definition_is_an_item(grain):
    assert belongs({"id": "https://a.example/x"}, grain) == ("https://a.example/x", False)


def test_an_attempt_stands_for_what_it_attempts():
    assert belongs(ATTEMPT, Grain.ACTIVITY, parent=[QUIZ, SECTION, COURSE]) == (QUIZ["id"], False)


def test_an_attempt_of_a_quiz_in_a_course_is_a_part_of_the_course():
    assert belongs(ATTEMPT, parent=[QUIZ, SECTION, COURSE]) == (COURSE_IRI, True)


@BOTH
def test_an_attempt_of_a_course_is_the_course_itself(grain):
    assert belongs(ATTEMPT, grain, parent=[COURSE]) == (COURSE_IRI, False)


@BOTH
def test_an_attempt_of_nothing_known_rolls_up_to_the_grouping_as_a_part(grain):
    assert belongs(ATTEMPT, grain, grouping=[SITE, COURSE]) == (COURSE_IRI, True)
    assert belongs(ATTEMPT, grain) == ("", False)


NOT_ITEMS = [
    *(TYPES + name for name in ("cmi.interaction", "interaction", "question", "objective")),
    *(TINCAN + name for name in ("chapter", "section", "step", "slide", "tutor-session", "forum-reply")),
    "http://activitystrea.ms/schema/1.0/review",
    "http://activitystrea.ms/comment",
    "https://xapi.edlm/profiles/edlm-lms/concepts/activity-types/lesson-session",
]


@pytest.mark.parametrize("type_iri", NOT_ITEMS)
def test_what_is_no_item_rolls_up_to_its_parent_as_a_part(type_iri):
    piece = activity("https://a.example/piece", type_iri)
    assert belongs(piece, Grain.ACTIVITY, parent=[ATTEMPT, QUIZ, SECTION, COURSE]) == (QUIZ["id"], True)
    assert belongs(piece, parent=[ATTEMPT, QUIZ, SECTION, COURSE]) == (COURSE_IRI, True)
    assert belongs(piece, Grain.ACTIVITY, grouping=[SITE, QUIZ]) == (QUIZ["id"], True)


@BOTH
@pytest.mark.parametrize("type_iri", NOT_ITEMS)
def test_what_is_no_item_and_lies_in_none_belongs_nowhere(grain, type_iri):
    assert belongs(activity("https://a.example/piece", type_iri), grain, category=[COURSE]) == ("", False)


@BOTH
def test_a_site_is_never_an_item_and_nothing_rolls_up_to_it(grain):
    question = activity("https://a.example/q", f"{TYPES}question")
    assert belongs(SITE, grain, parent=[COURSE]) == ("", False)
    assert belongs(question, grain, parent=[SITE]) == ("", False)


@BOTH
@pytest.mark.parametrize("type_iri", [f"{TINCAN}user-profile", f"{TYPES}profile", "http://activitystrea.ms/person"])
def test_a_page_about_one_person_leaves_no_address(grain, type_iri):
    assert fact(grain, object=activity("https://a.example/user?id=4", type_iri)).activity is None


def test_the_login_of_an_lti_activity_leaves_no_address_since_it_says_who_came():
    assert fact(object={"id": "https://moodle.example/mod/lti/auth.php?login_hint=3"}).activity is None


def test_an_lti_activity_of_moodle_is_never_an_item():
    carousel = activity("https://moodle.example/mod/lti/view.php?id=25", f"{TYPES}media", name={"en": "Carousel"})
    assert belongs(carousel, parent=[SECTION, COURSE]) == (COURSE_IRI, True)
    assert belongs(carousel, Grain.ACTIVITY, parent=[SECTION, COURSE]) == (COURSE_IRI, True)
    assert belongs(carousel) == ("", False)


@BOTH
def test_a_course_that_is_its_own_parent_is_itself_as_articulate_sends_it(grain):
    course = activity("http://5fUaB_rise", f"{TYPES}course")
    assert belongs(course, grain, parent=[course], grouping=[course]) == ("https://5fuab_rise", False)


@BOTH
def test_an_activity_that_is_its_own_parent_does_not_loop(grain):
    question = activity("https://a.example/q", f"{TYPES}question")
    assert belongs(question, grain, parent=[question | {"id": "https://A.example/q/"}]) == ("", False)
    assert belongs(PAGE, grain, parent=[PAGE]) == (PAGE["id"], False)


@BOTH
def test_an_activity_whose_parent_is_itself_as_a_course_is_no_part_of_itself(grain):
    module = activity("http://5fuab_rise", f"{TYPES}module")
    assert belongs(module, grain, parent=[activity("http://5fuab_rise", f"{TYPES}course")]) == (
        "https://5fuab_rise",
        False,
    )


def test_an_attempt_that_is_its_own_parent_stands_for_the_next_one():
    assert belongs(ATTEMPT, Grain.ACTIVITY, parent=[ATTEMPT, QUIZ]) == (QUIZ["id"], False)


def test_a_single_object_stands_for_a_list_of_one():
    assert belongs(PAGE, parent=COURSE) == (COURSE_IRI, True)


@BOTH
def test_a_parent_without_a_usable_iri_is_passed_over(grain):
    nameless = {"definition": {"type": COURSE_TYPE}}
    endless = activity("https://a.example/" + "x" * 2000, COURSE_TYPE)
    assert belongs(PAGE, grain, parent=[nameless, endless]) == (PAGE["id"], False)


@BOTH
def test_group_activity_is_an_activity_as_open_edx_sends_it(grain):
    assert belongs(PAGE | {"objectType": "GroupActivity"}, grain) == (PAGE["id"], False)


def test_names_and_type_are_those_of_the_item():
    named = COURSE | {"definition": {"type": COURSE_TYPE, "name": {"en": " Data\nLiteracy ", "??": "Daten"}}}
    found = fact(object=PAGE, context=around(parent=[named])).activity
    assert found.names == {"en": "Data Literacy", "und": "Daten"}
    assert (found.item_type, found.type) == (COURSE_TYPE, PAGE["definition"]["type"])


def test_what_belongs_nowhere_carries_no_names():
    found = fact(object=SITE).activity
    assert (found.names, found.item_type, found.iri) == ({}, "", "https://moodle.example")


def test_a_type_that_can_be_no_iri_counts_as_none():
    found = fact(object=activity("https://a.example/x", "bad\u0000type")).activity
    assert (found.type, found.item_iri) == ("", "https://a.example/x")
