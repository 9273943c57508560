"""Statements as Moodle's logstore 5.0.1 and cmi5 content send them, built with ``tincan``'s model.

Each function returns one Statement as a JSON-ready dict, version 1.0.3. Shapes of Moodle follow statements recorded
from Moodle 5.1; those of cmi5 follow sections 9.3 to 9.6 of the cmi5 specification (Quartz).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import tincan

from connector.demo.catalogue import DemoCourse

_LMS = "http://id.tincanapi.com/activitytype/lms"
_COURSE = "https://w3id.org/xapi/cmi5/activitytype/course"
_SECTION = "http://id.tincanapi.com/activitytype/section"
_PAGE = "https://w3id.org/xapi/acrossx/activities/page"
_ASSESSMENT = "http://adlnet.gov/expapi/activities/assessment"
_ATTEMPT = "http://adlnet.gov/expapi/activities/attempt"
_SHORT_ID = "https://w3id.org/learning-analytics/learning-management-system/short-id"
_LOGSTORE = "http://lrs.learninglocker.net/define/extensions/info"
_CMI5 = "https://w3id.org/xapi/cmi5/context"
_ADL = "http://adlnet.gov/expapi/verbs"
_EDLM = "https://xapi.edlm/profiles/edlm-lms/concepts/verbs"

VERBS = {
    "completed": f"{_ADL}/completed",
    "uncompleted": f"{_EDLM}/uncompleted",
    "enrolled": f"{_EDLM}/enrolled",
    "logged in": f"{_EDLM}/login",
    "viewed": "http://id.tincanapi.com/verb/viewed",
    "started": "http://activitystrea.ms/schema/1.0/start",
    "launched": f"{_ADL}/launched",
    "initialized": f"{_ADL}/initialized",
    "passed": f"{_ADL}/passed",
    "failed": f"{_ADL}/failed",
    "terminated": f"{_ADL}/terminated",
    "satisfied": "https://w3id.org/xapi/adl/verbs/satisfied",
    "voided": f"{_ADL}/voided",
}
"""Verb IRIs by the word that is shown."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who did something and when: what all Statements have.

    ``actor`` holds tincan's keywords of an Agent; ``attempt`` becomes ``context.registration``.
    """

    id: UUID
    actor: Json
    at: datetime
    attempt: UUID


@dataclass(frozen=True, slots=True)
class DemoSite:
    """The demo LMS as Statements name it; ``base_url`` has no trailing slash."""

    base_url: str
    name: str = "Demo LMS (simulated)"

    def course_event(self, verb: str, occasion: Occasion, course: DemoCourse) -> Json:
        """Return viewed, enrolled or completed on the course itself (cmi5 course as object, no parent)."""
        context = self._moodle_context(occasion, f"course_{verb}")
        return _statement(verb, occasion, self.course(course), context)

    def login(self, occasion: Occasion) -> Json:
        """Return a login, which means nothing for recommendations."""
        return _statement("logged in", occasion, self._lms(), self._moodle_context(occasion, "user_loggedin"))

    def page_event(self, verb: str, occasion: Occasion, course: DemoCourse) -> Json:
        """Return viewed, uncompleted or completed on the course's first page; parents are section and course."""
        parents = [self._section(course), self.course(course)]
        context = self._moodle_context(occasion, "course_module_completion_updated", parents)
        result = tincan.Result(completion=True) if verb == "completed" else None
        return _statement(verb, occasion, self._page(course), context, result)

    def quiz_started(self, occasion: Occasion, course: DemoCourse, number: int) -> Json:
        """Return the start of quiz attempt ``number``."""
        parents = [self._quiz(course), self._section(course), self.course(course)]
        context = self._moodle_context(occasion, "attempt_started", parents)
        return _statement("started", occasion, self._quiz_attempt(course, number), context)

    def quiz_submitted(self, occasion: Occasion, course: DemoCourse, number: int, per_cent: int) -> Json:
        """Return the end of quiz attempt ``number``; ``per_cent`` is 0..100; 50 % is ``scaled`` 0, as in 5.0.1."""
        score = tincan.Score(raw=per_cent, min=0, max=100, scaled=round(per_cent / 50 - 1, 2))
        spent = timedelta(minutes=7, seconds=per_cent)
        result = tincan.Result(score=score, completion=True, success=per_cent >= 50, duration=spent)  # noqa: PLR2004 - the quizzes' pass mark
        parents = [self._quiz(course), self._section(course), self.course(course)]
        context = self._moodle_context(occasion, "attempt_submitted", parents)
        return _statement("completed", occasion, self._quiz_attempt(course, number), context, result)

    def course(self, course: DemoCourse) -> tincan.Activity:
        """Return the course as Activity: title in the course's language, no summary, as Moodle sends it."""
        return _activity(course.iri, _COURSE, {course.language: course.title}, {_SHORT_ID: f"C{course.number}"})

    def _lms(self) -> tincan.Activity:
        return _activity(self.base_url, _LMS, {"en": self.name})

    def _section(self, course: DemoCourse) -> tincan.Activity:
        iri = f"{self.base_url}/course/section.php?id={course.number * 10}"
        return _activity(iri, _SECTION, {course.language: f"{course.title} 1"})

    def _page(self, course: DemoCourse) -> tincan.Activity:
        iri = f"{self.base_url}/mod/page/view.php?id={course.number * 10 + 1}"
        return _activity(iri, _PAGE, {course.language: f"C{course.number} 1"})

    def _quiz(self, course: DemoCourse) -> tincan.Activity:
        iri = f"{self.base_url}/mod/quiz/view.php?id={course.number * 10 + 8}"
        return _activity(iri, _ASSESSMENT, {course.language: f"C{course.number} Quiz"})

    def _quiz_attempt(self, course: DemoCourse, number: int) -> tincan.Activity:
        iri = f"{self.base_url}/mod/quiz/attempt.php?attempt={number}&cmid={course.number * 10 + 8}"
        return _activity(iri, _ATTEMPT, {course.language: f"C{course.number} Quiz 1"})

    def _moodle_context(self, occasion: Occasion, event: str, parents: list[Any] | None = None) -> tincan.Context:
        return tincan.Context(
            platform="Moodle",
            language="en",
            registration=occasion.attempt,
            context_activities=tincan.ContextActivities(category=[self._lms()], parent=parents),
            extensions=tincan.Extensions({_LOGSTORE: {"event_name": event, "simulated": "true"}}),
        )


def cmi5_event(verb: str, occasion: Occasion, site: DemoSite, course: DemoCourse, result: Json | None = None) -> Json:
    """Return a cmi5 defined Statement on the course's assignable unit.

    ``occasion.attempt`` is cmi5's registration; ``result`` holds tincan's keywords of a Result. completed, passed and
    failed carry the moveon category (cmi5 9.6.2.2), launched says how it was launched (9.6.3.2 ff.); all carry the
    cmi5 category, a session id, and the publisher's id of the unit in grouping, beside the course.
    """
    unit = _activity(f"{site.base_url}/mod/cmi5/unit.php?id={course.number}", "", {course.language: course.title})
    context = _cmi5_context(verb, occasion, site, course)
    return _statement(verb, occasion, unit, context, result and tincan.Result(**result))


def cmi5_satisfied(occasion: Occasion, site: DemoSite, course: DemoCourse) -> Json:
    """Return the LMS's own word that the whole course is satisfied (cmi5 9.3.9)."""
    return _statement("satisfied", occasion, site.course(course), _cmi5_context("satisfied", occasion, site, course))


def voiding(occasion: Occasion, target: str) -> Json:
    """Return the Statement that voids ``target``, a statement id (xAPI 1.0.3 part 2, 2.3.2)."""
    return _statement("voided", occasion, tincan.StatementRef(id=target), None)


def _cmi5_context(verb: str, occasion: Occasion, site: DemoSite, course: DemoCourse) -> tincan.Context:
    unit = f"https://kestrel.example/xapi/au/{course.number}"
    names = ["cmi5", "moveon"] if verb in {"completed", "passed", "failed"} else ["cmi5"]
    categories = [_activity(f"{_CMI5}/categories/{name}") for name in names]
    extensions = {f"{_CMI5}/extensions/sessionid": str(occasion.attempt)}
    if verb == "launched":
        launch = {"launchmode": "Normal", "launchurl": unit, "moveon": "Completed", "launchparameters": ""}
        extensions.update({f"{_CMI5}/extensions/{key}": value for key, value in launch.items()})
    return tincan.Context(
        registration=occasion.attempt,
        context_activities=tincan.ContextActivities(
            category=categories, grouping=[_activity(unit), site.course(course)]
        ),
        extensions=tincan.Extensions(extensions),
    )


def _activity(iri: str, kind: str = "", names: Json | None = None, extensions: Json | None = None) -> tincan.Activity:
    if not names:
        return tincan.Activity(id=iri)
    definition = tincan.ActivityDefinition(
        type=kind or None, name=tincan.LanguageMap(names), extensions=tincan.Extensions(extensions or {}) or None
    )
    return tincan.Activity(id=iri, definition=definition)


def _statement(verb: str, occasion: Occasion, thing: Any, context: Any, result: Any = None) -> Json:
    statement = tincan.Statement(
        id=occasion.id,
        actor=tincan.Agent(**occasion.actor),
        verb=tincan.Verb(id=VERBS[verb], display=tincan.LanguageMap({"en": verb.capitalize()})),
        object=thing,
        result=result,
        context=context,
        timestamp=occasion.at,
        version="1.0.3",
    )
    as_json: Json = statement.as_version("1.0.3")
    return as_json
