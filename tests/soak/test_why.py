"""Hundreds of pages on which every Item of the catalogue is asked about, and every answer undone."""

import pytest

from connector.recipes.base import WhyNot
from tests.unit.recipes.test_why import answers_of

pytestmark = [pytest.mark.soak, pytest.mark.slow, pytest.mark.timeout(1800)]
OFTEN = {WhyNot.DONE, WhyNot.BLOCKED, WhyNot.EXCLUDED, WhyNot.DUPLICATE, WhyNot.RANKED_BELOW, WhyNot.ROW_TOO_SHORT}


def test_on_five_hundred_pages_every_answer_is_true():
    assert set(answers_of(seed=12, number=500)) >= OFTEN
