"""One LMS with our tool for all tests of a module, and pages in browsers that block third-party cookies."""

import pytest

from tests.e2e.placements.lms import campus

USUAL = ("does not match the recipient", "status of 403")
"""A height that another window may not hear, and a refusal that a test asks for."""


@pytest.fixture(scope="module")
def lms(tmp_path_factory):
    with campus(f"sqlite:///{tmp_path_factory.mktemp('placements') / 'onward.db'}", theme="auto") as running:
        yield running


@pytest.fixture
def opened(browser):
    """Open an address: ``opened(url, 750, 220)``; whatever the console complains about fails the test."""
    contexts, complaints = [], []

    def open_page(url: str, width: int = 1280, height: int = 900, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [line for line in complaints if not any(usual in line for usual in USUAL)] == []
