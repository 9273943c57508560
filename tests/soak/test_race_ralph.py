"""3,000 Statements into a real Ralph by four writers, read meanwhile by its timestamps: none is lost."""

import pytest

from tests.lrs.race import race
from tests.lrs.ralph_under_test import RalphUnderTest

pytestmark = [pytest.mark.soak, pytest.mark.lrs, pytest.mark.slow, pytest.mark.timeout(1800)]


def test_three_thousand_out_of_order_by_timestamp_lose_nothing(ralph, engine):
    RalphUnderTest(ralph)
    assert race(ralph, engine, 3_000) == (3_000, 3_000)
