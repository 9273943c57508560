"""Who completed what: kept by the demo LMS and sent to the LRS as Moodle's logstore would send it."""

import json
import threading
import uuid
from datetime import UTC, datetime
from typing import Any

import requests
from lms_config import Config, Course, Person

_TYPE_LMS = "http://id.tincanapi.com/activitytype/lms"
_TYPE_COURSE = "https://w3id.org/xapi/cmi5/activitytype/course"


class NotRecorded(Exception):
    """The LRS did not take the Statement; try again."""


class Records:
    """Completions of all people: those of the configuration and those made here, kept over restarts."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._path = config.state / "completions.json"
        self._lock = threading.Lock()
        self._made: list[list[Any]] = json.loads(self._path.read_text()) if self._path.exists() else []

    def has_completed(self, person: Person, course: Course) -> bool:
        """Return whether the person completed the course, here or before."""
        return course.number in person.completed or [person.user_id, course.number] in self._made

    def complete(self, person: Person, course: Course) -> None:
        """Send the completion to the LRS, then keep it; ``NotRecorded`` if the LRS does not take it."""
        _send(self._config, completion(self._config.issuer, person, course))
        with self._lock:
            self._made.append([person.user_id, course.number])
            self._path.write_text(json.dumps(self._made), encoding="utf-8")


def completion(issuer: str, person: Person, course: Course) -> dict[str, Any]:
    """Return a course completion in the shape of logstore_xapi 5.0.1 for Moodle."""
    site = {"objectType": "Activity", "id": issuer, "definition": {"type": _TYPE_LMS, "name": {"en": "Demo LMS"}}}
    return {
        "id": str(uuid.uuid4()),
        "actor": {"name": person.name, "account": {"homePage": issuer, "name": person.user_id}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"en": "Completed"}},
        "object": {
            "objectType": "Activity",
            "id": f"{issuer}/course/view.php?id={course.number}",
            "definition": {"type": _TYPE_COURSE, "name": {course.language: course.title}},
        },
        "context": {
            "platform": "Moodle",
            "language": person.locale,
            "registration": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{issuer}/{person.user_id}")),
            "contextActivities": {"category": [site]},
        },
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
    }


def _send(config: Config, statement: dict[str, Any]) -> None:
    lrs = config.lrs
    try:
        answer = requests.post(
            f"{lrs.endpoint.rstrip('/')}/statements",
            json=statement,
            auth=(lrs.key, lrs.secret),
            headers={"X-Experience-API-Version": "1.0.3"},
            timeout=10,
        )
        answer.raise_for_status()
    except requests.RequestException as error:
        raise NotRecorded(str(error)) from error
