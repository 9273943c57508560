"""Seeded sites of different structure, to see whether the engine finds out what each of them needs.

Each function returns a Read: a Log in order of time and a Catalogue without texts. ``SITES`` names them all.
"""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from connector.domain import Signal
from connector.evaluate.files import Read
from connector.evaluate.log import SIGNALS, Catalogue, Log
from connector.recommend.base import Floats, Integers

START = 1_700_000_000_000_000
MINUTE = 60_000_000
DAY = 1_440 * MINUTE
YEARS = 730.0
AT_ONCE = 2_000


def catalogue(learners: int = 50_000, items: int = 2_000, *, timed: bool = True, seed: int = 1) -> Read:
    """Return a large course catalogue: 3 to 10 enrolments by taste and popularity, in no order.

    Tastes are sixteen factors around thirty centres; without ``timed`` everything is of one moment.
    """
    random = np.random.default_rng(seed)
    tastes, things = _tastes(learners, items, random)
    counts = random.integers(3, 11, learners)
    who, what = _drawn(tastes, things, counts, 0.9, random)
    when = START + (random.uniform(0, YEARS, learners)[who] + random.exponential(40.0, who.size)) * DAY
    return _site(who, what, when if timed else np.full(who.size, START), items)


def heavy(learners: int = 1_500, items: int = 800, *, seed: int = 2) -> Read:
    """Return few learners with some eighty items each, by taste, in no order."""
    random = np.random.default_rng(seed)
    tastes, things = _tastes(learners, items, random)
    counts = np.clip(random.lognormal(np.log(70), 0.6, learners), 5, items // 3).astype(np.int64)
    who, what = _drawn(tastes, things, counts, 0.6, random)
    when = START + (random.uniform(0, 200, learners)[who] + random.uniform(0, YEARS, who.size)) * DAY
    return _site(who, what, when, items)


def noise(learners: int = 2_000, items: int = 200, *, seed: int = 3) -> Read:
    """Return learners who take what is popular, and nothing else."""
    random = np.random.default_rng(seed)
    counts = np.clip(random.lognormal(np.log(6), 0.8, learners), 1, items // 3).astype(np.int64)
    who, what = _drawn(np.zeros((learners, 1)), np.zeros((items, 1)), counts, 1.0, random)
    return _site(who, what, START + random.uniform(0, YEARS, who.size) * DAY, items)


def curricula(learners: int = 3_000, *, seed: int = 4) -> Read:
    """Return forty programmes of twelve modules, each taken one after the other, one or two a learner."""
    random, programmes, modules = np.random.default_rng(seed), 40, 12
    chances = _zipf(programmes, 0.8)
    rows = []
    for learner in range(learners):
        at = random.uniform(0, YEARS)
        for programme in random.choice(programmes, random.integers(1, 3), replace=False, p=chances):
            for module in range(min(int(random.geometric(0.12)), modules)):
                at += random.exponential(4.0)
                if random.random() > 0.07:
                    rows.append((learner, programme * modules + module, START + at * DAY))
    return _of_rows(rows, programmes * modules)


def drifting(learners: int = 2_500, *, seed: int = 5) -> Read:
    """Return sittings of two to five items of one of thirty topics; the topic moves on from time to time."""
    random, topics, size = np.random.default_rng(seed), 30, 20
    chances = _zipf(size, 0.7)
    rows = []
    for learner in range(learners):
        at, topic = random.uniform(0, YEARS), int(random.integers(topics))
        for _ in range(1 + int(random.geometric(0.25))):
            for place in random.choice(size, random.integers(2, 6), replace=False, p=chances):
                at += random.exponential(20.0) / 1_440
                rows.append((learner, topic * size + int(place), START + at * DAY))
            at += random.exponential(20.0)
            topic = (topic + int(random.choice([0, 0, 1, 1, 2, 9]))) % topics
    return _of_rows(rows, topics * size)


def pilot(learners: int = 30, items: int = 40, *, seed: int = 6) -> Read:
    """Return a pilot of a class: some eight items each, of two tastes."""
    random = np.random.default_rng(seed)
    tastes = np.where(random.random((learners, 1)) < 0.5, -1.0, 1.0)
    things = np.where(np.arange(items)[:, np.newaxis] % 2, -1.0, 1.0)
    who, what = _drawn(tastes, things, random.integers(3, 13, learners), 0.6, random)
    return _site(who, what, START + random.uniform(0, 60, who.size) * DAY, items)


def fashions(learners: int = 3_000, items: int = 300, *, seed: int = 7) -> Read:
    """Return tastes on a site whose items come up and go out of fashion within months."""
    random = np.random.default_rng(seed)
    tastes, things = _tastes(learners, items, random)
    begun, born = random.uniform(0, YEARS, learners), random.uniform(-200, YEARS, items)
    base = 0.7 * np.log(_zipf(items, 0.8))[random.permutation(items)]
    rows = []
    for learner in range(learners):
        at = float(begun[learner])
        for _ in range(int(random.geometric(0.15))):
            age = at - born
            keys = tastes[learner] @ things.T + base + np.where(age < 0, -50.0, -age / 90) + random.gumbel(size=items)
            rows.append((learner, int(np.argmax(keys)), START + at * DAY))
            at += random.exponential(15.0)
    return _of_rows(rows, items)


def branches(learners: int = 2_500, items: int = 400, *, seed: int = 8) -> Read:
    """Return items that ask for others first: main lines, side branches off them, a few go very far.

    Each item but forty beginnings hangs on an earlier one; what is open to a learner is what hangs on what they did.
    """
    random, beginnings = np.random.default_rng(seed), 40
    parents = np.array(
        [-1 if one < beginnings else int(random.integers(max(one - 120, 0), one)) for one in range(items)]
    )
    pull = random.gumbel(size=items)
    rows = []
    for learner in range(learners):
        at, done = random.uniform(0, YEARS), [int(random.integers(beginnings))]
        for _ in range(min(int(random.pareto(1.3) * 3) + 1, 60)):
            rows.append((learner, done[-1], START + at * DAY))
            ready = np.isin(parents, done)
            ready[done] = False
            fits = np.where(ready, pull + 2.0 * (parents == done[-1]), -9.0 + (parents == -1) * 6.0)
            fits[done] = -99.0
            done.append(int(np.argmax(fits + random.gumbel(size=items))))
            at += random.exponential(6.0)
    return _of_rows(rows, items)


def compulsory(learners: int = 2_000, items: int = 300, *, seed: int = 9) -> Read:
    """Return a firm: six duties for everybody on one of a few days a year, and free choice by taste."""
    random, duties = np.random.default_rng(seed), 6
    tastes, things = _tastes(learners, items - duties, random)
    counts = np.clip(random.lognormal(np.log(4), 0.8, learners), 0, 40).astype(np.int64)
    who, what = _drawn(tastes, things, counts, 0.8, random)
    joined = random.uniform(0, YEARS, learners)
    rows = list(zip(who, what + duties, START + (joined[who] + random.exponential(120.0, who.size)) * DAY, strict=True))
    for learner in range(learners):
        day = float(np.ceil(joined[learner] / 90) * 90 + random.integers(5))
        for place, duty in enumerate(random.permutation(duties)[: random.integers(4, duties + 1)]):
            rows.append((learner, int(duty), START + day * DAY + (place + random.random()) * 9 * MINUTE))
    return _of_rows(rows, items)


def marketplace(learners: int = 8_000, items: int = 1_000, *, seed: int = 10) -> Read:
    """Return a marketplace: one to six items a learner, a few items that half of all take, tastes besides."""
    random = np.random.default_rng(seed)
    tastes, things = _tastes(learners, items, random)
    counts = np.minimum(random.geometric(0.4, learners), 6)
    who, what = _drawn(0.7 * tastes, things, counts, 1.3, random)
    when = START + (random.uniform(0, YEARS, learners)[who] + random.exponential(30.0, who.size)) * DAY
    return _site(who, what, when, items)


def cohorts(groups: int = 60, size: int = 30, *, seed: int = 11) -> Read:
    """Return groups of one of five curricula, begun at different dates: each week's items are done by the whole group.

    One in five items is the learner's own choice, by no taste.
    """
    random, programmes, weeks, items = np.random.default_rng(seed), 5, 30, 300
    plans = [random.choice(200, (weeks, 2), replace=False) for _ in range(programmes)]
    free = _zipf(100, 0.8)
    rows = []
    for group in range(groups):
        plan, begun = plans[int(random.integers(programmes))], float(random.uniform(0, YEARS))
        for learner in range(size):
            for week in range(int(np.clip(random.geometric(0.06), 1, weeks))):
                for item in random.permutation(plan[week]):
                    own = random.random() < 0.2
                    chosen = 200 + int(random.choice(100, p=free)) if own else int(item)
                    rows.append(
                        (group * size + learner, chosen, START + (begun + 7 * week + 5 * random.random()) * DAY)
                    )
    return _of_rows(rows, items)


def mixed_signals(learners: int = 2_500, items: int = 300, *, seed: int = 12) -> Read:
    """Return tastes where half of all is only started or viewed, and what does not please is left or rated low."""
    random = np.random.default_rng(seed)
    tastes, things = _tastes(learners, items, random)
    counts = np.clip(random.lognormal(np.log(8), 0.7, learners), 2, 60).astype(np.int64)
    who, what = _drawn(0.6 * tastes, things, counts, 0.7, random)
    pleases = (tastes[who] * things[what]).sum(axis=1) + random.normal(size=who.size)
    ranks = np.argsort(np.argsort(pleases)) / who.size
    kinds = (Signal.VIEWED, Signal.STARTED, Signal.RATED, Signal.COMPLETED)
    codes = np.array([SIGNALS.index(kind) for kind in kinds])[np.searchsorted([0.25, 0.5, 0.6], ranks)]
    begun = random.uniform(0, YEARS, learners)[who]
    when = START + (begun + np.cumsum(random.exponential(3.0, who.size)) % 200) * DAY
    values = np.where(codes == SIGNALS.index(Signal.RATED), ranks, np.nan)
    return _site(who, what, when, items, codes, values)


def _tastes(learners: int, items: int, random: np.random.Generator) -> tuple[Floats, Floats]:
    centres = random.normal(size=(30, 16))
    people = centres[random.integers(30, size=learners)] + 0.6 * random.normal(size=(learners, 16))
    things = centres[random.integers(30, size=items)] + 0.8 * random.normal(size=(items, 16))
    return people, things / np.linalg.norm(things, axis=1, keepdims=True)


def _drawn(
    tastes: Floats, things: Floats, counts: Integers, zipf: float, random: np.random.Generator
) -> tuple[Integers, Integers]:
    """Return who has what: ``counts`` items each, without replacement (the Gumbel trick)."""
    popular = np.log(_zipf(things.shape[0], zipf))[random.permutation(things.shape[0])]
    found = []
    for start in range(0, counts.size, AT_ONCE):
        keys = tastes[start : start + AT_ONCE] @ things.T + popular
        order = np.argsort(-(keys + random.gumbel(size=keys.shape)), axis=1)
        found += [random.permutation(row[:count]) for row, count in zip(order, counts[start:], strict=False)]
    return np.repeat(np.arange(counts.size), counts), np.concatenate(found)


def _zipf(items: int, power: float) -> Floats:
    chances = 1.0 / np.arange(1, items + 1) ** power
    return np.asarray(chances / chances.sum(), dtype=np.float64)


def _of_rows(rows: list[tuple[int, int, float]], items: int) -> Read:
    who, what, when = zip(*rows, strict=True)
    return _site(np.array(who), np.array(what), np.array(when), items)


def _site(
    who: Integers,
    what: Integers,
    when: Floats | Integers,
    items: int,
    signals: Integers | None = None,
    values: Floats | None = None,
) -> Read:
    empty, names = ("",) * items, tuple(f"item-{place + 1}" for place in range(items))
    log = Log.of(who, what, np.asarray(when, dtype=np.int64), signals, values)
    return Read(log, Catalogue(names, empty, empty, empty, empty, items))


SITES: Mapping[str, Callable[[], Read]] = {
    "catalogue": catalogue,
    "catalogue without times": partial(catalogue, 20_000, timed=False),
    "heavy": heavy,
    "noise": noise,
    "curricula": curricula,
    "drifting": drifting,
    "pilot": pilot,
    "fashions": fashions,
    "branches": branches,
    "compulsory": compulsory,
    "marketplace": marketplace,
    "cohorts": cohorts,
    "mixed signals": mixed_signals,
}
