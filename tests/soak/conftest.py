"""The full figures: run by ``make soak`` only."""

import os

import pytest

from tests.lrs.conftest import ralph, ralph_python

__all__ = ["ralph", "ralph_python"]


def pytest_collection_modifyitems(items):
    if os.environ.get("ONWARD_SOAK") == "1":
        return
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker(pytest.mark.skip(reason="the full figures: `make soak`"))
