"""Where on a host an LRS answers: the known base paths, asked for About (xAPI 1.0.3 part 3, 2.8)."""

import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import msgspec

from lrs_adapters.auth import Auth
from lrs_adapters.base import LRSError, LRSUnavailable
from lrs_adapters.http import CheckUrl, Connection, Reply
from lrs_adapters.links import endpoint_of
from lrs_adapters.products import PRODUCTS
from lrs_adapters.profiles import Profile
from lrs_adapters.ralph import RALPH
from lrs_adapters.results import read_answer
from lrs_adapters.transport import Patience

REQUESTS = 8
"""At most so many requests are made by one search."""

_OK = 200
_NAMED = (*PRODUCTS, RALPH)
_OTHERS = ("/lrs/xapi", "/lrs")


@dataclass(frozen=True, slots=True)
class Found:
    """An endpoint that answers as an LRS: its address, its path, and the kinds that usually stand there."""

    url: str
    path: str
    kinds: tuple[Profile, ...]

    @property
    def sentence(self) -> str:
        """What the operator has to do."""
        names = " or ".join(profile.product for profile in self.kinds)
        return f"an LRS answers at {self.path}{f' ({names})' if names else ''}: set the source's address to {self.url}"


class About(msgspec.Struct, frozen=True):
    """What the About resource says."""

    version: list[str] = []


def find_endpoint(
    url: str, auth: Auth, *, check_url: CheckUrl | None = None, patience: Patience | None = None
) -> Found | None:
    """Look for an LRS on the host of ``url`` at the known base paths, by at most ``REQUESTS`` requests.

    Parameters
    ----------
    url : str
        The address at which none was; it is not asked again.
    auth : Auth
        Goes to the origin of ``url`` only.
    check_url : callable or None
        Called with each address before it is asked; raises to forbid it.
    patience : Patience or None
        Timeouts; nothing is tried twice.

    Returns
    -------
    Found or None
        The first that says its xAPI versions; None when none does.

    Raises
    ------
    LRSRefused
        ``url`` is no http(s) address.
    """
    connection = Connection(
        url,
        auth,
        headers={"X-Experience-API-Version": "1.0.3", "Accept": "application/json"},
        patience=replace(patience or Patience(), retries=0),
        check_url=check_url,
        redirects=0,
    )
    try:
        return _first_that_answers(connection, _places(url))
    finally:
        connection.close()


def likely_kind(url: str, more: str) -> str:
    """Return the one kind that an endpoint and a ``more`` look like, "" when none or several do."""
    by_path = _standing_at(urlsplit(url).path)
    by_more = tuple(profile for profile in by_path if profile.more_mark and profile.more_mark in more)
    likely = by_more or by_path
    return likely[0].kind if len(likely) == 1 else ""


def read_about(body: bytes) -> tuple[str, ...]:
    """Return the versions that an About answer names; an empty tuple for anything else."""
    try:
        return tuple(msgspec.json.decode(body, type=About).version)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ()


@dataclass(frozen=True, slots=True)
class _Place:
    found: Found
    resource: str


def _first_that_answers(connection: Connection, places: list[_Place]) -> Found | None:
    for place in places:
        try:
            reply = connection.get(place.resource)
        except LRSUnavailable as error:
            if error.status is None:
                return None
            continue
        except LRSError:
            continue
        if _is_of_an_lrs(reply):
            return place.found
    return None


def _is_of_an_lrs(reply: Reply) -> bool:
    if reply.status != _OK:
        return False
    if reply.url.endswith("/about"):
        return bool(read_about(reply.body))
    try:
        read_answer(reply)
    except LRSError:
        return False
    return True


def _places(url: str) -> list[_Place]:
    """Return what to ask, the likeliest first: About, and Statements where Ralph stands, which has no About."""
    given = urlsplit(endpoint_of(url)).path
    own = [_own_path(profile.base_path, given) for profile in _NAMED]
    paths = [*filter(None, own), f"{given}/xapi", *(profile.base_path for profile in _NAMED), *_OTHERS]
    fixed = [path for path in dict.fromkeys(paths) if "<" not in path and path != given]
    origin = _origin(url)
    places = [_Place(_found(origin, path), f"{origin}{path}/about") for path in fixed[: REQUESTS - 1]]
    ralph = _found(origin, RALPH.base_path)
    return [*places, _Place(ralph, f"{ralph.url}/statements?limit=1")]


def _own_path(base_path: str, given: str) -> str:
    """Return the base path with the customer's id that ``given`` starts with, "" where there is none."""
    start, mark, end = base_path.partition("<id>")
    own = re.match(re.escape(start) + "([^/]+)", given) if mark else None
    return f"{start}{own[1]}{end}" if own else ""


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _found(origin: str, path: str) -> Found:
    return Found(f"{origin}{path}", path, _standing_at(path))


def _standing_at(path: str) -> tuple[Profile, ...]:
    """Return the kinds whose base path ends ``path``, those with the longest only: /data/xAPI is not Ralph's."""
    there = [profile for profile in _NAMED if _stands_at(profile, path)]
    longest = max((profile.base_path.count("/") for profile in there), default=0)
    return tuple(profile for profile in there if profile.base_path.count("/") == longest)


def _stands_at(profile: Profile, path: str) -> bool:
    pattern = re.escape(profile.base_path).replace("<id>", "[^/]+")
    return re.search(f"{pattern}$", path) is not None
