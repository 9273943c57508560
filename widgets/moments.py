"""Days and times in words, in the page's language and the reader's zone."""

from datetime import UTC, date, datetime, timedelta

from babel.dates import format_date, format_skeleton, format_time

from widgets.deed_lines import LINES
from widgets.view import Deed
from widgets.wording import Wording

YESTERDAY = timedelta(days=1)


def as_of(at: datetime, now: datetime, wording: Wording) -> str:
    """Return "As of yesterday, 18:40.", in the zone of ``now`` (both aware)."""
    moment = at.astimezone(now.tzinfo)
    message = by_day(
        moment.date(),
        now.date(),
        wording.gettext("As of today, %(time)s."),
        wording.gettext("As of yesterday, %(time)s."),
        wording.gettext("As of %(date)s, %(time)s."),
    )
    return message % {"date": day(moment.date(), now.date(), wording), "time": _clock(moment, wording)}


def read_up_to(at: datetime, now: datetime, deed: Deed, wording: Wording) -> str:
    """Return up to when the records were read, as a sentence, in the zone of ``now`` (both aware)."""
    moment, lines = at.astimezone(now.tzinfo), LINES[deed]
    message = wording.gettext(by_day(moment.date(), now.date(), lines.today, lines.yesterday, lines.on_date))
    return message % {"date": day(moment.date(), now.date(), wording), "time": _clock(moment, wording)}


def by_day(at: date, today: date, on_today: str, on_yesterday: str, on_date: str) -> str:
    """Return the message that fits the distance of ``at`` from ``today``."""
    return {today: on_today, today - YESTERDAY: on_yesterday}.get(at, on_date)


def day(at: date, today: date, wording: Wording) -> str:
    """Return "9 November", with the year where it is another one than today's."""
    if at.year == today.year:
        return format_skeleton("MMMMd", at, locale=wording.locale)
    return format_date(at, format="long", locale=wording.locale)


def _clock(moment: datetime, wording: Wording) -> str:
    """Return the time of day; UTC is named, because a reader does not live in it."""
    clock = format_time(moment.time(), format="short", locale=wording.locale)
    return f"{clock} UTC" if moment.tzinfo is UTC else clock
