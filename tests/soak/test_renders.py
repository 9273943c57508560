"""Ten thousand pages of random catalogues, histories and books of recipes."""

import pytest

from tests.unit.recipes.test_renders import rendered

pytestmark = [pytest.mark.soak, pytest.mark.slow]


def test_none_of_ten_thousand_pages_shows_what_is_blocked_done_or_excluded():
    assert rendered(seed=7, pages=10_000) > 10_000
