"""The book of recipes as people write it: one TOML document in, a RecipeBook out, or every mistake with its place."""

import tomllib
from zoneinfo import ZoneInfo

from connector.domain import RowKind
from connector.errors import BadInput
from connector.recipes.book_fields import Fields, Moments, zone_of
from connector.recipes.book_options import read_options, read_order, read_success, with_language
from connector.recipes.recipe import (
    BOOST_MOST,
    FORMAT,
    NO_PREFERENCE,
    PINS_WITHIN,
    NamedRule,
    PageLimits,
    Pin,
    Preference,
    RecipeBook,
    RowRecipe,
    Season,
    Weighing,
)
from connector.recipes.rules.names import About

LONGEST_BOOK = 200_000
"""Characters."""
MOST_ROWS, MOST_RULES, MOST_PINS = 40, 100, 200
CARDS_MOST, ROWS_MOST, FLOOR_MOST, POSITION_MOST, MINUTES_MOST = 60, 20, 20.0, 60, 240
LONGEST_TITLE = 120

_ITEM = (About.ITEM, About.VIEWER)
_ANY = (About.ITEM, About.VIEWER, About.ROW)
_VIEWER = (About.VIEWER,)
OWN_ORDER = frozenset({RowKind.CONTINUE, RowKind.CURATED, RowKind.UP_NEXT, RowKind.RENEW, RowKind.TOPICS})
"""Rows whose order is a fact (what was begun last), or people's: nothing is boosted or buried there."""

THEIRS = frozenset({RowKind.CONTINUE, RowKind.RENEW, RowKind.TOPICS})
"""Rows into which nothing is pinned: what somebody began or has to renew is theirs, and tiles are no Items."""

WITH_FLOOR = (RowKind.BECAUSE, RowKind.TOP_PICKS)
"""Rows that are made of proven Neighbours."""


class BookRefused(BadInput):
    """A book that cannot be used; ``problems`` names each mistake, its place and the remedy."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"The recipes cannot be used{more}: {problems[0]}")
        self.problems = problems


def read_book(text: str) -> RecipeBook:
    """Return the book that ``text`` says.

    Raises
    ------
    BookRefused
        Naming every mistake: an unknown key, a value out of its range, a rule that cannot be read.
    """
    if len(text) > LONGEST_BOOK:
        raise BookRefused((f"it has more than {LONGEST_BOOK} characters.",))
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BookRefused((f"it is no TOML: {error}.",)) from error
    problems: list[str] = []
    book = _book(Fields(document, "", problems))
    if problems:
        raise BookRefused(tuple(problems))
    return book


def _book(fields: Fields) -> RecipeBook:
    if fields.whole("format", least=1, most=10**6, default=FORMAT) != FORMAT:
        fields.wrong("format", f"this version reads format {FORMAT} only.")
    zone = zone_of(fields)
    book = RecipeBook(
        rows=tuple(_row(one, zone) for one in fields.tables("rows", MOST_ROWS)),
        preference=_preference(fields, _ITEM, _ANY),
        pins=tuple(_pin(one, zone) for one in fields.tables("pins", MOST_PINS)),
        limits=_limits(fields.table("limits")),
        curated_only=fields.flag("curated_only", default=False),
        time_zone=zone.key,
        success=read_success(fields),
        order=read_order(fields),
    )
    fields.close()
    _check_whole(fields, book)
    return book


def _check_whole(fields: Fields, book: RecipeBook) -> None:
    shown = {row.kind for row in book.rows if row.on}
    if not fields.get("rows"):
        fields.wrong("rows", "there is no row: add a `[[rows]]` with a `kind`.")
    if book.curated_only and RowKind.CURATED not in shown:
        fields.wrong("curated_only", "no row of kind `curated` is on, so every page would be empty.")
    for place, pin in enumerate(book.pins, 1):
        if pin.row not in {row.kind for row in book.rows}:
            fields.wrong(f"pins {place}, row", f"no `[[rows]]` has the kind `{pin.row.value}`.")


def _row(fields: Fields, zone: ZoneInfo) -> RowRecipe:
    kind = fields.kind("kind")
    fields.place += f" ({kind.value})" if kind else ""
    row = RowRecipe(
        kind=kind or RowKind.BECAUSE,
        on=fields.flag("on", default=True),
        title=fields.text("title", LONGEST_TITLE),
        cards_min=fields.size("cards_min", CARDS_MOST),
        cards_max=fields.size("cards_max", CARDS_MOST),
        floor=fields.number("floor", least=1.0, most=FLOOR_MOST, default=1.0),
        audience=fields.rule("audience", _VIEWER),
        season=_season(fields, zone),
        preference=with_language(_preference(fields, _ANY, _ANY), fields, kind, OWN_ORDER),
        options=read_options(fields, kind, WITH_FLOOR),
        minutes_max=fields.size("minutes_max", MINUTES_MOST),
    )
    fields.close()
    if kind in OWN_ORDER and row.preference.weighings:
        fields.wrong("boost, bury", f"a row of kind `{row.kind.value}` has its own order; leave them out.")
    if kind is not RowKind.SHORT and row.minutes_max:
        fields.wrong("minutes_max", "only a row of kind `short` has it: write a rule, such as 'minutes <= 30'.")
    if kind is RowKind.TOPICS and row.preference != NO_PREFERENCE:
        fields.wrong("include, exclude", "the tiles count what may be in every row: write it outside of `[[rows]]`.")
    if kind not in {None, *WITH_FLOOR} and row.floor > 1:
        fields.wrong("floor", f"only {' and '.join(WITH_FLOOR)} have a floor; leave it out.")
    if row.cards_min and row.cards_max and row.cards_min > row.cards_max:
        fields.wrong("cards_min", f"{row.cards_min} is more than `cards_max`, {row.cards_max}.")
    return row


def _preference(fields: Fields, judging: tuple[About, ...], weighing: tuple[About, ...]) -> Preference:
    return Preference(
        include=tuple(_named(one, judging) for one in fields.tables("include", MOST_RULES)),
        exclude=tuple(_named(one, judging) for one in fields.tables("exclude", MOST_RULES)),
        weighings=(
            *(_weighing(one, weighing, 1.0, BOOST_MOST) for one in fields.tables("boost", MOST_RULES)),
            *(_weighing(one, weighing, 0.0, 1.0) for one in fields.tables("bury", MOST_RULES)),
        ),
    )


def _named(fields: Fields, about: tuple[About, ...]) -> NamedRule:
    name, when = fields.text("name", LONGEST_TITLE), fields.needed_rule("when", about)
    fields.close()
    return NamedRule(name, when)


def _weighing(fields: Fields, about: tuple[About, ...], least: float, most: float) -> Weighing:
    name, when = fields.text("name", LONGEST_TITLE), fields.needed_rule("when", about)
    factor = fields.number("factor", least=least, most=most, default=None)
    if fields.get("factor") == 1:
        fields.wrong("factor", "1 changes nothing: leave the rule out, or give another factor.")
    fields.close()
    return Weighing(name, when, factor)


def _pin(fields: Fields, zone: ZoneInfo) -> Pin:
    row = fields.kind("row", default=RowKind.CURATED) or RowKind.CURATED
    within = POSITION_MOST if row is RowKind.CURATED else PINS_WITHIN
    pin = Pin(
        iri=fields.needed_text("item", 2_000),
        row=row,
        position=fields.whole("position", least=1, most=within, default=1),
        label=fields.text("label", LONGEST_TITLE),
        audience=fields.rule("audience", _VIEWER),
        season=_season(fields, zone),
    )
    fields.close()
    if row in THEIRS:
        fields.wrong("row", f"nothing is pinned into a row of kind `{row.value}`: pin into another row.")
    return pin


def _season(fields: Fields, zone: ZoneInfo) -> Season:
    moments = Moments(fields, zone)
    season = Season(moments.start("from"), moments.end("until"))
    if season.start is not None and season.until is not None and season.until <= season.start:
        fields.wrong("until", "it ends before it begins.")
    return season


def _limits(fields: Fields) -> PageLimits:
    limits = PageLimits(
        row_min=fields.size("row_min", CARDS_MOST),
        rows_max=fields.size("rows_max", ROWS_MOST),
        cards_max=fields.size("cards_max", CARDS_MOST),
        because_rows_max=fields.size("because_rows_max", ROWS_MOST),
        pins_max=fields.whole("pins_max", least=0, most=PINS_WITHIN, default=1),
    )
    fields.close()
    if limits.row_min and limits.cards_max and limits.row_min > limits.cards_max:
        fields.wrong("row_min", f"{limits.row_min} is more than `cards_max`, {limits.cards_max}.")
    return limits
