"""The six Rows that need what serving knows besides the Model: invariants 1 to 6 over random pages, and all occur."""

import math
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain import SITE, Audience, Interaction, ItemStatus, RowKind, Signal
from connector.recipes.base import is_personal
from connector.recipes.compose import compose, compose_row, compose_topic
from connector.recipes.recipe import RecipeBook, RowRecipe
from tests.unit.recipes.shelves import NOW, POPULAR
from tests.unit.recipes.test_invariants import (
    NUMBERS,
    done_families,
    is_completed,
    is_done,
    may_have_entered,
    page_of,
    pages,
)

MINE = (RowKind.UP_NEXT, RowKind.RENEW, RowKind.NEW, RowKind.SHORT, RowKind.TOPICS, RowKind.DIFFERENT)
LEAST = {RowKind.UP_NEXT: 1, RowKind.RENEW: 1, RowKind.NEW: 1}


def furnished(page, random):
    """The page with lengths, topics and providers, some of it new, under a book of some of the Rows."""
    items = {number: dressed(random, one) for number, one in page.shelf.items.items()}
    kinds = [*MINE, *random.sample([RowKind.BECAUSE, RowKind.TOP_PICKS, RowKind.CONTINUE, RowKind.POPULAR], 2)]
    return replace(
        page,
        shelf=replace(page.shelf, items=items),
        arrivals={number: NOW - timedelta(days=random.randint(0, 29)) for number in items if random.random() < 1 / 4},
        topics=topics_of(items),
        course=page.course and items[page.course.id],
        limits=replace(page.limits, rows_max=8),
        book=RecipeBook(tuple(map(RowRecipe, random.sample(kinds, len(kinds))))),
    )


def dressed(random, one):
    return replace(
        one,
        minutes=random.choice([None, 5, 15, 16, 90]),
        topics=random.choice([(), ("Data",), ("data", "People"), *[(f"Topic {random.randint(1, 40)}",)] * 2]),
        provider=random.choice(["", "Moodle", "edX", "Library"]),
    )


def topics_of(items):
    """What is on each topic as serving counts it: neither sensitive nor shut to anybody."""
    found = {}
    for one in items.values():
        for name in one.topics if is_open(one) else ():
            found.setdefault(name.capitalize(), set()).add(one.family)
    return {name: frozenset(families) for name, families in found.items()}


def is_open(one):
    running = (one.starts_at is None or one.starts_at <= NOW) and (one.ends_at is None or one.ends_at > NOW)
    plain = not (one.sensitive or one.prerequisites or one.audience) and one.enrolable and one.visible
    return plain and running and one.status is ItemStatus.SHOWN and bool(one.url)


libraries = st.builds(furnished, pages, st.integers(0, 2**32).map(Random))
quick = settings(max_examples=60, deadline=None)


def rows_of(page):
    """The Rows of the page, the same ones in full length, and the lists behind the tiles."""
    rows = compose(page).rows
    listed = (compose_topic(page, tile.topic) for row in rows for tile in row.tiles)
    return [*rows, *(compose_row(page, row.kind, row.anchor) for row in rows), *listed]


@quick
@given(libraries)
def test_1_and_2_nothing_done_hidden_or_shut_is_in_them(page):
    done, families = [number for number in NUMBERS if is_done(page, number)], done_families(page)
    for row in rows_of(page):
        for card in row.cards:
            one = page.shelf.items[card.item]
            assert card.item not in done
            assert one.family not in families
            assert (one.status, bool(one.url), one.visible) == (ItemStatus.SHOWN, True, True)
            assert one.starts_at is None or one.starts_at <= page.now
            assert one.ends_at is None or page.now < one.ends_at
            assert one.enrolable or may_have_entered(page, card.item)
            assert not one.audience or page.viewer & set(one.audience)


@quick
@given(libraries)
def test_3_what_their_reasons_say_of_the_learner_is_true(page):
    for row in rows_of(page):
        for card in row.cards:
            told = FACTS.get(card.reason.code)
            assert told is None or told(page, card)
            if card.reason.anchor not in {None, SITE} and card.reason.code in {
                "followed",
                "together",
                "also_completed",
            }:
                assert not page.shelf.items[card.reason.anchor].sensitive
                assert any(part.anchor == card.reason.anchor for part in card.parts)


def has_lapsed(page, card):
    last = card.reason.at - timedelta(days=page.shelf.items[card.item].renewal_days)
    there = {(word.item, word.at) for word in page.history}
    return is_completed(page, card.item) and card.reason.at <= page.now and (card.item, last) in there


def is_unlike(page, card):
    one = page.shelf.items[card.item]
    taken = [page.shelf.items[word.item] for word in page.history if word.item in page.shelf.items]
    if card.reason.code == "other_topic":
        mine = {name.casefold() for each in taken for name in each.topics}
        return one.topics and mine and mine.isdisjoint(name.casefold() for name in one.topics)
    mine = {each.provider for each in taken}
    return one.provider and mine - {""} and one.provider not in mine


FACTS = {
    "expired": has_lapsed,
    "added": lambda page, card: page.arrivals[card.item] == card.reason.at and card.item not in touched(page),
    "other_topic": is_unlike,
    "other_provider": is_unlike,
    "on_topic": lambda page, card: card.reason.label.casefold() in names_of(page, card.item),
}


def touched(page):
    return {word.item for word in page.history}


def names_of(page, item):
    return {name.casefold() for name in page.shelf.items[item].topics}


@quick
@given(libraries)
def test_4_what_is_popular_and_different_was_done_by_k_people_whom_its_list_has(page):
    for row in rows_of(page):
        for card in row.cards if row.kind is RowKind.DIFFERENT else ():
            part = next(part for part in card.parts if part.source == POPULAR)
            near = page.shelf.lists[POPULAR, SITE if part.anchor is None else part.anchor]
            assert near.find(card.item).support >= page.limits.k


@quick
@given(libraries)
def test_5_nothing_stands_twice_and_every_row_has_what_it_needs(page):
    slate = compose(page)
    families = [page.shelf.items[card.item].family for row in slate.rows for card in row.cards]
    assert len(families) == len(set(families))
    assert sum(row.kind is not RowKind.UP_NEXT for row in slate.rows) <= page.limits.rows_max
    for row in slate.rows:
        if row.kind in MINE and not row.tiles:
            most = 1 if row.kind is RowKind.UP_NEXT else page.limits.cards_max
            assert LEAST.get(row.kind, page.limits.row_min) <= len(row.cards) <= most
        if row.kind is RowKind.SHORT:
            assert all(0 < page.shelf.items[card.item].minutes <= 15 for card in row.cards)


@quick
@given(libraries)
def test_a_tile_counts_just_what_its_list_shows_and_nothing_sensitive(page):
    for row in compose(page).rows:
        counts = [tile.count for tile in row.tiles]
        assert counts == sorted(counts, reverse=True)
        assert len(counts) <= 8
        for tile in row.tiles:
            behind = compose_topic(page, tile.topic)
            assert page.limits.row_min <= tile.count == behind.total
            assert not any(page.shelf.items[card.item].sensitive for card in behind.cards)


@quick
@given(libraries, st.randoms(use_true_random=False))
def test_6_parts_sum_to_scores_rows_are_ranked_and_order_changes_nothing(page, random):
    for row in rows_of(page):
        scores = [card.score for card in row.cards]
        assert scores == pytest.approx(sorted(scores, reverse=True))
        for card in row.cards:
            assert math.fsum(part.value for part in card.parts) == pytest.approx(card.score, abs=1e-9)
    shuffled = replace(
        page,
        history=tuple(random.sample(page.history, len(page.history))),
        arrivals=dict(random.sample(list(page.arrivals.items()), len(page.arrivals))),
        topics=dict(random.sample(list(page.topics.items()), len(page.topics))),
    )
    assert compose(shuffled) == compose(page)


@quick
@given(libraries)
def test_only_who_has_personal_rows_on_has_rows_of_their_own(page):
    kinds = {row.kind for row in compose(replace(page, personal_rows=False)).rows}
    assert kinds <= {RowKind.SHORT, RowKind.TOPICS, RowKind.POPULAR}
    assert is_personal(page) or {row.kind for row in compose(page).rows} <= {
        RowKind.SHORT,
        RowKind.TOPICS,
        RowKind.POPULAR,
    }


def drawn(random):
    """Something that somebody did."""
    signal = random.choice([Signal.COMPLETED] * 6 + [Signal.STARTED, Signal.PROGRESSED])
    at = NOW - timedelta(days=random.randint(0, 40) ** 2)
    return Interaction(random.choice(NUMBERS), signal, at, random.choice([None, 40, 90]))


def test_all_of_them_occur_on_these_pages():
    """Drawn without hypothesis, so that the count is of pages as they are drawn, and is the same each time."""
    seen, random = Counter(), Random(6)
    for _ in range(120):
        history = [drawn(random) for _ in range(random.randint(3, 16))]
        page = furnished(page_of(random, history, Audience.LEARNER, True), random)
        seen.update({row.kind for row in compose(page).rows})
    assert {kind: seen[kind] >= 5 for kind in MINE} == dict.fromkeys(MINE, True), seen
