"""The baselines against slow references, and what they do not say."""

import sys
from types import ModuleType

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.linear_model import ElasticNet

from connector.evaluate import baselines
from connector.evaluate.baselines import OWN, Ease, ItemKNN, Popular, Random, Slim, Trend
from connector.evaluate.libraries import FOREIGN, MISSING
from connector.evaluate.log import Catalogue, Log
from connector.evaluate.ranker import SILENT, LeftOut, best

DAY = 86_400_000_000
NOBODY = Log.of([], [], [])


def catalogue(size: int) -> Catalogue:
    blank = ("",) * size
    return Catalogue(tuple(map(str, range(size))), blank, blank, blank, blank, size)


def random_log(seed: int = 3, learners: int = 30, items: int = 8) -> Log:
    random = np.random.default_rng(seed)
    rows, columns = np.nonzero(random.random((learners, items)) < 0.3)
    return Log.of(rows, columns, random.integers(0, 100 * DAY, rows.size))


def dense(log: Log, items: int) -> np.ndarray:
    has = np.zeros((int(log.learners.max()) + 1, items))
    has[log.learners, log.items] = 1.0
    return has


def links_of(ranker, log: Log, items: int) -> np.ndarray:
    """What the method says after a history of each single item."""
    ranker.fit(log, catalogue(items), 0)
    answers = [ranker.answer(0, Log.of([0], [item], [0]), 0).scores for item in range(items)]
    return np.where(np.isinf(answers), 0.0, answers)


def test_the_best_are_unseen_and_spoken_of_and_ties_go_to_the_lower_column():
    scores = np.array([2.0, 5.0, 2.0, SILENT, 9.0, 2.0])
    assert best(scores, np.array([4]), 3).tolist() == [1, 0, 2]
    assert best(scores, np.array([4]), 10).tolist() == [1, 0, 2, 5]
    assert best(scores, np.arange(6), 3).tolist() == []
    assert best(np.zeros(0), np.zeros(0, dtype=np.int64), 3).tolist() == []


def test_popular_counts_people_and_not_repeats():
    log = Log.of([0, 0, 0, 1, 2, 1], [1, 1, 1, 0, 0, 2], [0, 1, 2, 3, 4, 5])
    ranker = Popular()
    ranker.fit(log, catalogue(4), 9)
    assert ranker.answer(7, NOBODY, 9).scores.tolist() == [2.0, 1.0, 1.0, SILENT]


def test_the_trend_halves_every_thirty_days_and_does_not_look_ahead():
    """At day 60: item 0 of day 0 counts a quarter, item 1 of day 30 a half, item 2 of day 61 nothing yet."""
    log = Log.of([0, 1, 2], [0, 1, 2], [0, 30 * DAY, 61 * DAY])
    ranker = Trend()
    ranker.fit(log, catalogue(3), 0)
    assert_allclose(ranker.answer(9, NOBODY, 60 * DAY).scores, [0.25, 0.5, SILENT])


def test_the_trend_is_the_same_whatever_the_order_of_the_questions():
    ranker, days = Trend(), [90, 20, 50, 50, 10, 100]
    ranker.fit(random_log(), catalogue(8), 0)
    again = Trend()
    again.fit(random_log(), catalogue(8), 0)
    risen = {day: again.answer(0, NOBODY, day * DAY).scores for day in sorted(days)}
    for day in days:
        assert_allclose(ranker.answer(0, NOBODY, day * DAY).scores, risen[day], rtol=1e-12)


def test_random_is_the_seeds_and_anew_for_each_question():
    first, again = Random(4), Random(4)
    for one in (first, again):
        one.fit(random_log(), catalogue(8), 0)
    assert first.answer(0, NOBODY, 0).scores.tolist() == again.answer(0, NOBODY, 0).scores.tolist()
    assert first.answer(0, NOBODY, 0).scores.tolist() != first.answer(0, NOBODY, 0).scores.tolist()


def test_item_knn_is_the_plain_cosine():
    log = random_log()
    has = dense(log, 8)
    cosine = has.T @ has / np.sqrt(np.outer(has.sum(axis=0), has.sum(axis=0)))
    np.fill_diagonal(cosine, 0.0)
    assert_allclose(links_of(ItemKNN(), log, 8), cosine, atol=1e-12)


def test_ease_is_the_ridge_regression_of_each_item_on_all_others():
    """Steck's closed form solves, column by column, the regression in which an item may not explain itself."""
    log, penalty = random_log(), 7.0
    has, slow = dense(log, 8), np.zeros((8, 8))
    for column in range(8):
        others = np.delete(np.arange(8), column)
        gram = has[:, others].T @ has[:, others] + penalty * np.eye(7)
        slow[others, column] = np.linalg.solve(gram, has[:, others].T @ has[:, column])
    found = links_of(Ease(penalty), log, 8)
    assert_allclose(found, np.maximum(slow, 0.0), atol=1e-12)
    assert found.max() > 0


def test_slim_is_the_elastic_net_of_each_item_on_all_others():
    log, slow = random_log(), np.zeros((8, 8))
    has = dense(log, 8)
    for column in range(8):
        others = has.copy()
        others[:, column] = 0.0
        model = ElasticNet(alpha=0.05, l1_ratio=0.1, fit_intercept=False, positive=True, max_iter=2_000)
        slow[:, column] = model.fit(others, has[:, column]).coef_
    found = links_of(Slim(0.05, 0.1), log, 8)
    assert_allclose(found, slow, atol=1e-3)
    assert found.max() > 0


@pytest.mark.parametrize("name", ["item-knn", "ease", "slim"])
def test_who_has_nothing_is_told_nothing(name):
    ranker = OWN[name](0)
    ranker.fit(random_log(), catalogue(8), 0)
    assert set(ranker.answer(0, NOBODY, 0).scores.tolist()) == {SILENT}


@pytest.mark.parametrize("name", OWN)
def test_every_baseline_can_learn_from_nothing(name):
    ranker = OWN[name](0)
    ranker.fit(NOBODY, catalogue(3), 0)
    assert ranker.answer(0, Log.of([0], [1], [0]), 0).scores.shape == (3,)


def test_what_is_too_large_is_left_out_with_a_sentence(monkeypatch):
    monkeypatch.setattr(baselines, "DENSE_ITEMS", 7)
    monkeypatch.setattr(baselines, "SLIM_ITEMS", 7)
    for ranker in (Ease(250.0), Slim()):
        with pytest.raises(LeftOut, match="up to 7 items, here are 8"):
            ranker.fit(random_log(), catalogue(8), 0)


@pytest.mark.parametrize("name", FOREIGN)
def test_without_the_extra_its_methods_say_what_to_install(name, monkeypatch):
    monkeypatch.setattr("connector.evaluate.libraries.is_installed", lambda: False)
    with pytest.raises(LeftOut) as refused:
        FOREIGN[name](0).fit(random_log(), catalogue(8), 0)
    assert str(refused.value) == MISSING
    assert "onward[bench]" in MISSING


class PlainCosine:
    """What the library's own recommender does, in three lines."""

    def __init__(self, num_threads: int) -> None:
        self.similarity = None

    def fit(self, has, *, show_progress: bool) -> None:
        self.similarity = (has.T @ has).tocoo()


def test_neighbours_of_the_library_are_summed_over_the_history(monkeypatch):
    module = ModuleType("implicit.nearest_neighbours")
    module.CosineRecommender = PlainCosine
    monkeypatch.setitem(sys.modules, "implicit", ModuleType("implicit"))
    monkeypatch.setitem(sys.modules, "implicit.nearest_neighbours", module)
    log = random_log()
    ranker = FOREIGN["implicit-cosine"](0)
    ranker.fit(log, catalogue(8), 0)
    both = dense(log, 8).T @ dense(log, 8)
    found = ranker.answer(0, Log.of([0, 0], [2, 5], [0, 1]), 9).scores
    assert_allclose(np.where(np.isinf(found), 0, found), both[2] + both[5])
