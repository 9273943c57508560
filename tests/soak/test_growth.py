"""Two million Statements from a stub: the time that each takes stays the same, and so does the memory."""

import pytest

from tests.bench.bench_sync import SIZES, measured_growth, print_growth

pytestmark = [pytest.mark.soak, pytest.mark.slow, pytest.mark.postgres, pytest.mark.timeout(5400)]

MOST_MEMORY = 150
"""MiB."""
SLOWER_AT_MOST = 2.0
"""Client CPU for each Statement of two million, over that of the hundred thousand: trees of indexes grow deeper."""


def test_memory_is_flat_and_time_linear_up_to_two_million_statements():
    found = measured_growth(SIZES)
    print_growth(found)
    for among_many, among_few in zip(found[SIZES[-1]], found[SIZES[1]], strict=True):
        assert among_many.memory <= MOST_MEMORY
        assert among_many.cpu / SIZES[-1] <= SLOWER_AT_MOST * among_few.cpu / SIZES[1]
