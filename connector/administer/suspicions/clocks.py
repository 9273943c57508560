"""Clocks: the sender's against the LRS's, by Source."""

from collections.abc import Iterator
from datetime import timedelta

from connector.administer.suspicions.base import Desk, Suspicion, settle_command
from connector.store import quality
from connector.store.quality import LAG_STEP, LONGEST_LAG, LagStep

CLOCK_SKEW = "clock_skew"

# in seconds, but for the first and the share
FEWEST_TIMED = 20
AHEAD = 300
SHARE_AHEAD = 0.01
BEHIND = 1800
STEADY = 600


def clocks(desk: Desk) -> Iterator[Suspicion]:
    """Yield each Source whose timestamps cannot be right; those that are read by ``stored`` are left out."""
    by_source: dict[int, list[LagStep]] = {}
    for step in quality.lags(desk.session, desk.look):
        by_source.setdefault(step.source, []).append(step)
    for source, steps in by_source.items():
        seen = _skew(steps)
        if seen:
            yield _clock(source, desk.sources[source], seen, steps)


def _skew(steps: list[LagStep]) -> str:
    """Say how a clock is wrong, "" where it is not: ahead by half or by a share, or behind by the same for most."""
    total, ahead = sum(step.statements for step in steps), _ahead(steps)
    if total < FEWEST_TIMED:
        return ""
    first, median, third = (_at_share(steps, total, share) for share in (0.25, 0.5, 0.75))
    if ahead >= max(SHARE_AHEAD * total, 1):
        return f"{ahead} of {total} statements are of more than {AHEAD // 60} minutes after they were stored."
    if BEHIND <= median < LONGEST_LAG and third - first <= STEADY:
        return f"half of {total} statements are stored {timedelta(seconds=median)} or more late, nearly all the same."
    return ""


def _ahead(steps: list[LagStep]) -> int:
    return sum(step.statements for step in steps if step.lag + LAG_STEP <= -AHEAD)


def _at_share(steps: list[LagStep], total: int, share: float) -> int:
    """Return the lag below which ``share`` of the Statements lie, as the lower end of its step."""
    left = share * total
    for step in steps:
        left -= step.statements
        if left <= 0:
            return step.lag
    return steps[-1].lag


def _clock(source: int, name: str, seen: str, steps: list[LagStep]) -> Suspicion:
    number, count = f"{CLOCK_SKEW}-{source}", _ahead(steps) or sum(step.statements for step in steps)
    worst = steps[0] if _ahead(steps) else max(steps, key=lambda step: step.statements)
    return Suspicion(
        number,
        CLOCK_SKEW,
        source,
        f"Source {name}: {seen}",
        count,
        str(worst.sample),
        "adlnet/xAPI-Spec#511, #1072: an LRS has to take timestamps of the future, since clocks go wrong.",
        settle_command(number),
        by_stored=True,
    )
