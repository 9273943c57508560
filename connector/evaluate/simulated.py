"""A seeded site to measure on where no data are at hand: tastes, order, fashion and titles, all of them known.

Each Item is of one topic, a path of Items in order. A Learner has one or two topics, follows their paths with steps
left out, and now and then takes what is popular at that time; popularity is Zipf's and moves on with the years.
"""

from dataclasses import dataclass

import numpy as np

from connector.domain import Signal
from connector.evaluate.files import Read
from connector.evaluate.log import SIGNALS, Catalogue, Log
from connector.recommend.base import MICROSECONDS_PER_DAY, Integers

START = 1_700_000_000_000_000
DAYS = 500
SKIPPED = 0.35
"""The chance that a step of a path is left out."""
FASHION = 0.25
"""The chance that a Learner takes what is popular at that time instead."""
FASHION_DAYS = 90.0
SUBJECTS = (
    "Safety",
    "Leadership",
    "Accounting",
    "Languages",
    "Software",
    "Health",
    "Sales",
    "Design",
    "Law",
    "Teaching",
)
STEPS = ("first steps", "basics", "in practice", "tools", "with others", "advanced", "for experts", "outlook")


@dataclass(frozen=True, slots=True)
class Size:
    """How large the site is; ``mean`` Items a Learner, log-normal."""

    learners: int = 800
    items: int = 160
    topics: int = 10
    mean: float = 7.0


def simulated(size: Size = Size(), seed: int = 0) -> Read:
    """Return a site; the same for the same seed."""
    random = np.random.default_rng(seed)
    rows = [row for learner in range(size.learners) for row in _path(size, learner, random)]
    learners, items, times, signals = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    return Read(Log.of(learners, items, times, signals), _catalogue(size))


def _path(size: Size, learner: int, random: np.random.Generator) -> list[tuple[int, int, int, int]]:
    """Return what one Learner did: Items begun, most of them completed."""
    wanted = int(np.clip(np.round(random.lognormal(np.log(size.mean) - 0.4, 0.9)), 1, size.items // 2))
    paths = [_steps(size, topic, random) for topic in random.choice(size.topics, random.integers(1, 3), replace=False)]
    at, did = float(random.uniform(0, DAYS * 0.9)), list[tuple[int, int, int, int]]()
    for _ in range(wanted):
        item = _next(size, paths, at, random)
        at += float(random.exponential(3.0))
        signal = Signal.COMPLETED if random.random() < 0.8 else Signal.VIEWED  # noqa: PLR2004 - four in five
        did.append((learner, item, START + int(at * MICROSECONDS_PER_DAY), SIGNALS.index(signal)))
    return did


def _steps(size: Size, topic: int, random: np.random.Generator) -> list[int]:
    """Return the path of a topic with steps left out, last first."""
    path = np.arange(topic, size.items, size.topics)
    return list(path[random.random(path.size) >= SKIPPED][::-1].tolist())


def _next(size: Size, paths: list[list[int]], at: float, random: np.random.Generator) -> int:
    open_paths = [path for path in paths if path]
    if not open_paths or random.random() < FASHION:
        ranks = (np.arange(size.items) * 7 + int(at // FASHION_DAYS) * 13) % size.items
        weights = 1.0 / (1.0 + ranks)
        return int(random.choice(size.items, p=weights / weights.sum()))
    return open_paths[int(random.integers(len(open_paths)))].pop()


def _catalogue(size: Size) -> Catalogue:
    topics: Integers = np.arange(size.items) % size.topics
    subjects = [SUBJECTS[topic % len(SUBJECTS)] for topic in topics.tolist()]
    steps = [STEPS[place // size.topics % len(STEPS)] for place in range(size.items)]
    titles = tuple(f"{subject}: {step}" for subject, step in zip(subjects, steps, strict=True))
    names = tuple(f"item-{place + 1}" for place in range(size.items))
    empty = ("",) * size.items
    return Catalogue(names, titles, empty, ("en",) * size.items, tuple(subjects), size.items)
