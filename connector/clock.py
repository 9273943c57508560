"""The time, as a collaborator: ``Clock`` is any function that returns an aware UTC datetime."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def fixed(moment: datetime) -> Clock:
    """Return a clock that stands still at ``moment`` (aware)."""
    return lambda: moment
