"""The race in full: 50,000 Statements, commits up to 20 s late, the usual overlap of 60 s, pollers at 0.2 to 10 s."""

from datetime import timedelta

import pytest

from tests.integration.race import race

pytestmark = [pytest.mark.soak, pytest.mark.slow, pytest.mark.timeout(1800)]


def test_fifty_thousand_out_of_order_lose_nothing_where_a_naive_cursor_does(engine):
    found, naive = race(
        engine, 50_000, seconds=120, slowest=20, overlap=timedelta(seconds=60), pauses=(0.2, 1.0, 3.0, 10.0)
    )
    assert set(found.values()) == {(50_000, 50_000)}
    assert naive < 50_000
