"""How many Anchors a page reads where the Model says that more of them pay."""

from dataclasses import replace
from datetime import timedelta

from connector.domain import Blending, NeighbourKind, Share
from connector.recipes.anchors import lists_to_read
from connector.recipes.base import Limits
from tests.unit.recipes.shelves import catalog, completed

HISTORY = tuple(completed(item, item) for item in range(1, 7))
"""Item 1 today, item 2 yesterday, …"""
TWO = Limits(anchors_scored=2)
SHARES = Blending({NeighbourKind.LATENT: Share(1.0, timedelta(days=1))})


def read(blending):
    wanted = lists_to_read(HISTORY, catalog(*range(1, 7)), None, TWO, None, blending)
    return [item for kind, item in wanted if kind is NeighbourKind.LATENT]


def test_the_limits_of_the_page_say_how_many_anchors_score_and_one_more_waits():
    assert read(SHARES) == [1, 2, 3]


def test_a_model_may_say_that_more_do():
    assert read(replace(SHARES, anchors=4)) == [1, 2, 3, 4, 5]
