"""What a page shows: Slate, Rows, Cards, Reasons."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from connector.domain.ids import ItemId
from connector.domain.said import Deed


class RowKind(StrEnum):
    """The Recipes of this version, by the reason their Rows give."""

    BECAUSE = "because"
    CONTINUE = "continue"
    TOP_PICKS = "top_picks"
    POPULAR = "popular"
    CURATED = "curated"
    UP_NEXT = "up_next"
    NEW = "new"
    SHORT = "short"
    TOPICS = "topics"
    RENEW = "renew"
    DIFFERENT = "different"
    TRENDING = "trending"
    SUCCEEDED = "succeeded"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a Card is there.

    ``code`` names the sentence: ``followed`` (``number`` of ``base`` who completed the Anchor completed this later),
    ``together``, ``also_completed``, ``described`` (much like the Anchor), ``started`` (``at``), ``popular``
    (``number`` people), ``popular_quiet``, ``selected`` (by hand; ``label`` says so in the site's own words, "" in
    ours), ``added`` (``at``), ``expired`` (``at``), ``on_topic`` (``label`` is the topic), ``other_topic`` and
    ``other_provider`` (popular, and the learner took nothing of that topic, or from there). Numbers are None when they
    or their complement are under k. ``deed`` is what those people did: the sentences say it.
    """

    code: str
    anchor: ItemId | None = None
    number: int | None = None
    base: int | None = None
    at: datetime | None = None
    deed: Deed = Deed.COMPLETED
    label: str = ""


class TracePart(NamedTuple):
    """One summand of a Card's score: what it came from and how much it gave."""

    source: str
    anchor: ItemId | None
    value: float


@dataclass(frozen=True, slots=True)
class Card:
    """One Item in a Row; ``parts`` sum to ``score``."""

    item: ItemId
    score: float
    reason: Reason
    parts: tuple[TracePart, ...] = ()
    progress: int | None = None


@dataclass(frozen=True, slots=True)
class Tile:
    """A topic, as the catalogue spells it, and how many Items of it (one of each Family) the learner may still do."""

    topic: str
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """A reason and its ranked Cards; ``total`` counts what qualified before the length limit.

    ``deed`` is what the Learner did with the Anchor, as the heading says it. ``title`` is what people wrote in
    the place of the heading, "" where they wrote nothing. A Row of topics has ``tiles`` and no Cards; one of a single
    topic has Cards and names it in ``topic``. ``minutes`` is the longest that a Row of short Items lets in.
    """

    kind: RowKind
    anchor: ItemId | None
    cards: tuple[Card, ...]
    total: int
    deed: Deed = Deed.COMPLETED
    title: str = ""
    tiles: tuple[Tile, ...] = ()
    topic: str = ""
    minutes: int | None = None


class SlateState(StrEnum):
    """What kind of page a Slate is."""

    PERSONAL = "personal"
    NEWCOMER = "newcomer"
    ANONYMOUS = "anonymous"
    OPTED_OUT = "opted_out"
    ALL_DONE = "all_done"
    NOTHING_RELEVANT = "nothing_relevant"
    CURATED = "curated"
    NO_MODEL = "no_model"
    NO_ROWS = "no_rows"
    PREVIEW = "preview"


@dataclass(frozen=True, slots=True)
class Slate:
    """The Rows of one page, strongest first."""

    state: SlateState
    rows: tuple[Row, ...]
    model_version: int | None
    as_of: datetime | None
    late: bool = False
