"""Ours against the best single method of each seeded site: NDCG at ten, last-out, before floors.

Run from the checkout: ``python -m tests.bench.bench_quality [SITE ...]``. Every method gets the same questions (at most
``QUESTIONS``, evenly taken) over the same unseen items. Ours chooses by what it learns from and never sees a question;
the single methods have their settings, the whole grid of ``singles``, chosen on the very questions, which flatters
them. They use all neighbours of all anchors, and EASE its weights under 0, too.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from itertools import product

import numpy as np
from scipy.sparse import csr_array

from connector.evaluate.baselines import Ease
from connector.evaluate.files import Read
from connector.evaluate.log import Log
from connector.evaluate.onward import Onward
from connector.evaluate.protocols import Question, last_out
from connector.evaluate.ranker import best
from connector.evaluate.simulated import Size, simulated
from connector.recommend.base import Floats, decay
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.metrics import ndcg_at
from connector.recommend.next_ import NextItems
from tests.bench.sites import SITES

QUESTIONS = 1_500
SHOWN = 10
HALF_LIVES = (None, timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=30))
PENALTIES = (20.0, 50.0, 100.0, 250.0, 500.0, 1_000.0, 2_500.0)
EVERY: Mapping[str, Callable[[], Read]] = {**SITES, "simulated": partial(simulated, Size(3_000, 200))}


def main() -> None:
    print(f"{'':26}{'asked':>6}{'ours':>8}{'best':>8}{'ratio':>7}{'popular':>9}{'EASE':>7}  best single method")
    for name in sys.argv[1:] or EVERY:
        questions, ours, others = compared(EVERY[name]())
        single = max(others, key=others.__getitem__)
        ease, popular = others["EASE 250"], others["popular"]
        print(
            f"{name:26}{questions:6}{ours:8.3f}{others[single]:8.3f}{ours / others[single]:7.2f}{popular:9.3f}"
            f"{ease:7.3f}  {single}",
            flush=True,
        )


def compared(read: Read) -> tuple[int, float, dict[str, float]]:
    """Return how many were asked, the NDCG of ours, and that of each single method and setting."""
    (sitting,) = last_out(read.log)
    asked = sitting.questions[:: -(-len(sitting.questions) // QUESTIONS)]
    known = read.log.take(sitting.known)
    ours = Onward()
    ours.fit(known, read.catalogue, sitting.now)
    histories = [read.log.take(question.history) for question in asked]
    answers = (ours.answer(one.learner, past, one.at).scores for one, past in zip(asked, histories, strict=True))
    others = singles(known, asked, histories, read.catalogue.size)
    return (
        len(asked),
        _mean(answers, asked, histories),
        {name: _mean(scores, asked, histories) for name, scores in others},
    )


def singles(known: Log, asked: tuple[Question, ...], histories: list[Log], size: int) -> Iterator[tuple[str, Floats]]:
    """Yield each method and setting, and its scores, questions x items."""
    faded = {half_life: _faded(asked, histories, half_life, size) for half_life in HALF_LIVES}
    ones = np.ones((len(asked), 1))
    yield "popular", ones * known.people(size)
    firsts = known.firsts()
    for days in (7.0, 30.0, 90.0, 365.0):
        yield f"trend of {days:.0f} days", ones * np.bincount(firsts.items, decay(firsts.times, days), minlength=size)
    for name, links in _links(known, size):
        for half_life, weights in faded.items():
            yield name if half_life is None else f"{name}, recency {half_life}", weights @ links


def _links(known: Log, size: int) -> Iterator[tuple[str, Floats]]:
    has = known.matrix(size)
    for penalty in PENALTIES:
        yield f"EASE {penalty:.0f}", Ease(penalty).links(has)
    matrix = InteractionMatrix.from_columns(known.learners, known.items, known.times)
    for damping in (0.0, 0.3, 0.5):
        kind = NextItems(size, window=500, distance=0.0, backward=1.0, gap=None, damping=damping)
        yield f"kNN damped {damping}", _dense(kind, matrix, size)
    for backward, distance in product((0.0, 0.35, 1.0), (0.5, 1.0)):
        kind = NextItems(size, distance=distance, backward=backward)
        yield f"sequential rules {backward} {distance}", _dense(kind, matrix, size)


def _dense(kind: NextItems, matrix: InteractionMatrix, size: int) -> Floats:
    kind.fit(matrix.weights, when=matrix.when)
    rows = np.repeat(matrix.items, np.diff(kind.starts_))
    links = np.zeros((size, size))
    links[rows, matrix.items[kind.columns_]] = kind.scores_
    return links


def _faded(asked: tuple[Question, ...], histories: list[Log], half_life: timedelta | None, size: int) -> csr_array:
    """Return what each item of each history weighs."""
    starts, columns, weights = [0], [], []
    for question, past in zip(asked, histories, strict=True):
        items, firsts = np.unique(past.items[::-1], return_index=True)
        ages = (question.at - past.times[::-1][firsts]) / 1e6
        columns.append(items)
        weights.append(np.ones(items.size) if half_life is None else 1.0 / (1.0 + ages / half_life.total_seconds()))
        starts.append(starts[-1] + items.size)
    return csr_array((np.concatenate(weights), np.concatenate(columns), starts), shape=(len(asked), size))


def _mean(scores: Iterable[Floats], asked: tuple[Question, ...], histories: list[Log]) -> float:
    return float(np.mean([_gain(*one) for one in zip(scores, asked, histories, strict=True)]))


def _gain(scores: Floats, question: Question, past: Log) -> float:
    return ndcg_at(SHOWN, best(scores, past.items).tolist(), question.wanted.tolist())


if __name__ == "__main__":
    main()
