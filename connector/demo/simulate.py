"""A seeded simulator of learners: what they did on the demo LMS, as xAPI Statements.

README.md beside this file says how it works and what it does not show. Everything is drawn from ``seed``: the same
arguments give the same bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from connector.demo.catalogue import DemoCourse, demo_courses
from connector.demo.diary import Diary, Learner
from connector.demo.people import DemoPerson, demo_people
from connector.demo.shapes import DemoSite, Json, voiding
from connector.demo.tastes import QUIET_END, Choice, by_popularity, choices

__all__ = ["Learner", "demo_people", "simulate", "simulated_learners"]

ADMIN = "2"
FIRST_USER = 1001
VOIDED = 5
MOST_STATEMENTS = 5_000
ROOM = 100
"""Kept free for the demo people and the voidings."""
LATE_SHARE = 0.03
LANGUAGES = {"en": 82, "fr": 10, "de": 8}
"""Learners by the language that they read best, in per cent."""
ACTOR_FORMS = {"account": 70, "username": 12, "mbox": 10, "mbox_sha1sum": 8}
"""Learners by how Statements name them, in per cent."""
CHANGED_FORM_SHARE = 0.05
"""Share of learners whose form was mbox for the first half of their choices."""


@dataclass(frozen=True, slots=True)
class _Posting:
    """A Statement and when it reached the LRS."""

    at: datetime
    statement: Json


def simulate(base_url: str, now: datetime, seed: int = 7, learners: int = 400) -> list[Json]:
    """Return the Statements of ``learners`` simulated learners and the five demo people, in the order of posting.

    Parameters
    ----------
    base_url : str
        The demo LMS's issuer, without a trailing slash: homePage of most actors and root of the course IRIs.
    now : datetime
        Aware. Timestamps lie between two years and 20 minutes before it.
    seed : int
        The same arguments give the same bytes. Ids depend on the seed and not on ``now``.
    learners : int
        How many to draw; those beyond 5,000 Statements are left out (none with seed 7).

    Returns
    -------
    list of dict
        JSON-ready Statements, version 1.0.3, without ``stored``. About three in a hundred come late: further down than
        their timestamp says. Five are voided further down.
    """
    site, end = DemoSite(base_url), now - QUIET_END
    postings: list[_Posting] = []
    for learner in simulated_learners(base_url, now, seed, learners):
        posted = _post(site, seed, learner, end)
        if len(postings) + len(posted) > MOST_STATEMENTS - ROOM:
            break
        postings += posted
    voidings = _void_some(site, seed, postings, end)
    for person in demo_people():
        postings += _post(site, seed, _demo_learner(base_url, person, now), end)
    postings += _teach(site, seed, end)
    return [posting.statement for posting in sorted([*postings, *voidings], key=lambda posting: posting.at)]


def simulated_learners(base_url: str, now: datetime, seed: int = 7, learners: int = 400) -> list[Learner]:
    """Return the simulated learners with what they chose and why, before it becomes Statements."""
    courses = demo_courses(base_url)
    popularity = by_popularity(courses, _rng(seed, "popularity"))
    return [_learner(number, courses, popularity, now, seed) for number in range(learners)]


def _learner(
    number: int, courses: Sequence[DemoCourse], popularity: Mapping[int, float], now: datetime, seed: int
) -> Learner:
    rng = _rng(seed, f"learner {number}")
    language, form = _draw(LANGUAGES, rng), _draw(ACTOR_FORMS, rng)
    changes = rng.random() < CHANGED_FORM_SHARE
    chosen = choices(courses, popularity, language, now, rng)
    middle = chosen[len(chosen) // 2].ended
    return Learner(str(FIRST_USER + number), language, form, middle if changes else None, tuple(chosen))


def _demo_learner(base_url: str, person: DemoPerson, now: datetime) -> Learner:
    """Give a demo person their fixed history, evenly spread over 300 days, the last completion three days ago."""
    courses = {course.number: course for course in demo_courses(base_url)}
    step = timedelta(days=297) / max(len(person.history), 1)
    done = [
        _completion(courses[number], now - timedelta(days=3) - step * left)
        for left, number in enumerate(reversed(person.history))
    ]
    return Learner(person.user_id, person.locale, "account", None, tuple(reversed(done)))


def _completion(course: DemoCourse, at: datetime) -> Choice:
    return Choice(course, at - timedelta(minutes=course.minutes * 1.5), at, finished=True, why="taste")


def _post(site: DemoSite, seed: int, learner: Learner, end: datetime) -> list[_Posting]:
    """Return a learner's Statements: most reach the LRS at once, some up to three weeks late."""
    rng = _rng(seed, f"diary {learner.user_id}")
    statements = Diary(site, seed, learner, rng).statements(end)
    return [_Posting(min(_moment(statement) + _delay(rng), end), statement) for statement in statements]


def _delay(rng: Random) -> timedelta:
    return timedelta(days=rng.uniform(1, 21)) if rng.random() < LATE_SHARE else timedelta(0)


def _teach(site: DemoSite, seed: int, end: datetime) -> list[_Posting]:
    """Return the instructor's traces: three courses opened, none completed."""
    person = next(person for person in demo_people() if person.role == "instructor")
    diary = Diary(site, seed, Learner(person.user_id, person.locale, "account", None, ()), _rng(seed, "teaching"))
    moments = [end - timedelta(days=30 * months) for months in (1, 2, 3)]
    return [
        _Posting(at, site.course_event("viewed", diary.occasion(at), course))
        for at, course in zip(moments, demo_courses(site.base_url), strict=False)
    ]


def _void_some(site: DemoSite, seed: int, postings: Sequence[_Posting], end: datetime) -> list[_Posting]:
    """Return five Statements by which the LMS's admin voids course completions, hours after these were posted."""
    rng = _rng(seed, "voidings")
    admin = Diary(site, seed, Learner(ADMIN, "en", "account", None, ()), rng)
    targets = [posting for posting in postings if _completes_a_course(site, posting.statement)]
    moments = [
        (min(target.at + timedelta(hours=rng.uniform(1, 48)), end), target.statement["id"])
        for target in rng.sample(targets, min(VOIDED, len(targets)))
    ]
    return [_Posting(at, voiding(admin.occasion(at), target)) for at, target in moments]


def _completes_a_course(site: DemoSite, statement: Json) -> bool:
    on_course: bool = statement["object"]["id"].startswith(f"{site.base_url}/course/view.php")
    return on_course and str(statement["verb"]["id"]).endswith("/completed")


def _moment(statement: Json) -> datetime:
    return datetime.fromisoformat(statement["timestamp"])


def _draw(shares: Mapping[str, int], rng: Random) -> str:
    return rng.choices(list(shares), list(shares.values()))[0]


def _rng(seed: int, purpose: str) -> Random:
    return Random(f"{seed}/{purpose}")  # noqa: S311 - a simulation, nothing secret is drawn
