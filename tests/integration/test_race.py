"""Commits that land out of order: nothing is lost, nothing comes twice, and the naive cursor shows that it was hard."""

from datetime import timedelta

import pytest

from tests.integration.race import race

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def test_four_writers_out_of_order_lose_nothing_where_a_naive_cursor_does(engine):
    found, naive = race(engine, 2_000, seconds=4, slowest=1.5, overlap=timedelta(seconds=3), pauses=(0.2, 1.0))
    assert found == {0.2: (2_000, 2_000), 1.0: (2_000, 2_000)}
    assert naive < 2_000
