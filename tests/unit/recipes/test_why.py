"""Why is it there, why is it not: every Item has one answer, and the answer is true."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given, settings

from connector.domain import Blending, Deed, ItemStatus, NeighbourKind, RowKind, Share
from connector.recipes.base import Limits, WhyNot
from connector.recipes.compose import compose
from connector.recipes.why import Missing, RowName, Shown, inquire
from tests.unit.recipes.shelves import MODEL, catalog, completed, item, neighbours, page, shelf
from tests.unit.recipes.test_invariants import pages
from tests.unit.recipes.test_renders import book, histories, shelves
from tests.unit.recipes.undoing import without_the_cause

quick = settings(max_examples=20, deadline=None)
ELSEWHERE = {number: item(number) for number in range(31, 34)}
"""Items of the catalogue that no page looks at."""


def hold(page, catalogue=None):
    """Every Item has one answer, and undoing it gives another one; return the grounds that were given."""
    inquiry = inquire(page, compose(page), catalogue)
    grounds = Counter()
    for number in inquiry.items:
        answer = inquiry.answer(number)
        if isinstance(answer, Shown):
            assert inquiry.slate.rows[answer.row_place - 1].cards[answer.place - 1].item == number
        else:
            undoes(page, number, answer)
            grounds[answer.ground] += 1
    return grounds


def undoes(page, number, answer):
    if number in ELSEWHERE:
        page = replace(page, shelf=replace(page.shelf, items={**page.shelf.items, number: ELSEWHERE[number]}))
    other = without_the_cause(page, number, answer)
    again = inquire(other, compose(other)).answer(number)
    assert isinstance(again, Shown) or told(again) != told(answer), (number, answer)


def told(answer: Missing):
    return replace(answer, pinned=False)


@quick
@given(pages)
def test_every_item_has_one_answer_and_undoing_what_it_names_changes_it(page):
    hold(page, ELSEWHERE)


def answers_of(seed, number):
    """The grounds given on so many random pages with random books of recipes."""
    random, found = Random(seed), Counter()
    for _ in range(number):
        deed = random.choice([Deed.COMPLETED] * 3 + list(Deed))
        page = replace(shelves(random), history=histories(random), book=book(random))
        model = page.shelf.model and replace(page.shelf.model, deed=deed)
        found += hold(replace(page, shelf=replace(page.shelf, model=model)))
    return found


def test_whatever_the_book_undoing_what_an_answer_names_changes_it():
    """More pages are in tests/soak."""
    assert len(answers_of(seed=11, number=40)) > len(WhyNot) / 2


# --- the numbers of an answer --------------------------------------------------------------------------------------

ITEMS = catalog(*range(1, 40), sister=item(3, family=1))


def asked_of(*history, lists, number, items=ITEMS, **changes):
    """What is answered about an Item of a page."""
    made = page(*history, shelf=shelf(*lists, items=items), **changes)
    return inquire(made, compose(made)).answer(number)


def test_what_ranked_below_says_its_rank_and_how_many_are_shown():
    near = neighbours(1, (10, 0.9), (11, 0.8), (12, 0.7), (13, 0.6), (14, 0.5))
    found = asked_of(completed(1), lists=[near], number=14, limits=Limits(cards_max=3))
    assert found == Missing(WhyNot.RANKED_BELOW, row=RowName(RowKind.BECAUSE, 1), value=5, limit=3)


def test_what_stands_says_its_row_its_place_and_its_card():
    near = neighbours(1, (10, 0.9), (11, 0.8), (12, 0.7))
    found = asked_of(completed(1), lists=[near], number=11)
    assert (found.row_place, found.row.kind, found.place, found.card.item) == (1, RowKind.BECAUSE, 2, 11)


def test_a_row_too_short_says_how_many_were_left_and_how_many_it_needs():
    found = asked_of(completed(1), lists=[neighbours(1, (10, 0.9), (11, 0.8))], number=11)
    assert found == Missing(WhyNot.ROW_TOO_SHORT, row=RowName(RowKind.BECAUSE, 1), value=2, limit=3)


def test_of_a_kind_that_has_as_many_rows_as_it_may_have_that_number_is_said():
    lists = [neighbours(1, (10, 0.9), (11, 0.8), (12, 0.7)), neighbours(2, (20, 0.9), (21, 0.8), (22, 0.7))]
    limits = Limits(anchors_shown=1, top_picks_anchors=9)
    found = asked_of(completed(1, 1), completed(2, 2), lists=lists, number=20, limits=limits)
    assert found == Missing(WhyNot.NO_ROOM, row=RowName(RowKind.BECAUSE, 2), value=1, limit=1)


def test_under_the_floor_both_numbers_are_said():
    found = asked_of(completed(1), lists=[neighbours(1, (10, 0.02))], number=10)
    assert found == Missing(WhyNot.BELOW_FLOOR, value=0.02, limit=0.05)


def test_what_no_anchor_could_truly_explain_names_the_anchor_that_waits_and_what_both_give():
    lists = (neighbours(1, (10, 0.5)), neighbours(2, (10, 0.9)))
    found = asked_of(completed(1, 0), completed(2, 0), lists=lists, number=10, limits=Limits(anchors_scored=1))
    assert found == Missing(WhyNot.NO_TRUE_REASON, value=0.5, limit=0.9, other=2)


def test_what_only_another_run_of_an_anchor_lifts_names_that_run():
    lists = (neighbours(1, (10, 0.5)), neighbours(3, (20, 0.9)))
    limits = Limits(top_picks_anchors=3)
    found = asked_of(completed(1, 1), completed(3, 2), lists=lists, number=20, limits=limits)
    assert found == Missing(WhyNot.ANCHOR_REPEATED, other=3)
    undoes(page(completed(1, 1), completed(3, 2), shelf=shelf(*lists, items=ITEMS), limits=limits), 20, found)


def test_a_third_course_that_is_only_described_alike_says_that_a_row_takes_two():
    near = neighbours(1, (10, 0.9))
    alike = neighbours(1, (20, 0.9), (21, 0.8), (22, 0.7), kind=NeighbourKind.UNTRIED)
    model = replace(MODEL, blending=Blending({NeighbourKind.TOGETHER: Share(1.0, timedelta(days=30))}))
    made = page(completed(1), shelf=shelf(near, alike, items=ITEMS, model=model))
    found = inquire(made, compose(made)).answer(22)
    assert found == Missing(WhyNot.UNTRIED, row=RowName(RowKind.BECAUSE, 1), value=3, limit=2)


def test_another_run_that_is_done_or_shown_is_named():
    runs = catalog(1, 10, 11, 12, other=item(2, family=1), shown=item(13, family=10))
    near = neighbours(1, (10, 0.9), (11, 0.8), (12, 0.7), (13, 0.6))
    assert asked_of(completed(1), lists=[near], number=2, items=runs) == Missing(WhyNot.DONE, other=1)
    assert asked_of(completed(1), lists=[near], number=13, items=runs) == Missing(WhyNot.DUPLICATE, other=10)


def test_an_item_that_the_page_never_looked_at_is_answered_from_the_catalogue():
    made = page(completed(1), shelf=shelf(neighbours(1, (10, 0.9)), items=catalog(1, 10)))
    catalogue = catalog(50, blocked=item(51, status=ItemStatus.BLOCKED))
    inquiry = inquire(made, compose(made), catalogue)
    assert inquiry.answer(50) == Missing(WhyNot.NOT_A_NEIGHBOUR)
    assert inquiry.answer(51) == Missing(WhyNot.BLOCKED)
    assert inquiry.answer(52) == Missing(WhyNot.UNKNOWN)
