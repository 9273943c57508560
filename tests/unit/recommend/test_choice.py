"""What a site's own test may choose: how far a history is read, how late the cut is, if weaker signals count."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from connector.domain import Blending, NeighbourKind, Share
from connector.recommend.backtest import Backtest
from connector.recommend.base import MICROSECONDS_PER_DAY as DAY
from connector.recommend.engine import EngineSettings, learn
from connector.recommend.kinds import Design, Site, fitted_one
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.search import BESIDE, Choice, chosen
from connector.recommend.steps import DEEP, MOST_ANCHORS, Events, Step

LONG = timedelta(days=3650)
ONLY_NEXT = Blending({NeighbourKind.NEXT: Share(1.0, LONG)})


def matrix_of(rows):
    return InteractionMatrix.from_columns(*(np.array([row[n] for row in rows], dtype=np.int64) for n in range(3)))


def test_only_the_latest_anchors_weigh_as_many_as_are_asked_for():
    events = Events.of(
        [Step(0, 5, np.array([0, 1, 2]), np.array([60.0, 60.0, 0.0])), Step(1, 5, np.array([3]), np.zeros(1))]
    )
    faded = events.faded(timedelta(minutes=1), 6, anchors=2).toarray()
    assert faded.tolist() == [[0, 0.5, 1, 0, 0, 0], [0, 0, 0, 1, 0, 0]]


def test_of_a_long_history_a_hundred_anchors_are_kept_and_the_share_of_such_histories_is_known():
    short, long = (Step(0, 0, np.arange(size), np.zeros(size)) for size in (MOST_ANCHORS, DEEP + 50))
    events = Events.of([short, short, short, long])
    assert np.diff(events.starts).tolist() == [20, 20, 20, 100]
    assert events.deep == 0.25


def keyed(learners):
    """Each does one of twenty keys, then 21 items that all do, then three that belong to the key: 21 items back."""
    for learner in range(learners):
        key = learner * 7 % 20
        yield learner, key + 1, learner * DAY
        yield from ((learner, item, (learner + 1) * DAY) for item in range(100, 121))
        yield from ((learner, 21 + 3 * key + one, (learner + 2) * DAY) for one in range(3))


def test_where_what_is_far_back_tells_most_a_page_reads_further_back():
    choice = chosen(Site.of(matrix_of(list(keyed(150))), ()), Design())
    assert choice.blending.anchors == DEEP


def test_where_no_history_is_long_nobody_asks_for_a_longer_one():
    rows = [
        (learner, (learner * 7 + step * 5) % 40 + 1, (learner + step) * DAY)
        for learner in range(200)
        for step in range(6)
    ]
    assert chosen(Site.of(matrix_of(rows), ()), Design()).blending.anchors is None


@pytest.mark.parametrize(("learners", "share"), [(999, 0.8), (1_000, 0.9)])
def test_the_cut_is_later_where_a_tenth_is_enough_to_ask_for(learners, share):
    # ten items a learner, a day apart: from 10,000 interactions on a tenth are a thousand
    rows = [(learner, item, (learner * 10 + item) * DAY) for learner in range(learners) for item in range(1, 11)]
    cut = int(Backtest.of(Site.of(matrix_of(rows), ())).site.matrix.when.data.max())
    assert cut == np.quantile([at for *_, at in rows], share, method="lower")


def test_weaker_signals_add_pairs_of_their_own_weight_and_none_at_nought():
    done = matrix_of([(1, 10, 5), (2, 20, 0)])
    opened = InteractionMatrix.from_columns([1, 3], [30, 10], [0, 9], [0.1, 0.4])
    site = Site.of(done, (), opened)
    assert site.matrix.items.tolist() == [10, 20, 30]
    assert site.with_weaker(0.0) is site.matrix
    three = site.with_weaker(3.0)
    assert three.weights.toarray() == pytest.approx(np.array([[1, 0, 0.3], [0, 1, 0], [1, 0, 0]]))
    assert three.when.toarray().tolist() == [[5, 0, 0], [0, 0, 0], [9, 0, 0]]
    assert three.when.nnz == three.weights.nnz == 4


def test_at_the_cut_weaker_signals_are_cut_too():
    site = Site.of(matrix_of([(1, 10, 5)]), (), matrix_of([(1, 20, 4), (1, 30, 6)]))
    assert site.before(6).aside.weights.nnz == 1


def test_what_people_only_opened_may_join_the_lists_of_what_they_completed():
    done = matrix_of([(learner, 10, 0) for learner in range(9)])
    opened = matrix_of([(learner, 20, DAY) for learner in range(9)])
    plain, beside = (
        fitted_one(NeighbourKind.NEXT, Site.of(done, (), opened), Design(weaker=times)) for times in (0.0, 1.0)
    )
    assert plain.neighbours(0, 5).columns.size == 0
    assert beside.neighbours(0, 5).columns.tolist() == [1]


def rarely_completed(seed=6):
    """Paths of eight items; everybody opens each step, and completes two of them."""
    random, done, opened = np.random.default_rng(seed), [], []
    for learner in range(900):
        path, begun = int(random.integers(20)), random.uniform(0, 300)
        both = random.choice(8, 2, replace=False)
        for place in range(8):
            row = (learner, path * 8 + place + 1, int((begun + place) * DAY))
            (done if place in both else opened).append(row)
    return Site.of(matrix_of(done), (), matrix_of(opened))


def test_weaker_signals_count_where_the_sites_own_test_says_so_and_it_is_told():
    choice = chosen(rarely_completed(), Design())
    assert choice.design.weaker in BESIDE
    assert choice.sentence.endswith(BESIDE[choice.design.weaker])
    assert choice.fits <= 5


def test_noise_beside_completions_stays_out():
    random = np.random.default_rng(8)
    site = rarely_completed()
    dealt = [
        (learner, int(item) + 1, int(random.uniform(0, 300) * DAY))
        for learner in range(900)
        for item in random.choice(160, 6, replace=False)
    ]
    kept = {(int(row), int(column)) for row, column in zip(*site.matrix.weights.nonzero(), strict=True)}
    noise = [row for row in dealt if (row[0], row[1] - 1) not in kept]
    assert chosen(Site.of(site.matrix, (), matrix_of(noise)), Design()).design.weaker == 0.0


def test_training_uses_what_was_chosen_of_weaker_signals():
    done = matrix_of([(learner, 10, 0) for learner in range(9)])
    opened = matrix_of([(learner, 20, DAY) for learner in range(9)])
    choice = Choice(ONLY_NEXT, replace(Design(), weaker=1.0), "Said by hand.")
    learned = learn(done, settings=EngineSettings(choice=choice), aside=opened)
    (near,) = [one for one in learned.lists if one.kind is NeighbourKind.NEXT and one.anchor == 10]
    assert [one.item for one in near.neighbours] == [20]
    assert near.base == 9
