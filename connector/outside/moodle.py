"""Moodle's web services, read only: the courses of a site with what a catalogue needs.

A call is a form to ``webservice/rest/server.php``; the token is in its body, never in an address. Errors come with the
status 200, as an object with ``exception``, ``errorcode`` and ``message``. Shapes are those of Moodle's own API
documentation (Site administration, Server, Web services, API documentation); this was never run against a Moodle.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any, Final

from connector.errors import ConnectorError
from connector.outside.fetch import FetchFailed, FetchLimits, post_form
from connector.outside.urls import UrlRules, guarded_session

LIMITS = FetchLimits(timeout=timedelta(seconds=120), size=64 * 1024 * 1024, redirects=0)
"""A site of 5,000 courses answers with about 20 MB, which Moodle may take a minute to make."""
BY_FIELD: Final = "core_course_get_courses_by_field"
ALL: Final = "core_course_get_courses"
SITE_HOME: Final = 1
PLAIN_FORMAT: Final = 2
LAST_SECOND: Final = 7_258_118_399  # the end of 2199
LONGEST_MESSAGE: Final = 200

BY_OTHERS: Final = frozenset(
    ("manual", "cohort", "database", "ldap", "flatfile", "imsenterprise", "category", "meta", "mnet", "lti")
)
"""Enrolment methods by which somebody else, or a system, brings a learner in: none opens a course to a click."""

_REMEDIES: Final = {
    "invalidtoken": "make a new token in Moodle and give it with `onward catalog connect` again.",
    "invalidtimedtoken": "the token ran out: make a new one in Moodle and give it with `onward catalog connect` again.",
    "invalidiptoken": "the token is bound to other addresses: allow this server's in Moodle, or make a new token.",
    "accessexception": f"let the token's service have {BY_FIELD}, and its user the capability webservice/rest:use.",
    "invalidrecord": f"add the function {BY_FIELD} to the token's service in Moodle.",
    "servicenotavailable": "switch the token's service on in Moodle.",
    "nopermissions": "let the token's user see courses (moodle/course:view) in Moodle.",
    "requiredcapability": "let the token's user see courses (moodle/course:view) in Moodle.",
    "sitemaintenance": "Moodle is under maintenance: it is asked again by itself.",
    "upgraderunning": "Moodle is being upgraded: it is asked again by itself.",
    "forcepasswordchangenotice": "the token's user has to change the password first: use a user made for this.",
    "wsaccessusersuspended": "the token's user is suspended: use another one.",
    "wsaccessuserdeleted": "the token's user is deleted: make a token for another one.",
    "wsaccessuserexpired": "the token's user has an expired password: use a user made for this.",
}
_NO_SUCH_FUNCTION: Final = frozenset({"accessexception", "invalidrecord"})


class MoodleRefused(ConnectorError):
    """Moodle answered with an error; the sentence says what to do in which of the two systems."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"Moodle says {code} ({message}): {_REMEDIES.get(code, 'look it up in the log of Moodle.')}")
        self.code = code


@dataclass(frozen=True, slots=True)
class MoodleCourse:
    """A course as Moodle lists it; plain text only.

    ``language`` is a language tag, "" where the course forces none. ``enrolable`` tells whether one of its enrolment
    methods lets learners in by themselves, None where Moodle does not say. ``image_url`` needs no token.
    """

    id: int
    title: str
    summary: str
    category: str
    language: str
    visible: bool
    enrolable: bool | None
    starts_at: datetime | None
    ends_at: datetime | None
    image_url: str


@dataclass(frozen=True, slots=True)
class Moodle:
    """One Moodle site, by its own address (``wwwroot``, no trailing slash) and a token that may read courses."""

    url: str
    token: str
    rules: UrlRules
    limits: FetchLimits = LIMITS

    def __repr__(self) -> str:
        """Return the address alone: the token is nobody's to see."""
        return f"Moodle({self.url!r})"

    def courses(self) -> list[MoodleCourse]:
        """Return the courses that the token's user may see, hidden ones among them, without the site home.

        Raises
        ------
        MoodleRefused
            If Moodle answers with an error.
        FetchFailed
            If it cannot be reached, or answers with something else.
        """
        try:
            answer = self._call(BY_FIELD)
        except MoodleRefused as refusal:
            if refusal.code not in _NO_SUCH_FUNCTION:
                raise
            answer = self._second_try(refusal)
        listed = answer.get("courses") if isinstance(answer, dict) else answer
        if not isinstance(listed, list):
            raise FetchFailed("The answer is not a list of courses: is this the address of a Moodle?")
        return list(_courses(listed))

    def _second_try(self, refusal: MoodleRefused) -> Any:
        """Ask the older function, which a service may have instead; if it has neither, the first error counts."""
        try:
            return self._call(ALL)
        except MoodleRefused:
            raise refusal from None

    def _call(self, function: str) -> Any:
        form = {
            "wstoken": self.token,
            "wsfunction": function,
            "moodlewsrestformat": "json",
            "moodlewssettingfilter": "true",  # titles in one language, not in all at once
        }
        with closing(guarded_session(self.rules)) as session:
            try:
                raw = post_form(session, f"{self.url}/webservice/rest/server.php", form, self.rules, self.limits)
            except FetchFailed as failure:
                raise _explained(failure) from failure
        return self._read(raw)

    def _read(self, raw: bytes) -> Any:
        try:
            answer = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise FetchFailed("The answer is not JSON: is this the address of a Moodle?") from error
        if isinstance(answer, dict) and "exception" in answer:
            code, message = (_line(str(answer.get(name) or "")) for name in ("errorcode", "message"))
            raise MoodleRefused(code.replace(self.token, "…") or "error", message.replace(self.token, "…"))
        return answer


def _explained(failure: FetchFailed) -> FetchFailed:
    sentences = {
        403: "The answer was 403: switch web services and the REST protocol on in Moodle.",
        404: "The answer was 404: give the address of Moodle's front page, with its path if it has one.",
    }
    return FetchFailed(sentences.get(failure.status or 0, str(failure)), failure.status)


# --- courses -----------------------------------------------------------------------------------------------------


def _courses(listed: list[Any]) -> Iterator[MoodleCourse]:
    """Yield the courses that have a number; what else the list holds is passed over."""
    for course in listed:
        number = course.get("id") if isinstance(course, dict) else None
        if isinstance(number, int) and number > 0 and number != SITE_HOME:
            yield _course(number, course)


def _course(number: int, course: Mapping[str, Any]) -> MoodleCourse:
    names = (plain_text(_text(course, name)) for name in ("fullname", "displayname", "shortname"))
    summary = _text(course, "summary")
    return MoodleCourse(
        id=number,
        title=next(filter(None, names), ""),
        summary=_line(summary) if course.get("summaryformat") == PLAIN_FORMAT else plain_text(summary),
        category=plain_text(_text(course, "categoryname")),
        language=_text(course, "lang").replace("_", "-"),
        visible=course.get("visible", 1) not in {0, "0"},  # what is listed without this word can be seen
        enrolable=_enrolable(course.get("enrollmentmethods")),
        starts_at=_moment(course.get("startdate")),
        ends_at=_moment(course.get("enddate")),
        image_url=_image(course),
    )


def _text(course: Mapping[str, Any], name: str) -> str:
    value = course.get(name)
    return value if isinstance(value, str) else ""


def _enrolable(methods: Any) -> bool | None:
    return any(method not in BY_OTHERS for method in methods) if isinstance(methods, list) else None


def _moment(seconds: Any) -> datetime | None:
    """Return a time of Moodle's, seconds since 1970; 0 is none."""
    usable = isinstance(seconds, int) and 0 < seconds <= LAST_SECOND
    return datetime.fromtimestamp(seconds, UTC) if usable else None


def _image(course: Mapping[str, Any]) -> str:
    """Return the first overview image, at the address that needs no token."""
    files = course.get("overviewfiles")
    for file in files if isinstance(files, list) else ():
        if isinstance(file, dict) and _text(file, "mimetype").startswith("image/"):
            return _text(file, "fileurl").replace("/webservice/pluginfile.php/", "/pluginfile.php/", 1)
    image = _text(course, "courseimage")
    return image if image.startswith(("https://", "http://")) else ""


# --- text --------------------------------------------------------------------------------------------------------


def plain_text(html: str) -> str:
    """Return the text of HTML on one line: entities read, scripts and styles gone, a blank between blocks."""
    reader = _TextReader()
    reader.feed(html)
    reader.close()
    return _line("".join(reader.pieces))


def _line(text: str) -> str:
    """Return ``text`` with single blanks, without what no database keeps."""
    return "".join(one for one in " ".join(text.split()) if one.isprintable() or one in "\u200c\u200d")


class _TextReader(HTMLParser):
    _UNSEEN = frozenset({"script", "style", "template", "head", "object", "noscript"})
    _INLINE = frozenset("a abbr b bdi bdo cite code em font i kbd mark q s small span strong sub sup u".split())  # noqa: SIM905 - easier to read

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the base's signature
        self._unseen += tag in self._UNSEEN
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in self._UNSEEN))
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.pieces.append(data)

    def _break(self, tag: str) -> None:
        if tag not in self._INLINE:
            self.pieces.append(" ")
