import pytest

from connector.domain import Flag, Signal
from connector.statements.verbs import DEFAULT_VERB_MAP, Ignored, IgnoredReason, fold_verb, signal_of, suits

ADL = "http://adlnet.gov/expapi/verbs/"
EDLM = "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/"
COMPLETE = Flag.COMPLETION_GIVEN | Flag.COMPLETION_TRUE
INCOMPLETE = int(Flag.COMPLETION_GIVEN)
SUCCESS = Flag.SUCCESS_GIVEN | Flag.SUCCESS_TRUE
NO_SUCCESS = int(Flag.SUCCESS_GIVEN)

TABLE = [
    (Signal.COMPLETED, f"{ADL}completed"),
    (Signal.COMPLETED, f"{ADL}mastered"),
    (Signal.COMPLETED, f"{ADL}attended"),
    (Signal.COMPLETED, "https://w3id.org/xapi/adl/verbs/satisfied"),
    (Signal.COMPLETED, "https://w3id.org/xapi/tla/verbs/achieved"),
    (Signal.COMPLETED, "https://w3id.org/xapi/video/verbs/completed"),
    (Signal.PASSED, f"{ADL}passed"),
    (Signal.FAILED, f"{ADL}failed"),
    (Signal.PROGRESSED, f"{ADL}progressed"),
    (Signal.RETRACTED, f"{EDLM}uncompleted"),
    (Signal.RETRACTED, f"{ADL}voided"),
    (Signal.SUBMITTED, "http://activitystrea.ms/submit"),
    (Signal.SUBMITTED, f"{ADL}answered"),
    (Signal.STARTED, f"{ADL}initialized"),
    (Signal.STARTED, f"{ADL}attempted"),
    (Signal.STARTED, f"{ADL}launched"),
    (Signal.STARTED, f"{ADL}resumed"),
    (Signal.STARTED, "http://activitystrea.ms/start"),
    (Signal.STARTED, "https://w3id.org/xapi/tla/verbs/resumed"),
    (Signal.VIEWED, "http://id.tincanapi.com/verb/viewed"),
    (Signal.VIEWED, f"{ADL}experienced"),
    (Signal.VIEWED, f"{ADL}interacted"),
    (Signal.VIEWED, "https://w3id.org/xapi/video/verbs/played"),
    (Signal.VIEWED, "https://w3id.org/xapi/video/verbs/paused"),
    (Signal.VIEWED, "https://w3id.org/xapi/video/verbs/seeked"),
    (Signal.VIEWED, "https://w3id.org/xapi/dod-isd/verbs/navigated"),
    (Signal.RATED, "http://id.tincanapi.com/verb/rated"),
    (Signal.RATED, "http://id.tincanapi.com/verb/voted-up"),
    (Signal.RATED, "http://id.tincanapi.com/verb/voted-down"),
    (Signal.RATED, "http://id.tincanapi.com/verb/bookmarked"),
    (Signal.RATED, "https://w3id.org/xapi/openedx/verb/voted"),
    (Signal.SEARCHED, "https://w3id.org/xapi/acrossx/verbs/searched"),
    (Signal.ENROLLED, f"{ADL}registered"),
    (Signal.ENROLLED, f"{EDLM}enrolled"),
    (Signal.UNENROLLED, "http://id.tincanapi.com/verb/unregistered"),
    (Signal.UNENROLLED, "http://activitystrea.ms/leave"),
    (Signal.NEUTRAL, "https://w3id.org/xapi/adl/verbs/abandoned"),
    (Signal.NEUTRAL, f"{ADL}terminated"),
    (Signal.NEUTRAL, "https://w3id.org/xapi/video/verbs/terminated"),
    (Signal.NEUTRAL, f"{ADL}suspended"),
    (Signal.NEUTRAL, f"{ADL}exited"),
    (Signal.NEUTRAL, "https://w3id.org/xapi/adl/verbs/waived"),
    (Signal.NEUTRAL, "http://id.tincanapi.com/verb/earned"),
]


@pytest.mark.parametrize(("signal", "verb"), TABLE)
def test_each_verb_of_the_table_gives_its_signal(signal, verb):
    assert DEFAULT_VERB_MAP[fold_verb(verb)] is signal


def test_the_default_map_has_the_verbs_of_the_table_and_no_others():
    assert set(DEFAULT_VERB_MAP) == {fold_verb(verb) for _, verb in TABLE}


@pytest.mark.parametrize(
    "spelling",
    [
        "https://adlnet.gov/expapi/verbs/completed",
        "http://adlnet.gov/expapi/verbs/completed/",
        "HTTP://ADLNET.gov:80/expapi/verbs/completed",
        "https://www.adlnet.gov/expapi/verbs/completed",
        "https://w3id.org/xapi/adl/verbs/completed",
    ],
)
def test_spellings_of_one_verb_fold_together(spelling):
    assert fold_verb(spelling) == "http://adlnet.gov/expapi/verbs/completed"


def test_both_homes_of_activity_streams_fold_together():
    assert fold_verb("https://activitystrea.ms/schema/1.0/submit") == fold_verb("http://activitystrea.ms/submit")


def test_the_path_of_a_verb_keeps_its_case_and_a_custom_verb_its_namespace():
    assert fold_verb("https://Verbs.Example/Completed") == "http://verbs.example/Completed"


def meant(mapped, flags=0, progress=None, *, part=False):
    return signal_of(mapped, flags=flags, progress=progress, part=part)


@pytest.mark.parametrize("signal", [Signal.COMPLETED, Signal.PASSED])
def test_an_end_without_completion_is_progress(signal):
    assert meant(signal, INCOMPLETE) is Signal.PROGRESSED


@pytest.mark.parametrize("signal", [Signal.COMPLETED, Signal.PASSED])
def test_an_end_without_success_is_a_failure(signal):
    assert meant(signal, NO_SUCCESS) is Signal.FAILED
    assert meant(signal, COMPLETE | NO_SUCCESS) is Signal.FAILED


def test_what_is_neither_complete_nor_a_success_is_not_over_yet():
    assert meant(Signal.COMPLETED, INCOMPLETE | NO_SUCCESS) is Signal.PROGRESSED


@pytest.mark.parametrize("flags", [0, COMPLETE, SUCCESS, COMPLETE | SUCCESS])
def test_an_end_that_the_result_confirms_stays_what_the_verb_says(flags):
    assert meant(Signal.COMPLETED, flags) is Signal.COMPLETED
    assert meant(Signal.PASSED, flags) is Signal.PASSED


def test_progress_is_completion_at_the_end_only():
    assert meant(Signal.PROGRESSED) is Signal.PROGRESSED
    assert meant(Signal.PROGRESSED, progress=99) is Signal.PROGRESSED
    assert meant(Signal.PROGRESSED, progress=100) is Signal.COMPLETED
    assert meant(Signal.PROGRESSED, COMPLETE) is Signal.COMPLETED
    assert meant(Signal.PROGRESSED, COMPLETE, 40) is Signal.COMPLETED


def test_full_progress_that_the_result_calls_incomplete_is_progress():
    assert meant(Signal.PROGRESSED, INCOMPLETE, 100) is Signal.PROGRESSED


def test_full_progress_without_success_is_a_failure():
    assert meant(Signal.PROGRESSED, NO_SUCCESS, 100) is Signal.FAILED


def test_failed_stays_failed_whatever_the_result_says():
    assert meant(Signal.FAILED, COMPLETE | SUCCESS, 100) is Signal.FAILED


def test_a_neutral_verb_is_ignored():
    assert meant(Signal.NEUTRAL) == Ignored(IgnoredReason.VERB_NEUTRAL)
    assert meant(Signal.NEUTRAL, progress=100) == Ignored(IgnoredReason.VERB_NEUTRAL)


def test_a_video_ended_past_its_threshold_is_completed_but_what_was_waived_is_not():
    assert meant(Signal.NEUTRAL, COMPLETE, 95) is Signal.COMPLETED
    assert meant(Signal.NEUTRAL, COMPLETE | SUCCESS) == Ignored(IgnoredReason.VERB_NEUTRAL)


def test_an_unknown_verb_is_ignored_and_says_so():
    assert meant(None) == Ignored(IgnoredReason.VERB_UNKNOWN)
    assert meant(None, part=True) == Ignored(IgnoredReason.VERB_UNKNOWN)


def test_what_belongs_to_no_item_is_ignored():
    assert meant(Signal.COMPLETED, part=None) == Ignored(IgnoredReason.NOT_AN_ITEM)
    assert meant(None, part=None) == Ignored(IgnoredReason.NOT_AN_ITEM)


def test_a_voiding_says_so():
    assert meant(Signal.RETRACTED, part=None) == Ignored(IgnoredReason.VOIDING)


@pytest.mark.parametrize("signal", [Signal.COMPLETED, Signal.PASSED, Signal.FAILED, Signal.PROGRESSED])
@pytest.mark.parametrize("flags", [0, COMPLETE, INCOMPLETE, SUCCESS, NO_SUCCESS, COMPLETE | SUCCESS])
def test_whatever_ends_a_part_is_progress_of_the_whole(signal, flags):
    assert meant(signal, flags, 100, part=True) is Signal.PROGRESSED


@pytest.mark.parametrize("signal", [Signal.STARTED, Signal.VIEWED, Signal.SUBMITTED, Signal.SEARCHED])
def test_what_is_begun_or_seen_in_a_part_is_begun_or_seen_in_the_whole(signal):
    assert meant(signal, part=True) is signal
    assert meant(signal) is signal


def test_a_vote_on_a_part_is_a_view_of_the_whole():
    assert meant(Signal.RATED, part=True) is Signal.VIEWED
    assert meant(Signal.RATED) is Signal.RATED


def test_taking_back_a_part_takes_back_nothing_of_the_whole():
    assert meant(Signal.RETRACTED, part=True) == Ignored(IgnoredReason.PART_RETRACTED)
    assert meant(Signal.RETRACTED) is Signal.RETRACTED


@pytest.mark.parametrize("signal", [Signal.ENROLLED, Signal.UNENROLLED])
def test_joining_or_leaving_a_part_is_no_enrolment_of_the_whole(signal):
    assert meant(signal, part=True) == Ignored(IgnoredReason.PART_ENROLMENT)
    assert meant(signal) is signal


@pytest.mark.parametrize(
    ("verb", "kind", "suited"),
    [
        ("https://w3id.org/xapi/tla/verbs/achieved", "http://activitystrea.ms/schema/1.0/badge", True),
        ("https://w3id.org/xapi/tla/verbs/achieved", "http://adlnet.gov/expapi/activities/course", False),
        ("https://w3id.org/xapi/tla/verbs/achieved", "", False),
        ("http://activitystrea.ms/schema/1.0/leave", "http://adlnet.gov/expapi/activities/course/", True),
        ("http://activitystrea.ms/leave", "http://activitystrea.ms/group", False),
        (f"{ADL}completed", "", True),
    ],
)
def test_two_verbs_ask_for_an_object_of_a_kind(verb, kind, suited):
    assert suits(fold_verb(verb), kind) is suited


def test_what_is_said_of_another_object_than_the_verb_asks_for_is_neutral():
    assert meant(Signal.COMPLETED, Flag.OTHER_OBJECT) == Ignored(IgnoredReason.VERB_NEUTRAL)
    assert meant(Signal.UNENROLLED, Flag.OTHER_OBJECT | COMPLETE) == Ignored(IgnoredReason.VERB_NEUTRAL)
