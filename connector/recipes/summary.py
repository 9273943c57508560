"""The book of recipes in English: one sentence for each Row, pin and rule, for the people who answer for it."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from connector.domain import RowKind, Success, SuccessKind
from connector.recipes.recipe import (
    NamedRule,
    Order,
    PageLimits,
    Pin,
    Preference,
    RecipeBook,
    RowRecipe,
    Season,
    Weighing,
)
from connector.recipes.rules import Rule, in_words
from connector.recipes.strength import BY_STRENGTH
from connector.recipes.summary_options import options_in_words

TWO = 2

TITLES = {
    RowKind.BECAUSE: "Because you completed …",
    RowKind.CONTINUE: "Continue",
    RowKind.TOP_PICKS: "Top picks",
    RowKind.POPULAR: "Popular with people here",
    RowKind.TRENDING: "Trending",
    RowKind.SUCCEEDED: "What people who succeeded at … took",
    RowKind.CURATED: "Selected by L&D",
    RowKind.UP_NEXT: "Up next",
    RowKind.NEW: "New since your last visit",
    RowKind.SHORT: "Short",
    RowKind.TOPICS: "Explore topics",
    RowKind.RENEW: "Time to renew",
    RowKind.DIFFERENT: "Try something different",
}


def summary(book: RecipeBook) -> list[str]:
    """Return the book as sentences: the kill switch, what holds in every Row, the Rows in their order, the pins."""
    return [
        *(["Only rows selected by hand are shown now; all others are off."] if book.curated_only else []),
        *_success(book.success),
        *_every_row(book.preference),
        *_order(book),
        *_sizes(book.limits),
        *(row_in_words(row) for row in book.rows),
        *(pin_in_words(pin) for pin in book.pins),
    ]


def row_in_words(row: RowRecipe) -> str:
    """Return one Row as a sentence: "Continue: up to 3 cards, never items from Vendor Y."."""
    title = f"“{row.title}” ({row.kind.value})" if row.title else _title(row.kind)
    if not row.on:
        return f"{title}: off."
    made = [*_length(row), *_floor(row.floor), *options_in_words(row.options)]
    parts = [*made, *_preferred(row.preference), *_who_and_when(row.audience, row.season)]
    return f"{title}: {', '.join(parts) or 'on'}."


def pin_in_words(pin: Pin) -> str:
    """Return one pin as a sentence."""
    where = f"in “{_title(pin.row)}”"
    labelled = [f"labelled “{pin.label}”"] if pin.label else []
    parts = [f"at place {pin.position}", *labelled, *_who_and_when(pin.audience, pin.season)]
    return f"Pinned {where}, {', '.join(parts)}: {pin.iri}."


def _title(kind: RowKind) -> str:
    return TITLES.get(kind, kind.value.replace("_", " ").capitalize())


def _success(success: Success) -> list[str]:
    match success.kind:
        case SuccessKind.COMPLETED:
            return []
        case SuccessKind.PASSED:
            return ["Who passed an item has succeeded at it."]
        case SuccessKind.SCORE:
            return [f"Who scored {success.score:.0%} or more at an item has succeeded at it."]


def _order(book: RecipeBook) -> list[str]:
    """Say how Rows stand, where there are several of which one could stand before the other."""
    if len({row.kind for row in book.rows if row.on and row.kind in BY_STRENGTH}) < TWO:
        return []
    if book.order is Order.FIXED:
        return ["Rows stand in the order below, however strong they are."]
    return [
        "The strongest rows come first; Up next, Selected by L&D, Time to renew, New and Continue keep their places."
    ]


def _every_row(preference: Preference) -> list[str]:
    return [f"Every row: {', '.join(said)}." for said in (list(_preferred(preference)),) if said]


def _preferred(preference: Preference) -> Iterator[str]:
    if preference.include:
        yield f"only items {_any_of(preference.include)}"
    if preference.exclude:
        yield f"never items {_any_of(preference.exclude)}"
    for weighing in preference.weighings:
        yield _weighed(weighing)


def _any_of(rules: Iterable[NamedRule]) -> str:
    return " or ".join(in_words(rule.when.node) for rule in rules)


def _weighed(weighing: Weighing) -> str:
    words = in_words(weighing.when.node)
    if weighing.factor == 0:
        return f"items {words} last"
    place = "first" if weighing.factor > 1 else "later"
    return f"items {words} {place} (times {weighing.factor:g})"


def _sizes(limits: PageLimits) -> list[str]:
    said = [
        *([f"up to {limits.rows_max} rows"] if limits.rows_max else []),
        *([f"up to {limits.because_rows_max} of them “because”"] if limits.because_rows_max else []),
        *([f"up to {limits.cards_max} cards a row"] if limits.cards_max else []),
        *([f"no row of fewer than {limits.row_min}"] if limits.row_min else []),
        *([f"up to {limits.pins_max} pinned cards a row"] if limits.pins_max != 1 else []),
    ]
    return [f"A page: {', '.join(said)}."] if said else []


def _length(row: RowRecipe) -> Iterator[str]:
    if row.cards_min:
        yield f"at least {row.cards_min} cards"
    if row.cards_max:
        yield f"up to {row.cards_max} cards"
    if row.minutes_max:
        yield f"up to {row.minutes_max} minutes each"


def _floor(floor: float) -> list[str]:
    return [f"only what is at least {floor:g} times as near as usual"] if floor > 1 else []


def _who_and_when(audience: Rule | None, season: Season) -> Iterator[str]:
    if audience is not None:
        yield in_words(audience.node)
    if season.start is not None:
        yield f"from {_moment(season.start)}"
    if season.until is not None:
        yield f"until {_moment(season.until)}"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} {moment.tzinfo}"
