"""Why a Card is there, in one sentence: plain, exact, and with a number only where the view gives one.

"Later" is what the data say; it is not "next".
"""

from datetime import date
from functools import lru_cache

from markupsafe import Markup, escape

from widgets.deeds import OF_WHO_SUCCEEDED, SENTENCES, Plural
from widgets.moments import by_day, day
from widgets.occasions import OCCASIONS, occasion
from widgets.sentences import KEPT, filled, number_text, title
from widgets.view import ReasonCode, ReasonView, Scope
from widgets.wording import Wording


@lru_cache(maxsize=KEPT)
def short_reason(reason: ReasonView, today: date, wording: Wording) -> Markup:
    """Return the one line on the Card; under a because-heading it adds to the heading and does not repeat it."""
    said = SENTENCES[reason.deed]
    match reason.code:
        case ReasonCode.FOLLOWED if reason.number is not None and reason.base is not None:
            return _counted(said.of_later, reason, wording)
        case ReasonCode.FOLLOWED:
            return escape(wording.gettext(said.later))
        case ReasonCode.TOGETHER:
            return escape(wording.gettext(said.both))
        case ReasonCode.DESCRIBED:
            return escape(wording.gettext("Described much alike"))
        case _:
            return _sentence(reason, today, wording)


@lru_cache(maxsize=KEPT)
def full_reason(reason: ReasonView, today: date, wording: Wording) -> Markup:
    """Return the whole sentence for "Why this?", which stands without a heading; "" if there is nothing to say."""
    sentence = _sentence(reason, today, wording)
    return filled(wording.gettext("%(sentence)s."), sentence=sentence) if sentence else sentence


def _sentence(reason: ReasonView, today: date, wording: Wording) -> Markup:
    match reason.code:
        case ReasonCode.POPULAR | ReasonCode.POPULAR_QUIET:
            return _popular(reason, wording)
        case ReasonCode.STARTED:
            return _started(reason, today, wording)
        case ReasonCode.COMPLETED:
            return _completed(reason, today, wording)
        case _ if reason.code in OCCASIONS:
            return occasion(reason, today, wording)
        case ReasonCode.SELECTED:
            return escape(reason.label or wording.gettext("Selected by L&D"))
        case _:
            return _of_others_here(reason, wording)


def _of_others_here(reason: ReasonView, wording: Wording) -> Markup:
    match reason.code:
        case ReasonCode.TRENDING | ReasonCode.TRENDING_QUIET:
            return _trending(reason, wording)
        case ReasonCode.SUCCEEDED:
            return _succeeded(reason, wording)
        case ReasonCode.CONTEXT:
            return escape(wording.gettext("Goes with the course that you are in"))
        case _:
            return _of_the_anchor(reason, wording)


def _of_the_anchor(reason: ReasonView, wording: Wording) -> Markup:
    match reason.code:
        case ReasonCode.FOLLOWED:
            return _followed(reason, wording)
        case ReasonCode.DESCRIBED if reason.anchor is not None:
            return filled(wording.gettext("Described much like %(title)s"), title=title(reason.anchor, wording))
        case _:
            return _also(reason, wording)


def _followed(reason: ReasonView, wording: Wording) -> Markup:
    said = SENTENCES[reason.deed]
    return _of_others(reason, said.later, said.who_later, said.of_who_later, wording)


def _also(reason: ReasonView, wording: Wording) -> Markup:
    said = SENTENCES[reason.deed]
    return _of_others(reason, said.too, said.who_too, said.of_who_too, wording)


def _of_others(reason: ReasonView, plain: str, named: str, counted: Plural, wording: Wording) -> Markup:
    """Say what other people did, with the Anchor's title where there is one, and with numbers that may be said."""
    if reason.anchor is None:
        return escape(wording.gettext(plain))
    if reason.number is None or reason.base is None:
        return filled(wording.gettext(named), title=title(reason.anchor, wording))
    return _counted(counted, reason, wording, title=title(reason.anchor, wording))


def _counted(message: Plural, reason: ReasonView, wording: Wording, **more: Markup) -> Markup:
    number, base = reason.number or 0, reason.base or 0
    chosen = wording.ngettext(*message, base)
    return filled(chosen, number=number_text(number, wording), base=number_text(base, wording), **more)


def _popular(reason: ReasonView, wording: Wording) -> Markup:
    said, in_course = SENTENCES[reason.deed], reason.scope is Scope.COURSE
    if reason.code is ReasonCode.POPULAR_QUIET or reason.number is None:
        return escape(wording.gettext(said.in_course if in_course else said.here))
    message = wording.ngettext(*(said.people_of_course if in_course else said.people), reason.number)
    return filled(message, number=number_text(reason.number, wording))


def _trending(reason: ReasonView, wording: Wording) -> Markup:
    said, in_course = SENTENCES[reason.deed], reason.scope is Scope.COURSE
    if reason.code is ReasonCode.TRENDING_QUIET or reason.number is None:
        course, site = wording.gettext("On the rise in this course"), wording.gettext("On the rise here")
        return escape(course if in_course else site)
    message = wording.ngettext(*(said.lately_in_course if in_course else said.lately), reason.number)
    return filled(message, number=number_text(reason.number, wording))


def _succeeded(reason: ReasonView, wording: Wording) -> Markup:
    """Say how many of those who succeeded took this; without numbers, or without a title, that some did."""
    if reason.anchor is None or reason.number is None or reason.base is None:
        return escape(wording.gettext("Taken by people who succeeded"))
    return _counted(OF_WHO_SUCCEEDED, reason, wording, title=title(reason.anchor, wording))


def _started(reason: ReasonView, today: date, wording: Wording) -> Markup:
    if reason.at is None:
        return escape(wording.gettext("You started this"))
    at = reason.at.date()
    message = by_day(
        at,
        today,
        wording.gettext("You were here today"),
        wording.gettext("You were here yesterday"),
        wording.gettext("You were last here on %(date)s"),
    )
    return filled(message, date=day(at, today, wording))


def _completed(reason: ReasonView, today: date, wording: Wording) -> Markup:
    if reason.anchor is None:
        return Markup("")
    named = title(reason.anchor, wording)
    if reason.at is None:
        return filled(wording.gettext(SENTENCES[reason.deed].you), title=named)
    at = reason.at.date()
    message = by_day(
        at,
        today,
        wording.gettext("You completed %(title)s today"),
        wording.gettext("You completed %(title)s yesterday"),
        wording.gettext("You completed %(title)s on %(date)s"),
    )
    return filled(message, title=named, date=day(at, today, wording))
