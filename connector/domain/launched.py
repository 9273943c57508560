"""Who came, and from where."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from connector.domain.ids import LearnerId, PlatformId, TenantId


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
