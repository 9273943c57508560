"""The best n of many scores, one after the other: a heap whose first is the worst (Williams 1964), compiled."""

from typing import Any

from connector.recommend.compiled import compiled


@compiled
def offer(scores: Any, columns: Any, size: Any, score: Any, column: Any) -> Any:
    """Offer one to the ``size`` best so far and return how many there are now; give columns in rising order.

    ``scores`` and ``columns`` are as long as the number that is wanted. Of equal scores the lower column is better.
    """
    if size < scores.size:
        _rise(scores, columns, size, score, column)
        return size + 1
    if score > scores[0]:
        _sink(scores, columns, size, score, column)
    return size


@compiled
def put_in_order(scores: Any, columns: Any, size: Any) -> Any:
    """Turn the heap into a list, best first."""
    for end in range(size - 1, 0, -1):
        score, column = scores[end], columns[end]
        scores[end], columns[end] = scores[0], columns[0]
        _sink(scores, columns, end, score, column)


@compiled
def _worse(score: Any, column: Any, other_score: Any, other_column: Any) -> Any:
    return score < other_score or (score == other_score and column > other_column)


@compiled
def _rise(scores: Any, columns: Any, place: Any, score: Any, column: Any) -> Any:
    while place > 0 and _worse(score, column, scores[(place - 1) // 2], columns[(place - 1) // 2]):
        scores[place], columns[place] = scores[(place - 1) // 2], columns[(place - 1) // 2]
        place = (place - 1) // 2
    scores[place], columns[place] = score, column


@compiled
def _sink(scores: Any, columns: Any, size: Any, score: Any, column: Any) -> Any:
    place, child = 0, 1
    while child < size:
        if child + 1 < size and _worse(scores[child + 1], columns[child + 1], scores[child], columns[child]):
            child += 1
        if not _worse(scores[child], columns[child], score, column):
            break
        scores[place], columns[place] = scores[child], columns[child]
        place, child = child, 2 * child + 1
    scores[place], columns[place] = score, column
