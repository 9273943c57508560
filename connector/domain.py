"""The nouns of Onward: frozen values without behaviour of their own, shared by every layer.

Words are those of docs/reference/glossary.md. Numbers named ``...Id`` are database numbers; an Item's public name is
its Activity IRI.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import NamedTuple, NewType
from uuid import UUID

from msgspec import Struct

TenantId = NewType("TenantId", int)
SourceId = NewType("SourceId", int)
PlatformId = NewType("PlatformId", int)
LearnerId = NewType("LearnerId", int)
ItemId = NewType("ItemId", int)
ModelId = NewType("ModelId", int)
Iri = NewType("Iri", str)

# --- what a Statement says ---------------------------------------------------------------------------------------


class IfiKind(StrEnum):
    """The four inverse functional identifiers of an Actor (xAPI 1.0.3 part 2, 2.4.2.3)."""

    MBOX = "mbox"
    MBOX_SHA1SUM = "mbox_sha1sum"
    OPENID = "openid"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Identifier:
    """One IFI in clear; lives in memory only, is stored as keyed hashes.

    ``value`` is the mailbox with ``mailto:``, the lower-case hex SHA-1, the OpenID URI, or the account's name;
    ``home_page`` is set for accounts only.
    """

    kind: IfiKind
    value: str
    home_page: str = ""


@dataclass(frozen=True, slots=True)
class HashedIdentity:
    """What is stored of an Identifier.

    All digests are 32 bytes of HMAC-SHA-256. ``exact`` is over kind, home page and value, ``folded`` over their folded
    forms, ``bare`` over the folded value alone (what a Launch can be compared with before anybody knows which home page
    Statements use), ``sha1`` over the SHA-1 sum that a mailbox and its ``mbox_sha1sum`` share (None for other kinds).
    ``shape`` says how the value looked ("digits(4)", "a.a@host"), never what it was.
    """

    kind: IfiKind
    home_page: str
    exact: bytes
    folded: bytes
    shape: str
    bare: bytes = b""
    sha1: bytes | None = None


class Signal(StrEnum):
    """What a Fact means for recommendations, after the verb map and the guards."""

    COMPLETED = "completed"
    PASSED = "passed"
    FAILED = "failed"
    PROGRESSED = "progressed"
    SUBMITTED = "submitted"
    STARTED = "started"
    VIEWED = "viewed"
    RATED = "rated"
    SEARCHED = "searched"
    ENROLLED = "enrolled"
    UNENROLLED = "unenrolled"
    RETRACTED = "retracted"
    NEUTRAL = "neutral"


class Deed(StrEnum):
    """What Anchors, reasons and popularity of a site go by: the strongest that enough of its Learners did."""

    COMPLETED = "completed"
    STARTED = "started"
    ENROLLED = "enrolled"
    OPENED = "opened"


_COMPLETIONS = frozenset({Signal.COMPLETED, Signal.PASSED})
_STARTS = _COMPLETIONS | {Signal.SUBMITTED, Signal.PROGRESSED, Signal.STARTED, Signal.RATED}
SIGNALS_OF: Mapping[Deed, frozenset[Signal]] = {
    Deed.COMPLETED: _COMPLETIONS,
    Deed.STARTED: _STARTS,
    Deed.ENROLLED: frozenset({Signal.ENROLLED}),
    Deed.OPENED: _STARTS | {Signal.VIEWED},
}
"""The Signals that each Deed shows in: who completed something has started it, and who started it has opened it."""


class Flag(IntEnum):
    """Bits of ``Fact.flags``: which booleans the Result had, what they said, and whether the Actor is a Group.

    ``GROUP`` is set on member 0 of a Group and on its members. ``OTHER_OBJECT`` is set where the object is not of the
    kind that the Verb's default meaning asks for ("achieved" is said of a badge, "leave" of a course).
    """

    COMPLETION_GIVEN = 1
    COMPLETION_TRUE = 2
    SUCCESS_GIVEN = 4
    SUCCESS_TRUE = 8
    GROUP = 16
    OTHER_OBJECT = 32


@dataclass(frozen=True, slots=True)
class ActivityDraft:
    """An Activity as one Statement described it.

    ``item_iri`` is the folded IRI of the Item it rolls up to ("" when it is no Item and rolls up to none);
    ``part`` is true when the Activity is only a part of that Item, so that completing it is progress, not completion.
    ``names`` maps language tags to titles of the *item* where the Statement carried them. ``item_page`` is the Item's
    IRI as the Statement spelled it, where that is an address that a browser can open, else "".
    """

    iri: Iri
    type: str
    item_iri: Iri
    part: bool
    names: Mapping[str, str] = field(default_factory=dict)
    item_type: str = ""
    item_page: str = ""


class FactDraft(Struct, frozen=True, gc=False):
    """All that is kept of a Statement, before its names became numbers (a Struct: thousands a second are made).

    ``member`` is 0 for the Actor itself and 1… for the members of a Group. ``score`` is scaled to 0..1 where it can be,
    else None; ``progress`` is per cent, 0..100. ``stored`` is None for sources that have none (dumps).
    """

    statement_id: UUID
    member: int
    identity: HashedIdentity | None
    activity: ActivityDraft | None
    verb: Iri
    attempt: UUID | None
    flags: int
    score: float | None
    progress: int | None
    stored: datetime | None
    timestamp: datetime


@dataclass(frozen=True, slots=True)
class VoidingDraft:
    """A voiding Statement's target; it may arrive before the target does."""

    statement_id: UUID
    target: UUID
    stored: datetime | None


@dataclass(frozen=True, slots=True)
class Rejected:
    """Bytes of a Statement that could not be read: goes to quarantine, the page goes on.

    ``named`` are the digests of everybody whom the bytes surely name, as tombstones of erased people have them.
    """

    reason: str
    readable_id: str
    raw: bytes
    named: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True)
class Interaction:
    """What a Fact means: one Learner, Item, Signal and time."""

    item: ItemId
    signal: Signal
    at: datetime
    progress: int | None = None
    score: float | None = None


# --- items --------------------------------------------------------------------------------------------------------


class ItemStatus(StrEnum):
    """Whether an Item may be shown; anything but ``shown`` is never rendered."""

    SHOWN = "shown"
    BLOCKED = "blocked"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class ItemText:
    """Title and summary of an Item in one language (BCP 47; "und" when the Statement did not say)."""

    language: str
    title: str
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """An Item as serving needs it.

    ``url`` is the start link or "" (then the Item is never recommended); ``minutes`` is the length or None. ``iri`` is
    folded, ``page`` is the IRI as it was seen, which a browser can open ("" when it is ``iri`` itself). ``visible`` and
    ``enrolable`` are the feed's word, ``status`` is people's. A completion holds for ``renewal_days``, None for ever.
    ``audience`` names who may see it ("role:instructor", "course:ID", "platform:NAME"); empty is everybody. ``image``
    is the key of its Picture, "" where a poster is drawn.
    """

    id: ItemId
    iri: Iri
    family: int
    status: ItemStatus
    url: str
    texts: tuple[ItemText, ...]
    minutes: int | None = None
    level: str = ""
    language: str = ""
    provider: str = ""
    topics: tuple[str, ...] = ()
    sensitive: bool = False
    page: str = ""
    type: str = ""
    visible: bool = True
    enrolable: bool = True
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    renewal_days: int | None = None
    audience: tuple[str, ...] = ()
    prerequisites: tuple[str, ...] = ()
    image: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """An Item's image as pages show it: one crop of 16 to 9 as WebP, 320 by 180 and 640 by 360 pixels."""

    small: bytes = field(repr=False)
    wide: bytes = field(repr=False)


# --- model --------------------------------------------------------------------------------------------------------


class NeighbourKind(StrEnum):
    """Which list a Neighbour is in.

    Only ``TOGETHER``, ``POPULAR`` and ``UNTRIED`` give Cards their reasons: what people completed together more often
    than chance, what many completed, and what too few did to say, but is described much like the Anchor. The others
    rank: ``NEAR`` (done by the same people, whether more than chance or not), ``NEXT``, ``LIKE``, ``LATENT``,
    ``TREND``.
    """

    TOGETHER = "together"
    POPULAR = "popular"
    NEAR = "near"
    NEXT = "next"
    LIKE = "like"
    LATENT = "latent"
    TREND = "trend"
    UNTRIED = "untried"
    RISING = "rising"
    SUCCEEDED = "succeeded"


class SuccessKind(StrEnum):
    """By what success is told: a completion, a pass, or a scaled score."""

    COMPLETED = "completed"
    PASSED = "passed"
    SCORE = "score"


@dataclass(frozen=True, slots=True)
class Success:
    """What a site calls success at an Item; ``score`` is the least that counts, in 0..1, with `SuccessKind.SCORE`."""

    kind: SuccessKind = SuccessKind.COMPLETED
    score: float = 0.0


SITE = ItemId(0)
"""The anchor of the whole site's popularity list; a course's cohort list hangs on the course's Item."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An Item near an Anchor.

    ``support`` counts learners with both, ``followed`` those who did this after the Anchor. In popularity lists
    ``support`` counts the learners who completed the Item and ``followed`` is 0.
    """

    item: ItemId
    score: float
    support: int
    followed: int


@dataclass(frozen=True, slots=True)
class NeighbourList:
    """The Neighbours of one Anchor, best first; ``base`` counts the learners who completed the Anchor."""

    kind: NeighbourKind
    anchor: ItemId
    base: int
    neighbours: tuple[Neighbour, ...]

    def pairs(self) -> Iterable[tuple[ItemId, float]]:
        """Give the Items and their scores, best first."""
        return [(near.item, near.score) for near in self.neighbours]

    def score_of(self, item: ItemId) -> float:
        """Return the score of an Item, 0 where it is no Neighbour."""
        found = self.find(item)
        return found.score if found else 0.0

    def find(self, item: ItemId) -> Neighbour | None:
        """Return the Neighbour that is this Item, None where there is none."""
        return next((near for near in self.neighbours if near.item == item), None)


@dataclass(frozen=True, slots=True)
class Share:
    """How one kind of Neighbours counts in the blend: how much, and how long after the Anchor it counts half."""

    weight: float
    half_life: timedelta


@dataclass(frozen=True, slots=True)
class Blending:
    """What the score of a Candidate is blended from; a kind without a Share gives nothing.

    ``anchors`` of the latest Anchors give scores; None: as many as the page's limits say.
    """

    shares: Mapping[NeighbourKind, Share]
    anchors: int | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """A published, versioned set of Neighbours; never changes once published.

    ``blending`` says how its lists rank, ``ranking`` in words why so; without a Blending, what people completed
    together ranks alone. ``deed`` is what its Anchors, its reasons and its popularity go by.
    """

    id: ModelId
    version: int
    trained_at: datetime
    data_as_of: datetime | None
    learners: int
    items: int
    interactions: int
    neighbours: int
    scale: Mapping[str, float]
    blending: Blending | None = None
    ranking: str = ""
    deed: Deed = Deed.COMPLETED


# --- slate --------------------------------------------------------------------------------------------------------


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


# --- launch -------------------------------------------------------------------------------------------------------


class Audience(StrEnum):
    """For whom a Visit is: only learners train and only learners see their own history."""

    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    TEST_USER = "test_user"
    ANONYMOUS = "anonymous"


class ClaimKind(StrEnum):
    """What a Launch says of a person that Statements may say too; each is a match rule of that name.

    ``SUB`` is the Platform's own number of a person, ``IDNUMBER`` LTI's ``person_sourcedid``.
    """

    SUB = "sub"
    USERNAME = "username"
    IDNUMBER = "idnumber"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Course:
    """An LTI context: where the Placement sits."""

    id: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class LinkChoice:
    """What a teacher chose for one Placement in custom parameters, in their own words; "" where nothing.

    Nothing here is checked: `connector.serve.placement` says what it means, and what of it means nothing.
    """

    row: str = ""
    layout: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """What a Launch leaves: who, where, until when. Travels as a signed token, never as a cookie.

    ``learner`` is None for anonymous launches. ``given_name`` lives here only, it is not stored. ``link`` is what this
    Placement was made to show. ``own_rows`` is set once somebody who teaches asked for the Rows of their own learning.
    ``administers`` is set on a launch by who administers the LMS; it is not in the token.
    """

    tenant: TenantId
    platform: PlatformId
    deployment: str
    learner: LearnerId | None
    audience: Audience
    placement: str
    course: Course | None
    given_name: str
    locale: str
    return_url: str
    launched_at: datetime
    expires_at: datetime
    link: LinkChoice = LinkChoice()
    own_rows: bool = False
    administers: bool = False
