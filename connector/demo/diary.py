"""What one learner's choices become: the Statements that the LMS and cmi5 content would have sent.

All numbers that shape the Statements stand at the top; README.md beside this file describes them in words.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha1
from itertools import count
from random import Random
from uuid import NAMESPACE_URL, UUID, uuid5

from connector.demo.shapes import DemoSite, Json, Occasion, cmi5_event, cmi5_satisfied
from connector.demo.tastes import Choice

PEOPLE_SITE = "https://people.example"
"""The home page of the second account form; its host has the mailboxes."""
AGAIN_SHARE = 0.04
"""Share of Moodle completions that are repeated 30 to 200 days later, if that is not in the future."""
LOGIN_SHARE = 0.15
"""Share of learners with a login Statement."""
EXTRAS = {"enrolled": 0.03, "viewed": 0.02, "page": 0.03, "quiz": 0.03}
"""Share of Moodle courses with each kind of side Statement; an unfinished course is always viewed."""
MASTERY = 0.6
"""Scaled score from which the cmi5 content says passed."""


@dataclass(frozen=True, slots=True)
class Learner:
    """A person and what they chose.

    ``form`` is account, username, mbox or mbox_sha1sum: how Statements name the person; before ``changed`` (None: never
    changed) the form was mbox.
    """

    user_id: str
    language: str
    form: str
    changed: datetime | None
    choices: tuple[Choice, ...]


@dataclass(slots=True)
class Diary:
    """Writes one person's Statements: their actor, running ids and own random numbers."""

    site: DemoSite
    seed: int
    learner: Learner
    rng: Random
    _numbers: Iterator[int] = field(default_factory=count)

    def statements(self, end: datetime) -> list[Json]:
        """Return all Statements that the learner's choices left before ``end``."""
        written = [statement for choice in self.learner.choices for statement in self._course(choice, end)]
        if self.learner.choices and self.rng.random() < LOGIN_SHARE:
            written.append(self.site.login(self.occasion(self.learner.choices[0].started)))
        return written

    def occasion(self, at: datetime, attempt: int = 0) -> Occasion:
        """Return the next Occasion; with ``attempt`` (a cmi5 course's number) the actor is an account (cmi5 9.2)."""
        key = f"{self.seed}/{self.learner.user_id}"
        actor = account(self.site.base_url, self.learner.user_id) if attempt else self._actor(at)
        registration = _uuid(f"{key}/attempt/{attempt}")
        return Occasion(_uuid(f"{key}/{next(self._numbers)}"), actor, at.replace(microsecond=0), registration)

    def _course(self, choice: Choice, end: datetime) -> list[Json]:
        if choice.course.is_cmi5:
            return self._cmi5(choice)
        return [*self._moodle(choice), *self._again(choice, end)]

    def _moodle(self, choice: Choice) -> list[Json]:
        """Return what the logstore sends: side Statements by their shares, and the completion of a finished course."""
        enrolled, viewed, page, quiz = (self.rng.random() < share for share in EXTRAS.values())
        middle = choice.started + (choice.ended - choice.started) / 2
        written = []
        if enrolled:
            written.append(self._on_course("enrolled", choice.started, choice))
        if viewed or not choice.finished:
            written.append(self._on_course("viewed", choice.started, choice))
        if page:
            written += [self._on_page(verb, middle, choice) for verb in ("uncompleted", "completed")]
        if quiz:
            written += self._quiz(choice, middle)
        if choice.finished:
            written.append(self._on_course("completed", choice.ended, choice))
        return written

    def _again(self, choice: Choice, end: datetime) -> list[Json]:
        repeated = self.rng.random() < AGAIN_SHARE
        at = choice.ended + timedelta(days=self.rng.uniform(30, 200))
        return [self._on_course("completed", at, choice)] if choice.finished and repeated and at < end else []

    def _on_course(self, verb: str, at: datetime, choice: Choice) -> Json:
        return self.site.course_event(verb, self.occasion(at), choice.course)

    def _on_page(self, verb: str, at: datetime, choice: Choice) -> Json:
        return self.site.page_event(verb, self.occasion(at), choice.course)

    def _quiz(self, choice: Choice, at: datetime) -> list[Json]:
        """Return an attempt's start and, for a finished course, its end with a score."""
        number = self.rng.randrange(1, 10**6)
        started = self.site.quiz_started(self.occasion(at), choice.course, number)
        if not choice.finished:
            return [started]
        submitted = self.occasion(choice.ended - timedelta(seconds=5))
        return [started, self.site.quiz_submitted(submitted, choice.course, number, self.rng.randrange(50, 101))]

    def _cmi5(self, choice: Choice) -> list[Json]:
        """Return one session of cmi5 content, and the LMS's ``satisfied`` for a finished course."""
        course = choice.course
        written = [
            cmi5_event(verb, self.occasion(at, course.number), self.site, course, result)
            for verb, at, result in self._cmi5_session(choice)
        ]
        if choice.finished:
            written.append(cmi5_satisfied(self.occasion(choice.ended, course.number), self.site, course))
        return written

    def _cmi5_session(self, choice: Choice) -> list[tuple[str, datetime, Json | None]]:
        spent = timedelta(seconds=round((choice.ended - choice.started).total_seconds()))
        session: list[tuple[str, datetime, Json | None]] = [
            ("launched", choice.started, None),
            ("initialized", choice.started + timedelta(seconds=3), None),
        ]
        if choice.finished:
            scaled = round(self.rng.uniform(0.4, 1.0), 2)
            score = {"score": {"scaled": scaled}, "success": scaled >= MASTERY, "duration": spent}
            session.append(("passed" if scaled >= MASTERY else "failed", choice.ended, score))
            session.append(("completed", choice.ended, {"completion": True, "duration": spent}))
        return [*session, ("terminated", choice.ended, {"duration": spent})]

    def _actor(self, at: datetime) -> Json:
        learner = self.learner
        form = "mbox" if learner.changed and at < learner.changed else learner.form
        mailbox = f"mailto:learner{learner.user_id}@{PEOPLE_SITE.removeprefix('https://')}"
        actors: dict[str, Json] = {
            "account": account(self.site.base_url, learner.user_id),
            "username": account(PEOPLE_SITE, f"learner{learner.user_id}"),
            "mbox": {"mbox": mailbox},
            "mbox_sha1sum": {"mbox_sha1sum": sha1(mailbox.encode(), usedforsecurity=False).hexdigest()},
        }
        return {**actors[form], "name": f"Simulated person {learner.user_id}"}


def account(home_page: str, name: str) -> Json:
    """Return the keywords of an Agent with an account, fresh for each use: tincan takes them apart."""
    return {"account": {"home_page": home_page, "name": name}}


def _uuid(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"https://people.example/{name}")
