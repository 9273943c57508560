"""Platforms by hand in the words of each LMS: what to paste there, and a registration from the fewest fields."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.orm import Session, sessionmaker

from connector.administer import platforms as use
from connector.administer.platforms import NewPlatform
from connector.clock import Clock
from connector.domain import TenantId
from connector.errors import BadInput
from connector.lti.by_hand import Lms
from connector.lti.by_hand_checks import Fault, Filled, judged
from connector.lti.codes import gettext_noop
from connector.outside.fetch import FetchFailed
from connector.outside.urls import UrlRefused
from connector.register import LONGEST_NAME, free_name
from connector.store import platforms

ADDRESSES = ("auth_url", "token_url", "jwks_url")
_MOST_KEYS = 100


class FieldsWrong(BadInput):
    """What was typed of an LMS cannot be used; each fault names a field in the LMS's own words."""

    def __init__(self, lms: Lms, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(f"{fault.name}: {fault.said()}" for fault in faults))
        self.lms = lms
        self.faults = tuple(faults)


class Addresses(Protocol):
    """The addresses of an LMS, over HTTP; never asked inside a transaction."""

    @property
    def schemes(self) -> frozenset[str]:
        """What addresses may begin with."""

    def check(self, url: str) -> None:
        """Refuse an address that may not be asked; raises UrlRefused."""

    def read(self, url: str) -> bytes:
        """Return what stands behind it; raises FetchFailed."""


@dataclass(frozen=True, slots=True)
class AddedByHand:
    """A Platform as it was registered: what was typed, and what followed from it."""

    name: str
    filled: Filled


def add(
    lms: Lms,
    name: str,
    given: Mapping[str, str],
    match: Mapping[str, str],
    tenant: TenantId,
    sessions: sessionmaker[Session],
    clock: Clock,
    addresses: Addresses,
) -> AddedByHand:
    """Register an LMS from what its administrator typed; costs three name resolutions and one request to the LMS.

    Parameters
    ----------
    name : str
        What it is called here; "" for the LMS's code, with a number behind it where that is taken.
    given : mapping of str to str
        By the keys of ``lti.by_hand.FIELDS``.
    match : mapping of str to str
        Match rules with their home pages, "" for the issuer.

    Raises
    ------
    FieldsWrong
        With everything that is wrong.
    BadInput
        If the name is taken or too long, or the registration is there already.
    """
    if len(name.strip()) > LONGEST_NAME:
        raise BadInput(f"The platform's name is over {LONGEST_NAME} characters long.")
    filled = checked(lms, given, addresses)
    with sessions.begin() as session:
        taken = platforms.hold_names(session, tenant)
    called = name.strip() or free_name(lms.code, taken, None)
    new = NewPlatform(
        called,
        filled.issuer,
        filled.client_id,
        filled.auth_url,
        filled.token_url,
        filled.jwks_url,
        filled.deployments,
        filled.frame_origins,
        {rule: home or filled.issuer for rule, home in match.items()},
        product="" if lms.code == "other" else lms.code,
    )
    use.add(new, tenant, sessions, clock, addresses.check)
    return AddedByHand(called, filled)


def checked(lms: Lms, given: Mapping[str, str], addresses: Addresses) -> Filled:
    """Return what was typed with what follows, after everything was looked at, the keys at their address too.

    Raises
    ------
    FieldsWrong
        With everything that is wrong.
    """
    filled = judged(lms, given, addresses.schemes)
    if not isinstance(filled, Filled):
        raise FieldsWrong(lms, filled)
    faults = [_fault_of_address(lms, key, getattr(filled, key), given, addresses) for key in ADDRESSES]
    found = [fault for fault in faults if fault is not None]
    if not found:
        found = [fault for fault in [_fault_of_keys(lms, filled.jwks_url, given, addresses)] if fault is not None]
    if found:
        raise FieldsWrong(lms, list({fault.key: fault for fault in found}.values()))
    return filled


_REFUSED = gettext_noop("%(what)s cannot be used: %(why)s")
_UNREACHED = gettext_noop(
    "%(url)s could not be fetched from this server: %(why)s Compare the address with what your LMS shows; else look at "
    "firewall and certificate."
)
_A_PAGE = gettext_noop(
    "%(url)s answers with a page for people, not with keys. Compare the address with what your LMS shows as %(what)s."
)
_NO_KEYS = gettext_noop("%(url)s answers, but not with a key set (JWKS). It should be what your LMS shows as %(what)s.")
_NO_RSA = gettext_noop("%(url)s has no RSA key, and launches have to be signed by RS256.")


def _fault_of_address(lms: Lms, key: str, url: str, given: Mapping[str, str], addresses: Addresses) -> Fault | None:
    if not url:
        return None
    try:
        addresses.check(url)
    except UrlRefused as error:
        return _fault(lms, key, given, _REFUSED, {"why": str(error)})
    return None


def _fault_of_keys(lms: Lms, url: str, given: Mapping[str, str], addresses: Addresses) -> Fault | None:
    try:
        body = addresses.read(url)
    except FetchFailed as error:
        return _fault(lms, "jwks_url", given, _UNREACHED, {"url": url, "why": str(error)})
    sentence = wrong_with_keys(body)
    return _fault(lms, "jwks_url", given, sentence, {"url": url}) if sentence else None


def wrong_with_keys(body: bytes) -> str:
    """Return what is wrong with a key set (RFC 7517 5) that launches are to be verified by; "" if nothing is."""
    if body.lstrip()[:1] == b"<":
        return _A_PAGE
    keys = _keys(body)
    if keys is None:
        return _NO_KEYS
    return "" if any(key.get("kty") == "RSA" and key.get("use", "sig") == "sig" for key in keys) else _NO_RSA


def _keys(body: bytes) -> list[dict[str, Any]] | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list) or len(keys) > _MOST_KEYS:
        return None
    return [key for key in keys if isinstance(key, dict)]


def _fault(lms: Lms, key: str, given: Mapping[str, str], sentence: str, values: Mapping[str, str]) -> Fault:
    """Return a fault of the field that was typed: what was not followed from another, which is then the wrong one."""
    meant, blamed = lms.field(key), key
    if not given.get(key, "").strip() and meant is not None:
        blamed = next((other for other in ("client_id", "site", "jwks_url") if f"{{{other}}}" in meant.derived), key)
    field = lms.field(blamed)
    what = meant.name if meant is not None else key
    return Fault(blamed, field.name if field is not None else blamed, sentence, {"what": what, **values})
