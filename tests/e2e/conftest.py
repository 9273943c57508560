"""One browser for all tests of a process: Playwright's loop runs once.

A browser that hangs is no finding about our pages: after `LONGEST` seconds it is ended, and a test that ran into it, or
into a step that Playwright gave up, is run once more (the summary counts reruns). A failed expectation never is.
"""

from pathlib import Path

import pytest

from tests.e2e.widgets.chromium import PROGRAM, Browsers, ended_after

LONGEST = 200
LONGEST_STORY = 850
HERE = Path(__file__).parent
HUNG = ["^(TimeoutError|TargetClosedError): ", "Timeout .* from pytest-timeout"]


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=HUNG))


@pytest.fixture(scope="session")
def browsers():
    if not PROGRAM.exists():
        pytest.skip("Chromium is not installed: `apt-get install chromium` (make test does it when it may)")
    with Browsers() as kept:
        yield kept


@pytest.fixture(autouse=True)
def _no_hanging_browser(request):
    told = request.node.get_closest_marker("timeout")
    with ended_after(LONGEST_STORY if told else LONGEST):
        yield


@pytest.fixture
def browser(browsers):
    return browsers.running()
