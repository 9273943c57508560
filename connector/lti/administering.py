"""Who administers the LMS itself, as its roles say (Core appendix A.2.1, A.2.2); a Course's administrator does not."""

import re
from collections.abc import Iterable

_ADMINISTRATOR = re.compile(
    r"https?://purl\.imsglobal\.org/vocab/lis/v2/(institution|system)/person#(Administrator|SysAdmin)"
    r"|urn:lti:(inst|sys)role:ims/lis/(Administrator|SysAdmin)",
    re.ASCII,
)
_TEST_USER = re.compile(r"(.*#)?TestUser", re.ASCII)


def administers(roles: Iterable[str]) -> bool:
    """Tell whether somebody administers the institution or its system; never a test user.

    Parameters
    ----------
    roles : iterable of str
        As the claim lists them. Short names ("Administrator") are roles in a Course (A.2.3), and do not count.
    """
    listed = list(roles)
    if any(_TEST_USER.fullmatch(role) for role in listed):
        return False
    return any(_ADMINISTRATOR.fullmatch(role) for role in listed)
