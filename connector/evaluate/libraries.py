"""Methods of the library implicit (the extra ``bench``), with the settings that it ships unless others are given."""

import sys
import warnings
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from scipy.sparse import csr_array, csr_matrix

from connector.evaluate.baselines import ItemItem
from connector.evaluate.log import Catalogue, Log
from connector.evaluate.ranker import SILENT, Answer, LeftOut, Ranker
from connector.recommend.base import Floats

LIBRARY = "implicit"
MISSING = "needs the library implicit: pip install 'onward[bench]'"


def is_installed() -> bool:
    """Tell whether the library is there, without loading it."""
    return LIBRARY in sys.modules or find_spec(LIBRARY) is not None


class ImplicitNeighbours(ItemItem):
    """An item-item recommender of the library: its similarities, summed over the history as it does itself."""

    def __init__(self, name: str, recommender: str, **settings: float) -> None:
        self.name, self._recommender, self._settings = name, recommender, settings

    def links(self, has: Any) -> Any:
        """Let the library learn; without what it says of an Item to itself.

        Raises
        ------
        LeftOut
            Where the library is not installed.
        """
        model = getattr(_module("implicit.nearest_neighbours"), self._recommender)(num_threads=1, **self._settings)
        _fit(model, has)
        return csr_array(model.similarity)


class LeastSquares:
    """Alternating least squares; a Learner's factors are worked out anew from the live history."""

    name = "implicit-als"

    def __init__(self, seed: int, **settings: float) -> None:
        self._seed, self._settings = seed, settings

    def fit(self, log: Log, catalogue: Catalogue, now: int) -> None:  # noqa: ARG002 - the port's
        """Let the library learn."""
        self._size = catalogue.size
        library = _module("implicit.als")  # codespell:ignore als
        model = library.AlternatingLeastSquares(random_state=self._seed, num_threads=1, **self._settings)
        _fit(model, log.matrix(self._size))
        self._model = model

    def answer(self, learner: int, history: Log, at: int) -> Answer:  # noqa: ARG002 - the port's
        """Solve for this history."""
        has = np.unique(history.items)
        if has.size == 0:
            return _silent(self._size)
        row = csr_matrix((np.ones(has.size, np.float32), (np.zeros(has.size, int), has)), shape=(1, self._size))
        return _answered(self._model.recalculate_user(0, row), self._model.item_factors)


class Bpr:
    """Bayesian personalised ranking; the library cannot work with a live history: factors are those of the last fit."""

    name = "implicit-bpr"

    def __init__(self, seed: int, **settings: float) -> None:
        self._seed, self._settings = seed, settings

    def fit(self, log: Log, catalogue: Catalogue, now: int) -> None:  # noqa: ARG002 - the port's
        """Let the library learn."""
        has = log.matrix(catalogue.size)
        library = _module("implicit.bpr")
        model = library.BayesianPersonalizedRanking(random_state=self._seed, num_threads=1, **self._settings)
        _fit(model, has)
        self._model, self._known, self._size = model, np.diff(has.indptr) > 0, catalogue.size

    def answer(self, learner: int, history: Log, at: int) -> Answer:  # noqa: ARG002 - the port's
        """Say nothing of who was not there at the last fit."""
        if learner >= self._known.size or not self._known[learner]:
            return _silent(self._size)
        return _answered(self._model.user_factors[learner], self._model.item_factors)


def _module(name: str) -> Any:
    if not is_installed():
        raise LeftOut(MISSING)
    return import_module(name)


def _fit(model: Any, has: csr_array) -> None:
    """Fit without a bar, and without the library's warnings about what it does to its own matrices."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(csr_matrix(has, dtype=np.float32), show_progress=False)


def _answered(person: Any, items: Any) -> Answer:
    scores: Floats = np.asarray(items @ np.asarray(person).ravel(), dtype=np.float64)
    return Answer(scores)


def _silent(items: int) -> Answer:
    return Answer(np.full(items, SILENT))


FOREIGN: Mapping[str, Callable[[int], Ranker]] = {
    "implicit-cosine": lambda _seed: ImplicitNeighbours("implicit-cosine", "CosineRecommender"),
    "implicit-bm25": lambda _seed: ImplicitNeighbours("implicit-bm25", "BM25Recommender"),
    "implicit-als": LeastSquares,
    "implicit-bpr": Bpr,
}
"""What makes each baseline of the extra."""
