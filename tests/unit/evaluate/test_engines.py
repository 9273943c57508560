"""Ours behind the port: what is measured is what the lists and the blend say."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from connector.domain import ItemId, NeighbourKind, Signal
from connector.evaluate.engines import (
    Together,
    anchors_of,
    has_row,
    matrix_of,
    moment,
    strongest,
    without_floors,
)
from connector.evaluate.log import SIGNALS, Log
from connector.evaluate.onward import CHOOSE_AGAIN, Onward
from connector.evaluate.simulated import Size, simulated
from connector.recipes import blend
from connector.recipes.base import Limits
from connector.recommend.together import CosineNeighbours, lists

SITE = simulated(Size(learners=150, items=40, topics=4, mean=6.0), seed=3)
DONE, SEEN = SIGNALS.index(Signal.COMPLETED), SIGNALS.index(Signal.VIEWED)
ENGINES = (Together, Onward)


@pytest.fixture(scope="module", params=ENGINES, ids=lambda engine: engine.name)
def engine(request):
    fitted = request.param()
    fitted.fit(SITE.log, SITE.catalogue, int(SITE.log.times.max()))
    return fitted


def history_of(learner: int) -> Log:
    return SITE.log.take(np.flatnonzero(SITE.log.learners == learner))


def test_anchors_are_the_latest_first_each_once_with_its_last_time():
    history = Log.of([0] * 5, [4, 2, 4, 3, 1], [1, 2, 3, 3, 9], [DONE, DONE, DONE, DONE, SEEN])
    found = anchors_of(history, {DONE})
    assert [(one.item, one.at) for one in found] == [(4, moment(3)), (5, moment(3)), (3, moment(2))]
    assert {one.signal for one in anchors_of(history, {DONE, SEEN})} == {Signal.COMPLETED, Signal.VIEWED}


def test_where_anything_is_completed_only_completions_are_learned_from():
    both = Log.of([0, 1, 2], [0, 1, 2], [1, 2, 3], [SEEN, DONE, SEEN])
    assert strongest(both).items.tolist() == [1]
    assert len(strongest(Log.of([0, 1], [0, 1], [1, 2], [SEEN, SEEN]))) == 2


def test_with_floors_together_is_the_served_blend():
    """Learner by learner the scores over 0 are those of `blend.blend` on the published lists."""
    engine, kept, limits = Together(), strongest(SITE.log), Limits()
    engine.fit(SITE.log, SITE.catalogue, 0)
    matrix = matrix_of(kept)
    found = list(lists(CosineNeighbours().fit(matrix.weights, when=matrix.when), matrix))
    by_anchor = {(NeighbourKind.TOGETHER, one.anchor): one for one in found}
    for learner in range(0, 150, 10):
        history, at = history_of(learner), int(SITE.log.times.max())
        anchors = anchors_of(history, {DONE})[: limits.anchors_scored]
        weights = {one.item: blend.recency(one.at, moment(at), limits.half_life) for one in anchors}
        served = blend.blend(weights, by_anchor, engine._scale, limits.floor)
        scores = engine.answer(learner, history, at).floored
        unseen = {item - 1: score for item, score in served.items() if item - 1 not in set(history.items.tolist())}
        assert {column: scores[column] for column in np.flatnonzero(scores > 0)} == pytest.approx(unseen)


def test_without_floors_the_pairs_above_them_score_the_same():
    matrix = matrix_of(strongest(SITE.log))
    fitted = CosineNeighbours().fit(matrix.weights, when=matrix.when)
    every = without_floors(fitted, matrix, SITE.catalogue.size).toarray()
    pairs = [(one.anchor - 1, near.item - 1, near.score) for one in lists(fitted, matrix) for near in one.neighbours]
    assert pairs
    assert_allclose([every[anchor, item] for anchor, item, _ in pairs], [score for _, _, score in pairs])
    assert np.count_nonzero(every) > len(pairs)


def test_what_has_a_reason_stands_above_what_is_popular(engine):
    answer = engine.answer(3, history_of(3), int(SITE.log.times.max()))
    assert np.isfinite(answer.floored).sum() > (answer.floored > 0).sum() > 0
    lifted = answer.floored > 0
    assert answer.floored[lifted].min() > answer.floored[~lifted].max()


def test_who_is_new_is_shown_what_is_popular_and_gets_no_row(engine):
    answer = engine.answer(999, Log.of([], [], []), int(SITE.log.times.max()))
    assert (answer.reasons, answer.signals) == (False, frozenset())
    assert np.isfinite(answer.floored).sum() >= 10
    assert answer.scores.tolist() == answer.floored.tolist()


def test_most_learners_of_a_site_with_tastes_get_a_row_and_nobody_in_noise(engine):
    at = int(SITE.log.times.max())
    rows = [engine.answer(learner, history_of(learner), at).reasons for learner in range(150)]
    assert np.mean(rows) > 0.5
    random = np.random.default_rng(0)
    noise = Log.of(random.integers(0, 60, 300), random.integers(0, 40, 300), random.integers(0, 10**12, 300))
    other = type(engine)()
    other.fit(noise, SITE.catalogue, 10**12)
    assert not any(
        other.answer(learner, noise.take(np.flatnonzero(noise.learners == learner)), 10**12).reasons
        for learner in range(60)
    )


def test_with_floors_nothing_is_lifted_that_is_not_lifted_without():
    engine = Onward()
    engine.fit(SITE.log, SITE.catalogue, 0)
    for learner in range(0, 150, 10):
        answer = engine.answer(learner, history_of(learner), int(SITE.log.times.max()))
        assert ((answer.floored > 0) <= (answer.scores > 0)).all()


def test_an_engine_can_learn_from_nothing(engine):
    empty = type(engine)()
    empty.fit(Log.of([], [], []), SITE.catalogue, 0)
    assert not empty.answer(0, history_of(3), 10**15).reasons


def test_a_row_needs_three_items_that_one_anchor_gives_more_than_the_next_in_line():
    class Near:
        anchor = ItemId(7)

    class To:
        def __init__(self, item: int) -> None:
            self.item = item

    pulls = [[blend.Pull(0.5, Near(), To(item))] for item in (1, 2, 3)]
    assert has_row(pulls, {}, 3)
    assert has_row(pulls, {1: 0.4}, 3)
    assert not has_row(pulls, {1: 0.5}, 3)
    assert not has_row(pulls[:2], {}, 3)


def test_weights_are_chosen_anew_after_ninety_days_only(monkeypatch):
    told = []
    learn = __import__("connector.evaluate.onward", fromlist=["learn"]).learn

    def counted(matrix, contents=(), settings=None, aside=None):
        told.append(settings is None)
        return learn(matrix, contents, settings, aside)

    monkeypatch.setattr("connector.evaluate.onward.learn", counted)
    engine, end = Onward(), int(SITE.log.times.max())
    for now in (end, end + CHOOSE_AGAIN - 1, end + CHOOSE_AGAIN, end + CHOOSE_AGAIN + 1):
        engine.fit(SITE.log, SITE.catalogue, now)
    assert told == [True, False, True, False]


def test_between_two_choices_texts_still_count():
    engine, end = Onward(), int(SITE.log.times.max())
    engine.fit(SITE.log, SITE.catalogue, end)
    first = engine.answer(3, history_of(3), end).scores
    assert any(kind is NeighbourKind.LIKE for kind, _ in engine._lists)
    engine.fit(SITE.log, SITE.catalogue, end + 1)
    assert engine.answer(3, history_of(3), end).scores.tolist() == first.tolist()
