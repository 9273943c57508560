"""The test on a site's own past: what it foretells, from what, and what it makes of order, no order, and noise."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from connector.domain import Blending, NeighbourKind, Share
from connector.recipes.base import Limits
from connector.recommend.backtest import FEWEST_EVENTS, Backtest, Option
from connector.recommend.base import MICROSECONDS_PER_DAY as DAY
from connector.recommend.kinds import AHEAD, Design, Site
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.search import OVER_ALL, PRIOR, chosen
from connector.recommend.steps import MOST_ANCHORS, Events, Step, Trail
from tests.bench.generate import Shape, generated

LONG = timedelta(days=3650)


def matrix_of(rows):
    return InteractionMatrix.from_columns(*(np.array([row[n] for row in rows], dtype=np.int64) for n in range(3)))


def site_of(rows):
    return Site.of(matrix_of(rows), ())


def crowd(learners, at=lambda learner, place: 0):
    """Each learner does three of the six items of one of two tastes."""
    random = np.random.default_rng(5)
    picks = [random.choice(6, 3, replace=False) + 6 * random.integers(2) + 1 for _ in range(learners)]
    return [(n, int(item), at(n, place)) for n, own in enumerate(picks) for place, item in enumerate(own)]


def noise(seed):
    columns = generated(Shape(300, 60, 8), seed=seed)
    return list(zip(columns.learners.tolist(), columns.items.tolist(), columns.times.tolist(), strict=True))


def test_as_many_anchors_are_looked_at_as_a_page_scores():
    assert Limits().anchors_scored == MOST_ANCHORS


def test_steps_are_foretold_from_live_histories_and_a_third_as_many_from_the_cut_alone():
    # 200 learners do items 1 to 4, one a day, one learner beginning a day; behind the cut lie the last 159 of 800:
    # 39 learners begin there, three of the others are under way with 3, 2 and 1 items left; so 117 + 6 have a history
    rows = [(n, item, (n + item) * DAY) for n in range(200) for item in (1, 2, 3, 4)]
    test = Backtest.of(site_of(rows))
    cut = int(test.site.matrix.when.data.max())
    assert cut == np.quantile([at for *_, at in rows], 0.8, method="lower")
    live = sum(at > cut and item > 1 for _, item, at in rows)
    frozen = sum(at > cut and n * DAY + DAY <= cut for n, _, at in rows)
    assert frozen == 6 < live // 3
    assert test.events.targets.size == live + frozen
    # asked a day or more after the last thing done; from the cut, the latest was done on the very day of the cut
    ages = [test.events.ages[end - 1] / 86_400 for end in test.events.starts[1:]]
    assert ages == [1.0] * live + [0.0] * frozen


def test_what_was_done_by_weaker_signals_is_foretold_and_ranks_beside_where_the_blend_says_so():
    # who did 1 does 2, who did 3 does 4; a learner who completed 1 and, later, opened 3 is shown 2 first, or 4
    rows = [(n, item, 0) for n in range(9) for item in ((1, 2) if n % 2 else (3, 4))]
    step = Step(20, 3, np.array([0]), np.array([86_400.0]), beside=Trail(np.array([2]), np.array([0.0])))
    test, only = (
        Backtest(site_of(rows), Events.of([step])),
        Blending({NeighbourKind.NEXT: Share(1.0, timedelta(days=1))}),
    )
    options = [Option(Design(), replace(only, beside=beside)) for beside in (0.0, 1.0)]
    # without it 4 has no score; beside, 3 is as strong as an Anchor of now, and 1 half of that
    assert [float(gained[0]) for gained in test.gains(options)] == [0.0, 1.0]


def test_without_times_each_learners_last_item_is_left_out_and_foretold_from_the_rest():
    rows = crowd(150)
    test = Backtest.of(site_of(rows))
    assert test.events.targets.size == 150
    assert test.site.matrix.interactions == len(rows) - 150
    for learner in (0, 77):
        own = {item - 1 for n, item, _ in rows if n == learner}
        seen = set(test.events.seen[learner].tolist())
        assert seen | {int(test.events.targets[learner])} == own
        assert len(seen) == 2


def test_without_times_a_choice_is_made_and_it_beats_what_is_popular():
    choice = chosen(site_of(crowd(400)), Design())
    _, ours, popular = choice.trials
    assert choice.events == 400
    assert ours.ndcg > popular.ndcg


def test_too_few_learners_for_either_split_leave_the_usual_weights():
    assert chosen(site_of(crowd(FEWEST_EVENTS - 1)), Design()).blending == PRIOR


def test_all_of_one_learner_counts_as_one_draw():
    # of two learners with 45 events each one gains .2 at each, the other loses .1; ten others see no difference:
    # the mean of .045 is three standard errors of a hundred events, and half of one of twelve learners
    def events(learners):
        return Events.of([Step(n, 0, np.zeros(0, np.int64), np.zeros(0)) for n in learners])

    better, usual = np.array([0.2] * 45 + [-0.1] * 45 + [0.0] * 10), np.zeros(100)
    assert events(range(100)).is_better(better, usual, errors=3.0)
    assert not events([0] * 45 + [1] * 45 + list(range(2, 12))).is_better(better, usual)
    assert not events(range(100)).is_better(usual, usual)


def test_each_kind_is_fitted_once_for_all_options_that_need_it():
    test = Backtest.of(site_of(crowd(150)))
    only = Blending({NeighbourKind.NEXT: Share(1.0, LONG), NeighbourKind.TREND: Share(0.1, LONG)})
    test.gains([Option(Design(), only), Option(Design(trend=None), only), Option(Design(order=AHEAD), only)])
    assert test.fits == {NeighbourKind.NEXT: 2}


def test_gains_are_those_of_a_ranking_done_by_hand():
    # all did 1; of the four who did anything else, three did 2 and one did 3: who has 1 is shown 2, then 3
    steps = [Step(0, target, np.array([0]), np.array([60.0])) for target in (1, 2)]
    known = site_of([(n, 1, 0) for n in range(6)] + [(n, 2, DAY) for n in range(3)] + [(3, 3, DAY)])
    only = Blending({NeighbourKind.NEXT: Share(1.0, LONG)})
    found = Backtest(known, Events.of(steps)).gains([Option(Design(), only)])[0]
    assert found.tolist() == pytest.approx([1.0, 1.0 / np.log2(3)])


def test_where_popularity_is_as_good_it_ranks():
    choice = chosen(site_of(noise(1)), Design())
    _, ours, popular = choice.trials
    assert choice.blending.shares[NeighbourKind.TREND].weight == OVER_ALL
    assert ours.ndcg == pytest.approx(popular.ndcg, rel=0.02)


def test_only_what_follows_is_chosen_where_everybody_keeps_the_order():
    random, rows = np.random.default_rng(2), []
    for learner in range(400):
        path, begin, at = int(random.integers(10)), int(random.integers(6)), float(random.uniform(0, 300))
        for place in range(begin, min(begin + 5, 10)):
            rows.append((learner, path * 10 + place + 1, int(at * DAY)))
            at += float(random.exponential(3.0))
    assert chosen(site_of(rows), Design()).design.order == AHEAD
