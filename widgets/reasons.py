"""Why a Card is there, in one sentence: plain, exact, and with a number only where the view gives one.

"Later" is what the data say; it is not "next".
"""

from datetime import date

from markupsafe import Markup, escape

from widgets.moments import by_day, day
from widgets.sentences import filled, number_text, title
from widgets.view import ReasonCode, ReasonView, Scope, TitleView
from widgets.wording import Wording


def short_reason(reason: ReasonView, today: date, wording: Wording) -> Markup:
    """Return the one line on the Card; under a because-heading it adds to the heading and does not repeat it."""
    match reason.code:
        case ReasonCode.FOLLOWED if reason.number is not None and reason.base is not None:
            return _later_of(reason.number, reason.base, wording)
        case ReasonCode.FOLLOWED:
            return escape(wording.gettext("Other people completed this later"))
        case ReasonCode.TOGETHER:
            return escape(wording.gettext("Other people completed both"))
        case _:
            return _sentence(reason, today, wording)


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
        case ReasonCode.FOLLOWED:
            return _followed(reason, wording)
        case _:
            return _also(reason, wording)


def _later_of(number: int, base: int, wording: Wording) -> Markup:
    message = wording.ngettext(
        "%(number)s of %(base)s person completed this later",
        "%(number)s of %(base)s people completed this later",
        base,
    )
    return filled(message, number=number_text(number, wording), base=number_text(base, wording))


def _followed(reason: ReasonView, wording: Wording) -> Markup:
    if reason.anchor is None:
        return escape(wording.gettext("Other people completed this later"))
    if reason.number is None or reason.base is None:
        message = wording.gettext("People who completed %(title)s completed this later")
        return filled(message, title=title(reason.anchor, wording))
    message = wording.ngettext(
        "%(number)s of the %(base)s person who completed %(title)s completed this later",
        "%(number)s of the %(base)s people who completed %(title)s completed this later",
        reason.base,
    )
    return _of_the_people(message, reason.anchor, reason.number, reason.base, wording)


def _also(reason: ReasonView, wording: Wording) -> Markup:
    if reason.anchor is None:
        return escape(wording.gettext("Other people completed this too"))
    if reason.number is None or reason.base is None:
        message = wording.gettext("People who completed %(title)s completed this too")
        return filled(message, title=title(reason.anchor, wording))
    message = wording.ngettext(
        "%(number)s of the %(base)s person who completed %(title)s completed this too",
        "%(number)s of the %(base)s people who completed %(title)s completed this too",
        reason.base,
    )
    return _of_the_people(message, reason.anchor, reason.number, reason.base, wording)


def _of_the_people(message: str, anchor: TitleView, number: int, base: int, wording: Wording) -> Markup:
    named = title(anchor, wording)
    return filled(message, number=number_text(number, wording), base=number_text(base, wording), title=named)


def _popular(reason: ReasonView, wording: Wording) -> Markup:
    in_course = reason.scope is Scope.COURSE
    if reason.code is ReasonCode.POPULAR_QUIET or reason.number is None:
        in_words = wording.gettext("Completed by people in this course"), wording.gettext("Completed by people here")
        return escape(in_words[0] if in_course else in_words[1])
    message = _people_of_course(reason.number, wording) if in_course else _people(reason.number, wording)
    return filled(message, number=number_text(reason.number, wording))


def _people_of_course(number: int, wording: Wording) -> str:
    return wording.ngettext(
        "%(number)s person in this course completed this", "%(number)s people in this course completed this", number
    )


def _people(number: int, wording: Wording) -> str:
    return wording.ngettext("%(number)s person completed this", "%(number)s people completed this", number)


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
        return filled(wording.gettext("You completed %(title)s"), title=named)
    at = reason.at.date()
    message = by_day(
        at,
        today,
        wording.gettext("You completed %(title)s today"),
        wording.gettext("You completed %(title)s yesterday"),
        wording.gettext("You completed %(title)s on %(date)s"),
    )
    return filled(message, title=named, date=day(at, today, wording))
