"""The book of recipes: what people decide about Rows, as data; what is not said in it is as it always was.

`connector.recipes.book_file` reads the file that people edit (`connector.recipes.default_book` is the first one),
`connector.recipes.applied` makes a page of it, and `connector.recipes.summary` says it in English.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from connector.domain import RowKind, Success
from connector.recipes.row_options import PLAIN, RowOptions
from connector.recipes.rules import Rule

FORMAT = 1
BOOST_MOST = 10.0
PINS_WITHIN = 4
"""A pinned Card stands among so many first ones."""


@dataclass(frozen=True, slots=True)
class NamedRule:
    """A rule and what people call it; "" where they gave it no name."""

    name: str
    when: Rule

    def called(self) -> str:
        """Return its name, else its text."""
        return self.name or str(self.when)


@dataclass(frozen=True, slots=True)
class Weighing:
    """What a score is multiplied by where a rule holds: 1..10 is a boost, 0..1 buries."""

    name: str
    when: Rule
    factor: float

    def called(self) -> str:
        """Return its name, else its text."""
        return self.name or str(self.when)


@dataclass(frozen=True, slots=True)
class Preference:
    """What is left out, what alone may be in, and what counts more or less: of every Row, or of one.

    ``weighings`` come in the order of the book, boosts first. With any ``include``, only what one of them names is in.
    """

    include: tuple[NamedRule, ...] = ()
    exclude: tuple[NamedRule, ...] = ()
    weighings: tuple[Weighing, ...] = ()


NO_PREFERENCE = Preference()


@dataclass(frozen=True, slots=True)
class Season:
    """From when until when something holds, both aware; ``until`` is the first moment at which it does not."""

    start: datetime | None = None
    until: datetime | None = None

    def covers(self, now: datetime) -> bool:
        """Tell whether it holds at ``now``."""
        return (self.start is None or self.start <= now) and (self.until is None or now < self.until)


ALWAYS = Season()


@dataclass(frozen=True, slots=True)
class RowRecipe:
    """How one kind of Row is made.

    Parameters
    ----------
    kind : RowKind
        Which.
    on : bool
        Off, it is on no page.
    title : str
        Stands in the place of the Row's own title; "" keeps that.
    cards_min, cards_max : int or None
        Fewest and most Cards; None is the page's limit.
    floor : float
        How many times as near as the page's floor a Neighbour has to be; at least 1.
    audience : Rule or None
        Who sees it; None is everybody.
    season : Season
        When it is shown.
    preference : Preference
        What holds in this Row only.
    options : RowOptions
        How kinds of Neighbours, levels, likeness and the Course of the launch count in this Row.
    minutes_max : int or None
        The longest Item of a Row of short ones; None is the Row's own limit.
    """

    kind: RowKind
    on: bool = True
    title: str = ""
    cards_min: int | None = None
    cards_max: int | None = None
    floor: float = 1.0
    audience: Rule | None = None
    season: Season = ALWAYS
    preference: Preference = NO_PREFERENCE
    options: RowOptions = PLAIN
    minutes_max: int | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """An Item that people put into a Row by hand.

    Parameters
    ----------
    iri : str
        The Item's IRI, folded or as it was seen.
    row : RowKind
        Where to; ``CURATED`` is the Row of what was selected by hand.
    position : int
        Its place from 1 on; in other Rows than ``CURATED`` at most `PINS_WITHIN`.
    label : str
        What the Card says in the place of "Selected by L&D"; "" keeps that.
    audience : Rule or None
        Who sees it; None is everybody.
    season : Season
        When.
    """

    iri: str
    row: RowKind = RowKind.CURATED
    position: int = 1
    label: str = ""
    audience: Rule | None = None
    season: Season = ALWAYS


class Order(StrEnum):
    """In which order the Rows of a page stand: ``STRONGEST`` first, or ``FIXED``, as the book names them."""

    STRONGEST = "strongest"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class PageLimits:
    """Sizes of a page that the book sets; None keeps the program's.

    ``pins_max`` is the most pinned Cards of a Row that is not ``CURATED``.
    """

    row_min: int | None = None
    rows_max: int | None = None
    cards_max: int | None = None
    because_rows_max: int | None = None
    pins_max: int = 1


BY_COMPLETION = Success()


@dataclass(frozen=True, slots=True)
class RecipeBook:
    """All recipes of a Tenant, one version; ``rows`` are made in this order, and stand by ``order``.

    Of several recipes for one kind, the first that a viewer may see now is the one. ``curated_only`` is the kill
    switch: nothing but ``CURATED`` is shown. ``success`` is what the next training learns *succeeded* from.
    """

    rows: tuple[RowRecipe, ...]
    preference: Preference = NO_PREFERENCE
    pins: tuple[Pin, ...] = ()
    limits: PageLimits = PageLimits()
    curated_only: bool = False
    time_zone: str = "UTC"
    success: Success = BY_COMPLETION
    order: Order = Order.STRONGEST


DEFAULT_BOOK = RecipeBook(
    rows=(
        RowRecipe(RowKind.UP_NEXT),
        RowRecipe(RowKind.CURATED),
        RowRecipe(RowKind.RENEW),
        RowRecipe(RowKind.NEW),
        RowRecipe(RowKind.BECAUSE),
        RowRecipe(RowKind.CONTINUE),
        RowRecipe(RowKind.TOP_PICKS),
        RowRecipe(RowKind.TRENDING),
        RowRecipe(RowKind.SUCCEEDED),
        RowRecipe(RowKind.POPULAR),
        RowRecipe(RowKind.SHORT),
        RowRecipe(RowKind.TOPICS),
        RowRecipe(RowKind.DIFFERENT),
    )
)
"""What is served where no book was ever set."""

CLOSED_BOOK = replace(DEFAULT_BOOK, rows=())
"""What is served in the place of a book that cannot be read any more: nothing, for what it excludes is not known."""
