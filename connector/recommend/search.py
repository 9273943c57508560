"""How a site's Neighbours are made and blended: chosen by a test on its own past (see `connector.recommend.backtest`).

Something other than the usual has to be better by more than one standard error over the same events, one part after
another; and of all that is within one standard error of the best, what is nearest to the usual is taken (the rule of
Breiman et al. 1984 for pruning). So little data changes little. No kind is fitted more than five times; the same data
give the same choice. Nothing that is shown may be worse than what is popular: where it is, popularity
ranks, and all else only breaks its ties.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import product

from connector.domain import Blending, NeighbourKind, Share
from connector.recommend.backtest import FEWEST_EVENTS, Backtest, Option
from connector.recommend.base import Floats
from connector.recommend.kinds import AHEAD, LATENT_ITEMS, LOOSE, Design, Site
from connector.recommend.steps import DEEP, Events

MINUTE = timedelta(minutes=1)
SIDES = (NeighbourKind.NEXT, NeighbourKind.NEAR, NeighbourKind.LATENT)

PRIOR = Blending(
    {
        NeighbourKind.NEXT: Share(0.7, MINUTE),
        NeighbourKind.NEAR: Share(0.3, MINUTE),
        NeighbourKind.LIKE: Share(0.2, MINUTE),
        NeighbourKind.TREND: Share(0.05, MINUTE),
    }
)
"""What is taken where nothing is known."""
BESIDE = {
    1.0: "What people did by weaker signals alone counts beside, for what these say.",
    3.0: "What people did by weaker signals alone counts beside, for three times what these say.",
}
FADING = 365.0
HALF_LIVES = (MINUTE, timedelta(hours=1), timedelta(days=1), timedelta(days=30), timedelta(days=3650))
MIXES = (
    (0.7, 0.3, 0.0),
    (1.0, 0.0, 0.0),
    (0.4, 0.6, 0.0),
    (0.0, 1.0, 0.0),
    (0.5, 0.2, 0.3),
    (0.0, 0.3, 0.7),
    (0.0, 0.0, 1.0),
)
"""Shares of next, near and latent."""
ORDERS = (LOOSE, AHEAD)
PENALTIES = (250.0, 100.0)
FURTHER = {250.0: 1_000.0, 100.0: 20.0}
"""Where the doubt at an end is the best, one step beyond."""
DEEP_ENOUGH = 0.05
"""Where fewer of the events have a history that is longer than a page usually reads, none longer is tried."""
LIKES = (0.2, 0.0, 0.1, 0.4)
TREND_WEIGHTS = (0.05, 0.0, 0.2, 1.0, 5.0)
TRENDS = (365.0, None, 45.0, 14.0)
"""Days: what people do this year, of all time, of late, this fortnight. What is slow to change is nearest to the usual:
between two trainings, and for who comes back after a while, it is as good as on the first day."""
WEAKER = (0.0, 1.0, 3.0)
"""What people did by weaker signals alone counts as those say, or three times as much; usually not at all."""
BESIDES = (0.0, 0.5, 1.0)
"""What a learner did by weaker signals alone ranks half as much as an Anchor, or as much; usually not at all."""
OVER_ALL = 30.0
"""A weight of popularity beside which all else only breaks ties."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What one blend would have shown: mean NDCG and share of hits among ten, over the events of the test."""

    name: str
    ndcg: float
    hits: float


@dataclass(frozen=True, slots=True)
class Choice:
    """How a site's lists are made and blended, and why.

    ``sentence`` says it in plain words; ``trials`` are the usual weights, the choice and popularity alone, none where
    there was too little to choose by. ``events`` counts what was foretold, ``fits`` how often the kind that was fitted
    most often was.
    """

    blending: Blending
    design: Design
    sentence: str
    trials: tuple[Trial, ...] = ()
    events: int = 0
    fits: int = 0


def chosen(site: Site, design: Design) -> Choice:
    """Choose by the site's own past; the usual weights where it is too short."""
    test = Backtest.of(site)
    events = int(test.events.targets.size)
    if events < FEWEST_EVENTS:
        sentence = f"The usual weights, for now: {events} later steps of {FEWEST_EVENTS} that a choice needs."
        return Choice(PRIOR, design, sentence, events=events)
    search = _Search.begun(test, Option(design, PRIOR))
    usual = search.gains
    for step in _steps(site, test.events.deep):
        search.take(step)
    popular = search.not_below_popular()
    trials = (_trial("usual weights", usual), _trial("chosen weights", search.gains), _trial("popular", popular))
    sentence, fits = _sentence(test.events, search.gains, popular), max(test.fits.values(), default=0)
    if search.best.design.weaker:
        sentence = f"{sentence} {BESIDE[search.best.design.weaker]}"
    return Choice(search.best.blending, search.best.design, sentence, trials, events, fits)


@dataclass(slots=True)
class _Search:
    """What is the best so far, and what it gains at each event."""

    test: Backtest
    best: Option
    gains: Floats

    @classmethod
    def begun(cls, test: Backtest, usual: Option) -> "_Search":
        return cls(test, usual, test.gains([usual])[0])

    def take(self, step: Callable[[Option], Iterator[Option]]) -> None:
        """Take the first option of a step that is as good as its best, where that beats the one at hand."""
        options = list(step(self.best))
        every = self.test.gains(options)
        best = max(every, key=lambda gained: float(gained.mean()), default=self.gains)
        is_better = self.test.events.is_better
        if is_better(best, self.gains):
            as_good = (n for n, gained in enumerate(every) if not is_better(best, gained))
            first = next(n for n in as_good if is_better(every[n], self.gains))
            self.best, self.gains = options[first], every[first]

    def not_below_popular(self) -> Floats:
        """Let popularity rank where it is as good; return its gains."""
        every, is_better = {one: self.test.same_for_all(one) for one in TRENDS}, self.test.events.is_better
        better = [one for one in TRENDS if is_better(every[one], every[None])]
        half_life = max(better, key=lambda one: float(every[one].mean()), default=None)
        if is_better(every[half_life], self.gains) or every[None].mean() >= self.gains.mean():
            blending = _with(self.best, {NeighbourKind.TREND: OVER_ALL}).blending
            self.best = Option(replace(self.best.design, trend=half_life), blending)
            self.gains = self.test.gains([self.best])[0]
        return every[half_life]


def _steps(site: Site, deep: float) -> Iterator[Callable[[Option], Iterator[Option]]]:
    """Yield what is tried, one after the other."""
    small = site.matrix.items.size <= LATENT_ITEMS
    mixes = MIXES if small else [mix for mix in MIXES if not mix[2]]
    yield partial(_sides, mixes=mixes)
    if deep > DEEP_ENOUGH:
        yield partial(_deeper, mixes=mixes)
    yield _penalties
    if any(site.words):
        yield _likes
    yield _trends
    yield _fading
    if site.aside is not None and site.aside.interactions:
        yield _weaker


def _sides(now: Option, mixes: Iterable[tuple[float, ...]]) -> Iterator[Option]:
    """Every mix with every half-life; every order where *next* is in it, and two doubts where EASE is."""
    for mix, half_life in product(mixes, HALF_LIVES):
        option = _with(_at(now, half_life), dict(zip(SIDES, mix, strict=True)))
        shares = option.blending.shares
        orders = ORDERS if NeighbourKind.NEXT in shares else ORDERS[:1]
        penalties = PENALTIES if NeighbourKind.LATENT in shares else PENALTIES[:1]
        for order, penalty in product(orders, penalties):
            yield Option(replace(option.design, order=order, penalty=penalty), option.blending)


def _deeper(now: Option, mixes: Iterable[tuple[float, ...]]) -> Iterator[Option]:
    """The same from a longer history, which costs a page more."""
    longer = Option(now.design, replace(now.blending, anchors=DEEP))
    return _sides(longer, mixes)


def _penalties(now: Option) -> Iterator[Option]:
    if now.design.latent:
        yield Option(replace(now.design, penalty=FURTHER[now.design.penalty]), now.blending)


def _likes(now: Option) -> Iterator[Option]:
    return (_with(now, {NeighbourKind.LIKE: weight}) for weight in LIKES)


def _trends(now: Option) -> Iterator[Option]:
    """How much it counts for who has a history, and its pace."""
    for weight, half_life in product(TREND_WEIGHTS, TRENDS):
        option = _with(now, {NeighbourKind.TREND: weight})
        yield Option(replace(option.design, trend=half_life), option.blending)


def _fading(now: Option) -> Iterator[Option]:
    if now.blending.shares.keys() & set(SIDES[:2]):
        yield Option(replace(now.design, half_life=FADING), now.blending)


def _weaker(now: Option) -> Iterator[Option]:
    """What others did by weaker signals, and what the learner did, alone and together."""
    if now.blending.shares.keys() & set(SIDES):
        for beside, times in product(BESIDES, WEAKER):
            yield Option(replace(now.design, weaker=times), replace(now.blending, beside=beside))


def _at(now: Option, half_life: timedelta) -> Option:
    shares = {kind: replace(share, half_life=half_life) for kind, share in now.blending.shares.items()}
    return Option(now.design, replace(now.blending, shares=shares))


def _with(now: Option, weights: Mapping[NeighbourKind, float]) -> Option:
    """Return other weights for some kinds; a kind of weight 0 is left out, for it would be read for nothing."""
    shares = now.blending.shares
    half_life = next(share.half_life for share in shares.values())
    every = {kind: share.weight for kind, share in shares.items()} | dict(weights)
    shares = {kind: Share(weight, half_life) for kind, weight in every.items() if weight > 0}
    blending = replace(now.blending, shares=shares)
    return Option(replace(now.design, latent=NeighbourKind.LATENT in blending.shares), blending)


def _trial(name: str, found: Floats) -> Trial:
    return Trial(name, float(found.mean()), float((found > 0).mean()))


def _sentence(events: Events, ours: Floats, popular: Floats) -> str:
    shares = f"{(ours > 0).mean():.0%} of {ours.size} later steps were among the ten shown, {(popular > 0).mean():.0%}"
    if events.is_better(ours, popular, errors=2.0):
        return f"{shares} by popularity alone."
    return f"Popular is as good here for now: {shares} by popularity alone."
