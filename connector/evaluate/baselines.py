"""Baselines: simple methods and known ones in a few lines, as their papers say and with their libraries' settings."""

import warnings
from collections.abc import Callable, Mapping

import numpy as np
from scipy.linalg import lapack
from scipy.sparse import csc_array, csr_array, diags_array
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import ElasticNet

from connector.evaluate.log import Catalogue, Log
from connector.evaluate.ranker import Answer, LeftOut, Ranker, spoken
from connector.recommend.base import Floats, decay

DENSE_ITEMS = 6_000
"""Above so many Items a square of them is not inverted: 288 MB and some minutes."""
SLIM_ITEMS = 1_500
"""Above so many Items SLIM takes longer than a person waits: it fits one regression an Item."""


class Popular:
    """The Items that most Learners have, of all time."""

    name = "popular"

    def fit(self, log: Log, catalogue: Catalogue, now: int) -> None:  # noqa: ARG002 - the port's
        """Count."""
        self._scores = spoken(log.people(catalogue.size).astype(np.float64))

    def answer(self, learner: int, history: Log, at: int) -> Answer:  # noqa: ARG002 - the port's
        """Say the same to everybody."""
        return Answer(self._scores)


class Trend:
    """The Items that Learners turned to lately: what counts halves every 30 days."""

    name = "trend"
    half_life = 30

    def fit(self, log: Log, catalogue: Catalogue, now: int) -> None:  # noqa: ARG002 - the port's
        """Keep the first Interactions in order of time."""
        kept = log.firsts()
        self._items, self._times, self._size = kept.items, kept.times, catalogue.size
        self._scores, self._counted, self._at = np.zeros(self._size), 0, 0

    def answer(self, learner: int, history: Log, at: int) -> Answer:  # noqa: ARG002 - the port's
        """Count what came before the question; cheap where questions come in order of time."""
        if at < self._at:
            self._scores, self._counted, self._at = np.zeros(self._size), 0, 0
        end = int(np.searchsorted(self._times, at))
        new = slice(self._counted, end)
        weights = decay(np.append(self._times[new], at), self.half_life)[:-1]
        faded = self._scores * decay(np.array([self._at, at]), self.half_life)[0]
        self._scores = faded + np.bincount(self._items[new], weights, minlength=self._size)
        self._counted, self._at = end, at
        return Answer(spoken(self._scores))


class Random:
    """Any Item, dealt by the seed."""

    name = "random"

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def fit(self, log: Log, catalogue: Catalogue, now: int) -> None:  # noqa: ARG002 - the port's
        """Learn nothing."""
        self._size = catalogue.size
        self._dealer = np.random.default_rng([self._seed, len(log)])

    def answer(self, learner: int, history: Log, at: int) -> Answer:  # noqa: ARG002 - the port's
        """Deal."""
        return Answer(self._dealer.random(self._size))


class ItemItem:
    """What sums, over a history's Items, the rows of a matrix of Items x Items."""

    name = "item-item"

    def fit(self, log: Log, catalogue: Catalogue, now: int) -> None:  # noqa: ARG002 - the port's
        """Learn the matrix from who has what."""
        self._links = self.links(log.matrix(catalogue.size))

    def answer(self, learner: int, history: Log, at: int) -> Answer:  # noqa: ARG002 - the port's
        """Sum the rows of the Items that the Learner has."""
        return Answer(spoken(np.asarray(self._links[np.unique(history.items)].sum(axis=0), dtype=np.float64)))

    def links(self, has: csr_array) -> Floats | csr_array:
        """Return the matrix, row: the Item that a Learner has; column: the Item that it speaks for."""
        raise NotImplementedError


class ItemKNN(ItemItem):
    """Plain cosine of the columns, all neighbours, nothing damped (Sarwar et al. 2001)."""

    name = "item-knn"

    def links(self, has: csr_array) -> csr_array:
        """Return cosines, 0 on the diagonal."""
        return without_diagonal(cosines(has))


class Ease(ItemItem):
    """EASE (Steck 2019): B = -P / diag(P), P = (X'X + penalty I)^-1, 0 on the diagonal."""

    def __init__(self, penalty: float, name: str = "ease") -> None:
        self.penalty, self.name = penalty, name

    def links(self, has: csr_array) -> Floats:
        """Invert.

        Raises
        ------
        LeftOut
            Above `DENSE_ITEMS` Items.
        """
        size, had = has.shape[1], np.unique(has.indices)
        if had.size > DENSE_ITEMS:
            raise LeftOut(f"{self.name} inverts a square of items: up to {DENSE_ITEMS} items, here are {had.size}.")
        links = np.zeros((size, size))
        links[np.ix_(had, had)] = self._solved(has[:, had])
        return links

    def _solved(self, has: csr_array) -> Floats:
        gram = (has.T @ has).toarray() + self.penalty * np.eye(has.shape[1])
        inverse = symmetric_inverse(gram)
        links: Floats = -inverse / np.diag(inverse)
        np.fill_diagonal(links, 0.0)
        return links


class Slim(ItemItem):
    """SLIM (Ning and Karypis 2011) by an ElasticNet an Item, weights not below 0 (Levy and Jack 2013)."""

    name = "slim"

    def __init__(self, alpha: float = 0.2, l1_ratio: float = 0.02) -> None:
        self._settings = {"alpha": alpha, "l1_ratio": l1_ratio}

    def links(self, has: csr_array) -> Floats:
        """Fit one regression for each Item that anybody has.

        Raises
        ------
        LeftOut
            Above `SLIM_ITEMS` Items.
        """
        had = np.flatnonzero(np.diff(has.tocsc().indptr))
        if had.size > SLIM_ITEMS:
            raise LeftOut(f"slim fits one regression an item: up to {SLIM_ITEMS} items, here are {had.size}.")
        columns = has.tocsc()
        links = np.zeros((has.shape[1], has.shape[1]))
        for column in had.tolist():
            links[:, column] = self._weights(columns, column)
        return links

    def _weights(self, has: csc_array, column: int) -> Floats:
        """Return what each other Item says of one."""
        target = has[:, [column]].toarray().ravel()
        others = has.copy()
        others.data[others.indptr[column] : others.indptr[column + 1]] = 0.0
        model = ElasticNet(fit_intercept=False, positive=True, max_iter=200, **self._settings)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            return np.asarray(model.fit(others, target).coef_, dtype=np.float64)


def symmetric_inverse(positive: Floats) -> Floats:
    """Return the inverse of a symmetric positive matrix by Cholesky: half the work of a general inverse."""
    factor, _ = lapack.dpotrf(positive, lower=1)
    lower = np.tril(lapack.dpotri(factor, lower=1)[0])
    return np.asarray(lower + np.tril(lower, -1).T, dtype=np.float64)


def cosines(has: csr_array) -> csr_array:
    """Return the cosine of each pair of columns of ones."""
    lengths = np.sqrt(np.bincount(has.indices, minlength=has.shape[1]))
    unit = has @ diags_array(np.divide(1.0, lengths, out=np.zeros(lengths.size), where=lengths > 0))
    return csr_array(unit.T @ unit)


def without_diagonal(square: csr_array) -> csr_array:
    """Return the matrix with nothing on its diagonal."""
    kept = square.tocoo()
    off = kept.row != kept.col
    return csr_array((kept.data[off], (kept.row[off], kept.col[off])), shape=square.shape)


OWN: Mapping[str, Callable[[int], Ranker]] = {
    "popular": lambda _seed: Popular(),
    "trend": lambda _seed: Trend(),
    "random": Random,
    "item-knn": lambda _seed: ItemKNN(),
    "ease": lambda _seed: Ease(250.0),
    "ease-500": lambda _seed: Ease(500.0, "ease-500"),
    "slim": lambda _seed: Slim(),
}
"""What makes each baseline that needs no extra. EASE's penalty is RecBole's default, then Cornac's; SLIM's settings are
RecBole's."""
