"""One browser for all tests of a process: Playwright's loop runs once."""

import pytest

from tests.e2e.widgets.chromium import PROGRAM, chromium


@pytest.fixture(scope="session")
def browser():
    if not PROGRAM.exists():
        pytest.skip("Chromium is not installed: `apt-get install chromium` (make test does it when it may)")
    with chromium() as started:
        yield started
