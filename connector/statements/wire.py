"""The shape of a Statement on the wire: only the fields that are read have a name here.

Names of people, e-mail texts, responses, attachments and all other fields are skipped by the decoder and never become
Python values. What the wire may not say raises ``Unreadable`` with a stable reason; ``connector.statements.interpret``
lists the reasons.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec

from connector.statements.iris import is_usable

Checked = TypeVar("Checked")
Shape = TypeVar("Shape")

ABSENT: Final = msgspec.Raw(b"null")
"""A field that is not there; a null counts as the same."""

STATEMENTS_WITHOUT_ID: Final = UUID("4f0d0a2e-6a3b-5c55-9d5e-2b7f1f6f3a10")
"""The namespace of the UUIDv5 given to Statements that carry no id (dumps)."""


class Unreadable(ValueError):
    """These bytes are not a Statement that can be read; ``reason`` is a stable snake_case code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Wire(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """Settings of all shapes below; a null counts as absent."""


class WireAccount(_Wire, frozen=True, gc=False, rename="camel"):
    """An account (xAPI 1.0.3 part 2, 2.4.2.4)."""

    home_page: str | None = None
    name: str | None = None


class WireActor(_Wire, frozen=True, gc=False, rename="camel"):
    """An Agent or Group (xAPI 1.0.3 part 2, 2.4.2): its identifiers and members, never its name."""

    object_type: str | None = None
    mbox: str | None = None
    mbox_sha1sum: str | None = msgspec.field(default=None, name="mbox_sha1sum")
    openid: str | None = None
    account: WireAccount | None = None
    member: "list[WireActor] | None" = None


class WireVerb(_Wire, frozen=True, gc=False, rename="camel"):
    """A Verb (xAPI 1.0.3 part 2, 2.4.3)."""

    id: str | None = None


class WireDefinition(_Wire, frozen=True, gc=False, rename="camel"):
    """An Activity Definition (xAPI 1.0.3 part 2, 2.4.4.1): type and titles by language."""

    type: str | None = None
    name: dict[str, str | None] | None = None


class WireObject(_Wire, frozen=True, gc=False, rename="camel"):
    """An Object of any kind (xAPI 1.0.3 part 2, 2.4.4), or an Activity in a context."""

    object_type: str | None = None
    id: str | None = None
    definition: WireDefinition | None = None

    @property
    def type(self) -> str:
        """The activity type as given, "" without one that could be an IRI."""
        given = (self.definition and self.definition.type) or ""
        return given if is_usable(given) else ""


class WireScore(_Wire, frozen=True, gc=False, rename="camel"):
    """A Score (xAPI 1.0.3 part 2, 2.4.5.1)."""

    scaled: float | None = None
    raw: float | None = None
    min: float | None = None
    max: float | None = None


class WireResultExtensions(_Wire, frozen=True, gc=False):
    """Progress as the cmi5 profile (0..100) and the video profile (0..1) write it; anything else is not progress."""

    cmi5: Any = msgspec.field(default=None, name="https://w3id.org/xapi/cmi5/result/extensions/progress")
    cmi5_http: Any = msgspec.field(default=None, name="http://w3id.org/xapi/cmi5/result/extensions/progress")
    video: Any = msgspec.field(default=None, name="https://w3id.org/xapi/video/extensions/progress")
    video_http: Any = msgspec.field(default=None, name="http://w3id.org/xapi/video/extensions/progress")


class WireResult(_Wire, frozen=True, gc=False, rename="camel"):
    """A Result (xAPI 1.0.3 part 2, 2.4.5), without the response."""

    completion: bool | None = None
    success: bool | None = None
    score: WireScore | None = None
    extensions: WireResultExtensions | None = None


class WireContextActivities(_Wire, frozen=True, gc=False, rename="camel"):
    """Context Activities (xAPI 1.0.3 part 2, 2.4.6.2): one object (allowed for old Statements) or a list."""

    parent: list[WireObject] | WireObject | None = None
    grouping: list[WireObject] | WireObject | None = None

    @property
    def parents(self) -> list[WireObject]:
        """What the Activity lies in, nearest first as given."""
        return _listed(self.parent)

    @property
    def groupings(self) -> list[WireObject]:
        """What the Activity belongs to in a wider sense, as given."""
        return _listed(self.grouping)


class WireContextExtensions(_Wire, frozen=True, gc=False):
    """The share of a video (0..1) past which the video profile calls it completed."""

    threshold: Any = msgspec.field(default=None, name="https://w3id.org/xapi/video/extensions/completion-threshold")


class WireContext(_Wire, frozen=True, gc=False, rename="camel"):
    """A Context (xAPI 1.0.3 part 2, 2.4.6)."""

    registration: str | None = None
    context_activities: msgspec.Raw = ABSENT
    extensions: WireContextExtensions | None = None


class WireStatement(_Wire, frozen=True, gc=False, rename="camel"):
    """A Statement (xAPI 1.0.3 part 2, 2.4) with the fields that are read.

    ``object`` and ``context.context_activities`` stay bytes (``object_in``, ``around_in``): a few of them stand in
    thousands of Statements, and what they mean need be found out only once.
    """

    id: UUID | None = None
    actor: WireActor | None = None
    verb: WireVerb | None = None
    object: msgspec.Raw = ABSENT
    result: WireResult | None = None
    context: WireContext | None = None
    stored: str | None = None
    timestamp: str | None = None


def _listed(given: list[WireObject] | WireObject | None) -> list[WireObject]:
    if isinstance(given, list):
        return given
    return [] if given is None else [given]


_statements = msgspec.json.Decoder(WireStatement)
_objects: msgspec.json.Decoder[WireObject | None] = msgspec.json.Decoder(WireObject | None)
_arounds: msgspec.json.Decoder[WireContextActivities | None] = msgspec.json.Decoder(WireContextActivities | None)
_FIELD_IN_PATH: Final = re.compile(r"`\$\.(\w+)")
_REASONS: Final = {name: f"bad_{name}" for name in WireStatement.__struct_fields__}


def decode(raw: bytes) -> WireStatement:
    """Decode the bytes of one Statement.

    Raises
    ------
    Unreadable
        ``not_json``, ``too_deep``, ``not_an_object``, or ``bad_`` and the name of the field that has a wrong shape.
    """
    return _decoded(_statements, raw, _reason_of)


def object_in(raw: bytes) -> WireObject | None:
    """Decode the bytes of a Statement's object; refuses a wrong shape as ``bad_object``."""
    return _decoded(_objects, raw, lambda _: "bad_object")


def around_in(raw: bytes) -> WireContextActivities:
    """Decode the bytes of a Statement's contextActivities; refuses a wrong shape as ``bad_context``."""
    return _decoded(_arounds, raw, lambda _: "bad_context") or WireContextActivities()


def _decoded(
    decoder: msgspec.json.Decoder[Shape], raw: bytes, reason_of: Callable[[msgspec.ValidationError], str]
) -> Shape:
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise Unreadable(reason_of(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable("not_json") from error
    except RecursionError as error:
        raise Unreadable("too_deep") from error


def _reason_of(error: msgspec.ValidationError) -> str:
    field = _FIELD_IN_PATH.search(str(error))
    return _REASONS.get(field[1], "not_an_object") if field else "not_an_object"


def present(value: Checked | None, reason: str) -> Checked:
    """Return ``value``, or refuse the Statement with ``reason`` where it is absent."""
    if value is None:
        raise Unreadable(reason)
    return value


def id_from_bytes(raw: bytes) -> UUID:
    """Return the id of a Statement that carries none: the UUIDv5 of its canonical bytes (keys sorted, no blanks).

    Raises
    ------
    Unreadable
        ``no_canonical_form``: a field that is otherwise skipped cannot be written again.
    """
    try:
        canonical = msgspec.json.encode(msgspec.json.decode(raw), order="sorted")
    except (ValueError, RecursionError) as error:
        raise Unreadable("no_canonical_form") from error
    digest = hashlib.sha1(STATEMENTS_WITHOUT_ID.bytes + canonical, usedforsecurity=False).digest()
    return UUID(bytes=digest[:16], version=5)


def moment(text: str | None, reason: str) -> datetime | None:
    """Return an ISO 8601 date and time in UTC, None for None; without an offset it counts as UTC.

    Raises
    ------
    Unreadable
        ``reason``, where it is not a date with a time or lies outside the years 1 to 9999.
    """
    if text is None:
        return None
    try:
        spelled = text.upper()
        if "T" not in spelled and " " not in spelled:  # a bare date, an odd separator (1.0.3 part 2, 4.5)
            raise Unreadable(reason)
        found = datetime.fromisoformat(spelled)
        return found if found.tzinfo is UTC else _utc(found)
    except (ValueError, OverflowError) as error:
        raise Unreadable(reason) from error


def _utc(found: datetime) -> datetime:
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def uuid_or_none(text: str | None) -> UUID | None:
    """Return the UUID that ``text`` spells, None where it spells none."""
    try:
        return None if text is None else UUID(text)
    except ValueError:
        return None


class _OnlyId(msgspec.Struct, frozen=True, gc=False):
    id: Any = None


_UUID_SHAPE: Final = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def readable_id(raw: bytes) -> str:
    """Return the id of a Statement that could not be read otherwise, lower case; "" where it is no UUID."""
    try:
        found = msgspec.json.decode(raw, type=_OnlyId).id
    except (ValueError, RecursionError):
        return ""
    return found.lower() if isinstance(found, str) and _UUID_SHAPE.fullmatch(found) else ""
