"""Too much at once: many Items within seconds, or the same again and again."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from connector.administer.suspicions.base import Desk, Suspicion, settle_command
from connector.store import quality
from connector.store.quality import Burst, Look

BURST = "burst"
REPEATS = "repeats"

BURST_SECONDS = 10
BURST_ITEMS = 10
REPEAT_SECONDS = 60
REPEAT_TIMES = 30


def spans(session: Session, look: Look) -> list[Burst]:
    """Return the spans of some seconds in which one person completed too many Items."""
    return quality.bursts(session, look, span=BURST_SECONDS, more_than=BURST_ITEMS)


def bursts(desk: Desk) -> list[Suspicion]:
    """Return who completed more Items within seconds than a person can."""
    words = desk.people({one.identity for one in desk.bursts})
    return [
        Suspicion(
            number := f"{BURST}-{one.source}-{one.identity}-{one.second}",
            BURST,
            one.source,
            f"{words[one.identity]} completed {one.items} items within {BURST_SECONDS} seconds,"
            f" from {_moment(one.second):%Y-%m-%d %H:%M:%S} UTC on.",
            one.completions,
            str(one.sample),
            "adaptlearning/adapt-contrib-xapi#132: completions are sent again in numbers, milliseconds apart.",
            settle_command(number),
            ({"source_id": one.source, "identity_id": one.identity, **_span(one.second, BURST_SECONDS)},),
        )
        for one in desk.bursts
    ]


def repeats(desk: Desk) -> list[Suspicion]:
    """Return what one person said in the same words more often in a minute than a person can."""
    found = quality.repeats(desk.session, desk.look, span=REPEAT_SECONDS, at_least=REPEAT_TIMES)
    words = desk.people({one.identity for one in found})
    iris = quality.iris_of(desk.session, desk.look.tenant, {one.activity for one in found})
    return [
        Suspicion(
            number := f"{REPEATS}-{one.source}-{one.identity}-{one.activity}-{one.verb}-{one.second // REPEAT_SECONDS}",
            REPEATS,
            one.source,
            f"{words[one.identity]} said the same {one.statements} times in one minute from"
            f" {_moment(one.second):%Y-%m-%d %H:%M} UTC on: {desk.verbs[one.verb]} of {iris[one.activity]}.",
            one.statements,
            str(one.sample),
            "elmsln/elmsln#1856: content sends the same statement with every step.",
            settle_command(number),
            (
                {
                    "source_id": one.source,
                    "identity_id": one.identity,
                    "activity_id": one.activity,
                    "verb_id": one.verb,
                    **_span(one.second, REPEAT_SECONDS),
                },
            ),
        )
        for one in found
    ]


def _moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def _span(second: int, seconds: int) -> dict[str, datetime]:
    return {"since": _moment(second), "until": _moment(second + seconds)}
