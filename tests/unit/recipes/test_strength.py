"""Rows by their strength: what they are worth, who keeps a place, who falls out, and what is said of it."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from math import log2

import pytest
from hypothesis import given

from connector.domain import Blending, NeighbourKind, RowKind, Share
from connector.recipes.applied import desk_of
from connector.recipes.base import Limits, WhyNot
from connector.recipes.book_file import BookRefused, read_book
from connector.recipes.compose import compose, too_weak
from connector.recipes.recipe import Order
from connector.recipes.strength import BY_STRENGTH, IN_PLACE, strength
from connector.recipes.summary import summary
from connector.recipes.why import Missing, RowName, inquire
from tests.unit.recipes.shelves import FIRST_FIVE, MODEL, act, completed, neighbours, page, popular, shelf, shown
from tests.unit.recipes.test_invariants import pages, quick

WEAK = neighbours(1, (10, 0.2), (11, 0.2), (12, 0.2))
STRONG = neighbours(2, (20, 0.8), (21, 0.8), (22, 0.8))
PEOPLE = popular((25, 30), (26, 20), (27, 10))
MONTH = timedelta(days=30)


def asked(*history, lists=(WEAK, STRONG, PEOPLE), order=Order.STRONGEST, model=MODEL, **changes):
    done = history or (completed(1, 0), completed(2, 0.5))
    book = replace(FIRST_FIVE, order=order)
    return page(*done, shelf=shelf(*lists, model=model), book=book, **changes)


def names(slate):
    return [(row.kind.value, row.anchor) for row in slate.rows]


def test_the_row_of_the_stronger_cards_stands_first_though_its_anchor_is_older():
    assert names(compose(asked(order=Order.FIXED))) == [("because", 1), ("because", 2), ("popular", None)]
    assert names(compose(asked())) == [("because", 2), ("because", 1), ("popular", None)]


def test_a_row_is_worth_its_cards_the_first_ones_most():
    made = asked(completed(1, 0), lists=(neighbours(1, (10, 0.8), (11, 0.4), (12, 0.2)),))
    (row,) = compose(made).rows
    assert strength(desk_of(made), row) == pytest.approx(0.8 + 0.4 / log2(3) + 0.2 / 2)


def test_what_is_popular_counts_as_the_blend_counts_the_whole_site():
    shares = {NeighbourKind.TOGETHER: Share(1.0, MONTH), NeighbourKind.TREND: Share(0.5, MONTH)}
    model = replace(MODEL, blending=Blending(shares), scale={"popular": 40.0})
    made = asked(completed(1, 30), lists=(WEAK, PEOPLE), model=model)
    row = next(row for row in compose(made).rows if row.kind is RowKind.POPULAR)
    worth = 0.5 * 0.5 * (30 / 40 + 20 / 40 / log2(3) + 10 / 40 / 2)  # half the Share, half faded
    assert strength(desk_of(made), row) == pytest.approx(worth)


def test_rows_whose_place_is_meant_keep_it():
    begun = (completed(1, 0), completed(2, 0.5), act("started", 30, 1))
    assert [kind for kind, _ in names(compose(asked(*begun)))] == ["because", "because", "continue", "popular"]
    assert names(compose(asked(*begun)))[0] == ("because", 2)


def test_the_weakest_row_falls_out_gives_its_items_back_and_says_so():
    weak, strong = neighbours(1, (10, 0.2), (11, 0.2), (23, 0.1)), (*((n, 0.8) for n in (20, 21, 22)), (23, 0.05))
    made = asked(lists=(weak, neighbours(2, *strong), PEOPLE), limits=Limits(rows_max=1))
    slate = compose(made)
    assert names(slate) == [("because", 2)]
    assert shown(slate.rows[0]) == [20, 21, 22, 23]  # 23 stood in the row that fell out
    found = inquire(made, slate).answer(10)
    assert isinstance(found, Missing)
    assert (found.ground, found.row) == (WhyNot.WEAKER, RowName(RowKind.BECAUSE, 1))
    assert found.value < found.limit


def test_what_is_shown_says_where_its_row_would_stand_in_the_order_of_the_book():
    made = asked()
    found = inquire(made, compose(made)).answer(20)
    assert (found.row_place, found.book_place) == (1, 2)
    assert found.strength == pytest.approx(strength(desk_of(made), found.row))
    fixed = asked(order=Order.FIXED)
    assert inquire(fixed, compose(fixed)).answer(20).strength is None


def test_the_order_is_read_and_said():
    rows = '[[rows]]\nkind = "because"\n[[rows]]\nkind = "popular"\n'
    assert read_book(rows).order is Order.STRONGEST
    assert summary(read_book(rows))[0].startswith("The strongest rows come first;")
    assert (
        summary(read_book('order = "fixed"\n' + rows))[0] == "Rows stand in the order below, however strong they are."
    )
    with pytest.raises(BookRefused, match="Did you mean `fixed`"):
        read_book('order = "fixd"\n' + rows)


def by_strength(asked_for):
    return replace(asked_for, book=replace(asked_for.book, order=Order.STRONGEST))


@quick
@given(pages)
def test_no_row_by_strength_stands_below_a_weaker_one(asked_for):
    made = by_strength(asked_for)
    desk = desk_of(made)
    held = [strength(desk, row) for row in compose(made).rows if row.kind in BY_STRENGTH]
    assert all(upper >= lower for upper, lower in pairwise(held))


@quick
@given(pages)
def test_whatever_the_order_no_family_stands_twice_and_no_row_is_too_many_or_too_short(asked_for):
    made = by_strength(asked_for)
    slate, limits = compose(made), desk_of(made).page.limits
    families = [made.shelf.items[card.item].family for row in slate.rows for card in row.cards]
    assert len(families) == len(set(families))
    assert sum(row.kind is not RowKind.UP_NEXT for row in slate.rows) <= limits.rows_max
    fixed = compose(replace(made, book=replace(made.book, order=Order.FIXED)))
    kept = [row.kind for row in fixed.rows if row.kind in IN_PLACE]
    assert [row.kind for row in slate.rows if row.kind in IN_PLACE] == kept


@quick
@given(pages)
def test_a_row_that_fell_out_is_no_stronger_than_one_that_was_kept(asked_for):
    made = by_strength(asked_for)
    desk = desk_of(made)
    left, kept = too_weak(desk)
    weak = [strength(desk, row) for row in left if row.kind in BY_STRENGTH]
    assert not weak or not kept or max(weak) <= min(strength(desk, row) for row in kept)
