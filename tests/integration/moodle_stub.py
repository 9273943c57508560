"""A stub of Moodle's web services: a list of courses that can be changed, on loopback."""

import json
from dataclasses import dataclass, field
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response
from werkzeug.wrappers.response import Response as Answer

TOKEN = "0123456789abcdef0123456789abcdef"


@dataclass
class StubMoodle:
    """Answers ``core_course_get_courses_by_field`` as Moodle's API documentation says."""

    server: HTTPServer
    courses: dict[int, dict[str, Any]] = field(default_factory=dict)
    token: str = TOKEN
    down: bool = False
    asked: int = 0

    def __post_init__(self) -> None:
        self.url = self.server.url_for("/lms")
        path = "/lms/webservice/rest/server.php"
        self.server.expect_request(path, method="POST").respond_with_handler(self._respond)

    def hold(self, number: int, **changes: Any) -> None:
        """Make a course, or change one."""
        plain = {
            "id": number,
            "fullname": f"Course {number}",
            "shortname": f"C{number}",
            "categoryname": "Statistics",
            "summary": "<p>Words</p>",
            "summaryformat": 1,
            "overviewfiles": [],
            "enrollmentmethods": ["manual", "self"],
            "startdate": 1700000000,
            "enddate": 0,
            "visible": 1,
            "lang": "",
        }
        self.courses[number] = self.courses.get(number, plain) | changes

    def iri(self, number: int) -> str:
        """The Item's IRI: what Statements of a Moodle with https would have."""
        return f"{self.page(number)}".replace("http://", "https://")

    def page(self, number: int) -> str:
        return f"{self.url}/course/view.php?id={number}"

    def _respond(self, request: Request) -> Answer:
        self.asked += 1
        if self.down:
            return Response(status=503)
        if request.form["wstoken"] != self.token:
            error = {"exception": "moodle_exception", "errorcode": "invalidtoken", "message": "Invalid token"}
            return _json(error)
        assert request.form["wsfunction"] == "core_course_get_courses_by_field"
        home = {"id": 1, "fullname": "Site home", "visible": 1, "format": "site"}
        return _json({"courses": [home, *self.courses.values()], "warnings": []})


def _json(value: Any) -> Answer:

    return Response(json.dumps(value), content_type="application/json")
