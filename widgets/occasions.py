"""Reasons that are about an Item and this reader alone: since when it is there, and how it differs from the others."""

from datetime import date, datetime

from markupsafe import Markup, escape

from widgets.moments import by_day, day
from widgets.sentences import filled
from widgets.view import ReasonCode, ReasonView
from widgets.wording import Wording

OCCASIONS = frozenset(
    {
        ReasonCode.ADDED,
        ReasonCode.EXPIRED,
        ReasonCode.ON_TOPIC,
        ReasonCode.OTHER_TOPIC,
        ReasonCode.OTHER_PROVIDER,
    }
)


def occasion(reason: ReasonView, today: date, wording: Wording) -> Markup:
    """Return the sentence of one of these reasons."""
    match reason.code:
        case ReasonCode.ADDED if reason.at is not None:
            return _added(reason.at, today, wording)
        case ReasonCode.EXPIRED if reason.at is not None:
            return _expired(reason.at, today, wording)
        case ReasonCode.ON_TOPIC:
            return filled(wording.gettext("About %(topic)s"), topic=Markup("<bdi>{}</bdi>").format(reason.label))
        case ReasonCode.OTHER_TOPIC:
            return escape(wording.gettext("Popular here, on a topic that you have not tried"))
        case ReasonCode.OTHER_PROVIDER:
            return escape(wording.gettext("Popular here, from a provider that you have not tried"))
        case _:
            return Markup("")


def _added(at: datetime, today: date, wording: Wording) -> Markup:
    message = by_day(
        at.date(),
        today,
        wording.gettext("Added today"),
        wording.gettext("Added yesterday"),
        wording.gettext("Added on %(date)s"),
    )
    return filled(message, date=day(at.date(), today, wording))


def _expired(at: datetime, today: date, wording: Wording) -> Markup:
    message = by_day(
        at.date(),
        today,
        wording.gettext("Expired today"),
        wording.gettext("Expired yesterday"),
        wording.gettext("Expired on %(date)s"),
    )
    return filled(message, date=day(at.date(), today, wording))
