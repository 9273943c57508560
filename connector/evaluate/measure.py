"""Measure: ask every method the same questions, over the same candidates, and count how well it did."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from connector.evaluate.log import Catalogue, Log
from connector.evaluate.protocols import Plan, Question, Sitting
from connector.evaluate.ranker import SHOWN, Answer, LeftOut, Ranker, best
from connector.recommend.base import Integers
from connector.recommend.metrics import Interval, coverage_interval, mean_intervals, ndcg_at, novelty_at, recall_at

Tell = Callable[[str], None]
WARM, COLD, ALL = "warm", "cold", "all"


@dataclass(frozen=True, slots=True)
class Figures:
    """How well a method did on a group of questions; all at 10, all in 0..1 but ``novelty``, in bits."""

    questions: int
    learners: int
    hit_rate: Interval
    ndcg: Interval
    recall: Interval
    coverage: Interval
    novelty: Interval


@dataclass(frozen=True, slots=True)
class Measured:
    """One method: its figures by group, the same with floors on (ours only), and what it used.

    ``because`` is the share of Learners who get a "because" Row at any of their questions, None for methods without
    Rows; ``signals`` are those of the Anchors; ``seconds`` is everything, learning and answering.
    """

    name: str
    groups: dict[str, Figures]
    floored: dict[str, Figures] | None
    because: float | None
    signals: tuple[str, ...]
    seconds: float


@dataclass(slots=True)
class _Sheet:
    """What one method answered, question by question."""

    learners: list[int] = field(default_factory=list)
    cold: list[bool] = field(default_factory=list)
    plain: list[tuple[float, ...]] = field(default_factory=list)
    floored: list[tuple[float, ...]] = field(default_factory=list)
    tops: list[Integers] = field(default_factory=list)
    floored_tops: list[Integers] = field(default_factory=list)
    with_row: set[int] = field(default_factory=set)
    signals: set[str] = field(default_factory=set)


def measured(
    ranker: Ranker, log: Log, catalogue: Catalogue, plan: Plan, *, seed: int = 0, tell: Tell | None = None
) -> Measured:
    """Ask one method all questions of a plan.

    Parameters
    ----------
    seed : int
        Of the draws behind the intervals; the same for all methods, so that they meet the same draws.
    tell : callable, optional
        Called with a line of progress after each question.

    Raises
    ------
    LeftOut
        Where the method cannot be measured on these data.
    """
    started, sheet, asked = monotonic(), _Sheet(), 0
    total = sum(len(sitting.questions) for sitting in plan)
    for sitting in plan:
        for _ in _sit(ranker, log, catalogue, sitting, sheet):
            asked += 1
            if tell is not None:
                tell(f"{ranker.name}: {asked:,} of {total:,} questions")
    return _summed(ranker.name, sheet, catalogue.size, seed, monotonic() - started)


def _sit(ranker: Ranker, log: Log, catalogue: Catalogue, sitting: Sitting, sheet: _Sheet) -> Iterator[None]:
    """Let the method learn once and answer; yield after each answer."""
    known = log.take(sitting.known)
    ranker.fit(known, catalogue, sitting.now)
    people, learners = known.people(catalogue.size), np.unique(known.learners).size
    for question in sitting.questions:
        history = log.take(question.history)
        answer = ranker.answer(question.learner, history, question.at)
        _write(sheet, question, answer, history.items, lambda top: novelty_at(SHOWN, top, people, learners))
        yield


def _write(
    sheet: _Sheet, question: Question, answer: Answer, seen: Integers, novelty: Callable[[Sequence[int]], float]
) -> None:
    def add(scores: NDArray[np.float64], figures: list[tuple[float, ...]], tops: list[Integers]) -> None:
        top = best(scores, seen)
        ranked, wanted = top.tolist(), question.wanted.tolist()
        recall = recall_at(SHOWN, ranked, wanted)
        figures.append((float(recall > 0), ndcg_at(SHOWN, ranked, wanted), recall, novelty(ranked)))
        tops.append(top)

    sheet.learners.append(question.learner)
    sheet.cold.append(question.cold)
    add(answer.scores, sheet.plain, sheet.tops)
    if answer.floored is not None:
        add(answer.floored, sheet.floored, sheet.floored_tops)
        sheet.signals |= {signal.value for signal in answer.signals}
    if answer.reasons:
        sheet.with_row.add(question.learner)


def _summed(name: str, sheet: _Sheet, items: int, seed: int, seconds: float) -> Measured:
    learners, cold = np.array(sheet.learners, dtype=np.int64), np.array(sheet.cold, dtype=np.bool_)
    plain = _grouped(learners, cold, sheet.plain, sheet.tops, items, seed)
    if not sheet.floored:
        return Measured(name, plain, None, None, (), seconds)
    floored = _grouped(learners, cold, sheet.floored, sheet.floored_tops, items, seed)
    share = len(sheet.with_row) / np.unique(learners).size
    return Measured(name, plain, floored, share, tuple(sorted(sheet.signals)), seconds)


def _grouped(
    learners: Integers,
    cold: NDArray[np.bool_],
    figures: list[tuple[float, ...]],
    tops: list[Integers],
    items: int,
    seed: int,
) -> dict[str, Figures]:
    """Return the figures of who is known, of who is new, and, where there are both, of all."""
    groups = {WARM: ~cold, COLD: cold, ALL: np.ones(cold.size, dtype=np.bool_)}
    kept = {name: chosen for name, chosen in groups.items() if chosen.any()}
    if len(kept) == 2:  # noqa: PLR2004 - "all" and one other are the same
        del kept[ALL]
    values = np.array(figures)
    return {
        name: _figures(learners[chosen], values[chosen], [tops[place] for place in np.flatnonzero(chosen)], items, seed)
        for name, chosen in kept.items()
    }


def _figures(
    learners: Integers, values: NDArray[np.float64], tops: Sequence[Integers], items: int, seed: int
) -> Figures:
    hit_rate, ndcg, recall, novelty = mean_intervals(values, learners, seed=seed)
    coverage = coverage_interval(tops, learners, items, seed=seed)
    return Figures(learners.size, np.unique(learners).size, hit_rate, ndcg, recall, coverage, novelty)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All methods on one protocol; ``left_out`` says of the others why."""

    protocol: str
    learners: int
    items: int
    interactions: int
    pairs: int
    signals: dict[str, int]
    methods: tuple[Measured, ...]
    left_out: dict[str, str]


def compared(
    protocol: str,
    log: Log,
    catalogue: Catalogue,
    plan: Plan,
    rankers: Iterable[Ranker],
    *,
    seed: int = 0,
    tell: Tell | None = None,
) -> Comparison:
    """Measure each method on the same plan; one that cannot be measured is left out with its sentence."""
    methods: list[Measured] = []
    left_out: dict[str, str] = {}
    for ranker in rankers:
        try:
            methods.append(measured(ranker, log, catalogue, plan, seed=seed, tell=tell))
        except LeftOut as reason:
            left_out[ranker.name] = str(reason)
    learners, pairs = np.unique(log.learners).size, int(log.first.sum())
    counts = (learners, catalogue.size, len(log), pairs)
    return Comparison(protocol, *counts, log.used_signals(), tuple(methods), left_out)
