"""How far a read has come, in words: what is estimated says "about", what cannot be known is left out."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from connector.sync import WalkKind

_WHY = {
    WalkKind.FIRST: "first read",
    WalkKind.AGAIN: "everything again",
    WalkKind.RECONCILE: "comparing days",
}
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)


def progress_line(name: str, progress: Mapping[str, Any], now: datetime) -> str:
    """Return one line on a read that runs; ``progress`` as ``Progress.as_json`` gives it."""
    why = _WHY.get(progress.get("walk", ""))
    parts = [
        f"{name}{f' ({why})' if why else ''}: {progress.get('read', 0):,} statements read",
        f"{progress.get('added', 0):,} new",
        f"{progress.get('per_second', 0):,.0f}/s",
    ]
    if "reached" in progress:
        parts.append(f"up to {datetime.fromisoformat(progress['reached']):%Y-%m-%d %H:%M}")
    return ", ".join([*parts, *_estimate(progress, now)])


def _estimate(progress: Mapping[str, Any], now: datetime) -> list[str]:
    parts = []
    if "share" in progress:
        of = "the days" if progress.get("walk") == WalkKind.RECONCILE else "the time span"
        parts.append(f"about {progress['share']:.0%} of {of}")
    if "ends_at" in progress:
        parts.append(f"about {_long(datetime.fromisoformat(progress['ends_at']) - now)} left")
    return parts


def _long(time: timedelta) -> str:
    if time >= 2 * _HOUR:
        return f"{round(time / _HOUR)} hours"
    minutes = max(round(time / _MINUTE), 1)
    return "a minute" if minutes == 1 else f"{minutes} minutes"
