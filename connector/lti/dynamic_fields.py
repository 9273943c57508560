"""The fields of a registration, read at the border: what is wrong is refused, or left out where nothing rests on it."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from connector.lti.origin import origin_of
from connector.lti.registration_codes import RegistrationRefused

_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\]", re.ASCII)
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_USUAL_PORTS = {"http": 80, "https": 443}
_LONGEST_ID = 255
_MOST = 200


def frame_origin(url: str, name: str) -> str:
    """Return the origin of ``url`` as browsers write it, fit for a content security policy.

    Raises
    ------
    RegistrationRefused
        ``configuration_malformed`` with ``name`` if it is no http(s) URL or its host has other characters than hosts.
    """
    try:
        origin_of(url)
    except ValueError as error:
        raise RegistrationRefused("configuration_malformed", name) from error
    parts = urlsplit(url)
    host = host_of(url)
    if not _HOST.fullmatch(host):
        raise RegistrationRefused("configuration_malformed", name)
    usual = parts.port is None or parts.port == _USUAL_PORTS[parts.scheme]
    return f"{parts.scheme}://{host}" if usual else f"{parts.scheme}://{host}:{parts.port}"


def host_of(url: str) -> str:
    """Return the host of ``url`` in lower case, an IPv6 address in brackets; "" where there is none."""
    host = urlsplit(url).hostname or ""
    return f"[{host}]" if ":" in host else host


def read_document(body: bytes, code: str) -> dict[str, Any]:
    """Return a JSON object, or refuse it with ``code``."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RegistrationRefused(code, "not JSON") from error
    if not isinstance(document, dict):
        raise RegistrationRefused(code, "not an object")
    return document


def needed(document: Mapping[str, Any], name: str, longest: int = 2048) -> str:
    """Return a text that must be there, of at most ``longest`` characters, or refuse the configuration."""
    value = document.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest or _CONTROL.search(value):
        raise RegistrationRefused("configuration_malformed", name)
    return value


def as_object(value: object) -> dict[str, Any]:
    """Return an object, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def short_text(value: object) -> str:
    """Return a text without control characters, cut after 200; "" for anything else."""
    return _CONTROL.sub("", value)[:_MOST] if isinstance(value, str) else ""


def texts(value: object) -> tuple[str, ...]:
    """Return the texts of a list, without what is none or too long; at most 200."""
    found = [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
    return tuple(one for one in found if len(one) <= _LONGEST_ID and not _CONTROL.search(one))[:_MOST]


def as_id(value: object) -> str:
    """Return an identifier as it is; a whole number as text; "" where it is neither."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not 0 < len(text) <= _LONGEST_ID or _CONTROL.search(text):
        return ""
    return text


def kinds(messages: object) -> tuple[str, ...]:
    """Return the types of messages, which stand as objects or (older Moodles) as texts."""
    found = messages if isinstance(messages, list) else []
    return texts([one.get("type") if isinstance(one, dict) else one for one in found])


def placements_by_kind(messages: object) -> dict[str, tuple[str, ...]]:
    """Return the placements that a configuration offers, by message type."""
    found = messages if isinstance(messages, list) else []
    offers = [one if isinstance(one, dict) else {"type": one} for one in found]
    return {kind: texts(one.get("placements")) for one in offers for kind in texts([one.get("type")])}
