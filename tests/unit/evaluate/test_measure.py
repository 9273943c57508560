"""Asking and counting, with a method whose every answer is written down; and what is said of it."""

import json
import math

import numpy as np
import pytest

from connector.domain import Signal
from connector.errors import BadInput
from connector.evaluate.log import Catalogue, Log, shuffled
from connector.evaluate.measure import compared, measured
from connector.evaluate.methods import BASELINES, DEFAULT, chosen
from connector.evaluate.protocols import planned
from connector.evaluate.ranker import Answer, LeftOut
from connector.evaluate.report import interval, lines_of, plain
from connector.evaluate.simulated import Size, simulated
from connector.recommend.metrics import Interval

DAY = 86_400_000_000


def catalogue(size: int) -> Catalogue:
    blank = ("",) * size
    return Catalogue(tuple(map(str, range(size))), blank, blank, blank, blank, size)


class Written:
    """Ranks all Items by number, the same for everybody; with floors only the first three."""

    name = "written"

    def fit(self, log, catalogue, now):
        self.size = catalogue.size

    def answer(self, learner, history, at):
        scores = -np.arange(self.size, dtype=np.float64)
        floored = np.where(np.arange(self.size) < 3, scores, -np.inf)
        return Answer(scores, floored, reasons=learner == 0, signals=frozenset({Signal.VIEWED}))


class Refusing(Written):
    name = "refusing"

    def fit(self, log, catalogue, now):
        raise LeftOut("it is too large")


@pytest.fixture
def log() -> Log:
    """Learners 0, 1, 2 have items 0, 1 and then 2, 3, 25; of learner 3 too little is known to ask."""
    rows = [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (3, 2), (0, 2), (1, 3), (2, 25)]
    learners, items = zip(*rows, strict=True)
    return Log.of(learners, items, [place * DAY for place in range(10)])


def test_figures_are_those_worked_out_by_hand(log):
    """All have seen 0 and 1, so 2…11 are shown: item 2 is first (gain 1), 3 second (1 / log2 3), 25 is not there."""
    found = measured(Written(), log, catalogue(30), planned(log, "last-out"))
    (group,) = found.groups
    figures = found.groups[group]
    assert (group, figures.questions, figures.learners) == ("warm", 3, 3)
    assert figures.hit_rate.estimate == pytest.approx(2 / 3)
    assert figures.recall.estimate == pytest.approx(2 / 3)
    assert figures.ndcg.estimate == pytest.approx((1 + 1 / math.log2(3)) / 3)
    assert figures.coverage.estimate == pytest.approx(10 / 30)


def test_novelty_is_of_the_learners_that_the_model_knows(log):
    """Four learners are known, item 2 has one of them, the nine others nobody: (log2(5/2) + 9 log2 5) / 10."""
    found = measured(Written(), log, catalogue(30), planned(log, "last-out")).groups["warm"]
    assert found.novelty.estimate == pytest.approx((math.log2(2.5) + 9 * math.log2(5)) / 10)


def test_figures_with_floors_stand_beside_those_without(log):
    """With floors only 2 can be shown: one of three hits. One of three gets a row."""
    found = measured(Written(), log, catalogue(30), planned(log, "last-out"))
    assert found.floored["warm"].hit_rate.estimate == pytest.approx(1 / 3)
    assert found.floored["warm"].coverage.estimate == pytest.approx(1 / 30)
    assert found.because == pytest.approx(1 / 3)
    assert found.signals == ("viewed",)


def test_who_is_new_and_who_is_known_are_told_apart():
    log = Log.of([*range(8), 0, 9], [0] * 8 + [1, 1], [place * DAY for place in range(10)])
    found = measured(Written(), log, catalogue(2), planned(log, "prequential"))
    assert {name: one.questions for name, one in found.groups.items()} == {"warm": 1, "cold": 1, "all": 2}
    assert found.groups["cold"].ndcg.estimate == pytest.approx(1 / math.log2(3))
    assert found.groups["warm"].ndcg.estimate == 1.0


def test_a_method_that_cannot_be_measured_is_left_out_with_its_sentence(log):
    one = compared("last-out", log, catalogue(30), planned(log, "last-out"), [Written(), Refusing()])
    assert [method.name for method in one.methods] == ["written"]
    assert one.left_out == {"refusing": "it is too large"}
    assert "refusing is left out: it is too large." in list(lines_of(one))


def test_progress_is_told_after_each_question(log):
    told = []
    measured(Written(), log, catalogue(30), planned(log, "last-out"), tell=told.append)
    assert told == [f"written: {count} of 3 questions" for count in (1, 2, 3)]


class Named(Written):
    """What says the same as another method, under another name."""

    def __init__(self, name: str, *first: int) -> None:
        self.name, self.first = name, list(first)

    def answer(self, learner, history, at):
        scores = -np.arange(self.size, dtype=np.float64)
        scores[self.first] = np.arange(len(self.first), 0, -1)
        return Answer(scores, scores if self.name == "ours" else None)


@pytest.mark.parametrize(
    ("ours", "popular", "said"),
    [
        (
            (7,),
            (7,),
            "Learners with a history: popular is as good here for now (NDCG 1.000 [1.000 1.000] against 1.000",
        ),
        (
            (7,),
            (3, 4, 7),
            "Learners with a history: ours is better than popular (NDCG 1.000 [1.000 1.000] against .500",
        ),
        ((3, 7), (7,), "Learners with a history: popular is better here (NDCG .631 [.631 .631] against 1.000 "),
    ],
)
def test_the_verdict_is_in_plain_words(ours, popular, said):
    rows = [(learner, item) for item in (0, 1, 7) for learner in range(4)]
    log = Log.of(*zip(*rows, strict=True), range(12))
    plan = planned(log, "last-out")
    one = compared("last-out", log, catalogue(9), plan, [Named("ours", *ours), Named("popular", *popular)])
    assert any(line.startswith(said) for line in lines_of(one))


def test_a_comparison_is_json_without_anything_that_is_no_number(log):
    one = compared("last-out", log, catalogue(30), planned(log, "last-out"), [Written(), BASELINES["item-knn"](0)])
    told = json.loads(json.dumps(plain(one), allow_nan=False))
    assert told["methods"][0]["groups"]["warm"]["ndcg"]["estimate"] == pytest.approx((1 + 1 / math.log2(3)) / 3)
    assert told["protocol"] == "last-out"


def test_intervals_are_written_short():
    assert interval(Interval(0.2474, 0.2291, 0.2651)) == ".247 [.229 .265]"
    assert interval(Interval(math.nan, math.nan, math.nan)) == "-"


def test_the_methods_are_ours_and_all_baselines_that_there_are(log, monkeypatch):
    monkeypatch.setattr("connector.evaluate.methods.is_installed", lambda: False)
    rankers, left_out = chosen((), (), planned(log, "last-out"), 0)
    names = [one.name for one in rankers]
    assert names[1:] == ["popular", "trend", "random", "item-knn", "ease", "slim"]
    assert set(left_out) == set(DEFAULT) - set(names)
    with pytest.raises(BadInput, match="no baseline guess: choose among popular"):
        chosen((), ("guess",), planned(log, "last-out"), 0)
    with pytest.raises(BadInput, match="no engine guess"):
        chosen(("guess",), (), planned(log, "last-out"), 0)


def test_slim_is_left_out_where_it_would_learn_daily():
    learners = [*range(80), *range(100, 120)]
    log = Log.of(learners, [place % 3 for place in range(100)], [place * DAY for place in range(100)])
    _, left_out = chosen((), ("slim",), planned(log, "prequential"), 0)
    assert "takes too long to learn 20 times" in left_out["slim"]


SITE = simulated(Size(learners=220, items=60, topics=6, mean=6.0), seed=5)
METHODS = ("popular", "item-knn", "ease", "slim")


def ndcg(log: Log) -> dict[str, Interval]:
    plan = planned(log, "last-out")
    rankers, _ = chosen((), METHODS, plan, 0)
    one = compared("last-out", log, SITE.catalogue, plan, rankers)
    return {method.name: (method.floored or method.groups)["warm"].ndcg for method in one.methods}


def test_on_a_simulated_site_every_learning_method_beats_popular():
    found = ndcg(SITE.log)
    popular = found.pop("popular")
    assert len(found) == 4
    assert all(one.low > popular.high for one in found.values())


@pytest.mark.parametrize("seed", [1, 2])
def test_with_items_dealt_out_anew_nothing_beats_popular(seed):
    found = ndcg(shuffled(SITE.log, seed))
    popular = found.pop("popular")
    assert all(one.low <= popular.high for one in found.values())
    assert max(one.estimate for one in found.values()) < ndcg(SITE.log)["item-knn"].low


def test_a_simulated_site_is_the_seeds():
    again = simulated(Size(learners=220, items=60, topics=6, mean=6.0), seed=5)
    assert again.log.items.tolist() == SITE.log.items.tolist()
    assert simulated(Size(learners=220, items=60), seed=6).log.items.tolist() != SITE.log.items.tolist()
