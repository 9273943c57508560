"""What is said of a source: in a list, in full, and of what it answered."""

from collections.abc import Mapping
from typing import Any

import msgspec

from connector.administer.asking import options_in
from connector.store.sources import SourceRecord
from lrs_adapters.registry import DUMP

IN_LIST = ("name", "kind", "url", "auth", "active", "last_success", "last_error")


def listed(one: SourceRecord) -> dict[str, Any]:
    """Return a source as a list shows it."""
    return {
        "name": one.name,
        "kind": one.kind,
        "url": one.url,
        "auth": one.auth_kind,
        "key": one.auth_key,
        "grain": one.grain,
        "active": one.active,
        "push": bool(one.push_key),
        "last_success": one.last_success_at,
        "last_error": one.last_error,
    }


def in_full(one: SourceRecord) -> dict[str, Any]:
    """Return everything that is known of a source but its secrets."""
    return listed(one) | {
        "secret": "sealed" if one.sealed_secret else "none",
        "options": msgspec.to_builtins(options_in(one.options)),
        "groups_count": one.groups_count,
        "time_field": one.time_field,
        "push_key": one.push_key,
        "last_push": one.last_push_at,
        "last_error_at": one.last_error_at,
        "probe": dict(one.probe) if one.probe else None,
    }


def in_full_lines(full: Mapping[str, Any]) -> list[str]:
    """Return ``in_full`` for people."""
    plain = {name: value for name, value in full.items() if name not in {"options", "probe", "push"}}
    lines = [f"{name.replace('_', ' ')}: {_word(value)}" for name, value in plain.items()]
    lines += [f"instead of the profile's, {name}: {value}" for name, value in full["options"].items()]
    if full["probe"] is None:
        return [*lines, f"asked: never; `onward source test {full['name']}` does it"]
    return [*lines, f"asked: {full['probe'].get('at', 'at a time that was not kept')}", *seen(full["probe"])]


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value in {None, ""} else str(value)


def seen(probe: Mapping[str, Any]) -> list[str]:
    """Return what an LRS, or files, showed."""
    words = {
        "xAPI versions": ", ".join(probe["versions"]) or "not said",
        "statements in a page": f"{probe['statements']} of {probe['asked']} asked for",
        "ascending order": {True: "delivered", False: "not delivered", None: "cannot be seen yet"}[probe["ascending"]],
        "Consistent-Through": "sent" if probe["consistent_through"] else "not sent",
        "next page by": probe["more"],
    }
    if probe["likely_kind"] == DUMP:
        words = {"statements in the first page": probe["statements"]}
    elif probe["likely_kind"]:
        words["looks like"] = f"{probe['likely_kind']} (see --kind)"
    return [*(f"  {what}: {word}" for what, word in words.items()), *(f"  ! {one}" for one in probe["warnings"])]


def health(name: str, probe: Mapping[str, Any]) -> str:
    """Return the sentence that comes before what was seen."""
    if probe["warnings"]:
        return f"{name} answers. Read what is marked with an exclamation mark before you rely on it."
    return f"{name} answers. It looks healthy."
