"""Items that are about the same are near, in any script, and a new one joins them on its first day."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError, SkipTestWarning
from sklearn.utils.estimator_checks import check_estimator

from connector.domain import ItemId, ItemText
from connector.recommend.like import Content, LikeItems

TEXTS = [
    "Excel pivot tables for reporting",
    "Advanced Excel: pivot tables and charts",
    "First aid at the workplace",
    "Arbeitsschutzunterweisung für Labore",
    "Arbeitsschutz im Büro",
    "",
]


def test_scikit_learns_own_contract_holds_as_far_as_it_knows_texts():
    # its checks that fit hand over numbers in two dimensions, and say so; of texts it knows that a copy is a copy
    with pytest.warns(SkipTestWarning, match="string=True"):
        done = check_estimator(LikeItems(), on_skip=None)
    assert {one["check_name"]: one["status"] for one in done} == {"check_estimator_cloneable": "passed"}


def test_it_is_an_estimator_that_can_be_cloned_and_asked_only_once_fitted():
    # scikit-learn's own checks feed numbers and leave out whatever reads texts
    assert clone(LikeItems(7, words=0.5)).get_params() == LikeItems(7, words=0.5).get_params()
    with pytest.raises(NotFittedError):
        LikeItems().neighbours(0, 5)
    with pytest.raises(IndexError, match=r"outside 0\.\.5"):
        LikeItems().fit(TEXTS).neighbours(6, 5)


def near(texts, column, **parameters):
    found = LikeItems(**parameters).fit(texts).neighbours(column, 50)
    return dict(zip(found.columns.tolist(), found.scores.tolist(), strict=True))


def test_texts_with_words_in_common_are_near_and_others_are_not():
    assert list(near(TEXTS, 0)) == [1]
    assert near(TEXTS, 2) == {}


def test_parts_of_words_are_seen_where_no_word_is_shared():
    assert list(near(TEXTS, 3)) == [4]


def test_without_a_text_there_is_nothing_near():
    assert near(TEXTS, 5) == {}
    assert near(["", ""], 0) == {}


def test_scores_are_symmetric_and_one_for_equal_texts():
    assert near(TEXTS, 0)[1] == pytest.approx(near(TEXTS, 1)[0])
    assert near([*TEXTS, TEXTS[2]], 2)[6] == pytest.approx(1.0)


def test_ties_go_to_the_lower_column_and_at_most_n_are_kept():
    assert list(near([TEXTS[2]] * 4, 1)) == [0, 2, 3]
    assert list(near([TEXTS[2]] * 4, 1, n_neighbours=2)) == [0, 2]


@pytest.mark.parametrize("block", [1, 2, 100])
def test_blocks_change_no_byte(block):
    one, other = LikeItems(block=3).fit(TEXTS), LikeItems(block=block).fit(TEXTS)
    assert one.scores_.tobytes() == other.scores_.tobytes()
    assert np.array_equal(one.columns_, other.columns_)


def test_content_joins_languages_and_says_topics_twice():
    content = Content(ItemId(1), (ItemText("en", "Tax", "About it"), ItemText("de", "Steuer")), ("finance",))
    assert content.title == "Tax Steuer"
    assert content.words.split() == ["Tax", "Steuer", "About", "it", "finance", "finance"]


@pytest.mark.parametrize("parameters", [{"words": 1.5}, {"least": -0.1}, {"block": 0}, {"n_neighbours": 0}])
def test_a_parameter_out_of_range_is_refused_by_name(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        LikeItems(**parameters).fit(TEXTS)


def test_titles_of_another_length_are_refused():
    with pytest.raises(ValueError, match="equally long"):
        LikeItems().fit(TEXTS, titles=["one"])
