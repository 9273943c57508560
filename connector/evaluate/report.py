"""What is said of a Comparison: tables and plain words for people, numbers for scripts."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from math import isfinite
from typing import Any

from connector.evaluate.measure import COLD, WARM, Comparison, Figures, Measured
from connector.recommend.metrics import Interval

COLUMNS = ("hit rate", "NDCG", "recall", "coverage", "novelty")
NAMES = ("hit_rate", "ndcg", "recall", "coverage", "novelty")
POPULAR = "popular"
GROUPS = {WARM: "Learners with a history", COLD: "Learners of whom nothing is known yet", "all": "All"}


def lines_of(one: Comparison) -> Iterator[str]:
    """Yield the report of one protocol, line by line."""
    signals = ", ".join(f"{count:,} {name}" for name, count in one.signals.items())
    yield f"{one.protocol}: {one.learners:,} learners, {one.items:,} items, {one.pairs:,} pairs of them ({signals})."
    for group in one.methods[0].groups if one.methods else ():
        yield ""
        yield from _table(one, group)
    yield ""
    yield from said(one)


def said(one: Comparison) -> Iterator[str]:
    """Yield what the figures mean, in plain words."""
    for method in one.methods:
        if method.because is not None:
            anchors = " and ".join(method.signals) or "nothing"
            yield f"{method.name}: {method.because:.0%} of those asked get a “because” row; it goes by {anchors}."
    ours, popular = _ours(one), next((method for method in one.methods if method.name == POPULAR), None)
    if ours and popular:
        yield from (verdict(group, ours, popular) for group in ours.groups)
    for name, reason in one.left_out.items():
        yield f"{name} is left out: {reason}."


def verdict(group: str, ours: Measured, popular: Measured) -> str:
    """Say in one sentence whether ours, floors on, is better than what is popular, by NDCG."""
    mine, theirs = (ours.floored or ours.groups)[group].ndcg, popular.groups[group].ndcg
    figures = f"NDCG {interval(mine)} against {interval(theirs)}"
    who = GROUPS[group].casefold()
    if mine.overlaps(theirs):
        return f"{who.capitalize()}: popular is as good here for now ({figures})."
    if mine.estimate > theirs.estimate:
        return f"{who.capitalize()}: {ours.name} is better than popular ({figures})."
    return f"{who.capitalize()}: popular is better here ({figures})."


def plain(one: Comparison) -> dict[str, Any]:
    """Return a Comparison for JSON: what is no number is None."""
    told: dict[str, Any] = _without_nan(asdict(one))
    told["verdict"] = list(said(one))
    return told


def interval(one: Interval, digits: int = 3) -> str:
    """Return an estimate with its interval, e.g. ``.247 [.229 .265]``."""
    if not isfinite(one.estimate):
        return "-"
    return f"{_short(one.estimate, digits)} [{_short(one.low, digits)} {_short(one.high, digits)}]"


def _short(value: float, digits: int) -> str:
    written = f"{value:.{digits}f}"
    return written.removeprefix("0") if written.startswith("0.") else written


def _table(one: Comparison, group: str) -> Iterator[str]:
    asked = one.methods[0].groups[group]
    yield f"{GROUPS[group]}: {asked.questions:,} questions of {asked.learners:,} learners; at 10, with 95 % intervals."
    rows: list[tuple[str, ...]] = [("", *COLUMNS, "seconds")]
    rows += [row for method in one.methods for row in _rows(method, group)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _rows(method: Measured, group: str) -> Iterator[tuple[str, ...]]:
    if method.floored is None:
        yield _row(method.name, method.groups[group], f"{method.seconds:.1f}")
    else:
        yield _row(f"{method.name}, floors on", method.floored[group], f"{method.seconds:.1f}")
        yield _row(f"{method.name}, before floors", method.groups[group], "")


def _row(name: str, figures: Figures, seconds: str) -> tuple[str, ...]:
    cells: Sequence[Interval] = [getattr(figures, column) for column in NAMES]
    digits = [1 if column == "novelty" else 3 for column in NAMES]
    return (name, *map(interval, cells, digits), seconds)


def _ours(one: Comparison) -> Measured | None:
    return next((method for method in one.methods if method.floored is not None), None)


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(inner) for inner in value]
    return None if isinstance(value, float) and not isfinite(value) else value
