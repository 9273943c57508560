"""A Platform's storage in the browser, where a cookie may be lost (LTI postMessage Storage 0.1)."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from connector.lti.origin import is_web_link
from connector.lti.ports import LoginParameters, Registration
from connector.lti.states import digest

_FRAME = re.compile(r"[^\x00-\x1f\x7f]{1,255}")


@dataclass(frozen=True, slots=True)
class PlatformStorage:
    """Where the browser secret of one login is kept.

    ``frame`` is the name of the frame that answers, ``_parent`` for the window around ours. ``origin`` is the only one
    that may hear or say the secret: that of the Registration's authorization endpoint. ``key`` is of this login alone.
    """

    frame: str
    origin: str
    key: str


def storage_of(login: LoginParameters, registration: Registration, state: str) -> PlatformStorage | None:
    """Return the storage that the Platform offered at the login, or None: then there is the cookie alone."""
    if not _FRAME.fullmatch(login.storage_frame) or not is_web_link(registration.auth_url):
        return None
    parts = urlsplit(registration.auth_url)
    return PlatformStorage(login.storage_frame, f"{parts.scheme}://{parts.netloc}", storage_key(state))


def storage_key(state: str) -> str:
    """Return under which name the secret is kept: told by the state, but not telling it."""
    return f"onward-{digest(state).hex()[:16]}"
