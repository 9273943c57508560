"""How good a ranking is against what people truly did next; exact, for one learner or many."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from connector.recommend.base import Floats, Integers

RESAMPLES = 1_000
"""How often the learners are drawn anew for an interval."""
BLOCK = 50
"""How many draws are held in memory at once."""
OUTSIDE = 2.5
"""Per cent of the draws below an interval, and above."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and where it lies in 95 of 100 draws of the learners; NaN where there was nothing to measure."""

    estimate: float
    low: float
    high: float

    def overlaps(self, other: "Interval") -> bool:
        """Tell whether both could be the same figure, as far as the intervals say."""
        return self.low <= other.high and other.low <= self.high


def recall_at(k: int, ranked: Sequence[int], relevant: Collection[int]) -> float:
    """Return the share of ``relevant`` among the first ``k`` of ``ranked``, in 0..1; NaN where nothing is relevant."""
    if not relevant:
        return float("nan")
    return float(_hits(k, ranked, relevant).sum()) / len(set(relevant))


def ndcg_at(k: int, ranked: Sequence[int], relevant: Collection[int]) -> float:
    """Return the discounted gain of the first ``k`` over the best possible, in 0..1 (Järvelin and Kekäläinen 2002).

    Gains are 1 or 0, the discount at rank r (from 1) is 1 / log2(r + 1). NaN where nothing is relevant.
    """
    if not relevant:
        return float("nan")
    hits = _hits(k, ranked, relevant)
    ideal = min(k, len(set(relevant)))
    return float(hits @ _discounts(hits.size)) / float(_discounts(ideal).sum())


def hit_rate_at(k: int, rankings: Sequence[Sequence[int]], relevant_sets: Sequence[Collection[int]]) -> float:
    """Return the share of learners with at least one relevant item among their first ``k``.

    Learners without a relevant item are left out; NaN where none is left. ``rankings`` and ``relevant_sets`` run in
    parallel and must be equally long (ValueError).
    """
    pairs = [pair for pair in zip(rankings, relevant_sets, strict=True) if pair[1]]
    if not pairs:
        return float("nan")
    return float(np.mean([bool(_hits(k, ranked, relevant).any()) for ranked, relevant in pairs]))


def coverage_at(k: int, rankings: Sequence[Sequence[int]], items: int) -> float:
    """Return the share of ``items`` that stand among anybody's first ``k``, in 0..1; NaN where there are no items."""
    if items < 1:
        return float("nan")
    return len({int(item) for ranked in rankings for item in ranked[:k]}) / items


def novelty_at(k: int, ranked: Sequence[int], people: Integers, learners: int) -> float:
    """Return the mean surprise of the first ``k`` in bits (Zhou et al. 2010); NaN where nothing is ranked.

    An item that n of N learners have surprises by log2((N + 1) / (n + 1)): 0 for what everybody has, never infinite.

    Parameters
    ----------
    people : ndarray of int64, shape (n_items,)
        Learners who have each item, among those whom the model knows.
    learners : int
        How many learners the model knows.
    """
    first = np.asarray(ranked[:k], dtype=np.int64)
    if first.size == 0:
        return float("nan")
    return float(np.log2((learners + 1.0) / (people[first] + 1.0)).mean())


def mean_intervals(values: Floats, learners: Integers, *, seed: int = 0, resamples: int = RESAMPLES) -> list[Interval]:
    """Return the mean of each column of ``values`` with its bootstrap interval over learners (Efron 1979).

    Learners are drawn, not questions: all that one learner was asked comes and goes together.

    Parameters
    ----------
    values : ndarray of float64, shape (n_questions, n_figures)
        NaN where a question has no such figure; it is left out of that figure.
    learners : ndarray of int64, shape (n_questions,)
        Whose question it was.
    """
    _, who = np.unique(learners, return_inverse=True)
    asked = ~np.isnan(values)
    sums, counts = _by_learner(np.where(asked, values, 0.0), who), _by_learner(asked.astype(np.float64), who)
    drawn = [_ratio(draws @ sums, draws @ counts) for draws in _draws(sums.shape[0], seed, resamples)]
    return _intervals(_ratio(sums.sum(axis=0), counts.sum(axis=0)), np.concatenate(drawn))


def coverage_interval(
    shown: Sequence[Integers], learners: Integers, items: int, *, seed: int = 0, resamples: int = RESAMPLES
) -> Interval:
    """Return the share of ``items`` among everything ``shown``, with its bootstrap interval over learners.

    Fewer distinct learners are in a draw, so each draw shows fewer distinct items; the draws tell the width only, and
    lie around the figure, cut at 0 and 1.
    """
    _, who = np.unique(learners, return_inverse=True)
    lengths = [len(one) for one in shown]
    columns = np.concatenate([np.zeros(0, dtype=np.int64), *shown])
    people = int(who.max(initial=-1)) + 1
    saw = csr_array((np.ones(columns.size), (np.repeat(who, lengths), columns)), shape=(people, max(items, 1)))
    drawn = [((draws @ saw) > 0).mean(axis=1, keepdims=True) for draws in _draws(people, seed, resamples)]
    share = np.array([np.unique(columns).size / items if items else np.nan])
    around = _intervals(share, np.concatenate(drawn))[0]
    return Interval(around.estimate, max(around.low, 0.0), min(around.high, 1.0))


def is_better(learners: Integers, challenger: Floats, at_hand: Floats, errors: float = 1.0) -> bool:
    """Tell whether the mean difference is above so many of its standard errors, ``learners`` saying whose each is."""
    difference = challenger - at_hand
    mean = difference.mean() if difference.size else 0.0
    by_learner = np.bincount(learners, difference - mean)
    return bool(mean > errors * np.sqrt((by_learner**2).sum()) / max(difference.size, 1) > 0)


def _by_learner(values: Floats, who: Integers) -> Floats:
    rows = int(who.max(initial=-1)) + 1
    picker = csr_array((np.ones(who.size), (who, np.arange(who.size))), shape=(rows, who.size))
    return np.asarray(picker @ values, dtype=np.float64)


def _draws(learners: int, seed: int, resamples: int) -> Iterator[Floats]:
    """Yield how often each learner is drawn, shape (up to `BLOCK`, learners); the same for the same seed."""
    random = np.random.default_rng(seed)
    for start in range(0, resamples, BLOCK):
        count = min(BLOCK, resamples - start)
        places = random.integers(0, max(learners, 1), (count, learners)) + np.arange(count)[:, np.newaxis] * learners
        yield np.bincount(places.ravel(), minlength=count * learners).reshape(count, learners).astype(np.float64)


def _ratio(sums: Floats, counts: Floats) -> Floats:
    ratios: Floats = np.divide(sums, counts, out=np.full(np.shape(sums), np.nan), where=counts > 0)
    return ratios


def _intervals(estimates: Floats, drawn: Floats) -> list[Interval]:
    return [_around(float(one), column[~np.isnan(column)]) for one, column in zip(estimates, drawn.T, strict=True)]


def _around(estimate: float, drawn: Floats) -> Interval:
    """Return the percentiles of the draws, moved so that their mean is the estimate."""
    if drawn.size == 0 or np.isnan(estimate):
        return Interval(estimate, float("nan"), float("nan"))
    low, high = np.percentile(drawn, [OUTSIDE, 100.0 - OUTSIDE]) - drawn.mean() + estimate
    return Interval(estimate, float(low), float(high))


def _hits(k: int, ranked: Sequence[int], relevant: Collection[int]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return 1 or 0 for each of the first ``k``; a repeated item hits once."""
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k}.")
    first = np.asarray(ranked[:k], dtype=np.int64)
    hits = np.zeros(first.size)
    _, places = np.unique(first, return_index=True)
    hits[places] = np.isin(first[places], np.fromiter(relevant, dtype=np.int64))
    return hits


def _discounts(ranks: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return 1.0 / np.log2(np.arange(2, ranks + 2, dtype=np.float64))
