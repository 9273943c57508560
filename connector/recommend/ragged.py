"""Lists of different lengths, one for each anchor column, laid end to end."""

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from connector.recommend.base import Floats, Integers, NearColumns
from connector.recommend.kernel import Found


class Lists(NamedTuple):
    """The columns near each anchor, best first.

    Column c's are at ``starts[c]:starts[c + 1]`` in the other arrays, which are those of ``NearColumns``.
    """

    starts: Integers
    columns: NDArray[np.int32]
    scores: Floats
    support: NDArray[np.int32]
    followed: NDArray[np.int32]
    proven: NDArray[np.bool_]

    @classmethod
    def of(cls, blocks: Sequence[Found], kinds: Integers, bits: Integers) -> Self:
        """Lay out, for each anchor, the list of its kind; proven is what has one of the anchor's bits in its mark."""
        bounds = np.cumsum([0, *(block.moments.shape[0] for block in blocks)])
        parts = [
            _part(block, kinds[first:last], bits[first:last])
            for block, first, last in zip(blocks, bounds[:-1], bounds[1:], strict=True)
        ]
        sizes, columns, scores, support, followed, proven = (np.concatenate(each) for each in zip(*parts, strict=True))
        return cls(np.concatenate(([0], np.cumsum(sizes))), columns, scores, support, followed, proven)

    def near(self, anchor: int, n: int) -> NearColumns:
        """Return the first ``n`` at most of one anchor."""
        kept = slice(self.starts[anchor], min(self.starts[anchor + 1], self.starts[anchor] + n))
        columns, support, followed = (one[kept].astype(np.int64) for one in (self.columns, self.support, self.followed))
        return NearColumns(columns, self.scores[kept], support, followed, self.proven[kept])


def _part(block: Found, kinds: Integers, bits: Integers) -> tuple[NDArray[np.generic], ...]:
    rows = np.arange(kinds.size)
    sizes = block.sizes[kinds, rows]
    filled = np.arange(block.scores.shape[2]) < sizes[:, np.newaxis]
    chosen = (one[kinds, rows][filled] for one in (block.columns, block.scores, block.support, block.followed))
    proven = (block.marks[kinds, rows] & bits[:, np.newaxis]) > 0
    return sizes, *chosen, proven[filled]
