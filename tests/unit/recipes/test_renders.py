"""Pages of random catalogues, histories and books: what may not be shown is shown on none.

What a rule says is worked out a second time here, from the Item itself.
"""

import math
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from connector.domain import Audience, Interaction, ItemStatus, RowKind
from connector.recipes.base import PageInput
from connector.recipes.compose import compose
from connector.recipes.recipe import NamedRule, PageLimits, Pin, Preference, RecipeBook, RowRecipe, Season, Weighing
from connector.recipes.rules import read_rule
from connector.recipes.trace import why_not
from tests.unit.recipes.shelves import NOW
from tests.unit.recipes.test_invariants import NUMBERS, OFTEN, done_families, options_of, page_of

VENDORS = ("", "Vendor X", "Vendor Y")
RULES = {
    'provider == "Vendor Y"': lambda one: one.provider == "Vendor Y",
    "minutes > 60": lambda one: one.minutes is not None and one.minutes > 60,
    'topics in ["a", "b"] and not sensitive': lambda one: not one.sensitive and bool({"a", "b"} & set(one.topics)),
    "minutes is unknown or level == 'basic'": lambda one: one.minutes is None or one.level == "basic",
}
READ = {text: read_rule(text) for text in RULES}
SEASONS = (Season(), Season(), Season(NOW), Season(until=NOW), Season(NOW - timedelta(days=1), NOW + timedelta(days=1)))


def described(random, one):
    """An Item that rules can tell from others; half of them say nothing."""
    return replace(
        one,
        provider=random.choice(VENDORS),
        minutes=random.choice([None, 10, 30, 90]),
        topics=tuple(random.sample(("a", "b", "c"), random.randint(0, 2))),
        level=random.choice(["", "basic"]),
    )


def histories(random):
    acts = [Interaction(random.choice(NUMBERS), random.choice(OFTEN), NOW - timedelta(days=n)) for n in range(14)]
    return tuple(random.sample(acts, random.randint(0, 14)))


def some_rules(random, most):
    return tuple(NamedRule(text, READ[text]) for text in random.sample(list(RULES), random.randint(0, most)))


def weighings(random):
    texts = random.sample(list(RULES), random.randint(0, 2))
    return tuple(Weighing(text, READ[text], random.choice([0.0, 0.3, 2.0, 10.0])) for text in texts)


def preference(random, most):
    included = some_rules(random, 2) if random.random() < 1 / 8 else ()
    return Preference(included, some_rules(random, most), weighings(random))


def row(random, kind):
    return RowRecipe(
        kind,
        on=random.random() < 19 / 20,
        cards_max=random.choice([None, None, 2, 20]),
        floor=random.choice([1.0, 1.0, 5.0]),
        season=random.choice(SEASONS),
        preference=preference(random, 1) if random.random() < 1 / 3 else Preference(),
        options=options_of(random, kind),
    )


def book(random):
    rows = [row(random, kind) for kind in random.sample(list(RowKind), len(RowKind))]
    pins = [pin(random) for _ in range(random.randint(0, 6))]
    limits = PageLimits(row_min=random.choice([None, 1, 1, 1]), pins_max=random.randint(0, 3))
    return RecipeBook(tuple(rows), preference(random, 2), tuple(pins), limits, random.random() < 1 / 20)


def pin(random):
    return Pin(
        str(random.choice(NUMBERS)),
        random.choice(list(RowKind)),
        random.randint(1, 4),
        "",
        None,
        random.choice(SEASONS),
    )


def shelves(random):
    """A page's shelf, for which many histories and books are tried."""
    everything = tuple(Interaction(number, OFTEN[0], NOW) for number in NUMBERS)  # so that every Item has a list
    made = page_of(random, everything, Audience.LEARNER, personal_rows=True)
    items = {number: described(random, one) for number, one in made.shelf.items.items()}
    course = items.get(made.course.id) if made.course else None
    known = {str(number): number for number in items}
    return replace(made, shelf=replace(made.shelf, items=items), course=course, pin_items=known)


def check(page: PageInput) -> int:
    """Hold every promise about one page; return how many Cards it has."""
    slate = compose(page)
    cards = [(row.kind, card) for row in slate.rows for card in row.cards]
    done = done_families(page)
    numbers = [card.item for _, card in cards]
    assert len({page.shelf.items[number].family for number in numbers}) == len(numbers)
    for kind, card in cards:
        one = page.shelf.items[card.item]
        assert one.status is ItemStatus.SHOWN
        assert one.family not in done
        assert one.visible
        assert one.url
        assert not any(RULES[rule.name](one) for rule in page.book.preference.exclude)
        includes = page.book.preference.include
        assert not includes or any(RULES[rule.name](one) for rule in includes)
        own = next(recipe for recipe in page.book.rows if recipe.kind is kind)
        assert own.on
        assert own.season.covers(page.now)
        assert not any(RULES[rule.name](one) for rule in own.preference.exclude)
        assert kind is RowKind.CURATED or not page.book.curated_only
        assert math.fsum(part.value for part in card.parts) == pytest.approx(card.score, abs=1e-9)
        if card.reason.code == "selected":
            assert any(pin.iri == str(card.item) and pin.season.covers(page.now) for pin in page.book.pins)
    for made in slate.rows:
        pinned = [card for card in made.cards if card.reason.code == "selected"]
        assert made.kind is RowKind.CURATED or len(pinned) <= page.book.limits.pins_max
    return len(cards)


def rendered(seed: int, pages: int) -> int:
    """Check so many pages, fifty for each shelf; return how many Cards they had."""
    random, cards = Random(seed), 0
    for number in range(pages):
        if number % 50 == 0:
            shelf = shelves(random)
        cards += check(replace(shelf, history=histories(random), book=book(random)))
    return cards


def test_no_page_shows_what_is_blocked_done_or_excluded():
    """Ten thousand of them are in tests/soak."""
    assert rendered(seed=6, pages=2_000) > 2_000


def test_whatever_the_book_every_missing_item_has_a_ground_and_no_shown_one_has():
    random = Random(8)
    for _ in range(60):
        page = replace(shelves(random), book=book(random))
        slate = compose(page)
        shown = {card.item for row in slate.rows for card in row.cards}
        for number in (*NUMBERS, 99):
            assert (why_not(number, page, slate) is None) is (number in shown)
