"""Titles of Items as Statements carry them: language maps, cleaned."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

LONGEST_TITLE: Final = 300
MOST_LANGUAGES: Final = 50
UNDETERMINED: Final = "und"

_LANGUAGE_TAG: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_LONGEST_TAG: Final = 35  # BCP 47 (RFC 5646, 4.4.1)
_TURNS_TEXT_AROUND: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNPRINTABLE: Final = frozenset({"Cc", "Cs", "Co", "Cn"})


def titles(names: Mapping[str, str | None] | None) -> dict[str, str]:
    """Return the titles of a language map by tag, cleaned; empty ones are left out.

    Tags stay as given where they look like BCP 47, else they become "und" (the first such title stays). No more than
    50 languages are kept, in the Statement's order.
    """
    found: dict[str, str] = {}
    for tag, name in (names or {}).items():
        title = clean(name or "")
        if title and len(found) < MOST_LANGUAGES:
            found.setdefault(_language(tag), title)
    return found


def _language(tag: str) -> str:
    return tag if len(tag) <= _LONGEST_TAG and _LANGUAGE_TAG.fullmatch(tag) else UNDETERMINED


def clean(text: str) -> str:
    """Return a title on one line, without control characters, at most 300 characters long.

    Blanks of any kind become one space; characters that turn the direction of the text around them go too.
    """
    if not text.isprintable():
        text = "".join(filter(_is_text, " ".join(text.split())))
    return " ".join(text.split())[:LONGEST_TITLE].rstrip()


def _is_text(character: str) -> bool:
    return unicodedata.category(character) not in _UNPRINTABLE and character not in _TURNS_TEXT_AROUND
