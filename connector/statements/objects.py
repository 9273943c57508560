"""Objects: what a Statement is about, from its bytes and those of the Activities around it."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from connector.domain import ActivityDraft
from connector.statements import wire
from connector.statements.iris import fold_term, is_usable, page_of
from connector.statements.items import Grain, Role, iri_of, place, role_of
from connector.statements.titles import titles
from connector.statements.wire import Unreadable, WireContextActivities, WireObject, present

_ACTIVITIES: Final = frozenset({None, "Activity", "GroupActivity"})  # the last is Open edX's
_STATEMENT_REF: Final = "StatementRef"
_OTHERS: Final = frozenset({"Agent", "Group", "SubStatement", _STATEMENT_REF})
_VIDEO: Final = fold_term("https://w3id.org/xapi/video/activity-type/video")


@dataclass(frozen=True, slots=True)
class ReadObject:
    """What a Statement is about.

    ``activity`` is None for people, Statements, and pages about one person; ``referenced`` is the Statement that a
    StatementRef names; ``video`` is true for an Activity of the video profile.
    """

    activity: ActivityDraft | None
    referenced: UUID | None
    video: bool


def read_object(raw: bytes, raw_around: bytes, *, grain: Grain) -> ReadObject:
    """Return what a Statement is about. Depends on nothing but its arguments, so that answers may be remembered.

    Parameters
    ----------
    raw : bytes
        The Statement's object, as JSON; ``null`` where it has none.
    raw_around : bytes
        Its contextActivities, as JSON; ``null`` where it has none.
    grain : Grain
        What counts as an Item.

    Raises
    ------
    Unreadable
        ``no_object``, ``bad_object``, ``bad_object_type``, ``bad_activity_id``, ``bad_statement_ref``, ``bad_context``.
    """
    target, around = present(wire.object_in(raw), "no_object"), wire.around_in(raw_around)
    if not _is_activity(target):
        return ReadObject(None, _referenced(target), video=False)
    return ReadObject(_activity(target, around, grain), None, video=fold_term(target.type) == _VIDEO)


def _is_activity(target: WireObject) -> bool:
    """Say whether the object is an Activity, and check that it has a usable IRI (xAPI 1.0.3 part 2, 2.4.4.1)."""
    if target.object_type in _OTHERS:
        return False
    if target.object_type not in _ACTIVITIES:
        raise Unreadable("bad_object_type")
    if not is_usable(target.id or ""):
        raise Unreadable("bad_activity_id")
    return True


def _referenced(target: WireObject) -> UUID | None:
    """Return the Statement that a StatementRef names; it has to name one (xAPI 1.0.3 part 2, 2.4.4.3)."""
    if target.object_type != _STATEMENT_REF:
        return None
    return present(wire.uuid_or_none(target.id), "bad_statement_ref")


def _activity(target: WireObject, around: WireContextActivities, grain: Grain) -> ActivityDraft | None:
    """Return the Activity; None for a page about one person, whose address would say who that is."""
    if role_of(target) is Role.PERSONAL:
        return None
    found = place(target, around.parents, around.groupings, grain)
    item = found.item
    return ActivityDraft(
        iri_of(target),
        target.type,
        iri_of(item),
        found.part,
        titles(item.definition.name) if item and item.definition else {},
        item.type if item else "",
        page_of(item.id or "") if item else "",
    )
