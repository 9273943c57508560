"""What a page is made from, and the shape that every Recipe's Rows have before the page is laid out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from connector.domain import (
    Audience,
    Card,
    Deed,
    Interaction,
    Item,
    ItemId,
    Model,
    NeighbourKind,
    NeighbourList,
    RowKind,
    Tile,
)
from connector.recipes.recipe import DEFAULT_BOOK, RecipeBook

ListKey = tuple[NeighbourKind, ItemId]
"""Which Neighbour list: its kind and the Anchor that it hangs on (``SITE`` for the whole site's popularity)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes and thresholds of a page.

    Parameters
    ----------
    row_min, continue_min : int
        Fewest Cards of a Row; *Continue* is short by nature and has its own.
    rows_max, cards_max, continue_max : int
        Most Rows of a page beside *Up next*, most Cards of a Row, most Cards of *Continue*.
    see_all_max : int
        Most Cards of a Row that stands alone ("See all").
    anchors_shown : int
        Most "because" Rows.
    anchors_scored : int
        How many of the latest Anchors give scores; the lists of one more are read (see `connector.recipes.desk`).
    top_picks_anchors : int
        Fewest scored Anchors before *Top picks* says more than a "because" Row.
    k : int
        A number of people is shown only if it and its complement are at least this.
    half_life : timedelta
        After this time an Anchor weighs half.
    floor : float
        A Neighbour whose score is under this share of its kind's scale constant is no Neighbour here.
    """

    row_min: int = 3
    continue_min: int = 1
    rows_max: int = 6
    cards_max: int = 12
    continue_max: int = 3
    see_all_max: int = 60
    anchors_shown: int = 3
    anchors_scored: int = 20
    top_picks_anchors: int = 2
    k: int = 5
    half_life: timedelta = timedelta(days=90)
    floor: float = 0.05


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the Rows are filled from.

    ``model`` is None before the first training; then ``lists`` is not looked at. ``items`` holds every Item that may
    be shown and every Item of the learner's history (for its Family, and for its title if it is an Anchor): an Item
    that is missing here is never shown and never an Anchor.
    """

    model: Model | None
    lists: Mapping[ListKey, NeighbourList]
    items: Mapping[ItemId, Item]


@dataclass(frozen=True, slots=True)
class PageInput:
    """Everything that decides what one page shows; the same value always gives the same Slate.

    Parameters
    ----------
    shelf : Shelf
        Model, Neighbour lists and Items.
    history : tuple of Interaction
        The learner's live Interactions in any order; empty if nobody is known.
    audience : Audience
        Only ``LEARNER`` gets personal Rows.
    personal_rows : bool
        The learner's switch.
    now : datetime
        The moment of the request, aware.
    course : Item or None
        The Item of the Course that the Launch came from: its cohort's popularity is shown, it itself is not.
    viewer : frozenset of str
        What an Item's ``audience`` is compared with: "role:learner", "course:4", "platform:campus", "language:de".
    undone : int or None
        How many Items of the whole catalog the learner could still do, if the caller counted them; None: judge by
        ``shelf.items``. It decides between "all done" and "nothing relevant" only.
    pinned : ItemId or None
        An Item that is asked for as an Anchor, however long ago it was completed; it has to be in ``shelf.items``. It
        changes nothing for who did not complete it.
    limits : Limits
        Sizes and thresholds.
    book : RecipeBook
        What people decided about Rows.
    pin_items : mapping of str to ItemId
        The Items that the pins of the book name by IRI, where they are known; they have to be in ``shelf.items``.
    arrivals : mapping of ItemId to datetime
        What is new since this learner's previous visit, and since when; what is not in ``shelf.items`` is not shown.
    topics : mapping of str to frozenset of int
        Of each topic, by its name, the Families of the Items on it in the whole catalogue that are open to who looks,
        whatever they did (see `connector.serve.glance`).
    """

    shelf: Shelf
    history: tuple[Interaction, ...]
    audience: Audience
    personal_rows: bool
    now: datetime
    course: Item | None = None
    viewer: frozenset[str] = frozenset()
    undone: int | None = None
    pinned: ItemId | None = None
    limits: Limits = Limits()
    book: RecipeBook = DEFAULT_BOOK
    pin_items: Mapping[str, ItemId] = field(default_factory=dict)
    arrivals: Mapping[ItemId, datetime] = field(default_factory=dict)
    topics: Mapping[str, frozenset[int]] = field(default_factory=dict)


def is_personal(page: PageInput) -> bool:
    """Tell whether the learner's history may fill Rows."""
    return page.audience is Audience.LEARNER and page.personal_rows


class Pinned(NamedTuple):
    """An Item that people put at a place of a Row, from 1 on; ``label`` is what its Card says, "" for our words."""

    item: ItemId
    position: int
    label: str


@dataclass(frozen=True, slots=True)
class RowDraft:
    """A Row before the page is laid out.

    ``ranked`` holds all that qualified, best first; of a Family `connector.recipes.applied` keeps one, once the rules
    have spoken. ``card`` makes the Card of one of them, so that only what is shown is built. ``pinned`` are the pins
    that hold now, by place; ``title`` stands in the place of the Row's own. ``score`` says what a Card's score is
    without making it, where that is known; the mean likeness of Cards is at most ``variety``.
    ``tiles``, ``topic`` and ``minutes`` are the Row's.
    """

    kind: RowKind
    anchor: ItemId | None
    ranked: tuple[ItemId, ...]
    card: Callable[[ItemId], Card]
    at_least: int
    at_most: int
    deed: Deed = Deed.COMPLETED
    pinned: tuple[Pinned, ...] = ()
    title: str = ""
    score: Callable[[ItemId], float] | None = None
    variety: float = 1.0
    tiles: tuple[Tile, ...] = ()
    topic: str = ""
    minutes: int | None = None


class WhyNot(StrEnum):
    """What kept an Item off a page.

    ``hidden`` is people's word, ``not_visible`` the feed's. ``not_enrolable`` is the ground only for those who are not
    in the course already; ``prerequisites`` if one of them is not done, or has to be renewed. ``already_begun`` is
    said where the site goes by what people started, enrolled in or opened, and the learner did that.
    ``excluded`` and ``not_included`` are rules of the recipes; ``row_off``: they make no such Row for this page now.
    ``no_room``: the page has as many Rows (of that kind) as it may have. ``weaker``: its Row is weaker than those for
    which the page has room. ``untried``: too few people did it to prove
    anything, and its Row has enough of those. ``no_score``: it is proven, and no list that ranks names it.
    ``anchor_repeated``: what lifts it is another run of an Anchor that has the Row already. ``too_alike``: its Row
    would be less varied with it than the recipes want.
    ``below_level``: a higher level of one of its topics is done. ``weighed_out``: the weights of its Rows leave it no
    score.
    """

    DONE = "done"
    UNKNOWN = "unknown"
    BLOCKED = "blocked"
    HIDDEN = "hidden"
    NOT_VISIBLE = "not_visible"
    NO_URL = "no_url"
    NOT_STARTED = "not_started"
    ENDED = "ended"
    NOT_FOR_THEM = "not_for_them"
    NOT_ENROLABLE = "not_enrolable"
    PREREQUISITES = "prerequisites"
    CURRENT_COURSE = "current_course"
    EXCLUDED = "excluded"
    NOT_INCLUDED = "not_included"
    ROW_OFF = "row_off"
    ALREADY_BEGUN = "already_begun"
    DUPLICATE = "duplicate"
    NOT_A_NEIGHBOUR = "not_a_neighbour"
    BELOW_FLOOR = "below_floor"
    NO_TRUE_REASON = "no_true_reason"
    RANKED_BELOW = "ranked_below"
    ROW_TOO_SHORT = "row_too_short"
    NO_ROOM = "no_room"
    WEAKER = "weaker"
    UNTRIED = "untried"
    NO_SCORE = "no_score"
    ANCHOR_REPEATED = "anchor_repeated"
    TOO_ALIKE = "too_alike"
    BELOW_LEVEL = "below_level"
    WEIGHED_OUT = "weighed_out"


class Bar(NamedTuple):
    """What the recipes have against an Item, and what the rule is called that says so."""

    why: WhyNot
    rule: str
