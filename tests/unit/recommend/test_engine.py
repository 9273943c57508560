"""The engine as a whole: what it learns, that it repeats, and that its test foretells what serving would show."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from connector.domain import SITE, Blending, ItemId, ItemText, NeighbourKind, Share
from connector.recipes.blend import Trail, mixed, ranked, score
from connector.recipes.packed import pack
from connector.recommend.backtest import Backtest, Option, _Block
from connector.recommend.base import MICROSECONDS_PER_DAY as DAY
from connector.recommend.engine import EngineSettings, learn
from connector.recommend.kinds import Design, Site
from connector.recommend.like import Content
from connector.recommend.matrix import InteractionMatrix
from connector.recommend.scale import scale_of
from connector.recommend.search import PRIOR, Choice, chosen
from connector.recommend.steps import Events
from tests.bench.generate import Shape, generated

PATHS, LENGTH = 8, 6


def paths(learners, seed=1):
    """Each learner walks one of eight paths of six items, one item a day from a random day and place on."""
    random, rows = np.random.default_rng(seed), []
    for learner in range(learners):
        path, begin, first = random.integers(PATHS), random.integers(300), random.integers(3)
        rows += [(learner, path * LENGTH + place + 1, (begin + place) * DAY) for place in range(first, LENGTH)]
    return rows


def matrix_of(rows):
    return InteractionMatrix.from_columns(*(np.array([row[n] for row in rows], dtype=np.int64) for n in range(3)))


def written(item, title):
    return Content(ItemId(item), (ItemText("en", title),))


def lists_by_key(learned):
    return {(one.kind, one.anchor): one for one in learned.lists}


def packed(learned):
    return [(one.kind, one.anchor, pack(one)) for one in learned.lists], dict(learned.scale), learned.choice


def test_who_walks_a_path_is_shown_its_next_place_and_the_choice_says_how_well():
    learned = learn(matrix_of(paths(300)))
    scores = mixed(
        [Trail(14, datetime(2026, 1, 1, tzinfo=UTC))],
        datetime(2026, 1, 2, tzinfo=UTC),
        lists_by_key(learned),
        learned.scale,
        learned.blending,
    )
    assert ranked({item: score(found) for item, found in scores.items()})[0] == 15
    usual, ours, popular = learned.choice.trials
    assert ours.ndcg >= usual.ndcg > 2 * popular.ndcg
    assert learned.choice.sentence.endswith("by popularity alone.")
    assert learned.choice.fits <= 5


def test_noise_is_no_better_than_popularity_and_it_says_so():
    learned = learn(generated(Shape(400, 120, 8), seed=3).matrix())
    assert learned.choice.sentence.startswith("Popular is as good here for now: ")


def test_a_small_site_takes_the_usual_weights_and_says_why():
    choice = learn(matrix_of(paths(12))).choice
    assert choice.blending == PRIOR
    assert (choice.fits, choice.trials) == (0, ())
    assert choice.sentence.startswith("The usual weights, for now: ")


def test_an_empty_site_learns_nothing_and_does_not_fail():
    learned = learn(InteractionMatrix.from_columns([], [], []))
    assert (learned.lists, dict(learned.scale)) == ((), {})


def test_neither_the_order_of_the_input_nor_of_the_catalogue_changes_a_byte():
    rows, catalogue = paths(60), [written(item, f"Place {item % 5} of path") for item in range(1, 40)]
    assert packed(learn(matrix_of(rows[::-1]), catalogue[::-1])) == packed(learn(matrix_of(rows), catalogue))


def test_a_new_item_without_any_completion_joins_those_that_are_about_the_same():
    catalogue = [
        written(1, "Pivot tables in Excel"),
        written(2, "First aid"),
        written(777, "More pivot tables in Excel"),
    ]
    lists = lists_by_key(learn(matrix_of(paths(60)), catalogue))
    assert [near.item for near in lists[NeighbourKind.LIKE, 1].neighbours] == [777]
    assert lists[NeighbourKind.LIKE, 777].base == 0


def test_a_list_of_the_whole_site_names_nothing_that_fewer_than_k_people_did():
    lists = lists_by_key(learn(matrix_of(paths(60)), settings=EngineSettings(k=6)))
    for kind in (NeighbourKind.TREND, NeighbourKind.POPULAR):
        assert min(near.support for near in lists[kind, SITE].neighbours) >= 6


def test_a_choice_that_is_given_is_used_as_it_is():
    given = Choice(
        Blending({NeighbourKind.LATENT: Share(1.0, timedelta(days=1))}), Design(latent=True), "Said by hand."
    )
    learned = learn(matrix_of(paths(60)), settings=EngineSettings(choice=given))
    assert learned.choice is given
    assert {one.kind for one in learned.lists} == {NeighbourKind.LATENT, NeighbourKind.TREND, NeighbourKind.POPULAR}


@pytest.mark.parametrize("place", [0, 7, 30])
def test_the_backtest_scores_what_serving_would_score(place):
    site = Site.of(matrix_of(paths(80)), [written(item, f"Place {item % 6} of path") for item in range(1, 49)])
    moment = int(np.quantile(site.matrix.when.data, 0.8, method="lower"))
    known, events = site.before(moment), Events.after(moment, site)
    learned = learn(
        known.matrix,
        [written(item, f"Place {item % 6} of path") for item in range(1, 49)],
        EngineSettings(k=1, choice=Choice(PRIOR, Design(), "")),
    )
    now = datetime(2026, 1, 1, tzinfo=UTC)
    own = slice(events.starts[place], events.starts[place + 1])
    items = known.matrix.items
    history = [
        Trail(int(items[column]), now - timedelta(seconds=age))
        for column, age in zip(events.columns[own], events.ages[own].tolist(), strict=True)
    ]
    served = mixed(history, now, lists_by_key(learned), scale_of(learned.lists), PRIOR)
    test = Backtest(known, events)
    tested = _Block(test, slice(place, place + 1)).scores(Option(Design(), PRIOR))[0]
    foretold = {int(items[column]): value for column, value in enumerate(tested.tolist()) if value > 0}
    assert {item: score(found) for item, found in served.items()} == pytest.approx(foretold, abs=1e-9)


def test_an_event_is_foretold_from_what_was_strictly_before_it():
    rows = [(1, 10, 0), (1, 20, 5), (1, 30, 9), (1, 40, 9), (2, 10, 9)]
    events = Events.after(7, Site.of(matrix_of(rows), ()))
    # learner 1 does 30 and 40 at moment 9, with 10 and 20 behind; learner 2 has nothing behind
    assert events.targets.tolist() == [2, 3]
    assert [seen.tolist() for seen in events.seen] == [[0, 1], [0, 1]]
    assert events.ages.tolist() == pytest.approx([9e-6, 4e-6] * 2)


def test_the_same_data_give_the_same_choice():
    site = Site.of(matrix_of(paths(200)), ())
    assert chosen(site, Design()) == chosen(site, Design())
