"""Launches that are odd and good: every form of a role, a language, a course, a target that platforms send."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from connector.domain import Audience, PlatformId
from connector.lti.claims import PersonNames
from tests.lti.harness import ABSENT, CLAIM, MOODLE, Scene

LIS = "http://purl.imsglobal.org/vocab/lis/v2/"
COURSE, INSTITUTION, SYSTEM = LIS + "membership#", LIS + "institution/person#", LIS + "system/person#"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
LEARNER, INSTRUCTOR, TEST = Audience.LEARNER, Audience.INSTRUCTOR, Audience.TEST_USER

ROLE_CASES = [
    ("no role at all, as lti-provider-mock sends", [], LEARNER),
    ("learner", [COURSE + "Learner"], LEARNER),
    ("learner by https", [COURSE.replace("http:", "https:") + "Learner"], LEARNER),
    ("learner by short name", ["Learner"], LEARNER),
    ("learner as URN of LTI 1.1", ["urn:lti:role:ims/lis/Learner"], LEARNER),
    ("sub-role of a learner", [LIS + "membership/Learner#GuestLearner"], LEARNER),
    ("external learner", [LIS + "membership/Learner#ExternalLearner"], LEARNER),
    ("learner who is called instructor below", [LIS + "membership/Learner#Instructor"], LEARNER),
    ("student of the institution", [INSTITUTION + "Student"], LEARNER),
    ("learner of the institution", [INSTITUTION + "Learner"], LEARNER),
    ("learner here who is staff elsewhere", [COURSE + "Learner", INSTITUTION + "Staff"], LEARNER),
    ("learner here who runs the system", [COURSE + "Learner", SYSTEM + "Administrator"], LEARNER),
    ("system user", [SYSTEM + "User"], LEARNER),
    ("member", [COURSE + "Member"], LEARNER),
    ("role of another vocabulary", ["https://vendor.example/roles#Instructor"], LEARNER),
    ("an empty text", [""], LEARNER),
    ("a variable that was not resolved", ["$Membership.role"], LEARNER),
    ("instructor", [COURSE + "Instructor"], INSTRUCTOR),
    ("instructor by short name", ["Instructor"], INSTRUCTOR),
    ("instructor in small letters", ["instructor"], INSTRUCTOR),
    ("instructor as URN of LTI 1.1", ["urn:lti:role:ims/lis/Instructor"], INSTRUCTOR),
    ("teaching assistant", [LIS + "membership/Instructor#TeachingAssistant"], INSTRUCTOR),
    ("teaching assistant as Canvas writes", [LIS + "membership/instructor#TeachingAssistant"], INSTRUCTOR),
    ("teaching assistant as URN", ["urn:lti:role:ims/lis/TeachingAssistant/Instructor"], LEARNER),
    ("content developer", [COURSE + "ContentDeveloper"], INSTRUCTOR),
    ("mentor, a parent who looks on", [COURSE + "Mentor"], INSTRUCTOR),
    ("sub-role of a mentor", [LIS + "membership/Mentor#Advisor"], INSTRUCTOR),
    ("observer of the institution", [INSTITUTION + "Observer"], INSTRUCTOR),
    ("mentor and observer, as Canvas sends a parent", [COURSE + "Mentor", INSTITUTION + "Observer"], INSTRUCTOR),
    ("mentor of the institution", [INSTITUTION + "Mentor"], INSTRUCTOR),
    ("administrator of the course", [COURSE + "Administrator"], INSTRUCTOR),
    ("sub-role of an administrator", [LIS + "membership/Administrator#Support"], INSTRUCTOR),
    ("manager", [COURSE + "Manager"], INSTRUCTOR),
    ("officer", [COURSE + "Officer"], INSTRUCTOR),
    ("faculty", [INSTITUTION + "Faculty"], INSTRUCTOR),
    ("administrator of the institution", [INSTITUTION + "Administrator"], INSTRUCTOR),
    ("administrator of the system", [SYSTEM + "Administrator"], INSTRUCTOR),
    (
        "Moodle's administrator",
        [COURSE + "Instructor", INSTITUTION + "Administrator", SYSTEM + "Administrator"],
        INSTRUCTOR,
    ),
    ("system administrator as URN", ["urn:lti:sysrole:ims/lis/SysAdmin"], INSTRUCTOR),
    ("instructor and learner", [COURSE + "Learner", COURSE + "Instructor"], INSTRUCTOR),
    ("test user", [TEST_USER], TEST),
    ("test user who is a learner, as Canvas sends a student view", [COURSE + "Learner", TEST_USER], TEST),
    ("test user who teaches", [COURSE + "Instructor", TEST_USER], TEST),
    ("test user by short name", ["TestUser"], TEST),
]

LOCALE_CASES = [
    ("en", "en"),
    ("en_us", "en-us"),
    ("en-US", "en-US"),
    ("pt_BR", "pt-BR"),
    ("zh-Hant-TW", "zh-Hant-TW"),
    ("zh_tw", "zh-tw"),
    ("de_kids", "de-kids"),
    ("en_us_k12", "en-us-k12"),
    ("sr_RS@latin", "sr-RS"),
    ("en_US.UTF-8", "en-US"),
    (" fr ", "fr"),
    ("ckb", "ckb"),
    ("", ""),
    ("$Message.locale", ""),
    ("C", ""),
    ("e", ""),
    ("en US", ""),
    ("english language", ""),
    ('"><script>', ""),
    ("x" * 300, ""),
    (None, ""),
    (7, ""),
    (["en"], ""),
]

CONTEXT_CASES = [
    ("a type that is no URI, as Moodle sends", {"id": "4", "type": ["CourseSection"]}),
    ("Moodle's site home", {"id": "1", "type": ["Group"]}),
    ("a type by URI", {"id": "4", "type": ["http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering"]}),
    ("a type as text", {"id": "4", "type": "CourseSection"}),
    ("no types", {"id": "4", "type": []}),
    ("types that are none", {"id": "4", "type": [None, 7]}),
    ("an unknown type", {"id": "4", "type": ["https://vendor.example/Hub"]}),
    ("an id that is an address, as Open edX sends", {"id": "course-v1:edX+DemoX+1", "title": "Demo"}),
    ("a null title", {"id": "4", "title": None, "label": None}),
    ("an empty title", {"id": "4", "title": ""}),
    ("a title that is a variable", {"id": "4", "title": "$Context.title"}),
    ("a title over 500 characters", {"id": "4", "title": "t" * 2000}),
    ("a title with half a pair", {"id": "4", "title": "a\ud800b"}),
]

PRESENTATION_CASES = [
    ("iframe", {"document_target": "iframe", "width": 883, "height": 652}),
    ("frame, as Moodle's app", {"document_target": "frame"}),
    ("window", {"document_target": "window"}),
    ("an unknown target", {"document_target": "hologram"}),
    ("a target as number", {"document_target": 3}),
    ("sizes as text", {"height": "260", "width": "100%"}),
    ("null everywhere", {"document_target": None, "locale": None, "return_url": None}),
    ("nothing", {}),
]

VARIABLE_CASES = [
    ("username", {CLAIM + "custom": {"username": "$User.username"}}),
    ("username in ext", {CLAIM + "ext": {"user_username": "$User.username"}}),
    ("idnumber", {CLAIM + "lis": {"person_sourcedid": "$Person.sourcedId"}}),
    ("mail", {"email": "$Person.email.primary"}),
    ("empty username", {CLAIM + "ext": {"user_username": ""}}),
    ("empty idnumber, as Moodle's administrator has", {CLAIM + "lis": {"person_sourcedid": ""}}),
    ("blank idnumber", {CLAIM + "lis": {"person_sourcedid": "  "}}),
    ("null", {CLAIM + "custom": {"username": None, "person_sourcedid": None}}),
]

NAME_CASES = [
    ("a variable", "$Person.name.given", ""),
    ("empty", "", ""),
    ("blank", " \t", ""),
    ("null", None, ""),
    ("a number", 7, ""),
    ("an object", {"en": "Ann"}, ""),
    ("with a line break", "An\nn", "Ann"),
    ("of another script", "安妮", "安妮"),
    ("with a dollar inside", "A$AP", "A$AP"),
]


def named(cases):
    return {"argvalues": [case[1:] for case in cases], "ids": [case[0] for case in cases]}


@pytest.mark.parametrize(("roles", "audience"), **named(ROLE_CASES))
def test_every_form_of_a_role_opens_a_page_for_somebody(roles, audience):
    assert Scene().launch(**{CLAIM + "roles": roles}).claims.audience is audience


@pytest.mark.parametrize(("sent", "read"), LOCALE_CASES, ids=lambda value: str(value)[:20])
def test_every_form_of_a_language_is_a_tag_or_none(sent, read):
    assert Scene().launch(**{CLAIM + "launch_presentation": {"locale": sent}}).claims.locale == read


@pytest.mark.parametrize("context", [case[1] for case in CONTEXT_CASES], ids=[case[0] for case in CONTEXT_CASES])
def test_every_kind_of_context_is_a_course(context):
    course = Scene().launch(**{CLAIM + "context": context}).claims.course
    assert course.id == context["id"]
    assert len(course.title) <= 500
    assert "$" not in course.title
    course.title.encode()


@pytest.mark.parametrize(
    "presentation", [case[1] for case in PRESENTATION_CASES], ids=[case[0] for case in PRESENTATION_CASES]
)
def test_every_place_that_a_platform_names_is_taken(presentation):
    claims = Scene().launch(**{CLAIM + "launch_presentation": presentation}).claims
    target = presentation.get("document_target")
    assert claims.document_target == (target if isinstance(target, str) else "")
    assert claims.return_url == ""


@pytest.mark.parametrize("changes", [case[1] for case in VARIABLE_CASES], ids=[case[0] for case in VARIABLE_CASES])
def test_a_name_that_the_platform_did_not_fill_in_is_nobodys(changes):
    assert Scene().launch(**changes).claims.names == PersonNames()


@pytest.mark.parametrize(("sent", "read"), **named(NAME_CASES))
def test_a_given_name_is_a_word_or_nothing(sent, read):
    assert Scene().launch(given_name=sent).claims.given_name == read


# --- logins ------------------------------------------------------------------------------------------------------

LOGIN_FORMS = [
    ("without client id", {"client_id": ABSENT}),
    ("with an empty client id", {"client_id": ""}),
    ("without a message hint", {"lti_message_hint": ABSENT}),
    ("with an empty message hint", {"lti_message_hint": ""}),
    ("with a hint that is a token, as Canvas sends", {"lti_message_hint": "eyJ0eXAiOiJKV1QifQ." + "a" * 1500 + ".b"}),
    ("with Canvas' word for the deployment", {"deployment_id": "dep-1"}),
    ("with both words for the deployment", {"deployment_id": "x", "lti_deployment_id": "dep-1"}),
    ("with Canvas' region and environment", {"canvas_region": "us-east-1", "canvas_environment": "prod"}),
    ("with a hint beyond ASCII", {"login_hint": "Zoë Ångström"}),
    ("for a deeper page", {"target_link_uri": "https://tool.example/lti/launch?row=because#x"}),
    ("with our port written out", {"target_link_uri": "https://tool.example:443/"}),
    ("with storage that is not named", {"lti_storage_target": ""}),
]


@pytest.mark.parametrize("changes", [case[1] for case in LOGIN_FORMS], ids=[case[0] for case in LOGIN_FORMS])
def test_every_form_of_a_login_is_answered_with_our_one_launch_url(changes):
    scene = Scene()
    redirect = scene.begin(scene.login_fields(**changes).items())
    sent = parse_qs(urlsplit(redirect.url).query)
    assert sent["redirect_uri"] == ["https://tool.example/lti/launch"]
    assert sent["client_id"] == ["client-1"]
    assert redirect.storage is None


def test_of_several_registrations_under_one_issuer_each_launches_as_itself():
    scene = Scene()
    other = replace(MOODLE, platform_id=PlatformId(2), client_id="client-2")
    scene.book.registrations.append(other)
    for registration in (MOODLE, other):
        redirect = scene.begin(scene.login_fields(client_id=registration.client_id).items())
        nonce = parse_qs(urlsplit(redirect.url).query)["nonce"][0]
        token = scene.token(scene.claims(nonce, aud=registration.client_id))
        cookies = {redirect.cookie_name: redirect.browser_secret}
        message = scene.post({"state": redirect.state, "id_token": token}, cookies)
        assert message.registration is registration
