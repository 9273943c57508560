"""Ranking metrics by hand: recall, normalised discounted gain, hit rate; and the scale of a Model."""

import math

import pytest

from connector.domain import ItemId, Neighbour, NeighbourKind, NeighbourList
from connector.recommend.metrics import hit_rate_at, ndcg_at, recall_at
from connector.recommend.scale import scale_of


def test_recall_is_the_share_of_the_relevant_among_the_first_k():
    assert recall_at(3, [5, 1, 9, 2], {1, 2, 7}) == pytest.approx(1 / 3)
    assert recall_at(4, [5, 1, 9, 2], {1, 2, 7}) == pytest.approx(2 / 3)


def test_a_first_place_gains_more_than_a_third():
    """Hit at rank 3: 1 / log2(4) = 0.5; one relevant, so the best possible is 1."""
    assert ndcg_at(3, [8, 9, 1], {1}) == pytest.approx(0.5)
    assert ndcg_at(3, [1, 8, 9], {1}) == pytest.approx(1.0)


def test_the_best_possible_gain_is_of_k_places_at_most():
    """Ranks 1 and 3 of three relevant at k = 2: rank 1 only, over 1 + 1 / log2(3)."""
    assert ndcg_at(2, [1, 9, 2], {1, 2, 3}) == pytest.approx(1 / (1 + 1 / math.log2(3)))


def test_a_repeated_item_hits_once():
    assert recall_at(3, [1, 1, 1], [1, 2]) == pytest.approx(0.5)
    assert ndcg_at(3, [1, 1, 1], {1}) == pytest.approx(1.0)


def test_the_hit_rate_leaves_out_learners_with_nothing_to_find():
    assert hit_rate_at(2, [[1, 2], [3, 4], [5, 6]], [{2}, {9}, set()]) == pytest.approx(0.5)


def test_nothing_relevant_is_not_a_number():
    assert math.isnan(recall_at(3, [1], set()))
    assert math.isnan(ndcg_at(3, [1], set()))
    assert math.isnan(hit_rate_at(3, [[1]], [set()]))


def test_an_empty_ranking_scores_nothing():
    assert (recall_at(3, [], {1}), ndcg_at(3, [], {1})) == (0.0, 0.0)


def test_k_below_one_is_refused():
    with pytest.raises(ValueError, match="k must be at least 1"):
        recall_at(0, [1], {1})


def found(kind, *scores):
    return NeighbourList(kind, ItemId(1), 9, tuple(Neighbour(ItemId(2), score, 5, 0) for score in scores))


def test_the_scale_of_a_kind_is_the_95th_percentile_of_the_best_scores():
    """Twenty anchors with best scores 0.01 … 0.20: at position 0.95 x 19 = 18.05 the next observed is 0.20."""
    together = [found(NeighbourKind.TOGETHER, rank / 100, 0.001) for rank in range(1, 21)]
    scale = scale_of([*together, found(NeighbourKind.POPULAR, 0.4), found(NeighbourKind.POPULAR)])
    assert scale == {"popular": 0.4, "together": 0.2}


def test_a_kind_without_neighbours_has_no_scale():
    assert scale_of([found(NeighbourKind.TOGETHER)]) == {}
