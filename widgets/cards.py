"""Cards as HTML fragments: the face of each is rendered once per Item, look and language, its reasons at each page.

What is kept holds nothing of a Visit but how far a reader is in an Item; it lives in memory only and is bounded.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from functools import lru_cache
from hashlib import sha256
from operator import attrgetter
from secrets import token_hex
from typing import Any, NamedTuple

from markupsafe import Markup

from widgets import sentences
from widgets.links import web_link
from widgets.palettes import palette_of
from widgets.poster import Look, distinct, look, poster
from widgets.poster_words import words_of
from widgets.reasons import full_reason, short_reason
from widgets.templating import template
from widgets.view import CardView, ReasonView, RowView, Target, TitleView
from widgets.wording import Wording

KEPT = 4096
SAFE_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")
_ID, _REASON, _PARTS = (token_hex(16) for _ in range(3))
"""Where a face has its holes; nothing from outside can know them, so nothing from outside is taken for one."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a Card must know of its page: the reader's day and zone, the last line of "Why this?", the language."""

    today: date
    zone: tzinfo | None
    closing: str
    wording: Wording


def cards_html(row: RowView, place: int, setting: Setting) -> tuple[Markup, tuple[Look, ...]]:
    """Return the Cards of a Row as list items, and the looks of their posters; ``place`` counts the page's Rows."""
    looks = _looks(row.cards)
    items = (_card_html(card, place, how, setting) for card, how in zip(row.cards, looks, strict=True))
    return Markup("".join(items)), looks  # noqa: S704 (Cards of our own template)


def _looks(cards: tuple[CardView, ...]) -> tuple[Look, ...]:
    seen: list[Look] = []
    for card in cards:
        seen.append(distinct(look(palette_of(card.topic, card.title), card.title), seen))
    return tuple(seen)


def _card_html(card: CardView, place: int, how: Look, setting: Setting) -> str:
    """Return one Card: its face with the reasons of this page."""
    today, wording = setting.today, setting.wording
    reasons = (full_reason(_in_zone(part, setting), today, wording) for part in card.parts)
    parts = "".join(f"<li>{reason}</li>" for reason in reasons if reason)
    face = _face(_FACE(card), how, setting.closing, wording, has_parts=bool(parts))
    short = short_reason(_in_zone(card.reason, setting), today, wording)
    return face.replace(_ID, f"{place}-{_safe(card.key)}").replace(_REASON, short).replace(_PARTS, parts)


@lru_cache(maxsize=KEPT)
def _face(shown: tuple[Any, ...], how: Look, closing: str, wording: Wording, *, has_parts: bool) -> str:
    """Return what is the same on every page on which a Card stands, with holes for its id and its reasons."""
    card = _Face(*shown)
    return template("card.html", wording).render(
        card=card,
        id=_ID,
        url=web_link(card.url),
        title=sentences.title(TitleView(card.title, card.title_language), wording),
        poster=_poster(card, how, wording),
        progress=_progress(card.progress),
        meta=_meta(card, wording),
        reason=_REASON,
        parts=_PARTS if has_parts else "",
        closing=closing,
    )


class _Face(NamedTuple):
    """What a Card shows of its Item, and how far the reader is in it."""

    key: str
    title: str
    title_language: str
    url: str
    target: Target
    topic: str
    words: tuple[str, ...]
    progress: int | None
    minutes: int | None
    level: str
    language: str
    provider: str


_FACE = attrgetter(*_Face._fields)


def _in_zone(reason: ReasonView, setting: Setting) -> ReasonView:
    return replace(reason, at=reason.at.astimezone(setting.zone)) if reason.at else reason


def _safe(key: str) -> str:
    """Return ``key`` as part of an HTML id."""
    return key if SAFE_KEY.fullmatch(key) else sha256(key.encode()).hexdigest()[:16]


def _poster(card: _Face, how: Look, wording: Wording) -> Markup:
    language = card.title_language if sentences.is_foreign(card.title_language, wording) else ""
    return poster(how, card.words[:2] or words_of(card.title), direction=wording.direction, language=language)


def _progress(progress: int | None) -> int | None:
    return None if progress is None else min(100, max(0, progress))


def _meta(card: _Face, wording: Wording) -> list[str]:
    """Return what is known of the Item, in the usual order; what is not known leaves no hole."""
    known = (
        sentences.length(card.minutes, card.progress, wording),
        sentences.level(card.level.strip(), wording),
        sentences.language(card.language, wording),
        card.provider.strip(),
    )
    return [fact for fact in known if fact]
