"""Items that are about the same: what a new Item has before anybody completed it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.utils.validation import check_is_fitted

from connector.domain import ItemId, ItemText
from connector.recommend.base import Floats, Integers, NearColumns, checked_column, checked_positive

TOPIC_SAY = 2
"""A topic is chosen by people from few words: it counts as if it were written twice."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is written about one Item, in all its languages."""

    item: ItemId
    texts: tuple[ItemText, ...]
    topics: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The titles of all languages in one string."""
        return " ".join(text.title for text in self.texts)

    @property
    def words(self) -> str:
        """Titles, summaries and topics of all languages in one string."""
        summaries = (text.summary for text in self.texts)
        return " ".join((self.title, *summaries, *self.topics * TOPIC_SAY))


class LikeItems(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Item columns near each other by what is written about them.

    The score is the mean of two cosines, weighted by ``words`` and 1 - ``words``: of TF-IDF over the words of the whole
    text, and of TF-IDF over the titles' character n-grams (3 to 5, inside words), which see compounds, endings, numbers
    and scripts without spaces. Both are sublinear in how often a term is there. Scores lie in 0..1; ties go to the
    lower column. Items whose score is under ``least`` are no neighbours.

    Parameters
    ----------
    n_neighbours : int, default=50
        At most so many neighbours an anchor.
    words : float, default=0.7
        The share of the words' cosine, in 0..1.
    least : float, default=0.05
        Scores under this are chance: some word is shared by any two texts.
    block : int, default=256
        Item columns computed at once; changes the memory only.

    Attributes
    ----------
    starts_ : ndarray of int64, shape (n_items + 1,)
        Column c's neighbours stand at ``starts_[c]:starts_[c + 1]`` in the next two.
    columns_, scores_ : ndarray
        As in ``NearColumns``.
    """

    def __init__(self, n_neighbours: int = 50, *, words: float = 0.7, least: float = 0.05, block: int = 256) -> None:
        self.n_neighbours = n_neighbours
        self.words = words
        self.least = least
        self.block = block

    def fit(self, X: Sequence[str], y: None = None, titles: Sequence[str] | None = None) -> Self:  # noqa: ARG002, N803 - scikit-learn's
        """Learn which texts are near each other.

        Parameters
        ----------
        X : sequence of str, length n_items
            The whole text of each item; an empty one is near nothing.
        y : None
            Ignored.
        titles : sequence of str, length n_items, optional
            Where left out, character n-grams are taken of ``X``.

        Raises
        ------
        ValueError
            Where a parameter is out of range, or ``titles`` is not as long as ``X``.
        """
        self._check_parameters()
        texts = list(X)
        if titles is not None and len(titles) != len(texts):
            raise ValueError("titles and X must be equally long.")
        by_word = _tfidf(texts, analyzer="word") * np.sqrt(self.words)
        by_part = _tfidf(texts if titles is None else list(titles), analyzer="char_wb") * np.sqrt(1.0 - self.words)
        self._keep(list(self._found(by_word, by_part)))
        return self

    def neighbours(self, column: int, n: int) -> NearColumns:
        """Return at most ``n`` columns like ``column``, best first; support and followed are 0: nobody is counted."""
        check_is_fitted(self)
        start, end = self.starts_[checked_column(column, self.starts_.size - 1) :][:2]
        kept = slice(start, min(end, start + n))
        nobody = np.zeros(self.columns_[kept].size, dtype=np.int64)
        return NearColumns(self.columns_[kept], self.scores_[kept], nobody, nobody)

    def _check_parameters(self) -> None:
        checked_positive(n_neighbours=self.n_neighbours, block=self.block)
        if not 0 <= self.words <= 1 or not 0 <= self.least <= 1:
            raise ValueError("words and least must lie in 0..1.")

    def _found(self, by_word: csr_array, by_part: csr_array) -> Iterator[tuple[Integers, Floats]]:
        """Yield columns and scores for each item, best first."""
        words, parts = by_word.T.tocsr(), by_part.T.tocsr()
        for start in range(0, by_word.shape[0], self.block):
            rows = slice(start, start + self.block)
            scores = (by_word[rows] @ words).toarray() + (by_part[rows] @ parts).toarray()
            scores[np.arange(scores.shape[0]), np.arange(start, start + scores.shape[0])] = 0.0
            yield from map(self._best, scores)

    def _best(self, scores: Floats) -> tuple[Integers, Floats]:
        columns = np.flatnonzero((scores >= self.least) & (scores > 0))
        best = columns[np.lexsort((columns, -scores[columns]))][: self.n_neighbours]
        return best, np.minimum(scores[best], 1.0)

    def _keep(self, found: list[tuple[Integers, Floats]]) -> None:
        self.starts_ = np.cumsum([0, *(columns.size for columns, _ in found)])
        self.columns_ = np.concatenate([np.zeros(0, dtype=np.int64), *(columns for columns, _ in found)])
        self.scores_ = np.concatenate([np.zeros(0), *(scores for _, scores in found)])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.requires_fit = True
        return tags


def likeness(
    texts: Sequence[str], titles: Sequence[str], chosen: Integers, *, words: float = 0.7, block: int = 256
) -> Iterator[Floats]:
    """Yield how like each of the ``chosen`` columns is to every column, shape (n_items,), itself among them.

    Parameters are those of ``LikeItems``; the scores are its scores, none left out.
    """
    by_word = _tfidf(texts, analyzer="word") * np.sqrt(words)
    by_part = _tfidf(titles, analyzer="char_wb") * np.sqrt(1.0 - words)
    all_words, all_parts = by_word.T.tocsr(), by_part.T.tocsr()
    for start in range(0, chosen.size, block):
        some = chosen[start : start + block]
        yield from (by_word[some] @ all_words).toarray() + (by_part[some] @ all_parts).toarray()


def _tfidf(texts: Sequence[str], analyzer: str) -> csr_array:
    """Return one row of length 1 for each text, of length 0 where it has no term."""
    lengths = (1, 1) if analyzer == "word" else (3, 5)
    terms = TfidfVectorizer(analyzer=analyzer, ngram_range=lengths, sublinear_tf=True, strip_accents="unicode")
    analyze = terms.build_analyzer()
    if not any(analyze(text) for text in texts):
        return csr_array((len(texts), 1))
    return csr_array(terms.fit_transform(texts))
