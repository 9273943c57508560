"""A Row that a link asks for by its Anchor: as true as any other, however long ago the Anchor was completed."""

from dataclasses import replace

from connector.domain import ItemId, RowKind
from connector.recipes.anchors import lists_to_read
from connector.recipes.base import Limits
from connector.recipes.compose import compose, compose_alone
from tests.unit.recipes.shelves import TOGETHER, catalog, completed, item, neighbours, page, popular, shelf

TWO = Limits(anchors_scored=2)
NEAR = [neighbours(anchor, (10, 0.8), (11, 0.6), (12, 0.4)) for anchor in (1, 2)]
OLD = neighbours(3, (20, 0.8), (21, 0.6), (22, 0.4))
HISTORY = (completed(1, days=1), completed(2, days=2), completed(3, days=300))


def asked(pinned, *history, near=(*NEAR, OLD), items=None, limits=TWO):
    made = page(*history, shelf=shelf(*near, items=items), limits=limits)
    return replace(made, pinned=ItemId(pinned))


def test_an_anchor_too_old_to_be_scored_gives_its_row_when_it_is_asked_for():
    assert [row.anchor for row in compose(replace(asked(3, *HISTORY), pinned=None)).rows if row.anchor == 3] == []
    row = compose_alone(asked(3, *HISTORY), RowKind.BECAUSE, ItemId(3))
    assert [card.item for card in row.cards] == [20, 21, 22]


def test_its_lists_are_read_and_those_of_the_one_that_waits_instead():
    read = lists_to_read(HISTORY, catalog(1, 2, 3), None, TWO, ItemId(3))
    assert [key for key in read if key[0] is TOGETHER] == [(TOGETHER, 1), (TOGETHER, 3), (TOGETHER, 2)]


def test_who_did_not_complete_it_has_no_such_row():
    assert compose_alone(asked(3, *HISTORY[:2]), RowKind.BECAUSE, ItemId(3)) is None


def test_taking_the_asked_anchor_away_takes_its_cards_down():
    """1 and 3 score, 2 waits; without 3, 2 steps in: what 2 gives more of is not said to be because of 3."""
    near = (
        neighbours(1, (10, 0.1), (11, 0.1), (12, 0.1)),
        neighbours(2, (20, 0.9)),
        neighbours(3, (20, 0.1), (21, 0.5), (22, 0.5), (23, 0.5)),
    )
    row = compose_alone(asked(3, *HISTORY, near=near), RowKind.BECAUSE, ItemId(3))
    assert [card.item for card in row.cards] == [21, 22, 23]


def test_another_run_of_the_asked_course_is_the_one_that_is_named():
    items = catalog(*range(1, 30), run=item(4, family=3))
    row = compose_alone(asked(4, *HISTORY, items=items), RowKind.BECAUSE, ItemId(4))
    assert row.anchor == 3


def test_a_row_alone_gives_nothing_to_rows_that_are_not_there():
    near = (*NEAR, popular((10, 50), (11, 40), (12, 30), (13, 20)))
    alone = compose_alone(asked(1, *HISTORY[:2], near=near), RowKind.POPULAR)
    assert [card.item for card in alone.cards] == [10, 11, 12, 13]


def test_a_row_alone_that_is_too_short_is_none():
    near = (popular((10, 50), (11, 40)),)
    assert compose_alone(asked(1, near=near), RowKind.POPULAR) is None
