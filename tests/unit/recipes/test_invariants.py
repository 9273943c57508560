"""The invariants of the page, over random catalogs, histories and Neighbour lists.

What is done, and what an Anchor gives, is worked out a second time here, slowly, from the definitions.
"""

import math
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain import (
    SITE,
    Audience,
    Blending,
    Deed,
    Interaction,
    ItemStatus,
    Neighbour,
    NeighbourKind,
    NeighbourList,
    RowKind,
    Share,
    Signal,
)
from connector.recipes.applied import BLENDED
from connector.recipes.base import Limits, PageInput, Shelf, is_personal
from connector.recipes.book_file import OWN_ORDER
from connector.recipes.compose import compose, compose_row
from connector.recipes.context import nearness
from connector.recipes.desk import open_desk
from connector.recipes.recipe import DEFAULT_BOOK
from connector.recipes.row_options import WEIGHED, Levels, RowOptions
from connector.recipes.trace import why_not
from connector.recipes.variety import likeness
from connector.recipes.weights import weighed_desk
from tests.unit.recipes.shelves import MODEL, NOW, POPULAR, TOGETHER, item

NUMBERS = range(1, 31)
COMPLETIONS = (Signal.COMPLETED, Signal.PASSED)
BY_ANCHOR = (NeighbourKind.NEAR, NeighbourKind.NEXT, NeighbourKind.LIKE, NeighbourKind.LATENT)
RANKING = (*BY_ANCHOR, NeighbourKind.TREND)
STARTS = (*COMPLETIONS, Signal.STARTED, Signal.PROGRESSED, Signal.SUBMITTED, Signal.RATED)
SHOWN = {
    Deed.COMPLETED: COMPLETIONS,
    Deed.STARTED: STARTS,
    Deed.ENROLLED: (Signal.ENROLLED,),
    Deed.OPENED: (*STARTS, Signal.VIEWED),
}
OFTEN = (*[Signal.COMPLETED] * 8, Signal.PASSED, Signal.RETRACTED, Signal.FAILED, Signal.STARTED, Signal.PROGRESSED)

# Catalogs and lists come from a drawn seed (drawing each number takes seconds); what people do is drawn, so it shrinks.


def catalog_of(random):
    return {number: item_of(random, number) for number in random.sample(NUMBERS, random.randint(24, 30))}


def item_of(random, number):
    return item(
        number,
        family=random.choice([*[number] * 5, random.choice(NUMBERS)]),
        status=random.choice([ItemStatus.SHOWN] * 16 + [ItemStatus.BLOCKED, ItemStatus.HIDDEN]),
        url=random.choice(["https://lms.example/"] * 10 + [""]),
        sensitive=random.random() < 1 / 10,
        visible=random.random() > 1 / 16,
        enrolable=random.random() > 1 / 8,
        starts_at=random.choice([None] * 16 + [NOW, NOW - timedelta(days=9), NOW + timedelta(days=9)]),
        ends_at=random.choice([None] * 16 + [NOW, NOW - timedelta(days=9), NOW + timedelta(days=9)]),
        renewal_days=random.choice([None] * 4 + [2, 20, 200, 900]),
        audience=random.choice([()] * 12 + [("role:learner", "course:2"), ("course:1",)]),
        topics=tuple(random.sample(("Excel", "Law", "Sales"), random.choice((0, 0, 1, 2)))),
        level=random.choice(("", "", "beginner", "advanced")),
        provider=random.choice(("", "Y", "Z")),
        prerequisites=tuple(item(first).iri for first in random.choice([()] * 8 + [(1,), (random.choice(NUMBERS), 2)])),
    )


def lists_of(random, anchors):
    places = random.choice([(SITE,), (SITE, 1), (SITE, 2), (2,), ()])
    keys = [(TOGETHER, anchor) for anchor in sorted(anchors)] + [(POPULAR, place) for place in places]
    keys += [(kind, anchor) for kind in BY_ANCHOR for anchor in sorted(anchors) if random.random() < 3 / 4]
    keys += [(NeighbourKind.UNTRIED, anchor) for anchor in sorted(anchors) if random.random() < 1 / 2]
    keys.append((NeighbourKind.TREND, SITE))
    keys += [(NeighbourKind.RISING, place) for place in places]
    keys += [(NeighbourKind.SUCCEEDED, anchor) for anchor in sorted({*anchors, 1, 2}) if random.random() < 1 / 2]
    keys += [(TOGETHER, course) for course in (1, 2) if course not in anchors]
    return {(kind, anchor): list_for(random, kind, anchor) for kind, anchor in keys}


def list_for(random, kind, anchor):
    base = random.randint(1, 60)
    others = [number for number in NUMBERS if number != anchor]
    entries = (entry_of(random, number, base) for number in random.sample(others, random.randint(0, 18)))
    return NeighbourList(kind, anchor, base, tuple(entries))


def entry_of(random, number, base):
    support = random.randint(0, base)
    score = random.choice([0.0, 0.04, 0.05, 0.5, 1.0, random.random()])
    return Neighbour(number, score, support, random.randint(0, support))


def model_of(random):
    """Before the first training; as Models ranked before they blended; and as they do."""
    if random.random() < 1 / 10:
        return None
    scale = random.choice([{}, {}, {}, {"together": 0.7, "popular": 3.0, "near": 0.3}])
    blending = random.choice([None, blending_of(random), blending_of(random)])
    return replace(MODEL, scale=scale, blending=blending, deed=random.choice([Deed.COMPLETED] * 4 + list(Deed)))


def blending_of(random):
    half_lives = (timedelta(minutes=1), timedelta(days=1), timedelta(days=400))
    kinds = random.sample(RANKING, random.randint(1, len(RANKING)))
    return Blending({kind: Share(random.choice((0.05, 0.3, 1.0)), random.choice(half_lives)) for kind in kinds})


interactions = st.builds(
    Interaction,
    item=st.sampled_from(NUMBERS),
    signal=st.sampled_from(OFTEN * 3 + tuple(Signal)),
    at=st.integers(-2, 40).map(lambda days: NOW - timedelta(days=days * days)),
    progress=st.one_of(st.none(), st.integers(0, 100)),
)


def limits_of(random):
    return Limits(
        row_min=random.randint(1, 3),
        rows_max=random.randint(1, 6),
        cards_max=random.randint(3, 6),
        anchors_shown=random.randint(1, 3),
        anchors_scored=random.randint(1, 5),
        k=random.randint(2, 6),
    )


def page_of(random, history, audience, personal_rows):
    known = catalog_of(random)
    return PageInput(
        shelf=Shelf(model_of(random), lists_of(random, {word.item for word in history}), known),
        history=tuple(history),
        audience=audience,
        personal_rows=personal_rows,
        now=NOW,
        course=random.choice([None, known.get(1), known.get(2)]),
        viewer=frozenset({f"role:{audience.value}", random.choice(["course:1", "course:3"])}),
        limits=limits_of(random),
        book=book_of(random),
    )


def book_of(random):
    """The book that comes with the program, or one whose Rows have options."""
    rows = (replace(row, options=options_of(random, row.kind)) for row in DEFAULT_BOOK.rows)
    return random.choice([DEFAULT_BOOK, replace(DEFAULT_BOOK, rows=tuple(rows))])


def options_of(random, kind):
    weighed = random.sample(WEIGHED, random.choice([0, 0, 1, 3])) if kind in BLENDED else ()
    return RowOptions(
        weights=tuple((one, random.choice((0.0, 0.5, 4.0))) for one in weighed),
        levels=random.choice(list(Levels)),
        variety=random.choice((1.0, 1.0, 0.6, 0.0)),
        context=random.choice((0.0, 0.5, 1.0)),
    )


def weights_of(page, kind):
    return next(row.options.weights for row in page.book.rows if row.kind is kind)


pages = st.builds(
    page_of,
    st.integers(0, 2**32).map(Random),
    st.one_of(st.lists(interactions, max_size=4), st.lists(interactions, min_size=8, max_size=16)),
    st.sampled_from([Audience.LEARNER] * 20 + list(Audience)),
    st.sampled_from([True] * 12 + [False]),
)
quick = settings(max_examples=60, deadline=None)


def all_rows(page):
    """Give the page's Rows and the same ones in full length."""
    rows = compose(page).rows
    return [*rows, *(compose_row(page, row.kind, row.anchor) for row in rows)]


def all_cards(page):
    return [card for row in all_rows(page) for card in row.cards]


def is_completed(page, number):
    completions = [word.at for word in page.history if word.item == number and word.signal in COMPLETIONS]
    retractions = [word.at for word in page.history if word.item == number and word.signal is Signal.RETRACTED]
    return any(all(at >= back for back in retractions) for at in completions)


def is_done(page, number):
    """Completed, and the last completion is younger than the Item's term."""
    known = page.shelf.items.get(number)
    if known is None or known.renewal_days is None:
        return is_completed(page, number)
    last = max((word.at for word in page.history if word.item == number and word.signal in COMPLETIONS), default=None)
    return is_completed(page, number) and page.now < last + timedelta(days=known.renewal_days)


def done_families(page):
    return {known.family for number, known in page.shelf.items.items() if is_done(page, number)}


@quick
@given(pages)
def test_1_no_done_item_or_family_is_in_any_row_unless_it_has_to_be_renewed(page):
    done = [number for number in NUMBERS if is_done(page, number)]
    families = done_families(page)
    for card in all_cards(page):
        assert card.item not in done
        assert page.shelf.items[card.item].family not in families


@quick
@given(pages)
def test_2_blocked_hidden_unknown_and_linkless_items_are_neither_shown_nor_named(page):
    for row in all_rows(page):
        for card in row.cards:
            assert page.shelf.items[card.item].status is ItemStatus.SHOWN
            assert page.shelf.items[card.item].url
        if row.kind is RowKind.BECAUSE:
            assert page.shelf.items[row.anchor].status is ItemStatus.SHOWN


@quick
@given(pages)
def test_2_whatever_is_shut_to_this_person_now_is_not_shown(page):
    for card in all_cards(page):
        shown = page.shelf.items[card.item]
        assert shown.visible
        assert shown.starts_at is None or shown.starts_at <= page.now
        assert shown.ends_at is None or page.now < shown.ends_at
        assert not shown.audience or page.viewer & set(shown.audience)
        assert shown.enrolable or may_have_entered(page, card.item)
        for first in shown.prerequisites:
            assert any(
                known.iri == first and known.family in done_families(page) for known in page.shelf.items.values()
            )


def may_have_entered(page, number):
    """Something besides a view, a completion or the leaving says that this learner is in the course."""
    outside = {Signal.RETRACTED, Signal.UNENROLLED, Signal.RATED, Signal.SEARCHED, Signal.NEUTRAL, *COMPLETIONS}
    acts = [word for word in page.history if word.item == number and word.signal not in outside]
    left = [word.at for word in page.history if word.item == number and word.signal is Signal.UNENROLLED]
    return bool(acts) and all(max(word.at for word in acts) > at for at in left)


@quick
@given(pages)
def test_3_every_named_anchor_is_completed_not_sensitive_and_lifts_the_card(page):
    for row in all_rows(page):
        if row.kind in {RowKind.BECAUSE, RowKind.TOP_PICKS}:
            for card in row.cards:
                assert row.anchor in {None, card.reason.anchor}
                assert (row.deed if row.anchor else deed_of(page), card.reason.deed) == (deed_of(page),) * 2
                assert shows_the_deed(page, card.reason.anchor)
                assert not any(page.shelf.items[part.anchor].sensitive for part in card.parts if part.anchor != SITE)
                assert score_without(page, row.kind, card.reason.anchor, card.item) < card.score


@quick
@given(pages)
def test_3_whose_success_is_named_was_completed_by_the_learner_or_is_the_course_and_not_sensitive(page):
    for row in all_rows(page):
        if row.kind is RowKind.SUCCEEDED:
            named = page.shelf.items[row.anchor]
            assert named == page.course or shows_the_deed(page, row.anchor)
            assert not named.sensitive
            assert named.status is ItemStatus.SHOWN
            assert all(card.reason.number is not None for card in row.cards)


@quick
@given(pages)
def test_nothing_below_a_level_that_is_done_in_its_topic_stands_where_levels_rise(page):
    done = [page.shelf.items[one] for one in open_desk(page).past.done if one in page.shelf.items]
    hard = {topic for one in done if one.level == "advanced" for topic in one.topics}
    for row in all_rows(page):
        recipe = next(one for one in page.book.rows if one.kind is row.kind)
        if recipe.options.levels is Levels.RISING and row.kind not in OWN_ORDER and is_personal(page):
            for card in row.cards:
                shown = page.shelf.items[card.item]
                assert shown.level != "beginner" or not hard & set(shown.topics)


@quick
@given(pages)
def test_the_cards_of_a_row_are_at_most_as_alike_as_its_recipe_says(page):
    for row in compose(page).rows:
        variety = next(one.options.variety for one in page.book.rows if one.kind is row.kind)
        items = [page.shelf.items[card.item] for card in row.cards]
        alike = [likeness(one, other) for one, other in combinations(items, 2)]
        assert not alike or math.fsum(alike) / len(alike) <= variety + 1e-6


def deed_of(page):
    return page.shelf.model.deed if page.shelf.model else Deed.COMPLETED


def shows_the_deed(page, number):
    """Completed, where the page goes by that; else any signal of what it goes by, and nothing against it since."""
    if deed_of(page) is Deed.COMPLETED:
        return is_completed(page, number)
    against = [
        one.at for one in page.history if one.item == number and one.signal in {Signal.FAILED, Signal.UNENROLLED}
    ]
    return any(all(at >= doubt for doubt in against) for at in at_of(page, number))


@quick
@given(pages)
def test_what_a_learner_took_up_already_is_no_news(page):
    if deed_of(page) is not Deed.COMPLETED and page.audience is Audience.LEARNER and page.personal_rows:
        taken = {
            page.shelf.items[one.item].family
            for one in page.history
            if one.signal in SHOWN[deed_of(page)] and one.item in page.shelf.items
        }
        theirs = {RowKind.CONTINUE, RowKind.UP_NEXT, RowKind.RENEW}
        news = [row for row in all_rows(page) if row.kind not in theirs]
        assert not taken & {page.shelf.items[card.item].family for row in news for card in row.cards}


@quick
@given(pages)
def test_what_is_only_described_alike_stands_in_no_other_row_and_at_most_twice_in_one(page):
    for row in all_rows(page):
        described = [card for card in row.cards if card.reason.code == "described"]
        assert len(described) <= (2 if row.kind is RowKind.BECAUSE else 0)
        for card in described:
            assert row.anchor in {part.anchor for part in card.parts if part.source == "untried"}


def score_without(page, kind, anchor, candidate):
    """By the weights of the Row, and by what the Course says, which no Anchor changes."""
    rest = tuple(word for word in page.history if word.item != anchor)
    desk = weighed_desk(open_desk(replace(page, history=rest)), weights_of(page, kind))
    context = next(row.options.context for row in page.book.rows if row.kind is kind)
    raised = context * nearness(desk).get(candidate, 0.0) if kind is RowKind.TOP_PICKS else 0.0
    return desk.scores.get(candidate, 0.0) * (1.0 + raised)


@quick
@given(pages)
def test_4_every_number_of_people_is_in_a_list_and_at_least_k_with_its_complement(page):
    for card in all_cards(page):
        if card.reason.number is not None:
            near = list_of(page, card.reason)
            entry = next(entry for entry in near.neighbours if entry.item == card.item)
            told = entry.followed if card.reason.code == "followed" else entry.support
            assert (card.reason.number, card.reason.base) == (told, near.base)
            assert told >= page.limits.k
            assert near.base - told >= page.limits.k


def list_of(page, reason):
    kind = {"popular": POPULAR, "trending": NeighbourKind.RISING, "succeeded": NeighbourKind.SUCCEEDED}.get(
        reason.code, TOGETHER
    )
    return page.shelf.lists[kind, SITE if reason.anchor is None else reason.anchor]


@quick
@given(pages)
def test_5_nothing_stands_twice_and_all_limits_are_kept(page):
    slate = compose(page)
    cards = [card.item for row in slate.rows for card in row.cards]
    families = [page.shelf.items[number].family for number in cards]
    assert len(set(cards)) == len(cards) == len(set(families))
    assert sum(row.kind is not RowKind.UP_NEXT for row in slate.rows) <= page.limits.rows_max
    for row in slate.rows:
        least, most = bounds_of(page, row.kind)
        assert least <= len(row.cards) <= most
        assert len(row.cards) <= row.total


def bounds_of(page, kind):
    """Fewest and most Cards; *Up next* is one, and what has to be renewed or is new may be."""
    if kind in {RowKind.CONTINUE, RowKind.UP_NEXT}:
        return (page.limits.continue_min, page.limits.continue_max) if kind is RowKind.CONTINUE else (1, 1)
    return 1 if kind in {RowKind.RENEW, RowKind.NEW} else page.limits.row_min, page.limits.cards_max


@quick
@given(pages, st.randoms(use_true_random=False))
def test_6_the_same_input_in_any_order_gives_the_same_slate(page, random):
    history = random.sample(page.history, len(page.history))
    shuffled = Shelf(page.shelf.model, shuffle(page.shelf.lists, random), shuffle(page.shelf.items, random))
    assert compose(replace(page, history=tuple(history), shelf=shuffled)) == compose(page)


def shuffle(mapping, random):
    return dict(random.sample(list(mapping.items()), len(mapping)))


@quick
@given(pages)
def test_6_the_parts_of_every_card_sum_to_its_score_and_rows_are_ranked(page):
    for row in all_rows(page):
        scores = [card.score for card in row.cards]
        assert scores == sorted(scores, reverse=True)
        for card in row.cards:
            assert math.fsum(part.value for part in card.parts) == pytest.approx(card.score, abs=1e-9)


@quick
@given(pages)
def test_a_blended_score_is_what_the_definition_says(page):
    for row in compose(page).rows:
        if row.kind in {RowKind.BECAUSE, RowKind.TOP_PICKS}:
            for card in row.cards:
                parts = {(part.source, part.anchor): part.value for part in card.parts}
                assert len(parts) == len(card.parts)
                parts.pop(("context", page.course.id if page.course else None), None)
                weights = dict(weights_of(page, row.kind))
                assert parts == pytest.approx({key: worth(page, weights, *key, card.item) for key in parts})


def worth(page, weights, source, anchor, candidate):
    blending, kind = page.shelf.model.blending, NeighbourKind(source)
    if blending is None:
        return worth_alone(page, anchor, candidate)
    entry = next(entry for entry in page.shelf.lists[kind, anchor].neighbours if entry.item == candidate)
    if kind is NeighbourKind.UNTRIED:
        return worth_untried(page, weights, anchor, entry)
    share = blending.shares[kind]
    completed = {one: max(at_of(page, one)) for one in {word.item for word in page.history} if at_of(page, one)}
    moments = [completed[anchor]] if anchor != SITE else [one.at for one in open_desk(page).anchors]
    ages = [max(timedelta(0), page.now - at) / share.half_life for at in moments]
    return (
        weights.get(kind, 1.0)
        * share.weight
        * max(1 / (1 + age) for age in ages)
        * entry.score
        / page.shelf.model.scale.get(source, 1.0)
    )


def worth_untried(page, weights, anchor, entry):
    age = max(timedelta(0), page.now - max(at_of(page, anchor)))
    shares = [(kind, one) for kind, one in page.shelf.model.blending.shares.items() if kind is not NeighbourKind.TREND]
    say = 0.5 * sum(weights.get(kind, 1.0) * one.weight / (1 + age / one.half_life) for kind, one in shares)
    return say * entry.score / page.shelf.model.scale.get("untried", 1.0)


def at_of(page, number):
    return [word.at for word in page.history if word.item == number and word.signal in SHOWN[deed_of(page)]]


def worth_alone(page, anchor, candidate):
    age = max(0.0, (page.now - max(at_of(page, anchor))).total_seconds() / 86400)
    entry = next(entry for entry in page.shelf.lists[TOGETHER, anchor].neighbours if entry.item == candidate)
    return max(1 / 32, 0.5 ** (age / 90)) * entry.score / page.shelf.model.scale.get("together", 1.0)


@quick
@given(pages)
def test_a_page_that_is_not_personal_depends_on_nothing_but_what_is_done(page):
    closed = replace(page, personal_rows=False)
    only_done = tuple(word for word in page.history if word.signal in {*COMPLETIONS, Signal.RETRACTED})
    assert compose(closed) == compose(replace(closed, history=only_done))
    assert {row.kind for row in compose(closed).rows} <= {RowKind.POPULAR, RowKind.TRENDING, RowKind.SUCCEEDED}


@quick
@given(pages)
def test_every_missing_item_has_a_ground_and_no_shown_one_has(page):
    slate = compose(page)
    shown = {card.item for row in slate.rows for card in row.cards}
    for number in (*NUMBERS, 99):
        assert (why_not(number, page, slate) is None) is (number in shown)
