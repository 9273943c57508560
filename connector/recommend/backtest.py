"""The test of a blend on a site's own past: what would have been shown, and what learners truly did next.

By time: the Model is fitted on the first 90 % of interactions (80 % where there are under 10,000) and frozen, for it is
served for days and not for a fifth of a site's life; then what learners did for the first time is
foretold, each step from the history that the learner had by then; and, where there are learners with a history at the
cut, a third as many steps from that history alone, so that a page is good for more than the very next step. Where times
say too little (all of one day, or of one moment), each learner's last item is left out and foretold from the rest.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from connector.domain import Blending, NeighbourKind
from connector.recommend.base import Floats, Integers
from connector.recommend.kinds import Design, Near, Site, fitted_one, longest, scaled
from connector.recommend.steps import MOST_ANCHORS, MOST_EVENTS, Events, lasts, later, thinned, weaker
from connector.recommend.trend import trend_list

SHOWN = 10
KNOWN_SHARE = 0.8
"""The share of interactions that is learned from in the test by time."""
LATE_SHARE = 0.9
"""The same where what is left is enough: a Model is served for days, not for a fifth of a site's life."""
ENOUGH_FOR_LATE = 10_000
FEWEST_EVENTS = 100
"""With fewer events a test says nothing."""
MOST_CELLS = 10_000_000
"""Events times items: on a large catalogue fewer events are foretold."""
FROZEN = 3
"""One step from the cut for so many from a live history."""
AT_ONCE = 64


class Option(NamedTuple):
    """One way to make lists and to blend them."""

    design: Design
    blending: Blending


@dataclass(slots=True, eq=False)
class Backtest:
    """What was known, what was to be foretold, and the kinds that were fitted so far."""

    site: Site
    events: Events
    fits: Counter[NeighbourKind] = field(default_factory=Counter)
    _fitted: dict[tuple[object, ...], Near | None] = field(default_factory=dict)
    _kinds: dict[tuple[object, ...], csr_array | None] = field(default_factory=dict)
    _faded: dict[tuple[timedelta, int, float], csr_array] = field(default_factory=dict)
    _trends: dict[float | None, Floats] = field(default_factory=dict)

    @classmethod
    def of(cls, site: Site) -> "Backtest":
        """Split by time; by the last item of each learner where that gives enough and time does not."""
        by_time = cls._by_time(site)
        if by_time.events.targets.size >= FEWEST_EVENTS:
            return by_time
        left_out = cls._left_out(site)
        return left_out if left_out.events.targets.size >= FEWEST_EVENTS else by_time

    @classmethod
    def _by_time(cls, site: Site) -> "Backtest":
        when = site.matrix.when
        share = LATE_SHARE if when.data.size >= ENOUGH_FOR_LATE else KNOWN_SHARE
        moment = int(np.quantile(when.data, share, method="lower")) if when.data.size else 0
        most, steps = _most(site), list(later(when, moment, MOST_EVENTS, site.aside_when))
        live = thinned([step for step in steps if step.columns.size], most)
        if site.aside_when is not None:
            begun = [step for step in weaker(when, moment, MOST_EVENTS, site.aside_when) if step.columns.size]
            steps, live = [*steps, *begun], [*live, *thinned(begun, max(len(live), 1))]
        frozen = [step.at_cut() for step in steps if step.known]
        asleep = thinned(frozen, max(len(live) // FROZEN, 1))
        return cls(site.before(moment + 1), Events.of([*live, *asleep]))

    @classmethod
    def _left_out(cls, site: Site) -> "Backtest":
        places, steps = [], []
        for place, step in lasts(site.matrix.when, _most(site), site.aside_when):
            places.append(place)
            steps.append(step)
        return cls(site.without(np.array(places, dtype=np.int64)), Events.of(steps))

    def gains(self, options: Sequence[Option]) -> list[Floats]:
        """Return each event's NDCG at ten under each option: 1 / log2(rank + 1), 0 where it would not be shown."""
        found = [np.zeros(self.events.targets.size) for _ in options]
        for rows in _blocks(self.events.targets.size):
            block = _Block(self, rows)
            for option, gained in zip(options, found, strict=True):
                gained[rows] = block.gains(option)
        return found

    def same_for_all(self, half_life: float | None) -> Floats:
        """Return the gains of showing to everybody what is of late, or popular of all time."""
        events, scores, found = self.events, self.trend(half_life), np.zeros(self.events.targets.size)
        for rows in _blocks(found.size):
            total = np.tile(scores, (rows.stop - rows.start, 1))
            total[events.done(rows)] = 0.0
            found[rows] = _gains(total, events.targets[rows])
        return found

    def trend(self, half_life: float | None) -> Floats:
        """Return the scores of what is of late, by column; the best is 1, as its scale constant makes it."""
        if half_life not in self._trends:
            items = self.site.matrix.items
            recent, scores = trend_list(self.site.matrix, half_life=half_life).neighbours, np.zeros(items.size)
            places = np.searchsorted(items, [near.item for near in recent])
            scores[places] = [near.score / recent[0].score for near in recent]
            self._trends[half_life] = scores
        return self._trends[half_life]

    def near(self, kind: NeighbourKind, design: Design, anchors: int | None) -> csr_array | None:
        """Return a kind as the design makes it, scaled; fitted when it is first asked for."""
        most = longest(kind, design, anchors)
        key = (kind, most, *_told(kind, design))
        if key not in self._kinds:
            found = self._fit(kind, design)
            self._kinds[key] = None if found is None else scaled(found, self.site.matrix.items.size, most)
        return self._kinds[key]

    def _fit(self, kind: NeighbourKind, design: Design) -> Near | None:
        key = (kind, *_told(kind, design))
        if key not in self._fitted:
            self._fitted[key] = fitted_one(kind, self.site, design)
            self.fits[kind] += self._fitted[key] is not None
        return self._fitted[key]

    def faded(self, half_life: timedelta, anchors: int, beside: float = 0.0) -> csr_array:
        """Return what each Anchor of each event weighs, and what was done by weaker signals ``beside`` times that."""
        key = half_life, anchors, beside
        if key not in self._faded:
            items = self.site.matrix.items.size
            own = self.events.faded(half_life, items, anchors)
            self._faded[key] = own + beside * self.events.faded_beside(half_life, items) if beside else own
        return self._faded[key]


@dataclass(slots=True)
class _Block:
    """Some events; what a kind gives them is worked out once for all options."""

    test: Backtest
    rows: slice
    _given: dict[tuple[object, ...], Floats | None] = field(default_factory=dict)

    def gains(self, option: Option) -> Floats:
        events = self.test.events
        total = self.scores(option)
        total[events.done(self.rows)] = 0.0
        return _gains(total, events.targets[self.rows])

    def scores(self, option: Option) -> Floats:
        total = np.zeros((self.rows.stop - self.rows.start, self.test.site.matrix.items.size))
        for kind, share in option.blending.shares.items():
            given = self._of(kind, option, share.half_life)
            if given is not None:
                total += share.weight * given
        return total

    def _of(self, kind: NeighbourKind, option: Option, half_life: timedelta) -> Floats | None:
        design, blending = option
        key = (kind, *_told(kind, design), half_life, blending.anchors, blending.beside)
        if key not in self._given:
            self._given[key] = self._worked_out(kind, option, half_life)
        return self._given[key]

    def _worked_out(self, kind: NeighbourKind, option: Option, half_life: timedelta) -> Floats | None:
        design, blending = option
        anchors = blending.anchors or MOST_ANCHORS
        if kind is NeighbourKind.TREND:
            freshest = self.test.faded(half_life, anchors)[self.rows].max(axis=1)
            return np.asarray(freshest.toarray().reshape(-1, 1) * self.test.trend(design.trend))
        near = self.test.near(kind, design, blending.anchors)
        return (
            None
            if near is None
            else np.asarray((self.test.faded(half_life, anchors, blending.beside)[self.rows] @ near).toarray())
        )


def _told(kind: NeighbourKind, design: Design) -> tuple[object, ...]:
    """Return what of a design a kind depends on."""
    depends: dict[NeighbourKind, tuple[object, ...]] = {
        NeighbourKind.NEXT: (design.half_life, design.weaker, design.order),
        NeighbourKind.NEAR: (design.half_life, design.weaker),
        NeighbourKind.LATENT: (design.penalty, design.weaker),
        NeighbourKind.TREND: (design.trend,),
    }
    return depends.get(kind, ())


def _most(site: Site) -> int:
    return int(np.clip(MOST_CELLS // max(site.matrix.items.size, 1), FEWEST_EVENTS, MOST_EVENTS))


def _blocks(size: int) -> Iterator[slice]:
    return (slice(start, min(start + AT_ONCE, size)) for start in range(0, size, AT_ONCE))


def _gains(scores: Floats, targets: Integers) -> Floats:
    rows = np.arange(targets.size)
    own = scores[rows, targets][:, np.newaxis]
    ahead: NDArray[np.int64] = (scores > own).sum(axis=1)
    ahead += ((scores == own) & (np.arange(scores.shape[1]) < targets[:, np.newaxis])).sum(axis=1)
    shown = (ahead < SHOWN) & (own[:, 0] > 0)
    return np.asarray(np.where(shown, 1.0 / np.log2(ahead + 2.0), 0.0), dtype=np.float64)
