from connector.domain import Course, LinkChoice
from connector.lti.claims import PersonNames
from tests.lti.harness import ABSENT, CLAIM, Scene


def claims_of(**changes):
    return Scene().launch(**changes).claims


def test_the_choice_of_the_teacher_is_read_from_custom_parameters():
    custom = {"row": " because ", "layout": "compact", "anchor": "https://moodle.example/course/view.php?id=4"}
    read = claims_of(**{CLAIM + "custom": custom}).custom
    assert read == LinkChoice("because", "compact", "https://moodle.example/course/view.php?id=4")


def test_variables_that_the_platform_did_not_resolve_are_absent():
    custom = {"row": "$Foo.bar", "username": "$User.username", "person_sourcedid": "$Person.sourcedId", "layout": ""}
    read = claims_of(**{CLAIM + "custom": custom})
    assert read.custom == LinkChoice()
    assert read.names == PersonNames()


def test_a_price_is_no_variable():
    assert claims_of(**{CLAIM + "custom": {"row": "$5 off"}}).custom.row == "$5 off"


def test_the_extension_goes_before_the_custom_parameter():
    ext, custom = {"user_username": "from-ext"}, {"username": "from-custom"}
    both = claims_of(**{CLAIM + "ext": ext, CLAIM + "custom": custom})
    custom_only = claims_of(**{CLAIM + "ext": {"user_username": ""}, CLAIM + "custom": custom})
    assert both.names.username == "from-ext"
    assert custom_only.names.username == "from-custom"


def test_the_locale_of_the_presentation_goes_before_that_of_the_person():
    both = claims_of(locale="fr-CA", **{CLAIM + "launch_presentation": {"locale": "pt_br"}})
    person_only = claims_of(locale="fr-CA", **{CLAIM + "launch_presentation": ABSENT})
    assert (both.locale, person_only.locale) == ("pt-br", "fr-CA")


def test_a_locale_that_is_no_language_tag_is_absent():
    read = claims_of(locale="../../etc", **{CLAIM + "launch_presentation": {"locale": "en<script>"}})
    assert read.locale == ""


def test_control_characters_leave_texts_and_titles_are_cut():
    context = {"id": "c-1", "title": "Stat\x00istics \ud800" + "x" * 600}
    read = claims_of(given_name="A\nnn", **{CLAIM + "context": context})
    assert read.given_name == "Ann"
    assert read.course == Course("c-1", "Statistics " + "x" * 489)
