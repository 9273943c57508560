"""How a site's Neighbours are blended: chosen by a test on its own last weeks, with priors where these say too little.

The Model is fitted on the first 80 % of time and frozen; then everything that learners with a history did for the first
time is foretold, each from the history that it had by then. A choice other than the prior has to be better by more than
one standard error over the same events (the rule of Breiman et al. 1984 for pruning), one part after another, so
little data changes little. It costs two fits; the same data give the same choice.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from connector.domain import Blending, NeighbourKind, Share
from connector.recommend.base import Floats, Integers
from connector.recommend.kinds import LATENT_ITEMS, Design, Near, Site, fitted, scaled
from connector.recommend.trend import trend_list

SHOWN = 10
KNOWN_SHARE = 0.8
"""The share of interactions that is learned from in the test."""
FEWEST_EVENTS = 100
"""With fewer later events nothing is chosen."""
MOST_EVENTS = 2_000
MOST_ANCHORS = 50
"""The latest so many of a history are looked at in the test."""
AT_ONCE = 256
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
FADING = 365.0
HALF_LIVES = (MINUTE, timedelta(hours=1), timedelta(days=1), timedelta(days=30), timedelta(days=3650))
MIXES = (
    (0.7, 0.3, 0.0),
    (1.0, 0.0, 0.0),
    (0.4, 0.6, 0.0),
    (0.0, 1.0, 0.0),
    (0.5, 0.2, 0.3),
    (0.0, 0.3, 0.7),
    (0, 0, 1.0),
)
"""Shares of next, together and latent."""
LIKES = (0.2, 0.0, 0.1, 0.4)
TRENDS = (0.05, 0.0, 0.2, 1.0, 5.0)


@dataclass(frozen=True, slots=True)
class Trial:
    """What one blend would have shown: mean NDCG and share of hits among ten, over the events of the test."""

    name: str
    ndcg: float
    hits: float


@dataclass(frozen=True, slots=True)
class Choice:
    """How a site's lists are made and blended, and why.

    ``sentence`` says it in plain words; ``trials`` are the prior, the choice and popularity alone, none where there was
    too little to choose by. ``events`` counts what was foretold, ``fits`` what it cost.
    """

    blending: Blending
    design: Design
    sentence: str
    trials: tuple[Trial, ...] = ()
    events: int = 0
    fits: int = 0


def chosen(site: Site, design: Design) -> Choice:
    """Choose the blend by the site's own later events; the prior where these are too few."""
    moment = _cut(site.matrix.when.data)
    events = Events.after(moment, site)
    if events.targets.size < FEWEST_EVENTS:
        sentence = (
            f"The usual weights, for now: {events.targets.size} later steps of {FEWEST_EVENTS} that a choice needs."
        )
        return Choice(PRIOR, design, sentence, events=int(events.targets.size))
    return _tested(site.before(moment), events, design)


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """What learners did for the first time after the cut, and what they had done by then.

    Attributes
    ----------
    targets : ndarray of int64, shape (n_events,)
        Columns.
    starts : ndarray of int64, shape (n_events + 1,)
        Event e's history is ``starts[e]:starts[e + 1]`` in the next two, at most `MOST_ANCHORS`, latest last.
    columns : ndarray of int64
        What was done before; strictly before the event.
    ages : ndarray of float64
        Seconds before the event.
    seen : tuple of ndarray
        All columns done before each event.
    """

    targets: Integers
    starts: Integers
    columns: Integers
    ages: Floats
    seen: tuple[Integers, ...]

    @classmethod
    def after(cls, moment: int, site: Site) -> "Events":
        """Collect the events after ``moment`` of learners with a history; evenly thinned to `MOST_EVENTS`."""
        found = list(_steps(site.matrix.when, moment))
        found = found[:: max(-(-len(found) // MOST_EVENTS), 1)]
        kept = [(columns[-MOST_ANCHORS:], ages[-MOST_ANCHORS:]) for _, columns, ages in found]
        return cls(
            np.array([target for target, _, _ in found], dtype=np.int64),
            np.cumsum([0, *(columns.size for columns, _ in kept)]),
            np.concatenate([np.zeros(0, np.int64), *(columns for columns, _ in kept)]),
            np.concatenate([np.zeros(0), *(ages for _, ages in kept)]),
            tuple(columns for _, columns, _ in found),
        )

    def faded(self, half_life: timedelta, items: int) -> csr_array:
        """Return what each Anchor weighs, events x items (see `connector.recipes.blend.faded`)."""
        weights = 1.0 / (1.0 + self.ages / half_life.total_seconds())
        return csr_array((weights, self.columns, self.starts), shape=(self.targets.size, items))


def gains(events: Events, scores: Callable[[slice], Floats]) -> Floats:
    """Return each event's NDCG at ten: 1 / log2(rank + 1), 0 below or where nothing is said of the target."""
    found = np.zeros(events.targets.size)
    for start in range(0, found.size, AT_ONCE):
        rows = slice(start, min(start + AT_ONCE, found.size))
        block = scores(rows)
        for place, seen in enumerate(events.seen[rows]):
            block[place, seen] = 0.0
        found[rows] = _gains(block, events.targets[rows])
    return found


@dataclass(slots=True)
class _Bench:
    """The kinds of one fit, ready to be blended, and the gains of each blend that was tried."""

    events: Events
    kinds: Mapping[NeighbourKind, csr_array]
    trend: Floats

    @classmethod
    def of(cls, site: Site, events: Events, kinds: Mapping[NeighbourKind, Near]) -> "_Bench":
        items = site.matrix.items
        recent, trend = trend_list(site.matrix), np.zeros(items.size)
        best = recent.neighbours[0].score if recent.neighbours else 1.0
        for near in recent.neighbours:
            trend[np.searchsorted(items, near.item)] = near.score / best
        return cls(events, scaled(kinds, items.size), trend)

    def gains(self, blending: Blending) -> Floats:
        half_lives = {share.half_life for share in blending.shares.values()}
        weights = {half_life: self.events.faded(half_life, self.trend.size) for half_life in half_lives}
        return gains(self.events, lambda rows: self._scores(rows, blending, weights))

    def _scores(self, rows: slice, blending: Blending, weights: Mapping[timedelta, csr_array]) -> Floats:
        total = np.zeros((rows.stop - rows.start, self.trend.size))
        for kind, share in blending.shares.items():
            faded = weights[share.half_life][rows]
            if kind is NeighbourKind.TREND:
                total += share.weight * faded.max(axis=1).toarray().reshape(-1, 1) * self.trend
            elif kind in self.kinds and share.weight:
                total += share.weight * (faded @ self.kinds[kind]).toarray()
        return total


def _tested(site: Site, events: Events, design: Design) -> Choice:
    latent = replace(design, latent=site.matrix.items.size <= LATENT_ITEMS)
    bench = _Bench.of(site, events, fitted(site, latent))
    best, prior = PRIOR, bench.gains(PRIOR)
    ours = prior
    for axis in (_half_lives, _mixes, _likes, _trends):
        best, ours = _better(best, ours, ((one, bench.gains(one)) for one in axis(best)))
    fading = _Bench.of(site, events, fitted(site, replace(latent, half_life=FADING)))
    fades = _is_better(fading.gains(best), ours)
    ours = fading.gains(best) if fades else ours
    popular = _popular(site, bench)
    used = replace(design, half_life=FADING if fades else design.half_life, latent=_uses_latent(best))
    trials = (_trial("usual weights", prior), _trial("chosen weights", ours), _trial("popular", popular))
    return Choice(best, used, _sentence(ours, popular), trials, int(events.targets.size), fits=2)


def _popular(site: Site, bench: _Bench) -> Floats:
    """Return the gains of what is popular, of late or of all time: of the better one."""
    people = np.bincount(site.matrix.weights.indices, minlength=bench.trend.size).astype(np.float64)
    both = [gains(bench.events, partial(_for_all, counts)) for counts in (people, bench.trend)]
    return max(both, key=lambda found: float(found.mean()))


def _for_all(scores: Floats, rows: slice) -> Floats:
    return np.tile(scores, (rows.stop - rows.start, 1))


def _half_lives(now: Blending) -> Iterator[Blending]:
    for half_life in HALF_LIVES:
        yield Blending({kind: replace(share, half_life=half_life) for kind, share in now.shares.items()})


def _mixes(now: Blending) -> Iterator[Blending]:
    for mix in MIXES:
        yield _with(now, dict(zip(SIDES, mix, strict=True)))


def _likes(now: Blending) -> Iterator[Blending]:
    for weight in LIKES:
        yield _with(now, {NeighbourKind.LIKE: weight})


def _trends(now: Blending) -> Iterator[Blending]:
    for weight in TRENDS:
        yield _with(now, {NeighbourKind.TREND: weight})


def _with(now: Blending, weights: Mapping[NeighbourKind, float]) -> Blending:
    """Return other weights for some kinds; a kind of weight 0 is left out, for it would be read for nothing."""
    half_life = next(share.half_life for share in now.shares.values())
    every = {kind: share.weight for kind, share in now.shares.items()} | dict(weights)
    return Blending({kind: Share(weight, half_life) for kind, weight in every.items() if weight > 0})


def _better(best: Blending, ours: Floats, trials: Iterator[tuple[Blending, Floats]]) -> tuple[Blending, Floats]:
    """Return the best of what beats the blend at hand by more than a standard error, else the blend at hand."""
    at_hand = ours
    for blending, found in trials:
        if _is_better(found, at_hand) and found.mean() > ours.mean():
            best, ours = blending, found
    return best, ours


def _is_better(challenger: Floats, at_hand: Floats, errors: float = 1.0) -> bool:
    difference = challenger - at_hand
    return bool(difference.mean() > errors * difference.std() / np.sqrt(difference.size) > 0)


def _uses_latent(blending: Blending) -> bool:
    return NeighbourKind.LATENT in blending.shares


def _trial(name: str, found: Floats) -> Trial:
    return Trial(name, float(found.mean()), float((found > 0).mean()))


def _sentence(ours: Floats, popular: Floats) -> str:
    shares = f"{(ours > 0).mean():.0%} of {ours.size} later steps were among the ten shown, {(popular > 0).mean():.0%}"
    if _is_better(ours, popular, errors=2.0):
        return f"{shares} by popularity alone."
    return f"Popular is as good here for now: {shares} by popularity alone."


def _cut(times: Integers) -> int:
    """Return the moment after which the test begins."""
    return int(np.quantile(times, KNOWN_SHARE, method="lower")) if times.size else 0


def _steps(when: csr_array, moment: int) -> Iterator[tuple[int, Integers, Floats]]:
    """Yield target, earlier columns and their ages in seconds, by learner and time."""
    for learner in np.flatnonzero(np.maximum.reduceat(np.append(when.data, 0), when.indptr[:-1]) > moment).tolist():
        own = slice(when.indptr[learner], when.indptr[learner + 1])
        order = np.lexsort((when.indices[own], when.data[own]))
        times, columns = when.data[own][order], when.indices[own][order].astype(np.int64)
        for place in np.flatnonzero(times > moment).tolist():
            earlier = int(np.searchsorted(times, times[place]))
            if earlier:
                yield int(columns[place]), columns[:earlier], (times[place] - times[:earlier]) / 1e6


def _gains(scores: Floats, targets: Integers) -> Floats:
    rows = np.arange(targets.size)
    own = scores[rows, targets][:, np.newaxis]
    ahead: NDArray[np.int64] = (scores > own).sum(axis=1)
    ahead += ((scores == own) & (np.arange(scores.shape[1]) < targets[:, np.newaxis])).sum(axis=1)
    shown = (ahead < SHOWN) & (own[:, 0] > 0)
    return np.asarray(np.where(shown, 1.0 / np.log2(ahead + 2.0), 0.0), dtype=np.float64)
