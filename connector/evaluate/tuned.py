"""Baselines with settings found out: a small grid, tried on what a method may learn from, and on nothing else."""

from collections.abc import Callable, Mapping

import numpy as np

from connector.evaluate.baselines import Ease, Slim
from connector.evaluate.libraries import Bpr, ImplicitNeighbours, LeastSquares
from connector.evaluate.log import Catalogue, Log
from connector.evaluate.protocols import Question, Sitting, last_out
from connector.evaluate.ranker import SHOWN, Answer, Ranker, best
from connector.recommend.metrics import ndcg_at

MOST_QUESTIONS = 500
"""So many Learners' last Items decide, evenly taken from all."""

Grid = Mapping[str, Callable[[int], Ranker]]
"""What makes a method, by its settings in words."""


class Tuned:
    """A method with the best settings of a grid, by NDCG on the last Item of each Learner in what it first learns from.

    The settings found stay for all later times that it learns; ``name`` says them from then on.
    """

    def __init__(self, name: str, grid: Grid, seed: int) -> None:
        self.name = name
        self._grid, self._seed = grid, seed
        self._ranker: Ranker | None = None

    def fit(self, log: Log, catalogue: Catalogue, now: int) -> None:
        """Find the settings, the first time; learn."""
        if self._ranker is None:
            settings = self._best(log, catalogue)
            self._ranker = self._grid[settings](self._seed)
            self.name = f"{self.name} ({settings})"
        self._ranker.fit(log, catalogue, now)

    def answer(self, learner: int, history: Log, at: int) -> Answer:
        """Say what the method says with these settings."""
        assert self._ranker is not None
        return self._ranker.answer(learner, history, at)

    def _best(self, log: Log, catalogue: Catalogue) -> str:
        """Return the settings with the highest NDCG; of equal ones, or with nobody to ask, the first."""
        sitting = last_out(log)[0]
        asked = sitting.questions[:: max(-(-len(sitting.questions) // MOST_QUESTIONS), 1)]
        found = {settings: self._ndcg(settings, log, catalogue, sitting, asked) for settings in self._grid}
        return max(found, key=lambda settings: found[settings])

    def _ndcg(
        self, settings: str, log: Log, catalogue: Catalogue, sitting: Sitting, asked: tuple[Question, ...]
    ) -> float:
        if not asked:
            return 0.0
        ranker = self._grid[settings](self._seed)
        ranker.fit(log.take(sitting.known), catalogue, sitting.now)
        return float(np.mean([_gain(ranker, log, question) for question in asked]))


def _gain(ranker: Ranker, log: Log, question: Question) -> float:
    history = log.take(question.history)
    scores = ranker.answer(question.learner, history, question.at).scores
    return ndcg_at(SHOWN, best(scores, history.items).tolist(), question.wanted.tolist())


def _ease(penalty: float) -> Callable[[int], Ranker]:
    return lambda _seed: Ease(penalty)


def _slim(alpha: float, l1_ratio: float) -> Callable[[int], Ranker]:
    return lambda _seed: Slim(alpha, l1_ratio)


def _near(name: str, recommender: str, **settings: float) -> Callable[[int], Ranker]:
    return lambda _seed: ImplicitNeighbours(name, recommender, **settings)


def _least_squares(**settings: float) -> Callable[[int], Ranker]:
    return lambda seed: LeastSquares(seed, **settings)


def _bpr(**settings: float) -> Callable[[int], Ranker]:
    return lambda seed: Bpr(seed, **settings)


GRIDS: Mapping[str, Grid] = {
    "ease": {f"penalty {penalty:g}": _ease(penalty) for penalty in (250.0, 30.0, 100.0, 500.0, 1_000.0, 3_000.0)},
    "slim": {
        f"alpha {alpha:g}, l1_ratio {ratio:g}": _slim(alpha, ratio)
        for alpha, ratio in ((0.2, 0.02), (0.02, 0.1), (0.002, 0.5), (0.002, 0.1))
    },
    "implicit-cosine": {f"K {k}": _near("implicit-cosine", "CosineRecommender", K=k) for k in (20, 100, 400)},
    "implicit-bm25": {
        f"K {k}, K1 {k1:g}, B {b:g}": _near("implicit-bm25", "BM25Recommender", K=k, K1=k1, B=b)
        for k, k1, b in ((20, 1.2, 0.75), (100, 1.2, 0.75), (100, 1.2, 0.2), (400, 0.5, 0.2), (400, 3.0, 0.2))
    },
    "implicit-als": {
        f"factors {factors}, regularization {doubt:g}, alpha {alpha:g}": _least_squares(
            factors=factors, regularization=doubt, alpha=alpha
        )
        for factors, doubt, alpha in ((100, 0.01, 1.0), (64, 0.1, 1.0), (32, 0.1, 10.0), (16, 0.1, 10.0))
    },
    "implicit-bpr": {
        f"factors {factors}, iterations {rounds}, learning_rate {rate:g}": _bpr(
            factors=factors, iterations=rounds, learning_rate=rate
        )
        for factors, rounds, rate in ((100, 100, 0.01), (64, 100, 0.05), (32, 200, 0.1))
    },
}
"""The settings that are tried, those that a library ships first."""
