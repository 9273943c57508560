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
from widgets.poster import LAZY, Look, distinct, look, picture, poster
from widgets.poster_words import words_of
from widgets.reasons import full_reason, short_reason
from widgets.templating import template
from widgets.view import CardView, ReasonView, RowView, Target, TitleView
from widgets.wording import Wording

KEPT = 4096
IN_SIGHT = 2
"""Pictures of the first Row that are fetched at once: in a narrow frame they are all that is seen of it."""
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
    """Return the Cards of a Row as list items, and the looks of the posters drawn; ``place`` counts the page's Rows."""
    looks = _looks(row.cards)
    items = (_card_html(card, place, how, setting) for card, how in zip(row.cards, looks, strict=True))
    drawn = tuple(how for card, how in zip(row.cards, looks, strict=True) if not card.image)
    html = "".join(items)
    return Markup(html.replace(LAZY, "", IN_SIGHT) if place == 1 else html), drawn  # noqa: S704 (Cards of our own template)


def _looks(cards: tuple[CardView, ...]) -> tuple[Look, ...]:
    seen: list[Look] = []
    for card in cards:
        seen.append(distinct(look(palette_of(card.topic, card.title), card.title), seen))
    return tuple(seen)


def _card_html(card: CardView, place: int, how: Look, setting: Setting) -> str:
    """Return one Card: its face with the reasons of this page."""
    parts = parts_of(card, setting)
    face = _face(_FACE(card), how, setting.closing, setting.wording, has_parts=bool(parts))
    own = f"{place}-{safe_key(card.key)}"
    return face.replace(_ID, own).replace(_REASON, reason_of(card, setting)).replace(_PARTS, parts)


def reason_of(card: CardView, setting: Setting) -> Markup:
    """Return the one line that says why a Card is there."""
    return short_reason(_in_zone(card.reason, setting), setting.today, setting.wording)


def whole_reason_of(card: CardView, setting: Setting) -> Markup:
    """Return the sentence that says why a Card is there where no heading says half of it."""
    return full_reason(_in_zone(card.reason, setting), setting.today, setting.wording)


def parts_of(card: CardView, setting: Setting) -> Markup:
    """Return what "Why this?" says of a Card as list items; "" where there is nothing to say."""
    told = [_part(_in_zone(part, setting), setting.today, setting.wording) for part in card.parts]
    return Markup("".join(told))  # noqa: S704 (list items of ours)


@lru_cache(maxsize=4 * KEPT)
def _part(reason: ReasonView, today: date, wording: Wording) -> str:
    """Return one part of "Why this?" as a list item; "" where there is nothing to say."""
    said = full_reason(reason, today, wording)
    return str(Markup("<li>{}</li>").format(said)) if said else ""


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
        meta=meta_of(card, wording),
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
    image: str


_FACE = attrgetter(*_Face._fields)


def _in_zone(reason: ReasonView, setting: Setting) -> ReasonView:
    return replace(reason, at=reason.at.astimezone(setting.zone)) if reason.at else reason


def safe_key(key: str) -> str:
    """Return ``key`` as part of an HTML id."""
    return key if SAFE_KEY.fullmatch(key) else sha256(key.encode()).hexdigest()[:16]


def _poster(card: _Face, how: Look, wording: Wording) -> Markup:
    if card.image:
        return picture(how, card.image)
    language = card.title_language if sentences.is_foreign(card.title_language, wording) else ""
    return poster(how, card.words[:2] or words_of(card.title), direction=wording.direction, language=language)


def _progress(progress: int | None) -> int | None:
    return None if progress is None else min(100, max(0, progress))


def meta_of(card: _Face | CardView, wording: Wording) -> list[str]:
    """Return what is known of the Item, in the usual order; what is not known leaves no hole."""
    known = (
        sentences.length(card.minutes, card.progress, wording),
        sentences.level(card.level.strip(), wording),
        sentences.language(card.language, wording),
        card.provider.strip(),
    )
    return [fact for fact in known if fact]
