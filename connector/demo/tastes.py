"""What simulated learners choose: tastes, sequences, popularity and pure chance.

README.md beside this file describes the same in words. All numbers that shape the data stand at the top.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Literal

from connector.demo.catalogue import DemoCourse

Why = Literal["chance", "next step", "taste"]

HISTORY = timedelta(days=730)
"""Two years: how far back the oldest choices lie."""
QUIET_END = timedelta(minutes=20)
"""No choice is younger than this."""
CHANCE_SHARE = 0.2
"""Share of choices made uniformly among all courses not done, whatever their topic, level or language."""
NEXT_STEP_SHARE = 0.3
"""Share of choices that go one level up in the topic of the last completion, where such a course is left."""
FINISHED_SHARE = 0.92
POPULARITY_EXPONENT = 0.8
POPULARITY_SHIFT = 3
"""Added to each rank: among the first few, popularity falls slowly (Zipf-Mandelbrot)."""
TASTE_CONCENTRATION = 0.3
LEVELS = ("beginner", "intermediate", "advanced")
UNREADY = {"beginner": 1.0, "intermediate": 0.3, "advanced": 0.08}
"""Weight of a level for a learner who has not completed the level below in that topic."""
ACTIVITY = (1.85, 0.6)
"""Mean and standard deviation of the logarithm of a learner's number of choices."""
MOST_CHOICES = 30


@dataclass(frozen=True, slots=True)
class Choice:
    """One course that a learner took up: when it was started, and when it ended or was left."""

    course: DemoCourse
    started: datetime
    ended: datetime
    finished: bool
    why: Why


def by_popularity(courses: Sequence[DemoCourse], rng: Random) -> dict[int, float]:
    """Return a weight that falls with the rank, 1 / (rank + 3) ** 0.8, by course number; ``rng`` draws the order."""
    order = list(courses)
    rng.shuffle(order)
    ranked = enumerate(order, start=1)
    return {course.number: (rank + POPULARITY_SHIFT) ** -POPULARITY_EXPONENT for rank, course in ranked}


def taste(topics: Sequence[str], rng: Random) -> dict[str, float]:
    """Return a topic mixture that sums to 1, drawn from a symmetric Dirichlet distribution (0.3)."""
    drawn = [rng.gammavariate(TASTE_CONCENTRATION, 1.0) for _ in topics]
    return {topic: value / sum(drawn) for topic, value in zip(topics, drawn, strict=True)}


def choices(
    courses: Sequence[DemoCourse], popularity: Mapping[int, float], language: str, now: datetime, rng: Random
) -> list[Choice]:
    """Return one learner's choices, oldest first; their number is log-normal, 1 to 30."""
    mixture = taste(sorted({course.topic for course in courses}), rng)
    taken: list[Choice] = []
    for ended in _moments(now, rng):
        course, why = _pick(courses, popularity, mixture, language, taken, rng)
        started = ended - timedelta(minutes=course.minutes * rng.uniform(1.2, 3))
        taken.append(Choice(course, started, ended, rng.random() < FINISHED_SHARE, why))
    return taken


def _moments(now: datetime, rng: Random) -> list[datetime]:
    """Draw the ends of all choices: a joining day within two years, then uniformly until shortly before now."""
    number = min(MOST_CHOICES, max(1, round(rng.lognormvariate(*ACTIVITY))))
    joined = now - HISTORY * rng.random()
    room = max(now - QUIET_END - joined, timedelta(0))
    return sorted(joined + room * rng.random() for _ in range(number))


def _pick(
    courses: Sequence[DemoCourse],
    popularity: Mapping[int, float],
    mixture: dict[str, float],
    language: str,
    taken: Sequence[Choice],
    rng: Random,
) -> tuple[DemoCourse, Why]:
    numbers = {choice.course.number for choice in taken}
    left = [course for course in courses if course.number not in numbers]
    draw = rng.random()
    if draw < CHANCE_SHARE:
        return rng.choice(left), "chance"
    done = [choice.course for choice in taken if choice.finished]
    steps = _one_level_up(left, done[-1]) if done else []
    if steps and draw < CHANCE_SHARE + NEXT_STEP_SHARE:
        return _weighted(steps, [popularity[course.number] for course in steps], rng), "next step"
    weights = [
        popularity[course.number] * _appeal(course, mixture) * _readiness(course, done) * _legibility(course, language)
        for course in left
    ]
    return _weighted(left, weights, rng), "taste"


def _weighted(courses: Sequence[DemoCourse], weights: Sequence[float], rng: Random) -> DemoCourse:
    return rng.choices(courses, weights)[0]


def _one_level_up(courses: Sequence[DemoCourse], last: DemoCourse) -> list[DemoCourse]:
    above = dict(pairwise(LEVELS)).get(last.level)
    return [c for c in courses if (c.topic, c.language, c.level) == (last.topic, last.language, above)]


def _appeal(course: DemoCourse, mixture: dict[str, float]) -> float:
    """Return how much the topics attract: never nothing, the second topic counts a third."""
    return 0.05 + mixture[course.topic] + sum(mixture[topic] for topic in course.topics[1:]) / 3


def _readiness(course: DemoCourse, done: Sequence[DemoCourse]) -> float:
    below = dict(pairwise(reversed(LEVELS))).get(course.level)
    ready = any((c.topic, c.level) == (course.topic, below) for c in done)
    return 1.0 if ready else UNREADY[course.level]


def _legibility(course: DemoCourse, language: str) -> float:
    if course.language == language:
        return 1.0
    return 0.25 if course.language == "en" else 0.02
