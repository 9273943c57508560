"""Moodle's web services against a stub that answers as its API documentation says; never run against a Moodle."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from werkzeug import Response

from connector.outside.fetch import FetchFailed, FetchLimits
from connector.outside.moodle import Moodle, MoodleRefused, plain_text
from connector.outside.urls import DEVELOPMENT, PRODUCTION

TOKEN = "0123456789abcdef0123456789abcdef"
LIMITS = FetchLimits(timeout=timedelta(seconds=5), size=100_000, redirects=0)
PATH = "/lms/webservice/rest/server.php"
COURSE = {
    "id": 4,
    "fullname": "Data &amp; doubt",
    "displayname": "Data &amp; doubt",
    "shortname": "DD1",
    "categoryid": 2,
    "categoryname": "Statistics",
    "summary": "<p>Read a <b>table</b>,<br>doubt a chart.</p><script>alert(1)</script>",
    "summaryformat": 1,
    "overviewfiles": [
        {"filename": "a.pdf", "fileurl": "https://lms.example/a.pdf", "mimetype": "application/pdf"},
        {
            "filename": "b.png",
            "fileurl": "https://lms.example/webservice/pluginfile.php/9/course/overviewfiles/b.png",
            "mimetype": "image/png",
        },
    ],
    "enrollmentmethods": ["manual", "self"],
    "startdate": 1756684800,
    "enddate": 0,
    "visible": 1,
    "lang": "pt_br",
}


@pytest.fixture
def moodle(httpserver):
    return Moodle(httpserver.url_for("/lms"), TOKEN, DEVELOPMENT, LIMITS)


def answers(httpserver, answer, **more):
    httpserver.expect_request(PATH, method="POST").respond_with_json(answer, **more)


def listed(httpserver, moodle, *courses):
    answers(httpserver, {"courses": list(courses), "warnings": []})
    return moodle.courses()


def test_a_course_becomes_plain_values(httpserver, moodle):
    (course,) = listed(httpserver, moodle, COURSE)
    assert (course.id, course.title, course.category, course.language) == (4, "Data & doubt", "Statistics", "pt-br")
    assert course.summary == "Read a table, doubt a chart."
    assert (course.starts_at, course.ends_at) == (datetime(2025, 9, 1, tzinfo=UTC), None)
    assert course.image_url == "https://lms.example/pluginfile.php/9/course/overviewfiles/b.png"
    assert (course.visible, course.enrolable) == (True, True)


def test_the_token_is_in_the_body_alone(httpserver, moodle):
    listed(httpserver, moodle, COURSE)
    ((request, _),) = httpserver.log
    assert parse_qs(request.get_data(as_text=True))["wstoken"] == [TOKEN]
    assert TOKEN not in request.url + str(request.headers) + repr(moodle)


def test_the_site_home_and_what_is_no_course_are_left_out(httpserver, moodle):
    odd = [COURSE | {"id": 1}, None, {"fullname": "x"}, {"id": "7"}, COURSE | {"id": 5}]
    assert [course.id for course in listed(httpserver, moodle, *odd)] == [5]


@pytest.mark.parametrize(
    ("methods", "enrolable"),
    [(["self"], True), (["guest"], True), (["fee", "manual"], True), (["manual", "cohort"], False), ([], False)],
)
def test_a_course_is_open_where_one_method_lets_learners_in_by_themselves(httpserver, moodle, methods, enrolable):
    assert listed(httpserver, moodle, COURSE | {"enrollmentmethods": methods})[0].enrolable is enrolable


def test_a_hidden_course_is_hidden_and_one_without_the_word_is_not(httpserver, moodle):
    public = {name: value for name, value in COURSE.items() if name != "visible"}
    assert [course.visible for course in listed(httpserver, moodle, COURSE | {"visible": 0}, public)] == [False, True]


def test_missing_and_odd_fields_are_empty(httpserver, moodle):
    odd = {"id": 9, "shortname": "S", "lang": None, "startdate": "x", "enddate": 10**15, "overviewfiles": [3, {}]}
    (course,) = listed(httpserver, moodle, odd | {"courseimage": "data:image/svg+xml;base64,AAAA"})
    assert (course.title, course.summary, course.language, course.image_url) == ("S", "", "", "")
    assert (course.starts_at, course.ends_at, course.enrolable) == (None, None, None)


def test_a_plain_summary_keeps_its_angle_brackets(httpserver, moodle):
    plain = COURSE | {"summary": "if a < b\nthen b > a", "summaryformat": 2}
    assert listed(httpserver, moodle, plain)[0].summary == "if a < b then b > a"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<ul><li>one</li><li>two</li></ul>", "one two"),
        ("a<b>b</b>c &nbsp; &lt;d&gt;", "abc <d>"),
        ("<style>p{}</style>x<!-- y -->", "x"),
        ("</script>seen<script>not</script> again", "seen again"),
        ("a\x00\u202eb\ud800", "ab"),
    ],
)
def test_html_becomes_text_on_one_line(html, text):
    assert plain_text(html) == text


# --- when it goes wrong ----------------------------------------------------------------------------------------------


def error(code, message="Something"):
    return {"exception": "moodle_exception", "errorcode": code, "message": message}


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("invalidtoken", "onward catalog connect"),
        ("accessexception", "core_course_get_courses_by_field"),
        ("nopermissions", "moodle/course:view"),
        ("somethingnew", "look it up"),
    ],
)
def test_an_error_that_comes_with_200_says_what_to_do(httpserver, moodle, code, remedy):
    answers(httpserver, error(code))
    with pytest.raises(MoodleRefused, match=code) as caught:
        moodle.courses()
    assert remedy in str(caught.value)


def test_a_message_with_the_token_in_it_is_told_without(httpserver, moodle):
    answers(httpserver, error("odd", f"bad token {TOKEN}"))
    with pytest.raises(MoodleRefused) as caught:
        moodle.courses()
    assert TOKEN not in str(caught.value)


def test_a_service_that_has_only_the_older_function_is_asked_by_that(httpserver, moodle):
    def respond(request):
        asked = request.form["wsfunction"]
        course = {"id": 4, "fullname": "Old", "visible": 1}
        return Response(json.dumps([course] if asked == "core_course_get_courses" else error("accessexception")))

    httpserver.expect_request(PATH).respond_with_handler(respond)
    assert [(course.title, course.enrolable) for course in moodle.courses()] == [("Old", None)]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Response(status=403), "REST protocol"),
        (Response(status=404), "front page"),
        (Response(status=503), "503"),
        (Response(status=302, headers={"Location": "/elsewhere"}), "redirects"),
        (Response("<html>"), "not JSON"),
        (Response("[" * 100_001), "over 100000 bytes"),
        (Response('{"courses": 3}'), "not a list"),
        (Response("null"), "not a list"),
    ],
)
def test_what_is_no_answer_of_a_moodle_is_told(httpserver, moodle, answer, sentence):
    httpserver.expect_request(PATH).respond_with_response(answer)
    with pytest.raises(FetchFailed, match=sentence):
        moodle.courses()


def test_the_token_never_follows_a_redirect(httpserver, moodle):
    httpserver.expect_request(PATH).respond_with_data(status=307, headers={"Location": httpserver.url_for("/other")})
    with pytest.raises(FetchFailed, match="redirects"):
        moodle.courses()
    assert len(httpserver.log) == 1


def test_an_address_that_may_not_be_asked_is_not(httpserver, moodle):
    with pytest.raises(FetchFailed, match="https"):
        replace(moodle, rules=PRODUCTION).courses()
    assert httpserver.log == []
