"""What a Result says in numbers: flags, score and progress of a Fact."""

from typing import Any, Final

from connector.domain import Flag
from connector.statements.wire import WireResult, WireResultExtensions, WireScore

_WHOLE: Final = 100


def flags_of(result: WireResult | None) -> int:
    """Return the bits of ``Flag`` that a Result sets."""
    if result is None:
        return 0
    return _bits(result.completion, Flag.COMPLETION_GIVEN, Flag.COMPLETION_TRUE) | _bits(
        result.success, Flag.SUCCESS_GIVEN, Flag.SUCCESS_TRUE
    )


def _bits(said: bool | None, given: Flag, true: Flag) -> int:  # noqa: FBT001 (the value that is read, not a switch)
    if said is None:
        return 0
    return given | true if said else int(given)


def score_of(result: WireResult | None) -> float | None:
    """Return the score scaled to 0..1, None where it cannot be.

    With ``raw``, ``min`` and ``max`` these alone decide: ``scaled`` may mean -1..1 (Moodle's logstore 5.0.1 sends 0 for
    50 %) or 0..1 (4.7). Otherwise ``scaled`` counts as it stands, a negative one as 0. What lies outside its range
    gives None.
    """
    score = result.score if result else None
    if score is None:
        return None
    if score.raw is not None and score.min is not None and score.max is not None:
        return _between(score.raw, score.min, score.max)
    return _scaled(score)


def _between(raw: float, low: float, high: float) -> float | None:
    if not low <= raw <= high or low == high:
        return None
    share = (raw / 2 - low / 2) / (high / 2 - low / 2)  # halves: the difference of two huge floats would overflow
    return share if 0 <= share <= 1 else None


def _scaled(score: WireScore) -> float | None:
    """Check 2.4.5.1: scaled lies between -1 and 1, inclusive."""
    if score.scaled is None or not -1 <= score.scaled <= 1:
        return None
    return max(score.scaled, 0.0)


def progress_of(result: WireResult | None) -> int | None:
    """Return the progress in whole per cent, rounded down (99.6 % is not the end); None without one in 0..100.

    The cmi5 profile writes per cent, the video profile a share of 1.
    """
    extensions = result.extensions if result else None
    if extensions is None:
        return None
    per_cent = _number(_first(extensions.cmi5, extensions.cmi5_http))
    if per_cent is None:
        share = video_share(extensions)
        per_cent = None if share is None else share * _WHOLE
    return int(per_cent + 1e-9) if per_cent is not None and 0 <= per_cent <= _WHOLE else None


def video_share(extensions: WireResultExtensions) -> float | None:
    """Return the share of a video that was seen, as the video profile writes it; None without a number."""
    return _number(_first(extensions.video, extensions.video_http))


def is_past_threshold(result: WireResult | None, threshold: Any) -> bool:
    """Say whether so much of a video was seen that the video profile calls it completed (profile 1.0.3, terminated).

    ``threshold`` is the Statement's own share; without a number in 0..1 the whole video has to be seen.
    """
    share = video_share(result.extensions) if result and result.extensions else None
    wanted = _number(threshold)
    if wanted is None or not 0 < wanted <= 1:
        wanted = 1.0
    return share is not None and wanted <= share <= 1


def _first(one: Any, other: Any) -> Any:
    return other if one is None else one


def _number(value: Any) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return float(value)
    except OverflowError:  # an integer beyond what a float holds says nothing
        return None
