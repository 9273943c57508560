"""Which Item an Activity belongs to.

A Statement names an Activity and, in its context, what that Activity lies in. The Item is what a Learner can be sent
to: by default the course where the Statement carries one, else the Activity. Attempts stand for what they attempt;
questions, sections, comments and the like are never Items and roll up; a site is nowhere.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from functools import lru_cache
from typing import Final

from connector.domain import Iri
from connector.statements.iris import fold_item, fold_term, is_usable
from connector.statements.wire import WireObject


class Grain(StrEnum):
    """What counts as an Item of a Source: the course where Statements carry one, or each Activity by itself."""

    COURSE = "course"
    ACTIVITY = "activity"


class Role(Enum):
    """What an Activity can be, by its type."""

    ITEM = auto()
    COURSE = auto()
    ATTEMPT = auto()
    PIECE = auto()
    SITE = auto()
    PERSONAL = auto()


@dataclass(frozen=True, slots=True)
class Place:
    """Where an Activity belongs: the Activity that is its Item (None: nowhere), and whether it is only a part of it."""

    item: WireObject | None
    part: bool


NOWHERE: Final = Place(None, part=False)

_TINCAN: Final = "http://id.tincanapi.com/activitytype/"
_ADL: Final = "http://adlnet.gov/expapi/activities/"
_STREAMS: Final = "http://activitystrea.ms/"
_EDLM: Final = "https://xapi.edlm/profiles/edlm-lms/concepts/activity-types/"
_ACROSSX: Final = "https://w3id.org/xapi/acrossx/activities/"
_CMI5: Final = "https://w3id.org/xapi/cmi5/"

_TYPES: Final[dict[Role, tuple[tuple[str, str], ...]]] = {
    Role.COURSE: (
        (_CMI5, "activitytype/course activities/course"),
        (_ADL, "course"),
        (_TINCAN, "lms/course"),  # Moodle's logstore up to 4.7
    ),
    Role.ATTEMPT: ((_ADL, "attempt"),),
    Role.SITE: ((_TINCAN, "lms site source community-site"),),
    Role.PERSONAL: (
        (_ADL, "profile"),
        (_TINCAN, "user-profile"),
        (_STREAMS, "person"),
        (_EDLM, "certificate"),
        ("https://www.opigno.org/en/tincan_registry/activity_type/", "certificate"),
    ),
    Role.PIECE: (
        (_ADL, "cmi.interaction interaction question objective"),
        (_TINCAN, "chapter section step slide paragraph solution checklist-item goal"),
        (_TINCAN, "discussion forum-topic forum-reply chat-channel chat-message status-update email"),
        (_TINCAN, "tag security-role tutor-session conference-session"),
        (_STREAMS, "alert bookmark comment group note question review"),
        (_EDLM, "calendar calendar-event calendar-subscription chapter comment lesson-session login report"),
        (_EDLM, "review section session"),
        (_ACROSSX, "message note online-discussion search-engine"),
        ("http://www.tincanapi.co.uk/activitytypes/", "grade_classification"),
        ("http://risc-inc.com/annotator/activities/", "highlight note underline"),
    ),
}
_ROLE_OF: Final = {
    fold_term(home + name): role for role, groups in _TYPES.items() for home, names in groups for name in names.split()
}

_LTI_VIEW: Final = "/mod/lti/view.php"
"""Moodle's page of an LTI activity, our own among them: never an Item."""
_LTI_LOGIN: Final = "/mod/lti/auth.php"
"""Moodle's login for LTI, seen when a tour ends there: its query says who came."""


def role_of(activity: WireObject) -> Role:
    """Return what an Activity can be; an unknown type can be an Item."""
    iri, role = activity.id or "", _role_of_type(activity.type)
    if role is Role.ITEM and _LTI_LOGIN in iri:
        return Role.PERSONAL
    return Role.PIECE if role is Role.ITEM and _LTI_VIEW in iri else role


def is_course_type(type_iri: str) -> bool:
    """Say whether an activity type is one of a course."""
    return _role_of_type(type_iri) is Role.COURSE


@lru_cache(maxsize=1024)
def _role_of_type(type_iri: str) -> Role:
    return _ROLE_OF.get(fold_term(type_iri), Role.ITEM)


def place(activity: WireObject, parents: Sequence[WireObject], groupings: Sequence[WireObject], grain: Grain) -> Place:
    """Return where ``activity`` belongs.

    Parameters
    ----------
    activity : WireObject
        The object of a Statement.
    parents, groupings : sequence of WireObject
        ``contextActivities`` of the Statement, in its order. What names the Activity itself is passed over (Articulate
        sends a course as its own parent).
    grain : Grain
        What counts as an Item of this Source.
    """
    if role_of(activity) in {Role.SITE, Role.PERSONAL}:
        return NOWHERE
    parents, groupings = _others(activity, parents), _others(activity, groupings)
    whole = _attempted(activity, parents)
    if role_of(whole) is Role.COURSE:
        return Place(whole, part=False)
    course = _first(_is_course, parents, groupings) if grain is Grain.COURSE else None
    if course is not None:
        return Place(course, part=True)
    if _can_be_item(whole):
        return Place(whole, part=False)
    above = _first(_can_be_item, parents, groupings)
    return NOWHERE if above is None else Place(above, part=True)


def _others(activity: WireObject, around: Sequence[WireObject]) -> list[WireObject]:
    own = fold_item(activity.id or "")
    return [other for other in around if other.id and is_usable(other.id) and fold_item(other.id) != own]


def _attempted(activity: WireObject, parents: Sequence[WireObject]) -> WireObject:
    """Return what an attempt is an attempt at, so that its completion is that one's; anything else is itself."""
    return parents[0] if parents and role_of(activity) is Role.ATTEMPT else activity


def _first(
    wanted: Callable[[WireObject], bool], parents: Sequence[WireObject], groupings: Sequence[WireObject]
) -> WireObject | None:
    return next(filter(wanted, parents), None) or next(filter(wanted, groupings), None)


def _is_course(activity: WireObject) -> bool:
    return role_of(activity) is Role.COURSE


def _can_be_item(activity: WireObject) -> bool:
    return role_of(activity) in {Role.ITEM, Role.COURSE}


def iri_of(activity: WireObject | None) -> Iri:
    """Return the folded IRI of an Activity, "" for None."""
    return Iri("") if activity is None else fold_item(activity.id or "")
