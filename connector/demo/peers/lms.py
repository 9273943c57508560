"""The demo LMS: a small learning platform for the demo, in its own process and its own environment.

Run it with ``python lms.py CONFIG.json``; ``lms_config.py`` has the configuration's shape. It listens on loopback.
"""

import logging
import sys
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, jsonify, redirect, render_template, request, url_for
from lms_config import Config, Course, Person, read_config
from lms_platform import AuthRefused, AuthRequest, Hints, Launch, Login, Placement, Platform
from lms_records import NotRecorded, Records
from lms_words import words
from werkzeug.serving import make_server

LOG = logging.getLogger(__name__)
COOKIE = "demo_lms_person"


def make_app(config: Config) -> Flask:
    """Return the application: people, courses, the launch of the carousel, completions."""
    app = Flask(__name__)
    lms = Lms(config)
    app.add_url_rule("/", view_func=lms.people)
    app.add_url_rule("/person", view_func=lms.become, methods=["POST"])
    app.add_url_rule("/home", view_func=lms.home)
    app.add_url_rule("/course/view.php", view_func=lms.course)
    app.add_url_rule("/course/complete", view_func=lms.complete, methods=["POST"])
    app.add_url_rule("/lti/launch", view_func=lms.launch)
    app.add_url_rule("/auth", view_func=lms.auth, methods=["GET", "POST"])
    app.add_url_rule("/jwks", view_func=lms.jwks)
    app.register_error_handler(404, lms.not_found)
    app.after_request(lms.guard)
    return app


class Lms:
    """The pages and end points; what they need is given once."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._records = Records(config)
        self._hints = Hints(config)
        self._platform = Platform(config=config)

    def people(self) -> str:
        """Show whom a visitor can be."""
        return self._page("people.html", people=self._config.people.values(), chosen=self._person())

    def become(self) -> Response:
        """Keep the chosen person in a first-party cookie and open that person's first course."""
        person = self._config.people.get(request.form.get("user_id", "")) or abort(404)
        answer = redirect(self._course_url(person.start_course), 303)
        answer.set_cookie(COOKIE, person.user_id, httponly=True, samesite="Lax")
        return answer

    def home(self) -> str | Response:
        """Show the site home: the carousel and all courses by topic."""
        person = self._person()
        if person is None:
            return redirect("/")
        return self._page("home.html", topics=self._courses_by_topic(), done=self._done(person))

    def course(self) -> str | Response:
        """Show one course with the carousel below it."""
        if self._person() is None:
            return redirect("/")
        course = self._asked_course(request.args)
        done = self._records.has_completed(self._person(), course)
        return self._page("course.html", course=course, done=done, recorded=request.args.get("recorded"))

    def complete(self) -> Response:
        """Record that the person completed the course: a Statement to the LRS, then back to the course."""
        person = self._person()
        course = self._asked_course(request.form)
        if person is None or not person.learns:
            abort(403)
        try:
            self._records.complete(person, course)
        except NotRecorded as error:
            LOG.warning("not recorded: %s", error)
            return redirect(self._course_url(course.number, "no"), 303)
        return redirect(self._course_url(course.number, "yes"), 303)

    def launch(self) -> Response:
        """Start an LTI launch: send the browser to the tool's login."""
        person = self._person()
        if person is None:
            return redirect("/")
        course = self._config.courses.get(request.args.get("course", type=int))
        target = "window" if request.args.get("target") == "window" else "iframe"
        login = Login(None, self._platform)
        login.set_lti_message_hint(hint=self._hints.write(Placement(person, course, target)))
        return login.initiate_login(person.user_id)

    def auth(self) -> str | tuple[str, int]:
        """Answer the tool's authentication request with a signed id_token, by form post."""
        launch = Launch(AuthRequest(request), self._platform, self._config, self._hints)
        try:
            return launch.lti_launch()
        except AuthRefused as error:
            return self._page("refused.html", reason=str(error)), 400

    def jwks(self) -> Response:
        """Publish the platform's key."""
        return jsonify(self._platform.get_jwks())

    def not_found(self, _: Exception) -> tuple[str, int]:
        """Say that a page or course is not here."""
        return self._page("refused.html", reason=None), 404

    def guard(self, answer: Response) -> Response:
        """Allow this site and the registered tool, nothing else."""
        tool = self._config.tool.origin
        answer.headers["Content-Security-Policy"] = (
            f"default-src 'self'; frame-src 'self' {tool}; form-action 'self' {tool}; "
            "frame-ancestors 'self'; base-uri 'none'"
        )
        answer.headers["Referrer-Policy"] = "same-origin"
        if request.endpoint != "static":
            answer.headers["Cache-Control"] = "no-store"
        return answer

    def _page(self, template: str, **given: Any) -> str:
        person = self._person()
        locale = person.locale if person and template != "people.html" else "en"
        return render_template(template, person=person, locale=locale, w=words(locale), tool=self._config.tool, **given)

    def _person(self) -> Person | None:
        return self._config.people.get(request.cookies.get(COOKIE, ""))

    def _asked_course(self, given: Any) -> Course:
        course = self._config.courses.get(given.get("id", type=int))
        if course is None or course.hidden:
            abort(404)
        return course

    def _courses_by_topic(self) -> dict[str, list[Course]]:
        topics: dict[str, list[Course]] = {}
        for course in self._config.courses.values():
            if not course.hidden:
                topics.setdefault(course.topics[0], []).append(course)
        return topics

    def _done(self, person: Person) -> set[int]:
        return {c.number for c in self._config.courses.values() if self._records.has_completed(person, c)}

    def _course_url(self, number: int, recorded: str | None = None) -> str:
        return url_for("course", id=number, recorded=recorded)


def main() -> None:
    """Serve on loopback until the process is ended."""
    config = read_config(Path(sys.argv[1]))
    make_server("127.0.0.1", config.port, make_app(config), threaded=True).serve_forever()


if __name__ == "__main__":
    main()
