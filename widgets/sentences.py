"""The words of rows and items: headings, counts, lengths, levels, languages.

Each returns text or Markup; in Markup what comes from outside is escaped, and a title stands in ``<bdi>`` with its
language.
"""

from collections.abc import Sequence
from functools import lru_cache

from babel.lists import format_list
from babel.numbers import format_decimal, format_percent
from markupsafe import Markup, escape

from widgets.deeds import BECAUSE
from widgets.view import RowKind, RowView, Scope, TitleView
from widgets.wording import Wording, direction_of, language_name

KEPT = 4096
"""Titles, numbers and messages that are kept ready: those of a few thousand Items and languages."""
MINUTES_AN_HOUR = 60
WHOLE = 100


@lru_cache(maxsize=KEPT)
def title(view: TitleView, wording: Wording) -> Markup:
    """Return a title that keeps its own direction, marked with its language where that is not the page's."""
    if not is_foreign(view.language, wording):
        return Markup("<bdi>{}</bdi>").format(view.text)
    turn = Markup(' dir="rtl"') if direction_of(view.language) == "rtl" else Markup("")
    return Markup('<bdi lang="{}"{}>{}</bdi>').format(view.language, turn, view.text)


def is_foreign(language: str, wording: Wording) -> bool:
    """Return whether a text of that language needs a mark on this page."""
    return language not in {"", "und"} and language.partition("-")[0].lower() != wording.locale.language


def heading(row: RowView, wording: Wording) -> Markup:
    """Return why a Row is there: what people wrote, else our sentence; the Anchor's title is part of it."""
    if row.title:
        return escape(row.title)
    if row.topic:
        return Markup("<bdi>{}</bdi>").format(row.topic)
    if row.kind is RowKind.BECAUSE and row.anchor:
        return filled(wording.gettext(BECAUSE[row.deed]), title=title(row.anchor, wording))
    if row.kind is RowKind.SUCCEEDED and row.anchor:
        return filled(wording.gettext("What people who succeeded at %(title)s took"), title=title(row.anchor, wording))
    if row.kind in {RowKind.BECAUSE, RowKind.TOP_PICKS} and row.given_name:
        return filled(wording.gettext("Top picks for %(name)s"), name=Markup("<bdi>{}</bdi>").format(row.given_name))
    return escape(_plain_heading(row, wording))


def _plain_heading(row: RowView, wording: Wording) -> str:
    match row.kind:
        case RowKind.CURATED:
            return wording.gettext("Selected by L&D")
        case RowKind.CONTINUE:
            return wording.gettext("Continue")
        case RowKind.TRENDING | RowKind.POPULAR:
            return _of_place(row, wording)
        case RowKind.SHORT if row.minutes:
            message = wording.ngettext("%(minutes)s minute or less", "%(minutes)s minutes or less", row.minutes)
            return message % {"minutes": number_text(row.minutes, wording)}
        case _:
            return _of_kind(row.kind, wording)


def _of_place(row: RowView, wording: Wording) -> str:
    in_course = row.scope is Scope.COURSE
    if row.kind is RowKind.TRENDING:
        return wording.gettext("Trending in this course") if in_course else wording.gettext("Trending")
    return wording.gettext("Popular in this course") if in_course else wording.gettext("Popular with people here")


def _of_kind(kind: RowKind, wording: Wording) -> str:
    fixed = {
        RowKind.UP_NEXT: wording.gettext("Up next"),
        RowKind.NEW: wording.gettext("New since your last visit"),
        RowKind.TOPICS: wording.gettext("Explore topics"),
        RowKind.RENEW: wording.gettext("Time to renew"),
        RowKind.DIFFERENT: wording.gettext("Try something different"),
    }
    return fixed.get(kind) or wording.gettext("Top picks")


def count(row: RowView, wording: Wording) -> str:
    """Return "8 of 23" when more qualified than is shown, else ""."""
    if row.total <= len(row.cards):
        return ""
    shown, total = number_text(len(row.cards), wording), number_text(row.total, wording)
    return wording.gettext("%(shown)s of %(total)s") % {"shown": shown, "total": total}


def courses(number: int, wording: Wording) -> str:
    """Return "12 courses"."""
    message = wording.ngettext("%(number)s course", "%(number)s courses", number)
    return message % {"number": number_text(number, wording)}


def length(minutes: int | None, progress: int | None, wording: Wording) -> str:
    """Return "1 h 10 min", or about what is left of it when it was begun, or ""."""
    if not minutes or minutes < 0:
        return ""
    if not progress or not 0 < progress < WHOLE:
        return _hours_and_minutes(minutes, wording)
    left = max(1, round(minutes * (WHOLE - progress) / WHOLE))
    return wording.gettext("About %(length)s left") % {"length": _hours_and_minutes(left, wording)}


def _hours_and_minutes(minutes: int, wording: Wording) -> str:
    hours, rest = divmod(minutes, MINUTES_AN_HOUR)
    parts = {"hours": number_text(hours, wording), "minutes": number_text(rest, wording)}
    if not hours:
        return wording.gettext("%(minutes)s min") % parts
    if not rest:
        return wording.gettext("%(hours)s h") % parts
    return wording.gettext("%(hours)s h %(minutes)s min") % parts


def level(name: str, wording: Wording) -> str:
    """Return the level in the page's language where it is one of the three usual ones, else as given."""
    known = {
        "beginner": wording.gettext("Beginner"),
        "intermediate": wording.gettext("Intermediate"),
        "advanced": wording.gettext("Advanced"),
    }
    return known.get(name.casefold(), name)


def language(tag: str, wording: Wording) -> str:
    """Return the name of an Item's language in the page's language, "" where it is unknown."""
    return language_name(tag, wording.locale) if tag else ""


@lru_cache(maxsize=KEPT)
def number_text(number: int, wording: Wording) -> str:
    """Return a whole number as the page's language writes it."""
    return format_decimal(number, locale=wording.locale)


def share_text(per_cent: int, wording: Wording) -> str:
    """Return whole per cent as the page's language writes them: 60%, in German 60 %."""
    return format_percent(per_cent / WHOLE, locale=wording.locale)


def listed(names: Sequence[str], wording: Wording) -> str:
    """Return names as a list in words: "A, B and C"."""
    return format_list(names, locale=wording.locale)


def filled(message: str, **values: str | Markup) -> Markup:
    """Return ``message`` escaped, with its values put in (Markup as it is, text escaped)."""
    return Markup(_escaped(message) % {name: str(escape(value)) for name, value in values.items()})  # noqa: S704


@lru_cache(maxsize=KEPT)
def _escaped(message: str) -> str:
    return str(escape(message))
