"""From LTI roles to the audience of a page (Core 5.3.7 and appendix A.2)."""

import re
from collections.abc import Iterable

from connector.domain import Audience

_VOCABULARY = r"https?://purl\.imsglobal\.org/vocab/"
_MEMBERSHIP = re.compile(
    rf"(?:{_VOCABULARY}lis/v2/membership(?:#(?P<role>[\w-]+)|/(?P<principal>\w+)#[\w-]+)"
    r"|urn:lti:role:ims/lis/(?P<urn>\w+)(?:/[\w-]+)?"
    r"|(?P<short>\w+))",
    re.ASCII,
)
_PERSON = re.compile(
    rf"(?:{_VOCABULARY}lis/v2/(?:institution/|system/)?person#|urn:lti:(?:inst|sys)role:ims/lis/)(?P<role>\w+)",
    re.ASCII,
)
_TEST_USER = re.compile(rf"(?:{_VOCABULARY}lti/system/person#)?TestUser")
_TEACHING = frozenset({"administrator", "contentdeveloper", "instructor", "manager", "mentor", "officer"})
_STAFF = frozenset(
    {
        *("accountadmin", "administrator", "creator", "faculty", "instructor", "staff", "sysadmin", "syssupport"),
        *("mentor", "observer"),  # they watch over learners: a general page, and nothing of theirs trains
    }
)


def audience_of(roles: Iterable[str]) -> Audience:
    """Return for whom the page is: a test user's, a teaching person's or a learner's.

    Parameters
    ----------
    roles : iterable of str
        As the claim lists them: URIs with or without a sub-role, deprecated URNs or short names, in any mixture.

    Returns
    -------
    Audience
        ``TEST_USER`` where the marker stands (A.2.4). Else the roles in the Course decide (A.2.3; the principal role
        of a sub-role counts), ``INSTRUCTOR`` before ``LEARNER``, so that who teaches never trains the Model. Only where
        there is none, those at the institution and in the system do (A.2.1, A.2.2). An empty list is a learner's. Case
        does not count in a role's name: Canvas writes ``membership/instructor#TeachingAssistant``.
    """
    listed = list(roles)
    if any(_TEST_USER.fullmatch(role) for role in listed):
        return Audience.TEST_USER
    in_course = _names(listed, _MEMBERSHIP)
    teaches = in_course & _TEACHING if in_course else _names(listed, _PERSON) & _STAFF
    return Audience.INSTRUCTOR if teaches else Audience.LEARNER


def _names(roles: Iterable[str], form: re.Pattern[str]) -> set[str]:
    found = (form.fullmatch(role) for role in roles)
    return {name.casefold() for match in found if match for name in match.groups() if name}
