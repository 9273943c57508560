"""What can be wrong with what was typed of an LMS: each check is a function, each fault names a field in its words.

Nothing here asks anybody; whether keys are where they should be is asked by ``administer.by_hand``.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from connector.lti.by_hand import SITE, Lms, Theirs, completed
from connector.lti.codes import gettext_noop
from connector.lti.dynamic_fields import frame_origin, host_of
from connector.lti.origin import is_web_link, origin_of
from connector.lti.registration_codes import RegistrationRefused

URLS = ("site", "issuer", "auth_url", "token_url", "jwks_url", "frame_origin")
LONGEST_ID = 255
LONGEST_ISSUER = 500


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    Parameters
    ----------
    key : str
        The field, one of ``by_hand.FIELDS``.
    name : str
        What the LMS calls it.
    sentence : str
        What is wrong and what to do; a message id with names of ``values`` as in ``%(example)s``.
    values : mapping of str to str
        What stands in the sentence.
    """

    key: str
    name: str
    sentence: str
    values: Mapping[str, str] = field(default_factory=dict)

    def said(self, gettext: Callable[[str], str] = str) -> str:
        """Return the sentence, translated by ``gettext``."""
        return gettext(self.sentence) % self.values


@dataclass(frozen=True, slots=True)
class Filled:
    """A registration by hand without a fault that can be seen from here."""

    issuer: str
    client_id: str
    deployments: tuple[str, ...]
    auth_url: str
    token_url: str
    jwks_url: str
    frame_origins: tuple[str, ...]


def judged(lms: Lms, given: Mapping[str, str], schemes: frozenset[str]) -> Filled | tuple[Fault, ...]:
    """Return what was typed with what follows from it, or everything that is wrong, one fault a field.

    Parameters
    ----------
    given : mapping of str to str
        By the keys of ``by_hand.FIELDS``; what is missing is as if it were empty.
    schemes : frozenset of str
        What addresses may begin with: https only, in production.
    """
    values = completed(lms, given)
    faults: dict[str, Fault] = {}
    for one in lms.theirs:
        fault = next(_faults(lms, one, given, values, schemes), None)
        if fault is not None:
            faults.setdefault(fault.key, fault)
    return tuple(faults.values()) or _filled(values)


def _filled(values: Mapping[str, str]) -> Filled:
    framing = [values[key] for key in ("issuer", "site", "frame_origin") if values[key]]
    return Filled(
        issuer=values["issuer"],
        client_id=values["client_id"],
        deployments=tuple(filter(None, [values["deployment"]])),
        auth_url=values["auth_url"],
        token_url=values["token_url"],
        jwks_url=values["jwks_url"],
        frame_origins=tuple(sorted({frame_origin(url, "frame_origin") for url in framing})),
    )


def _faults(
    lms: Lms, one: Theirs, given: Mapping[str, str], values: Mapping[str, str], schemes: frozenset[str]
) -> Iterator[Fault]:
    """Yield what is wrong with one field, the plainest first. What follows from another field is that one's fault."""
    value = values[one.key]
    typed = bool(given.get(one.key, "").strip())
    if not value:
        yield from _missing(lms, one, given)
        return
    if not typed:
        return
    if one.key in URLS:
        yield from _address(lms, one, value, schemes)
        yield from _place(lms, one, value, values["site"])
    else:
        yield from _identifier(one, value)
    yield from _anothers(lms, one, value)
    if one.key == "deployment" and value == values["client_id"]:
        yield Fault(one.key, one.name, _SAME, {"client": _name(lms, "client_id")})


_MISSING = gettext_noop("This is missing.")
_SAME = gettext_noop("This is the same as %(client)s: one of the two is pasted into the wrong field.")


def _missing(lms: Lms, one: Theirs, given: Mapping[str, str]) -> Iterator[Fault]:
    if one.asked and not one.optional:
        follows = one.key == "site" and given.get("issuer", "").strip()
        if not follows:
            yield Fault(one.key, one.name, _MISSING, {"lms": lms.name})


# --- addresses ---------------------------------------------------------------------------------------------------

_NO_ADDRESS = gettext_noop("This is no web address: it has to begin with https:// and have no spaces.")
_NO_HTTPS = gettext_noop("This begins with http://, which nobody may rely on: give the address with https://.")
_TOO_LONG = gettext_noop("This is over %(most)s characters long.")
_QUERY = gettext_noop('This has a "?" or a "#" in it, which belongs to a page: leave it out.')
_SLASH = gettext_noop("%(lms)s writes this without a slash at the end, and it counts: write %(example)s.")
_PAGE = gettext_noop("This is the address of a page of %(lms)s, not of the site: leave only %(example)s.")
_PATH = gettext_noop("%(lms)s has no path here: leave only %(example)s.")


def _address(lms: Lms, one: Theirs, value: str, schemes: frozenset[str]) -> Iterator[Fault]:
    """Refuse what is no address of that kind."""
    if not _is_address(value):
        yield Fault(one.key, one.name, _NO_ADDRESS)
        return
    parts = urlsplit(value)
    if parts.scheme not in schemes:
        yield Fault(one.key, one.name, _NO_HTTPS)
    if len(value) > LONGEST_ISSUER and one.key in {"issuer", "site"}:
        yield Fault(one.key, one.name, _TOO_LONG, {"most": str(LONGEST_ISSUER)})
    if one.key in {"issuer", "site", "frame_origin"}:
        yield from _without_a_page(lms, one, value)


def _is_address(value: str) -> bool:
    try:
        frame_origin(value, "")
    except RegistrationRefused:
        return False
    return is_web_link(value)


def _without_a_page(lms: Lms, one: Theirs, value: str) -> Iterator[Fault]:
    """Refuse a page where a site is meant, and a last slash where the LMS has none (OpenID Connect 2, iss)."""
    parts = urlsplit(value)
    bare = f"{parts.scheme}://{parts.netloc}"
    if parts.query or parts.fragment:
        yield Fault(one.key, one.name, _QUERY)
    named = {"lms": lms.name, "example": bare}
    if lms.pages and re.match(lms.pages, parts.path):
        yield Fault(one.key, one.name, _PAGE, named)
    if lms.code == "other" and one.key != "frame_origin":
        return
    if parts.path.endswith("/"):
        yield Fault(one.key, one.name, _SLASH, named | {"example": value.rstrip("/")})
    if parts.path and (lms.rooted or one.key == "frame_origin"):
        yield Fault(one.key, one.name, _PATH, named)


_ELSEWHERE = gettext_noop("This is on another host (%(host)s) than %(lms)s has it on: %(expected)s.")


def _place(lms: Lms, one: Theirs, value: str, site: str) -> Iterator[Fault]:
    """Refuse an address on a host where this LMS never has it."""
    if not one.hosts or not _is_address(value):
        return
    if SITE in one.hosts and is_web_link(site) and origin_of(value) == origin_of(site):
        return
    domains = [host for host in one.hosts if host != SITE]
    host = host_of(value)
    if any(host == domain or host.endswith(f".{domain}") for domain in domains):
        return
    expected = [*domains, *([host_of(site)] if SITE in one.hosts and is_web_link(site) else [])]
    if expected:
        named = {"host": host, "lms": lms.name, "expected": " / ".join(expected)}
        yield Fault(one.key, one.name, _ELSEWHERE, named)


# --- identifiers -------------------------------------------------------------------------------------------------

_IS_ADDRESS = gettext_noop("This is a web address: here goes an identifier%(such)s.")
_SPACES = gettext_noop("This has spaces or line breaks in it: paste the identifier alone.")
_ANOTHERS = gettext_noop("This looks like %(other)s. Here goes %(name)s%(such)s.")


def _identifier(one: Theirs, value: str) -> Iterator[Fault]:
    """Refuse what cannot be an identifier."""
    if "://" in value:
        yield Fault(one.key, one.name, _IS_ADDRESS, {"such": _such_as(one)})
    if any(character.isspace() or not character.isprintable() for character in value):
        yield Fault(one.key, one.name, _SPACES)
    if len(value) > LONGEST_ID:
        yield Fault(one.key, one.name, _TOO_LONG, {"most": str(LONGEST_ID)})


def _anothers(lms: Lms, one: Theirs, value: str) -> Iterator[Fault]:
    """Refuse what has the looks of another field's values, and not of its own: two that are swapped, mostly."""
    if not one.marks or re.fullmatch(one.marks, value):
        return
    for other in lms.theirs:
        if other.key != one.key and other.marks and re.fullmatch(other.marks, value):
            named = {"other": other.name, "name": one.name, "such": _such_as(one)}
            yield Fault(one.key, one.name, _ANOTHERS, named)


def _such_as(one: Theirs) -> str:
    return f" ({one.example})" if one.example else ""


def _name(lms: Lms, key: str) -> str:
    found = lms.field(key)
    return found.name if found is not None else key
