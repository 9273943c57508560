"""What a Statement says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from uuid import UUID

from msgspec import Struct

from connector.domain.ids import Iri, ItemId


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
