"""A server and a fresh page for each test."""

import pytest

from tests.e2e.widgets.server import serving


@pytest.fixture
def site():
    with serving() as server:
        yield server


@pytest.fixture
def visit(browser, site):
    """Open a sample page: ``visit("personal", 1280, 900)``; whatever the console complains about fails the test."""
    contexts, complaints = [], []

    def open_page(path: str, width: int = 1280, height: int = 900, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda line: complaints.append(line.text) if line.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{site.url}/{path}")
        return page

    open_page.complaints = complaints
    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
