"""Settings are found on what a method may learn from, once, and the name says which."""

import numpy as np
import pytest

from connector.evaluate.baselines import Ease
from connector.evaluate.libraries import FOREIGN
from connector.evaluate.log import Catalogue, Log
from connector.evaluate.methods import TUNED, chosen
from connector.evaluate.ranker import SILENT, Answer
from connector.evaluate.tuned import GRIDS, Tuned

DAY = 86_400_000_000


def catalogue(size: int) -> Catalogue:
    blank = ("",) * size
    return Catalogue(tuple(map(str, range(size))), blank, blank, blank, blank, size)


class Says:
    """A method that says one item to everybody, and how often it learned from how much."""

    name = "says"

    def __init__(self, item: int) -> None:
        self.item, self.learned = item, []

    def fit(self, log, catalogue, now) -> None:
        self.learned.append(len(log))

    def answer(self, learner, history, at) -> Answer:
        scores = np.full(4, SILENT)
        scores[self.item] = 1.0
        return Answer(scores)


def log_of_threes(last: int) -> Log:
    """Ten learners with two items and then all the same last one."""
    rows = [(learner, item, place * DAY) for learner in range(10) for place, item in enumerate((0, 1, last))]
    return Log.of(*(np.array(column) for column in zip(*rows, strict=True)))


def test_what_foretells_the_last_item_of_what_is_known_is_taken_and_stays():
    made = []

    def making(item):
        return lambda _seed: made.append(Says(item)) or made[-1]

    ranker = Tuned("says", {"item 2": making(2), "item 3": making(3)}, seed=0)
    ranker.fit(log_of_threes(3), catalogue(4), 9 * DAY)
    assert ranker.name == "says (item 3)"
    assert ranker.answer(0, log_of_threes(3), 9 * DAY).scores.tolist() == [SILENT, SILENT, SILENT, 1.0]
    ranker.fit(log_of_threes(2), catalogue(4), 10 * DAY)  # the settings stay, whatever comes later
    assert (ranker.name, len(made)) == ("says (item 3)", 3)
    # to be chosen among, each learned from 30 - 10 rows: the last ones were hidden; the chosen then learns from all
    assert [one.learned for one in made] == [[20], [20], [30, 30]]


def test_with_nobody_to_ask_the_settings_of_the_library_stand():
    ranker = Tuned("ease", GRIDS["ease"], seed=0)
    ranker.fit(Log.of([0, 1], [0, 1], [1, 2]), catalogue(3), 9)
    assert ranker.name == "ease (penalty 250)"


@pytest.mark.parametrize("name", set(GRIDS) - set(FOREIGN))
def test_every_grid_of_ours_can_be_learned(name):
    ranker = TUNED[name](0)
    ranker.fit(log_of_threes(2), catalogue(4), 9 * DAY)
    assert ranker.answer(0, log_of_threes(2), 9 * DAY).scores.shape == (4,)
    assert ranker.name.startswith(f"{name} (")


def test_what_has_nothing_to_tune_is_as_it_is():
    rankers, _ = chosen((), ("popular", "ease"), (), 0, made=TUNED)
    assert [type(one) for one in rankers[1:]] != [Ease, Ease]
    assert [one.name for one in rankers[1:]] == ["popular", "ease"]
