"""Weights of kinds in a recipe: each slider changes what it names, in its Row only, and nothing else becomes untrue."""

import math
from dataclasses import replace
from datetime import timedelta

import pytest

from connector.domain import Blending, NeighbourKind, RowKind, Share
from connector.recipes.base import Limits
from connector.recipes.book_file import BookRefused, read_book
from connector.recipes.compose import compose, compose_row
from connector.recipes.row_options import WEIGHED
from connector.recipes.summary import summary
from tests.unit.recipes.shelves import MODEL, TOGETHER, completed, neighbours, page, shelf, shown

OTHERS = tuple(kind for kind in WEIGHED if kind not in {TOGETHER, NeighbourKind.TREND})
EVERY = Blending({kind: Share(1.0, timedelta(days=90)) for kind in WEIGHED})
BLENDING_MODEL = replace(MODEL, blending=EVERY)
CANDIDATES = (10, 11, 12, 13, 14, 15)
ROWS = '[[rows]]\nkind = "{}"\n{}\n[[rows]]\nkind = "{}"\n'


def lists():
    """Each kind names one Candidate of its own before the others: 10 for the first, 11 for the next …"""
    favoured = [neighbours(1, (10 + place, 0.5), kind=kind) for place, kind in enumerate(WEIGHED) if kind in OTHERS]
    own = neighbours(1, (10, 0.7), *((number, 0.2) for number in CANDIDATES[1:]))
    return (own, *favoured, neighbours(0, (15, 0.5), kind=NeighbourKind.TREND))


def weighed(weights="", kind="because", other="top_picks"):
    text = f"[rows.weights]\n{weights}" if weights else ""
    both = neighbours(2, *((number, 0.1) for number in CANDIDATES))
    stock = shelf(*lists(), both, model=BLENDING_MODEL)
    return page(completed(1), completed(2, days=50), shelf=stock, book=read_book(ROWS.format(kind, text, other)))


def cards_of(asked, kind=RowKind.BECAUSE):
    row = next(row for row in compose(asked).rows if row.kind is kind)
    return {card.item: card for card in row.cards}


@pytest.mark.parametrize("kind", WEIGHED)
@pytest.mark.parametrize("row", ["because", "top_picks"])
def test_every_slider_of_a_row_moves_what_its_kind_names(kind, row):
    favourite = 10 + WEIGHED.index(kind)
    plain, more = (compose(weighed(weights, row)).rows[0] for weights in ("", f"{kind} = 10"))
    none = compose(weighed(f"{kind} = 0", row)).rows[0]
    assert shown(more)[0] == favourite
    assert shown(none)[-1] == favourite or kind is TOGETHER
    assert len({tuple(shown(one)) for one in (plain, more, none)}) >= 2


@pytest.mark.parametrize("kind", WEIGHED)
def test_a_weight_multiplies_what_its_kind_gives_and_the_parts_sum_to_the_score(kind):
    plain, tripled = cards_of(weighed()), cards_of(weighed(f"{kind} = 3"))
    for item, card in tripled.items():
        before = {(part.source, part.anchor): part.value for part in plain[item].parts}
        for part in card.parts:
            factor = 3 if part.source == kind else 1
            assert part.value == pytest.approx(factor * before[part.source, part.anchor])
        assert math.fsum(part.value for part in card.parts) == pytest.approx(card.score)


def test_a_kind_of_weight_0_is_in_no_part():
    cards = cards_of(weighed("together = 0\nlike = 0"))
    assert not {"together", "like"} & {part.source for card in cards.values() for part in card.parts}


def test_weights_of_one_row_leave_the_other_as_it_is():
    full = [compose_row(weighed(weights), RowKind.TOP_PICKS, None) for weights in ("", "next = 5")]
    assert full[0] == full[1]
    assert compose_row(weighed("next = 5"), RowKind.BECAUSE, 1) != compose_row(weighed(), RowKind.BECAUSE, 1)


def test_with_all_weights_0_there_is_no_such_row():
    none = "\n".join(f"{kind} = 0" for kind in WEIGHED)
    assert [row.kind for row in compose(weighed(none)).rows] == [RowKind.TOP_PICKS]


def test_the_anchor_that_is_named_lifts_the_card_by_these_weights():
    asked = weighed("together = 0\nnext = 0\nnear = 0\nlatent = 0\ntrend = 0")  # what is described alike alone
    (row,) = (row for row in compose(replace(asked, limits=Limits(row_min=1))).rows if row.kind is RowKind.BECAUSE)
    assert shown(row) == [10 + WEIGHED.index(NeighbourKind.LIKE)]
    assert [(part.source, part.anchor) for part in row.cards[0].parts] == [("like", 1)]


def test_weights_change_nothing_where_a_model_blends_nothing():
    plain = replace(weighed("next = 5"), shelf=shelf(*lists(), model=MODEL))
    assert compose(plain).rows == compose(replace(plain, book=weighed().book)).rows


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ('kind = "because"\n[rows.weights]\nnext = 11', "rows 1 (because), weights, next: a number from 0 to 10"),
        ('kind = "because"\n[rows.weights]\nnext = -1', "rows 1 (because), weights, next: a number from 0 to 10"),
        ('kind = "because"\n[rows.weights]\nnxt = 1', "rows 1 (because), weights, nxt: there is no such key. Did you"),
        ('kind = "popular"\n[rows.weights]\nnext = 2', "rows 1 (popular), weights: only because and top_picks"),
    ],
)
def test_a_weight_out_of_bounds_is_refused_with_its_place(row, problem):
    with pytest.raises(BookRefused) as refused:
        read_book(f"[[rows]]\n{row}\n")
    assert refused.value.problems[0].startswith(problem)


def test_weights_in_plain_words():
    words = summary(weighed("like = 0\nnext = 2.5\nnear = 1").book)
    assert words[1] == (
        "Because you completed …: what people did next counting 2.5 times as much, what is described alike not at all."
    )
